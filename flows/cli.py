"""The command `refworld`: what it takes; what it does stands in the modules it calls.

Those are imported when their command runs, so that a command which only looks does not wait for
Prefect or Arrow.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.limits import DEFAULT_LIMITS, MEGABYTE, Limits
from warehouse.home import Home

app = typer.Typer(
    name="refworld",
    help="An archive of record for Refworld documents: saved pages in; preserved bytes, tables "
    "and a DuckDB database out, every value traceable to the bytes it was read from.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

DataOption = Annotated[
    Path,
    typer.Option("--data", envvar="REFWORLD_DATA", metavar="DIR", help="The data home."),
]
Workers = Annotated[
    int | None,
    typer.Option(min=1, max=256, help="Worker processes; one for each processor unless given."),
]
CaptureSeconds = Annotated[
    float,
    typer.Option(
        "--max-seconds",
        min=0.1,
        metavar="SECONDS",
        help="For the reading of one capture; one that takes longer is quarantined.",
    ),
]
_DATA = Path("data")
_LIMITS = DEFAULT_LIMITS


@app.command()
def ingest(
    sources: Annotated[
        list[str],
        typer.Argument(metavar="SOURCE...", help="Files and folders: .txt, .jsonl, .jsonl.gz."),
    ],
    data: DataOption = _DATA,
    workers: Workers = None,
    wait: Annotated[
        bool, typer.Option(help="Wait while another process writes to the data home.")
    ] = True,
    max_capture_size: Annotated[
        float,
        typer.Option(min=0, metavar="MB", help="A larger capture is quarantined (10^6 bytes)."),
    ] = _LIMITS.capture_bytes / MEGABYTE,
    max_row_size: Annotated[
        float,
        typer.Option(min=0, metavar="MB", help="A longer line of a corpus is quarantined."),
    ] = _LIMITS.row_bytes / MEGABYTE,
    max_run_size: Annotated[
        float,
        typer.Option(min=0, metavar="MB", help="New captures; the rest is left to the next run."),
    ] = _LIMITS.run_bytes / MEGABYTE,
    max_seconds: CaptureSeconds = _LIMITS.capture_seconds,
) -> None:
    """Take saved pages in and publish the database.

    A folder's manifest.csv (path, target_uri, captured_at, sha256) says where its files came
    from. Exit code: 0 all well, 1 some inputs quarantined, 2 the run failed.
    """
    from flows.ingest_command import ingest_command

    limits = Limits(
        capture_bytes=int(max_capture_size * MEGABYTE),
        row_bytes=int(max_row_size * MEGABYTE),
        run_bytes=int(max_run_size * MEGABYTE),
        capture_seconds=max_seconds,
    )
    raise typer.Exit(ingest_command(_home(data), sources, workers, wait, limits))


@app.command()
def rebuild(
    data: DataOption = _DATA,
    workers: Workers = None,
    max_seconds: CaptureSeconds = _LIMITS.capture_seconds,
) -> None:
    """Derive tables and database anew from the preserved bytes, and compare digests."""
    from flows.rebuild import rebuild_command

    raise typer.Exit(rebuild_command(_home(data), workers, max_seconds))


@app.command()
def verify(
    data: DataOption = _DATA,
    digest: Annotated[
        bool, typer.Option("--digest", help="Only print the content digest of each table.")
    ] = False,
) -> None:
    """Check preserved bytes, tables and database against each other; name each fault."""
    from flows.verify_command import digest_command, verify_command

    home = _home(data)
    raise typer.Exit(digest_command(home) if digest else verify_command(home))


@app.command()
def status(data: DataOption = _DATA) -> None:
    """Show what the archive holds, its last runs, its issues and its size."""
    from flows.looking.status import status_command

    raise typer.Exit(status_command(_home(data)))


@app.command()
def sql(
    query: Annotated[str, typer.Argument(metavar="SQL", help="One query, read-only.")],
    data: DataOption = _DATA,
    form: Annotated[
        str, typer.Option("--format", "-f", help="table, csv, json or parquet.")
    ] = "table",
    out: Annotated[
        Path | None, typer.Option("--out", "-o", metavar="FILE", help="Write there, not here.")
    ] = None,
) -> None:
    """Put a question in SQL to the published database."""
    from flows.looking.sql import sql_command

    raise typer.Exit(sql_command(_home(data), query, form, out))


@app.command()
def show(document_id: str, data: DataOption = _DATA) -> None:
    """Show one document: what is known of it, its citation, its text, its versions."""
    from flows.looking.show import show_command

    raise typer.Exit(show_command(_home(data), document_id))


@app.command()
def trace(
    document_id: str,
    field: Annotated[str | None, typer.Argument(help="A column; all when left out.")] = None,
    data: DataOption = _DATA,
) -> None:
    """Trace a document's values to the very words and bytes they were read from."""
    from flows.looking.trace import trace_command

    raise typer.Exit(trace_command(_home(data), document_id, field))


def main() -> None:
    """Runs the command."""
    app()


def _home(data: Path) -> Home:
    return Home(data.expanduser().absolute())


if __name__ == "__main__":
    main()
