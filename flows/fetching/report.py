"""What a fetch tells people: its closing words, and what it shows in Prefect's UI."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import islice

from flows.event_rows import Row
from flows.fetching.judging import (
    ABSENT,
    CHANGED,
    FAILED,
    NEW,
    OUTCOMES,
    REDIRECTED,
    REFUSED,
    UNCHANGED,
    VANISHED,
)
from flows.fetching.session import FetchRun
from flows.markdown import literal
from flows.printable import printable
from flows.quantities import counted

EXPLAINED = {
    NEW: "fetched for the first time",
    CHANGED: "other bytes than last time: a further version",
    UNCHANGED: "still the page that is kept",
    VANISHED: "gone where a page was before; the answer is kept as evidence",
    ABSENT: "nothing there, and nothing was known there before",
    REDIRECTED: "led to another address, which has a row of its own",
    REFUSED: "never asked",
    FAILED: "no answer that could be kept",
}
_ADVICE = {
    VANISHED: "The page is no longer there; what was captured before is kept.",
    ABSENT: "Look whether the address is right.",
    REFUSED: "See the reason; what may be asked is set by --allow-host and the site's robots.txt.",
    FAILED: "Fetch it again later.",
}
_SHOWN = 200
_NAMED = 10


def report_lines(run: FetchRun) -> Iterator[str]:
    """Yields what a fetch did, in words."""
    whole = counted(len(run.targets), "address", "addresses")
    share = "" if len(run.done) == len(run.targets) else f"{len(run.done)} of "
    yield f"Fetched {share}{whole} as run {run.run_id}."
    for outcome, count in _counts(run):
        yield f"{outcome:<11} {count:>6}  {EXPLAINED[outcome]}"
    found = list(_problems(run))
    for row in found[:_NAMED]:
        yield f"  {row['outcome']} {printable(row['target_uri'])}"
        yield f"    {printable(row['words'] or '')}"
    if len(found) > _NAMED:
        yield f"  ... and {len(found) - _NAMED} more; table `fetches` has them all."


def summary(run: FetchRun) -> str:
    """Returns the summary of a fetch as markdown."""
    lines = [f"# Fetch {run.run_id}", "", "| outcome | addresses | |", "|---|--:|---|"]
    lines += [f"| {name} | {count} | {EXPLAINED[name]} |" for name, count in _counts(run)]
    return "\n".join(lines)


def problem_rows(run: FetchRun) -> list[dict[str, object]]:
    """Returns the addresses that have vanished or could not be had, as rows of a table."""
    return [
        {
            "outcome": row["outcome"],
            "address": literal(row["target_uri"]),
            "words": literal(row["words"] or ""),
            "advice": _ADVICE[row["outcome"]],
        }
        for row in islice(_problems(run), _SHOWN)
    ]


def _counts(run: FetchRun) -> list[tuple[str, int]]:
    counts = Counter(row["outcome"] for row in run.rows)
    return [(name, counts[name]) for name in OUTCOMES if counts[name]]


def _problems(run: FetchRun) -> Iterator[Row]:
    return (row for row in run.rows if row["outcome"] in _ADVICE)
