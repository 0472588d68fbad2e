"""The directory of a zip (PKWARE's APPNOTE 6.3), read entry by entry.

Python's own module reads all of it into memory before anybody can say that it is too much, keeps
one of two members with the same name, and gives nothing of a zip whose directory is damaged.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from flows.intake.members import decode_name

_END = struct.Struct("<4s4H2LH")
_END_64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR = struct.Struct("<4sLQL")
_ENTRY = struct.Struct("<4s6H3L5H2L")
_LONGEST_COMMENT = 1 << 16
_MAX_32 = 0xFFFFFFFF
_MAX_16 = 0xFFFF
_ZIP_64 = 1


class DirectoryDamaged(Exception):
    """A zip has no directory, or one that does not lead to its members."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What the directory says of a member.

    Args:
        name: Its name.
        flags: Bit 0: it is encrypted; bit 3: its sizes stand behind it.
        method: How it is compressed.
        crc: CRC-32 of its content.
        packed: Bytes in the zip.
        length: Bytes of its content.
        offset: Where its local header begins in the file.
        mode: Its Unix mode, 0 when unknown.
    """

    name: str
    flags: int
    method: int
    crc: int
    packed: int
    length: int
    offset: int
    mode: int

    @property
    def is_folder(self) -> bool:
        """Whether it is a folder, which holds nothing."""
        return self.name.endswith("/")


@dataclass(frozen=True, slots=True)
class Directory:
    """Where the directory lies.

    Args:
        start: Its first byte in the file.
        size: Its bytes.
        base: What is to be added to offsets, where a program stands before the zip.
    """

    start: int
    size: int
    base: int


def find_directory(file: BinaryIO, file_size: int) -> Directory:
    """Returns where the directory of a zip lies; raises DirectoryDamaged when there is none."""
    tail_start = max(0, file_size - _LONGEST_COMMENT - _END.size)
    file.seek(tail_start)
    tail = file.read(_LONGEST_COMMENT + _END.size)
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < _END.size:
        raise DirectoryDamaged("it has no directory at its end")
    _, disk, _, _, _, size, offset, _ = _END.unpack_from(tail, at)
    end = tail_start + at
    if disk not in (0, _MAX_16):
        raise DirectoryDamaged("it is a part of several")
    if size == _MAX_32 or offset == _MAX_32 or disk == _MAX_16:
        end, size, offset = _end_64(file, end)
    start = end - size
    if start < 0 or start < offset:
        raise DirectoryDamaged("its directory does not lie where it says")
    return Directory(start, size, start - offset)


def read_entries(file: BinaryIO, directory: Directory) -> Iterator[Entry]:
    """Yields the entries of a directory; raises DirectoryDamaged at one that cannot be read."""
    file.seek(directory.start)
    left = directory.size
    while left > 0:
        head = file.read(_ENTRY.size)
        if len(head) < _ENTRY.size or not head.startswith(b"PK\x01\x02"):
            raise DirectoryDamaged("an entry of its directory is damaged")
        (_, _, _, flags, method, _, _, crc, packed, length, name_length, extra_length,
         comment_length, _, _, attributes, offset) = _ENTRY.unpack(head)  # fmt: skip
        rest = file.read(name_length + extra_length + comment_length)
        left -= len(head) + len(rest)
        if left < 0 or len(rest) < name_length + extra_length:
            raise DirectoryDamaged("an entry of its directory is cut")
        extra = rest[name_length : name_length + extra_length]
        length, packed, offset = widened(extra, length, packed, offset)
        yield Entry(
            decode_name(rest[:name_length]), flags, method, crc, packed, length,
            directory.base + offset, attributes >> 16,
        )  # fmt: skip


def widened(extra: bytes, *values: int) -> tuple[int, ...]:
    """Returns values of 32 bits, those that are full taken from the extra field of zip64."""
    if _MAX_32 not in values:
        return values
    at = 0
    while at + 4 <= len(extra):
        kind, size = struct.unpack_from("<2H", extra, at)
        if kind == _ZIP_64:
            field = extra[at + 4 : at + 4 + size]
            wide = iter([int.from_bytes(field[n : n + 8], "little") for n in range(0, size, 8)])
            return tuple(next(wide, value) if value == _MAX_32 else value for value in values)
        at += 4 + size
    return values


def _end_64(file: BinaryIO, end: int) -> tuple[int, int, int]:
    """Returns end, size and offset of a zip64 directory, whose usual end stands at `end`."""
    file.seek(max(0, end - _LOCATOR.size))
    locator = file.read(_LOCATOR.size)
    if len(locator) < _LOCATOR.size or not locator.startswith(b"PK\x06\x07"):
        raise DirectoryDamaged("its directory is of zip64, without the place of its end")
    said = _LOCATOR.unpack(locator)[2]
    # Where something stands before the zip, the record is where it would be, and not where it says.
    for at in (said, end - _LOCATOR.size - _END_64.size):
        if not 0 <= at < end:
            continue
        file.seek(at)
        record = file.read(_END_64.size)
        if len(record) == _END_64.size and record.startswith(b"PK\x06\x06"):
            size, offset = _END_64.unpack(record)[8:]
            return at, size, offset
    raise DirectoryDamaged("its directory is of zip64, without its end")
