from dataclasses import replace

from flows.intake.inputs import Input, refused
from flows.intake.times import now
from flows.ledger import Tally, ledger_of
from flows.outcomes import Outcome
from flows.planning import BATCH_BYTES, BATCH_CAPTURES, Plan, plan, settle_duplicates


def _seen(name: str, digest: str, byte_length: int = 10) -> Input:
    base = refused(name, name, "vanished", "", now(), byte_length)
    return replace(base, payload_sha256=digest, is_refused=False, issue_code=None)


def _listed(planned: Plan) -> list[list[int]]:
    return [list(batch) for batch in planned.batches]


def test_inputs_are_told_apart() -> None:
    known = _seen("known.txt", "aa")
    inputs = [
        known,
        _seen("new.txt", "bb"),
        _seen("again.txt", "bb"),
        refused("gone.txt", "gone.txt", "source_missing", "no such file", now()),
    ]
    planned = plan(inputs, {bytes.fromhex(known.capture_id or "")})
    assert _listed(planned) == [[1]]
    assert {position: outcome.outcome for position, outcome in planned.outcomes.items()} == {
        0: "unchanged",
        2: "duplicate",
        3: "quarantined",
    }
    assert planned.firsts == {2: 1}


def test_batches_end_at_a_number_of_captures_and_of_bytes() -> None:
    many = [_seen(f"{number}.txt", f"{number:064x}") for number in range(BATCH_CAPTURES + 1)]
    assert [len(batch) for batch in plan(many, set()).batches] == [BATCH_CAPTURES, 1]
    sizes = [BATCH_BYTES, 1, BATCH_BYTES * 2, BATCH_BYTES - 1, 1, 1]
    large = [_seen(f"{n}.txt", f"{n:064x}", size) for n, size in enumerate(sizes)]
    assert _listed(plan(large, set())) == [[0], [1], [2], [3, 4], [5]]


def test_a_duplicate_of_what_was_lost_is_lost_too() -> None:
    inputs = [_seen("a.txt", "aa"), _seen("b.txt", "aa")]
    planned = plan(inputs, set())
    outcomes = planned.outcomes
    outcomes[0] = Outcome("quarantined", 10, None, "vanished", "gone")
    settle_duplicates(planned, inputs, outcomes)
    assert outcomes[1].outcome == "quarantined"
    assert outcomes[1].issue_code == "vanished"
    ledger_of(Tally(2, 20), outcomes).reconcile()


def test_what_a_run_does_not_take_is_left_to_the_next() -> None:
    # The last would still fit: what is left begins at one place, so that runs go on in order.
    sizes = (10, 10, 10, 5)
    inputs = [_seen(f"{n}.txt", f"{n:064x}", size) for n, size in enumerate(sizes)]
    inputs.append(_seen("copy.txt", f"{3:064x}", 5))
    first = plan(inputs, set(), run_bytes=25)
    assert _listed(first) == [[0, 1]]
    assert {outcome.issue_code for outcome in first.outcomes.values()} == {"run_limit_reached"}
    assert all(outcome.capture_id is None for outcome in first.outcomes.values())
    known = {bytes.fromhex(inputs[n].capture_id or "") for n in (0, 1)}
    second = plan(inputs, known, run_bytes=25)
    assert _listed(second) == [[2, 3]]
    assert second.firsts == {4: 3}
