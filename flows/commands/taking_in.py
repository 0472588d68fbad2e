"""What takes pages in: `refworld ingest` and `fetch`."""

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
    IngestWorkers,
    Wait,
    any_home,
    check_pattern,
    home_here,
)
from flows.limits import MEGABYTE, limits_of


def ingest(
    sources: Annotated[
        list[str],
        typer.Argument(
            metavar="SOURCE...",
            help="Files and folders of pages, corpora, packages; s3:// and http(s):// "
            "addresses; - for standard input.",
        ),
    ],
    data: DataOption = DATA,
    workers: IngestWorkers = None,
    wait: Wait = True,
    cache: CacheOption = None,
    max_capture_size: Annotated[
        float,
        typer.Option(min=0, metavar="MB", help="A larger capture is quarantined (10^6 bytes)."),
    ] = LIMITS.capture_bytes / MEGABYTE,
    max_row_size: Annotated[
        float,
        typer.Option(min=0, metavar="MB", help="A longer line of a corpus is quarantined."),
    ] = LIMITS.row_bytes / MEGABYTE,
    max_run_size: Annotated[
        float,
        typer.Option(min=0, metavar="MB", help="New captures; the rest is left to the next run."),
    ] = LIMITS.run_bytes / MEGABYTE,
    max_unpacked_size: Annotated[
        float,
        typer.Option(min=0, metavar="MB", help="Of one compressed file or package, all in all."),
    ] = LIMITS.package_bytes / MEGABYTE,
    max_unpacked_ratio: Annotated[
        int, typer.Option(min=1, metavar="N", help="The same in times of its size.")
    ] = LIMITS.package_ratio,
    max_members: Annotated[
        int, typer.Option(min=1, metavar="N", help="Members of one package.")
    ] = LIMITS.package_members,
    max_seconds: CaptureSeconds = LIMITS.capture_seconds,
    max_memory: CaptureMemory = LIMITS.capture_memory / MEGABYTE,
    match: Annotated[
        str | None,
        typer.Option(
            metavar="REGEX",
            help="Addresses wanted of web archives; Refworld's unless given.",
            callback=check_pattern,
        ),
    ] = None,
    text_column: Annotated[
        str | None, typer.Option(metavar="NAME", help="Column of a corpus that holds the text.")
    ] = None,
    html_column: Annotated[
        str | None, typer.Option(metavar="NAME", help="Column that holds HTML.")
    ] = None,
    url_column: Annotated[
        str | None, typer.Option(metavar="NAME", help="Column that holds the address.")
    ] = None,
    date_column: Annotated[
        str | None, typer.Option(metavar="NAME", help="Column that holds the time of capture.")
    ] = None,
) -> None:
    """Take saved pages in and publish the database.

    A folder's manifest.csv (path, target_uri, captured_at, sha256) says where its files came
    from. Exit code: 0 all well, 1 some inputs quarantined, 2 the run failed.
    """
    from flows.ingest_command import ingest_command
    from flows.intake.options import Options
    from flows.workers_option import workers_of

    limits = limits_of(
        max_capture_size=max_capture_size,
        max_row_size=max_row_size,
        max_run_size=max_run_size,
        max_unpacked_size=max_unpacked_size,
        max_unpacked_ratio=max_unpacked_ratio,
        max_members=max_members,
        max_seconds=max_seconds,
        max_memory=max_memory,
    )
    options = Options(limits, match, text_column, html_column, url_column, date_column)
    raise typer.Exit(
        ingest_command(any_home(data, cache), sources, workers_of(workers), wait, options)
    )


def fetch(
    addresses: Annotated[
        list[str] | None, typer.Argument(metavar="URL...", help="Addresses of pages.")
    ] = None,
    lists: Annotated[
        list[Path] | None,
        typer.Option("--from", metavar="FILE", help="A list: an address on each line, # comments."),
    ] = None,
    data: DataOption = DATA,
    rate: Annotated[
        float, typer.Option(min=0, metavar="SECONDS", help="Rest between requests to a host.")
    ] = 2.0,
    allow_host: Annotated[
        list[str] | None,
        typer.Option(metavar="HOST", help="Asked besides Refworld's and UNHCR's archive's own."),
    ] = None,
    allow_private: Annotated[
        bool, typer.Option("--allow-private", help="Those hosts may have private addresses.")
    ] = False,
    max_size: Annotated[
        float, typer.Option(min=0.001, metavar="MB", help="A longer answer is not taken.")
    ] = 100,
    max_time: Annotated[
        float, typer.Option(min=0.1, metavar="SECONDS", help="A slower answer is not taken.")
    ] = 120,
    retries: Annotated[
        int, typer.Option(min=0, max=20, help="Tries after a failure that may pass.")
    ] = 3,
    user_agent: Annotated[
        str, typer.Option(metavar="WORDS", help="What servers are told of who asks.")
    ] = "",
    ingest: Annotated[bool, typer.Option(help="Take in at once what was fetched.")] = True,
) -> None:
    """Fetch pages politely, keep all that was said, and take the pages in.

    What is unchanged is not fetched again, what has vanished is recorded with its evidence. Exit
    code: 0 all well, 1 some could not be had or taken in, 2 the run failed.
    """
    from flows.fetch_command import fetch_command
    from flows.fetching.options import options_of

    try:
        options = options_of(
            rate, allow_host or (), allow_private, max_size, max_time, retries, user_agent
        )
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    raise typer.Exit(fetch_command(home_here(data), addresses or [], lists or [], options, ingest))
