"""What a WACZ 1.1 says of itself: where its web archives lie, and their digests."""

from __future__ import annotations

import hashlib
import re
from typing import Any

import orjson

DATAPACKAGE = "datapackage.json"
DIGEST = "datapackage-digest.json"
_ARCHIVE = "archive/"
_SHA256 = re.compile(r"sha256:[0-9a-f]{64}", re.ASCII)


def is_wanted(name: str) -> bool:
    """Returns whether a member holds captures: indexes and lists of pages only speak of them."""
    return name.startswith(_ARCHIVE)


def resource_digests(datapackage: bytes, digest: bytes | None) -> dict[str, str]:
    """Returns the SHA-256 (hex) of each resource by its path.

    Args:
        datapackage: The file `datapackage.json` (Frictionless Data Package).
        digest: The file `datapackage-digest.json`, where there is one.

    Raises ValueError when they cannot be read, or do not belong to each other.
    """
    if digest is not None:
        said = _mapping(digest).get("hash")
        if said != f"sha256:{hashlib.sha256(datapackage).hexdigest()}":
            raise ValueError(f"{DIGEST} gives another digest of {DATAPACKAGE}")
    resources = _mapping(datapackage).get("resources")
    if not isinstance(resources, list):
        raise ValueError(f"{DATAPACKAGE} lists no resources")
    found = {}
    for resource in resources:
        if not isinstance(resource, dict):
            raise ValueError(f"{DATAPACKAGE} lists what is no resource")
        path, words = resource.get("path"), resource.get("hash")
        if isinstance(path, str) and isinstance(words, str) and _SHA256.fullmatch(words):
            found[path] = words.removeprefix("sha256:")
    return found


def _mapping(content: bytes) -> dict[str, Any]:
    value = orjson.loads(content)
    if not isinstance(value, dict):
        raise ValueError("it is no JSON object")
    return value
