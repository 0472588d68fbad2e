"""`refworld sql --tables`: the names that a query may use, with what they mean."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from flows.looking.opened import opened, refuse
from flows.outcomes import ALL_WELL
from flows.printable import printable
from warehouse.home import Home
from warehouse.naming import Relation, near, relations


def tables_command(home: Home, name: str | None) -> int:
    """Prints all tables, or the columns of one; returns the exit code.

    Args:
        home: The data home.
        name: A table, view or macro; None for a list of all.
    """
    with opened(home) as database:
        known = relations(database)
    if name is None:
        print_relations(known)
        return ALL_WELL
    found = next((relation for relation in known if relation.word == name.strip().lower()), None)
    if found is None:
        nearest = ", ".join(relation.word for relation in near(name, known))
        refuse(f"There is no table {printable(name)!r}" + (f"; nearest: {nearest}" * bool(nearest)))
    print_columns(found)
    return ALL_WELL


def print_relations(known: Sequence[Relation]) -> None:
    """Prints the names of tables, views and macros with what their rows are."""
    table = Table(box=None, pad_edge=False)
    for heading in ("table", "kind", "columns", "description"):
        table.add_column(heading, justify="right" if heading == "columns" else "left")
    for relation in known:
        count = str(len(relation.columns))
        table.add_row(relation.name, relation.kind, count, Text(relation.description))
    Console(highlight=False).print(table)


def print_columns(relation: Relation) -> None:
    """Prints the columns of a table with their types and meanings."""
    console = Console(highlight=False)
    console.print(Text(f"{relation.name} ({relation.kind})", "bold"))
    console.print(Text(relation.description))
    table = Table(box=None, pad_edge=False)
    for heading in ("column", "type", "description"):
        table.add_column(heading)
    for column, type_, description in relation.columns:
        table.add_row(column, type_, Text(description))
    console.print(table)
