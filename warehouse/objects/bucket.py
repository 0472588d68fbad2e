"""What is done to a bucket: objects listed, read, put if absent or unchanged, and deleted.

Each request is tried again with growing rests when the server is busy, fails or breaks off. One
that was done although its answer was lost is then refused for its condition: callers compare what
is there with what they put. Bodies are signed with their SHA-256, and carry it as their checksum,
so that the server refuses what arrives otherwise.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from warehouse.objects import parts
from warehouse.objects.address import Address
from warehouse.objects.asking import (
    ATTEMPTS,
    BROKEN_OFF,
    asked,
    failed,
    new_client,
    rest_after,
    server_time,
)
from warehouse.objects.asking import StoreDamaged as StoreDamaged
from warehouse.objects.asking import StoreFailed as StoreFailed
from warehouse.objects.checksums import check_arrived, in_base64

_BLOCK = 1 << 20
_MISSING = (404,)
_REFUSED = (404, 412)  # the condition does not hold; of an object that is gone none does


@dataclass(frozen=True, slots=True)
class Object:
    """An object as a listing tells of it: path in the home, bytes, tag of its content."""

    path: str
    byte_length: int
    etag: str


@dataclass(frozen=True, slots=True)
class Found:
    """A small object that was read.

    Args:
        content: Its bytes.
        etag: Tag of the content, for conditions.
        age: Seconds since it was put, by the server's clock alone.
        now: The server's time.
        token: Of the lease under which it was put, 0 when it was put under none.
    """

    content: bytes
    etag: str
    age: float
    now: datetime
    token: int


class Bucket:
    """The objects of one home."""

    def __init__(self, address: Address) -> None:
        self.address = address
        self._client = new_client()

    def objects(self, path: str = "") -> Iterator[Object]:
        """Yields the objects whose paths begin with `path`, in order."""
        prefix = self.address.key(path)
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=self.address.bucket, Prefix=prefix
        )
        for page in asked(f"list {path or 'all'}", lambda: list(pages)):
            for one in page.get("Contents", ()):
                yield Object(self.address.path(one["Key"]), one["Size"], one["ETag"])

    def read(self, path: str) -> Found | None:
        """Returns a small object, None when there is none."""

        def reading() -> tuple[Mapping[str, Any], bytes]:
            answer = self._client.get_object(**self._of(path))
            return answer, answer["Body"].read()

        done = asked(f"read {path}", reading, _MISSING)
        if done is None:
            return None
        answer, content = done
        now = server_time(answer)
        age = (now - answer["LastModified"]).total_seconds()
        token = answer.get("Metadata", {}).get("token", "")
        return Found(content, answer["ETag"], age, now, int(token) if token.isdigit() else 0)

    def blocks(self, path: str, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        """Yields an object, or a stretch of it, in blocks; goes on where a connection breaks off.

        Raises:
            StoreFailed: It is not there, or cannot be read to its end.
        """
        position, end = start, None if length is None else start + length
        failures = 0
        while end is None or position < end:
            try:
                answer = self._stretch(path, position, end)
                if answer is None:
                    return
                end = end if end is not None else position + int(answer["ContentLength"])
                for block in answer["Body"].iter_chunks(_BLOCK):
                    position += len(block)
                    yield block
            except BROKEN_OFF as error:
                failures += 1
                if failures >= ATTEMPTS:
                    raise failed(f"read {path}", error) from None
                time.sleep(rest_after(failures))

    def put_if_absent(
        self, path: str, content: bytes, token: int = 0, digest: str | None = None
    ) -> str | None:
        """Puts an object and returns its tag; None when there is one, whatever it holds."""
        condition = {"IfNoneMatch": "*"}
        return self._put(path, content, token, condition, digest)

    def put_if_same(self, path: str, content: bytes, etag: str, token: int = 0) -> str | None:
        """Puts an object in the place of the one with that tag; None when that is there no more."""
        return self._put(path, content, token, {"IfMatch": etag}, None)

    def put(self, path: str, content: bytes, token: int = 0) -> str:
        """Puts an object, whatever was there."""
        etag = self._put(path, content, token, {}, None)
        if etag is None:
            raise StoreFailed(f"put {path}: the bucket is not there")
        return etag

    def put_file(self, path: str, file: Path, sha256: str, token: int = 0) -> bool:
        """Puts a file if absent; returns False when an object of that name is there.

        Raises:
            StoreFailed: It could not be put, or the file does not have that digest any more.
        """
        length = file.stat().st_size
        if length > parts.PART_BYTES:
            return self._put_in_parts(path, file, sha256, token)
        content = file.read_bytes()
        if hashlib.sha256(content).hexdigest() != sha256:
            raise StoreFailed(f"put {path}: {file} has changed")
        return self.put_if_absent(path, content, token, sha256) is not None

    def size(self, path: str) -> int | None:
        """Returns how many bytes an object has, None when there is none."""
        answer = asked(
            f"look at {path}", lambda: self._client.head_object(**self._of(path)), _MISSING
        )
        return None if answer is None else int(answer["ContentLength"])

    def sha256(self, path: str, on_read: Callable[[int], None] | None = None) -> str:
        """Returns the SHA-256 of an object's bytes, hex."""
        digest = hashlib.sha256()
        for block in self.blocks(path):
            digest.update(block)
            if on_read:
                on_read(len(block))
        return digest.hexdigest()

    def delete(self, path: str) -> None:
        """Deletes an object; one that is not there is no error."""
        asked(f"delete {path}", lambda: self._client.delete_object(**self._of(path)), _MISSING)

    def abort_uploads(self, path: str = "") -> int:
        """Gives up the uploads in parts that killed runs have begun; returns how many."""
        answer = asked(
            "list uploads",
            lambda: self._client.list_multipart_uploads(
                Bucket=self.address.bucket, Prefix=self.address.key(path)
            ),
        )
        uploads = answer.get("Uploads", ())
        for one in uploads:
            upload = {"Key": one["Key"], "UploadId": one["UploadId"]}
            parts.give_up(self._client, {"Bucket": self.address.bucket, **upload})
        return len(uploads)

    def _put_in_parts(self, path: str, file: Path, sha256: str, token: int) -> bool:
        if self.size(path) is not None:
            return False
        is_put = parts.put_in_parts(self._client, self._of(path), path, file, sha256, token)
        if not is_put and self.size(path) is None:
            raise StoreFailed(f"put {path}: the upload was given up by another")
        return is_put

    def _of(self, path: str) -> dict[str, str]:
        return {"Bucket": self.address.bucket, "Key": self.address.key(path)}

    def _stretch(self, path: str, start: int, end: int | None) -> Any:
        """Returns the answer with an object's bytes from a place on, None when there are none."""
        stretch = {} if not start and end is None else {"Range": f"bytes={start}-{_last(end)}"}
        return asked(
            f"read {path}", lambda: self._client.get_object(**self._of(path), **stretch), (416,)
        )

    def _put(
        self, path: str, content: bytes, token: int, condition: dict[str, str], digest: str | None
    ) -> str | None:
        digest = digest or hashlib.sha256(content).hexdigest()
        answer = asked(
            f"put {path}",
            lambda: self._client.put_object(
                **self._of(path),
                Body=content,
                ChecksumSHA256=in_base64(bytes.fromhex(digest)),
                Metadata={"sha256": digest, "token": str(token)},
                **condition,
            ),
            _REFUSED,
        )
        if answer is None:
            return None
        check_arrived(path, answer, bytes.fromhex(digest))
        return str(answer["ETag"])


def _last(end: int | None) -> str:
    return "" if end is None else str(end - 1)
