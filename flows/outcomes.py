"""What became of an input, and of a run: the ledger's vocabulary and the exit codes."""

from __future__ import annotations

from dataclasses import dataclass

from transforms.records import NOT_A_DOCUMENT, QUARANTINED

NEW = "new"
UNCHANGED = "unchanged"
DUPLICATE = "duplicate"
ALL_WELL = 0
SOME_QUARANTINED = 1
RUN_FAILED = 2

OUTCOMES = (NEW, UNCHANGED, DUPLICATE, NOT_A_DOCUMENT, QUARANTINED)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one input.

    Args:
        outcome: `new`, `unchanged`, `duplicate`, `not_a_document` or `quarantined`.
        byte_length: Bytes that were accounted for.
        capture_id: The capture that the input is; None when nothing of it was archived.
        issue_code: Why an input is quarantined, or what is odd with it.
        words: What was seen then.
    """

    outcome: str
    byte_length: int
    capture_id: str | None
    issue_code: str | None = None
    words: str | None = None
