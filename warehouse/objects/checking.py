"""The bucket against itself: every object that is listed, read to its end and compared."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from warehouse.commits import CommitDamaged, HomeIsNewer, commit_of
from warehouse.events import seal_of
from warehouse.faults import Fault
from warehouse.objects.bucket import Bucket, Object, StoreDamaged
from warehouse.objects.layout import (
    SEAL,
    OddName,
    batch_of_commit,
    folder_of_seal,
    generation_of,
    object_path,
    run_of_mark,
)
from warehouse.objects.lease import LEASE
from warehouse.objects.pointer import POINTER, read_pointer
from warehouse.sealed import SealBroken, unsealed
from warehouse.staging import FileEntry

_THREADS = 4
_NOTHING = "nothing"


@dataclass(slots=True)
class BucketReport:
    """What was found.

    Args:
        object_count: Objects that were read to their ends.
        byte_count: Their bytes.
        unlisted_count: Objects that nothing lists: what killed runs left, and older databases.
        faults: What is not as it must be.
    """

    object_count: int = 0
    byte_count: int = 0
    unlisted_count: int = 0
    faults: list[Fault] = field(default_factory=list)


def check_bucket(bucket: Bucket, on_read: Callable[[int], None]) -> BucketReport:
    """Reads every listed object of a home and compares size and SHA-256 with its list.

    Args:
        bucket: The home.
        on_read: Told the length of each piece that was read.

    Raises:
        StoreFailed: The bucket cannot be read.
    """
    report = BucketReport()
    objects = {one.path: one for one in bucket.objects()}
    listed = dict(_listed(bucket, objects, report))
    with ThreadPoolExecutor(_THREADS) as threads:
        checked = threads.map(
            lambda path: _fault(bucket, objects.get(path), path, listed[path], on_read), listed
        )
        report.faults += [fault for fault in checked if fault is not None]
    report.object_count += len(listed)
    report.byte_count = sum(objects[path].byte_length for path in listed if path in objects)
    known = set(listed) | {LEASE, POINTER}
    report.unlisted_count = sum(path not in known and not _is_listing(path) for path in objects)
    return report


def _listed(
    bucket: Bucket, objects: dict[str, Object], report: BucketReport
) -> Iterator[tuple[str, FileEntry]]:
    for path in objects:
        if _is_listing(path):
            report.object_count += 1
            try:
                yield from _entries(bucket, path)
            except (CommitDamaged, HomeIsNewer, SealBroken, OddName) as error:
                what = "it is not what was put"
                report.faults.append(Fault(path, what, "a file with its seal", str(error)))
    try:
        pointer = read_pointer(bucket)
    except StoreDamaged as error:
        report.faults.append(Fault(POINTER, "it is not what was put", "a pointer", str(error)))
        return
    if pointer is not None:
        yield pointer.path, FileEntry(pointer.path, pointer.sha256, pointer.byte_length, 0)


def _entries(bucket: Bucket, path: str) -> Iterator[tuple[str, FileEntry]]:
    found = bucket.read(path)
    content = found.content if found else b""
    if run_of_mark(path):
        unsealed(content)
        return
    name = path.split("/")[-2]
    entries = seal_of(content, name) if path.endswith(SEAL) else commit_of(content, path).files
    for entry in entries:
        yield object_path(entry, path, generation_of(content)), entry


def _fault(
    bucket: Bucket,
    found: Object | None,
    path: str,
    entry: FileEntry,
    on_read: Callable[[int], None],
) -> Fault | None:
    if found is None:
        return Fault(path, "the object is gone", entry.sha256, _NOTHING)
    if found.byte_length != entry.byte_length:
        what = "the object does not have the size of what was put"
        return Fault(path, what, f"{entry.byte_length} bytes", f"{found.byte_length} bytes")
    sha256 = bucket.sha256(path, on_read)
    if sha256 != entry.sha256:
        return Fault(path, "the bytes are not those that were put", entry.sha256, sha256)
    return None


def _is_listing(path: str) -> bool:
    return any(kind(path) for kind in (batch_of_commit, folder_of_seal, run_of_mark))


def sizes(bucket: Bucket) -> dict[str, tuple[int, int]]:
    """Returns number and bytes of the objects of a home: archive, lake and databases."""
    found = {"archive": (0, 0), "lake": (0, 0), "database": (0, 0)}
    for one in bucket.objects():
        kind = one.path.partition("/")[0]
        if kind in found:
            count, length = found[kind]
            found[kind] = (count + 1, length + one.byte_length)
    return found
