"""Runs that leave their row in `runs`, however they end."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from flows.code_version import code_version
from flows.event_rows import COMPLETED, CRASHED, FAILED, Row, run_row
from flows.intake.times import now
from flows.outcomes import ALL_WELL, RUN_FAILED
from flows.printable import printable
from flows.run import new_run_id
from warehouse.commits import recover
from warehouse.events import crashed_runs, mark_started, write_event_tables
from warehouse.home import Home
from warehouse.schema import RUNS


@dataclass(slots=True)
class Record:
    """What a run will leave behind.

    Args:
        run_id: The run.
        code_version: Version of the code at work.
        exit_code: The exit code.
        batch_count: Batches committed.
        flow_run_id: Prefect's id of the flow run, where it is one.
        keep: Writes the tables as they are, so that they outlive a kill; the run stands there as
            crashed until it ends.
        tables: Rows of event tables besides `runs`.
    """

    run_id: str
    code_version: str
    exit_code: int = ALL_WELL
    batch_count: int = 0
    flow_run_id: str | None = None
    keep: Callable[[], None] = field(default=lambda: None)
    tables: dict[str, list[dict[str, Any]]] = field(default_factory=dict)


@contextmanager
def recorded(home: Home, kind: str, arguments: Mapping[str, object]) -> Iterator[Record]:
    """Holds a run that is no ingest, a rebuild or a verification say, and records how it ended.

    The caller holds the writer lock, and publishes afterwards.
    """
    recover(home)
    record_crashes(home)
    started_at = now()
    record = Record(new_run_id(started_at), code_version())
    row = run_row(
        run_id=record.run_id,
        kind=kind,
        started_at=started_at,
        code_version=record.code_version,
        arguments=arguments,
        state=CRASHED,
    )
    mark_started(home, row)

    def keep() -> None:
        begun = {**row, "flow_run_id": record.flow_run_id}
        write_event_tables(home, record.run_id, {RUNS.name: [begun], **record.tables})

    record.keep = keep
    try:
        yield record
    except BaseException as error:
        row |= {"state": FAILED, "exit_code": RUN_FAILED, "error": printable(reason(error))}
        _write(home, record, row)
        raise
    row |= {"state": COMPLETED, "exit_code": record.exit_code}
    _write(home, record, row)


def record_crashes(home: Home) -> None:
    """Records the runs whose process died before they could record themselves."""
    if home.fetched.is_dir():
        from flows.fetching.adoption import adopt_fetches  # what it needs, others can do without

        adopt_fetches(home)
    for row in crashed_runs(home):
        write_event_tables(home, row["run_id"], {"runs": [row]})


def is_interruption(error: BaseException) -> bool:
    """Returns whether an error is a Ctrl-C, or one that a Ctrl-C in the midst of things led to.

    Prefect, interrupted while it begins a task, fails over its own half-made state.
    """
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, KeyboardInterrupt):
            return True
        seen = seen.__cause__ or seen.__context__
    return False


def reason(error: BaseException) -> str:
    """Returns what made a run fail, in words."""
    if is_interruption(error):
        return "interrupted by the user"
    return f"{type(error).__name__}: {error}"


def _write(home: Home, record: Record, row: Row) -> None:
    ended_at = now()
    seconds = (ended_at - row["started_at"]).total_seconds()
    ended = {
        "ended_at": ended_at,
        "duration_seconds": seconds,
        "batch_count": record.batch_count,
        "flow_run_id": record.flow_run_id,
    }
    write_event_tables(home, record.run_id, {"runs": [{**row, **ended}], **record.tables})
