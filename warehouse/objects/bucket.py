"""What is done to a bucket: objects listed, read, put if absent or unchanged, and deleted.

Each request is tried again with growing rests when the server is busy, fails or breaks off. One
that was done although its answer was lost is then refused for its condition: callers compare what
is there with what they put. Bodies are signed with their SHA-256, and carry it as their checksum,
so that the server refuses what arrives otherwise.

What goes wrong is told without addresses of requests, headers or credentials.
"""

from __future__ import annotations

import base64
import hashlib
import os
import random
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

import botocore.session
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    HTTPClientError,
    NoCredentialsError,
    PartialCredentialsError,
)

from warehouse.objects.address import Address, endpoint

PART_BYTES = 32 << 20
_ATTEMPTS = 6
_CONNECT_SECONDS = 10
_READ_SECONDS = 60
_CONNECTIONS = 16
_BLOCK = 1 << 20
_MISSING = (404,)
_REFUSED = (404, 412)  # the condition does not hold; of an object that is gone none does
_AT_ONCE = 409  # two conditional requests met: S3 asks for another try
_CONFLICT_REST = 0.1

T = TypeVar("T")


class StoreFailed(Exception):
    """The object store did not do what it was asked for; the message says what and why."""


class StoreDamaged(Exception):
    """An object does not have the bytes that were put."""


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

    def __init__(self, address: Address, attempts: int = _ATTEMPTS) -> None:
        self.address = address
        region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
        self._client: Any = _session().create_client(
            "s3",
            region_name=region or "us-east-1",
            endpoint_url=endpoint(),
            config=Config(
                connect_timeout=_CONNECT_SECONDS,
                read_timeout=_READ_SECONDS,
                retries={"mode": "standard", "total_max_attempts": attempts},
                max_pool_connections=_CONNECTIONS,
                request_checksum_calculation="when_required",  # not every service knows the rest
                response_checksum_validation="when_required",
                s3={
                    "payload_signing_enabled": True,
                    "addressing_style": "path" if endpoint() else "auto",
                },
            ),
        )

    def objects(self, path: str = "") -> Iterator[Object]:
        """Yields the objects whose paths begin with `path`, in order."""
        prefix = self.address.key(path)
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=self.address.bucket, Prefix=prefix
        )
        for page in self._asked(f"list {path or 'all'}", lambda: list(pages)):
            for one in page.get("Contents", ()):
                yield Object(self.address.path(one["Key"]), one["Size"], one["ETag"])

    def read(self, path: str) -> Found | None:
        """Returns a small object, None when there is none."""

        def reading() -> tuple[Mapping[str, Any], bytes]:
            answer = self._client.get_object(**self._of(path))
            return answer, answer["Body"].read()

        done = self._asked(f"read {path}", reading, _MISSING)
        if done is None:
            return None
        answer, content = done
        now = _server_time(answer)
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
            except (BotoCoreError, HTTPClientError, OSError) as error:
                failures += 1
                if failures >= _ATTEMPTS:
                    raise _failed(f"read {path}", error) from None
                time.sleep(_rest(failures))

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
        if length > PART_BYTES:
            return self._put_in_parts(path, file, sha256, token)
        content = file.read_bytes()
        if hashlib.sha256(content).hexdigest() != sha256:
            raise StoreFailed(f"put {path}: {file} has changed")
        return self.put_if_absent(path, content, token, sha256) is not None

    def size(self, path: str) -> int | None:
        """Returns how many bytes an object has, None when there is none."""
        answer = self._asked(
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
        self._asked(
            f"delete {path}", lambda: self._client.delete_object(**self._of(path)), _MISSING
        )

    def abort_uploads(self, path: str = "") -> int:
        """Gives up the uploads in parts that killed runs have begun; returns how many."""
        answer = self._asked(
            "list uploads",
            lambda: self._client.list_multipart_uploads(
                Bucket=self.address.bucket, Prefix=self.address.key(path)
            ),
        )
        uploads = answer.get("Uploads", ())
        for one in uploads:
            self._abort(one["Key"], one["UploadId"])
        return len(uploads)

    def _of(self, path: str) -> dict[str, str]:
        return {"Bucket": self.address.bucket, "Key": self.address.key(path)}

    def _stretch(self, path: str, start: int, end: int | None) -> Any:
        """Returns the answer with an object's bytes from a place on, None when there are none."""
        stretch = {} if not start and end is None else {"Range": f"bytes={start}-{_last(end)}"}
        return self._asked(
            f"read {path}", lambda: self._client.get_object(**self._of(path), **stretch), (416,)
        )

    def _put(
        self, path: str, content: bytes, token: int, condition: dict[str, str], digest: str | None
    ) -> str | None:
        digest = digest or hashlib.sha256(content).hexdigest()
        answer = self._asked(
            f"put {path}",
            lambda: self._client.put_object(
                **self._of(path),
                Body=content,
                ChecksumSHA256=_base64(bytes.fromhex(digest)),
                Metadata={"sha256": digest, "token": str(token)},
                **condition,
            ),
            _REFUSED,
        )
        if answer is None:
            return None
        self._check_arrived(path, answer, bytes.fromhex(digest))
        return str(answer["ETag"])

    def _check_arrived(self, path: str, answer: Mapping[str, Any], digest: bytes) -> None:
        said = answer.get("ChecksumSHA256")
        if said is not None and said != _base64(digest):
            raise StoreDamaged(f"{path}: what arrived does not have the digest of what was put")

    def _put_in_parts(self, path: str, file: Path, sha256: str, token: int) -> bool:
        if self.size(path) is not None:
            return False
        begun = self._asked(
            f"put {path}",
            lambda: self._client.create_multipart_upload(
                **self._of(path),
                ChecksumAlgorithm="SHA256",
                Metadata={"sha256": sha256, "token": str(token)},
            ),
        )
        upload = {**self._of(path), "UploadId": begun["UploadId"]}
        try:
            with file.open("rb") as stream:
                parts = self._put_parts(path, stream, sha256, upload)
            done = self._asked(
                f"put {path}",
                lambda: self._client.complete_multipart_upload(
                    **upload, MultipartUpload={"Parts": parts}, IfNoneMatch="*"
                ),
                (404, 412),
            )
        except BaseException:
            self._abort(upload["Key"], upload["UploadId"])
            raise
        if done is None:
            self._abort(upload["Key"], upload["UploadId"])
            if self.size(path) is None:
                raise StoreFailed(f"put {path}: the upload was given up by another")
        return done is not None

    def _put_parts(
        self, path: str, stream: BinaryIO, sha256: str, upload: Mapping[str, str]
    ) -> list[dict[str, Any]]:
        parts = []
        whole = hashlib.sha256()
        for number in range(1, 10_001):
            content = stream.read(PART_BYTES)
            if not content:
                break
            whole.update(content)
            digest = hashlib.sha256(content).digest()
            parts.append(self._put_part(path, number, content, digest, upload))
        if whole.hexdigest() != sha256 or stream.read(1):
            raise StoreFailed(f"put {path}: the file has changed, or is too long")
        return parts

    def _put_part(
        self, path: str, number: int, content: bytes, digest: bytes, upload: Mapping[str, str]
    ) -> dict[str, Any]:
        answer = self._asked(
            f"put part {number} of {path}",
            lambda: self._client.upload_part(
                **upload, PartNumber=number, Body=content, ChecksumSHA256=_base64(digest)
            ),
        )
        self._check_arrived(path, answer, digest)
        return {"PartNumber": number, "ETag": answer["ETag"], "ChecksumSHA256": _base64(digest)}

    def _abort(self, key: str, upload_id: str) -> None:
        self._asked(
            "give an upload up",
            lambda: self._client.abort_multipart_upload(
                Bucket=self.address.bucket, Key=key, UploadId=upload_id
            ),
            _MISSING,
        )

    def _asked(self, what: str, request: Callable[[], Any], refusals: tuple[int, ...] = ()) -> Any:
        """Returns the answer to a request, None where it is refused as `refusals` foresees."""
        conflicts = 0
        while True:
            try:
                return request()
            except ClientError as error:
                status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode")
                code = error.response.get("Error", {}).get("Code")
                if status in refusals and code != "NoSuchBucket":
                    return None
                if status == _AT_ONCE and conflicts < _ATTEMPTS:
                    conflicts += 1
                    time.sleep(_rest(conflicts))
                    continue
                raise _failed(what, error) from None
            except (BotoCoreError, HTTPClientError, OSError) as error:
                raise _failed(what, error) from None


@cache
def _session() -> Any:
    """Returns what knows S3; making it takes longer than a whole small run."""
    return botocore.session.Session()


def _failed(what: str, error: Exception) -> StoreFailed:
    """Returns an error in words that hold no address of a request and no part of a credential."""
    if isinstance(error, ClientError):
        told = error.response.get("Error", {})
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode")
        return StoreFailed(f"{what}: the object store answered {status} {told.get('Code')}")
    if isinstance(error, (NoCredentialsError, PartialCredentialsError)):
        return StoreFailed(
            f"{what}: there are no credentials; AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or "
            "AWS_PROFILE, give them"
        )
    return StoreFailed(f"{what}: {type(error).__name__}")


def _rest(failures: int) -> float:
    return random.uniform(0.5, 1) * _CONFLICT_REST * float(2**failures)  # noqa: S311 - no secret


def _last(end: int | None) -> str:
    return "" if end is None else str(end - 1)


def _base64(digest: bytes) -> str:
    return base64.b64encode(digest).decode("ascii")


def _server_time(answer: Mapping[str, Any]) -> datetime:
    date = answer["ResponseMetadata"]["HTTPHeaders"].get("date", "")
    try:
        return parsedate_to_datetime(date).replace(tzinfo=UTC)  # HTTP knows no other zone
    except ValueError:
        return datetime.now(UTC)  # a service that does not say what time it has
