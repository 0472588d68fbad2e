"""One writer per home on object storage: a lease that runs out, with a token that only grows.

`lease.json` says who writes. It is taken by a put that fails when another was quicker, renewed by
a thread at a third of its time, and left behind as released, so that its token is never used
twice. Whether one has run out is told by the server's clock alone; a holder counts its own time
from before it asked for the renewal, and gives itself up before others may take over.

The design note of this package says what a holder can still do that sleeps through its time.
"""

from __future__ import annotations

import os
import secrets
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from warehouse.lock import HomeBusy, shown_command
from warehouse.objects.bucket import Bucket, Found, StoreFailed
from warehouse.sealed import SealBroken, sealed, unsealed

LEASE = "lease.json"
LEASE_SECONDS = 60.0
_RENEWALS = 3  # in the time of a lease
_OWN_SHARE = 0.8  # of its time, after which a holder gives itself up
_RESOLUTION = 1.0  # second, of both times that HTTP tells
_LOOKS = 20
_FORMAT = 1
_NO_TAG = '"00000000000000000000000000000000"'
_COMMAND = 1000


class LeaseLost(Exception):
    """Another process writes to the home by now; this one commits and publishes nothing more."""


@dataclass(frozen=True, slots=True)
class Held:
    """What `lease.json` says.

    Args:
        token: Grows with every holder.
        holder: Of this holding alone, at random.
        host: Where the holder runs.
        pid: Its process.
        command: What it was called with, without passwords.
        seconds: How long the lease is good after it was put.
        renewed_count: How often it was renewed, so that each renewal has a tag of its own.
        expires_at: When it runs out unless it is renewed (UTC), for people.
        is_released: Whether the holder is done.
    """

    token: int
    holder: str
    host: str
    pid: int
    command: str
    seconds: float
    renewed_count: int
    expires_at: str
    is_released: bool

    @property
    def in_words(self) -> str:
        """Who that is."""
        return f"process {self.pid} on {self.host} ({self.command}), token {self.token}"


class Lease:
    """A lease that this process holds."""

    def __init__(
        self, bucket: Bucket, held: Held, etag: str, taken_at: datetime, asked_at: float
    ) -> None:
        self._bucket = bucket
        self._held = held
        self._etag = etag
        self._taken_at, self._asked_at = taken_at, asked_at
        self._good_until = asked_at + held.seconds * _OWN_SHARE
        self._changing = threading.Lock()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="lease", daemon=True)

    @property
    def token(self) -> int:
        """The token of this holding."""
        return self._held.token

    def start(self) -> None:
        """Begins to renew it."""
        self._thread.start()

    def check(self) -> None:
        """Asks the bucket whether the lease is still held.

        Raises:
            LeaseLost: It is not, or has not been renewed in time.
        """
        self._check_time()
        found = self._bucket.read(LEASE)
        held = _held_of(found)
        if held is None or held.holder != self._held.holder or held.is_released:
            raise self._lost(held)
        self._check_time()

    def try_conditions(self) -> None:
        """Asks for two puts that must be refused: all safety rests on such refusals.

        Raises:
            StoreFailed: The service ignores the conditions of a put.
        """
        with self._changing:
            content = _content(self._held)  # so that an ignored condition changes nothing
            is_new = self._bucket.put_if_absent(LEASE, content, self.token)
            is_other = self._bucket.put_if_same(LEASE, content, _NO_TAG, self.token)
        if is_new is not None or is_other is not None:
            condition = "If-None-Match" if is_new is not None else "If-Match"
            raise StoreFailed(
                f"{self._bucket.address} lies at a service that ignores {condition} when an object "
                "is put; a home needs one that does not"
            )

    def release(self) -> None:
        """Ends the renewals, and lets others have it where it is still held."""
        self._ended.set()
        if self._thread.is_alive():
            self._thread.join()
        with suppress(StoreFailed, LeaseLost), self._changing:
            content = _content(replace(self._held, is_released=True))
            self._bucket.put_if_same(LEASE, content, self._etag, self.token)

    def renew(self) -> None:
        """Renews it once.

        Raises:
            LeaseLost: Another has taken it.
            StoreFailed: The bucket cannot be asked.
        """
        with self._changing:
            asked_at = time.monotonic()
            since = timedelta(seconds=asked_at - self._asked_at + self._held.seconds)
            renewed = replace(
                self._held,
                renewed_count=self._held.renewed_count + 1,
                expires_at=_rendered(self._taken_at + since),
            )
            etag = self._bucket.put_if_same(LEASE, _content(renewed), self._etag, self.token)
            if etag is None:
                # An earlier try may have been done although its answer was lost.
                found = self._bucket.read(LEASE)
                if found is None or found.content != _content(renewed):
                    raise self._lost(_held_of(found))
                etag = found.etag
            self._held, self._etag = renewed, etag
            self._good_until = asked_at + self._held.seconds * _OWN_SHARE

    def _keep(self) -> None:
        while not self._ended.wait(self._held.seconds / _RENEWALS):
            try:
                self.renew()
            except LeaseLost:
                self._good_until = float("-inf")
                return
            except StoreFailed:
                continue  # there may be time for another try; `check` looks at the clock

    def _check_time(self) -> None:
        if time.monotonic() >= self._good_until:
            raise self._lost(None)

    def _lost(self, held: Held | None) -> LeaseLost:
        is_other = held is not None and held.holder != self._held.holder
        who = f"{held.in_words} has it" if held and is_other else "it could not be renewed in time"
        return LeaseLost(
            f"the lease of {self._bucket.address} with token {self.token} is lost: {who}; "
            "what this run has committed stays, and nothing more is committed or published"
        )


@contextmanager
def lease_held(
    bucket: Bucket,
    wait: bool,
    on_wait: Callable[[str], None],
    seconds: float = LEASE_SECONDS,
) -> Iterator[Lease]:
    """Holds the lease of a home for the length of the block.

    Args:
        bucket: The home.
        wait: Whether to wait for another holder to release it, or to let it run out.
        on_wait: Told once who is waited for.
        seconds: How long the lease is good without being renewed.

    Raises:
        HomeBusy: Another holds it and `wait` is false.
        StoreFailed: The bucket cannot be asked, or ignores conditions.
    """
    lease = _taken(bucket, wait, on_wait, seconds)
    lease.start()
    try:
        lease.try_conditions()
        yield lease
    finally:
        lease.release()


def holder_of(bucket: Bucket) -> Held | None:
    """Returns who holds the lease of a home now, None when nobody does."""
    found = bucket.read(LEASE)
    held = _held_of(found)
    return None if found is None or held is None or _is_free(held, found) else held


def _taken(bucket: Bucket, wait: bool, on_wait: Callable[[str], None], seconds: float) -> Lease:
    is_said = False
    while True:
        asked_at = time.monotonic()
        found = bucket.read(LEASE)
        held = _held_of(found)
        if found is None or held is None or _is_free(held, found):
            lease = _try_to_take(bucket, found, held, seconds, asked_at)
            if lease is not None:
                return lease
            continue  # another was quicker
        message = f"{bucket.address} is being written to by {held.in_words}"
        if not wait:
            raise HomeBusy(message)
        if not is_said:
            on_wait(message)
            is_said = True
        time.sleep(held.seconds / _LOOKS)


def _try_to_take(
    bucket: Bucket, found: Found | None, before: Held | None, seconds: float, asked_at: float
) -> Lease | None:
    # Of a lease that cannot be read the token is in what was put beside it.
    token = 1 + max(before.token if before else 0, found.token if found else 0)
    taken_at = found.now if found else datetime.now(UTC)
    mine = Held(
        token=token,
        holder=secrets.token_hex(16),
        host=socket.gethostname(),
        pid=os.getpid(),
        command=shown_command(sys.argv)[:_COMMAND],
        seconds=seconds,
        renewed_count=0,
        expires_at=_rendered(taken_at + timedelta(seconds=seconds)),
        is_released=False,
    )
    content = _content(mine)
    if found is None:
        etag = bucket.put_if_absent(LEASE, content, token)
    else:
        etag = bucket.put_if_same(LEASE, content, found.etag, token)
    if etag is None:
        again = bucket.read(LEASE)
        if again is None or again.content != content:
            return None
        etag = again.etag  # the answer was lost, and the put was done
    return Lease(bucket, mine, etag, taken_at, asked_at)


def _is_free(held: Held, found: Found) -> bool:
    return held.is_released or found.age > held.seconds + _RESOLUTION


def _rendered(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")


def _content(held: Held) -> bytes:
    return sealed({"format": _FORMAT, **asdict(held)})


def _held_of(found: Found | None) -> Held | None:
    """Returns what a lease says; None when there is none, or what is there says nothing."""
    if found is None:
        return None
    try:
        fields: dict[str, Any] = unsealed(found.content)
        del fields["format"]
        return Held(**fields)
    except (SealBroken, KeyError, TypeError):
        return None
