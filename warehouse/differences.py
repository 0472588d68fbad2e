"""What another reading of a batch says otherwise, field by field, before anything is replaced."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from warehouse.commits import Commit
from warehouse.digests import lake_connection, parquet_captures
from warehouse.home import Home
from warehouse.lake import column_names, read_table
from warehouse.schema import DERIVED_TABLES, Table
from warehouse.staging import Staged

_READINGS = Path(__file__).with_name("queries") / "readings.sql"
_COMMIT_COLUMNS = ("batch_id", "commit_sha256", "code_version", "capture_id")


@dataclass(frozen=True, slots=True)
class Difference:
    """One value of one capture that is read otherwise; None where there is no value.

    Args:
        capture_id: The capture.
        document_id: The document it is, by the reading in the lake or else by the new one.
        field: Column of document_versions, or `outcome`.
        before: The value in the lake.
        after: The value that is read now.
    """

    capture_id: str
    document_id: str | None
    field: str
    before: Any
    after: Any


@dataclass(slots=True)
class Compared:
    """How a batch read anew compares with what is committed.

    Args:
        differences: Values that differ.
        table_counts: How many captures have other rows, by derived table.
    """

    differences: list[Difference] = field(default_factory=list)
    table_counts: dict[str, int] = field(default_factory=dict)


def compare(home: Home, committed: Commit, staged: Staged) -> Compared:
    """Compares a batch that is staged with its committed self; nothing is changed.

    Of tables of another version the columns are compared that both have.

    Raises:
        duckdb.Error: A committed table is gone or cannot be read.
    """
    folders = committed.folder(home), home.staging / staged.folder
    done = Compared()
    with lake_connection(home) as connection:
        others = _others(committed, folders[0])
        for table in DERIVED_TABLES:
            paths = [folder / f"{table.name}.parquet" for folder in folders]
            shared = table if committed.is_current else _shared(table, paths)
            before, after = (
                parquet_captures(connection, [path], shared) if path.exists() else {}
                for path in paths
            )
            done.table_counts[table.name] = sum(
                before.get(capture_id) != after.get(capture_id)
                for capture_id in (before.keys() | after.keys()) - others
            )
        if any(done.table_counts[name] for name in ("captures", "document_versions")):
            old, new = (_readings(connection, folder, committed.warc_name) for folder in folders)
            for capture_id in sorted(old.keys() | new.keys()):
                done.differences.extend(_between(capture_id, old[capture_id], new[capture_id]))
    return done


def _shared(table: Table, paths: Sequence[Path]) -> Table:
    """Returns a table with those of its columns that all the files have."""
    held = [column_names(path) for path in paths if path.exists()]
    kept = tuple(c for c in table.columns if all(c.name in names for names in held))
    return replace(table, columns=kept)


def _others(committed: Commit, folder: Path) -> set[str]:
    """Returns the captures of other batches that lie in the same pack."""
    if committed.in_pack is None:
        return set()
    rows = read_table(folder / "captures.parquet", ["capture_id", "warc_file"]).to_pylist()
    return {row["capture_id"] for row in rows if row["warc_file"] != committed.warc_name}


def _readings(connection: Any, folder: Path, warc_file: str) -> dict[str, dict[str, Any]]:
    parameters = {
        "captures": str(folder / "captures.parquet"),
        "document_versions": str(folder / "document_versions.parquet"),
        "warc_file": warc_file,
        **dict.fromkeys(("batch_id", "commit_sha256", "code_version"), ""),
    }
    cursor = connection.execute(_READINGS.read_text(encoding="utf-8"), parameters)
    names = [column[0] for column in cursor.description]
    rows = (dict(zip(names, row, strict=True)) for row in cursor.fetchall())
    return {row["capture_id"]: row for row in rows}


def _between(
    capture_id: str, old: Mapping[str, Any], new: Mapping[str, Any]
) -> Iterator[Difference]:
    document_id = old["document_id"] or new["document_id"]
    for name in new:
        if name not in _COMMIT_COLUMNS and old.get(name) != new[name]:
            yield Difference(capture_id, document_id, name, old.get(name), new[name])
