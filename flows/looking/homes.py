"""The home that a command looks at, wherever it lies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.intake.source_addresses import masked
from flows.looking.opened import refuse
from flows.named_homes import named_home
from warehouse.home import Home

if TYPE_CHECKING:
    from transforms.records import Capture


def home_to_read(data: str) -> Home:
    """Returns a home with the published database of the one that `--data` names.

    Ends the command with code 2 and the reason in words where that cannot be had.
    """
    try:
        home = named_home(data)
        if home.address is None:
            return home
        from warehouse.objects.reading import published_copy

        return published_copy(home)
    except Exception as error:
        refuse(f"{masked(data)} cannot be read: {error}")


def read_capture(home: Home, warc_file: str, offset: int) -> Capture:
    """Returns the capture whose record begins at `offset` (bytes) of a WARC file of the home.

    Raises:
        ArchiveDamaged: No whole record of a capture begins there.
    """
    if home.address is None:
        from warehouse.archive import read_record

        return read_record(home.archive / warc_file, offset)
    from warehouse.objects.reading import read_object_record

    return read_object_record(home, warc_file, offset)


def writer_of_objects(home: Home) -> str:
    """Returns who writes to a home on object storage now, by its lease."""
    from warehouse.objects.holding import bucket_of
    from warehouse.objects.lease import holder_of

    held = holder_of(bucket_of(home))
    return f"Being written to by {held.in_words}." if held else "Nothing is writing to it."


def published_at(home: Home) -> str | None:
    """Returns the address of the published database, by which DuckDB attaches it."""
    from warehouse.objects.reading import published_address

    return published_address(home)


def object_sizes(home: Home) -> dict[str, tuple[int, int]]:
    """Returns number and bytes of the objects of a home: archive, lake and databases."""
    from warehouse.objects.checking import sizes
    from warehouse.objects.holding import bucket_of

    return sizes(bucket_of(home))
