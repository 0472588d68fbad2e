"""One ingest: what it was asked, what it works with, and what it has done so far."""

from __future__ import annotations

import secrets
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from flows.batches import BatchResult
from flows.holding import IN_PLACE, Delivery
from flows.intake.discovery import Discovery
from flows.intake.options import DEFAULT_OPTIONS, Options
from flows.intake.source_addresses import masked
from flows.ledger import Ledger, Tally, ledger_of
from flows.limits import Limits
from flows.outcomes import ALL_WELL, SOME_QUARANTINED, Outcomes
from flows.planning import HERE, ON_A_CLUSTER, BatchSize, Plan
from flows.pool import Pool
from flows.stopwatch import Stopwatch
from transforms.records import QUARANTINED
from warehouse.home import Home

if TYPE_CHECKING:
    from warehouse.database import Published

_SOURCES_NAMED = 20


def _nothing() -> None:
    return


class Progress(Protocol):
    """What tells a person how a run gets on."""

    def begin(self, stage: str, total: int | None = None) -> None:
        """Says that a stage begins, with the number of inputs it will pass where known."""

    def advance(self, count: int) -> None:
        """Says that so many inputs more have passed the stage."""

    def say(self, words: str) -> None:
        """Says something worth a line."""

    def end(self) -> None:
        """Says that nothing more comes."""


class Run:
    """One ingest from its first second to its last.

    A plain class, because Prefect looks into every dataclass that a task is given, and this one
    leads to every input of the run.
    """

    def __init__(
        self,
        home: Home,
        sources: Sequence[str],
        workers: int | str,
        started_at: datetime,
        code_version: str,
        progress: Progress,
        pool: Pool,
        publisher: Executor,
        options: Options = DEFAULT_OPTIONS,
        delivery: Delivery = IN_PLACE,
    ) -> None:
        self.home = home
        self.sources = tuple(sources)
        self.workers = workers
        self.started_at = started_at
        self.run_id = new_run_id(started_at)
        self.code_version = code_version
        self.progress = progress
        self.stopwatch = Stopwatch()
        self.pool = pool
        self.publisher = publisher
        self.options = options
        self.delivery = delivery
        self.loading: Future[None] | None = None
        self.loaded_to = 0
        self.discovering: Future[Discovery] = Future()
        self.flow_run_id: str | None = None
        self.discovery = Discovery()
        self.plan = Plan((), Outcomes(), {})
        self.is_planned = False
        # A task may be tried again while its first try is still alive: one of the two acts.
        self.acting = threading.RLock()
        self.counted: set[int] = set()
        self.batch_calls: dict[int, Future[BatchResult]] = {}
        self.outcomes = Outcomes()
        self.issues: Counter[str] = Counter()
        self.documents: tuple[str, ...] = ()
        self.batch_count = 0
        self.is_recorded = False
        self.published: Published | None = None
        self.has_lost_server = False
        # Raises when the run may not publish any more: whoever watches it takes it for dead.
        self.before_publishing: Callable[[], None] = _nothing

    @property
    def limits(self) -> Limits:
        """What the run takes on at most."""
        return self.options.limits

    @property
    def batch_size(self) -> BatchSize:
        """Where its batches end."""
        return ON_A_CLUSTER if isinstance(self.workers, str) else HERE

    @property
    def ledger(self) -> Ledger:
        """The ledger as it stands."""
        found = self.discovery
        return ledger_of(Tally(len(found.inputs), found.byte_length), self.outcomes)

    @property
    def exit_code(self) -> int:
        """The exit code when nothing fails from here: 1 when an input is quarantined, else 0."""
        return SOME_QUARANTINED if self.outcomes.counts[QUARANTINED] else ALL_WELL

    @property
    def arguments(self) -> dict[str, object]:
        """What the run was asked, for its row in `runs`."""
        return {"sources": described(self.sources), "workers": self.workers}

    def stop(self) -> None:
        """Lets the worker processes end with what they are at; nothing more is begun.

        The publisher's is waited for: what comes next may be another draft of the database.
        """
        self.pool.shutdown(wait=False, cancel_futures=True)
        self.publisher.shutdown(wait=True, cancel_futures=True)


def new_run_id(started_at: datetime) -> str:
    """Returns an id such as `20261123T141500Z-1a2b3c4d`: start (UTC) and a random suffix."""
    return f"{started_at:%Y%m%dT%H%M%SZ}-{secrets.token_hex(4)}"


def described(sources: Sequence[str]) -> list[str]:
    """Returns `sources`, or the first of them and how many more: a shell may name thousands.

    Passwords and signatures in addresses are left out.
    """
    sources = [masked(source) for source in sources]
    if len(sources) <= _SOURCES_NAMED:
        return sources
    return [*sources[:_SOURCES_NAMED], f"... and {len(sources) - _SOURCES_NAMED} more"]
