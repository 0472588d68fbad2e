"""Files of records, read at any place; and what of a web archive's form its scanners share."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from flows.intake.forms import ARC
from flows.intake.pages import reading_failure
from transforms.arc_heads import arc_record, is_cut_line, parse_arc_start
from transforms.records import WarcRecord
from transforms.warc_heads import MOST_HEAD, MOST_LINE, RecordStart, is_cut_head, parse_start

DAMAGED = "record_damaged"
TRUNCATED = "record_truncated"
TOO_LARGE = "capture_too_large"
_NEXT_WARC = re.compile(rb"\n(?=WARC/[0-9]\.[0-9]{1,2}[ \t]{0,4}\r?\n)")
_NEXT_ARC = re.compile(rb"\n(?=[a-z]{3,8}:[^ \n]{1,8080} [0-9A-Fa-f.:-]{1,45} [0-9]{8,14} )")

IsWanted = Callable[[RecordStart], bool]


class SourceFailed(Exception):
    """The operating system did not let a source be read."""

    def __init__(self, error: OSError) -> None:
        self.code, self.words = reading_failure(error)
        super().__init__(f"{self.code}: {self.words}")


@dataclass(frozen=True, slots=True)
class RecordFile:
    """An open file that is read at offsets, and its size in bytes."""

    descriptor: int
    size: int

    def read(self, offset: int, length: int) -> bytes:
        """Returns bytes from `offset` on, fewer than `length` only at the end; or SourceFailed."""
        try:
            return os.pread(self.descriptor, length, offset)
        except OSError as error:
            raise SourceFailed(error) from error


@contextmanager
def record_file(path: str) -> Iterator[RecordFile]:
    """Holds a file open; raises SourceFailed when it cannot be read."""
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except OSError as error:
        raise SourceFailed(error) from error
    try:
        yield RecordFile(descriptor, os.fstat(descriptor).st_size)
    finally:
        os.close(descriptor)


@dataclass(frozen=True, slots=True)
class Dialect:
    """How records of a form are told: WARC's or ARC's.

    Args:
        parse: Reads what stands before a block.
        record: Makes a WARC record of that and the block.
        next_start: Finds the line end before what may be a record.
        is_cut: Tells whether what stands before a block may go on behind some bytes.
        mark_length: Bytes that `next_start` looks at, at most.
        head_length: Bytes that what stands before a block may have.
    """

    parse: Callable[[bytes, int], RecordStart | None]
    record: Callable[[bytes, bytes], WarcRecord]
    next_start: re.Pattern[bytes]
    is_cut: Callable[[bytes, int], bool]
    mark_length: int
    head_length: int

    def begins(self, content: bytes) -> bool:
        """Returns whether content looks like the beginning of a record."""
        return self.next_start.match(b"\n" + content) is not None


WARC_DIALECT = Dialect(parse_start, WarcRecord, _NEXT_WARC, is_cut_head, 32, MOST_HEAD)
ARC_DIALECT = Dialect(parse_arc_start, arc_record, _NEXT_ARC, is_cut_line, MOST_LINE, MOST_LINE)


def dialect_of(media_type: str) -> Dialect:
    """Returns the dialect of a web archive's form."""
    return ARC_DIALECT if media_type == ARC else WARC_DIALECT


@dataclass(frozen=True, slots=True)
class Scanned:
    """A record of a web archive, or a stretch in which none can be read.

    Args:
        offset: First byte in the file.
        length: Bytes in the file, packed as they are.
        start: What stands before the block; None when that cannot be read.
        block: The block; None when it is not wanted or cannot be read.
        fault: Code of `issue_codes` when it cannot be taken in.
    """

    offset: int
    length: int
    start: RecordStart | None = None
    block: bytes | None = None
    fault: str | None = None
