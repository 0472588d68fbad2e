"""Packings of web archives: gzip members (RFC 1952), zstd frames (RFC 8878) with a dictionary."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import zstandard

from flows.intake.forms import GZIP, ZSTD
from flows.intake.record_files import RecordFile

UNPACKING_ERRORS = (zlib.error, zstandard.ZstdError)
_GZIP_MAGIC = b"\x1f\x8b\x08"
_ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
_GZIP_BITS = 31
_MOST_WINDOW = 1 << 27
# Skippable frames: 16 magic numbers, of which one holds the dictionary of a web archive.
_SKIPPABLE = b"\x2a\x4d\x18"
_DICTIONARY = b"\x5d\x2a\x4d\x18"
_MOST_DICTIONARY = 16 << 20


@dataclass(frozen=True, slots=True)
class Packing:
    """How each record is packed.

    Args:
        name: `gzip` or `zstd`.
        magic: The bytes with which each member begins.
        step: Bytes that are unpacked at a time: what comes out of them is bounded.
        unpacker: Gives an object with `decompress`, `eof` and `unused_data`.
        first: Where the first member begins.
    """

    name: str
    magic: bytes
    step: int
    unpacker: Callable[[], Any]
    first: int = 0


def packing_of(file: RecordFile, said: str | None) -> Packing | None:
    """Returns how a file is packed by its first bytes, or where these say nothing by its name.

    Args:
        file: The file.
        said: What its name says: `gzip`, `zstd` or None.
    """
    begin = file.read(0, 8)
    if begin.startswith(_ZSTD_MAGIC) or begin[1:4] == _SKIPPABLE:
        return _zstd(file)
    if begin.startswith(_GZIP_MAGIC):
        return _gzip()
    if begin.startswith(b"WARC/") or begin == b"filedesc":
        return None
    if said == ZSTD:
        return _zstd(file)
    return _gzip() if said == GZIP else None


def _gzip() -> Packing:
    return Packing(GZIP, _GZIP_MAGIC, 16 << 10, lambda: zlib.decompressobj(_GZIP_BITS))


def _zstd(file: RecordFile) -> Packing:
    """Returns zstd with the dictionary that stands at the beginning of the file, if one does."""
    first, dictionary = 0, None
    head = file.read(0, 8)
    if head[1:4] == _SKIPPABLE and len(head) == 8:
        length = int.from_bytes(head[4:], "little")
        if head.startswith(_DICTIONARY) and length <= _MOST_DICTIONARY:
            dictionary = _dictionary(file.read(8, length))
        first = 8 + length

    def unpacker() -> Any:
        unpacking = zstandard.ZstdDecompressor(dictionary, max_window_size=_MOST_WINDOW)
        return unpacking.decompressobj()

    # A few bytes of a frame can stand for a block of 128 KB.
    return Packing(ZSTD, _ZSTD_MAGIC, 2 << 10, unpacker, first)


def _dictionary(content: bytes) -> zstandard.ZstdCompressionDict | None:
    """Returns the dictionary, which may be packed itself; None when it cannot be read."""
    try:
        if content.startswith(_ZSTD_MAGIC):
            with zstandard.ZstdDecompressor().stream_reader(content) as reader:
                content = reader.read(_MOST_DICTIONARY)
        return zstandard.ZstdCompressionDict(content)
    except zstandard.ZstdError:
        return None
