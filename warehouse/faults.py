"""What verification finds wrong, and how it is said."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Subject:
    """The capture that a fault befalls.

    Args:
        capture_id: The capture.
        target_uri: Address it was taken from; None when it came without one.
        document_id: The document it is; None when it is none.
        record_number: Position among the captures of its WARC file, from 1.
        record_offset: Where its record begins there, bytes.
    """

    capture_id: str
    target_uri: str | None
    document_id: str | None
    record_number: int | None = None
    record_offset: int | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is not as it must be.

    Args:
        place: File, table or row, below the data home.
        what: What is wrong with it.
        expected: What should be there.
        found: What is there.
        subject: The capture it befalls, where it can be told.
    """

    place: str
    what: str
    expected: str
    found: str
    subject: Subject | None = None
