"""What keeps an archive: its checks, copies, repairs, and what is handed on."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.commands.options import (
    DATA,
    LIMITS,
    CacheOption,
    CaptureMemory,
    CaptureSeconds,
    DataOption,
    Wait,
    Workers,
    any_home,
    home_here,
    home_to_read,
)
from flows.limits import MEGABYTE


def rebuild(
    data: DataOption = DATA,
    workers: Workers = None,
    max_seconds: CaptureSeconds = LIMITS.capture_seconds,
    max_memory: CaptureMemory = LIMITS.capture_memory / MEGABYTE,
    diff: Annotated[
        bool, typer.Option("--diff", help="Only say what would be read otherwise, by field.")
    ] = False,
    examples: Annotated[int, typer.Option(min=0, help="With --diff: shown of each field.")] = 5,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", metavar="FILE", help="With --diff: all, as .csv or .json."),
    ] = None,
    database: Annotated[
        bool, typer.Option("--database", help="Only build the database anew from the lake.")
    ] = False,
    wait: Wait = True,
    cache: CacheOption = None,
) -> None:
    """Derive tables and database anew from the preserved bytes, and compare digests."""
    memory = int(max_memory * MEGABYTE)
    if diff:
        from flows.rebuild_diff import diff_command

        raise typer.Exit(
            diff_command(home_here(data), workers, max_seconds, examples, out, wait, memory)
        )
    if database:
        from flows.rebuild_database import rebuild_database_command

        raise typer.Exit(rebuild_database_command(home_here(data), wait))
    from flows.rebuild import rebuild_command

    raise typer.Exit(rebuild_command(any_home(data, cache), workers, max_seconds, wait, memory))


def verify(
    data: DataOption = DATA,
    digest: Annotated[
        bool, typer.Option("--digest", help="Only print the content digest of each table.")
    ] = False,
    budget: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="Stop after 90s, 10m or 2h; the next call goes on."),
    ] = None,
    rate: Annotated[
        str | None, typer.Option(metavar="BYTES", help="Read at most so much a second, as 50MB.")
    ] = None,
    cache: CacheOption = None,
) -> None:
    """Check preserved bytes, tables and database against each other; name each fault.

    What was checked longest ago comes first. Exit code: 0 all well, 2 something is wrong.
    """
    from flows.verify_command import digest_command, verify_command

    home = any_home(data, cache)
    raise typer.Exit(digest_command(home) if digest else verify_command(home, budget, rate))


def replicate(
    destination: Annotated[Path, typer.Argument(metavar="DEST", help="Folder of the copy.")],
    data: DataOption = DATA,
) -> None:
    """Keep a second copy of preserved bytes and tables, each file verified on arrival.

    Nothing damaged is copied, and nothing in the copy deleted but the small files of batches that
    were put together here, once it has them so. Exit code: 0 the copy is whole, 2 something is
    damaged, or the copying failed.
    """
    from flows.replicate_command import replicate_command

    raise typer.Exit(replicate_command(home_here(data), home_here(destination)))


def compact(data: DataOption = DATA) -> None:
    """Put the tables of many small batches into few files; the archive is not touched.

    Batches, snapshots and content digests stay what they are. Exit code: 0 done, or nothing to do;
    2 tables are damaged, or it failed.
    """
    from flows.compact_command import compact_command

    raise typer.Exit(compact_command(home_here(data)))


def repair(
    copy: Annotated[
        Path | None,
        typer.Option("--from", metavar="COPY", help="A copy, or the folder data/ of a bag."),
    ] = None,
    data: DataOption = DATA,
) -> None:
    """Heal exactly the damaged files, from a copy or by deriving them anew.

    Damaged bytes are kept below damaged/. Exit code: 0 all is healed, 2 a file is lost.
    """
    from flows.repair_command import repair_command

    raise typer.Exit(repair_command(home_here(data), home_here(copy) if copy else None))


def export(
    destination: Annotated[Path, typer.Argument(metavar="DEST", help="A new folder.")],
    data: DataOption = DATA,
    organization: Annotated[
        str | None, typer.Option(metavar="NAME", help="Source-Organization of the bag.")
    ] = None,
    form: Annotated[
        str, typer.Option("--format", "-f", help="bag, or of tables: parquet, csv or jsonl.")
    ] = "bag",
    query: Annotated[
        str | None, typer.Option(metavar="SQL", help="Export its answer, instead of tables.")
    ] = None,
    tables: Annotated[
        str | None, typer.Option(metavar="A,B,C", help="These tables and views; else all tables.")
    ] = None,
    raw_csv: Annotated[
        bool, typer.Option("--raw-csv", help="No apostrophe before what looks like a formula.")
    ] = False,
) -> None:
    """Write bytes and tables as a BagIt bag, or tables or a query as a Frictionless data package.

    Both can be checked by other programs.
    """
    folder = destination.expanduser().absolute()
    if form != "bag":
        from flows.export_tables import export_tables_command

        raise typer.Exit(
            export_tables_command(home_to_read(data), folder, form, query, tables, raw_csv)
        )
    if query is not None or tables is not None:
        raise typer.BadParameter("a bag holds all; --query and --tables go with another --format")
    from flows.export_command import export_command

    raise typer.Exit(export_command(home_here(data), folder, organization))


def bundle(
    document_ids: Annotated[
        list[str], typer.Argument(metavar="DOCUMENT_ID...", help="The documents.")
    ],
    out: Annotated[Path, typer.Option("--out", "-o", metavar="FILE", help="The zip file.")],
    timestamp_url: Annotated[
        str | None,
        typer.Option("--timestamp-url", metavar="URL", help="Ask there for a time stamp."),
    ] = None,
    data: DataOption = DATA,
) -> None:
    """Pack documents with all that proves what is said of them, for a stranger to verify."""
    from flows.bundle_command import bundle_command

    raise typer.Exit(bundle_command(home_here(data), document_ids, out.expanduser(), timestamp_url))
