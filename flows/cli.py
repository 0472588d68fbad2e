"""The command `refworld`: what it takes; what it does stands in the modules it calls.

Those are imported when their command runs, so that a command which only looks does not wait for
Prefect or Arrow.
"""

from __future__ import annotations

from pathlib import Path
from re import compile as compile_pattern
from re import error as pattern_error
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


def _check_workers(words: str | None) -> str | None:
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
        callback=_check_workers,
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
_DATA = "data"
_LIMITS = DEFAULT_LIMITS


def _check_pattern(pattern: str | None) -> str | None:
    """Returns a pattern that a person gave; refuses it at once when it is none."""
    try:
        compile_pattern(pattern or "")
    except pattern_error as error:
        raise typer.BadParameter(f"no regular expression: {error}") from error
    return pattern


@app.command()
def ingest(
    sources: Annotated[
        list[str],
        typer.Argument(
            metavar="SOURCE...",
            help="Files and folders of pages, corpora, packages; s3:// and http(s):// "
            "addresses; - for standard input.",
        ),
    ],
    data: DataOption = _DATA,
    workers: IngestWorkers = None,
    wait: Wait = True,
    cache: CacheOption = None,
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
    max_unpacked_size: Annotated[
        float,
        typer.Option(min=0, metavar="MB", help="Of one compressed file or package, all in all."),
    ] = _LIMITS.package_bytes / MEGABYTE,
    max_unpacked_ratio: Annotated[
        int, typer.Option(min=1, metavar="N", help="The same in times of its size.")
    ] = _LIMITS.package_ratio,
    max_members: Annotated[
        int, typer.Option(min=1, metavar="N", help="Members of one package.")
    ] = _LIMITS.package_members,
    max_seconds: CaptureSeconds = _LIMITS.capture_seconds,
    max_memory: CaptureMemory = _LIMITS.capture_memory / MEGABYTE,
    match: Annotated[
        str | None,
        typer.Option(
            metavar="REGEX",
            help="Addresses wanted of web archives; Refworld's unless given.",
            callback=_check_pattern,
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

    limits = Limits(
        capture_bytes=int(max_capture_size * MEGABYTE),
        row_bytes=int(max_row_size * MEGABYTE),
        run_bytes=int(max_run_size * MEGABYTE),
        capture_seconds=max_seconds,
        capture_memory=int(max_memory * MEGABYTE),
        package_bytes=int(max_unpacked_size * MEGABYTE),
        package_ratio=max_unpacked_ratio,
        package_members=max_members,
    )
    options = Options(limits, match, text_column, html_column, url_column, date_column)
    raise typer.Exit(
        ingest_command(_any_home(data, cache), sources, workers_of(workers), wait, options)
    )


@app.command()
def fetch(
    addresses: Annotated[
        list[str] | None, typer.Argument(metavar="URL...", help="Addresses of pages.")
    ] = None,
    lists: Annotated[
        list[Path] | None,
        typer.Option("--from", metavar="FILE", help="A list: an address on each line, # comments."),
    ] = None,
    data: DataOption = _DATA,
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
    raise typer.Exit(fetch_command(_home(data), addresses or [], lists or [], options, ingest))


@app.command()
def rebuild(
    data: DataOption = _DATA,
    workers: Workers = None,
    max_seconds: CaptureSeconds = _LIMITS.capture_seconds,
    max_memory: CaptureMemory = _LIMITS.capture_memory / MEGABYTE,
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
            diff_command(_home(data), workers, max_seconds, examples, out, wait, memory)
        )
    if database:
        from flows.rebuild_database import rebuild_database_command

        raise typer.Exit(rebuild_database_command(_home(data), wait))
    from flows.rebuild import rebuild_command

    raise typer.Exit(rebuild_command(_any_home(data, cache), workers, max_seconds, wait, memory))


@app.command()
def verify(
    data: DataOption = _DATA,
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

    home = _any_home(data, cache)
    raise typer.Exit(digest_command(home) if digest else verify_command(home, budget, rate))


@app.command()
def replicate(
    destination: Annotated[Path, typer.Argument(metavar="DEST", help="Folder of the copy.")],
    data: DataOption = _DATA,
) -> None:
    """Keep a second copy of preserved bytes and tables, each file verified on arrival.

    Nothing damaged is copied, and nothing in the copy deleted but the small files of batches that
    were put together here, once it has them so. Exit code: 0 the copy is whole, 2 something is
    damaged, or the copying failed.
    """
    from flows.replicate_command import replicate_command

    raise typer.Exit(replicate_command(_home(data), _home(destination)))


@app.command()
def compact(data: DataOption = _DATA) -> None:
    """Put the tables of many small batches into few files; the archive is not touched.

    Batches, snapshots and content digests stay what they are. Exit code: 0 done, or nothing to do;
    2 tables are damaged, or it failed.
    """
    from flows.compact_command import compact_command

    raise typer.Exit(compact_command(_home(data)))


@app.command()
def repair(
    copy: Annotated[
        Path | None,
        typer.Option("--from", metavar="COPY", help="A copy, or the folder data/ of a bag."),
    ] = None,
    data: DataOption = _DATA,
) -> None:
    """Heal exactly the damaged files, from a copy or by deriving them anew.

    Damaged bytes are kept below damaged/. Exit code: 0 all is healed, 2 a file is lost.
    """
    from flows.repair_command import repair_command

    raise typer.Exit(repair_command(_home(data), _home(copy) if copy else None))


@app.command()
def export(
    destination: Annotated[Path, typer.Argument(metavar="DEST", help="A new folder.")],
    data: DataOption = _DATA,
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
            export_tables_command(_home_to_read(data), folder, form, query, tables, raw_csv)
        )
    if query is not None or tables is not None:
        raise typer.BadParameter("a bag holds all; --query and --tables go with another --format")
    from flows.export_command import export_command

    raise typer.Exit(export_command(_home(data), folder, organization))


@app.command()
def bundle(
    document_ids: Annotated[
        list[str], typer.Argument(metavar="DOCUMENT_ID...", help="The documents.")
    ],
    out: Annotated[Path, typer.Option("--out", "-o", metavar="FILE", help="The zip file.")],
    timestamp_url: Annotated[
        str | None,
        typer.Option("--timestamp-url", metavar="URL", help="Ask there for a time stamp."),
    ] = None,
    data: DataOption = _DATA,
) -> None:
    """Pack documents with all that proves what is said of them, for a stranger to verify."""
    from flows.bundle_command import bundle_command

    raise typer.Exit(bundle_command(_home(data), document_ids, out.expanduser(), timestamp_url))


@app.command()
def status(
    data: DataOption = _DATA,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object, for programs that watch.")
    ] = False,
) -> None:
    """Show what the archive holds, its last runs, its issues and its size."""
    if as_json:
        from flows.looking.status_json import status_json_command

        raise typer.Exit(status_json_command(_home_to_read(data)))
    from flows.looking.status import status_command

    raise typer.Exit(status_command(_home_to_read(data)))


@app.command()
def sql(
    query: Annotated[
        str | None,
        typer.Argument(
            metavar="SQL", help="One query, read-only; when left out, read or asked for."
        ),
    ] = None,
    data: DataOption = _DATA,
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

        raise typer.Exit(tables_command(_home_to_read(data), query))
    limits = QueryLimits(memory, timeout, external)
    if sum((query is not None, replay is not None, saved)) > 1 or (save and query is None):
        raise typer.BadParameter("give a query, or --replay NAME, or --saved")
    if save or replay or saved:
        from flows.looking.saved import replay_command, save_command, saved_command

        if replay:
            raise typer.Exit(replay_command(_home(data), replay, limits))
        if save and query:
            raise typer.Exit(save_command(_home(data), query, save, limits))
        raise typer.Exit(saved_command(_home(data)))
    from flows.looking.sql import sql_command

    raise typer.Exit(sql_command(_home_to_read(data), query, form, out, limits, raw_csv))


@app.command()
def search(
    words: Annotated[
        str, typer.Argument(metavar="WORDS", help="All must be there; a phrase in double quotes.")
    ],
    data: DataOption = _DATA,
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
    raise typer.Exit(search_command(_home_to_read(data), question, limit, offset, as_json, fresh))


@app.command("search-index")
def search_index(data: DataOption = _DATA) -> None:
    """Index the texts of what is published now, for `refworld search`."""
    from flows.looking.search import search_index_command

    raise typer.Exit(search_index_command(_home_to_read(data)))


@app.command()
def cookbook(
    name: Annotated[str | None, typer.Argument(help="A recipe; all when left out.")] = None,
    data: DataOption = _DATA,
    country: Annotated[
        str | None,
        typer.Option(metavar="COUNTRY", help="Ask about this one: name or ISO 3166 code."),
    ] = None,
) -> None:
    """List questions with ready queries, or answer one of them."""
    from flows.looking.cookbook import cookbook_command

    raise typer.Exit(cookbook_command(_home_to_read(data), name, country))


@app.command()
def snapshots(data: DataOption = _DATA, as_json: AsJson = False) -> None:
    """List the published states: what came into each, and when."""
    from flows.looking.snapshots import snapshots_command

    raise typer.Exit(snapshots_command(_home_to_read(data), as_json))


@app.command()
def history(document_id: str, data: DataOption = _DATA, as_json: AsJson = False) -> None:
    """Show a document's versions, and each change of a value: of the source, or of our reading."""
    from flows.looking.history import history_command

    raise typer.Exit(history_command(_home_to_read(data), document_id, as_json))


@app.command()
def show(document_id: str, data: DataOption = _DATA) -> None:
    """Show one document: what is known of it, its citation, its text, its versions."""
    from flows.looking.show import show_command

    raise typer.Exit(show_command(_home_to_read(data), document_id))


@app.command()
def cite(
    document_id: str,
    style: Annotated[str, typer.Option(help="printed, csl-json, bibtex or ris.")] = "printed",
    capture: Annotated[
        str | None, typer.Option(metavar="ID", help="Cite this version, not the best one.")
    ] = None,
    as_of: Annotated[
        str | None, typer.Option(metavar="DAY", help="Cite what was known by then (2024-03-01).")
    ] = None,
    data: DataOption = _DATA,
) -> None:
    """Cite a document, with the digest of the archived copy that the citation rests on."""
    from flows.looking.cite import cite_command

    raise typer.Exit(cite_command(_home_to_read(data), document_id, style, capture, as_of))


@app.command()
def serve(
    data: DataOption = _DATA,
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

    raise typer.Exit(serve_command(_home(data), config, port))


@app.command()
def doctor(
    data: DataOption = _DATA,
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

    home = _home(data)
    raise typer.Exit(doctor_command(home, file or home.root / "refworld.toml", as_json))


@app.command()
def config(
    data: DataOption = _DATA,
    file: Annotated[
        Path | None,
        typer.Option("--config", metavar="FILE", help="Settings; refworld.toml in the data home."),
    ] = None,
    init: Annotated[bool, typer.Option("--init", help="Print a commented file.")] = False,
    schema: Annotated[bool, typer.Option("--schema", help="Print its JSON Schema.")] = False,
) -> None:
    """Check the settings of `refworld serve`, or print some to begin with."""
    from flows.serving.config_command import config_command

    raise typer.Exit(config_command(file or _home(data).root / "refworld.toml", init, schema))


@app.command()
def plot(
    name: Annotated[str, typer.Argument(metavar="FIGURE", help="tiers, years, publishers, fill.")],
    out: Annotated[Path, typer.Option("--out", "-o", metavar="FILE", help="An .svg or .png.")],
    data: DataOption = _DATA,
    country: Annotated[
        str | None, typer.Option(metavar="COUNTRY", help="Only this one: name or ISO 3166 code.")
    ] = None,
    first_year: Annotated[int | None, typer.Option("--from", metavar="YEAR")] = None,
    last_year: Annotated[int | None, typer.Option("--to", metavar="YEAR")] = None,
) -> None:
    """Draw a figure of what the archive holds: tiers of countries, documents by year."""
    from flows.plot_command import Scope, plot_command

    raise typer.Exit(
        plot_command(_home_to_read(data), name, out, Scope(country, first_year, last_year))
    )


@app.command()
def explore(
    data: DataOption = _DATA,
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one.")] = 8090,
    host: Annotated[
        str, typer.Option(metavar="ADDRESS", help="Where to listen: this machine alone.")
    ] = "127.0.0.1",
    browser: Annotated[bool, typer.Option(help="Open the page in a browser.")] = True,
) -> None:
    """Show the archive as a page in the browser: search, read, charts, SQL; it only reads."""
    from flows.exploring.command import explore_command

    raise typer.Exit(explore_command(_home(data), host, port, browser))


@app.command()
def compare(
    before: Annotated[str, typer.Argument(metavar="ID", help="A document, or a capture.")],
    after: Annotated[str, typer.Argument(metavar="ID", help="The other.")],
    as_json: AsJson = False,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Write a page of HTML.")
    ] = None,
    data: DataOption = _DATA,
) -> None:
    """Show which sections and sentences of one document the other adds, drops or rewords."""
    from flows.looking.compare import compare_command

    raise typer.Exit(compare_command(_home_to_read(data), before, after, as_json, html))


@app.command()
def trace(
    document_id: str,
    field: Annotated[str | None, typer.Argument(help="A column; all when left out.")] = None,
    data: DataOption = _DATA,
) -> None:
    """Trace a document's values to the very words and bytes they were read from."""
    from flows.looking.trace import trace_command

    raise typer.Exit(trace_command(_home_to_read(data), document_id, field))


def main() -> None:
    """Runs the command."""
    app()


def _home(data: str | Path) -> Home:
    """Returns a home on this machine; refuses one on object storage."""
    from flows.named_homes import local_home

    try:
        return local_home(str(data))
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


def _any_home(data: str, cache: Path | None) -> Home:
    """Returns a home wherever it lies, of one on object storage the working copy."""
    from flows.named_homes import named_home

    try:
        return named_home(data, cache)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


def _home_to_read(data: str) -> Home:
    """Returns a home with the published database, wherever it lies."""
    from flows.looking.homes import home_to_read

    return home_to_read(data)


if __name__ == "__main__":
    main()
