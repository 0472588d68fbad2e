"""Readers that open the database in every way neither suffer from loads nor hinder them."""

from __future__ import annotations

import shutil
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.durability.reader import Seen
from tests.durability.readers import load, readers_and_loads
from warehouse.home import Home
from warehouse.query import open_database
from warehouse.snapshots import snapshot_folders


def test_eight_readers_and_two_that_stay_while_loads_publish(tmp_path: Path) -> None:
    done = readers_and_loads(tmp_path, readers=8, publishes=5)
    assert done.errors == []
    assert not any(published.is_anew for published in done.published)
    assert all(seen.query_count for seen in done.seen)
    assert sum(len(seen.run_counts) > 1 for seen in done.seen[2:]) > 4


def test_a_mixed_or_older_state_would_be_noticed() -> None:
    row = dict.fromkeys(("captures", "new", "batched", "snapshot", "in_blocks"), 6)
    mixed, older = Seen("x"), Seen("x")
    mixed.note([{**row, "runs": 2, "new": 3}])
    older.note([{**row, "runs": 2}])
    older.note([{**row, "runs": 1}])
    assert (len(mixed.errors), len(older.errors)) == (1, 1)


@pytest.fixture
def held(tmp_path: Path) -> Home:
    home = Home(tmp_path / "data")
    load(home, 0)
    return home


def test_a_load_adds_to_a_file_that_another_program_has_locked(held: Home) -> None:
    code = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); "
    code += "c.execute('CREATE TABLE mine AS FROM range(5)'); print(flush=True); input()"
    holder = subprocess.Popen(
        [sys.executable, "-c", code, str(held.database)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert holder.stdout
    holder.stdout.readline()
    try:
        with closing(open_database(held)) as database:
            assert database.execute("SELECT count(*) FROM captures").fetchone() == (3,)
        published = load(held, 1)
        assert not published.is_anew
        assert len(snapshot_folders(held)) == 2
    finally:
        holder.kill()
        holder.communicate()
    with closing(open_database(held)) as database:
        assert database.execute("SELECT count(*) FROM captures").fetchone() == (6,)
        tables = {name for (name,) in database.execute("SHOW TABLES").fetchall()}
    assert "mine" not in tables


def test_a_copy_opened_for_reading_leaves_nothing(
    held: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    shutil.copy(held.database, held.database.with_name("refworld.duckdb.wal"))
    with closing(open_database(held)) as database:
        assert list(scratch.iterdir()) == []
        assert database.execute("SELECT count(*) FROM captures").fetchone() == (3,)
