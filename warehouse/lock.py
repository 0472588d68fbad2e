"""One writer per data home, by a lock that dies with its processes.

The processes that a writer starts to work for it hold the lock with it: what is left of a killed
run, and still writes for the moment that it needs to see that, never writes beside its successor.
"""

from __future__ import annotations

import fcntl
import json
import os
import socket
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from multiprocessing import reduction
from typing import Any, Protocol

from warehouse import disk
from warehouse.home import Home

# A forked worker would share the lock and keep it when its parent is killed, so it lets go of it
# at once; closing a copy does not unlock the original.
_held: set[int] = set()


def _let_go() -> None:
    while _held:
        os.close(_held.pop())


os.register_at_fork(after_in_child=_let_go)


# How long a holder that is dead is waited for by one who would not wait: its workers are ending.
_LAST_BREATH = 10.0


class HomeBusy(Exception):
    """Another process writes to the data home; the message names it."""


def _now() -> datetime:
    return datetime.now(UTC)


def _ignore(_message: str) -> None:
    return


@contextmanager
def writer_lock(
    home: Home,
    wait: bool,
    on_wait: Callable[[str], None] = _ignore,
    clock: Callable[[], datetime] = _now,
) -> Iterator[None]:
    """Holds the home's writer lock for the length of the block.

    The operating system frees the lock when the process ends, however it ends; the words in the
    file only say who holds it, and are never trusted for more.

    Args:
        home: The data home; its folder is made when missing.
        wait: Whether to wait for another writer to finish.
        on_wait: Told once who is waited for.
        clock: Gives the time to write down as the start.

    Raises:
        HomeBusy: Another process holds the lock and `wait` is false.
    """
    disk.make_folder(home.root)
    descriptor = os.open(home.lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    _held.add(descriptor)
    try:
        _acquire(descriptor, home, wait, on_wait)
        _write_holder(descriptor, clock())
        yield
    finally:
        # In a forked child that leaves the block the descriptor is closed, or already another's.
        if descriptor in _held:
            _held.remove(descriptor)
            os.close(descriptor)


class Share:
    """A part in the locks that this process holds, for a process that it spawns.

    It is handed over by being pickled for that process, which has it until it ends.
    """

    def __reduce__(self) -> tuple[Callable[..., None], tuple[list[_Handle]]]:
        """Returns how the spawned process takes its part."""
        return _take_part, ([reduction.DupFd(descriptor) for descriptor in sorted(_held)],)


class _Handle(Protocol):
    def detach(self) -> int: ...


def _take_part(handles: list[_Handle]) -> None:
    for handle in handles:
        handle.detach()  # open from here to the end of the process


def _acquire(descriptor: int, home: Home, wait: bool, on_wait: Callable[[str], None]) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        message = f"{home.root} is being written to by {_read_holder(descriptor)}"
        if not wait:
            if _is_dead(descriptor) and _acquired_within(descriptor, _LAST_BREATH):
                return
            raise HomeBusy(message) from None
        on_wait(message)
        fcntl.flock(descriptor, fcntl.LOCK_EX)


def _acquired_within(descriptor: int, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(0.02)
        else:
            return True
    return False


def _is_dead(descriptor: int) -> bool:
    """Returns whether the process that took the lock is known to be gone."""
    holder = _holder(descriptor)
    if holder is None or holder["host"] != socket.gethostname():
        return False
    try:
        os.kill(holder["pid"], 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def _write_holder(descriptor: int, started: datetime) -> None:
    holder = {
        "pid": os.getpid(),
        "host": socket.gethostname(),
        "started": started.isoformat(timespec="seconds"),
        "command": shown_command(sys.argv)[:1000],
    }
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, json.dumps(holder, sort_keys=True).encode("ascii"), 0)


def shown_command(words: Sequence[str]) -> str:
    """Returns what a process was called with, without what may be passwords or signatures."""
    return " ".join(map(_shown, words))


def _shown(argument: str) -> str:
    """Returns an argument of a command, an address without what may be a password or signature."""
    scheme, is_address, rest = argument.partition("://")
    if not is_address:
        return argument
    host, slash, path = rest.partition("?")[0].partition("/")
    return f"{scheme}://{host.rpartition('@')[2]}{slash}{path}"


def _read_holder(descriptor: int) -> str:
    holder = _holder(descriptor)
    if holder is None:
        # The holder locks first and writes its name after.
        return "another process, which has not yet said which"
    return (
        f"process {holder['pid']} on {holder['host']} since {holder['started']} "
        f"({holder['command']})"
    )


def _holder(descriptor: int) -> dict[str, Any] | None:
    try:
        found = json.loads(os.pread(descriptor, 1 << 16, 0))
        return {
            "pid": int(found["pid"]),
            **{name: str(found[name]) for name in ("host", "started", "command")},
        }
    except (ValueError, KeyError, TypeError):
        return None
