"""`refworld fetch`: a fetch from the typed command to its closing words."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from flows import interruption
from flows.failures import explained
from flows.fetching.options import FetchOptions
from flows.fetching.targets import AllowedHosts, read_targets
from flows.limits import MEGABYTE
from flows.outcomes import RUN_FAILED
from flows.prefect_settings import configured_api_url
from flows.printable import complain, printable
from flows.progress import progress_for
from flows.server import prefect_server
from warehouse.fetches import pending_files
from warehouse.home import Home

if TYPE_CHECKING:
    from flows.fetch import Watched


def fetch_command(
    home: Home,
    addresses: Sequence[str],
    lists: Sequence[Path],
    options: FetchOptions,
    is_ingesting: bool,
) -> int:
    """Fetches addresses, takes in what came, prints what became of them; returns the exit code.

    Without an address it takes in what earlier fetches have left.

    Args:
        home: The data home.
        addresses: What to fetch.
        lists: Files with an address on each line.
        options: How.
        is_ingesting: Whether what came is taken in at once.
    """
    try:
        AllowedHosts(options.allow_hosts)
        if not read_targets(addresses, lists) and not (is_ingesting and pending_files(home)):
            raise ValueError("no address is given")
    except (ValueError, OSError) as error:
        complain(f"Nothing was fetched: {error}.")
        return RUN_FAILED
    return _fetch(home, _parameters(home, addresses, lists, options, is_ingesting))


def _fetch(home: Home, parameters: Mapping[str, Any]) -> int:
    from flows.fetching.session import locked_throughout

    interruption.listen()
    progress = progress_for(sys.stderr)
    has_server = configured_api_url(os.environ, Path.cwd()) is not None
    # The files of a server of our own are the home's: they have one user at a time.
    lock = nullcontext() if has_server else locked_throughout(home, progress.say)
    watched: Watched | None = None
    failure: BaseException | None = None
    try:
        with lock, prefect_server(home.prefect) as server:
            from flows.fetch import fetch_watched, watching

            with watching(progress) as watched:
                fetch_watched(parameters, server, watched)
    except (Exception, KeyboardInterrupt) as error:
        failure = error
    progress.end()
    if watched is not None:
        _print(watched, home)
    if failure is not None:
        complain(f"The fetch failed. {explained(failure, home)}")
    return watched.exit_code if watched is not None and failure is None else RUN_FAILED


def _print(watched: Watched, home: Home) -> None:
    from flows.fetching.report import report_lines
    from flows.report import print_report

    if watched.run is not None and watched.run.is_told:
        typer.echo("\n".join(report_lines(watched.run)))
    for run in watched.ingested:
        print_report(run)
    if not watched.ingested and watched.run is not None and watched.run.has_pages:
        data = shlex.quote(printable(str(home.root)))
        typer.echo(f"What came is kept and not taken in yet: refworld fetch --data {data}")


def _parameters(
    home: Home,
    addresses: Sequence[str],
    lists: Sequence[Path],
    options: FetchOptions,
    is_ingesting: bool,
) -> dict[str, Any]:
    return {
        "addresses": list(addresses),
        "lists": [str(path.absolute()) for path in lists],
        "data": str(home.root),
        "rate": options.rate,
        "allow_hosts": list(options.allow_hosts),
        "allow_private": options.is_private_allowed,
        "max_size": options.max_bytes / MEGABYTE,
        "max_time": options.max_seconds,
        "retries": options.retries,
        "user_agent": options.user_agent,
        "ingest": is_ingesting,
    }
