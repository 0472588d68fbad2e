"""The bucket's state brought into the working copy: lake, events, database, and what to adopt.

What counts is what the bucket says. What the copy has and the bucket does not, as after a run that
was killed between the two, is removed from the copy.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from warehouse import disk
from warehouse.commits import read_commit, read_commits
from warehouse.events import read_seal, started_paths
from warehouse.home import Home
from warehouse.objects.bucket import Bucket, Object, StoreFailed
from warehouse.objects.index import Index
from warehouse.objects.layout import (
    ARCHIVE,
    COMMIT,
    DERIVED,
    EVENTS,
    STARTED,
    batch_of_commit,
    batch_of_warc,
    folder_of_seal,
    generation_of,
    object_path,
    run_of_mark,
)
from warehouse.objects.pointer import download, fetch_database, is_fetched, read_pointer
from warehouse.published import clear_log
from warehouse.staging import WARC_SUFFIX, FileEntry, warc_path

_THREADS = 8

T = TypeVar("T")

Listing = dict[str, Object]


def mirror(home: Home, bucket: Bucket, index: Index, with_archive: bool = False) -> None:
    """Brings the working copy up to the bucket.

    To be called under the working copy's own lock.

    Args:
        home: The working copy.
        bucket: The home.
        index: What the copy knows.
        with_archive: Whether all preserved bytes are wanted; else those alone that are to be
            read again.

    Raises:
        StoreDamaged: An object is not what was put.
        StoreFailed: The bucket cannot be read.
    """
    disk.make_folder(home.staging)
    lake_objects = _listed(bucket, (DERIVED, EVENTS))
    commits = {p: o for p, o in lake_objects.items() if batch_of_commit(p)}
    seals = {p: o for p, o in lake_objects.items() if folder_of_seal(p)}
    marks = {p: o for p, o in lake_objects.items() if run_of_mark(p)}
    _fetch_folders(home, bucket, index, commits, home.derived)
    _fetch_folders(home, bucket, index, seals, home.events)
    _fetch_marks(home, bucket, index, marks)
    _fetch_archive(home, bucket, with_archive)
    _fetch_published(home, bucket)
    index.save()


def _listed(bucket: Bucket, prefixes: Iterable[str]) -> Listing:
    return {one.path: one for prefix in prefixes for one in bucket.objects(prefix)}


def _fetch_folders(
    home: Home, bucket: Bucket, index: Index, listings: Listing, parent: Path
) -> None:
    """Fetches the folders whose lists the copy lacks, and removes those that the bucket lacks."""
    wanted = {home.root / path: one for path, one in listings.items()}
    folders = {path.parent for path in wanted}
    for folder in [folder for folder in parent.glob("*/") if folder not in folders]:
        disk.remove_tree(folder)
    for path in [path for path in index.paths if _is_below(home, path, parent)]:
        if path not in listings:
            index.forget(path)
    lacking = [
        one
        for path, one in sorted(wanted.items())
        if index.etag(one.path) != one.etag or not path.exists()
    ]
    _each(lacking, lambda one: _fetch_folder(home, bucket, index, one))


def _is_below(home: Home, path: str, parent: Path) -> bool:
    place = home.root / path
    return place.parent.parent == parent


def _fetch_folder(home: Home, bucket: Bucket, index: Index, listing: Object) -> None:
    found = bucket.read(listing.path)
    if found is None:
        raise StoreFailed(f"read {listing.path}: it is gone; run again")
    target = (home.root / listing.path).parent
    draft = disk.make_draft_folder(home.staging, "fetched")
    folder = draft / target.name
    disk.make_folder(folder)
    place = folder / Path(listing.path).name
    disk.write_whole(place, found.content)
    generation = generation_of(found.content)
    for entry in _entries(place):
        path = object_path(entry, listing.path, generation)
        if not entry.path.endswith(WARC_SUFFIX):
            download(bucket, path, folder / Path(entry.path).name, entry.sha256)
    disk.make_folder(target.parent)
    disk.remove_tree(target)
    disk.replace(folder, target)
    disk.remove_tree(draft)
    index.note(listing.path, found.etag, found.content)


def _entries(path: Path) -> Iterable[FileEntry]:
    return read_commit(path).files if path.name == COMMIT else read_seal(path)


def _fetch_marks(home: Home, bucket: Bucket, index: Index, marks: Listing) -> None:
    for place in started_paths(home):
        if place.relative_to(home.root).as_posix() not in marks:
            disk.remove_file(place)
    for path in [path for path in index.paths if path.endswith(STARTED)]:
        if path not in marks:
            index.forget(path)
    for one in marks.values():
        place = home.root / one.path
        if index.etag(one.path) != one.etag or not place.exists():
            found = bucket.read(one.path)
            if found is not None:
                disk.make_folder(place.parent)
                disk.write_whole(place, found.content)
                index.note(one.path, found.etag, found.content)


def _fetch_archive(home: Home, bucket: Bucket, with_archive: bool) -> None:
    """Fetches the WARC files that no commit lists, those of older batches, or all."""
    commits = {entry.batch_id: entry for entry in read_commits(home)}
    objects = {batch_of_warc(p): o for p, o in _listed(bucket, (ARCHIVE,)).items()}
    wanted = {
        batch_id: one
        for batch_id, one in objects.items()
        if batch_id is not None
        and (with_archive or batch_id not in commits or not commits[batch_id].is_current)
    }
    disk.make_folder(home.archive)
    for path in list(home.archive.glob("*")):
        one = wanted.get(path.name.removesuffix(WARC_SUFFIX))
        if one is None or path.stat().st_size != one.byte_length:
            disk.remove_tree(path)

    def fetch(batch_id: str) -> None:
        target = warc_path(home, batch_id)
        if not target.exists():
            draft = disk.make_draft_folder(home.staging, "archive") / target.name
            download(bucket, wanted[batch_id].path, draft, None)
            disk.replace(draft, target)

    _each(sorted(wanted), fetch)


def _fetch_published(home: Home, bucket: Bucket) -> None:
    pointer = read_pointer(bucket)
    if pointer is None:
        clear_log(home)
        disk.remove_tree(home.database)
        disk.remove_file(home.database_digest)
    elif not is_fetched(home, pointer):
        fetch_database(home, bucket, pointer)


def _each(items: Iterable[T], do: Callable[[T], None]) -> None:
    with ThreadPoolExecutor(_THREADS) as threads:
        for _ in threads.map(do, items):
            pass
