"""What runs on a schedule, and what checks that it can."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.commands.options import DATA, AsJson, DataOption, home_here


def serve(
    data: DataOption = DATA,
    config: Annotated[
        Path | None,
        typer.Option("--config", metavar="FILE", help="Settings; refworld.toml in the data home."),
    ] = None,
    port: Annotated[
        int | None, typer.Option(min=1, max=65535, help="Of the pages; else as the settings say.")
    ] = None,
) -> None:
    """Run on a schedule: Prefect's server with its pages, the inbox, audits, the search index.

    With REFWORLD_PASSWORD set, the pages ask for it (user refworld). Ctrl-C ends all of it.
    """
    from flows.serving.command import serve_command

    raise typer.Exit(serve_command(home_here(data), config, port))


def doctor(
    data: DataOption = DATA,
    file: Annotated[
        Path | None,
        typer.Option("--config", metavar="FILE", help="Settings; refworld.toml in the data home."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Look whether all that is needed is there, and say what to do where it is not.

    Exit code: 0 nothing fails, 2 something does.
    """
    from flows.doctor import doctor_command

    home = home_here(data)
    raise typer.Exit(doctor_command(home, file or home.root / "refworld.toml", as_json))


def config(
    data: DataOption = DATA,
    file: Annotated[
        Path | None,
        typer.Option("--config", metavar="FILE", help="Settings; refworld.toml in the data home."),
    ] = None,
    init: Annotated[bool, typer.Option("--init", help="Print a commented file.")] = False,
    schema: Annotated[bool, typer.Option("--schema", help="Print its JSON Schema.")] = False,
) -> None:
    """Check the settings of `refworld serve`, or print some to begin with."""
    from flows.serving.config_command import config_command

    raise typer.Exit(config_command(file or home_here(data).root / "refworld.toml", init, schema))
