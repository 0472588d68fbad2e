"""The checksum that goes with what is put, and that a server may give back."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from warehouse.objects.asking import StoreDamaged


def in_base64(digest: bytes) -> str:
    """Returns a digest as S3 writes it."""
    return base64.b64encode(digest).decode("ascii")


def check_arrived(path: str, answer: Mapping[str, Any], digest: bytes) -> None:
    """Compares the checksum that a server gives back, where it does.

    Raises:
        StoreDamaged: What arrived is not what was put.
    """
    said = answer.get("ChecksumSHA256")
    if said is not None and said != in_base64(digest):
        raise StoreDamaged(f"{path}: what arrived does not have the digest of what was put")
