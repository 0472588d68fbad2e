"""A compaction from its lock to its record: what the command and the scheduled flow share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext, suppress

from flows.auditing import fault_lines
from flows.outcomes import ALL_WELL, RUN_FAILED
from flows.quantities import counted
from flows.recorded import recorded
from flows.reference import reference_rows
from flows.run import Progress
from warehouse.checking import PublishFailed
from warehouse.commits import recover
from warehouse.compaction import Compacted, compact, is_needed
from warehouse.database import publish
from warehouse.home import Home
from warehouse.lock import writer_lock


def compact_home(home: Home, progress: Progress, flow_run_id: str | None = None) -> Compacted:
    """Puts small batches together under the writer lock, and records it if there were any.

    Args:
        home: A data home on this machine.
        progress: Told how it gets on.
        flow_run_id: Prefect's id of the flow run, where it is one.
    """
    with writer_lock(home, wait=True, on_wait=progress.say):
        recover(home)
        if not is_needed(home):
            return Compacted()
        with recorded(home, "compact", {}) as record:
            record.flow_run_id = flow_run_id
            progress.begin("Putting batches together")
            done = compact(home, on_pack=progress.advance)
            record.batch_count = done.batch_count
            record.exit_code = RUN_FAILED if done.faults else ALL_WELL
        # What is damaged may stand in the way; it is told.
        with suppress(PublishFailed) if done.faults else nullcontext():
            publish(home, reference_rows())
    return done


def compaction_words(done: Compacted) -> str:
    """Returns in a line what a compaction did."""
    words = []
    if done.pack_count:
        batches = counted(done.batch_count, "batch", "batches")
        words.append(f"{batches} in {counted(done.pack_count, 'pack')}")
    if done.renewed_count:
        words.append(f"{counted(done.renewed_count, 'pack')} without rows that count no more")
    if not words:
        return "nothing to put together"
    return f"{', '.join(words)}, {done.files_before} files before, {done.files_after} now"


def compaction_faults(done: Compacted) -> Iterator[str]:
    """Yields what is to be said of tables that were found damaged, and left where they are."""
    for fault in done.faults:
        yield from fault_lines(fault)
    if done.faults:
        yield (
            f"{counted(len(done.faults), 'fault')}; their batches were left where they are. "
            "`refworld repair` heals what can be healed."
        )
