"""What looks at documents: their versions, values, citations."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.commands.options import DATA, AsJson, DataOption, home_to_read


def snapshots(data: DataOption = DATA, as_json: AsJson = False) -> None:
    """List the published states: what came into each, and when."""
    from flows.looking.snapshots import snapshots_command

    raise typer.Exit(snapshots_command(home_to_read(data), as_json))


def history(document_id: str, data: DataOption = DATA, as_json: AsJson = False) -> None:
    """Show a document's versions, and each change of a value: of the source, or of our reading."""
    from flows.looking.history import history_command

    raise typer.Exit(history_command(home_to_read(data), document_id, as_json))


def show(document_id: str, data: DataOption = DATA) -> None:
    """Show one document: what is known of it, its citation, its text, its versions."""
    from flows.looking.show import show_command

    raise typer.Exit(show_command(home_to_read(data), document_id))


def cite(
    document_id: str,
    style: Annotated[str, typer.Option(help="printed, csl-json, bibtex or ris.")] = "printed",
    capture: Annotated[
        str | None, typer.Option(metavar="ID", help="Cite this version, not the best one.")
    ] = None,
    as_of: Annotated[
        str | None, typer.Option(metavar="DAY", help="Cite what was known by then (2024-03-01).")
    ] = None,
    data: DataOption = DATA,
) -> None:
    """Cite a document, with the digest of the archived copy that the citation rests on."""
    from flows.looking.cite import cite_command

    raise typer.Exit(cite_command(home_to_read(data), document_id, style, capture, as_of))


def compare(
    before: Annotated[str, typer.Argument(metavar="ID", help="A document, or a capture.")],
    after: Annotated[str, typer.Argument(metavar="ID", help="The other.")],
    as_json: AsJson = False,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Write a page of HTML.")
    ] = None,
    data: DataOption = DATA,
) -> None:
    """Show which sections and sentences of one document the other adds, drops or rewords."""
    from flows.looking.compare import compare_command

    raise typer.Exit(compare_command(home_to_read(data), before, after, as_json, html))


def trace(
    document_id: str,
    field: Annotated[str | None, typer.Argument(help="A column; all when left out.")] = None,
    data: DataOption = DATA,
) -> None:
    """Trace a document's values to the very words and bytes they were read from."""
    from flows.looking.trace import trace_command

    raise typer.Exit(trace_command(home_to_read(data), document_id, field))
