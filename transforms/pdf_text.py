"""Printed lines to a rendition: paragraphs put together again, headings and furniture told.

A paragraph is one line of the rendition, so that what reads text reads it too; paragraphs stand on
lines of their own, with a blank line where the print leaves space, and a form feed parts pages.
A hyphen at the end of a line stays; whether it belongs to the word is not known.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from transforms.pdf_setting import HEADING_SIZE, Setting, rounded
from transforms.printed import PrintedLine, PrintedPage

PAGE_END = "\f"
_LONGEST_HEADING = 300  # characters
_DEEPEST_LEVEL = 4
_FEWEST_LETTERS = 3


@dataclass(frozen=True, slots=True)
class PdfText:
    """The rendition of a PDF, and what the print tells of its lines.

    Args:
        text: The rendition.
        page_starts: First character of each page, in order.
        starts: First character of each line of the rendition, in order.
        levels: Depth, from 1, of the lines that are headings by the size of their type, by their
            place in `starts`.
        furniture: Places in `starts` of running heads and feet, and of page numbers.
    """

    text: str
    page_starts: Sequence[int]
    starts: Sequence[int]
    levels: Mapping[int, int]
    furniture: frozenset[int]

    def page_of(self, char: int) -> int:
        """Returns the page, from 1, that a character of the rendition stands on."""
        return bisect_right(self.page_starts, char)

    def line_at(self, char: int) -> int:
        """Returns the place in `starts` of the line that a character stands in."""
        return bisect_right(self.starts, char) - 1


def pdf_text(pages: Sequence[PrintedPage]) -> PdfText:
    """Returns the rendition of the pages of a file."""
    setting = Setting(pages)
    rendition = _Rendition()
    for number, page in enumerate(pages):
        rendition.begin_page()
        upper: PrintedLine | None = None
        is_first = True  # of its paragraph
        for place, line in enumerate(page.lines):
            is_furniture = (number, place) in setting.furniture
            goes_on = not (upper is None or is_furniture) and setting.goes_on(
                number, upper, line, is_first
            )
            if upper is None or not goes_on:
                gap = "" if rendition.is_at_page_start else setting.gap(upper, line)
                rendition.add_line(gap, line, is_furniture)
            else:
                rendition.add_words("" if upper.goes_on else " ", line)
            is_first = not goes_on
            upper = None if is_furniture else line
    return rendition.finish(setting.body_size)


class _Rendition:
    """The text that is being put together."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._length = 0
        self._page_starts: list[int] = []
        self._starts: list[int] = []
        self._sizes: list[float] = []
        self._furniture: set[int] = set()

    @property
    def is_at_page_start(self) -> bool:
        return self._length == self._page_starts[-1]

    def begin_page(self) -> None:
        if self._page_starts:
            self._add(PAGE_END)
        self._page_starts.append(self._length)

    def add_line(self, gap: str, line: PrintedLine, is_furniture: bool) -> None:
        self._add(gap)
        if is_furniture:
            self._furniture.add(len(self._starts))
        self._starts.append(self._length)
        self._sizes.append(line.size)
        self._add(line.text)

    def add_words(self, gap: str, line: PrintedLine) -> None:
        self._add(gap)
        self._add(line.text)

    def finish(self, body_size: float) -> PdfText:
        text = "".join(self._parts)
        ends = [*self._starts, len(text)][1:]
        lines = [text[start:end] for start, end in zip(self._starts, ends, strict=True)]
        sizes = {
            place: rounded(size)
            for place, size in enumerate(self._sizes)
            if place not in self._furniture and _is_heading(lines[place], size, body_size)
        }
        ranks = {size: rank for rank, size in enumerate(sorted(set(sizes.values()), reverse=True))}
        levels = {place: min(1 + ranks[size], _DEEPEST_LEVEL) for place, size in sizes.items()}
        furniture = frozenset(self._furniture)
        return PdfText(text, self._page_starts, self._starts, levels, furniture)

    def _add(self, words: str) -> None:
        self._parts.append(words)
        self._length += len(words)


def _is_heading(words: str, size: float, body_size: float) -> bool:
    is_large = size >= HEADING_SIZE * body_size and len(words.strip()) <= _LONGEST_HEADING
    return is_large and sum(map(str.isalpha, words)) >= _FEWEST_LETTERS
