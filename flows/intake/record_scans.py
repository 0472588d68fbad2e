"""The scanning of a web archive, whatever its packing, for whoever wants some of its records."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol, TypeVar

from flows.intake.forms import ZSTD
from flows.intake.packed_records import NotByRecord, scan_members
from flows.intake.packings import packing_of
from flows.intake.plain_records import scan_plain
from flows.intake.record_files import Dialect, RecordFile, Scanned, dialect_of, record_file
from flows.intake.record_places import Places
from flows.intake.unpacked_records import unpack_whole
from flows.intake.walk import Found
from transforms.warc_heads import RecordStart

# Headers of an answer come on top of what a payload may have.
HEADERS = 1 << 20


class Consumer(Protocol):
    """What is told of each record of a web archive."""

    def is_wanted(self, start: RecordStart) -> bool:
        """Returns whether the block of a record is wanted; asked before the record is given."""

    def take(self, scanned: Scanned, file: RecordFile) -> None:
        """Takes a record, of the file that is scanned."""

    def end(self) -> None:
        """Is told that there are no more."""


C = TypeVar("C", bound=Consumer)


def scan_source(
    source: Found,
    spool: Path,
    most: int,
    consumer: Callable[[Places, Dialect], C],
    unpacked: str = "",
) -> tuple[C, str | None]:
    """Returns a consumer that was given all records of a source, and why not all was unpacked.

    Args:
        source: The web archive.
        spool: A file of its own for what cannot be read again in the archive.
        most: Bytes that the block of a record may have.
        consumer: Makes a consumer, one again when the scanning begins anew.
        unpacked: What an earlier scan has unpacked of the whole.

    Raises:
        SourceFailed: It cannot be read.
        OSError: There is no space or permission to unpack.
    """
    dialect = dialect_of(source.form.media_type)
    if unpacked:
        return _scan_plain(unpacked, dialect, most, consumer), None
    with record_file(source.path) as file:
        packing = packing_of(file, source.form.packing)
        if packing is None:
            return _scan_plain(source.path, dialect, most, consumer), None
        places = Places(source.path, spool if packing.name == ZSTD else None)
        try:
            with _told(consumer(places, dialect)) as told:
                for scanned in scan_members(file, packing, dialect, told.is_wanted, most):
                    told.take(scanned, file)
            return told, None
        except NotByRecord:
            fault = unpack_whole(file, packing, dialect, spool)
    return _scan_plain(str(spool), dialect, most, consumer), fault


def _scan_plain(
    path: str, dialect: Dialect, most: int, consumer: Callable[[Places, Dialect], C]
) -> C:
    with record_file(path) as file, _told(consumer(Places(path), dialect)) as told:
        for scanned in scan_plain(file, dialect, told.is_wanted, most):
            told.take(scanned, file)
    return told


@contextmanager
def _told(consumer: C) -> Iterator[C]:
    try:
        yield consumer
    finally:
        consumer.end()
