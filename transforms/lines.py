"""The lines of a rendition that carry words, each with its place."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from transforms.records import Span

# Characters besides the line feed that end a line; each is replaced by one of the same length.
_BREAKS = ("\r", "\v", "\f", "\x85", "\u2028", "\u2029")
_MARKS = "\ufeff\u200b\u200e\u200f"
_ASCII_SPACE = "\t\n\v\f\r\x1c\x1d\x1e\x1f"
_WIDE_SPACE = "".join(char for char in map(chr, range(0x80, 0x3001)) if char.isspace())
_TRIMMED = " \t\n\u00a0\u3000\u202f\u2007" + _MARKS
# All of ASCII but white space, the space itself included.
_PRINTED = bytes(set(range(128)) - set(_ASCII_SPACE.encode()))
# Below this length, in characters, all words are split as quickly as white space is looked for.
_LONG = 400
_new_tuple = tuple.__new__


class Line(NamedTuple):
    """A line that is not blank, without the white space at its ends.

    Args:
        start: First character in the rendition.
        end: One past the last.
        text: The characters between.
        gap: Number of blank lines before it.
        indent: White space before it on its own line, in characters.
    """

    start: int
    end: int
    text: str
    gap: int
    indent: int

    def span(self, start: int, end: int) -> Span:
        """Returns the span of `text[start:end]` in the rendition, trimmed of white space."""
        words = self.text[start:end]
        start += len(words) - len(words.lstrip())
        return Span(self.start + start, self.start + start + len(words.strip()))


def lines_of(text: str) -> list[Line]:
    """Returns the lines of `text` that are not blank, in order; linear in its length."""
    for mark in _BREAKS:
        if mark in text:
            if mark == "\r":
                text = text.replace("\r\n", " \n")
            text = text.replace(mark, "\n")
    has_marks = any(mark in text for mark in _MARKS)
    lines: list[Line] = []
    start = gap = 0
    for raw in text.split("\n"):
        if not raw:
            gap += 1
            start += 1
            continue
        words = raw.strip()
        if has_marks and words and (words[0] in _MARKS or words[-1] in _MARKS):
            words = raw.strip(_TRIMMED)
        if words:
            indent = raw.index(words[0]) if raw[0] != words[0] else 0
            at = start + indent
            # What `Line(...)` does, without a call into Python.
            lines.append(_new_tuple(Line, (at, at + len(words), words, gap, indent)))
            gap = 0
        else:
            gap += 1
        start += len(raw) + 1
    return lines


def one_space(words: str) -> str:
    """Returns `words` with the ends trimmed and runs of white space made one space."""
    if len(words) > _LONG and not _has_odd_space(words):
        return words.strip(" ")
    return " ".join(words.split())


def spaced(texts: Iterable[str]) -> bytes:
    """Returns texts put together with one space between all their words, in UTF-8.

    Args:
        texts: Each trimmed of white space, and not empty.
    """
    texts = list(texts)
    # Most lines are ASCII, which is copied; in bytes their white space is looked through quickest.
    encoded = b" ".join([text.encode("utf-8") for text in texts])
    odd = encoded.translate(None, _PRINTED).decode("utf-8")
    if b"  " in encoded or (odd and odd.split() != [odd]):
        return " ".join(map(one_space, texts)).encode("utf-8")
    return encoded


def _has_odd_space(words: str) -> bool:
    """Returns whether other white space than single spaces may stand in `words`."""
    return (
        "  " in words
        or any(mark in words for mark in _ASCII_SPACE)
        or (not words.isascii() and any(mark in words for mark in _WIDE_SPACE))
    )
