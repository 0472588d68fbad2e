"""The text of an HTML page and where in its bytes each stretch of it stands."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from transforms.decoding import Rendition
from transforms.markup_lines import GENERATED, Draft
from transforms.markup_source import MarkupSource


@dataclass(frozen=True, slots=True)
class _Piece:
    """Words of one text node: where they stand in the rendition and in the source's text."""

    start: int
    end: int
    place: int | None


class MarkupRendition:
    """The text that an HTML page shows, as lines, with the bytes that produced it.

    Characters are the source's own, references replaced; made are only the ends of lines, the
    blank lines between blocks, the single spaces that runs of white space become, and the ` | `
    between cells. What the markup only says in attributes (titles, canonical addresses) is no part
    of it: statements of such values have no character span and the bytes of the attribute's value.

    Args:
        drafts: The lines.
        places: Where in the source's text each text node stands, None where it is not known.
        words: The source's text.
        source: The decoded payload.
        images: The stretch of source of each image, None where it is not known.
    """

    def __init__(
        self,
        drafts: Sequence[Draft],
        places: Sequence[int | None],
        words: MarkupSource,
        source: Rendition,
        images: Sequence[tuple[int, int] | None],
    ) -> None:
        self.charset = source.charset
        self.source = source
        self.draft_starts: list[int] = []
        self.link_spans: dict[int, tuple[int, int]] = {}
        self._words = words
        self._pieces: list[_Piece] = []
        self._images: dict[int, tuple[int, int] | None] = {}
        parts: list[str] = []
        at = 0
        for draft in drafts:
            lead = ("\n\n" if draft.gap else "\n") if parts else ""
            parts.append(lead)
            at += len(lead)
            self.draft_starts.append(at)
            if draft.image is not None:
                self._images[at] = images[draft.image]
            for text, node, start, link in draft.pieces:
                end = at + len(text)
                if node != GENERATED:
                    place = places[node]
                    self._pieces.append(_Piece(at, end, None if place is None else place + start))
                    if link is not None:
                        self.link_spans[link] = (self.link_spans.get(link, (at, 0))[0], end)
                parts.append(text)
                at = end
        self.text = "".join(parts)
        self._starts = [piece.start for piece in self._pieces]
        self._broken = self._count_breaks()

    def byte_span(self, start: int, end: int) -> tuple[int | None, int | None]:
        """Returns the bytes from the first to past the last of some characters, tags included.

        Both are None for what has no source, and where the source has other words in between.
        """
        if start in self._images:
            return self._bytes(self._images[start])
        first = bisect_right(self._starts, start) - 1
        if first < 0 or self._pieces[first].end <= start:
            first += 1
        last = bisect_left(self._starts, end) - 1
        if first > last or self._broken[first] != self._broken[last]:
            return None, None
        head, tail = self._pieces[first], self._pieces[last]
        if head.place is None or tail.place is None:
            return None, None
        begin = head.place + max(start - head.start, 0)
        behind = tail.place + min(end, tail.end) - tail.start
        return self._bytes(self._words.span(begin, behind))

    def byte_spans(
        self, starts: Sequence[int], ends: Sequence[int], texts: Sequence[str]
    ) -> tuple[Sequence[int | None], Sequence[int | None]]:
        """Returns the bytes of stretches as two columns; `texts` are the characters of each."""
        spans = [self.byte_span(start, end) for start, end in zip(starts, ends, strict=True)]
        return [span[0] for span in spans], [span[1] for span in spans]

    def bytes_of_source(self, start: int, end: int) -> tuple[int | None, int | None]:
        """Returns the bytes of a stretch of the source's characters."""
        return self._bytes((start, end))

    def words_of_source(self, start: int, end: int) -> str:
        """Returns a stretch of the source's characters."""
        return self._words.source[start:end]

    def _bytes(self, span: tuple[int, int] | None) -> tuple[int | None, int | None]:
        if span is None:
            return None, None
        return self.source.byte_at(span[0]), self.source.byte_at(span[1])

    def _count_breaks(self) -> list[int]:
        """Returns for each piece how many before it do not follow upon the one before them."""
        counts: list[int] = []
        count = 0
        behind: int | None = 0
        for piece in self._pieces:
            place = piece.place
            if place is None or behind is None or not self._follows(behind, place):
                count += 1
            counts.append(count)
            behind = None if place is None else place + piece.end - piece.start
        return counts

    def _follows(self, behind: int, place: int) -> bool:
        if behind == place:
            return True
        return behind < place and self._words.text[behind:place].isspace()
