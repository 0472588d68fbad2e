"""The tiling of a rendition: every character stands in exactly one block, in order.

A line's words are one block, and the white space around them belongs to the `blank` blocks
between, so that the text of a block is clean and all texts put together are the whole rendition.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from transforms.decoding import Rendition
from transforms.header import HeaderRow
from transforms.kinds import (
    BOILERPLATE,
    FOOTNOTE,
    PARAGRAPH,
    TABLE_ROW,
    Kind,
    announces_notes,
    is_bracket_note,
    is_glued_row,
    is_trailer,
    kind_of,
    may_be_glued_row,
    note_number,
)
from transforms.layouts import Layout
from transforms.lines import Line, spaced
from transforms.markup_rendition import MarkupRendition
from transforms.neighbours import mark_plain_headings, mark_referenced_notes
from transforms.records import Blocks

T = TypeVar("T")

BLANK = "blank"
HEADER_FIELD = Kind("header_field")
TITLE = Kind("title")
# A trailer is at most this many lines; more of them are the document's own.
_LONGEST_TRAILER = 12
_BODY_KINDS = frozenset(("heading", "paragraph", "list_item", "table_row", "footnote", "caption"))


def line_kinds(lines: Sequence[Line], layout: Layout) -> list[Kind]:
    """Returns the kind of every line of a document, in order."""
    texts = [line[2] for line in lines]
    kinds = [_head_kind(n, layout) for n in range(layout.after_header)]
    trailer = _trailer_start(texts, layout.after_header)
    is_in_notes = False
    for line in lines[layout.after_header : trailer]:
        kind = kind_of(line, is_in_notes)
        if kind[0] == "heading":
            is_in_notes = announces_notes(line[2])
        kinds.append(kind)
    kinds += [BOILERPLATE] * (len(lines) - trailer)
    for row in layout.rows:
        for place in (row.line, row.label_line):
            if place is not None and place >= layout.after_header:
                kinds[place] = HEADER_FIELD
    _unmark_numbered_paragraphs(texts, kinds, layout.after_header)
    _mark_glued_table(lines, texts, kinds, layout)
    _mark_numbered_notes(texts, kinds, layout.after_header, trailer)
    mark_referenced_notes(texts, kinds, layout.after_header, trailer)
    mark_plain_headings(lines, texts, kinds, layout.after_header, trailer)
    return kinds


def blocks_of(
    rendition: Rendition | MarkupRendition, lines: Sequence[Line], kinds: Sequence[Kind]
) -> Blocks:
    """Returns the blocks that tile the rendition, given the kind of each of its lines."""
    text = rendition.text
    names = [kind[0] for kind in kinds]
    sections = _sections(names)
    ends = [*_between([line[0] for line in lines], [line[1] for line in lines]), len(text)]
    starts = [0, *ends[:-1]]
    blanks = [text[start:end] for start, end in zip(starts[::2], ends[::2], strict=True)]
    columns: tuple[list[Any], ...] = (
        _between([BLANK] * len(blanks), names),
        _between([None] * len(blanks), [kind[1] for kind in kinds]),
        # White space belongs to the section of the line before it.
        _between([None, *sections], sections),
        _between(blanks, [line[2] for line in lines]),
        starts,
        ends,
    )
    # Most pages begin with a line; between lines there is white space always.
    first, last = int(not blanks[0]), len(ends) - (not blanks[-1])
    names, levels, in_sections, texts, starts, ends = (column[first:last] for column in columns)
    if not texts:
        return Blocks()
    spans = rendition.byte_spans(starts, ends, texts)
    pages = (None,) * len(ends)
    return Blocks(names, levels, in_sections, texts, starts, ends, *spans, pages)


def _sections(names: Sequence[str]) -> list[int | None]:
    """Returns the section that each line stands in."""
    sections: list[int | None] = []
    section = 0
    for name in names:
        section += name == "heading"
        sections.append(section if name in _BODY_KINDS else None)
    return sections


def _between(blanks: Sequence[T], lines: Sequence[T]) -> list[T]:
    """Returns what belongs to the white space and to the lines, in turn, white space first."""
    column = [*blanks, *lines]
    column[::2] = blanks
    column[1::2] = lines
    return column


def body_words(lines: Sequence[Line], kinds: Sequence[Kind]) -> bytes:
    """Returns the words of the body, one space between, and nothing of header, title and site.

    They are in UTF-8, for their digest.
    """
    return spaced(
        line[2] for line, kind in zip(lines, kinds, strict=True) if kind[0] in _BODY_KINDS
    )


def _head_kind(index: int, layout: Layout) -> Kind:
    if index == layout.title:
        return TITLE
    if index == layout.last_updated or not layout.rows:
        return HEADER_FIELD
    first: HeaderRow = layout.rows[0]
    # Lines above the header that are neither title nor date are the site's navigation.
    return HEADER_FIELD if index >= first.line or layout.name == "new" else BOILERPLATE


def _trailer_start(texts: Sequence[str], after_header: int) -> int:
    start = len(texts)
    while start > after_header and is_trailer(texts[start - 1]):
        start -= 1
    return max(start, len(texts) - _LONGEST_TRAILER)


def _mark_glued_table(
    lines: Sequence[Line], texts: Sequence[str], kinds: list[Kind], layout: Layout
) -> None:
    """Marks runs of glued lines, the form in which tables lose their cells.

    Two rows of a label and a number in a run are evidence; between them other values are rows too.
    """
    first = layout.after_header
    glued = [n for n, text in enumerate(texts[first:], first) if is_glued_row(text)]
    end = first
    for index in glued if len(glued) > 1 else ():
        if index < end:
            continue
        start, end = index, index + 1
        while start > first and not lines[start].gap:
            if not may_be_glued_row(texts[start - 1]):
                break
            start -= 1
        while end < len(lines) and not lines[end].gap and may_be_glued_row(texts[end]):
            end += 1
        if sum(map(is_glued_row, texts[start:end])) > 1:
            kinds[start:end] = [TABLE_ROW] * (end - start)


def _unmark_numbered_paragraphs(texts: Sequence[str], kinds: list[Kind], start: int) -> None:
    """Makes paragraphs of `[1] ...`, `[2] ...` where they are the body, as in judgments.

    Notes stand behind most of the text, or behind a mark in it; paragraphs that are numbered so
    begin early, and nothing before them refers to their numbers.
    """
    if FOOTNOTE not in kinds:
        return
    body = range(start, len(texts))
    first = next((n for n in body if texts[n].startswith("[1]")), None)
    if first is None or kinds[first] is not FOOTNOTE:
        return
    before = sum(map(len, texts[start:first]))
    if before * 3 > sum(map(len, texts[start:])):
        return
    if any("[1]" in text or announces_notes(text) for text in texts[start:first]):
        return
    for index in range(first, len(texts)):
        if announces_notes(texts[index]):
            break
        if kinds[index] is FOOTNOTE and is_bracket_note(texts[index]):
            kinds[index] = PARAGRAPH


def _mark_numbered_notes(texts: Sequence[str], kinds: list[Kind], start: int, trailer: int) -> None:
    """Marks the run of numbered citations at the end of the body as footnotes."""
    index, number = trailer - 1, None
    while index >= start:
        found = note_number(texts[index])
        if found is None or (number is not None and found != number - 1):
            break
        kinds[index] = FOOTNOTE
        index, number = index - 1, found
