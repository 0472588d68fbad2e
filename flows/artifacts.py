"""What a run shows in Prefect's UI: its summary and its issues."""

from __future__ import annotations

from prefect.artifacts import create_markdown_artifact, create_table_artifact

from flows.markdown import cell
from flows.report import issue_counts, quarantined
from flows.run import Run

_SHOWN = 100


def publish_artifacts(run: Run) -> None:
    """Creates the artifacts of a run: `ingest-summary` (markdown) and `ingest-issues` (table).

    The run is done by now: a server that does not take them is said, and fails nothing.
    """
    try:
        create_markdown_artifact(
            key="ingest-summary", markdown=summary(run), description="What the ingest did."
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
    return "\n".join(lines)
