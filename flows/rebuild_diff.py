"""`refworld rebuild --diff`: what the code of today reads otherwise, before it is put in place."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict, astuple, dataclass, field, fields
from pathlib import Path

import typer

from flows.adoption import stage_anew
from flows.code_version import code_version
from flows.failures import explained
from flows.limits import DEFAULT_LIMITS
from flows.outcomes import ALL_WELL, RUN_FAILED
from flows.pool import Pool, worker_count, worker_pool
from flows.printable import complain, printable, shortened
from flows.progress import progress_for
from flows.quantities import counted
from flows.run import Progress
from warehouse import disk
from warehouse.commits import read_commits, recover
from warehouse.differences import Difference, compare
from warehouse.home import Home
from warehouse.lock import writer_lock

_WORDS = 160


@dataclass(slots=True)
class Diff:
    """What reading the whole archive anew gives.

    Args:
        capture_count: Captures read.
        differences: Values that differ.
        table_counts: How many captures have other rows, by derived table.
        faults: Batches that could not be compared.
    """

    capture_count: int = 0
    differences: list[Difference] = field(default_factory=list)
    table_counts: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)


def diff_command(
    home: Home,
    workers: int | None,
    capture_seconds: float,
    examples: int,
    out: Path | None,
    is_patient: bool,
    capture_memory: int = DEFAULT_LIMITS.capture_memory,
) -> int:
    """Prints what a rebuild would change, and changes nothing; returns the exit code."""
    progress = progress_for(sys.stderr)
    try:
        if out is not None and out.suffix not in (".csv", ".json"):
            raise ValueError(f"{out} is to end in .csv or .json")
        with (
            writer_lock(home, wait=is_patient, on_wait=progress.say),
            worker_pool(worker_count(workers), capture_memory) as pool,
        ):
            recover(home)
            diff = diff_of(home, pool, capture_seconds, progress)
        if out is not None:
            disk.write_whole(out, _listed(diff.differences, out.suffix))
    except (Exception, KeyboardInterrupt) as error:
        progress.end()
        complain(f"The comparison failed. {explained(error, home)}")
        return RUN_FAILED
    progress.end()
    typer.echo("\n".join(_lines(diff, examples)))
    return RUN_FAILED if diff.faults else ALL_WELL


def diff_of(home: Home, pool: Pool, capture_seconds: float, progress: Progress) -> Diff:
    """Reads every batch anew into staging and compares it with what is committed."""
    diff = Diff()
    commits = read_commits(home)
    progress.begin("Reading and comparing", len(commits))
    version = code_version()
    calls = [
        (entry, pool.submit_reading(capture_seconds, stage_anew, home, entry.batch_id, version))
        for entry in commits
    ]
    for entry, call in calls:
        try:
            staged = call.result()
            compared = compare(home, entry, staged)
            disk.remove_tree(home.staging / staged.folder)
        except Exception as error:
            diff.faults.append(f"batch {entry.batch_id}: {error}")
            continue
        finally:
            progress.advance(1)
        diff.capture_count += entry.capture_count
        diff.differences.extend(compared.differences)
        diff.table_counts.update(compared.table_counts)
    return diff


def _lines(diff: Diff, examples: int) -> Iterator[str]:
    yield f"Read {counted(diff.capture_count, 'capture')} anew with code {code_version()}."
    for fault in diff.faults:
        yield f"FAULT: {printable(fault)}; `refworld verify` says more"
    if not any(diff.table_counts.values()):
        yield "Nothing is read otherwise than the lake has it."
        return
    tables = ", ".join(f"{name} {count}" for name, count in sorted(diff.table_counts.items()))
    yield f"Captures with other rows, by table: {tables}"
    by_field: dict[str, list[Difference]] = defaultdict(list)
    for difference in diff.differences:
        by_field[difference.field].append(difference)
    if by_field:
        yield ""
        yield f"{'field':<20} {'changed':>8} {'appeared':>8} {'vanished':>8}"
    for name, found in sorted(by_field.items()):
        appeared = sum(difference.before is None for difference in found)
        vanished = sum(difference.after is None for difference in found)
        changed = len(found) - appeared - vanished
        yield f"{name:<20} {changed:>8} {appeared:>8} {vanished:>8}"
    for name, found in sorted(by_field.items()):
        yield from _examples(name, found[:examples])
    yield ""
    yield "Nothing has been changed. `refworld rebuild` puts this in place of what was read before,"
    yield "which is kept (table superseded_readings)."


def _examples(name: str, found: Sequence[Difference]) -> Iterator[str]:
    if found:
        yield f"\n{name}"
    for difference in found:
        document = printable(difference.document_id or "no document")
        yield f"  {document}, capture {difference.capture_id[:16]}"
        yield f"    before  {_words(difference.before)}"
        yield f"    after   {_words(difference.after)}"


def _words(value: object) -> str:
    return "nothing" if value is None else shortened(str(value), _WORDS)


def _listed(differences: Sequence[Difference], form: str) -> bytes:
    text = io.StringIO()
    if form == ".json":
        for difference in differences:
            text.write(json.dumps(asdict(difference), default=str) + "\n")
    else:
        writer = csv.writer(text)
        writer.writerow(column.name for column in fields(Difference))
        writer.writerows(astuple(difference) for difference in differences)
    return text.getvalue().encode()
