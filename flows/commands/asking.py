"""What asks an archive: SQL, search, ready questions, pictures and pages."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.commands.options import DATA, AsJson, DataOption, home_here, home_to_read


def status(
    data: DataOption = DATA,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object, for programs that watch.")
    ] = False,
) -> None:
    """Show what the archive holds, its last runs, its issues and its size."""
    if as_json:
        from flows.looking.status_json import status_json_command

        raise typer.Exit(status_json_command(home_to_read(data)))
    from flows.looking.status import status_command

    raise typer.Exit(status_command(home_to_read(data)))


def sql(
    query: Annotated[
        str | None,
        typer.Argument(
            metavar="SQL", help="One query, read-only; when left out, read or asked for."
        ),
    ] = None,
    data: DataOption = DATA,
    tables: Annotated[
        bool, typer.Option("--tables", help="List all tables, or one's columns: --tables NAME.")
    ] = False,
    form: Annotated[
        str, typer.Option("--format", "-f", help="table, csv, json or parquet.")
    ] = "table",
    out: Annotated[
        Path | None, typer.Option("--out", "-o", metavar="FILE", help="Write there, not here.")
    ] = None,
    memory: Annotated[str, typer.Option(metavar="SIZE", help="For DuckDB's buffers.")] = "2GB",
    timeout: Annotated[
        float, typer.Option(min=0.1, metavar="SECONDS", help="Stop a query that takes longer.")
    ] = 300,
    external: Annotated[
        bool, typer.Option("--external", help="Let the query reach files outside the database.")
    ] = False,
    raw_csv: Annotated[
        bool, typer.Option("--raw-csv", help="No apostrophe before what looks like a formula.")
    ] = False,
    save: Annotated[
        str | None, typer.Option(metavar="NAME", help="Keep query and answer, to be proven later.")
    ] = None,
    replay: Annotated[
        str | None, typer.Option(metavar="NAME", help="Prove a saved answer, or show what differs.")
    ] = None,
    saved: Annotated[bool, typer.Option("--saved", help="List the saved queries.")] = False,
) -> None:
    """Put a question in SQL to the published database, which it can read and nothing else.

    Without one, in a terminal, questions are asked for; else the query is read from standard input.
    """
    from warehouse.guard import QueryLimits

    if tables:
        from flows.looking.sql_tables import tables_command

        raise typer.Exit(tables_command(home_to_read(data), query))
    limits = QueryLimits(memory, timeout, external)
    if sum((query is not None, replay is not None, saved)) > 1 or (save and query is None):
        raise typer.BadParameter("give a query, or --replay NAME, or --saved")
    if save or replay or saved:
        from flows.looking.saved import replay_command, save_command, saved_command

        if replay:
            raise typer.Exit(replay_command(home_here(data), replay, limits))
        if save and query:
            raise typer.Exit(save_command(home_here(data), query, save, limits))
        raise typer.Exit(saved_command(home_here(data)))
    from flows.looking.sql import sql_command

    raise typer.Exit(sql_command(home_to_read(data), query, form, out, limits, raw_csv))


def search(
    words: Annotated[
        str, typer.Argument(metavar="WORDS", help="All must be there; a phrase in double quotes.")
    ],
    data: DataOption = DATA,
    country: Annotated[
        str | None,
        typer.Option(metavar="COUNTRY", help="Name or ISO 3166 code; what it was before, too."),
    ] = None,
    publisher: Annotated[
        str | None, typer.Option(metavar="ID", help="As in table publishers: USDOS.")
    ] = None,
    first_year: Annotated[int | None, typer.Option("--from", metavar="YEAR")] = None,
    last_year: Annotated[int | None, typer.Option("--to", metavar="YEAR")] = None,
    document_type: Annotated[
        str | None, typer.Option("--type", metavar="TYPE", help="As printed.")
    ] = None,
    language: Annotated[str | None, typer.Option(metavar="CODE", help="ISO 639-1.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="Passages shown.")] = 10,
    offset: Annotated[int, typer.Option(min=0, help="Better ones that are left out.")] = 0,
    has_any: Annotated[bool, typer.Option("--any", help="Any of the words will do.")] = False,
    all_blocks: Annotated[
        bool, typer.Option("--all-blocks", help="Headers, disclaimers and trailers too.")
    ] = False,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Index what is published now first.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Search the texts: ranked passages, with their document, section, date and place.

    The index is of one snapshot, which the last line names; the first search builds it.
    """
    from flows.looking.search import Question, search_command

    question = Question(
        words,
        country,
        publisher,
        document_type,
        language,
        first_year,
        last_year,
        has_any,
        all_blocks,
    )
    raise typer.Exit(search_command(home_to_read(data), question, limit, offset, as_json, fresh))


def search_index(data: DataOption = DATA) -> None:
    """Index the texts of what is published now, for `refworld search`."""
    from flows.looking.search import search_index_command

    raise typer.Exit(search_index_command(home_to_read(data)))


def cookbook(
    name: Annotated[str | None, typer.Argument(help="A recipe; all when left out.")] = None,
    data: DataOption = DATA,
    country: Annotated[
        str | None,
        typer.Option(metavar="COUNTRY", help="Ask about this one: name or ISO 3166 code."),
    ] = None,
) -> None:
    """List questions with ready queries, or answer one of them."""
    from flows.looking.cookbook import cookbook_command

    raise typer.Exit(cookbook_command(home_to_read(data), name, country))


def plot(
    name: Annotated[str, typer.Argument(metavar="FIGURE", help="tiers, years, publishers, fill.")],
    out: Annotated[Path, typer.Option("--out", "-o", metavar="FILE", help="An .svg or .png.")],
    data: DataOption = DATA,
    country: Annotated[
        str | None, typer.Option(metavar="COUNTRY", help="Only this one: name or ISO 3166 code.")
    ] = None,
    first_year: Annotated[int | None, typer.Option("--from", metavar="YEAR")] = None,
    last_year: Annotated[int | None, typer.Option("--to", metavar="YEAR")] = None,
) -> None:
    """Draw a figure of what the archive holds: tiers of countries, documents by year."""
    from flows.plot_command import Scope, plot_command

    raise typer.Exit(
        plot_command(home_to_read(data), name, out, Scope(country, first_year, last_year))
    )


def explore(
    data: DataOption = DATA,
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one.")] = 8090,
    host: Annotated[
        str, typer.Option(metavar="ADDRESS", help="Where to listen: this machine alone.")
    ] = "127.0.0.1",
    browser: Annotated[bool, typer.Option(help="Open the page in a browser.")] = True,
) -> None:
    """Show the archive as a page in the browser: search, read, charts, SQL; it only reads."""
    from flows.exploring.command import explore_command

    raise typer.Exit(explore_command(home_here(data), host, port, browser))
