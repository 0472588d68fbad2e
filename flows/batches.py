"""A batch: the unit of work, some thousand inputs archived and read in one call."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from flows.heartbeat import READ_ALL, Orders, read_each
from flows.intake.inputs import Input
from flows.intake.payloads import InputLost, Payloads
from flows.outcomes import NEW, Outcome
from transforms.records import DOCUMENT, QUARANTINED, Capture, Reading
from warehouse.commits import Staged, stage
from warehouse.home import Home


@dataclass(frozen=True, slots=True)
class BatchResult:
    """What became of a batch.

    Args:
        staged: What is to be committed; None when no input of the batch could be archived.
        outcomes: The outcome of each input, by its position in the run.
        issues: How often each issue code was given.
        documents: Ids of a few of the documents.
    """

    staged: Staged | None
    outcomes: Mapping[int, Outcome]
    issues: Counter[str] = field(default_factory=Counter)
    documents: tuple[str, ...] = ()


def archive_and_read(
    home: Home,
    inputs: Sequence[tuple[int, Input]],
    code_version: str,
    orders: Orders = READ_ALL,
) -> BatchResult | None:
    """Stages a batch: its bytes as they are, and what reading them gives; runs in a worker.

    Args:
        home: The data home, in whose staging folder the batch is laid.
        inputs: The inputs, each with its position in the run.
        code_version: Version of the code, which the batch's commit will name.
        orders: What is not to be read, or all that is to be tried; of a trial None is returned.

    Raises OSError when the batch cannot be written.
    """
    captures, outcomes = _capture_all(inputs)
    readings = read_each(list(captures.values()), orders)
    if orders.only is not None:
        return None
    for (position, capture), reading in zip(captures.items(), readings, strict=True):
        outcomes[position] = _outcome(capture, reading)
    return BatchResult(
        stage(home, list(captures.values()), readings, code_version) if captures else None,
        outcomes,
        Counter(issue.code for reading in readings for issue in reading.issues),
        tuple(reading.document.document_id for reading in readings[:5] if reading.document),
    )


def _capture_all(
    inputs: Sequence[tuple[int, Input]],
) -> tuple[dict[int, Capture], dict[int, Outcome]]:
    """Returns the captures by position, and the outcomes of inputs that are lost."""
    captures: dict[int, Capture] = {}
    outcomes: dict[int, Outcome] = {}
    with Payloads() as payloads:
        for position, seen in inputs:
            try:
                captures[position] = payloads.capture(seen)
            except InputLost as lost:
                outcomes[position] = Outcome(
                    QUARANTINED, seen.byte_length, None, lost.code, lost.words
                )
    return captures, outcomes


def _outcome(capture: Capture, reading: Reading) -> Outcome:
    """Returns the ledger's outcome of a capture; why one is quarantined is its first issue."""
    byte_length = len(capture.payload)
    if reading.outcome == QUARANTINED:
        issue = reading.issues[0] if reading.issues else None
        code, words = (issue.code, issue.words) if issue else (None, None)
        return Outcome(QUARANTINED, byte_length, capture.capture_id, code, words)
    outcome = NEW if reading.outcome == DOCUMENT else reading.outcome
    return Outcome(outcome, byte_length, capture.capture_id)
