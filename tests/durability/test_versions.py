"""Recaptures of a document are versions, with three clocks; changes are told by their cause."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pytest

from benchmarks.plain import ingest_plainly
from tests.flows.conftest import ROOT, SEED, command_environment, run_here
from tests.warehouse.pages import (
    CODE_VERSION,
    acquisition_row,
    publish_all,
    reading_of,
    run_row,
)
from transforms.records import capture_of
from warehouse import commits
from warehouse.events import write_event_tables
from warehouse.home import Home

SEEN = datetime(2026, 11, 23, 14, 15, tzinfo=UTC)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home with three captures of document d: captured 2015, accessed 2018, neither known."""
    home = Home(tmp_path / "data")
    told = [
        ("captured", datetime(2015, 6, 1, 23, 30, tzinfo=UTC), {"last_updated": None}),
        ("accessed", None, {"accessed_date": date(2018, 3, 4)}),
        ("neither", None, {"title": "Neither", "last_updated": None}),
    ]
    captures = [
        capture_of(f"Title\n{name}".encode(), f"https://x/{name}", at) for name, at, _ in told
    ]
    readings = [
        reading_of(capture, **({"document_id": "d"} | changes))
        for capture, (_, _, changes) in zip(captures, told, strict=True)
    ]
    readings[2] = reading_of(captures[2], document_id="d", last_updated=None)
    commits.commit(home, commits.stage(home, captures, readings, CODE_VERSION))
    rows = [acquisition_row("r1", n, capture, seen_at=SEEN) for n, capture in enumerate(captures)]
    counts = {"input_count": 3, "new_count": 3}
    counts |= {name: sum(len(c.payload) for c in captures) for name in ("input_bytes", "new_bytes")}
    write_event_tables(home, "r1", {"runs": [run_row("r1", **counts)], "acquisitions": rows})
    publish_all(home)
    return home


def asked(home: Home, sql: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(home.database), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def test_each_version_has_its_clocks(home: Home) -> None:
    found = asked(
        home,
        "SELECT target_uri[11:], known_from, known_by, first_seen_at FROM version_times "
        "JOIN (SELECT capture_id, target_uri FROM captures) USING (capture_id) ORDER BY 1",
    )
    seen = SEEN.replace(tzinfo=None)
    assert found == [
        ("accessed", date(2018, 3, 4), "accessed_date", seen),
        ("captured", date(2015, 6, 1), "captured_at", seen),
        ("neither", date(2026, 11, 23), "first_seen_at", seen),
    ]


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2015-05-31", []),
        ("2015-06-01", [("captured", 1)]),
        ("2018-03-03", [("captured", 1)]),
        ("2018-03-04", [("accessed", 2)]),
        ("2026-11-23", [("accessed", 3)]),
    ],
)
def test_what_could_be_known_on_a_day(
    home: Home, day: str, expected: list[tuple[str, int]]
) -> None:
    sql = (
        "SELECT target_uri[11:], version_count FROM documents_as_of({}) "
        "JOIN captures USING (capture_id)"
    )
    assert asked(home, sql.format(f"'{day}'")) == expected
    assert asked(home, sql.format(f"DATE '{day}'")) == expected


def other_code(folder: Path) -> dict[str, str]:
    """Returns an environment with newer code: it finds no language."""
    for name in ("flows", "transforms", "warehouse"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    path = folder / "transforms" / "reading.py"
    source = path.read_text(encoding="utf-8")
    changed = source.replace("if has_body and (", "if False and (")
    assert changed != source
    path.write_text(changed, encoding="utf-8")
    return command_environment() | {"PYTHONPATH": str(folder)}


def refworld(environment: dict[str, str], *arguments: str, cwd: Path) -> str:
    """Runs the command of the code that the environment leads to."""
    done = subprocess.run(
        [sys.executable, "-m", "flows.cli", *arguments],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_newer_code_is_compared_before_it_is_put_in_place_and_told_from_the_source(
    tmp_path: Path,
) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    (seed,) = SEED.glob("*.txt")
    shutil.copy(seed, inbox / "1.txt")
    later = (
        seed.read_bytes().replace(b"31 May 2023", b"30 June 2023").replace(b"Wednesday", b"Friday")
    )
    (inbox / "2.txt").write_bytes(later)
    home = Home(tmp_path / "data")
    ingest_plainly(str(inbox), home, 1)
    same = run_here("rebuild", "--diff", "--workers", 1, "--data", home.root)
    assert "Nothing is read otherwise" in same.stdout

    new = other_code(tmp_path / "new")
    place = tmp_path / "new"
    data = str(home.root)
    before = {p: p.read_bytes() for p in sorted((home.root / "lake").rglob("*")) if p.is_file()}
    out = tmp_path / "all.json"
    said = refworld(new, "rebuild", "--diff", "--data", data, "--out", str(out), cwd=place)
    assert "language                    0        0        2" in said
    assert "before  en" in said
    assert "Nothing has been changed" in said
    assert [json.loads(line)["field"] for line in out.read_text().splitlines()] == ["language"] * 2
    after = {p: p.read_bytes() for p in sorted((home.root / "lake").rglob("*")) if p.is_file()}
    assert after == before

    refworld(new, "rebuild", "--data", data, cwd=place)
    assert asked(home, "SELECT DISTINCT language FROM documents") == [(None,)]
    assert asked(home, "SELECT DISTINCT language FROM documents_in_snapshot(1)") == [("en",)]
    said = run_here("history", "4680d8a81d", "--json", "--data", data).stdout
    changes = [json.loads(line) for line in said.splitlines()]
    source = [c for c in changes if c["label"] == "the source changed"]
    reading = [c for c in changes if c["label"] == "our reading changed"]
    assert {c["field"] for c in source} == {"last_updated"}
    assert [(c["field"], c["before"], c["after"]) for c in reading] == [
        ("language", "en", None)
    ] * 2
    words = run_here("history", "4680d8a81d", "--data", data).stdout
    assert "2 versions of 4680d8a81d" in words
    assert "the source changed: capture" in words
    listed = run_here("snapshots", "--data", data).stdout
    assert [line.split()[0] for line in listed.splitlines()] == ["number", "2", "1"]
    assert "rebuild" in listed


def test_the_database_alone_is_built_anew(home: Home) -> None:
    home.database.write_bytes(b"no database")
    said = run_here("rebuild", "--database", "--data", home.root)
    assert "anew: 1 batch with 3 captures, 1 run" in said.stdout
    assert asked(home, "SELECT count(*) FROM document_versions") == [(3,)]
