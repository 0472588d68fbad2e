"""What the working copy has done, put into the bucket: last what makes the rest count."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from warehouse import disk
from warehouse.commits import ArchiveOccupied, commit_paths, read_commit
from warehouse.events import read_seal, started_paths
from warehouse.home import Home
from warehouse.objects.bucket import Bucket, StoreDamaged, StoreFailed
from warehouse.objects.index import Index
from warehouse.objects.layout import (
    COMMIT,
    DERIVED,
    SEAL,
    STARTED,
    batch_of_warc,
    generation_of,
    object_path,
)
from warehouse.objects.lease import Lease
from warehouse.objects.pointer import publish_database
from warehouse.staging import FileEntry, warc_path

_THREADS = 4


class Delivery:
    """Puts what a run has done in its working copy into the bucket, under the lease."""

    def __init__(self, home: Home, bucket: Bucket, index: Index, lease: Lease) -> None:
        self._home = home
        self._bucket = bucket
        self._index = index
        self._lease = lease

    def batch(self, batch_id: str) -> None:
        """Puts a batch that is committed in the copy; when this returns, it exists.

        Raises:
            LeaseLost: Another writes to the home by now; the batch does not exist.
            ArchiveOccupied: Other bytes are preserved under the batch's name.
            StoreFailed: The bucket could not be written to.
        """
        path = f"{DERIVED}{batch_id}/{COMMIT}"
        content = (self._home.root / path).read_bytes()
        if self._index.has(path, content):
            return
        files = read_commit(self._home.root / path).files
        self._put_files(files, path, content)
        self._lease.check()
        self._put_listing(path, content)
        # The bucket has it; the copy needs it no more.
        disk.remove_file(warc_path(self._home, batch_id))

    def batches(self) -> None:
        """Puts all batches of the copy that the bucket does not have as they are here."""
        for path in commit_paths(self._home):
            self.batch(path.parent.name)
        self._index.save()

    def events(self) -> None:
        """Puts what happened, and the marks of runs that have begun; takes back those that ended.

        Raises:
            LeaseLost: Another writes to the home by now.
            StoreFailed: The bucket could not be written to.
        """
        is_checked = False
        for place in sorted(self._home.events.glob(f"*/{SEAL}")):
            path, content = self._path(place), place.read_bytes()
            if not self._index.has(path, content):
                self._put_files(read_seal(place), path, content)
                if not is_checked:
                    self._lease.check()
                    is_checked = True
                self._put_listing(path, content)
        self._put_marks()
        self._index.save()

    def database(self) -> None:
        """Publishes the copy's database.

        Raises:
            LeaseLost: Another writes to the home by now; the pointer stays as it is.
        """
        publish_database(self._home, self._bucket, self._lease)

    def _put_files(self, files: Sequence[FileEntry], listing: str, content: bytes) -> None:
        generation = generation_of(content)
        with ThreadPoolExecutor(_THREADS) as threads:
            for _ in threads.map(lambda file: self._put_file(file, listing, generation), files):
                pass

    def _put_file(self, file: FileEntry, listing: str, generation: str) -> None:
        path, source = object_path(file, listing, generation), self._home.root / file.path
        is_warc = batch_of_warc(path) is not None
        if is_warc and not source.exists():
            if self._bucket.size(path) != file.byte_length:
                raise StoreDamaged(f"{self._bucket.address}/{path} is not what was committed")
            return
        is_put = self._bucket.put_file(path, source, file.sha256, self._lease.token)
        if not is_put and is_warc and self._bucket.sha256(path) != file.sha256:
            raise ArchiveOccupied(
                f"{self._bucket.address}/{path} has other bytes than what was staged; run again"
            )

    def _put_listing(self, path: str, content: bytes) -> None:
        """Puts what makes files count, if there is nothing or still what was read there."""
        known, token = self._index.etag(path), self._lease.token
        if known is None:
            etag = self._bucket.put_if_absent(path, content, token)
        else:
            etag = self._bucket.put_if_same(path, content, known, token)
        if etag is None:
            found = self._bucket.read(path)
            if found is None or found.content != content:
                raise StoreFailed(f"put {path}: another run has put it since; run again")
            etag = found.etag
        self._index.note(path, etag, content)

    def _put_marks(self) -> None:
        places = {self._path(place): place for place in started_paths(self._home)}
        for path, place in places.items():
            content = place.read_bytes()
            if not self._index.has(path, content):
                self._index.note(path, self._bucket.put(path, content, self._lease.token), content)
        for path in [path for path in self._index.paths if path.endswith(STARTED)]:
            if path not in places:
                self._bucket.delete(path)
                self._index.forget(path)

    def _path(self, place: Path) -> str:
        return place.relative_to(self._home.root).as_posix()
