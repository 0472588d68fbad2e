"""`refworld config`: the file that a service reads, to begin with or to check."""

from __future__ import annotations

import json
from pathlib import Path

import typer

from flows.looking.opened import refuse
from flows.outcomes import ALL_WELL
from flows.serving.settings import SettingsWrong, example, read_settings, schema


def config_command(path: Path, is_init: bool, is_schema: bool) -> int:
    """Prints an example, the schema, or what a file says; returns the exit code."""
    if is_schema:
        typer.echo(json.dumps(schema(), indent=2))
    elif is_init:
        typer.echo(example(), nl=False)
    else:
        try:
            settings = read_settings(path)
        except SettingsWrong as error:
            refuse(str(error))
        for name, value in settings.values.items():
            typer.echo(f"{name} = {value}")
    return ALL_WELL
