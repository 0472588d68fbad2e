"""What a line is where its own words do not tell, but the lines around it do."""

from __future__ import annotations

import re
from collections.abc import Sequence

from transforms.kinds import FOOTNOTE, PARAGRAPH, Kind, is_plain_heading
from transforms.lines import Line

_LONGEST_HEADING = 80
_MOST_WORDS = 9
_SHORTEST_PROSE = 100
_SHORTEST_SENTENCE = 60
# How captions of photographs begin, which stand alone between paragraphs as headings do.
_CAPTION = ("A ", "An ")
_PUNCTUATED = frozenset(".;:?!”\"')]…")
_HEADING = Kind("heading", 2)
_NUMBER_NOTE = re.compile(r"([0-9]{1,4})\s+(?=\S)")
# The number of a note, glued to the word or the stop before it.
_GLUED_MARK = re.compile(
    r"(?:(?<=[^\W\d_])[.,;:\"'”’)\]]{0,3}|(?<=[%)\]”\"]))([0-9]{1,4})(?![0-9])"
)
_STAR_NOTE = re.compile(r"\*\s+(?=\S)")
_GLUED_STAR = re.compile(r"[^\W_][.,;:”’)]?\*(?!\S)")


def mark_plain_headings(
    lines: Sequence[Line], texts: Sequence[str], kinds: list[Kind], start: int, end: int
) -> None:
    """Makes headings of short lines in sentence case that stand alone above a paragraph.

    Such a line has blank lines on both sides, no stop, and prose below; what stands above it has
    come to its end, so it is no entry of a list or an address.

    Args:
        lines: The page's lines.
        texts: Their words.
        kinds: The kind of each, changed in place.
        start: Index of the first line of the body.
        end: One past its last.
    """
    for index in range(start, end - 1):
        if kinds[index] is not PARAGRAPH or len(texts[index]) > _LONGEST_HEADING:
            continue
        if not lines[index + 1].gap or not (lines[index].gap or index == start):
            continue
        if index > start and not _has_ended(texts[index - 1], kinds[index - 1]):
            continue
        is_above_prose = kinds[index + 1] is PARAGRAPH and _is_prose(texts[index + 1])
        if is_above_prose and _may_head(texts[index]):
            kinds[index] = _HEADING


def mark_referenced_notes(texts: Sequence[str], kinds: list[Kind], start: int, end: int) -> None:
    """Makes footnotes of the last lines of the body that earlier lines refer to by their marks.

    The lines are numbered one after the other, and their numbers are glued to words before them;
    paragraphs that are numbered so have the marks of their notes within them, not before. A line
    behind a star is a note where a star is glued to a word before it, else an entry of a list.

    Args:
        texts: The words of the page's lines.
        kinds: The kind of each, changed in place.
        start: Index of the first line of the body.
        end: One past its last.
    """
    numbers: list[int] = []
    first = end
    while first > start and (match := _NUMBER_NOTE.match(texts[first - 1])):
        if numbers and int(match[1]) != numbers[-1] - 1:
            break
        numbers.append(int(match[1]))
        first -= 1
    if len(numbers) > 1:
        body = texts[start:first]
        marks = {int(mark[1]) for text in body for mark in _GLUED_MARK.finditer(text)}
        if marks.issuperset(numbers):
            kinds[first:end] = [FOOTNOTE] * (end - first)
    _mark_star_note(texts, kinds, start, first)


def _mark_star_note(texts: Sequence[str], kinds: list[Kind], start: int, end: int) -> None:
    stars = [
        n
        for n in range(start, end)
        if kinds[n][0] == "list_item" and texts[n][0] == "*" and _STAR_NOTE.match(texts[n])
    ]
    if len(stars) == 1 and any(_GLUED_STAR.search(text) for text in texts[start : stars[0]]):
        kinds[stars[0]] = FOOTNOTE


def _may_head(text: str) -> bool:
    if text.startswith(_CAPTION) or not (text[-1].isalpha() or text[-1] in ")0123456789"):
        return False
    return len(text.split()) <= _MOST_WORDS and is_plain_heading(text)


def _has_ended(text: str, kind: Kind) -> bool:
    if kind is not PARAGRAPH or len(text) >= _SHORTEST_PROSE:
        return True
    return text[-1] in _PUNCTUATED or text[-1].isdigit()


def _is_prose(text: str) -> bool:
    if len(text) >= _SHORTEST_PROSE:
        return True
    return len(text) >= _SHORTEST_SENTENCE and text.rstrip("0123456789")[-1:] in _PUNCTUATED
