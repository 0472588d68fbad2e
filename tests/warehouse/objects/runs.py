"""Runs at a home on object storage: what a flow does to the store, without the flow."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import botocore.session
import pytest

from tests.warehouse.objects.store import Front
from tests.warehouse.pages import (
    CODE_VERSION,
    acquisition_row,
    page,
    publish_all,
    reading_of,
    run_row,
    stage_batch,
)
from transforms.records import Capture
from warehouse.archive import read_warc
from warehouse.commits import (
    commit,
    known_capture_ids,
    recover,
    stage,
    uncommitted_archives,
)
from warehouse.digests import content_digests
from warehouse.events import crashed_runs, mark_started, write_event_tables
from warehouse.home import Home
from warehouse.lock import writer_lock
from warehouse.objects.bucket import Bucket, StoreFailed
from warehouse.objects.checking import check_bucket
from warehouse.objects.delivery import Delivery
from warehouse.objects.holding import bucket_of, object_home_held

_SESSION = botocore.session.Session()
_numbers = itertools.count()
PAGES = [page(number) for number in range(6)]


@dataclass(frozen=True)
class Place:
    """A home in a bucket, and where its copies lie."""

    front: Front
    folder: Path
    address: str

    @classmethod
    def made(cls, front: Front, folder: Path) -> Place:
        """Returns an empty one in a new bucket."""
        name = f"archive-{next(_numbers)}"
        client().create_bucket(Bucket=name)
        return cls(front, folder, f"s3://{name}/refworld")

    def copy(self) -> Home:
        """Returns a working copy in which nothing is yet."""
        return Home(self.folder / f"copy-{next(_numbers)}", self.address)

    @property
    def bucket(self) -> Bucket:
        return bucket_of(Home(self.folder, self.address))

    @property
    def paths(self) -> list[str]:
        """The paths of all objects."""
        return [one.path for one in self.bucket.objects()]

    def elsewhere(self) -> Place:
        """Returns another empty home at the same server."""
        return replace(Place.made(self.front, self.folder), folder=self.folder)


def client() -> Any:
    import os

    return _SESSION.create_client(
        "s3", endpoint_url=os.environ["AWS_ENDPOINT_URL"], region_name="us-east-1"
    )


def ignore(_words: str) -> None:
    return


@contextmanager
def held(home: Home, wait: bool = False, **options: Any) -> Iterator[Delivery]:
    with writer_lock(home, wait), object_home_held(home, wait, ignore, **options) as delivery:
        yield delivery


def ingest(home: Home, captures: Sequence[Capture], run_id: str, size: int = 2) -> None:
    """Takes captures in as the flow does: adopts, commits batches, records, publishes."""
    with held(home) as delivery:
        ingest_held(home, delivery, captures, run_id, size)


def ingest_held(
    home: Home, delivery: Delivery, captures: Sequence[Capture], run_id: str, size: int = 2
) -> None:
    recover(home)
    for row in crashed_runs(home):
        write_event_tables(home, row["run_id"], {"runs": [row]})
    mark_started(home, run_row(run_id, state="crashed"))
    delivery.events()
    adopt(home)
    delivery.batches()
    known = known_capture_ids(home)
    new = [one for one in captures if bytes.fromhex(one.capture_id) not in known]
    for start in range(0, len(new), size):
        staged = stage_batch(home, new[start : start + size])
        commit(home, staged)
        delivery.batch(staged.batch_id)
    rows = [acquisition_row(run_id, seq, one) for seq, one in enumerate(new)]
    row = run_row(run_id, input_count=len(rows), new_count=len(rows),
                  input_bytes=sum(len(one.payload) for one in new),
                  new_bytes=sum(len(one.payload) for one in new))  # fmt: skip
    write_event_tables(home, run_id, {"runs": [row], "acquisitions": rows})
    delivery.events()
    publish_all(home)
    delivery.database()
    delivery.events()


def adopt(home: Home) -> None:
    for path in uncommitted_archives(home):
        known = known_capture_ids(home)
        found = [one for _, one in read_warc(path) if bytes.fromhex(one.capture_id) not in known]
        if found:
            commit(home, stage(home, found, [reading_of(one) for one in found], CODE_VERSION))


def killed_after(place: Place, last: str, run: Callable[[], None]) -> None:
    """Runs until a write to a path that ends so, from where nothing reaches the bucket more.

    What the bucket has then is what it has after a SIGKILL.
    """
    method, ending = last.split()

    def after(done: str, path: str) -> None:
        if done == method and path.endswith(ending):
            place.front.is_dead = True

    place.front.after = after
    with pytest.raises(StoreFailed):
        run()
    assert place.front.is_dead
    place.front.reset()


def faults(place: Place) -> list[str]:
    return [fault.place for fault in check_bucket(place.bucket, lambda length: None).faults]


def digests_of(place: Place) -> dict[str, str]:
    """Returns the content digests of what the bucket has."""
    copy = place.copy()
    with held(copy):
        return content_digests(copy)
