"""Saved queries: proven, or the difference shown; kept like all that is recorded."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from benchmarks.plain import ingest_plainly
from flows.looking import saved
from tests.flows.conftest import run_here, write_corpus
from warehouse.home import Home
from warehouse.query import open_database

TITLES = "SELECT document_id, title FROM documents"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Home:
    folder = tmp_path_factory.mktemp("made")
    ingest_plainly(str(write_corpus(folder / "corpus.jsonl", 2)), Home(folder / "data"), 1)
    return Home(folder / "data")


@pytest.fixture
def home(made: Home, tmp_path: Path) -> Home:
    return Home(shutil.copytree(made.root, tmp_path / "data"))


def sql(home: Home, *words: str) -> tuple[int, str]:
    done = run_here("sql", *words, "--data", home.root)
    return done.returncode, done.stdout + done.stderr


def saves(home: Home, query: str, name: str) -> str:
    code, said = sql(home, query, "--save", name)
    assert code == 0, said
    return said


def test_a_saved_answer_is_proven_or_its_difference_shown(home: Home, tmp_path: Path) -> None:
    assert "2 captures of the documents it names" in saves(home, TITLES, "titles")
    assert "2 captures that it names" in saves(home, "SELECT capture_id FROM captures", "captures")
    assert "all captures of the snapshot" in saves(home, "SELECT count(*) FROM blocks", "blocks")
    ordered = saves(home, f"{TITLES} ORDER BY title DESC", "ordered")
    (digest,) = [word for word in ordered.split() if len(word.strip(",")) == 64]
    for name in ("titles", "captures", "blocks", "ordered"):
        assert sql(home, "--replay", name)[0] == 0
    listed = sql(home, "--saved")[1]
    assert [line.split()[0] for line in listed.splitlines()[::2]] == [
        "blocks", "captures", "ordered", "titles",
    ]  # fmt: skip
    assert listed.count(digest) == 2  # the order of rows is no part of a digest

    ingest_plainly(str(write_corpus(tmp_path / "more.jsonl", 1, first=5)), home, 1)
    with open_database(home) as database:
        query = "SELECT capture_id FROM documents WHERE document_id = '400000005'"
        ((capture_id,),) = database.execute(query).fetchall()
    code, said = sql(home, "--replay", "titles")
    assert code == 1
    assert '0 rows gone.\n1 row new:\n  + ["400000005"' in said
    assert f"1 capture, each of which is named now and was not:\n  {capture_id}  (came in" in said
    code, said = sql(home, "--replay", "blocks")
    assert code == 1
    assert "1 row gone:" in said
    assert f"1 capture, each of which came in since:\n  {capture_id}" in said
    saves(home, TITLES, "titles-now")
    assert sql(home, "--replay", "titles-now")[0] == 0


def test_what_was_saved_is_verified_and_copied(home: Home, tmp_path: Path) -> None:
    saves(home, TITLES, "titles")
    copy = tmp_path / "copy"
    assert run_here("replicate", copy, "--data", home.root).returncode == 0
    path = home.events / "query-titles" / "saved_rows.parquet"
    kept = path.read_bytes()
    path.write_bytes(kept[:-9] + b"x" + kept[-8:])
    done = run_here("verify", "--data", home.root)
    assert done.returncode == 2
    assert "events/query-titles/saved_rows.parquet" in done.stdout
    assert run_here("repair", "--from", copy, "--data", home.root).returncode == 0
    assert path.read_bytes() == kept
    assert run_here("verify", "--data", home.root).returncode == 0
    assert sql(home, "--replay", "titles")[0] == 0


def test_values_are_kept_apart(home: Home) -> None:
    """What is not the same has not the same digest, and NaN is found again."""
    same = "SELECT * FROM (VALUES ('nan'::DOUBLE, DATE '2006-06-05', [1], NULL, '')) t"
    other = same.replace("NULL, ''", "'', NULL")
    saves(home, same, "same")
    assert sql(home, "--replay", "same")[0] == 0
    saves(home, other, "other")
    listed = sql(home, "--saved")[1].split()
    digests = {word.strip(",") for word in listed if len(word.strip(",")) == 64}
    assert len(digests) == 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["SELECT 1", "--save", "../x"], "is no name"),
        (["SELECT 1", "--save", "one"], "saved as one already"),
        (["SELECT 1", "--save", "two", "--external"], "leave --external out"),
        (["SELECT nothing", "--save", "two"], "nothing"),
        (["SELECT unnest(range(11))", "--save", "two"], "more than 10 rows"),
        (["--replay", "none"], "no query is saved as none"),
        (["SELECT 1", "--replay", "one"], "give a query, or"),
        (["--save", "two"], "give a query, or"),
        ([], "There is no query"),
        (["--replay", "x", "--saved"], "give a query, or"),
    ],
)
def test_what_is_wrong_is_said(
    words: list[str], said: str, seeded: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(saved, "MOST_ROWS", 10)
    code, told = sql(seeded, *words)
    assert code == 2
    assert said in told
    assert [path.name for path in seeded.events.glob("query-*")] == ["query-one"]


@pytest.fixture(scope="module")
def seeded(made: Home, tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(shutil.copytree(made.root, tmp_path_factory.mktemp("seeded") / "data"))
    saves(home, "SELECT 1", "one")
    return home
