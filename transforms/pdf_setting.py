"""How a file is set: which printed lines are one paragraph, and what every page prints anew.

Two printed lines are one paragraph only where the print shows it: same type, one step down, no
new indent, and the upper line so full that the next word had no room on it.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from unicodedata import bidirectional

from transforms.printed import PrintedLine, PrintedPage

_COLUMN_WIDTH = 24.0  # points, in which lines of one column begin
# All below are in sizes of the type, unless they say otherwise.
_SAME_PLACE = 0.8  # two lines that begin or end no further apart do so at one place
_DEEPEST_INDENT = 6.0
_SAME_SIZE = 0.07  # as a share
_TIGHT = 1.6  # from line to line where the page does not tell what is usual on it
_LOOSE = 1.15  # times the usual step
_WIDEST_STEP = 2.6
_FEWEST_STEPS = 3
_SLACK = 0.5  # for words whose width is only estimated
_FEWEST_CHARACTERS = 25
HEADING_SIZE = 1.12  # times the size of most of the text
_MARGIN = 0.12  # of the page's height, at top and foot
_DIGITS = re.compile(r"[0-9]+")
_PAGE_NUMBER = re.compile(
    r"[-–—]?\s?(?:(?:Page|p\.)\s?)?(?:[0-9]{1,4}|[ivxlc]{1,7})(?:\s?(?:of|/|de)\s?[0-9]{1,4})?"
    r"\s?[-–—]?",
    re.IGNORECASE,
)
_FEWEST_LETTERS = 3
_MARKER = re.compile(
    r"[•·●▪■◦‣∙*§–—-]\s|\(?(?:[0-9]{1,3}|[a-zA-Z]|[ivxIVX]{1,5})[.)]\s|[0-9]{1,2}(?:\.[0-9]{1,2}){1,4}\s"
    r"|\[[0-9]{1,3}\]"
)


class Setting:
    """How a file is set: size of most of the text, usual steps, edges of columns, furniture."""

    def __init__(self, pages: Sequence[PrintedPage]) -> None:
        self.body_size = _body_size(pages)
        self.furniture = _furniture(pages)
        self._steps = _usual_steps(pages)
        self._edges = [_edges(page.lines) for page in pages]

    def goes_on(self, page: int, upper: PrintedLine, line: PrintedLine, is_first: bool) -> bool:
        """Returns whether a line goes on with the paragraph of the line printed before it.

        Args:
            page: Number of the page, from 0.
            upper: The line before it.
            line: The line.
            is_first: Whether the line before it is the first of its paragraph.
        """
        step = upper.base - line.base
        if abs(line.size - upper.size) > _SAME_SIZE * upper.size:
            return False
        if not _SAME_PLACE * line.size / 2 < step <= self._limit(line):
            return False
        if upper.goes_on:
            return True
        if "\t" in upper.text or "\t" in line.text or _MARKER.match(line.text):
            return False
        if line.size >= HEADING_SIZE * self.body_size:
            return step <= _TIGHT * line.size
        if len(upper.text) < _FEWEST_CHARACTERS:
            return False
        upper, line = _from_left(upper), _from_left(line)
        return _is_no_indent(upper, line, is_first) and self._is_full(page, upper, line)

    def gap(self, upper: PrintedLine | None, line: PrintedLine) -> str:
        """Returns the line ends between two lines of the rendition: two where space is left."""
        is_wide = upper is not None and upper.base - line.base > 1.3 * self._limit(line)
        return "\n\n" if is_wide else "\n"

    def _limit(self, line: PrintedLine) -> float:
        usual = self._steps.get(round(line.size))
        return _TIGHT * line.size if usual is None else _LOOSE * usual + 0.5

    def _is_full(self, page: int, upper: PrintedLine, line: PrintedLine) -> bool:
        """Returns whether the first word of a line had no room on the one above."""
        edges = self._edges[page]
        edge = max(edges[key] for each in (upper, line) for key in _columns(each) if key in edges)
        word = line.text.partition(" ")[0]
        width = (line.right - line.left) * len(word) / len(line.text)
        return upper.right + width + _SLACK * line.size > edge


def _is_no_indent(upper: PrintedLine, line: PrintedLine, is_first: bool) -> bool:
    indent = (line.left - upper.left) / (line.size or 1.0)
    if abs(indent) <= _SAME_PLACE:
        return True
    if not is_first or abs(indent) > _DEEPEST_INDENT:
        return False
    # The first line stands further in, or hangs out with the marker of a list.
    return indent < 0 or _MARKER.match(upper.text) is not None


def _from_left(line: PrintedLine) -> PrintedLine:
    """Returns a line as it is, or one that is read from the right as seen in a mirror."""
    if line.text.isascii():
        return line
    letter = next((char for char in line.text if char.isalpha()), None)
    if letter is None or bidirectional(letter) not in ("R", "AL"):
        return line
    return replace(line, left=-line.right, right=-line.left)


def _columns(line: PrintedLine) -> Iterator[tuple[int, int]]:
    """Yields the keys of the columns that a line may stand in, by where it begins."""
    own = int(line.left // _COLUMN_WIDTH)
    yield from ((round(line.size), own + offset) for offset in (-1, 0, 1))


def _edges(lines: Iterable[PrintedLine]) -> dict[tuple[int, int], float]:
    """Returns how far the lines of each size reach that begin at about one place."""
    edges: dict[tuple[int, int], float] = {}
    for line in map(_from_left, lines):
        key = (round(line.size), int(line.left // _COLUMN_WIDTH))
        edges[key] = max(line.right, edges.get(key, line.right))
    return edges


def _body_size(pages: Iterable[PrintedPage]) -> float:
    counts: Counter[float] = Counter()
    for page in pages:
        for line in page.lines:
            counts[rounded(line.size)] += len(line.text)
    return min(counts, key=lambda size: (-counts[size], size), default=0.0)


def _usual_steps(pages: Iterable[PrintedPage]) -> dict[int, int]:
    """Returns the commonest step from line to line for each size of type, in points."""
    counts: defaultdict[int, Counter[int]] = defaultdict(Counter)
    for page in pages:
        for upper, line in pairwise(page.lines):
            step = upper.base - line.base
            if round(upper.size) == round(line.size) and 0 < step < _WIDEST_STEP * line.size:
                counts[round(line.size)][round(step)] += 1
    return {
        size: min(steps, key=lambda step: (-steps[step], step))
        for size, steps in counts.items()
        if steps.total() >= _FEWEST_STEPS
    }


def _furniture(pages: Sequence[PrintedPage]) -> frozenset[tuple[int, int]]:
    """Returns which lines, by page and place on it, every page prints anew, and page numbers.

    The same words, whatever their numbers, at the same height in the margin of two pages.
    """
    marginal: list[tuple[int, int, str, int]] = []
    seen: defaultdict[tuple[str, int], set[int]] = defaultdict(set)
    found: set[tuple[int, int]] = set()
    for number, page in enumerate(pages):
        bases = [line.base for line in page.lines]
        outermost = (min(bases, default=0.0), max(bases, default=0.0))
        for place, line in enumerate(page.lines):
            if _MARGIN * page.height < line.base < (1 - _MARGIN) * page.height:
                continue
            words = _DIGITS.sub("#", line.text.casefold())
            height = round(line.base)
            marginal.append((number, place, words, height))
            seen[words, height].add(number)
            if line.base in outermost and _PAGE_NUMBER.fullmatch(line.text):
                found.add((number, place))
    for number, place, words, height in marginal:
        if sum(map(str.isalpha, words)) >= _FEWEST_LETTERS:
            on = {n for near in (-1, 0, 1) for n in seen.get((words, height + near), ())}
            if len(on) > 1:
                found.add((number, place))
    return frozenset(found)


def rounded(size: float) -> float:
    """Returns a size of type to the half point, so that equal ones are equal."""
    return round(2 * size) / 2
