"""Large files put in parts: there whole or not at all, and only where nothing was."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO

from warehouse.objects.asking import StoreFailed, asked
from warehouse.objects.checksums import check_arrived, in_base64

PART_BYTES = 32 << 20
_MOST_PARTS = 10_000
_TAKEN = (404, 412)

Spot = Mapping[str, str]


def put_in_parts(client: Any, spot: Spot, path: str, file: Path, sha256: str, token: int) -> bool:
    """Puts a file if absent; returns False when it did not because something is there.

    Args:
        client: The client of S3.
        spot: Bucket and key.
        path: What the object is called in errors.
        file: The file.
        sha256: Its digest, hex.
        token: Of the lease that is held.

    Raises:
        StoreFailed: It could not be put, or the file does not have that digest any more.
    """
    begun = asked(
        f"put {path}",
        lambda: client.create_multipart_upload(
            **spot,
            ChecksumAlgorithm="SHA256",
            Metadata={"sha256": sha256, "token": str(token)},
        ),
    )
    upload = {**spot, "UploadId": begun["UploadId"]}
    try:
        with file.open("rb") as stream:
            parts = _put_parts(client, path, stream, sha256, upload)
        done = asked(
            f"put {path}",
            lambda: client.complete_multipart_upload(
                **upload, MultipartUpload={"Parts": parts}, IfNoneMatch="*"
            ),
            _TAKEN,
        )
    except BaseException:
        give_up(client, upload)
        raise
    if done is None:
        give_up(client, upload)
    return done is not None


def give_up(client: Any, upload: Spot) -> None:
    """Gives an upload up with the parts that were put; one that is over is no error."""
    asked("give an upload up", lambda: client.abort_multipart_upload(**upload), (404,))


def _put_parts(
    client: Any, path: str, stream: BinaryIO, sha256: str, upload: Spot
) -> list[dict[str, Any]]:
    parts = []
    whole = hashlib.sha256()
    for number in range(1, _MOST_PARTS + 1):
        content = stream.read(PART_BYTES)
        if not content:
            break
        whole.update(content)
        digest = hashlib.sha256(content).digest()
        parts.append(_put_part(client, path, number, content, digest, upload))
    if whole.hexdigest() != sha256 or stream.read(1):
        raise StoreFailed(f"put {path}: the file has changed, or is too long")
    return parts


def _put_part(
    client: Any, path: str, number: int, content: bytes, digest: bytes, upload: Spot
) -> dict[str, Any]:
    answer = asked(
        f"put part {number} of {path}",
        lambda: client.upload_part(
            **upload, PartNumber=number, Body=content, ChecksumSHA256=in_base64(digest)
        ),
    )
    check_arrived(path, answer, digest)
    return {"PartNumber": number, "ETag": answer["ETag"], "ChecksumSHA256": in_base64(digest)}
