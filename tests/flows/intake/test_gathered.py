"""Inputs in their order, whether they are held or lie in runs on the disk."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flows.intake.gathered import CHUNK_INPUTS, Gathering, KeptInputs, worker_gathering
from flows.intake.inputs import Input, Place, refused
from flows.intake.times import now

SEEN_AT = now()


def seen(name: str, row: int | None = None, code: str = "vanished") -> Input:
    base = refused(name, f"there/{name}", code, "it is gone", SEEN_AT, len(name) + (row or 0))
    return replace(base, row=row, payload_at=Place(name, 3, 4), issue_code=code or None)


def test_few_inputs_are_held_and_nothing_is_written(tmp_path: Path) -> None:
    gathering = Gathering(tmp_path / "inputs", most=10)
    gathering.extend([seen("b"), seen("a", code=""), seen("c")])
    inputs, odd = gathering.in_order()
    assert [one.name for one in inputs] == ["a", "b", "c"]
    assert odd == {1: "vanished", 2: "vanished"}
    assert list(tmp_path.iterdir()) == []


@settings(
    deadline=None,
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    rows=st.lists(st.tuples(st.sampled_from("abcé\udcff"), st.integers(1, 99)), max_size=60),
    most=st.integers(1, 20),
    handed_over=st.integers(0, 60),
)
def test_runs_on_the_disk_give_what_sorting_all_gives(
    rows: list[tuple[str, int]], most: int, handed_over: int, tmp_path: Path
) -> None:
    made = [seen(name, row, "vanished" if row % 3 else "") for name, row in rows]
    path = tmp_path / str(Random().random())
    worker = worker_gathering(path)
    worker._most = most
    worker.extend(made[:handed_over])
    gathering = Gathering(path, most)
    gathering.absorb(worker.runs)
    gathering.extend([*worker.held, *made[handed_over:]])
    count, byte_length = gathering.count, gathering.byte_length
    inputs, odd = gathering.in_order()
    expected = sorted(made, key=lambda one: one.order)
    assert list(inputs) == expected
    assert (count, byte_length) == (len(made), sum(one.byte_length for one in made))
    assert odd == {at: "vanished" for at, one in enumerate(expected) if one.issue_code}


def test_kept_inputs_are_a_sequence_that_outlives_its_file(tmp_path: Path) -> None:
    made = [seen(f"{number:05d}") for number in range(6 * CHUNK_INPUTS + 7)]
    kept = KeptInputs(tmp_path / "kept", made)
    (tmp_path / "kept").unlink()
    assert len(kept) == len(made)
    assert list(kept) == made
    for position in (0, len(made) - 1, -1, 700, 3, 1400, 3, 999):
        assert kept[position] == made[position]
    assert kept[248:503] == made[248:503]
    assert len(kept._chunks) <= 4
    for outside in (len(made), -len(made) - 1):
        try:
            kept[outside]
        except IndexError:
            continue
        raise AssertionError(outside)
