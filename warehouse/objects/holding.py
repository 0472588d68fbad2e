"""A home on object storage, held for writing: its lease, its working copy, and its delivery."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from warehouse.home import Home
from warehouse.objects.address import parse_address
from warehouse.objects.bucket import Bucket
from warehouse.objects.delivery import Delivery
from warehouse.objects.index import Index
from warehouse.objects.lease import LEASE_SECONDS, lease_held
from warehouse.objects.mirror import mirror


def bucket_of(home: Home) -> Bucket:
    """Returns the bucket of which a home is the working copy.

    Raises:
        ValueError: It is a home on this machine.
    """
    if home.address is None:
        raise ValueError(f"{home.root} is no copy of a home on object storage")
    return Bucket(parse_address(home.address))


@contextmanager
def object_home_held(
    home: Home,
    wait: bool,
    say: Callable[[str], None],
    with_archive: bool = False,
    seconds: float = LEASE_SECONDS,
) -> Iterator[Delivery]:
    """Holds the lease of a home on object storage, its working copy brought up to it.

    The caller holds the lock of the working copy.

    Args:
        home: The working copy.
        wait: Whether to wait for another writer.
        say: Told who is waited for.
        with_archive: Whether all preserved bytes are wanted in the copy.
        seconds: How long the lease is good without being renewed.

    Raises:
        HomeBusy: Another writes to the home and `wait` is false.
        StoreFailed: The bucket cannot be reached, read or written to.
        StoreDamaged: What is in it is not what was put.
    """
    bucket = bucket_of(home)
    with lease_held(bucket, wait, say, seconds) as lease:
        bucket.abort_uploads()
        index = Index(home)
        mirror(home, bucket, index, with_archive)
        try:
            yield Delivery(home, bucket, index, lease)
        finally:
            index.save()
