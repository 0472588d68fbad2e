"""The tiling of a rendition: every character stands in exactly one block, in order.

A line's words are one block, and the white space around them belongs to the `blank` blocks
between, so that the text of a block is clean and all texts put together are the whole rendition.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from transforms.decoding import Rendition
from transforms.header import HeaderRow
from transforms.kinds import (
    BOILERPLATE,
    FOOTNOTE,
    TABLE_ROW,
    Kind,
    announces_notes,
    is_glued_row,
    is_trailer,
    kind_of,
    note_number,
)
from transforms.layouts import Layout
from transforms.lines import Line
from transforms.records import Block

HEADER_FIELD = Kind("header_field")
TITLE = Kind("title")
# A trailer is at most this many lines; more of them are the document's own.
_LONGEST_TRAILER = 12
_BODY_KINDS = frozenset(("heading", "paragraph", "list_item", "table_row", "footnote"))


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
        if row.line >= layout.after_header:
            kinds[row.line] = HEADER_FIELD
    _mark_glued_table(lines, kinds, layout)
    _mark_numbered_notes(lines, kinds, layout.after_header, trailer)
    return kinds


def blocks_of(
    rendition: Rendition, lines: Sequence[Line], kinds: Sequence[Kind]
) -> tuple[Block, ...]:
    """Returns the blocks that tile the rendition, given the kind of each of its lines."""
    blocks: list[Block] = []
    text = rendition.text
    byte_length = rendition.byte_length
    char = byte = section = seq = 0
    in_section = None
    for line, kind in _with_end(lines, kinds, len(text)):
        start, end, words, _, _ = line
        if start > char:
            after = byte + byte_length(char, start)
            gap = text[char:start]
            blocks.append(Block(seq, "blank", None, in_section, gap, char, start, byte, after))
            seq, char, byte = seq + 1, start, after
        if kind is None:
            break
        name, level = kind
        if name == "heading":
            section += 1
        in_section = section if name in _BODY_KINDS else None
        after = byte + byte_length(start, end)
        blocks.append(Block(seq, name, level, in_section, words, start, end, byte, after))
        seq, char, byte = seq + 1, end, after
    return tuple(blocks)


def body_words(lines: Sequence[Line], kinds: Sequence[Kind]) -> list[str]:
    """Returns the words of the body; header, title and the site's furniture are left out."""
    body = (line.text for line, kind in zip(lines, kinds, strict=True) if kind.name in _BODY_KINDS)
    return " ".join(body).split()


def _with_end(
    lines: Sequence[Line], kinds: Sequence[Kind], length: int
) -> Iterator[tuple[Line, Kind | None]]:
    yield from zip(lines, kinds, strict=True)
    yield Line(length, length, "", 0, 0), None


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
    """Marks rows of two or more glued lines, the form in which tables lose their cells."""
    glued = [
        index for index in range(layout.after_header, len(lines)) if is_glued_row(lines[index].text)
    ]
    for first, second in pairwise(glued):
        if second - first == 1:
            kinds[first] = kinds[second] = TABLE_ROW


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
