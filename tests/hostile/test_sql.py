"""A query from anybody reads the database, within limits, and reaches nothing else."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.flows.conftest import command_environment
from tests.warehouse.pages import commit_batch, page, publish_all
from warehouse.home import Home


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(tmp_path_factory.mktemp("sql") / "data")
    commit_batch(home, [page(number) for number in range(4)])
    publish_all(home)
    return home


def ask(
    home: Home, query: str, *options: object, folder: Path | None = None
) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "flows.cli", "sql", query, "--data", str(home.root)]
    return subprocess.run(
        [*command, *map(str, options)],
        cwd=folder,
        env=command_environment(),
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )


OUTSIDE = [
    "FROM read_text('/etc/passwd')",
    "FROM '/etc/passwd'",
    "FROM read_csv('/etc/passwd')",
    "SELECT * FROM glob('/etc/*')",
    "COPY captures TO 'stolen.csv'",
    "COPY captures TO 'stolen.parquet' (FORMAT parquet)",
    "EXPORT DATABASE 'stolen'",
    "ATTACH 'stolen.duckdb'",
    "INSTALL httpfs",
    "LOAD './stolen.duckdb_extension'",
    "FROM 'https://127.0.0.1:1/x.csv'",
    "SET enable_external_access = true",
    "SET memory_limit = '100GB'",
    "SET allowed_directories = ['/']",
    "PRAGMA threads = 64",
    "RESET lock_configuration",
    "DELETE FROM captures",
]


@pytest.mark.parametrize("query", OUTSIDE)
def test_nothing_outside_is_reached(home: Home, tmp_path: Path, query: str) -> None:
    done = ask(home, query, folder=tmp_path)
    assert done.returncode == 2
    assert "root:" not in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]
    assert "FROM read_text" not in query or "disabled by configuration" in done.stderr


def test_files_are_reached_when_that_is_asked_for(home: Home, tmp_path: Path) -> None:
    (tmp_path / "more.csv").write_text("n\n7\n")
    done = ask(home, "FROM 'more.csv'", "--external", "--format", "json", folder=tmp_path)
    assert json.loads(done.stdout) == [{"n": 7}]
    locked = ask(home, "SET memory_limit = '100GB'", "--external")
    assert locked.returncode == 2


def test_parquet_is_written_where_it_was_asked_for_and_nowhere_else(
    home: Home, tmp_path: Path
) -> None:
    out = tmp_path / "it's.parquet"
    options = ("--format", "parquet", "--out", out)
    assert ask(home, "FROM captures", *options, folder=tmp_path).returncode == 0
    assert ask(home, f"FROM read_text('{__file__}')", *options).returncode == 2
    assert os.listdir(tmp_path) == [out.name]


@pytest.mark.parametrize(
    "query",
    [
        "SELECT list(i) FROM range(1000000000) r(i)",
        "SELECT string_agg(repeat('x', 1000000), '') FROM range(100000)",
    ],
)
def test_a_query_that_eats_memory_is_stopped(home: Home, query: str) -> None:
    done = ask(home, query, "--memory", "100MB")
    assert done.returncode == 2
    assert "Out of Memory" in done.stderr


@pytest.mark.parametrize(
    "query",
    [
        "WITH RECURSIVE r(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM r) SELECT count(*) FROM r",
        "SELECT count(*) FROM range(10000000) a, range(9999999) b WHERE a.range * b.range % 7 = 3",
    ],
)
def test_an_endless_query_is_stopped_in_time(home: Home, query: str) -> None:
    began = time.monotonic()
    done = ask(home, query, "--timeout", 1)
    assert done.returncode == 2
    assert done.stderr == ("The query was stopped after 1 s; --timeout SECONDS gives it longer.\n")
    assert time.monotonic() - began < 30


def test_a_size_that_is_none_is_refused_in_words(home: Home) -> None:
    done = ask(home, "SELECT 1", "--memory", "much'; DROP")
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1"]
QUERY = 'FROM (VALUES {}) t("=cell")'.format(
    ", ".join(f"({'||'.join(f'chr({ord(c)})' for c in text)})" for text in FORMULAS)
)


def test_formulas_are_defused_in_csv_and_exact_elsewhere(home: Home) -> None:
    def cells(*options: str) -> list[str]:
        done = ask(home, QUERY, "--format", "csv", *options, "--out", out)
        assert done.returncode == 0, done.stderr
        with out.open(newline="", encoding="utf-8") as stream:
            return [row[0] for row in csv.reader(stream)]

    out = home.root.parent / "out.csv"
    texts = ["=cell", *FORMULAS]
    assert cells() == [f"'{text}" for text in texts]
    assert cells("--raw-csv") == texts
    found = json.loads(ask(home, QUERY, "--format", "json").stdout)
    assert [row["=cell"] for row in found] == FORMULAS


def test_numbers_are_no_formulas(home: Home) -> None:
    done = ask(home, "SELECT -1 AS n, 'a-b' AS t", "--format", "csv")
    assert list(csv.reader(io.StringIO(done.stdout))) == [["n", "t"], ["-1", "a-b"]]


def test_controls_do_not_reach_the_terminal(home: Home) -> None:
    done = ask(home, "SELECT chr(27) || '[2J' AS x, 'a' || chr(8238) || 'b' AS y")
    assert "\x1b" not in done.stdout
    assert "\u202e" not in done.stdout
    assert "\\x1b[2J" in done.stdout
