"""A home on object storage as commands see it that only look: its database, and single records."""

from __future__ import annotations

import io
from contextlib import suppress
from pathlib import Path

from transforms.records import Capture
from warehouse import disk
from warehouse.archive import read_record_from
from warehouse.home import Home
from warehouse.objects.bucket import Bucket
from warehouse.objects.holding import bucket_of
from warehouse.objects.layout import ARCHIVE
from warehouse.objects.pointer import Pointer, fetch_database, is_fetched, read_pointer

_PUBLISHED = "published"
STRETCH = 256 << 10


def published_copy(home: Home) -> Home:
    """Returns a home on this machine that has the database which is published in the bucket.

    It is that of the working copy where that is it, else one that is fetched and kept beside it,
    so that nobody is in the way of a run that is at work there.

    Args:
        home: The working copy.

    Raises:
        StoreFailed: The bucket cannot be read.
        StoreDamaged: What is published does not have the bytes that the pointer tells of.
    """
    bucket = bucket_of(home)
    pointer = read_pointer(bucket)
    if pointer is None:
        return Home(home.root / _PUBLISHED / "nothing", home.address)
    if is_fetched(home, pointer):
        return home
    copy = Home(home.root / _PUBLISHED / pointer.name, home.address)
    if not is_fetched(copy, pointer):
        _forget_others(copy.root)
        disk.make_folder(copy.root)
        fetch_database(copy, bucket, pointer)
    return copy


def published_address(home: Home) -> str | None:
    """Returns the address of the published database, by which DuckDB's httpfs attaches it."""
    bucket = bucket_of(home)
    pointer: Pointer | None = read_pointer(bucket)
    return f"{bucket.address}/{pointer.path}" if pointer else None


def read_object_record(home: Home, warc_file: str, offset: int) -> Capture:
    """Returns the capture whose record begins at `offset` (bytes) of a WARC file in the bucket.

    Raises:
        ArchiveDamaged: No whole record of a capture begins there.
        StoreFailed: The bucket cannot be read.
    """
    path = ARCHIVE + warc_file
    stream = io.BufferedReader(_Stretches(bucket_of(home), path, offset), STRETCH)
    return read_record_from(stream, Path(path), offset)


class _Stretches(io.RawIOBase):
    """An object read in stretches from a place on, as far as it is asked for."""

    def __init__(self, bucket: Bucket, path: str, position: int) -> None:
        self._bucket = bucket
        self._path = path
        self._position = position
        self._size = bucket.size(path) or 0

    def readable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        length = min(len(buffer), self._size - self._position)
        if length <= 0:
            return 0
        content = b"".join(self._bucket.blocks(self._path, self._position, length))
        buffer[: len(content)] = content
        self._position += len(content)
        return len(content)


def _forget_others(root: Path) -> None:
    """Removes the databases that were published before; who has one open keeps it."""
    for path in list(root.parent.glob("*")):
        if path != root:
            with suppress(OSError):
                disk.remove_tree(path)
