"""Web archives that are not packed: record after record, and on from the next where one is damaged.

A record is sound when what stands before its block can be read and where its block ends the next
record begins, or the file ends, or at least the empty lines stand that end it.
"""

from __future__ import annotations

from collections.abc import Iterator

from flows.intake.record_files import (
    ARC_DIALECT,
    DAMAGED,
    TOO_LARGE,
    TRUNCATED,
    Dialect,
    IsWanted,
    RecordFile,
    Scanned,
)
from transforms.warc_heads import RecordStart

_USUAL_HEAD = 4 << 10
_SEARCHED = 1 << 20
_NEWLINES = b"\r\n"
_TAIL = 16


def scan_plain(
    file: RecordFile, dialect: Dialect, is_wanted: IsWanted, most: int
) -> Iterator[Scanned]:
    """Yields the records of a file in their order.

    Args:
        file: The file.
        dialect: Its form.
        is_wanted: Asked of each sound record whether its block is to be read.
        most: Bytes that a block may have.
    """
    position = 0
    while position < file.size:
        head = file.read(position, _USUAL_HEAD)
        if blank := len(head) - len(head.lstrip(_NEWLINES)):
            position += blank
            continue
        if len(head) == _USUAL_HEAD and dialect.is_cut(head, 0):
            head = file.read(position, dialect.head_length)
        start = dialect.parse(head, 0)
        end = _end_of(file, position, start, dialect) if start else None
        if start is None or end is None:
            end = next_record(file, dialect, position + 1)
            yield Scanned(position, end - position, fault=_fault(position, end, start))
        else:
            yield _scanned(file, position, end, start, is_wanted, most)
        position = end


def next_record(file: RecordFile, dialect: Dialect, position: int) -> int:
    """Returns where the next record begins that can be told, or the end of the file.

    What is read grows with the distance: many records with little damage between cost little.
    """
    searched = _USUAL_HEAD
    while position < file.size:
        stretch = file.read(position - 1, searched + dialect.mark_length)
        for found in dialect.next_start.finditer(stretch):
            if found.start() >= searched:
                break
            if _begins(file, dialect, position + found.start(), stretch, found.start() + 1):
                return position + found.start()
        position += searched
        searched = min(2 * searched, _SEARCHED)
    return file.size


def _begins(file: RecordFile, dialect: Dialect, position: int, stretch: bytes, at: int) -> bool:
    """Returns whether a sound head stands at `position`, which is at `at` in what was read."""
    if dialect.parse(stretch, at) is not None:
        return True
    if not dialect.is_cut(stretch, at) or len(stretch) - at >= dialect.head_length:
        return False
    return dialect.parse(file.read(position, dialect.head_length), 0) is not None


def _scanned(
    file: RecordFile, position: int, end: int, start: RecordStart, is_wanted: IsWanted, most: int
) -> Scanned:
    length = end - position
    if not is_wanted(start):
        return Scanned(position, length, start)
    if start.block_length > most:
        return Scanned(position, length, start, fault=TOO_LARGE)
    block = file.read(position + start.block_start, start.block_length)
    return Scanned(position, length, start, block)


def _fault(position: int, end: int, start: RecordStart | None) -> str:
    if start is not None and end - position < start.block_start + start.block_length:
        return TRUNCATED
    return DAMAGED


def _end_of(file: RecordFile, position: int, start: RecordStart, dialect: Dialect) -> int | None:
    """Returns where a record ends with its empty lines; None when it does not end as one."""
    after = position + start.block_start + start.block_length
    if after > file.size:
        return None
    tail = file.read(after, _TAIL)
    newlines = len(tail) - len(tail.lstrip(_NEWLINES))
    if after + newlines == file.size or newlines == _TAIL:
        return after + newlines
    if tail.startswith((b"\r\n\r\n", b"\n\n")):
        return after + newlines
    if dialect is ARC_DIALECT and newlines:
        return after + newlines
    # Where the empty lines are damaged, or one was left out, the next record stands near.
    for lines in (newlines, 4):
        if dialect.begins(file.read(after + lines, dialect.head_length)):
            return after + lines
    return None
