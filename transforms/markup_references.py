"""Character references of HTML (`&amp;`, `&#8217;`), each with its stretch of source."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.entities import html5

# The longest name has 31 letters and a semicolon.
_REFERENCE = re.compile(r"&(?:#(?:([0-9]++)|[xX]([0-9a-fA-F]++));?|([A-Za-z][A-Za-z0-9]{1,31};?))")
_LARGEST = 0x10FFFF
_MOST_DIGITS = 8
_REPLACEMENT = "\ufffd"


def references(source: str, start: int, end: int) -> Iterator[tuple[int, int, str]]:
    """Yields begin, end and characters of each reference in a stretch of text outside of tags.

    The rules are those of the HTML standard (13.2.5.72 and after): numbers of the C1 controls mean
    Windows-1252, numbers of no character U+FFFD, and the longest name that is known counts.
    """
    for match in _REFERENCE.finditer(source, start, end):
        if found := _meaning(match):
            yield match.start(), match.start() + found[0], found[1]


def unescaped(value: str) -> str:
    """Returns an attribute's value with its references replaced.

    A name without its semicolon stays as it is before a letter, a digit or `=`, so that the
    `&copy=2` of an address is kept.
    """
    if "&" not in value:
        return value
    parts: list[str] = []
    at = 0
    for match in _REFERENCE.finditer(value):
        found = _meaning(match)
        if found is None:
            continue
        end = match.start() + found[0]
        following = value[end : end + 1]
        if match[3] and value[end - 1] != ";" and (following == "=" or following.isalnum()):
            continue
        parts += value[at : match.start()], found[1]
        at = end
    return "".join([*parts, value[at:]])


def _meaning(match: re.Match[str]) -> tuple[int, str] | None:
    """Returns the length and the characters of a reference; None when it is none."""
    if match[1] or match[2]:
        return len(match[0]), _numbered(match[1] or match[2], 10 if match[1] else 16)
    name = match[3]
    for length in range(len(name), 1, -1):
        if found := html5.get(name[:length]):
            return length + 1, found
    return None


def _numbered(digits: str, base: int) -> str:
    digits = digits.lstrip("0")
    number = int(digits, base) if 0 < len(digits) <= _MOST_DIGITS else 0
    if 0x80 <= number <= 0x9F:
        return bytes([number]).decode("cp1252", "ignore") or chr(number)
    if not 0 < number <= _LARGEST or 0xD800 <= number <= 0xDFFF:
        return _REPLACEMENT
    return chr(number)
