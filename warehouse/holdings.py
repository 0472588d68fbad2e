"""What a database is to hold, and what it holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from warehouse import ddl, engine, lake, schema, snapshots, superseded
from warehouse.commits import Commit, read_commits
from warehouse.events import event_runs
from warehouse.home import Home
from warehouse.recipes import cookbook_rows

_CATALOG = Path(__file__).with_name("queries") / "catalog.sql"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the database is to hold: batches by id, runs, the reference tables.

    `records` are the folders of snapshots and of superseded readings.
    """

    batches: dict[str, Commit]
    run_ids: frozenset[str]
    records: frozenset[str]
    reference: dict[str, pa.Table]

    @property
    def current(self) -> Wanted:
        """The same without the batches of an older schema."""
        batches = {name: entry for name, entry in self.batches.items() if entry.is_current}
        return replace(self, batches=batches)

    @property
    def row_count(self) -> int:
        """How many rows its derived tables will have in all."""
        return sum(file.row_count for entry in self.batches.values() for file in entry.files)


@dataclass(frozen=True, slots=True)
class Held:
    """What a database holds: commit digests by batch, runs, records, rows per table.

    `is_reference_current` says whether its reference tables have the wanted rows.
    """

    batches: dict[str, str]
    run_ids: frozenset[str]
    records: frozenset[str]
    is_reference_current: bool
    counts: dict[str, int]

    def has_all(self, wanted: Wanted) -> bool:
        """Returns whether nothing that is wanted is lacking."""
        return (
            self.batches.keys() == wanted.batches.keys()
            and self.run_ids == wanted.run_ids
            and self.records == wanted.records
            and self.is_reference_current
        )

    def is_part_of(self, wanted: Wanted) -> bool:
        """Returns whether nothing is held that is not, or no longer, wanted."""
        is_known = self.run_ids <= wanted.run_ids and self.records <= wanted.records
        return is_known and all(
            batch_id in wanted.batches and wanted.batches[batch_id].sha256 == sha256
            for batch_id, sha256 in self.batches.items()
        )


NOTHING = Held({}, frozenset(), frozenset(), is_reference_current=False, counts={})


def wanted_of(home: Home, reference: Mapping[str, Sequence[Mapping[str, Any]]]) -> Wanted:
    """Returns what the home's database is to hold, given the rows of the reference tables."""
    rows = {
        **reference,
        schema.DICTIONARY.name: ddl.dictionary_rows(),
        schema.COOKBOOK.name: cookbook_rows(),
    }
    return Wanted(
        batches={entry.batch_id: entry for entry in read_commits(home)},
        run_ids=frozenset(event_runs(home)),
        records=frozenset(
            [*snapshots.snapshot_folders(home), *superseded.superseded_folders(home)]
        ),
        reference={
            table.name: lake.rows_table(table, rows[table.name])
            for table in schema.TABLES
            if table.kind == schema.REFERENCE
        },
    )


def held_of(path: Path, wanted: Wanted) -> Held | None:
    """Returns what a database file holds; None when it cannot be built upon."""
    try:
        with closing(engine.open_copy(path)) as connection:
            if _catalog(connection) != _expected_catalog():
                return None
            held = _read_held(connection, wanted)
    except duckdb.Error:
        return None
    return held if held.is_part_of(wanted) else None


def define(connection: duckdb.DuckDBPyConnection) -> None:
    """Makes all tables and views in an empty database, with their comments but without keys."""
    connection.begin()  # one transaction, not one for each of hundreds of comments
    for statement in ddl.statements():
        connection.execute(statement)
    connection.commit()


def add_keys(connection: duckdb.DuckDBPyConnection) -> None:
    """Gives tables their primary keys; raises duckdb.ConstraintException for two of a key."""
    for statement in ddl.primary_keys():
        connection.execute(statement)


def row_counts(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Returns the number of rows of each table."""
    counts = {}
    for table in schema.TABLES:
        found = connection.table(table.name).aggregate("count(*)").fetchone()
        counts[table.name] = found[0] if found else 0
    return counts


def _read_held(connection: duckdb.DuckDBPyConnection, wanted: Wanted) -> Held:
    batches = connection.execute("SELECT batch_id, commit_sha256 FROM batches").fetchall()
    runs = connection.execute("SELECT run_id FROM runs").fetchall()
    return Held(
        batches=dict(batches),
        run_ids=frozenset(run_id for (run_id,) in runs),
        records=frozenset(
            [*snapshots.held_folders(connection), *superseded.held_folders(connection)]
        ),
        is_reference_current=all(
            _sorted(connection.execute(f"FROM {name}").fetchall())
            == _sorted(tuple(row.values()) for row in table.to_pylist())
            for name, table in wanted.reference.items()
        ),
        counts=row_counts(connection),
    )


def _catalog(connection: duckdb.DuckDBPyConnection) -> list[tuple[Any, ...]]:
    return _sorted(connection.execute(_CATALOG.read_text(encoding="utf-8")).fetchall())


@cache
def _expected_catalog() -> list[tuple[Any, ...]]:
    with closing(duckdb.connect(":memory:")) as connection:
        define(connection)
        add_keys(connection)
        return _catalog(connection)


def _sorted(rows: Iterable[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    # By their text, because nulls and lists have no order among themselves.
    return sorted(rows, key=repr)
