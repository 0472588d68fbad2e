"""The commands that look: what they print, how fast, and that they import no more than needed."""

import csv
import io
import json
import os
import resource
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.flows.conftest import Command, command_environment
from warehouse.commits import read_commits
from warehouse.home import Home

SEED_ID = "4680d8a81d"
LOOKS: list[list[str]] = [
    ["--help"],
    ["status"],
    ["sql", "SELECT count(*) FROM documents"],
    ["show", SEED_ID],
    ["trace", SEED_ID],
]


@pytest.mark.parametrize("arguments", LOOKS, ids=lambda arguments: arguments[0])
def test_looking_imports_neither_prefect_nor_arrow(seed_home: Home, arguments: list[str]) -> None:
    program = (
        "import sys, flows.cli\n"
        "try:\n    flows.cli.main()\n"
        "except SystemExit as end:\n    assert not end.code, end.code\n"
        "heavy = {'prefect', 'pyarrow'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    environment = command_environment(REFWORLD_DATA=str(seed_home.root))
    subprocess.run([sys.executable, "-c", program, *arguments], env=environment, check=True)


@pytest.mark.parametrize("arguments", LOOKS[:4], ids=lambda arguments: arguments[0])
def test_looking_answers_at_once(seed_home: Home, arguments: list[str]) -> None:
    environment = command_environment(REFWORLD_DATA=str(seed_home.root))
    seconds = []
    for _ in range(5):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        command = [sys.executable, "-m", "flows.cli", *arguments]
        subprocess.run(command, env=environment, check=True, capture_output=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        # The processor's time is the wall's on a machine that does nothing else.
        seconds.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
        if seconds[-1] < 0.7:
            break
    assert min(seconds) < 0.7, seconds


def test_a_home_without_a_database_says_what_to_do(refworld: Command, tmp_path: Path) -> None:
    for arguments in (["sql", "SELECT 1"], ["show", "x"], ["trace", "x"]):
        done = refworld(*arguments, "--data", tmp_path)
        assert done.returncode == 2
        assert "refworld ingest" in done.stderr
    assert refworld("status", "--data", tmp_path / "none").returncode == 0


def test_sql_is_read_only_and_says_what_is_wrong(refworld: Command, seed_home: Home) -> None:
    for query in ("DELETE FROM runs", "SELECT nothing", "DROP TABLE runs"):
        done = refworld("sql", query, "--data", seed_home.root)
        assert done.returncode == 2
        assert done.stderr
        assert "Traceback" not in done.stderr


def test_sql_gives_every_form(refworld: Command, seed_home: Home, tmp_path: Path) -> None:
    query = (
        "SELECT document_id, country_codes, publication_from, NULL AS n, 'a\x1bb' AS c "
        "FROM documents"
    )
    options = ("--data", seed_home.root, "--format")
    table = refworld("sql", query, "--data", seed_home.root).stdout
    assert SEED_ID in table
    assert "a\\x1bb" in table
    rows = list(csv.DictReader(io.StringIO(refworld("sql", query, *options, "csv").stdout)))
    assert rows[0]["publication_from"] == "2006-06-05"
    assert rows[0]["country_codes"] == '["PER"]'
    (row,) = json.loads(refworld("sql", query, *options, "json").stdout)
    assert (row["country_codes"], row["n"], row["c"]) == (["PER"], None, "a\x1bb")
    assert json.loads(refworld("sql", query + " WHERE false", *options, "json").stdout) == []
    assert refworld("sql", query, *options, "parquet").returncode == 2
    out = tmp_path / "out.parquet"
    assert refworld("sql", query, *options, "parquet", "--out", out).returncode == 0
    back = refworld("sql", f"SELECT document_id FROM '{out}'", "--external", *options, "csv")
    assert back.stdout.split() == ["document_id", SEED_ID]
    assert os.listdir(tmp_path) == ["out.parquet"]


def test_a_reader_that_goes_away_is_no_error(seed_home: Home) -> None:
    done = subprocess.run(
        f"{sys.executable} -m flows.cli sql 'FROM range(300000)' --format csv "
        f"--data {seed_home.root} | head -1",
        shell=True,
        env=command_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "range\n"
    assert done.stderr == ""


def test_show_prints_metadata_text_and_versions(refworld: Command, seed_home: Home) -> None:
    said = refworld("show", SEED_ID, "--data", seed_home.root).stdout
    for words in ("2023-05-31 15:44 UTC", "2006-06-05", "Prosecution", "1 version"):
        assert words in said
    assert "Publication Date 5 June 2006" not in said
    missing = refworld("show", "nope\x1b", "--data", seed_home.root)
    assert missing.returncode == 2
    assert "\x1b" not in missing.stderr


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ("title", "[[U.S. Department of State 2006 Trafficking in Persons Report - Peru]]"),
        ("publication_date", "[[5 June 2006]]"),
        ("last_updated", "[[Wednesday, 31 May 2023, 15:44 GMT]]"),
        ("accessed_date", "accessed [[2 June 2023]]"),
        ("cite_uri", "[[https://www.refworld.org/docid/4680d8a81d.html]]"),
        ("document_id", "[[4680d8a81d]]"),
        ("disclaimer", "[[This is not a UNHCR publication."),
        ("language", "none: computed"),
    ],
)
def test_trace_leads_back_to_the_bytes(
    refworld: Command, seed_home: Home, field: str, words: str
) -> None:
    done = refworld("trace", SEED_ID, field, "--data", seed_home.root)
    assert done.returncode == 0, done.stderr
    assert words in done.stdout
    (entry,) = read_commits(seed_home)
    assert f"archive/{entry.batch_id}.warc.gz at byte " in done.stdout
    assert entry.code_version in done.stdout


def test_trace_says_what_is_not_there(refworld: Command, seed_home: Home) -> None:
    absent = refworld("trace", SEED_ID, "document_symbol", "--data", seed_home.root)
    assert absent.returncode == 2
    assert "says nothing of document_symbol" in absent.stderr
    assert refworld("trace", SEED_ID, "nonsense", "--data", seed_home.root).returncode == 2
    assert refworld("trace", "4680d8a81e", "--data", seed_home.root).returncode == 2


def test_verify_and_rebuild(refworld: Command, seed_home: Home, tmp_path: Path) -> None:
    home = Home(tmp_path / "copy")
    shutil.copytree(seed_home.root, home.root)
    options = ("--data", home.root)
    digests = refworld("verify", "--digest", *options).stdout
    shutil.rmtree(home.derived)
    home.database.unlink()
    done = refworld("rebuild", *options)
    assert done.returncode == 0, done.stderr
    assert refworld("verify", "--digest", *options).stdout == digests
    assert refworld("verify", *options).returncode == 0
    done = refworld("rebuild", *options)
    assert "1 of them bit for bit as before" in done.stdout
    (table,) = home.derived.glob("*/statements.parquet")
    table.write_bytes(table.read_bytes()[:-20])
    done = refworld("verify", *options)
    assert done.returncode == 2
    assert "statements.parquet" in done.stdout
    assert refworld("rebuild", *options).returncode == 0
    done = refworld("verify", *options)
    assert done.returncode == 0, done.stdout
    (archive,) = home.archive.iterdir()
    archive.write_bytes(archive.read_bytes()[:-20])
    assert refworld("verify", *options).returncode == 2
    assert refworld("rebuild", *options).returncode == 2
    assert refworld("show", SEED_ID, *options).returncode == 0, "what was derived is kept"


def test_a_document_is_cited_in_each_style(refworld: Command, seed_home: Home) -> None:
    options = ("--data", seed_home.root)
    for style in ("printed", "csl-json", "bibtex", "ris"):
        done = refworld("cite", SEED_ID, "--style", style, "--as-of", "2023-06-02", *options)
        assert "195baaa7d54efca6a563d6096ddd814c43d4d3547783aced76e2b2466ddf1a4a" in done.stdout
    assert "2023-06-01" in refworld("cite", SEED_ID, "--as-of", "2023-06-01", *options).stderr
    assert refworld("cite", SEED_ID, "--style", "mla", *options).returncode == 2
    assert refworld("cite", "none", *options).returncode == 2
