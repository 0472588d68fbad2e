"""Heads of WARC records (ISO 28500): the version line and the named fields before the block."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

# Readers of WARC files give up beyond this; no crawler writes so much.
MOST_HEAD = 64 << 10
MOST_LINE = 8 << 10
_VERSION = re.compile(rb"WARC/[0-9]\.[0-9]{1,2}[ \t]*\r?\n")
_NEXT = re.compile(rb"\n(?:\r?\n|WARC/[0-9]\.[0-9]{1,2}[ \t]*\r?\n)")
# Written as all programs read it: no blank before the colon.
_LENGTH = re.compile(rb"\ncontent-length:[ \t]{0,16}([0-9]{1,15})[ \t]{0,16}\r?\n", re.IGNORECASE)

Fields = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class RecordStart:
    """What stands before the block of a record.

    Args:
        head: Its bytes up to the empty line: for a WARC record version line and fields.
        block_start: Where the block begins, in bytes from the beginning of the record.
        block_length: Bytes of the block.
        kind: `response`, `resource`, `revisit` and so on, in lower case.
        target_uri: The address, where it has one.
        record_id: The id of the record, where it has one.
    """

    head: bytes
    block_start: int
    block_length: int
    kind: str
    target_uri: str | None = None
    record_id: str | None = None


@lru_cache(maxsize=64)
def head_fields(head: bytes) -> Fields:
    """Returns the named fields of a head in order, their names in lower case.

    One that is folded over lines is made one line. The text is UTF-8 as the standard says, or else,
    to lose nothing, ISO 8859-1. A line without a colon is no field.
    """
    try:
        text = head.decode("utf-8")
    except UnicodeDecodeError:
        text = head.decode("iso-8859-1")
    fields: list[tuple[str, str]] = []
    folded: list[str] = []
    for line in text.split("\n")[1:]:
        if line[:1] in (" ", "\t") and fields:
            folded.append(line.strip(" \t\r"))
            continue
        if folded:
            fields[-1] = (fields[-1][0], " ".join([fields[-1][1], *folded]).strip())
            folded = []
        name, colon, value = line.partition(":")
        if colon:
            fields.append((name.strip(" \t").lower(), value.strip(" \t\r")))
    if folded:
        fields[-1] = (fields[-1][0], " ".join([fields[-1][1], *folded]).strip())
    return tuple(fields)


def field_of(fields: Fields, name: str) -> str | None:
    """Returns the first value of a field, whose name is compared without regard to case."""
    wanted = name.lower()
    for key, value in fields:
        if key == wanted:
            return value
    return None


def parse_start(data: bytes, at: int = 0) -> RecordStart | None:
    """Returns the start of the WARC record at `at`, or None when no sound one stands there.

    It is sound when it has a version, a type and one length, and no more of it than other
    programs read.

    Args:
        data: Bytes that hold the whole head, as far as it is no longer than `MOST_HEAD`.
        at: Where it begins.
    """
    version = _VERSION.match(data, at)
    end = _NEXT.search(data, version.end() - 1, at + MOST_HEAD) if version else None
    if end is None or data.startswith(b"WARC/", end.start() + 1):
        return None
    head = data[at : end.start() + 1]
    if b"\r" in head and head.count(b"\n") != head.count(b"\r\n"):
        return None  # neither the standard's line ends nor line feeds alone
    if max(map(len, head.split(b"\n"))) > MOST_LINE:
        return None
    fields = head_fields(head)
    names = [name for name, _ in fields]
    length = _LENGTH.search(head)
    kind = field_of(fields, "WARC-Type")
    if not kind or length is None or names.count("content-length") != 1:
        return None
    return RecordStart(
        head, end.end() - at, int(length[1]), kind.lower(), target_of(fields), record_id_of(fields)
    )


def is_cut_head(data: bytes, at: int = 0) -> bool:
    """Returns whether what begins at `at` may be a head that goes on behind these bytes."""
    return _NEXT.search(data, at) is None


def target_of(fields: Fields) -> str | None:
    """Returns the address of a record; some programs put it in angle brackets, as 1.0 said."""
    return _unbracketed(field_of(fields, "WARC-Target-URI"))


def record_id_of(fields: Fields) -> str | None:
    """Returns the id of a record without its angle brackets."""
    return _unbracketed(field_of(fields, "WARC-Record-ID"))


def _unbracketed(value: str | None) -> str | None:
    if value is not None and value.startswith("<") and value.endswith(">"):
        value = value[1:-1].strip()
    return value or None
