"""JSON files that hold a digest over themselves, so that no bit of them changes unnoticed.

A sealed file has one rendering only. Its member `seal` is the SHA-256 of the rendering without that
member; a file whose bytes are not the rendering of what they say is broken.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

_SEAL = "seal"


class SealBroken(ValueError):
    """The bytes of a sealed file are not those that were written."""


def rendered(content: Mapping[str, Any]) -> bytes:
    """Returns content as JSON, the same bytes for the same content."""
    return (json.dumps(content, indent=1, sort_keys=True) + "\n").encode("ascii")


def sealed(content: Mapping[str, Any]) -> bytes:
    """Returns content as the bytes of a sealed file."""
    return rendered({**content, _SEAL: hashlib.sha256(rendered(content)).hexdigest()})


def unsealed(data: bytes) -> dict[str, Any]:
    """Returns the content of a sealed file.

    Raises:
        SealBroken: A byte of it is not as it was written.
    """
    try:
        content: dict[str, Any] = json.loads(data)
        del content[_SEAL]
        is_whole = sealed(content) == data
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise SealBroken(f"it is no sealed file: {error!r}") from error
    if not is_whole:
        raise SealBroken("its seal is broken: it is not what was written")
    return content
