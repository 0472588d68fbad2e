"""The flow of an audit, for a schedule: what Prefect shows is its summary and its faults.

    check    archive, lake and database, the oldest check first, as far as the time goes
    show     the artifacts `verify-summary` and `verify-faults`

A flow run that found faults fails, so that a schedule's watcher sees it; its artifacts and its rows
in `fixity_checks` are there by then.
"""

from __future__ import annotations

from itertools import islice
from pathlib import Path

from prefect import flow, runtime, task
from prefect.artifacts import create_markdown_artifact, create_table_artifact
from prefect.cache_policies import NO_CACHE

from flows.auditing import Audited, audit, report_lines
from flows.markdown import fenced, literal
from flows.pace import Pace, parse_budget, parse_rate
from flows.printable import printable, shortened
from flows.progress import progress_for
from flows.quantities import counted
from warehouse.faults import Fault
from warehouse.home import Home

_SHOWN = 200
_WORDS = 300


class FaultsFound(Exception):
    """The audit came to its end and found something that is not as it must be."""


@flow(name="verify", persist_result=False)
def verify(data: str = "data", budget: str | None = None, rate: str | None = None) -> str:
    """Audits a data home, and returns the id of the run.

    Args:
        data: The data home.
        budget: Time after which to stop, as `90s`, `10m` or `2h`; the next run goes on from there.
        rate: Bytes a second to read at most, as `50MB`.

    Raises:
        FaultsFound: Something is damaged.
    """
    audited = check(data, budget, rate)
    show(audited)
    if audited.report.faults:
        words = counted(len(audited.report.faults), "fault")
        raise FaultsFound(f"{words}, the first in {printable(audited.report.faults[0].place)}")
    return audited.run_id


@task(name="check", cache_policy=NO_CACHE, persist_result=False)
def check(data: str, budget: str | None, rate: str | None) -> Audited:
    """Audits a data home as the command does."""
    home = Home(Path(data).expanduser().absolute())
    if not home.root.is_dir():
        raise FileNotFoundError(f"There is no data home at {home.root}.")
    pace = Pace(parse_budget(budget), parse_rate(rate))
    arguments = {"budget": budget, "rate": rate}
    return audit(home, pace, arguments, progress_for(None), runtime.flow_run.id)


@task(name="show", cache_policy=NO_CACHE, persist_result=False)
def show(audited: Audited) -> None:
    """Creates the artifacts of an audit."""
    create_markdown_artifact(
        key="verify-summary", markdown=summary(audited), description="What the audit found."
    )
    create_table_artifact(
        key="verify-faults",
        table=[_fault_row(fault) for fault in audited.report.faults[:_SHOWN]],
        description="Faults: file, record, capture and document, and what was expected.",
    )


def summary(audited: Audited) -> str:
    """Returns the summary of an audit as markdown."""
    lines = islice(report_lines(audited.report), _SHOWN)
    return f"# Verify {audited.run_id}\n\n{fenced(lines)}"


def _fault_row(fault: Fault) -> dict[str, object]:
    subject = fault.subject
    return {
        "place": literal(fault.place),
        "what": literal(fault.what),
        "record": subject.record_number if subject else None,
        "offset": subject.record_offset if subject else None,
        "capture_id": subject.capture_id if subject else None,
        "document_id": subject.document_id if subject else None,
        "target_uri": literal(subject.target_uri or "") if subject else None,
        "expected": literal(shortened(str(fault.expected), _WORDS)),
        "found": literal(shortened(str(fault.found), _WORDS)),
    }
