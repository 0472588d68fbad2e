"""Gzip members (RFC 1952): each record of an archive file is one, so that it can be read alone.

Members are packed with libdeflate: the bytes must not depend on the zlib that the system happens
to have. Whatever unpacks them gives the same.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import BinaryIO

import deflate

# libdeflate's first level packs text smaller than zlib's, and higher ones gain little.
PACKING_LEVEL = 1
_GZIP = 31
# What is left of a stretch behind the end of a member is copied: a small one costs little.
_STRETCH = 16 << 10


def pack(content: bytes) -> bytes:
    """Returns content as one gzip member; equal contents give equal bytes."""
    return bytes(deflate.gzip_compress(content, PACKING_LEVEL))


def unpacked_members(stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Yields where each member begins, from the stream's place on, and what it holds.

    Raises:
        zlib.error: A member is damaged or cut short; those before it have been given.
    """
    position = stream.tell()
    rest = stream.read(_STRETCH)
    while rest:
        unpacking = zlib.decompressobj(_GZIP)
        parts = []
        length = 0
        while True:
            length += len(rest)
            parts.append(unpacking.decompress(rest))
            if unpacking.eof:
                break
            rest = stream.read(_STRETCH)
            if not rest:
                raise zlib.error("the record is cut short")
        rest = unpacking.unused_data
        yield position, b"".join(parts) if len(parts) > 1 else parts[0]
        position += length - len(rest)
        if not rest:
            rest = stream.read(_STRETCH)


def packed_member(stream: BinaryIO) -> tuple[bytes, bytes]:
    """Returns the member that begins at the stream's place, packed as it stands and unpacked.

    The stream stands behind it then.

    Raises:
        zlib.error: It is damaged or cut short.
    """
    position = stream.tell()
    unpacking = zlib.decompressobj(_GZIP)
    parts, length = [], 0
    while not unpacking.eof:
        stretch = stream.read(_STRETCH)
        if not stretch:
            raise zlib.error("the record is cut short")
        parts.append(unpacking.decompress(stretch))
        length += len(stretch)
    length -= len(unpacking.unused_data)
    stream.seek(position)
    return stream.read(length), b"".join(parts)
