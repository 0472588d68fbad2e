"""What `--data` means: a folder of this machine, or a home on object storage."""

from __future__ import annotations

from pathlib import Path

from warehouse.home import Home
from warehouse.objects.address import cache_folder, is_object_home, parse_address


class NotThere(ValueError):
    """A command does not work on a home on object storage; the message says what does."""


def named_home(data: str, cache: Path | None = None) -> Home:
    """Returns the home that `--data` names.

    Args:
        data: A folder, or `s3://bucket/prefix`.
        cache: Where working copies of homes on object storage lie.

    Raises:
        ValueError: It is no address.
    """
    if not is_object_home(data):
        return Home(Path(data).expanduser().absolute())
    address = parse_address(data)
    return Home(cache_folder(address, cache), str(address))


def local_home(data: str) -> Home:
    """Returns the home on this machine that `--data` names.

    Raises:
        NotThere: It is one on object storage.
    """
    if is_object_home(data):
        raise NotThere(
            "this command works on a home on this machine, not on object storage; ingest, rebuild, "
            "verify and the commands that look do"
        )
    return named_home(data)
