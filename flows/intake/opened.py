"""What the opening of a source gives: inputs, rows still to be read, sources within it."""

from __future__ import annotations

from dataclasses import dataclass

from flows.intake.corpora import Piece
from flows.intake.gathered import SortedRun
from flows.intake.inputs import Input
from flows.intake.revisits import Revisit
from flows.intake.walk import Found


@dataclass(frozen=True, slots=True)
class Opened:
    """A source opened.

    Args:
        inputs: Captures found, hashed while the source was read, and what of it is refused.
        runs: More inputs, where there are too many to be handed over.
        nested: Sources within it, to be opened in their turn.
        path: File that holds the rows of `pieces`, or what was unpacked of a web archive as a
            whole.
        pieces: Rows of JSON, still to be read and hashed.
        revisits: Records that refer to others, which are still to be found.
        passed_over_count: Records or members that are not wanted.
        passed_over_bytes: Their bytes.
        lost_bytes: Bytes that are not taken in: of what damage cut off, or of a source with
            another digest than its manifest says.
        issue_code: What is odd with the source as a whole; None when all of it is taken in.
        words: What was seen then.
    """

    inputs: tuple[Input, ...] = ()
    runs: tuple[SortedRun, ...] = ()
    nested: tuple[Found, ...] = ()
    path: str = ""
    pieces: tuple[Piece, ...] = ()
    revisits: tuple[Revisit, ...] = ()
    passed_over_count: int = 0
    passed_over_bytes: int = 0
    lost_bytes: int = 0
    issue_code: str | None = None
    words: str | None = None
