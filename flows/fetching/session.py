"""The frame of a fetch: its locks, its draft, and the rows it leaves whatever happens.

The home's writer lock is held only to begin and to end: a list of addresses may take hours, in
which others are to write. A command that has a Prefect server of its own holds it throughout,
because that server's files are the home's too.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from contextvars import ContextVar
from dataclasses import dataclass

from flows.code_version import DISTRIBUTION, code_version
from flows.event_rows import COMPLETED, CRASHED, FAILED, Row, run_row
from flows.fetching.adoption import seal, tell
from flows.fetching.chains import Chains
from flows.fetching.client import Client
from flows.fetching.exchanges import Exchange
from flows.fetching.guard import Stopped
from flows.fetching.judging import CHANGED, NEW, NOT_HAD
from flows.fetching.options import FetchOptions
from flows.fetching.pacing import Pacing
from flows.fetching.retrying import Retrying
from flows.fetching.robots import Robots
from flows.fetching.targets import AddressUnfit, AllowedHosts, place_of
from flows.fetching.warc import FetchWriter, drafting
from flows.intake.times import now
from flows.outcomes import ALL_WELL, RUN_FAILED, SOME_QUARANTINED
from flows.printable import printable
from flows.recorded import reason, record_crashes
from flows.reference import reference_rows
from flows.run import Progress, new_run_id
from warehouse.commits import recover
from warehouse.database import publish
from warehouse.fetches import Known, known_of
from warehouse.home import Home
from warehouse.lock import writer_lock

_NO_HOST = ""
_ADDRESSES_NAMED = 20

_is_locked: ContextVar[bool] = ContextVar("is_locked", default=False)


@dataclass(frozen=True, slots=True)
class Tools:
    """What a fetch works with besides the network.

    Args:
        clock: Gives the seconds by which hosts are left alone.
        sleep: Waits for such seconds, and returns true when the run is to end; by default it does
            so until the run is stopped.
        chance: Gives numbers from 0 to 1, for rests between tries.
    """

    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], bool] | None = None
    chance: Callable[[], float] = random.random


_TOOLS = Tools()


class FetchRun:
    """One fetch from its first second to its last.

    A plain class, because Prefect looks into every dataclass that a task is given.
    """

    def __init__(
        self, home: Home, targets: Sequence[str], options: FetchOptions, progress: Progress
    ) -> None:
        self.home = home
        self.targets = tuple(targets)
        self.options = options
        self.progress = progress
        self.started_at = now()
        self.run_id = new_run_id(self.started_at)
        self.flow_run_id: str | None = None
        self.stop = threading.Event()
        self.chains: Chains | None = None
        self.writer: FetchWriter | None = None
        self.done: list[str] = []
        self.rows: tuple[Row, ...] = ()
        self.is_told = False

    @property
    def exit_code(self) -> int:
        """0 when each address gave what it should, 1 when some could not be had."""
        is_any = any(row["outcome"] in NOT_HAD for row in self.rows)
        return SOME_QUARANTINED if is_any else ALL_WELL

    @property
    def has_pages(self) -> bool:
        """Whether something came that is not yet kept as a capture."""
        return self.is_told and any(row["outcome"] in (NEW, CHANGED) for row in self.rows)

    @property
    def begun_row(self) -> Row:
        """The row of `runs` as it stands if the process dies."""
        options = self.options
        named = self.targets[:_ADDRESSES_NAMED]
        arguments = {
            "addresses": [printable(address) for address in named],
            "address_count": len(self.targets),
            "rate": options.rate,
            "allow_hosts": [printable(host) for host in options.allow_hosts],
            "allow_private": options.is_private_allowed,
            "max_bytes": options.max_bytes,
            "max_seconds": options.max_seconds,
            "retries": options.retries,
            "user_agent": options.user_agent,
        }
        row = run_row(
            run_id=self.run_id,
            kind="fetch",
            started_at=self.started_at,
            code_version=code_version(),
            arguments=arguments,
            state=CRASHED,
        )
        return {**row, "flow_run_id": self.flow_run_id}

    def addresses_by_host(self) -> dict[str, list[str]]:
        """Returns the addresses of each host, in order; those that name none are together."""
        groups: dict[str, list[str]] = {}
        for address in self.targets:
            try:
                host = place_of(address).host
            except AddressUnfit:
                host = _NO_HOST
            groups.setdefault(host, []).append(address)
        return groups

    def fetch_all(self, addresses: Sequence[str]) -> None:
        """Fetches addresses one after the other, as long as the run is not to end."""
        if self.chains is None:
            raise RuntimeError("a fetch that has not begun")
        for address in addresses:
            try:
                self.chains.follow(address)
            except Stopped:
                return
            self.done.append(address)
            self.progress.advance(1)


@contextmanager
def locked_throughout(home: Home, on_wait: Callable[[str], None]) -> Iterator[None]:
    """Holds the home's writer lock for fetches in the block, which then do not take it."""
    with writer_lock(home, wait=True, on_wait=on_wait):
        token = _is_locked.set(True)
        try:
            yield
        finally:
            _is_locked.reset(token)


@contextmanager
def home_lock(home: Home, progress: Progress) -> Iterator[None]:
    """Holds the home's writer lock, unless the command holds it throughout."""
    held = nullcontext() if _is_locked.get() else writer_lock(home, True, progress.say)
    with held:
        yield


@contextmanager
def begun_fetch(
    home: Home,
    targets: Sequence[str],
    options: FetchOptions,
    progress: Progress,
    flow_run_id: str | None = None,
    tools: Tools = _TOOLS,
) -> Iterator[FetchRun]:
    """Holds a fetch that has begun; what it got is in its place and told however the block ends.

    Raises:
        ValueError: A host that is to be allowed is none.
    """
    hosts = AllowedHosts(options.allow_hosts)
    run = FetchRun(home, targets, options, progress)
    run.flow_run_id = flow_run_id
    with ExitStack() as stack:
        with home_lock(home, progress):
            recover(home)
            record_crashes(home)
            known = known_of(home, run.targets)
            run.writer = stack.enter_context(drafting(home, run.begun_row))
        run.chains = _chains(run, hosts, known, run.writer.write, tools)
        try:
            yield run
        except BaseException as error:
            run.stop.set()
            with suppress(Exception):  # what cannot be told now, the next run tells
                end(run, FAILED, reason(error))
                with home_lock(home, progress):
                    publish(home, reference_rows())
            raise
        end(run)


def end(run: FetchRun, state: str = COMPLETED, error: str | None = None) -> None:
    """Puts what a fetch got in its place and tells it; once told, nothing more is done."""
    if run.is_told or run.writer is None:
        return
    run.writer.close()
    with home_lock(run.home, run.progress):
        written = seal(run.home, run.run_id)
        run.rows = written.rows
        ended_at = now()
        row = {
            **run.begun_row,
            "state": state,
            "exit_code": run.exit_code if state == COMPLETED else RUN_FAILED,
            "ended_at": ended_at,
            "duration_seconds": (ended_at - run.started_at).total_seconds(),
            "error": printable(error) if error is not None else None,
        }
        tell(run.home, row, written)
    run.is_told = True


def _chains(
    run: FetchRun,
    hosts: AllowedHosts,
    known: Mapping[str, Known],
    write: Callable[[Exchange], None],
    tools: Tools,
) -> Chains:
    options = run.options
    pacing = Pacing(options.rate, run.stop, tools.clock, tools.sleep)
    client = Client(options, hosts, run.stop)
    retrying = Retrying(client, pacing, options.retries, tools.chance)
    robots = Robots(retrying, pacing, hosts, DISTRIBUTION)
    return Chains(hosts, robots, retrying, known, write)
