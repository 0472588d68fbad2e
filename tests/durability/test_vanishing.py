"""The database can be deleted, cut, changed or replaced at any time; nothing else depends on it."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import closing

import duckdb
import pytest

from flows.rebuild_database import rebuild_database_command
from flows.verify_command import verify_command
from tests.durability.kept import PAGES, verified
from tests.flows.conftest import run_here
from tests.warehouse.pages import commit_batch, page, publish_all
from warehouse.digests import content_digests, database_digests
from warehouse.home import Home
from warehouse.query import DatabaseUnusable, NoDatabase, open_database, words_of
from warehouse.snapshots import snapshot_folders


def delete(home: Home) -> None:
    home.database.unlink()


def cut(share: float) -> Callable[[Home], None]:
    def damage(home: Home) -> None:
        content = home.database.read_bytes()
        home.database.write_bytes(content[: int(len(content) * share)])

    return damage


def flip(start: float, end: float, seed: int = 0) -> Callable[[Home], None]:
    """Returns what changes a hundred random bytes between two places of the file."""

    def damage(home: Home) -> None:
        content, chance = bytearray(home.database.read_bytes()), random.Random(seed)
        for _ in range(100):
            at = chance.randrange(int(len(content) * start), int(len(content) * end))
            content[at] ^= 1 << chance.randrange(8)
        home.database.write_bytes(content)

    return damage


def change_a_row(home: Home) -> None:
    with duckdb.connect(str(home.database)) as connection:
        connection.execute("UPDATE blocks SET text = 'another' WHERE seq = 1")


def write_text(home: Home) -> None:
    home.database.write_text("This is no database.\n")


def make_folder(home: Home) -> None:
    home.database.unlink()
    home.database.mkdir()
    (home.database / "kept.txt").write_text("somebody's")


def dangle(home: Home) -> None:
    home.database.unlink()
    home.database.symlink_to(home.root / "nothing")


def leave_log(home: Home) -> None:
    home.database.with_name("refworld.duckdb.wal").write_bytes(b"a stranger's log")


DAMAGES = {
    "deleted": delete,
    "empty": cut(0),
    "cut to a tenth": cut(0.1),
    "cut to a half": cut(0.5),
    "cut at the end": cut(0.999),
    "header changed": flip(0, 0.01),
    "middle changed": flip(0.3, 0.7),
    "row changed": change_a_row,
    "text": write_text,
    "folder": make_folder,
    "dangling link": dangle,
    "log beside it": leave_log,
}
EVERY = pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
SOME = ("deleted", "cut to a half", "middle changed", "text")
MOST = pytest.mark.parametrize(
    "damage",
    [
        pytest.param(do, id=name, marks=() if name in SOME else pytest.mark.long)
        for name, do in DAMAGES.items()
    ],
)


def assert_whole(home: Home, capture_count: int) -> None:
    with closing(open_database(home)) as database:
        assert database_digests(database) == content_digests(home)
        assert database.execute("SELECT count(*) FROM captures").fetchone() == (capture_count,)
    assert verified(home).faults == []
    assert not home.database.with_name("refworld.duckdb.wal").exists()


@MOST
def test_the_next_load_restores_it(home: Home, damage: Callable[[Home], None]) -> None:
    recorded = len(snapshot_folders(home))
    damage(home)
    commit_batch(home, [page(90)])
    publish_all(home)
    assert_whole(home, len(PAGES) + 1)
    assert len(snapshot_folders(home)) == recorded + 1


# The load is the same when nothing is new; where the draft comes from is not.
@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(
            damage,
            id=name,
            marks=[] if name in ("deleted", "middle changed", "text") else [pytest.mark.long],
        )
        for name, damage in DAMAGES.items()
    ],
)
def test_so_does_a_load_with_nothing_new(home: Home, damage: Callable[[Home], None]) -> None:
    damage(home)
    publish_all(home)
    assert_whole(home, len(PAGES))


def refusal_of(home: Home) -> str:
    """Returns what whoever looks is told; the command's name when nothing had to be."""
    try:
        with closing(open_database(home)) as database:
            database_digests(database)
    except (DatabaseUnusable, NoDatabase) as error:
        return str(error)
    except duckdb.Error as error:
        return words_of(error, home)  # of a page that is found damaged only when it is read
    return "refworld"


@EVERY
def test_verify_names_it_and_a_look_says_what_mends_it(
    home: Home, damage: Callable[[Home], None]
) -> None:
    damage(home)
    faults = verified(home).faults
    assert faults
    assert all(fault.place.startswith("refworld.duckdb") for fault in faults)
    assert "refworld" in refusal_of(home)


@pytest.mark.parametrize(
    "name",
    [
        "folder",
        "middle changed",
        pytest.param("cut to a half", marks=pytest.mark.long),
        pytest.param("dangling link", marks=pytest.mark.long),
    ],
)
def test_the_commands_say_it_in_words(ingested: Home, name: str) -> None:
    DAMAGES[name](ingested)
    for arguments in (["status"], ["sql", "SELECT sum(length(text)) FROM blocks"]):
        done = run_here(*arguments, "--data", ingested.root)
        assert "Traceback" not in done.stderr
        assert done.returncode == 0 or "refworld rebuild --database" in done.stderr
    assert rebuild_database_command(ingested, is_patient=False) == 0
    assert verify_command(ingested, None, None) == 0
