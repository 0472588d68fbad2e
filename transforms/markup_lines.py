"""Lines of a page in the making: their words, each with the text node it came from."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from transforms.kinds import Kind

GENERATED = -1
# Words with single spaces between them: what stays as it is when white space is made one space.
_STRETCH = re.compile(r"[^ \t\n\f\r]++(?: [^ \t\n\f\r]++)*+")
_SPACES = " \t\n\f\r"


@dataclass(slots=True)
class Draft:
    """A line in the making.

    Args:
        gap: Whether a blank line stands before it.
        region: The stretch of the page it stands in, as `markup_regions` counts them.
        kind: What the markup says it is; None where only its words can tell.
        pieces: Words, the text node they came from (`GENERATED` for none), where they begin in
            that node's text, and the link they stand in or None.
        image: Number of the image that the line is the alternative text of.
        has_space: Whether white space has been read after the last word.
    """

    gap: bool = False
    region: int = 0
    kind: Kind | None = None
    pieces: list[tuple[str, int, int, int | None]] = field(default_factory=list)
    image: int | None = None
    has_space: bool = False

    @property
    def words(self) -> str:
        """The line's words."""
        return "".join(piece[0] for piece in self.pieces)

    @property
    def length(self) -> int:
        """The number of its characters."""
        return sum(len(piece[0]) for piece in self.pieces)

    def add(self, text: str, node: int, link: int | None) -> None:
        """Adds a text node, its runs of white space made one space."""
        for match in _STRETCH.finditer(text):
            start = match.start()
            if self.pieces and (start or self.has_space):
                self.pieces.append((" ", GENERATED, 0, link if start else None))
            self.pieces.append((match[0], node, start, link))
            self.has_space = False
        if text[-1:] in _SPACES:
            self.has_space = True

    def add_verbatim(self, text: str, node: int, start: int, link: int | None) -> None:
        """Adds words whose white space is kept."""
        if text:
            self.pieces.append((text, node, start, link))

    def join(self, other: Draft, mark: str) -> None:
        """Adds the words of another line behind a mark that no source has."""
        if self.pieces and other.pieces:
            self.pieces.append((mark, GENERATED, 0, None))
        self.pieces += other.pieces
