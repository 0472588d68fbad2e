"""Which database is published: a pointer object, and the databases that it names in turn."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from warehouse import disk
from warehouse.home import Home
from warehouse.objects.bucket import Bucket, Found, StoreDamaged, StoreFailed
from warehouse.objects.lease import Lease, LeaseLost
from warehouse.published import published_digests, put_in_place
from warehouse.sealed import SealBroken, sealed, unsealed
from warehouse.snapshots import snapshot_folders

POINTER = "database/current.json"
FOLDER = "database/"
_NAME = re.compile(r"[0-9A-Za-z-]{1,200}\.duckdb", re.ASCII)
_FORMAT = 1
_DIGITS = 8
_KEPT = 2  # databases before the published one: somebody may be reading them
_TRIES = 3


@dataclass(frozen=True, slots=True)
class Pointer:
    """What `database/current.json` says.

    Args:
        name: The database's object below `database/`.
        byte_length: Its size.
        sha256: Its digest, hex.
        snapshot_id: The snapshot that it holds as the last one.
        token: Of the lease under which it was published.
        previous: Names of the databases before it that are kept, the last one first.
    """

    name: str
    byte_length: int
    sha256: str
    snapshot_id: str
    token: int
    previous: tuple[str, ...]

    @property
    def path(self) -> str:
        """Path of the database in the home."""
        return FOLDER + self.name


def read_pointer(bucket: Bucket) -> Pointer | None:
    """Returns what the pointer says, None when nothing is published.

    Raises:
        StoreDamaged: It is not what was put.
    """
    found = bucket.read(POINTER)
    return None if found is None else _pointer_of(found)


def publish_database(home: Home, bucket: Bucket, lease: Lease) -> Pointer | None:
    """Publishes the working copy's database, unless it is published already.

    The database's object is there, whole, before the pointer names it.

    Raises:
        LeaseLost: Another writes to the home by now; the pointer stays as it is.
    """
    if not home.database.is_file():
        return None
    sha256 = disk.sha256_of(home.database)
    if sha256 not in published_digests(home):
        raise StoreFailed(f"{home.database} is not what was published; run again")
    for _ in range(_TRIES):
        # Read before the lease is asked for: what another publishes after that has another tag.
        found = bucket.read(POINTER)
        before = None if found is None else _pointer_of(found)
        if before is not None and before.sha256 == sha256:
            return before
        if before is not None and before.token > lease.token:
            raise LeaseLost(
                f"a run with token {before.token} has published since; this one, with token "
                f"{lease.token}, publishes nothing"
            )
        pointer = _next_pointer(home, sha256, lease.token, before)
        lease.check()
        _put_database(bucket, home.database, pointer)
        lease.check()
        if _put_pointer(bucket, pointer, found):
            _forget_older(bucket, before, pointer)
            return pointer
    raise StoreFailed(f"put {POINTER}: it changes again and again")


def fetch_database(home: Home, bucket: Bucket, pointer: Pointer) -> None:
    """Makes the published database the working copy's.

    Raises:
        StoreDamaged: Its object does not have the bytes that the pointer tells of.
    """
    disk.make_folder(home.staging)
    folder = disk.make_draft_folder(home.staging, "published")
    try:
        draft = folder / home.database.name
        download(bucket, pointer.path, draft, pointer.sha256)
        put_in_place(home, draft)
    finally:
        disk.remove_tree(folder)


def is_fetched(home: Home, pointer: Pointer) -> bool:
    """Returns whether the working copy's database is the one that the pointer tells of."""
    try:
        length = home.database.stat().st_size
    except OSError:
        return False
    return length == pointer.byte_length and pointer.sha256 in published_digests(home)


def download(bucket: Bucket, path: str, target: Path, sha256: str | None) -> None:
    """Writes an object to a new file.

    Raises:
        StoreDamaged: It does not have that digest; the file is gone again.
    """
    with disk.durable_file(target) as stream:
        for block in bucket.blocks(path):
            stream.write(block)
    if sha256 is not None and (found := disk.sha256_of(target)) != sha256:
        disk.remove_file(target)
        raise StoreDamaged(f"{bucket.address}/{path} has the SHA-256 {found}, not {sha256}")


def _next_pointer(home: Home, sha256: str, token: int, before: Pointer | None) -> Pointer:
    folders = snapshot_folders(home)
    snapshot_id = folders[-1].split("-")[-1] if folders else "none"
    previous: Sequence[str] = (before.name, *before.previous) if before else ()
    return Pointer(
        name=f"{snapshot_id}-{token:06d}-{sha256[:_DIGITS]}.duckdb",
        byte_length=home.database.stat().st_size,
        sha256=sha256,
        snapshot_id=snapshot_id,
        token=token,
        previous=tuple(previous[:_KEPT]),
    )


def _put_database(bucket: Bucket, database: Path, pointer: Pointer) -> None:
    bucket.put_file(pointer.path, database, pointer.sha256, pointer.token)
    if (size := bucket.size(pointer.path)) != pointer.byte_length:
        raise StoreDamaged(
            f"{bucket.address}/{pointer.path} has {size} bytes, not {pointer.byte_length}"
        )


def _put_pointer(bucket: Bucket, pointer: Pointer, found: Found | None) -> bool:
    content = sealed({"format": _FORMAT, **asdict(pointer)})
    if found is None:
        etag = bucket.put_if_absent(POINTER, content, pointer.token)
    else:
        etag = bucket.put_if_same(POINTER, content, found.etag, pointer.token)
    if etag is not None:
        return True
    again = bucket.read(POINTER)
    return again is not None and again.content == content


def _forget_older(bucket: Bucket, before: Pointer | None, pointer: Pointer) -> None:
    """Deletes the databases that the pointer before still kept and this one keeps no more."""
    known = {pointer.name, *pointer.previous}
    for name in before.previous if before else ():
        if name not in known:
            bucket.delete(FOLDER + name)


def _pointer_of(found: Found) -> Pointer:
    try:
        fields: dict[str, Any] = unsealed(found.content)
        del fields["format"]
        pointer = Pointer(**{**fields, "previous": tuple(fields["previous"])})
    except (SealBroken, KeyError, TypeError) as error:
        raise StoreDamaged(f"{POINTER}: {error}") from error
    if not all(_NAME.fullmatch(name) for name in (pointer.name, *pointer.previous)):
        raise StoreDamaged(f"{POINTER} names what is no database: {pointer.name!r}")
    return pointer
