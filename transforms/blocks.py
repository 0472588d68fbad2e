"""The tiling of a rendition: every character stands in exactly one block, in order.

A line's words are one block, and the white space around them belongs to the `blank` blocks
between, so that the text of a block is clean and all texts put together are the whole rendition.
"""

from __future__ import annotations

from collections.abc import Sequence

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
from transforms.lines import Line, one_space
from transforms.markup_rendition import MarkupRendition
from transforms.records import Blocks

BLANK = "blank"
HEADER_FIELD = Kind("header_field")
TITLE = Kind("title")
# A trailer is at most this many lines; more of them are the document's own.
_LONGEST_TRAILER = 12
_BODY_KINDS = frozenset(("heading", "paragraph", "list_item", "table_row", "footnote", "caption"))


def line_kinds(lines: Sequence[Line], layout: Layout) -> list[Kind]:
    """Returns the kind of every line of a document, in order."""
    kinds = [_head_kind(n, layout) for n in range(layout.after_header)]
    trailer = _trailer_start(lines, layout.after_header)
    is_in_notes = False
    for index in range(layout.after_header, trailer):
        text = lines[index].text
        kind = kind_of(lines[index], is_in_notes)
        if kind.name == "heading":
            is_in_notes = announces_notes(text)
        kinds.append(kind)
    kinds += [BOILERPLATE] * (len(lines) - trailer)
    for row in layout.rows:
        for place in (row.line, row.label_line):
            if place is not None and place >= layout.after_header:
                kinds[place] = HEADER_FIELD
    _unmark_numbered_paragraphs(lines, kinds, layout.after_header)
    _mark_glued_table(lines, kinds, layout)
    _mark_numbered_notes(lines, kinds, layout.after_header, trailer)
    return kinds


def blocks_of(
    rendition: Rendition | MarkupRendition, lines: Sequence[Line], kinds: Sequence[Kind]
) -> Blocks:
    """Returns the blocks that tile the rendition, given the kind of each of its lines."""
    text = rendition.text
    rows: list[tuple[str, int | None, int | None, str, int]] = []
    char = section = 0
    in_section = None
    for (start, end, words, _, _), (name, level) in zip(lines, kinds, strict=True):
        if start > char:
            rows.append((BLANK, None, in_section, text[char:start], start))
        if name == "heading":
            section += 1
        in_section = section if name in _BODY_KINDS else None
        rows.append((name, level, in_section, words, end))
        char = end
    if len(text) > char:
        rows.append((BLANK, None, in_section, text[char:], len(text)))
    if not rows:
        return Blocks()
    names, levels, sections, texts, ends = zip(*rows, strict=True)
    starts = (0, *ends[:-1])
    pages = (None,) * len(ends)
    spans = rendition.byte_spans(starts, ends)
    return Blocks(names, levels, sections, texts, starts, ends, *spans, pages)


def body_text(lines: Sequence[Line], kinds: Sequence[Kind]) -> str:
    """Returns the words of the body, one space between, and nothing of header, title and site."""
    body = [line[2] for line, kind in zip(lines, kinds, strict=True) if kind[0] in _BODY_KINDS]
    return one_space(" ".join(body))


def _head_kind(index: int, layout: Layout) -> Kind:
    if index == layout.title:
        return TITLE
    if index == layout.last_updated or not layout.rows:
        return HEADER_FIELD
    first: HeaderRow = layout.rows[0]
    # Lines above the header that are neither title nor date are the site's navigation.
    return HEADER_FIELD if index >= first.line or layout.name == "new" else BOILERPLATE


def _trailer_start(lines: Sequence[Line], after_header: int) -> int:
    start = len(lines)
    while start > after_header and is_trailer(lines[start - 1].text):
        start -= 1
    return max(start, len(lines) - _LONGEST_TRAILER)


def _mark_glued_table(lines: Sequence[Line], kinds: list[Kind], layout: Layout) -> None:
    """Marks runs of glued lines, the form in which tables lose their cells.

    Two rows of a label and a number in a run are evidence; between them other values are rows too.
    """
    end = layout.after_header
    for index in range(layout.after_header, len(lines)):
        if index < end or not is_glued_row(lines[index].text):
            continue
        start, end = index, index + 1
        while start > layout.after_header and not lines[start].gap:
            if not may_be_glued_row(lines[start - 1].text):
                break
            start -= 1
        while end < len(lines) and not lines[end].gap and may_be_glued_row(lines[end].text):
            end += 1
        if sum(is_glued_row(line.text) for line in lines[start:end]) > 1:
            kinds[start:end] = [TABLE_ROW] * (end - start)


def _unmark_numbered_paragraphs(lines: Sequence[Line], kinds: list[Kind], start: int) -> None:
    """Makes paragraphs of `[1] ...`, `[2] ...` where they are the body, as in judgments.

    Notes stand behind most of the text, or behind a mark in it; paragraphs that are numbered so
    begin early, and nothing before them refers to their numbers.
    """
    first = next((n for n in range(start, len(lines)) if lines[n].text.startswith("[1]")), None)
    if first is None or kinds[first] is not FOOTNOTE:
        return
    if any("[1]" in line.text or announces_notes(line.text) for line in lines[start:first]):
        return
    before = sum(len(line.text) for line in lines[start:first])
    if before * 3 > sum(len(line.text) for line in lines[start:]):
        return
    for index in range(first, len(lines)):
        if announces_notes(lines[index].text):
            break
        if kinds[index] is FOOTNOTE and is_bracket_note(lines[index].text):
            kinds[index] = PARAGRAPH


def _mark_numbered_notes(
    lines: Sequence[Line], kinds: list[Kind], start: int, trailer: int
) -> None:
    """Marks the run of numbered citations at the end of the body as footnotes."""
    index, number = trailer - 1, None
    while index >= start:
        found = note_number(lines[index].text)
        if found is None or (number is not None and found != number - 1):
            break
        kinds[index] = FOOTNOTE
        index, number = index - 1, found
