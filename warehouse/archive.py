"""Preserved bytes: WARC 1.1 (ISO 28500) with one gzip member per record.

Records are written by hand: the bytes must not depend on a clock, on random ids or on the version
of a writer. Every block is checked against its digest when it is read.

A file begins with a `warcinfo` record, then has one record per capture, followed by what belongs
to it (`archived_records`).
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote

from transforms.records import Capture, WarcRecord
from warehouse import disk
from warehouse.archived_records import (
    UNKNOWN_DATE,
    archived_capture,
    check_digest,
    companions_of,
    digest_of,
    is_capture,
    parse_record,
    record_id,
    records_of,
    rendered,
)
from warehouse.archived_records import ArchiveDamaged as ArchiveDamaged
from warehouse.members import pack, packed_member, unpacked_members

_ANNOUNCED = re.compile(rb"^captureCount: (\d+)\r$", re.MULTILINE)


def write_warc(captures: Sequence[Capture], path: Path) -> list[int]:
    """Writes a new WARC file, on the disk when this returns, and returns each record's offset.

    Args:
        captures: What to preserve, in the order in which it is written.
        path: The file; its name goes into the `warcinfo` record.

    Raises:
        ValueError: A capture has no address or a media type that is none.
    """
    offsets = []
    with disk.durable_file(path) as stream:
        position = stream.write(pack(_warcinfo(path.name, len(captures))))
        for capture in captures:
            offsets.append(position)
            for record in records_of(capture):
                position += stream.write(pack(record))
    return offsets


def read_warc(path: Path) -> Iterator[tuple[int, Capture]]:
    """Yields each capture of a WARC file with the offset of its record, in file order.

    Raises:
        ArchiveDamaged: A record cannot be read or is not what its digest says, or the file ends
            before all the captures that its `warcinfo` record announces.
    """
    count, announced = 0, None
    with path.open("rb") as stream:
        records = _Records(stream, path)
        for record in records:
            if is_capture(record):
                count += 1
                position = records.position
                yield position, records.capture(record, position)
            elif record.field("WARC-Type") == "warcinfo":
                announced = _ANNOUNCED.search(record.block)
    if announced is None or int(announced[1]) != count:
        expected = int(announced[1]) if announced else "an unknown number of"
        raise ArchiveDamaged(f"{path}: it holds {count} captures, not {expected}")


def read_record(path: Path, offset: int) -> Capture:
    """Returns the capture whose record begins at `offset` (bytes) of a WARC file.

    Raises:
        ArchiveDamaged: No whole record of a capture begins there.
    """
    with path.open("rb") as stream:
        stream.seek(offset)
        return read_record_from(stream, path, offset)


def read_record_from(stream: BinaryIO, path: Path, offset: int) -> Capture:
    """Returns the capture whose record begins where `stream` stands, at `offset` of a file.

    Raises:
        ArchiveDamaged: No whole record of a capture begins there.
    """
    records = _Records(stream, path)
    record = next(records, None)
    if record is not None and is_capture(record):
        return records.capture(record, offset)
    raise ArchiveDamaged(f"{path}: no capture begins at byte {offset}")


def cut_record(path: Path, offset: int) -> bytes:
    """Returns the bytes in a WARC file that hold the capture whose record begins at `offset`.

    They are its gzip member and those of the records that belong to it, as they stand, and so a
    WARC file themselves.

    Raises:
        ArchiveDamaged: No whole record of a capture begins there.
    """
    read_record(path, offset)
    with path.open("rb") as stream:
        stream.seek(offset)
        packed, content = packed_member(stream)
        companions = companions_of(parse_record(content).head)
        return b"".join([packed, *(packed_member(stream)[0] for _ in companions)])


class _Records:
    """The records of a file from a place on, and where the last one that was given begins."""

    def __init__(self, stream: BinaryIO, path: Path) -> None:
        self.position = stream.tell()
        self._path = path
        self._members = unpacked_members(stream)

    def __iter__(self) -> Iterator[WarcRecord]:
        return self

    def __next__(self) -> WarcRecord:
        try:
            self.position, content = next(self._members)
        except (zlib.error, OSError) as error:
            raise ArchiveDamaged(
                f"{self._path}: unreadable after byte {self.position}: {error}"
            ) from error
        try:
            record = parse_record(content)
            if not is_capture(record):
                check_digest(record)
            return record
        except ArchiveDamaged as error:
            raise self._said(self.position, error) from error

    def capture(self, record: WarcRecord, position: int) -> Capture:
        """Returns the capture of a record that was just given, with what follows it."""
        try:
            return archived_capture(record, self)
        except (ArchiveDamaged, ValueError) as error:
            raise self._said(position, error) from error

    def _said(self, position: int, error: Exception) -> ArchiveDamaged:
        return ArchiveDamaged(f"{self._path}: the record at byte {position}: {error}")


def _warcinfo(file_name: str, capture_count: int) -> bytes:
    fields = {
        "software": "refworld-archive",
        "format": "WARC File Format 1.1",
        "conformsTo": "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
        "captureCount": capture_count,
    }
    block = "".join(f"{name}: {value}\r\n" for name, value in fields.items()).encode("ascii")
    headers = [
        ("WARC-Type", "warcinfo"),
        ("WARC-Record-ID", record_id(f"warcinfo {file_name}")),
        ("WARC-Date", UNKNOWN_DATE),
        ("WARC-Filename", quote(file_name)),
        ("Content-Type", "application/warc-fields"),
        ("WARC-Block-Digest", digest_of(block)),
    ]
    return rendered(headers, block)
