"""The header block: which lines are its rows, and where it ends.

Label words can start body lines too, so a block counts as a header only with a row that prose
cannot be (a date, a citation, the disclaimer), and it ends with the last row of the run of lines
that can be one. The order is the site's: Publisher first, Cite as near the end, then at most
Comments and Disclaimer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from transforms.labels import LabelMatch, is_certain, is_last_updated, match_bars, match_plain
from transforms.lines import Line

# How far down a header may begin: pages keep a few lines of navigation above the title.
_LATEST_START = 12
_MOST_ROWS = 30
_MOST_UNKNOWN = 6
_AFTER_CITATION = {"comments", "disclaimer"}

Matcher = Callable[[str], LabelMatch | None]


class HeaderRow(NamedTuple):
    """One row: its label as printed, the field (None when unknown), its line, the value's place.

    `start` and `end` are offsets in the line's text; `is_repeated` marks a label seen before, and
    `label_line` is the line of a label that stands alone over its value.
    """

    label: str
    field: str | None
    line: int
    start: int
    end: int
    is_repeated: bool = False
    label_line: int | None = None


class Header(NamedTuple):
    """A header block: its form, its rows in order, its first line and the one past it."""

    form: str
    rows: tuple[HeaderRow, ...]
    first: int
    after: int


def find_header(lines: Sequence[Line]) -> Header | None:
    """Returns the header block of a page in one of the three labelled forms, or None."""
    for first in range(min(len(lines), _LATEST_START)):
        text = lines[first].text
        if "|" in text:
            bars = match_bars(text)
            if bars and bars.field:
                rows = _collect(lines, first, match_bars)
                if _is_header(lines, rows, first):
                    form = "table" if text.startswith("|") else "pipe"
                    return Header(form, rows, first, rows[-1].line + 1)
        elif match_plain(text):
            rows = _collect(lines, first, match_plain)
            if _is_header(lines, rows, first) and not _begins_with_title(lines, rows):
                return Header("plain", rows, first, rows[-1].line + 1)
    return None


def _begins_with_title(lines: Sequence[Line], rows: tuple[HeaderRow, ...]) -> bool:
    """Returns whether the first row is a title that begins with a label's word.

    Publisher is always the first row; of a row `Title` before it, the citation tells what it is.
    """
    publishers = [row for row in rows[1:] if row.field == "publisher"]
    if not publishers or rows[0].field == "publisher":
        return False
    if rows[0].field != "title":
        return True
    words = " ".join(lines[rows[0].line].text.split())
    cited = [lines[row.line].text for row in rows if row.field == "cite_as"]
    return any(words in " ".join(text.split()) for text in cited)


def _collect(lines: Sequence[Line], first: int, matcher: Matcher) -> tuple[HeaderRow, ...]:
    """Returns the rows of the block that begins at `first`, up to its last certain end."""
    rows: list[HeaderRow] = []
    unknown: list[HeaderRow] = []
    seen: set[str] = set()
    is_double_spaced = _is_double_spaced(lines, first, matcher)
    for index in range(first, min(len(lines), first + _MOST_ROWS)):
        line = lines[index]
        match = matcher(line.text)
        is_sure = match is not None and is_certain(match, line.text)
        if index > first and line.gap and not is_sure:
            goes_on = match and (is_double_spaced or _leads_on(lines, index, matcher))
            if not goes_on:
                break
        if match is None or match.field is None or not _may_follow(match, is_sure, seen):
            unknown.append(_unknown_row(line, index, match))
            if len(unknown) > _MOST_UNKNOWN:
                break
            continue
        if unknown and not is_sure:
            break
        rows += unknown
        unknown = []
        is_repeated = match.field in seen
        rows.append(HeaderRow(match.label, match.field, index, match.start, match.end, is_repeated))
        seen.add(match.field)
        if match.field == "disclaimer":
            break
    return tuple(rows)


def _leads_on(lines: Sequence[Line], index: int, matcher: Matcher) -> bool:
    """Returns whether a certain row stands in the run of lines that begins at `index`."""
    for line in lines[index : index + _MOST_UNKNOWN]:
        if line.gap and line is not lines[index]:
            return False
        match = matcher(line.text)
        if match is not None and is_certain(match, line.text):
            return True
    return False


def _may_follow(match: LabelMatch, is_sure: bool, seen: set[str]) -> bool:
    if "cite_as" in seen:
        return match.field in _AFTER_CITATION - seen
    return match.field not in seen or (is_sure and match.field != "publication_date")


def _unknown_row(line: Line, index: int, match: LabelMatch | None) -> HeaderRow:
    if match is None:
        return HeaderRow("", None, index, 0, len(line.text))
    return HeaderRow(match.label, None, index, match.start, match.end)


def _is_double_spaced(lines: Sequence[Line], first: int, matcher: Matcher) -> bool:
    following = lines[first + 1 : first + 3]
    return len(following) == 2 and all(line.gap and matcher(line.text) for line in following)


def _is_header(lines: Sequence[Line], rows: tuple[HeaderRow, ...], first: int) -> bool:
    if not rows:
        return False
    fields = {row.field for row in rows}
    certain = {
        row.field
        for row in rows
        if row.field
        and is_certain(LabelMatch(row.label, row.field, row.start, row.end), lines[row.line].text)
    }
    if certain and fields & {"publisher", "cite_as", "disclaimer"}:
        return True
    # A header of a lone Publisher row is known by the two lines that always stand above it.
    is_under_title = first == 2 and is_last_updated(lines[0].text)
    return "publisher" in fields and is_under_title and lines[first].gap > 0
