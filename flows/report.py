"""The closing summary of an ingest: what was done, what is odd, what to type next."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Iterator
from itertools import islice

from rich.console import Console
from rich.table import Table

from flows.intake.forms import ENDINGS
from flows.printable import printable, shortened
from flows.quantities import counted, human_bytes
from flows.run import Run
from transforms.issue_codes import ISSUE_CODES, IssueCode
from transforms.records import QUARANTINED

_NAMED = 10
_WORDS = 100
_EXAMPLE = "SELECT document_id, title, publication_date FROM documents"
EXPLAINED = {
    "new": "new documents",
    "unchanged": "already preserved by an earlier run",
    "duplicate": "seen twice in this run",
    "not_a_document": "pages that are no documents; preserved, not parsed",
    "quarantined": "could not be taken in or read",
}


def print_report(run: Run) -> None:
    """Prints the summary of a completed run."""
    console = Console(highlight=False, markup=False)
    seen = run.ledger.seen
    console.print(
        f"Ingested {counted(seen.count, 'input')} ({human_bytes(seen.byte_length)}) "
        f"in {run.stopwatch.elapsed:.1f} s as run {run.run_id}.",
    )
    if seen.count == 0:
        console.print(f"Nothing was found there. Taken in are: {', '.join(ENDINGS)}.")
    console.print(_ledger_table(run))
    if run.discovery.passed_over_count:
        console.print(
            f"Passed over {run.discovery.passed_over_count} files, records or members of other "
            "forms or addresses.",
        )
    if seen.count and run.ledger.outcomes["unchanged"].count == seen.count:
        console.print("Nothing is new: nothing was archived, and no derived file has changed.")
    issues = issue_counts(run)
    if issues:
        console.print(_issue_table(issues))
    _print_quarantined(run, console)
    _print_next(run, console)


def issue_counts(run: Run) -> list[tuple[IssueCode, int]]:
    """Returns the issue codes given in a run with their numbers: the gravest, then most, first."""
    counts = Counter(run.issues)
    odd = run.discovery.odd
    for position in {*odd, *run.outcomes.said}:
        outcome = run.outcomes.get(position)
        # Codes of captures that were read are counted by their readings.
        if outcome is not None and outcome.capture_id is None and outcome.issue_code:
            counts[outcome.issue_code] += 1
        elif position in odd:
            counts[odd[position]] += 1
    gravity = {"error": 0, "warning": 1, "info": 2}
    found = [(ISSUE_CODES[code], count) for code, count in counts.items()]
    return sorted(found, key=lambda pair: (gravity[pair[0].severity], -pair[1], pair[0].code))


def quarantined(run: Run, limit: int) -> Iterator[tuple[str, str, str, str]]:
    """Yields source, code, words and advice of the first quarantined inputs, printable."""
    for position in islice(run.outcomes.positions_of(QUARANTINED), limit):
        seen, outcome = run.discovery.inputs[position], run.outcomes[position]
        code = outcome.issue_code or ""
        advice = ISSUE_CODES[code].advice if code else ""
        yield printable(seen.source), code, shortened(outcome.words or "", _WORDS), advice


def _ledger_table(run: Run) -> Table:
    table = Table("outcome", box=None, pad_edge=False)
    table.add_column("inputs", justify="right")
    table.add_column("bytes", justify="right")
    table.add_column("")
    for name, tally in run.ledger.outcomes.items():
        table.add_row(name, str(tally.count), str(tally.byte_length), EXPLAINED[name])
    return table


def _issue_table(issues: list[tuple[IssueCode, int]]) -> Table:
    table = Table("issue", "severity", title="Issues", title_justify="left", box=None,
                  pad_edge=False)  # fmt: skip
    table.add_column("count", justify="right")
    table.add_column("meaning")
    for code, count in issues:
        table.add_row(code.code, code.severity, str(count), code.meaning)
    return table


def _print_quarantined(run: Run, console: Console) -> None:
    count = run.ledger.outcomes[QUARANTINED].count
    if not count:
        return
    console.print(f"Quarantined ({min(count, _NAMED)} of {count}):")
    for source, code, words, advice in quarantined(run, _NAMED):
        console.print(f"  {source}\n    {code}: {words}\n    {advice}",
                      highlight=False, soft_wrap=True)  # fmt: skip


def _print_next(run: Run, console: Console) -> None:
    shown = printable(run.home.name)
    data = f" --data {shlex.quote(shown)}"
    lines = [
        f"Preserved bytes: {shown}/archive   tables: {shown}/lake   database: {shown}/"
        f"{'database' if run.home.address else run.home.database.name}",
        "Next:",
        f"  refworld status{data}",
        *(f"  refworld show {shlex.quote(document)}{data}" for document in run.documents[:1]),
        f'  refworld sql "{_EXAMPLE}"{data}',
    ]
    console.print("\n".join(lines), soft_wrap=True)
