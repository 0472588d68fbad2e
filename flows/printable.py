"""Text from pages, paths and errors, made safe to print on a terminal."""

from __future__ import annotations

import re
import sys

# Controls can move the cursor or rewrite the screen, bidirectional marks reorder what is read,
# and lone surrogates (from undecodable file names) cannot be encoded at all.
_UNSAFE = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb\ud800-\udfff]"
)
_UNSAFE_BUT_LINES = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb"
    r"\ud800-\udfff]"
)


def printable(text: str) -> str:
    """Returns `text` on one line, each control character as a backslash escape."""
    return _UNSAFE.sub(_escape, text)


def printable_lines(text: str) -> str:
    """Returns `text` with its line feeds and tabs kept and each other control escaped."""
    return _UNSAFE_BUT_LINES.sub(_escape, text)


def shortened(text: str, length: int) -> str:
    """Returns `text` on one printable line of at most `length` characters."""
    line = printable(text[: length + 1])
    return line if len(line) <= length else line[: length - 1] + "…"


def complain(words: str) -> None:
    """Writes words to standard error, their lines kept and other controls escaped."""
    sys.stderr.write(printable_lines(words) + "\n")


def _escape(match: re.Match[str]) -> str:
    character = match.group()
    if character == "\n":
        return "\\n"
    code = ord(character)
    return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}"
