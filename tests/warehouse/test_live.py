"""What a process that goes on for long sees of what is published meanwhile."""

from __future__ import annotations

import os
from contextlib import ExitStack

import duckdb
import pytest

from tests.warehouse.pages import commit_batch, page, publish_all
from warehouse.home import Home
from warehouse.live import LiveDatabase
from warehouse.query import DatabaseUnusable, NoDatabase


def counted(connection: duckdb.DuckDBPyConnection) -> int:
    row = connection.execute("SELECT count(*) FROM captures").fetchone()
    assert row
    return int(row[0])


def test_each_sees_what_is_published_when_it_begins(home: Home) -> None:
    live = LiveDatabase(home)
    with pytest.raises(NoDatabase), live.connected():
        pass
    commit_batch(home, [page(1)])
    publish_all(home)
    with ExitStack() as readers:
        before = readers.enter_context(live.connected())
        assert counted(before) == 1
        for number in range(2, 5):
            commit_batch(home, [page(number)])
            publish_all(home)
            with live.connected() as after:
                assert counted(after) == number
            assert counted(before) == 1
        middle = readers.enter_context(live.connected())
        commit_batch(home, [page(9)])
        publish_all(home)
        with live.connected() as last:
            assert (counted(before), counted(middle), counted(last)) == (1, 4, 5)
    live.close()


def test_nothing_stays_open_behind_it(home: Home) -> None:
    commit_batch(home, [page(1)])
    publish_all(home)
    live = LiveDatabase(home)
    with live.connected():
        pass
    opened = len(os.listdir("/proc/self/fd"))
    for number in range(2, 6):
        commit_batch(home, [page(number)])
        publish_all(home)
        with live.connected() as connection:
            assert counted(connection) == number
    assert len(os.listdir("/proc/self/fd")) <= opened + 1
    live.close()


def test_nothing_but_the_database_can_be_reached(home: Home) -> None:
    commit_batch(home, [page(1)])
    publish_all(home)
    with LiveDatabase(home).connected() as connection:
        for sql in ("CREATE TABLE t (i INTEGER)", "SELECT * FROM read_text('/etc/hostname')"):
            with pytest.raises(duckdb.Error):
                connection.execute(sql)


def test_damage_is_said_and_a_mended_file_is_read(home: Home) -> None:
    commit_batch(home, [page(1)])
    publish_all(home)
    whole = home.database.read_bytes()
    live = LiveDatabase(home)
    home.database.write_bytes(b"no database")
    with pytest.raises(DatabaseUnusable), live.connected():
        pass
    home.database.write_bytes(whole)
    with live.connected() as connection:
        assert counted(connection) == 1
