"""Web archives whose records are packed one by one, and on from the next where one is damaged.

Where members are not records, because all of a file was packed as one, they are unpacked together
and scanned as a file that is not packed.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from flows.intake.packings import UNPACKING_ERRORS, Packing
from flows.intake.record_files import (
    DAMAGED,
    TOO_LARGE,
    TRUNCATED,
    Dialect,
    IsWanted,
    RecordFile,
    Scanned,
)
from transforms.warc_heads import RecordStart

_CUT = "cut"
_LEAST_SEARCHED = 4 << 10
_SEARCHED = 1 << 20
_TRIED = 2 << 10
_TRIED_STEP = 256
_PADDING = b"\0\r\n "
# A record that is larger than it may be is still unpacked to its end, up to this.
_MOST_TIMES = 20
# How much of a file may be read again in vain in search of the next member, in times of its size.
_PATIENCE = 8
_PATIENCE_BYTES = 64 << 20
_LOOKED_AHEAD = 64 << 10


class NotByRecord(Exception):
    """The members of a file are not its records."""


@dataclass(slots=True)
class _Member:
    """A member as far as it was unpacked: its content is kept up to the end of the first record."""

    end: int
    content: bytes
    length: int
    start: RecordStart | None
    fault: str | None


def scan_members(
    file: RecordFile, packing: Packing, dialect: Dialect, is_wanted: IsWanted, most: int
) -> Iterator[Scanned]:
    """Yields the records of a file in their order.

    Args:
        file: The file.
        packing: How each of its records is packed.
        dialect: Its form.
        is_wanted: Asked of each sound record whether its block is wanted.
        most: Bytes that a block may have.

    Raises:
        NotByRecord: A member holds more than one record, or a part of one.
    """
    position = packing.first
    patience = _PATIENCE * file.size + _PATIENCE_BYTES
    while position < file.size:
        member = _read_member(file, position, packing, dialect, most)
        if member.fault is None:
            yield _record_in(file, position, member, packing, dialect, is_wanted, most)
            position = member.end
            continue
        if padding := _padding(file, position):
            position += padding
            continue
        patience -= member.end - position
        end = next_member(file, packing, dialect, position + 1) if patience > 0 else file.size
        is_cut = member.fault == _CUT and end == file.size
        yield Scanned(position, end - position, fault=TRUNCATED if is_cut else DAMAGED)
        position = end


def next_member(file: RecordFile, packing: Packing, dialect: Dialect, position: int) -> int:
    """Returns where the next member begins that begins a record, or the end of the file."""
    magic = packing.magic
    searched = _LEAST_SEARCHED
    while position < file.size:
        stretch = file.read(position, searched + len(magic) - 1)
        at = stretch.find(magic)
        while at >= 0:
            if begins_record(file, packing, dialect, position + at):
                return position + at
            at = stretch.find(magic, at + 1)
        position += searched
        searched = min(2 * searched, _SEARCHED)
    return file.size


def begins_record(file: RecordFile, packing: Packing, dialect: Dialect, position: int) -> bool:
    """Returns whether a member at `position` begins a record."""
    unpacking = packing.unpacker()
    content = b""
    with suppress(*UNPACKING_ERRORS):
        for at in range(position, position + _TRIED, _TRIED_STEP):
            packed = file.read(at, _TRIED_STEP)
            if not packed or (at == position and not packed.startswith(packing.magic)):
                break
            content += unpacking.decompress(packed)
            if dialect.begins(content) or unpacking.eof:
                break
    return dialect.begins(content)


def _read_member(
    file: RecordFile, position: int, packing: Packing, dialect: Dialect, most: int
) -> _Member:
    """Returns the member at `position`; raises NotByRecord where it goes on with another record."""
    unpacking = packing.unpacker()
    parts: list[bytes] = []
    kept = length = 0
    keep = dialect.head_length
    start: RecordStart | None = None
    content = b""
    while True:
        packed = file.read(position, packing.step)
        try:
            unpacked = unpacking.decompress(packed) if packed else b""
        except UNPACKING_ERRORS:
            _refuse_two(b"".join(parts), dialect)
            return _Member(position + len(packed), b"", length, start, DAMAGED)
        position += len(packed)
        length += len(unpacked)
        if kept < keep:
            parts.append(unpacked)
            kept += len(unpacked)
        is_over = unpacking.eof or not packed
        if start is None and (kept >= keep or is_over):
            content = b"".join(parts)
            parts = [content]
            start = dialect.parse(content, 0)
            if start is not None:
                end = start.block_start + start.block_length
                keep = end + _LOOKED_AHEAD if start.block_length <= most else keep
        if start is not None and kept >= start.block_start + start.block_length + _LOOKED_AHEAD:
            _refuse_second(b"".join(parts), start, dialect)
        if is_over or length > _MOST_TIMES * most + _LOOKED_AHEAD:
            break
    if not unpacking.eof:
        _refuse_two(b"".join(parts), dialect)
    fault = None if unpacking.eof else _CUT if not packed else DAMAGED
    end_of_member = position - len(unpacking.unused_data) if unpacking.eof else position
    return _Member(end_of_member, b"".join(parts), length, start, fault)


def _refuse_second(content: bytes, start: RecordStart, dialect: Dialect) -> bool:
    """Returns whether anything follows the first record; raises NotByRecord when a record does."""
    rest = content[start.block_start + start.block_length :].lstrip(b"\r\n")
    if rest and dialect.begins(rest):
        raise NotByRecord
    return bool(rest)


def _refuse_two(content: bytes, dialect: Dialect) -> None:
    """Raises NotByRecord when what came out of a damaged member goes on behind a first record."""
    start = dialect.parse(content, 0)
    if start is not None:
        _refuse_second(content, start, dialect)


def _record_in(
    file: RecordFile,
    position: int,
    member: _Member,
    packing: Packing,
    dialect: Dialect,
    is_wanted: IsWanted,
    most: int,
) -> Scanned:
    length = member.end - position
    start = member.start
    if start is None:
        is_cut = dialect.begins(member.content) and dialect.is_cut(member.content, 0)
        if is_cut and _goes_on(file, packing, dialect, member.end):
            raise NotByRecord
        return Scanned(position, length, fault=DAMAGED)
    end = start.block_start + start.block_length
    if end > member.length:
        if _goes_on(file, packing, dialect, member.end):
            raise NotByRecord
        return Scanned(position, length, fault=TRUNCATED)
    if start.block_length > most:
        is_wanted_record = is_wanted(start)
        return Scanned(position, length, start, fault=TOO_LARGE if is_wanted_record else None)
    if _refuse_second(member.content, start, dialect):
        return Scanned(position, length, fault=DAMAGED)
    block = member.content[start.block_start : end] if is_wanted(start) else None
    return Scanned(position, length, start, block)


def _goes_on(file: RecordFile, packing: Packing, dialect: Dialect, position: int) -> bool:
    """Returns whether what follows at `position` is no record of its own."""
    return position < file.size and not begins_record(file, packing, dialect, position)


def _padding(file: RecordFile, position: int) -> int:
    """Returns how many bytes of padding stand at `position`, as some programs write at the end."""
    stretch = file.read(position, _LEAST_SEARCHED)
    return len(stretch) - len(stretch.lstrip(_PADDING))
