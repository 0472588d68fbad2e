"""What is to be done: inputs told apart into known, seen twice, refused and new ones."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, MutableMapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from flows.intake.inputs import Input
from flows.limits import DEFAULT_LIMITS
from flows.outcomes import DUPLICATE, UNCHANGED, Outcome, Outcomes
from transforms.records import QUARANTINED

BATCH_CAPTURES = 2000
BATCH_BYTES = 32 << 20

Batch = Sequence[int]


@dataclass(frozen=True, slots=True)
class BatchSize:
    """Where a batch ends: captures and bytes, whichever comes first."""

    captures: int = BATCH_CAPTURES
    byte_length: int = BATCH_BYTES


HERE = BatchSize()
# On a cluster a call costs a third of a second and more, so it must be worth 10 s and more.
ON_A_CLUSTER = BatchSize(3 * BATCH_CAPTURES, 3 * BATCH_BYTES)


@dataclass(frozen=True, slots=True)
class Plan:
    """The work of a run.

    Args:
        batches: New captures in batches, as positions among the run's inputs.
        outcomes: What is already known to become of the other inputs, by position.
        firsts: For each duplicate, the position of the input that it repeats.
    """

    batches: tuple[Batch, ...]
    outcomes: Outcomes
    firsts: dict[int, int]


def plan(
    inputs: Sequence[Input],
    known: AbstractSet[bytes],
    run_bytes: int = DEFAULT_LIMITS.run_bytes,
    size: BatchSize = HERE,
) -> Plan:
    """Returns the plan for `inputs`.

    Args:
        inputs: The inputs in their order.
        known: The ids of the captures that are already committed.
        run_bytes: How many bytes of new captures the run takes; from the first one past that,
            they are left to the next run, which finds these among the known.
        size: Where a batch ends.
    """
    outcomes = Outcomes()
    firsts: dict[int, int] = {}
    new: dict[bytes, int] = {}
    taken = 0
    is_full = False
    for position, seen in enumerate(inputs):
        capture_id = seen.capture_id
        if capture_id is None:
            outcomes[position] = _outcome(QUARANTINED, seen, None)
        elif (key := bytes.fromhex(capture_id)) in known:
            outcomes[position] = _outcome(UNCHANGED, seen, capture_id)
        elif key in new:
            firsts[position] = new[key]
            outcomes[position] = _outcome(DUPLICATE, seen, capture_id)
        elif is_full or taken + seen.byte_length > run_bytes:
            is_full = True
            outcomes[position] = _left(seen, run_bytes)
        else:
            new[key] = position
            taken += seen.byte_length
    return Plan(tuple(cut_batches(inputs, new.values(), size)), outcomes, firsts)


def cut_batches(
    inputs: Sequence[Input], positions: Iterable[int], limit: BatchSize = HERE
) -> Iterator[Batch]:
    """Yields `positions` in batches, here of 2,000 captures or 32 MB, whichever comes first."""
    batch: list[int] = []
    byte_length = 0
    for position in positions:
        size = inputs[position].byte_length
        if batch and (len(batch) == limit.captures or byte_length + size > limit.byte_length):
            yield array("q", batch)
            batch, byte_length = [], 0
        batch.append(position)
        byte_length += size
    if batch:
        yield array("q", batch)


def settle_duplicates(
    planned: Plan, inputs: Sequence[Input], outcomes: MutableMapping[int, Outcome]
) -> None:
    """Corrects duplicates in `outcomes` whose first was lost: their bytes are nowhere either."""
    for position, first in planned.firsts.items():
        lost = outcomes[first]
        if lost.capture_id is None:
            words = f"the same bytes as {inputs[first].source}, which was lost: {lost.words}"
            outcomes[position] = Outcome(
                QUARANTINED, inputs[position].byte_length, None, lost.issue_code, words
            )


def _left(seen: Input, run_bytes: int) -> Outcome:
    words = f"a run takes {run_bytes} bytes"
    return Outcome(QUARANTINED, seen.byte_length, None, "run_limit_reached", words)


def _outcome(outcome: str, seen: Input, capture_id: str | None) -> Outcome:
    return Outcome(outcome, seen.byte_length, capture_id, seen.issue_code, seen.words)
