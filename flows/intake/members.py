"""Members of packages: their names, which are labels and never paths, and their content."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass

NAME_BYTES = 4096  # as long as a path may be (PATH_MAX)
_FOLDERS = 256
_SEPARATOR = re.compile(r"[/\\]")
_DRIVE = re.compile(r"[A-Za-z]:[/\\]")
_MACOS = "__MACOSX"


@dataclass(frozen=True, slots=True)
class Member:
    """A member as its package tells of it.

    Args:
        name: Its name, bytes that are no UTF-8 as lone surrogates.
        content: Its bytes in blocks, read from the package while they are asked for; may raise
            MemberRefused and SourceBroken.
        length: Bytes that it takes up in the package.
        code: Why it cannot be taken in whatever its name; None when it can.
        words: What was seen then.
    """

    name: str
    content: Iterator[bytes]
    length: int
    code: str | None = None
    words: str = ""


def decode_name(name: bytes) -> str:
    """Returns a member's name as text that keeps each byte; one too long is cut."""
    return name[: NAME_BYTES + 1].decode("utf-8", "surrogateescape")


def unsafe_words(name: str) -> str | None:
    """Returns what is wrong with a name that leads out of its package, None when nothing is."""
    if not name or "\0" in name:
        return "it is empty" if not name else "it holds a NUL"
    if len(name.encode("utf-8", "surrogateescape")) > NAME_BYTES:
        return f"it is longer than {NAME_BYTES} bytes"
    if name.startswith(("/", "\\")) or _DRIVE.match(name):
        return "it is absolute"
    if name.count("/") > _FOLDERS:
        return f"it lies in more than {_FOLDERS} folders"
    return "it leads upwards" if ".." in _SEPARATOR.split(name) else None


def is_hidden(name: str) -> bool:
    """Returns whether a member is one that a folder would pass over: hidden, or macOS's own."""
    return any(part == _MACOS or part.startswith(".") for part in name.split("/"))


def plain_name(name: str) -> str:
    """Returns a safe name as a path below the package, without `./` and doubled slashes."""
    return posixpath.normpath(name)
