"""Where a data home on object storage is: a bucket, and a prefix in it."""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path

SCHEME = "s3://"
_ADDRESS = re.compile(r"s3://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:/([^?#]*))?", re.ASCII)
_DIGITS = 16


@dataclass(frozen=True, slots=True)
class Address:
    """A bucket and the prefix below which the home lies, without slashes at its ends."""

    bucket: str
    prefix: str

    def key(self, path: str) -> str:
        """Returns the key of what lies at `path` of the home."""
        return f"{self.prefix}/{path}" if self.prefix else path

    def path(self, key: str) -> str:
        """Returns the path in the home of what has a key."""
        return key.removeprefix(f"{self.prefix}/") if self.prefix else key

    def __str__(self) -> str:
        return f"{SCHEME}{self.bucket}/{self.prefix}".rstrip("/")


def is_object_home(words: str) -> bool:
    """Returns whether `--data` names a home on object storage."""
    return words.lower().startswith(SCHEME)


def parse_address(words: str) -> Address:
    """Returns the address that `s3://bucket/prefix` is.

    Raises:
        ValueError: It is none. Credentials belong in the environment, not there.
    """
    found = _ADDRESS.fullmatch(words)
    parts = (found[2] or "").strip("/").split("/") if found else []
    if found is None or any(part in (".", "..") for part in parts) or "" in parts[1:]:
        raise ValueError("a home on object storage is written s3://bucket/prefix")
    return Address(found[1], "/".join(parts))


def cache_folder(address: Address, wanted: Path | None = None) -> Path:
    """Returns the folder of this machine's copy of a home.

    Args:
        address: The home.
        wanted: Where copies lie; else REFWORLD_CACHE, or `refworld` in the user's cache
            (XDG_CACHE_HOME). Homes at other servers are others.
    """
    place = wanted or os.environ.get("REFWORLD_CACHE")
    if not place:
        place = Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache") / "refworld"
    name = hashlib.sha256(f"{endpoint()}\n{address}".encode()).hexdigest()[:_DIGITS]
    return Path(place).expanduser().absolute() / f"{address.bucket}-{name}"


def endpoint() -> str | None:
    """Returns the address of the S3 service, None for Amazon's own."""
    return os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL")
