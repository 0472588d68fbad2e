"""What keeps the work of HTML parsers linear: limits that no page of the site comes near.

The standard's tree construction is quadratic by its own rules: each `<div>` looks up the stack of
open elements, each `<p>` repeats all open formatting elements, each attribute is compared with the
others of its tag. Tags beyond a limit are blanked, which takes no word from the page. Browsers
have a limit of depth too; theirs is 512.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

_DEEPEST = 512
_MOST_REPEATED = 200_000
_MOST_OPTIONS = 2_000
_MOST_ATTRIBUTES = 200
_FORMATTING = frozenset("b big code em font i nobr s small strike strong tt u".split())
# Elements that hold nothing, and those that the next of their kind ends.
_NOT_NESTED = frozenset(
    "area base br col embed hr img input link meta param source track wbr p li dt dd tr td th "
    "tbody thead tfoot colgroup option optgroup rt rp html head body plaintext".split()
)
_OPTIONS = frozenset(("option", "optgroup", "select"))


class Fuse:
    """Counts what a parser will have open, and blanks what is too much."""

    LONG_TAG = 2_048

    def __init__(self) -> None:
        self._open: Counter[str] = Counter()
        self._dropped: Counter[str] = Counter()
        self._depth = 0
        self._formatting = 0
        self._repeated = 0
        self._options = 0
        self._formatting_tags: list[tuple[int, int]] = []
        self._blanks: list[tuple[int, int]] = []

    @property
    def is_blown(self) -> bool:
        """Whether anything has been blanked."""
        return bool(self._blanks) or self._repeated > _MOST_REPEATED

    def enter(self, name: str, start: int, end: int) -> None:
        """Counts a start tag, or blanks it."""
        if name in _FORMATTING:
            self._formatting_tags.append((start, end))
        else:
            self._repeated += self._formatting
        if name in _OPTIONS:
            self._options += 1
            if self._options > _MOST_OPTIONS:
                self._blanks.append((start, end))
        if name in _NOT_NESTED:
            return
        if self._depth >= _DEEPEST:
            self._dropped[name] += 1
            self._blanks.append((start, end))
            return
        self._open[name] += 1
        self._depth += 1
        self._formatting += name in _FORMATTING

    def leave(self, name: str, start: int, end: int) -> None:
        """Counts an end tag, or blanks it when its start tag was."""
        if name in _FORMATTING:
            self._formatting_tags.append((start, end))
        if self._dropped[name]:
            self._dropped[name] -= 1
            self._blanks.append((start, end))
        elif self._open[name]:
            self._open[name] -= 1
            self._depth -= 1
            self._formatting -= name in _FORMATTING

    def shorten(self, start: int, end: int, attributes: Iterator[re.Match[str]]) -> None:
        """Blanks the attributes of a tag beyond the number that there may be."""
        for count, match in enumerate(attributes):
            if count == _MOST_ATTRIBUTES:
                self._blanks.append((match.start(), end - 1))
                return

    def defused(self, source: str) -> str:
        """Returns the source with spaces for what is too much; itself where nothing is."""
        blanks = self._blanks
        if self._repeated > _MOST_REPEATED:
            blanks = sorted({*blanks, *self._formatting_tags})
        if not blanks:
            return source
        parts: list[str] = []
        at = 0
        for start, end in blanks:
            if start >= at:
                parts += source[at:start], " " * (end - start)
                at = end
        return "".join([*parts, source[at:]])
