"""The content of a zip's member, unpacked while it is read and held against what is said of it."""

from __future__ import annotations

import bz2
import stat
import struct
import zlib
from collections.abc import Callable, Iterator
from typing import BinaryIO

import zstandard

from flows.intake.refusals import MemberRefused
from flows.intake.unpacking import BLOCK, ZSTD_STEP, sliced, zstd_decoder
from flows.intake.zip_directories import Entry

LOCAL = struct.Struct("<4s5H3L2H")
LOCAL_MAGIC = b"PK\x03\x04"
STORED, DEFLATED, BZIP2, ZSTANDARD = 0, 8, 12, 93
_AES = 99
_ENCRYPTED = 0x41  # bit 0, and bit 6 for strong encryption
_STEP = 64 << 10


def fault_of(entry: Entry) -> tuple[str | None, str]:
    """Returns code and words of why a member cannot be taken in, whatever its content."""
    kind = stat.S_IFMT(entry.mode)
    if kind == stat.S_IFLNK:
        return "member_link", "a symbolic link"
    if kind in (stat.S_IFCHR, stat.S_IFBLK, stat.S_IFIFO, stat.S_IFSOCK):
        return "member_device", "a device, pipe or socket"
    if entry.flags & _ENCRYPTED or entry.method == _AES:
        return "member_encrypted", "it is encrypted"
    if entry.method not in _DECODERS:
        return "member_unsupported", f"it is compressed by method {entry.method}"
    return None, ""


def content_of(file: BinaryIO, entry: Entry, start: int) -> Iterator[bytes]:
    """Yields the content of a member; raises MemberRefused where it is not what it says."""
    length = crc = 0
    try:
        for block in _DECODERS[entry.method](_packed(file, entry, start)):
            length += len(block)
            if length > entry.length:
                words = f"it says that it has {entry.length} bytes, and has more"
                raise MemberRefused("member_damaged", words, length)
            crc = zlib.crc32(block, crc)
            yield block
    except (zlib.error, zstandard.ZstdError, EOFError) as error:
        raise MemberRefused("member_damaged", str(error), length) from error
    except OSError as error:
        if error.errno is not None:
            raise
        # Without a number it is what bz2 says of damage.
        raise MemberRefused("member_damaged", str(error), length) from error
    if length != entry.length:
        words = f"it says that it has {entry.length} bytes, and has {length}"
        raise MemberRefused("member_damaged", words, length)
    if crc != entry.crc:
        raise MemberRefused("member_damaged", "its checksum is not that of its bytes", length)


def _packed(file: BinaryIO, entry: Entry, start: int) -> Iterator[bytes]:
    step = ZSTD_STEP if entry.method == ZSTANDARD else _STEP
    for at in range(0, entry.packed, step):
        file.seek(start + at)
        block = file.read(min(step, entry.packed - at))
        if not block:
            raise EOFError("the zip ends within it")
        yield block


def _stored(packed: Iterator[bytes]) -> Iterator[bytes]:
    return packed


def _inflated(packed: Iterator[bytes]) -> Iterator[bytes]:
    decoder = zlib.decompressobj(-zlib.MAX_WBITS)
    for block in packed:
        waiting = block
        while waiting and not decoder.eof:
            yield decoder.decompress(waiting, BLOCK)
            waiting = decoder.unconsumed_tail
    yield from sliced(decoder.flush())
    if not decoder.eof:
        raise EOFError("it ends before its end")


def _unpacked_bz2(packed: Iterator[bytes]) -> Iterator[bytes]:
    decoder = bz2.BZ2Decompressor()
    for block in packed:
        waiting = block
        while not decoder.eof and (waiting or not decoder.needs_input):
            yield decoder.decompress(waiting, BLOCK)
            waiting = b""
    if not decoder.eof:
        raise EOFError("it ends before its end")


def _unpacked_zstd(packed: Iterator[bytes]) -> Iterator[bytes]:
    decoder = zstd_decoder()
    for block in packed:
        if not decoder.eof:
            yield from sliced(decoder.decompress(block))
    if not decoder.eof:
        raise EOFError("it ends before its end")


_DECODERS: dict[int, Callable[[Iterator[bytes]], Iterator[bytes]]] = {
    STORED: _stored,
    DEFLATED: _inflated,
    BZIP2: _unpacked_bz2,
    ZSTANDARD: _unpacked_zstd,
}
