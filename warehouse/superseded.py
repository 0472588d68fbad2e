"""Readings that newer code has replaced: kept, so that it is known what was known when.

Before a batch that is derived anew takes the place of the one before, what that one said of each
capture goes to `events/superseded-<commit>/`, under the digest of its commit.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from warehouse import disk, engine
from warehouse.committed import Commit
from warehouse.events import is_sealed, write_sealed_folder
from warehouse.home import Home
from warehouse.lake import matched
from warehouse.schema import SUPERSEDED_READINGS

_READINGS = Path(__file__).with_name("queries") / "readings.sql"
_PREFIX = "superseded-"
_TABLES = ("captures", "document_versions")


def superseded_folders(home: Home) -> list[str]:
    """Returns the names of the folders of superseded readings."""
    return sorted(
        path.name for path in home.events.glob(f"{_PREFIX}*") if is_sealed(home, path.name)
    )


def held_folders(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Returns the names that the folders of a database's superseded readings have in the lake."""
    rows = connection.execute("SELECT DISTINCT commit_sha256 FROM superseded_readings").fetchall()
    return [f"{_PREFIX}{commit_sha256}" for (commit_sha256,) in rows]


def keep_readings(home: Home, committed: Commit) -> None:
    """Writes down what a batch's commit says of its captures, durably; once is enough.

    Columns that older tables lack are null. Tables that are damaged are not kept: what they say is
    not what was read.
    """
    name = f"{_PREFIX}{committed.sha256}"
    digests = {Path(file.path).stem: file.sha256 for file in committed.tables}
    paths = {table: committed.table_path(home, table) for table in _TABLES}
    if is_sealed(home, name) or not all(
        path.exists() and disk.sha256_of(path) == digests[table] for table, path in paths.items()
    ):
        return
    with engine.connect(None, home.staging / "spill") as connection:
        connection.execute(
            _READINGS.read_text(encoding="utf-8"),
            {
                "captures": str(paths["captures"]),
                "document_versions": str(paths["document_versions"]),
                "warc_file": committed.warc_name,
                "batch_id": committed.batch_id,
                "commit_sha256": committed.sha256,
                "code_version": committed.code_version,
            },
        )
        rows = matched(SUPERSEDED_READINGS, connection.to_arrow_table())
    write_sealed_folder(home, name, {SUPERSEDED_READINGS.name: rows})
