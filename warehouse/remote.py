"""Objects in S3 and what speaks its protocol, listed and read by pyarrow.

Where they are and who may read them is told by the usual variables: AWS_ACCESS_KEY_ID,
AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_PROFILE, AWS_REGION, AWS_ENDPOINT_URL. With none of
the first ones, and no file of credentials, objects are read as anybody may read them.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pyarrow import fs

_BLOCK = 1 << 20
_CONNECT_SECONDS = 10
_REQUEST_SECONDS = 60
_WHO = (
    "AWS_ACCESS_KEY_ID", "AWS_PROFILE", "AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI",
)  # fmt: skip


class ObjectUnreachable(Exception):
    """An object is not there, may not be read, or was cut off."""


@dataclass(frozen=True, slots=True)
class Object:
    """An object in a bucket.

    Args:
        path: Bucket and key.
        name: The key behind the prefix that was asked for, or its last part.
        length: Its bytes.
    """

    path: str
    name: str
    length: int


def list_objects(address: str) -> list[Object]:
    """Returns the object that `s3://bucket/key` is, or those below it; raises ObjectUnreachable."""
    path = address.partition("://")[2].strip("/")
    try:
        store = _store(path)
        found = store.get_file_info(path)
        if found.type == fs.FileType.File:
            return [Object(path, path.rpartition("/")[2], found.size)]
        listing = store.get_file_info(fs.FileSelector(path, recursive=True))
    except (OSError, ValueError) as error:
        raise ObjectUnreachable(_words(error)) from error
    return sorted(
        (
            Object(info.path, info.path.removeprefix(f"{path}/"), info.size)
            for info in listing
            if info.type == fs.FileType.File
        ),
        key=lambda one: one.name,
    )


def read_object(path: str) -> Iterator[bytes]:
    """Yields an object in blocks; raises ObjectUnreachable where it cannot be read."""
    try:
        with _store(path).open_input_stream(path, compression=None) as stream:
            while block := stream.read(_BLOCK):
                yield block
    except (OSError, ValueError) as error:
        raise ObjectUnreachable(_words(error)) from error


def _store(path: str) -> Any:
    endpoint = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL")
    region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
    options: dict[str, Any] = {
        "anonymous": not _has_credentials(),
        "connect_timeout": _CONNECT_SECONDS,
        "request_timeout": _REQUEST_SECONDS,
    }
    if endpoint:
        parts = urlsplit(endpoint)
        options |= {"endpoint_override": parts.netloc, "scheme": parts.scheme or "https"}
    elif region is None:
        region = fs.resolve_s3_region(path.partition("/")[0])
    return fs.S3FileSystem(region=region or "us-east-1", **options)


def _has_credentials() -> bool:
    named = os.environ.get("AWS_SHARED_CREDENTIALS_FILE")
    file = Path(named) if named else Path("~/.aws/credentials").expanduser()
    return any(os.environ.get(name) for name in _WHO) or file.is_file()


def _words(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:400]
