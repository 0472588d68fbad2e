"""What earlier fetches got, as their events tell; the database, which may be gone, is not asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from warehouse.committed import read_commits, table_paths_of
from warehouse.digests import lake_connection
from warehouse.events import event_runs, table_paths
from warehouse.home import Home
from warehouse.loading import parquet_source
from warehouse.schema import CAPTURES, FETCHES, RUNS

_QUERIES = Path(__file__).with_name("queries")


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of an address before it is fetched.

    Args:
        capture_id: Its last capture, fetched or taken in otherwise.
        payload_sha256: Digest of the page that was fetched last, hex; None when none was.
        stored_at: When that page was fetched (UTC).
        etag: What the server called it.
        last_modified: The server's time of it, to the letter.
    """

    capture_id: str | None = None
    payload_sha256: str | None = None
    stored_at: datetime | None = None
    etag: str | None = None
    last_modified: str | None = None


NOTHING_KNOWN = Known()


def known_of(home: Home, addresses: Sequence[str]) -> dict[str, Known]:
    """Returns what is known of addresses, to the letter; unknown ones are left out.

    Of what was fetched all is given, because a redirect may lead there; of what was taken in
    otherwise only these addresses.

    Raises:
        CommitDamaged: A commit.json cannot be read.
        duckdb.Error: A Parquet file is missing or damaged.
    """
    captures = table_paths_of(home, read_commits(home), CAPTURES.name)
    fetches = table_paths(home, event_runs(home), FETCHES.name)
    found = {
        row["target_uri"]: Known(capture_id=row["capture_id"])
        for row in _rows(home, "known_captures", captures, {"addresses": list(addresses)})
    }
    for row in _rows(home, "known_fetches", fetches, {}):
        before = found.get(row["target_uri"], NOTHING_KNOWN)
        found[row["target_uri"]] = replace(
            before,
            capture_id=row["capture_id"] or before.capture_id,
            payload_sha256=row["payload_sha256"],
            stored_at=row["stored_at"].replace(tzinfo=UTC),
            **row["validators"],
        )
    return found


def pending_files(home: Home) -> dict[Path, list[str]]:
    """Returns the WARC files of fetches that no ingest has been given, the oldest first.

    With each stand the addresses of the pages in it that were not kept before.
    """
    run_ids = event_runs(home)
    fetches, runs = (table_paths(home, run_ids, table.name) for table in (FETCHES, RUNS))
    if not fetches:
        return {}
    sources = {"fetches": _source(fetches), "runs": _source(runs)}
    rows = _query(home, "fetched_pending", sources, {})
    return {home.fetched / row["warc_file"]: row["addresses"] for row in rows}


def _rows(
    home: Home, name: str, paths: Sequence[Path], parameters: Mapping[str, Any]
) -> list[dict[str, Any]]:
    return _query(home, name, {"source": _source(paths)}, parameters) if paths else []


def _source(paths: Sequence[Path]) -> str:
    return parquet_source(paths, is_united=True)


def _query(
    home: Home, name: str, sources: Mapping[str, str], parameters: Mapping[str, Any]
) -> list[dict[str, Any]]:
    query = (_QUERIES / f"{name}.sql").read_text(encoding="utf-8").format(**sources)
    with lake_connection(home) as connection:
        cursor = connection.execute(query, dict(parameters))
        names = [column[0] for column in cursor.description or []]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
