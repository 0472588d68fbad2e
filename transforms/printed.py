"""Lines and pages as they are printed, which is all that a file for printers knows of a text."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PrintedLine:
    """A line as it is printed; lengths in points (1/72 inch), from the page's lower left corner.

    Args:
        text: Its characters; a tab where a space is too wide to be one between words.
        left: Where it begins.
        right: Where it ends.
        base: Height of the line that the letters stand on.
        size: Size of the type.
        goes_on: Whether it ends in a hyphen behind which the word goes on.
    """

    text: str
    left: float
    right: float
    base: float
    size: float
    goes_on: bool


@dataclass(frozen=True, slots=True)
class PrintedPage:
    """A page: its height in points, its lines, and whether it could be read at all."""

    height: float
    lines: tuple[PrintedLine, ...]
    is_readable: bool = True
