"""What a run shows in Prefect's UI: summary, ledger, issues, and inputs that were quarantined."""

from __future__ import annotations

from prefect.artifacts import create_markdown_artifact, create_table_artifact

from flows.markdown import cell
from flows.report import EXPLAINED, issue_counts, quarantined
from flows.run import Run

_SHOWN = 100
README = "/readme"  # as `refworld serve` serves it beside Prefect's pages
_SECTIONS = ("What happens on failure", "Keeping it for long", "Looking")


def publish_artifacts(run: Run) -> None:
    """Creates the artifacts of a run.

    They are `ingest-summary` (markdown) and the tables `ingest-ledger`, `ingest-issues` and
    `ingest-quarantined`. The run is done by now: a server that does not take them is said, and
    fails nothing.
    """
    try:
        create_markdown_artifact(
            key="ingest-summary", markdown=summary(run), description="What the ingest did."
        )
        create_table_artifact(
            key="ingest-ledger",
            table=_ledger_rows(run),
            description="What became of every input and every byte; the sums must agree.",
        )
        create_table_artifact(
            key="ingest-quarantined",
            table=_quarantined_rows(run),
            description=f"The first {_SHOWN} inputs that were set aside, and what to do.",
        )
        create_table_artifact(
            key="ingest-issues",
            table=_issue_rows(run),
            description="Issues of new captures and of inputs, by code.",
        )
    except Exception as error:
        run.progress.say(f"Prefect did not take the artifacts of the run: {error}")


def _issue_rows(run: Run) -> list[dict[str, object]]:
    return [
        {"code": code.code, "severity": code.severity, "count": count, "advice": code.advice}
        for code, count in issue_counts(run)
    ]


def _quarantined_rows(run: Run) -> list[dict[str, object]]:
    return [
        {"code": code, "what to do": advice, "input": source, "words": words}
        for source, code, words, advice in quarantined(run, _SHOWN)
    ]


def _ledger_rows(run: Run) -> list[dict[str, object]]:
    rows = [
        {
            "outcome": name,
            "inputs": tally.count,
            "bytes": tally.byte_length,
            "meaning": EXPLAINED[name],
        }
        for name, tally in run.ledger.outcomes.items()
    ]
    seen = run.ledger.seen
    total = {"outcome": "seen", "inputs": seen.count, "bytes": seen.byte_length}
    return [*rows, {**total, "meaning": "the sum of all"}]


def summary(run: Run) -> str:
    """Returns the summary of a run as markdown."""
    lines = [
        f"# Ingest {run.run_id}",
        "",
        f"Code version `{run.code_version}`, {run.batch_count} batches, "
        f"{run.stopwatch.elapsed:.1f} s.",
        "",
        "| outcome | inputs | bytes |",
        "|---|--:|--:|",
    ]
    lines += [
        f"| {name} | {tally.count} | {tally.byte_length} |"
        for name, tally in run.ledger.outcomes.items()
    ]
    named = list(quarantined(run, _SHOWN))
    if named:
        lines += ["", "## Quarantined", "", "| input | code | words |", "|---|---|---|"]
        lines += [
            f"| {cell(source)} | {cell(code)} | {cell(words)} |" for source, code, words, _ in named
        ]
    sections = ", ".join(
        f"[{title}]({README}#{title.lower().replace(' ', '-')})" for title in _SECTIONS
    )
    return "\n".join([*lines, "", f"In the README: {sections}."])
