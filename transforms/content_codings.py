"""Codings of HTTP bodies taken away: chunked, gzip, deflate, br, zstd; bounded in their output."""

from __future__ import annotations

import re
import zlib

import brotli
import zstandard

_CHUNK = re.compile(rb"[ \t]{0,16}([0-9A-Fa-f]{1,16})[ \t]{0,16}(?:;[^\r\n]{0,4096})?\r?\n")
_GZIP, _ZLIB, _RAW = 31, 15, -15
_MOST_MEMBERS = 16
_GZIP_MAGIC = b"\x1f\x8b"
_MOST_WINDOW = 1 << 27  # of zstd: what a browser takes is 8 MB (RFC 9659)


class CodingFault(Exception):
    """A body is not in the coding that is named, or nobody knows that coding."""


class TooLarge(Exception):
    """A body has more bytes than a capture may, once its codings are taken away."""


def decode_chunks(body: bytes) -> tuple[bytes, bool] | None:
    """Returns the content of a chunked body and whether it is whole; None when it is not chunked.

    What follows the last chunk (trailers) is left out (RFC 9112, section 7.1).
    """
    parts: list[bytes] = []
    position = 0
    while found := _CHUNK.match(body, position):
        length = int(found[1], 16)
        if length == 0:
            return b"".join(parts), True
        part = body[found.end() : found.end() + length]
        parts.append(part)
        position = found.end() + length
        if len(part) < length:
            break
        if body.startswith(b"\r\n", position):
            position += 2
        elif body.startswith(b"\n", position):
            position += 1
        elif position < len(body):
            break  # what looked like a size was none, or the body is damaged from here
    # Words that happen to begin like a size, `Add` say, have no second chunk after them.
    is_chunked = len(parts) > 1 or (len(parts) == 1 and position >= len(body))
    return (b"".join(parts), False) if is_chunked else None


def decode_coding(coding: str, content: bytes, most: int) -> tuple[bytes, bool]:
    """Returns content without one coding, and whether it is whole.

    Args:
        coding: Its name in lower case (IANA's registry of HTTP content codings).
        content: Bytes in that coding.
        most: Bytes that may come out.

    Raises:
        CodingFault: The content is not in that coding, or the coding is not known.
        TooLarge: More would come out.
    """
    try:
        if coding in ("gzip", "x-gzip"):
            return _gunzip(content, most)
        if coding == "deflate":
            return _inflate(content, most)
        if coding == "br":
            return _unbrotli(content, most)
        if coding == "zstd":
            return _unzstd(content, most)
    except (zlib.error, brotli.error, zstandard.ZstdError) as error:
        raise CodingFault(f"{coding}: {error}") from error
    raise CodingFault(f"{coding} is not known")


def _gunzip(content: bytes, most: int) -> tuple[bytes, bool]:
    """Unpacks gzip members one after another (RFC 1952); what follows them is left out."""
    parts: list[bytes] = []
    taken = 0
    while True:
        unpacking = zlib.decompressobj(_GZIP)
        parts.append(unpacking.decompress(content, most - taken + 1))
        taken += len(parts[-1])
        if taken > most:
            raise TooLarge
        if not unpacking.eof:
            return b"".join(parts), False
        rest = unpacking.unused_data
        if not rest.startswith(_GZIP_MAGIC):
            return b"".join(parts), True
        if len(parts) == _MOST_MEMBERS:
            return b"".join(parts), False
        content = rest


def _inflate(content: bytes, most: int) -> tuple[bytes, bool]:
    """Unpacks what is called deflate: zlib's format, or bare as some servers send it."""
    try:
        return _inflated(zlib.decompressobj(_ZLIB), content, most)
    except zlib.error:
        return _inflated(zlib.decompressobj(_RAW), content, most)


def _inflated(unpacking: zlib._Decompress, content: bytes, most: int) -> tuple[bytes, bool]:
    unpacked = unpacking.decompress(content, most + 1)
    if len(unpacked) > most:
        raise TooLarge
    return unpacked, unpacking.eof


def _unbrotli(content: bytes, most: int) -> tuple[bytes, bool]:
    unpacking = brotli.Decompressor()
    parts = [unpacking.process(content, output_buffer_limit=most + 1)]
    taken = len(parts[0])
    while taken <= most and not unpacking.is_finished() and not unpacking.can_accept_more_data():
        parts.append(unpacking.process(b"", output_buffer_limit=most - taken + 1))
        taken += len(parts[-1])
    if taken > most:
        raise TooLarge
    return b"".join(parts), unpacking.is_finished()


def _unzstd(content: bytes, most: int) -> tuple[bytes, bool]:
    unpacking = zstandard.ZstdDecompressor(max_window_size=_MOST_WINDOW)
    with unpacking.stream_reader(content, read_across_frames=True) as reader:
        unpacked = reader.read(most + 1)
    if len(unpacked) > most:
        raise TooLarge
    return unpacked, True
