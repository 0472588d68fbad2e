"""What verification finds wrong, and how it is said."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is not as it must be.

    Args:
        place: File, table or row, below the data home.
        what: What is wrong with it.
        expected: What should be there.
        found: What is there.
    """

    place: str
    what: str
    expected: str
    found: str
