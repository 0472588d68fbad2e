"""Evidence packages, checked by other people's programs and by the script in them alone."""

from __future__ import annotations

import csv
import hashlib
import json
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import bagit
import pytest
from prov.model import ProvDocument
from rocrate.rocrate import ROCrate

from flows.evidence import verify
from tests.flows.conftest import run_here
from tests.flows.evidence.conftest import CODED, HOSTILE, MARKUP, RESPONSE, TEXT
from tests.warehouse.pages import files_below
from warehouse.home import Home
from warehouse.query import open_database

BIN = Path(sys.executable).parent


@pytest.fixture(scope="module")
def pdf_id(evidence_home: Home) -> str:
    with open_database(evidence_home) as database:
        query = (
            "SELECT document_id FROM documents JOIN captures USING (capture_id) WHERE layout = ?"
        )
        (row,) = database.execute(query, ["pdf"]).fetchall()
    return str(row[0])


@pytest.fixture(scope="module")
def packed(evidence_home: Home, pdf_id: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("packed") / "evidence.zip"
    ids = [TEXT, MARKUP, CODED, RESPONSE, HOSTILE, pdf_id, TEXT]
    done = run_here("bundle", *ids, "--out", out, "--data", evidence_home.root)
    assert done.returncode == 0, done.stderr
    return out


@pytest.fixture
def bag(packed: Path, tmp_path: Path) -> Path:
    with zipfile.ZipFile(packed) as package:
        package.extractall(tmp_path)
    return tmp_path / "evidence"


def checked(bag: Path) -> subprocess.CompletedProcess[str]:
    """Runs the script of a package as a stranger does, with nothing but Python."""
    command = [sys.executable, "-I", "-S", str(bag / "verify.py")]
    return subprocess.run(command, cwd="/", env={}, capture_output=True, text=True, check=False)


def test_bagit_rocrate_prov_warcio_and_sha256sum_accept_it(bag: Path) -> None:
    bagit.Bag(str(bag)).validate()
    for name in ("manifest-sha256.txt", "tagmanifest-sha256.txt"):
        done = subprocess.run(["sha256sum", "-c", "--strict", name], cwd=bag, capture_output=True)
        assert done.returncode == 0, done.stdout
    crate = ROCrate(bag / "data")
    described = {entity.id for entity in crate.data_entities}
    assert described == set(files_below(bag / "data")) - {"ro-crate-metadata.json"}
    content = (bag / "data" / "provenance.json").read_text()
    provenance = ProvDocument.deserialize(content=content, format="json")
    values = sum(
        len(json.loads(path.read_text())) for path in bag.glob("data/documents/*/*/statements.json")
    )
    found = [str(record.identifier) for record in provenance.get_records()]
    assert sum(name.startswith("rw:value-") for name in found) == values > 100
    records = sorted(bag.glob("data/documents/*/*/record.warc.gz"))
    done = subprocess.run(
        [BIN / "warcio", "check", "-v", *records], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout
    # The coded body is followed by the conversion record that holds it decoded.
    assert done.stdout.count("digest pass") == len(records) + 1 == 8


def test_records_are_those_of_the_archive_to_the_byte(bag: Path, evidence_home: Home) -> None:
    archive = b"".join(files_below(evidence_home.archive).values())
    for path in bag.glob("data/documents/*/*/record.warc.gz"):
        assert path.read_bytes() in archive


def test_the_script_alone_checks_it(bag: Path) -> None:
    done = checked(bag)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "7 payloads, 7 WARC records" in done.stdout
    assert "only the project's reader" not in done.stdout
    assert done.stdout.endswith("No faults.\n")
    assert len(Path(verify.__file__).read_text().splitlines()) < 150


def flipped(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("payload.txt", "its SHA-256 is"),
        ("record.warc.gz", ""),
        ("statements.json", ""),
        ("statements.csv", ""),
    ],
)
def test_one_flipped_bit_is_named(bag: Path, name: str, words: str) -> None:
    path = next(iter(sorted(bag.glob(f"data/documents/{TEXT}/*/{name}"))))
    flipped(path)
    done = checked(bag)
    assert done.returncode == 1
    assert f"FAULT {path.relative_to(bag)}: its SHA-256 is" in done.stdout
    assert words in done.stdout


def test_what_was_made_to_fit_the_manifest_is_still_found(bag: Path) -> None:
    """Whoever changes bytes and manifest alike must answer for digests, ids and spans as well."""
    (path,) = bag.glob(f"data/documents/{MARKUP}/*/payload.html.txt")
    before = path.read_bytes()
    after = before.replace(b"5 June 2006", b"6 June 2006")
    assert after != before
    path.write_bytes(after)
    for name in ("manifest-sha256.txt", "tagmanifest-sha256.txt"):
        listed = (bag / name).read_text()
        for path in bag.rglob("*"):
            line = re.search(rf"(?m)^[0-9a-f]+(?=  {path.relative_to(bag)}$)", listed)
            if line:
                listed = listed.replace(line[0], hashlib.sha256(path.read_bytes()).hexdigest())
        (bag / name).write_text(listed)
    done = checked(bag)
    assert done.returncode == 1
    assert "as in manifest" not in done.stdout
    assert f"FAULT {MARKUP}, payload: its SHA-256 is" in done.stdout
    assert f"FAULT {MARKUP}, payload: the WARC record does not hold it" in done.stdout
    assert re.search(r"\(publication_date\): its printed words do not stand at bytes", done.stdout)


def test_a_file_that_is_missing_or_added_is_named(bag: Path) -> None:
    (bag / "data" / "more.txt").write_text("more")
    (bag / "data" / "events.json").unlink()
    done = checked(bag)
    assert "data/events.json: its SHA-256 is none: it is missing" in done.stdout
    assert "data/more.txt is in no manifest" in done.stdout


def test_the_same_snapshot_and_ids_give_the_same_bytes(
    packed: Path, evidence_home: Home, pdf_id: str, tmp_path: Path
) -> None:
    out = tmp_path / "again.zip"
    ids = [TEXT, MARKUP, CODED, RESPONSE, HOSTILE, pdf_id]
    assert run_here("bundle", *ids, "--out", out, "--data", evidence_home.root).returncode == 0
    assert out.read_bytes() == packed.read_bytes()


def test_the_report_runs_nothing_and_csv_calculates_nothing(bag: Path) -> None:
    report = (bag / "data" / "report.html").read_text()
    assert "<script" not in report
    assert "\u202e" not in report
    assert "&lt;script&gt;alert(1)&lt;/script&gt; \\u202eReport" in report
    assert "default-src 'none'" in report
    (path,) = bag.glob(f"data/documents/{HOSTILE}/*/statements.csv")
    with path.open(newline="") as stream:
        titles = [row["value"] for row in csv.DictReader(stream) if row["field"] == "title"]
    assert titles[0].startswith("'=A <script>")


def test_events_have_the_terms_of_premis(bag: Path) -> None:
    events = json.loads((bag / "data" / "events.json").read_text())
    assert {event["eventType"] for event in events} == {"capture", "ingestion"}
    assert all(event["eventDateTime"].endswith("Z") for event in events)


def test_nothing_is_written_of_a_document_that_is_none(evidence_home: Home, tmp_path: Path) -> None:
    out = tmp_path / "none.zip"
    done = run_here("bundle", TEXT, "nobody", "--out", out, "--data", evidence_home.root)
    assert done.returncode == 2
    assert "there is no document nobody" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_written_of_a_damaged_record(evidence_home: Home, tmp_path: Path) -> None:
    home = Home(shutil.copytree(evidence_home.root, tmp_path / "data"))
    for path in home.archive.iterdir():
        content = bytearray(path.read_bytes())
        for at in range(400, len(content), 300):
            content[at] ^= 1
        path.write_bytes(content)
    done = run_here("bundle", TEXT, "--out", tmp_path / "none.zip", "--data", home.root)
    assert done.returncode == 2
    assert "unreadable after byte" in done.stderr
    assert not (tmp_path / "none.zip").exists()
