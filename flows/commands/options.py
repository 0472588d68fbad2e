"""The options that commands share, and the homes that they name.

What a command needs is imported when it runs, so that one which only looks does not wait for
Prefect or Arrow.
"""

from __future__ import annotations

from pathlib import Path
from re import compile as compile_pattern
from re import error as pattern_error
from typing import Annotated

import typer

from flows.limits import DEFAULT_LIMITS
from warehouse.home import Home


def check_workers(words: str | None) -> str | None:
    """Returns what `--workers` says; refuses at once what means nothing."""
    from flows.workers_option import workers_of

    try:
        workers_of(words)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    return words


DataOption = Annotated[
    str,
    typer.Option(
        "--data",
        envvar="REFWORLD_DATA",
        metavar="DIR",
        help="The data home; some commands take s3://BUCKET/PREFIX too.",
    ),
]
CacheOption = Annotated[
    Path | None,
    typer.Option(
        "--cache",
        envvar="REFWORLD_CACHE",
        metavar="DIR",
        help="Where the working copies of homes on object storage lie.",
    ),
]
Workers = Annotated[
    int | None,
    typer.Option(min=1, max=256, help="Worker processes; one for each processor unless given."),
]
IngestWorkers = Annotated[
    str | None,
    typer.Option(
        "--workers",
        metavar="N|dask|tcp://HOST:PORT",
        help="Worker processes, one for each processor unless given; or a Dask cluster.",
        callback=check_workers,
    ),
]
Wait = Annotated[bool, typer.Option(help="Wait while another process writes to the data home.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON lines.")]
CaptureSeconds = Annotated[
    float,
    typer.Option(
        "--max-seconds",
        min=0.1,
        metavar="SECONDS",
        help="For the reading of one capture; one that takes longer is quarantined.",
    ),
]
CaptureMemory = Annotated[
    float,
    typer.Option(
        "--max-memory",
        min=1,
        metavar="MB",
        help="For the reading of one PDF; one that takes more is quarantined.",
    ),
]
DATA = "data"
LIMITS = DEFAULT_LIMITS


def check_pattern(pattern: str | None) -> str | None:
    """Returns a pattern that a person gave; refuses it at once when it is none."""
    try:
        compile_pattern(pattern or "")
    except pattern_error as error:
        raise typer.BadParameter(f"no regular expression: {error}") from error
    return pattern


def home_here(data: str | Path) -> Home:
    """Returns a home on this machine; refuses one on object storage."""
    from flows.named_homes import local_home

    try:
        return local_home(str(data))
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


def any_home(data: str, cache: Path | None) -> Home:
    """Returns a home wherever it lies, of one on object storage the working copy."""
    from flows.named_homes import named_home

    try:
        return named_home(data, cache)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


def home_to_read(data: str) -> Home:
    """Returns a home with the published database, wherever it lies."""
    from flows.looking import homes

    return homes.home_to_read(data)
