"""The README's commands run, print what it says, and its SQL answers."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from benchmarks.plain import ingest_plainly
from warehouse.home import Home

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
CONSOLE = re.findall(r"```console\n(.*?)```", README, re.DOTALL)
SQL = re.findall(r"```sql\n(.*?)```", README, re.DOTALL)
# What differs from run to run and from version to version.
VOLATILE = (
    (re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{8}"), "RUN"),
    (re.compile(r"\b0(?:\.\d+)*\+[0-9a-f]{12}"), "CODE"),
    (re.compile(r"in [\d.]+ s\b"), "in N s"),
    (re.compile(r"[ \t]+\n"), "\n"),
)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("newcomer")
    shutil.copytree(ROOT / "seeds", folder / "seeds")
    return folder


def run(command: str, place: Path) -> str:
    words = shlex.split(command)
    assert words[0] == "refworld"
    environment = {key: value for key, value in os.environ.items() if key != "PREFECT_API_URL"}
    environment |= {"COLUMNS": "100", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-m", "flows.cli", *words[1:]],
        cwd=place,
        env=environment,
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home that holds the seed, and no command of the README has seen."""
    home = Home(tmp_path_factory.mktemp("asked") / "data")
    ingest_plainly(str(ROOT / "seeds"), home, 1)
    return home


def settled(text: str) -> str:
    for pattern, name in VOLATILE:
        text = pattern.sub(name, text)
    return text.strip()


def test_readme_has_commands_and_queries() -> None:
    assert len(CONSOLE) >= 4
    assert len(SQL) >= 6
    assert CONSOLE[0].startswith("$ refworld ingest seeds")


def test_commands_print_what_the_readme_says(place: Path) -> None:
    for block in CONSOLE:
        command, expected = block.removeprefix("$ ").split("\n", 1)
        printed = settled(run(command, place) + "\n")
        is_begun = expected.endswith("...\n")
        expected = settled(expected.removesuffix("...\n"))
        assert printed.startswith(expected) if is_begun else printed == expected, command


@pytest.mark.parametrize("query", SQL, ids=lambda query: query.splitlines()[0][3:])
def test_queries_of_the_readme_answer(query: str, asked: Home) -> None:
    with duckdb.connect(str(asked.database), read_only=True) as connection:
        rows = connection.execute(query).fetchall()
    # The seed has no issues: the one query that may be empty.
    assert rows or "FROM issues" in query


def test_every_command_stands_in_the_readme(place: Path) -> None:
    listed = set(re.findall(r"^\| `refworld ([a-z]+)", README, re.MULTILINE))
    offered = set(re.findall(r"^  ([a-z]+)  +", run("refworld --help", place), re.MULTILINE))
    assert listed == offered
