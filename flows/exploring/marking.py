"""The text of a document with the words of its values marked in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from flows.printable import printable_lines

Row = Mapping[str, Any]

_MOST_MARKED = 2_000


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text.

    Args:
        text: The words, printable.
        fields: Fields of the values that are printed here.
        is_chosen: Whether it is a part of the words that the reader has chosen.
        is_first: Whether it is the first such part.
    """

    text: str
    fields: tuple[str, ...] = ()
    is_chosen: bool = False
    is_first: bool = False


@dataclass(frozen=True, slots=True)
class MarkedBlock:
    """A block with its text in pieces."""

    seq: int
    kind: str
    level: int | None
    page: int | None
    pieces: tuple[Piece, ...]


def marked_blocks(
    blocks: Sequence[Row], statements: Sequence[Row], chosen: Row | None
) -> Iterator[MarkedBlock]:
    """Yields the blocks that have words, with the words of the statements marked.

    Args:
        blocks: Blocks in order, with their places in the rendition.
        statements: Statements; those without a span have no words here.
        chosen: The statement whose words are to stand out; None when there is none.
    """
    spanned = sorted(
        (row for row in statements if row["char_start"] is not None),
        key=lambda row: (row["char_start"], row["char_end"]),
    )[:_MOST_MARKED]
    has_begun = False
    for block in blocks:
        if block["kind"] == "blank":
            continue
        here = [
            row
            for row in spanned
            if row["char_start"] < block["char_end"] and row["char_end"] > block["char_start"]
        ]
        pieces: list[Piece] = []
        for start, end, rows in _stretches(block, here):
            is_chosen = chosen is not None and any(row["seq"] == chosen["seq"] for row in rows)
            words = block["text"][start - block["char_start"] : end - block["char_start"]]
            fields = tuple(dict.fromkeys(row["field"] for row in rows))
            is_first = is_chosen and not has_begun
            pieces.append(Piece(printable_lines(words), fields, is_chosen, is_first))
            has_begun |= is_chosen
        yield MarkedBlock(block["seq"], block["kind"], block["level"], block["page"], tuple(pieces))


def _stretches(block: Row, here: Sequence[Row]) -> Iterator[tuple[int, int, list[Row]]]:
    """Yields the stretches of a block in which the same statements have their words."""
    start, end = block["char_start"], block["char_end"]
    cuts = {start, end}
    for row in here:
        cuts |= {max(start, row["char_start"]), min(end, row["char_end"])}
    ordered = sorted(cuts)
    for one, other in pairwise(ordered):
        rows = [row for row in here if row["char_start"] <= one and row["char_end"] >= other]
        yield one, other, rows
