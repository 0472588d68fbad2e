"""A data home held for writing, wherever it lies, and what is delivered to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

from warehouse.home import Home
from warehouse.lock import writer_lock


class Delivery(Protocol):
    """What brings the work of a run from its folder to where the home lies."""

    def batch(self, batch_id: str) -> None:
        """Makes a batch that is committed in the folder exist in the home."""

    def batches(self) -> None:
        """Does so for all that the home does not have as they are in the folder."""

    def events(self) -> None:
        """Brings what happened."""

    def database(self) -> None:
        """Publishes the folder's database."""


class InPlace:
    """A home on this machine: what is done in its folder is done."""

    def batch(self, batch_id: str) -> None:
        """Is done."""

    def batches(self) -> None:
        """Is done."""

    def events(self) -> None:
        """Is done."""

    def database(self) -> None:
        """Is done."""


IN_PLACE = InPlace()


@contextmanager
def held_home(
    home: Home, wait: bool, say: Callable[[str], None], with_archive: bool = False
) -> Iterator[Delivery]:
    """Holds a home as its one writer.

    Args:
        home: The home, or the working copy of one on object storage.
        wait: Whether to wait for another writer.
        say: Told who is waited for.
        with_archive: Whether a working copy needs all preserved bytes.

    Raises:
        HomeBusy: Another writes to it and `wait` is false.
    """
    with writer_lock(home, wait, say):
        if home.address is None:
            yield IN_PLACE
            return
        from warehouse.objects.holding import object_home_held

        with object_home_held(home, wait, say, with_archive) as delivery:
            yield delivery
