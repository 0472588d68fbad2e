"""Captures out of the bytes of records, when they are found and when they are archived."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

from flows.intake.inputs import Place
from flows.intake.record_files import ARC_DIALECT, WARC_DIALECT
from transforms.record_captures import capture_of_record
from transforms.records import Capture, WarcRecord
from transforms.warc_heads import parse_start
from warehouse.archived_records import ArchiveDamaged, archived_capture, may_be_own

_GZIP = 31
_GZIP_MAGIC = b"\x1f\x8b"


def capture_of_records(records: Sequence[WarcRecord], most: int) -> Capture:
    """Returns the capture that a record holds, with the records that belong to it.

    What another home's archive holds is the capture that it was there.

    Args:
        records: The record, and those that it names as its own.
        most: Bytes that the payload may have.

    Raises:
        TooLarge: The payload has more.
    """
    first, *more = records
    own = (
        own_capture(first, more) if may_be_own(first.head, first.field("WARC-Record-ID")) else None
    )
    return own or capture_of_record(first, most)


def own_capture(record: WarcRecord, following: Sequence[WarcRecord]) -> Capture | None:
    """Returns the capture of a record that an archive of this program's holds, None of others."""
    try:
        return archived_capture(record, iter(following))
    except (ArchiveDamaged, ValueError):
        return None


def records_in(content: bytes) -> list[WarcRecord]:
    """Returns the records in a stretch of a web archive, packed by gzip or not.

    Raises:
        ValueError: It holds no record.
    """
    content = unpacked(content)
    dialect = WARC_DIALECT if content.startswith(b"WARC/") else ARC_DIALECT
    records = []
    position = 0
    while position < len(content):
        start = dialect.parse(content, position)
        if start is None:
            break
        block_at = position + start.block_start
        end = block_at + start.block_length
        records.append(dialect.record(start.head, content[block_at:end]))
        position = end
        while content[position : position + 1] in (b"\r", b"\n"):
            position += 1
    if not records:
        raise ValueError("no record begins there")
    return records


def whole_record(content: bytes) -> bytes:
    """Returns a record, packed by gzip or not, without the empty lines that end it.

    Raises:
        ValueError: It holds no record.
    """
    content = unpacked(content)
    start = parse_start(content)
    if start is None:
        raise ValueError("no record begins there")
    return content[: start.block_start + start.block_length]


def record_at(place: Place) -> list[WarcRecord]:
    """Returns the records at a place; raises OSError or ValueError when there is none."""
    with open(place.path, "rb") as file:
        file.seek(place.offset)
        return records_in(file.read(place.length))


def unpacked(content: bytes) -> bytes:
    """Returns bytes with their gzip members unpacked, as they are when they have none.

    Raises:
        ValueError: A member is damaged.
    """
    parts = []
    while content.startswith(_GZIP_MAGIC):
        unpacking = zlib.decompressobj(_GZIP)
        try:
            parts.append(unpacking.decompress(content))
        except zlib.error as error:
            raise ValueError(str(error)) from error
        content = unpacking.unused_data
    return b"".join(parts) if parts else content
