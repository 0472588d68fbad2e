"""The names that a query may use, and the nearest ones to a name that is none."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from textwrap import shorten

import duckdb

_RELATIONS = Path(__file__).with_name("queries") / "relations.sql"
# How DuckDB says which name it does not know: what stands before and after it in the first line.
_UNKNOWN_COLUMN = (
    ('Referenced column "', '" not found'),
    ('does not have a column named "', '"'),
    ('Column "', '" does not exist'),
)
_UNKNOWN_RELATION = (
    ("Table with name ", " does not exist"),
    ("Table Function with name ", " does not exist"),
    ('Referenced table "', '" not found'),
)
_LIKE = 0.6  # share of letters in common, by the measure of difflib
_MOST = 6
_WIDTH = 110


@dataclass(frozen=True, slots=True)
class Relation:
    """A table, a view or a table macro.

    Args:
        name: Its name; of a macro, how it is called: `provenance(document_id)`.
        kind: `table`, `view` or `macro`.
        description: What its rows are.
        columns: Name, DuckDB's type and meaning of each column, in order.
    """

    name: str
    kind: str
    description: str
    columns: tuple[tuple[str, str, str], ...]

    @property
    def word(self) -> str:
        """The name without parameters."""
        return self.name.partition("(")[0]


def relations(connection: duckdb.DuckDBPyConnection) -> list[Relation]:
    """Returns the tables, views and macros of a published database, by name.

    Raises:
        duckdb.Error: It is no published database.
    """
    rows = connection.execute(_RELATIONS.read_text(encoding="utf-8")).fetchall()
    return [
        Relation(name, kind, description, tuple(row[3:] for row in group if row[3]))
        for (name, kind, description), group in groupby(rows, itemgetter(0, 1, 2))
    ]


def near(name: str, among: Sequence[Relation]) -> list[Relation]:
    """Returns the relations with names like this one, the nearest first."""
    words = _alike(name, [relation.word for relation in among])
    return [relation for word in words for relation in among if relation.word == word]


@contextmanager
def explaining(connection: duckdb.DuckDBPyConnection, sql: str) -> Iterator[None]:
    """Adds the nearest names, as a note, to an error about a name that is not there."""
    try:
        yield
    except (duckdb.BinderException, duckdb.CatalogException) as error:
        if note := _note(connection, sql, str(error)):
            error.add_note(note)
        raise


def _note(connection: duckdb.DuckDBPyConnection, sql: str, words: str) -> str | None:
    line = words.partition("\n")[0]
    column, relation = _between(line, _UNKNOWN_COLUMN), _between(line, _UNKNOWN_RELATION)
    if column is None and relation is None:
        return None
    try:
        known = relations(connection)
    except duckdb.Error:
        return None  # Not a database of ours, which alone has descriptions of its names.
    if column is not None:
        found = _near_columns(column, sql, known)
    else:
        found = [_said(each.name, each.description) for each in near(relation or "", known)]
    if not found:
        return "No name is like it; `refworld sql --tables` lists all."
    return "\n".join(["Nearest names:", *(f"  {line}" for line in found)])


def _near_columns(name: str, sql: str, known: Sequence[Relation]) -> list[str]:
    """Returns the columns with names like this one, those of tables of the query first."""
    columns = [
        (relation.word, column, _said(f"{relation.word}.{column}", description))
        for relation in known
        for column, _, description in relation.columns
    ]
    rank = {word: n for n, word in enumerate(_alike(name, [column for _, column, _ in columns]))}
    asked = set("".join(c if c.isalnum() or c == "_" else " " for c in sql.lower()).split())
    found = [
        (table not in asked, rank[column], table, said)
        for table, column, said in columns
        if column in rank
    ]
    return [said for _, _, _, said in sorted(found)[:_MOST]]


def _said(name: str, description: str) -> str:
    return shorten(f"{name}: {description}", _WIDTH, placeholder=" ...")


def _alike(name: str, words: Sequence[str]) -> list[str]:
    """Returns the words that are like a name, each once, the nearest first."""
    asked = name.lower()
    close = difflib.get_close_matches(asked, list(dict.fromkeys(words)), _MOST, _LIKE)
    within = [word for word in words if len(asked) > 3 and asked in word]
    return list(dict.fromkeys([*close, *within]))[:_MOST]


def _between(line: str, forms: Sequence[tuple[str, str]]) -> str | None:
    for before, after in forms:
        _, found, rest = line.partition(before)
        name, ended, _ = rest.rpartition(after)
        if found and ended:
            return name
    return None
