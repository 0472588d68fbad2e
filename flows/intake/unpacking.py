"""Compressed streams, unpacked in blocks: gzip (RFC 1952) and zstd (RFC 8878)."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from typing import BinaryIO

import zstandard

from flows.intake.forms import GZIP, ZSTD
from flows.intake.pages import reading_failure
from flows.intake.refusals import SourceBroken

BLOCK = 1 << 20
# What a decoder of zstd must hold; more than that (`zstd --long`) only large machines unpack.
MOST_WINDOW = 128 << 20
# A few bytes of a frame can stand for a block of 128 KB: so many give 64 MB at most.
ZSTD_STEP = 2 << 10
_FRAME_HEAD = 18
_SKIPPABLE = b"\x2a\x4d\x18"


def unpacked(file: BinaryIO, packing: str | None) -> Iterator[bytes]:
    """Yields what `file` unpacks to in blocks of at most a mebibyte, all of it that can be read.

    Raises SourceBroken where it is damaged, cut, or asks for too much memory.
    """
    readers = {None: _plain, GZIP: _gunzipped, ZSTD: _unpacked_zstd}
    try:
        yield from readers[packing](file)
    except (EOFError, gzip.BadGzipFile, zlib.error, zstandard.ZstdError) as error:
        raise SourceBroken("truncated_stream", str(error)) from error
    except OSError as error:
        raise SourceBroken(*reading_failure(error)) from error


def zstd_decoder() -> zstandard.ZstdDecompressionObj:
    """Returns a decoder for one frame, with a bound on the memory it takes."""
    return zstandard.ZstdDecompressor(max_window_size=MOST_WINDOW).decompressobj()


def sliced(content: bytes) -> Iterator[bytes]:
    """Yields `content` in blocks of at most a mebibyte."""
    for at in range(0, len(content), BLOCK):
        yield content[at : at + BLOCK]


def _plain(file: BinaryIO) -> Iterator[bytes]:
    return iter(lambda: file.read(BLOCK), b"")


def _gunzipped(file: BinaryIO) -> Iterator[bytes]:
    with gzip.GzipFile(fileobj=file, mode="rb") as unpacking:
        # read1 gives what could be unpacked before the damage; read would lose it.
        yield from iter(lambda: unpacking.read1(BLOCK), b"")


def _unpacked_zstd(file: BinaryIO) -> Iterator[bytes]:
    waiting = b""
    while head := waiting or file.read(ZSTD_STEP):
        head += file.read(_FRAME_HEAD) if len(head) < _FRAME_HEAD else b""
        if head[1:4] == _SKIPPABLE:
            waiting = _skipped(file, head)
            continue
        window = zstandard.get_frame_parameters(head).window_size
        if window > MOST_WINDOW:
            words = f"to unpack it takes a window of {window} bytes, {MOST_WINDOW} at most"
            raise SourceBroken("package_bomb", words)
        decoder = zstd_decoder()
        while True:
            yield from sliced(decoder.decompress(head))
            if decoder.eof:
                break
            if not (head := file.read(ZSTD_STEP)):
                raise EOFError("a zstd frame ends before its end")
        waiting = decoder.unused_data


def _skipped(file: BinaryIO, head: bytes) -> bytes:
    """Returns what was read behind a skippable frame, whose first bytes are `head`."""
    left = 8 + int.from_bytes(head[4:8], "little") - len(head)
    while left > 0:
        block = file.read(min(left, BLOCK))
        if not block:
            raise EOFError("a zstd frame ends before its end")
        left -= len(block)
    return head[left:] if left < 0 else b""
