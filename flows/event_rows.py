"""The rows that a run leaves behind: itself, and each input it saw."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from flows.ledger import Tally, ledger_of
from flows.outcomes import Outcomes
from flows.printable import printable
from flows.run import Run

COMPLETED = "completed"
FAILED = "failed"
CRASHED = "crashed"

Row = dict[str, Any]
_EMPTY_LEDGER = ledger_of(Tally(), Outcomes())


def run_row(
    *,
    run_id: str,
    kind: str,
    started_at: datetime,
    code_version: str,
    arguments: Mapping[str, object],
    state: str,
) -> Row:
    """Returns the row of a run that has just begun, as it will stand if its process dies."""
    return {
        "run_id": run_id,
        "kind": kind,
        "started_at": started_at,
        "ended_at": None,
        "duration_seconds": None,
        "state": state,
        "exit_code": None,
        "code_version": code_version,
        "flow_run_id": None,
        "arguments": json.dumps(arguments, ensure_ascii=True),
        **_EMPTY_LEDGER.columns(),
        "passed_over_count": 0,
        "passed_over_bytes": 0,
        "batch_count": 0,
        "stage_seconds": None,
        "error": None,
    }


def begun_row(run: Run) -> Row:
    """Returns the row of an ingest that has just begun."""
    return run_row(
        run_id=run.run_id,
        kind="ingest",
        started_at=run.started_at,
        code_version=run.code_version,
        arguments=run.arguments,
        state=CRASHED,
    )


def ended_row(
    run: Run, state: str, ended_at: datetime, exit_code: int, error: str | None = None
) -> Row:
    """Returns the row of an ingest that has ended, well or not."""
    return {
        **begun_row(run),
        **run.ledger.columns(),
        "passed_over_count": run.discovery.passed_over_count,
        "passed_over_bytes": run.discovery.passed_over_bytes,
        "ended_at": ended_at,
        "duration_seconds": (ended_at - run.started_at).total_seconds(),
        "state": state,
        "exit_code": exit_code,
        "flow_run_id": run.flow_run_id,
        "batch_count": run.batch_count,
        "stage_seconds": json.dumps(run.stopwatch.stages),
        "error": printable(error) if error is not None else None,
    }


def acquisition_rows(run: Run) -> Iterator[Row]:
    """Yields one row for each input whose outcome is known, in the order of the inputs."""
    return (
        {
            "run_id": run.run_id,
            "seq": position,
            # Names of files may hold what is no text at all.
            "source": printable(seen.source),
            "target_uri": seen.target_uri,
            "captured_at": seen.captured_at,
            "seen_at": seen.seen_at,
            "byte_length": outcome.byte_length,
            "payload_sha256": seen.payload_sha256,
            "capture_id": outcome.capture_id,
            "outcome": outcome.outcome,
            "issue_code": outcome.issue_code or seen.issue_code,
            "words": None if (words := outcome.words or seen.words) is None else printable(words),
        }
        for position, seen in enumerate(run.discovery.inputs)
        if (outcome := run.outcomes.get(position)) is not None
    )
