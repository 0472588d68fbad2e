"""The flows of a service, as its runner starts them: each in a process of its own.

Each is the command's own flow with what only a service needs around it: an inbox that is looked
at first, a name that says what came of it, floors, and word to those who want to know.
"""

from __future__ import annotations

import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from prefect import flow, runtime
from prefect.artifacts import create_markdown_artifact
from prefect.client.orchestration import get_client
from prefect.logging import get_run_logger

from flows.code_version import code_version
from flows.compacting import compact_home, compaction_faults, compaction_words
from flows.fetch import fetch as fetch_flow
from flows.ingest import ingest as ingest_flow
from flows.intake.options import Options
from flows.limits import limits_of
from flows.markdown import fenced
from flows.progress import progress_for
from flows.quantities import counted
from flows.report import issue_counts, quarantined
from flows.run import Run, described
from flows.serving import floors, inbox, notices, trends
from flows.session import begun_run
from flows.verify import FaultsFound
from flows.verify import verify as verify_flow
from warehouse.home import Home
from warehouse.lock import writer_lock
from warehouse.search_index import build_search_index

_NAMED = 20


class RunEnded(Exception):
    """Prefect has taken this run for dead, or somebody has cancelled it: it publishes nothing."""


class FloorBroken(Exception):
    """A run brought less than the one before it, and is to fail for it."""


class TablesDamaged(Exception):
    """Tables that were to be put together are damaged; they were left as they are."""


def _named(what: str) -> str:
    """Returns the name of a run before it is known what comes of it."""
    return f"{what} {datetime.now(UTC):%Y-%m-%d %H:%M}"


@flow(name="ingest-inbox", flow_run_name=lambda: _named("ingest inbox"), persist_result=False)
def ingest_inbox(
    inbox_folder: str,
    data: str,
    workers: int | None = None,
    min_age: float = 60.0,
    floor: dict[str, Any] | None = None,
    webhook: str = "",
    limits: dict[str, Any] | None = None,
) -> str:
    """Takes in what is new in an inbox, and returns in words what that was.

    Args:
        inbox_folder: The inbox; nothing in it is moved or deleted.
        data: The data home.
        workers: Worker processes; one for each processor when None.
        min_age: Seconds that a file must have been left alone.
        floor: `action` (`warn` or `fail`), `fall` and `least_documents`; none when None.
        webhook: Address that is told of what went wrong; none when empty.
        limits: By the names of the options of `refworld ingest`, sizes in MB; as there when None.

    Raises:
        FloorBroken: The run fell below a floor, and that is to fail it. What it took in stays.
    """
    log = get_run_logger()
    with notices.telling(webhook, "ingest-inbox", runtime.flow_run.id):
        home, folder = Home(Path(data)), Path(inbox_folder)
        settled_before = time.time() - min_age
        with writer_lock(home, wait=True, on_wait=log.info):
            found = inbox.look(folder, settled_before, f"{limits or {}} {code_version()}\n")
            if inbox.is_known(home, folder, found):
                words = "nothing new"
                if found.unsettled_count:
                    words += f", {counted(found.unsettled_count, 'file')} still young"
                _rename(words)
                log.info("%s in %s", words, folder)
                return words
            options = Options(limits_of(**(limits or {})), settled_before=settled_before)
            progress = progress_for(None)
            with begun_run(home, [str(folder)], workers, progress, options) as run:
                run.before_publishing = _refuse_if_ended
                ingest_flow(described(run.sources), str(home.root), run.workers)
                words = _tell(run)
            inbox.note(home, folder, found)
        _rename(words)
        trends.publish(home)
        broken = floors.check(home, run.run_id, floors.Floor(**floor)) if floor else ()
        if broken:
            floors.show(broken)
            notices.send(webhook, "floor", runtime.flow_run.id, "; ".join(broken))
            log.warning("Below a floor: %s", "; ".join(broken))
            if floor and floor["action"] == "fail":
                raise FloorBroken("; ".join(broken))
        return words


@flow(name="fetch-watch-list", flow_run_name=lambda: _named("fetch"), persist_result=False)
def fetch_watch_list(watch_list: str, data: str, webhook: str = "") -> str:
    """Fetches the addresses of a list and takes in what is new; returns the id of the run."""
    with notices.telling(webhook, "fetch-watch-list", runtime.flow_run.id):
        return str(fetch_flow(lists=[watch_list], data=data))


@flow(name="audit", flow_run_name=lambda: _named("verify"), persist_result=False)
def audit(data: str, budget: str | None = None, webhook: str = "") -> str:
    """Audits the data home and returns the id of the run; fails when something is damaged."""
    with notices.telling(webhook, "audit", runtime.flow_run.id):
        try:
            return str(verify_flow(data, budget))
        except FaultsFound:
            _rename("faults found")
            raise


@flow(name="compact", flow_run_name=lambda: _named("compact"), persist_result=False)
def compact(data: str, webhook: str = "") -> str:
    """Puts the tables of small batches into few files, and returns in words what was done.

    Raises:
        TablesDamaged: Some are damaged; their batches were left as they are.
    """
    with notices.telling(webhook, "compact", runtime.flow_run.id):
        done = compact_home(Home(Path(data)), progress_for(None), runtime.flow_run.id)
        words = compaction_words(done)
        _rename(words)
        get_run_logger().info("%s", words)
        create_markdown_artifact(
            key="compact",
            markdown=f"{words}\n\n{fenced(compaction_faults(done))}" if done.faults else words,
            description="What was put together.",
        )
        if done.faults:
            raise TablesDamaged(f"{counted(len(done.faults), 'fault')}: `refworld repair` heals")
        return words


@flow(name="search-index", flow_run_name=lambda: _named("search index"), persist_result=False)
def search_index(data: str, webhook: str = "") -> str:
    """Indexes the texts of what is published now, and returns in words how much that was."""
    with notices.telling(webhook, "search-index", runtime.flow_run.id):
        facts = build_search_index(Home(Path(data)))
        words = f"{counted(facts.document_count, 'document')} of snapshot {facts.snapshot_number}"
        _rename(words)
        create_markdown_artifact(
            key="search-index",
            markdown=f"Indexed {words}, in {counted(facts.passage_count, 'passage')}.",
            description="What the search index holds.",
        )
        return words


def _tell(run: Run) -> str:
    """Logs what came of a run, and returns it in a few words."""
    log = get_run_logger()
    for code, count in issue_counts(run):
        log.info("%s: %s (%s)", code.code, count, code.severity)
    for source, why, words, _ in quarantined(run, _NAMED):
        log.warning("quarantined: %s: %s %s", source, why, words)
    for document_id in run.documents:
        log.info("new document %s", document_id)
    counts = run.outcomes.counts
    words = f"{counts['new']} new"
    if counts["quarantined"]:
        words += f", {counts['quarantined']} quarantined"
    return words


def _refuse_if_ended() -> None:
    """Raises RunEnded when the server has ended this run, or the one that it is part of."""
    root = runtime.flow_run.root_flow_run_id
    with get_client(sync_client=True) as client:
        for run_id in {runtime.flow_run.id, root} - {None}:
            state = client.read_flow_run(run_id).state
            if state is not None and state.is_final():
                raise RunEnded(
                    f"Prefect holds this run for {state.name}; nothing is published. What was "
                    "committed stays, and the next run publishes it."
                )


def _rename(words: str) -> None:
    """Adds to the name of this run what came of it; a server that does not take it is no matter."""
    name = f"{runtime.flow_run.name}, {words}"
    with suppress(Exception), get_client(sync_client=True) as client:
        client.update_flow_run(runtime.flow_run.id, name=name)
