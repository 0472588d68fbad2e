"""The command `refworld`: what it takes; what it does stands in the modules it calls.

Those are imported when their command runs, so that a command which only looks does not wait for
Prefect or Arrow.
"""

from __future__ import annotations

import typer

from flows.commands import asking, documents, keeping, serving, taking_in

app = typer.Typer(
    name="refworld",
    help="An archive of record for Refworld documents: saved pages in; preserved bytes, tables "
    "and a DuckDB database out, every value traceable to the bytes it was read from.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

for _command in (
    taking_in.ingest,
    taking_in.fetch,
    keeping.rebuild,
    keeping.verify,
    keeping.replicate,
    keeping.compact,
    keeping.repair,
    keeping.export,
    keeping.bundle,
    asking.status,
    asking.sql,
    asking.search,
    asking.search_index,
    asking.cookbook,
    documents.snapshots,
    documents.history,
    documents.show,
    documents.cite,
    serving.serve,
    serving.doctor,
    serving.config,
    asking.plot,
    asking.explore,
    documents.compare,
    documents.trace,
):
    app.command()(_command)


def main() -> None:
    """Runs the command."""
    app()


if __name__ == "__main__":
    main()
