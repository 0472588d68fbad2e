"""Tables and answers as data packages, judged by the library frictionless."""

from __future__ import annotations

import csv
import hashlib
import json
import re
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet
import pytest
from frictionless import Package

from benchmarks.plain import ingest_plainly
from flows.code_version import code_version
from tests.flows.conftest import run_here, write_corpus
from warehouse.home import Home

ODD = (
    "SELECT * FROM (VALUES "
    "(1, 'x', 1.5, true, DATE '2006-06-05', TIMESTAMP '2006-06-05 10:15:00.25', ['a', 'b,c'], "
    "'=1+1', {'k': 1}), "
    "(2, '', NULL, NULL, NULL, NULL, NULL, '\\N', NULL), "
    "(3, NULL, 0.1, false, DATE '0900-01-01', TIMESTAMP '2023-01-01', [], 'é\"\n,', {'k': NULL})) "
    "AS t(number, words, share, is_so, day, moment, parts, odd, object) ORDER BY number"
)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Home:
    folder = tmp_path_factory.mktemp("filled")
    ingest_plainly(str(write_corpus(folder / "corpus.jsonl", 3)), Home(folder / "data"), 1)
    return Home(folder / "data")


def exported(home: Home, folder: Path, *words: str) -> dict[str, Any]:
    done = run_here("export", folder, *words, "--data", home.root)
    assert done.returncode == 0, done.stderr
    return dict(json.loads((folder / "datapackage.json").read_text()))


def judged(folder: Path) -> Package:
    said = json.loads((folder / "datapackage.json").read_text())
    for resource in said["resources"]:
        if resource["format"] == "jsonl":
            # Without its extra for JSON the library takes rows, and judges them all the same.
            lines = (folder / resource["path"]).read_text().splitlines()
            names = [field["name"] for field in resource["schema"]["fields"]]
            resource["data"] = [names, *(list(json.loads(line).values()) for line in lines)]
            for name in ("path", "format", "encoding", "bytes", "hash", "mediatype"):
                del resource[name]
    package = Package(said, basepath=str(folder))
    report = package.validate()
    assert report.valid, report.flatten(["rowNumber", "fieldName", "note"])[:5]
    return package


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_frictionless_accepts_all_tables(form: str, filled: Home, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    said = exported(filled, folder, "--format", form)
    package = judged(folder)
    captures = package.get_resource("captures").read_rows()
    assert len(captures) == 3
    assert [row["captured_at"] for row in captures] == [None] * 3
    assert said["provenance"]["code_versions"] == [code_version()]
    by_name = {resource["name"]: resource for resource in said["resources"]}
    assert by_name["statements"]["schema"]["primaryKey"] == ["capture_id", "seq"]
    keys = by_name["statements"]["schema"]["foreignKeys"]
    assert keys[0]["reference"] == {"resource": "captures", "fields": ["capture_id"]}
    for resource in said["resources"]:
        content = (folder / resource["path"]).read_bytes()
        assert resource["bytes"] == len(content)
        assert resource["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
        assert all("description" in field for field in resource["schema"]["fields"])


def test_a_broken_reference_would_be_found(filled: Home, tmp_path: Path) -> None:
    exported(filled, tmp_path / "out", "--format", "csv", "--tables", "captures,statements")
    path = tmp_path / "out" / "statements.csv"
    path.write_text(re.sub("(?m)^([^,]+),[0-9a-f]{64}", rf"\\1,{'0' * 64}", path.read_text()))
    report = Package(str(tmp_path / "out" / "datapackage.json")).validate()
    assert "foreign-key" in {error.type for task in report.tasks for error in task.errors}


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_values_come_through(form: str, filled: Home, tmp_path: Path) -> None:
    said = exported(filled, tmp_path / "out", "--format", form, "--query", ODD)
    assert said["provenance"]["sql"] == ODD
    types = [field["type"] for field in said["resources"][0]["schema"]["fields"]]
    assert types == [
        "integer", "string", "number", "boolean", "date", "datetime", "array", "string", "object",
    ]  # fmt: skip
    one, other, third = judged(tmp_path / "out").get_resource("answer").read_rows()
    assert [row["words"] for row in (one, other, third)] == ["x", "", None]
    assert [row["parts"] for row in (one, other, third)] == [["a", "b,c"], None, []]
    assert [row["is_so"] for row in (one, other, third)] == [True, None, False]
    assert str(one["moment"]) == "2006-06-05 10:15:00.250000+00:00"
    assert str(third["day"]) == "0900-01-01"
    assert [float(one["share"]), other["share"]] == [1.5, None]
    assert third["odd"] == 'é"\n,'
    assert one["object"] == {"k": 1}
    mark = "'" if form == "csv" else ""
    assert [one["odd"], other["odd"]] == [f"{mark}=1+1", f"{mark}\\N"]


def test_raw_csv_keeps_formulas(filled: Home, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    exported(filled, folder, "--format", "csv", "--query", "SELECT '=1' AS a", "--raw-csv")
    with (folder / "answer.csv").open(newline="") as stream:
        assert list(csv.reader(stream)) == [["a"], ["=1"]]


def test_parquet_holds_the_same_as_the_database(filled: Home, tmp_path: Path) -> None:
    said = exported(filled, tmp_path / "out", "--format", "parquet", "--tables", "documents,runs")
    assert [resource["rows"] for resource in said["resources"]] == [3, 1]
    table = pyarrow.parquet.read_table(tmp_path / "out" / "documents.parquet")
    with duckdb.connect(str(filled.database), read_only=True) as database:
        assert (
            table.to_pylist()
            == database.sql("FROM documents ORDER BY ALL").to_arrow_table().to_pylist()
        )
    assert not list(Package.metadata_validate(said))


@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet"])
def test_the_same_snapshot_gives_the_same_bytes(form: str, filled: Home, tmp_path: Path) -> None:
    folders = [tmp_path / "one", tmp_path / "other"]
    for folder in folders:
        exported(filled, folder, "--format", form, "--tables", "blocks,statements,documents")
    one, other = ({p.name: p.read_bytes() for p in folder.iterdir()} for folder in folders)
    assert one == other


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--format", "xml"], "is no form"),
        (["--format", "csv", "--tables", "nothing"], "no table or view: nothing"),
        (["--format", "csv", "--query", "SELECT 1", "--tables", "runs"], "either"),
        (["--format", "csv", "--query", "SELECT nothing FROM runs"], "nothing"),
        (["--format", "csv", "--query", "FROM read_text('/etc/hostname')"], "disabled"),
        (["--format", "parquet", "--query", "COPY runs TO '/tmp/x'"], ""),
        (["--tables", "runs"], "a bag holds all"),
    ],
)
def test_what_is_wrong_is_said_and_leaves_nothing(
    words: list[str], said: str, filled: Home, tmp_path: Path
) -> None:
    done = run_here("export", tmp_path / "out", *words, "--data", filled.root)
    assert done.returncode == 2
    assert said in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_there_is_left_alone(filled: Home, tmp_path: Path) -> None:
    done = run_here("export", tmp_path, "--format", "csv", "--data", filled.root)
    assert done.returncode == 2
    assert "is there already" in done.stderr
