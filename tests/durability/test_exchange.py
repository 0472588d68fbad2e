"""What the archive holds is checked by other people's programs, and comes back from a bag."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import bagit
import pytest

from tests.durability.flips import Flip
from tests.flows.conftest import run_here
from tests.warehouse.pages import files_below
from warehouse.home import Home

BIN = Path(sys.executable).parent


def run(*words: object, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [str(word) for word in words]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture
def bag(ingested: Home, tmp_path: Path) -> Path:
    words = ("export", tmp_path / "bag", "--data", ingested.root, "--organization", "An  Archive")
    found = run_here(*words)
    assert found.returncode == 0, found.stderr
    assert "bagit has validated it" in found.stdout
    return tmp_path / "bag"


def test_warcio_checks_every_archive_file(ingested: Home) -> None:
    files = sorted(ingested.archive.iterdir())
    assert files
    found = run(BIN / "warcio", "check", "-v", *files, folder=ingested.root)
    assert found.returncode == 0, found.stdout
    assert found.stdout.count("digest pass") == 13 + len(files)
    assert "no digest" not in found.stdout


def test_bagit_and_sha256sum_accept_an_export(bag: Path) -> None:
    opened = bagit.Bag(str(bag))
    opened.validate()
    assert opened.info["Source-Organization"] == "An Archive"
    assert opened.info["External-Identifier"].startswith("sha256:")
    payload = files_below(bag / "data")
    size = sum(map(len, payload.values()))
    assert opened.info["Payload-Oxum"] == f"{size}.{len(payload)}"
    found = run(sys.executable, "-m", "bagit", "--validate", bag, folder=bag)
    assert found.returncode == 0, found.stderr
    for name in ("manifest-sha256.txt", "tagmanifest-sha256.txt"):
        found = run("sha256sum", "-c", "--strict", name, folder=bag)
        assert found.returncode == 0, found.stdout
        assert found.stdout.count(": OK") == len((bag / name).read_text().splitlines())


def test_a_bag_holds_the_home_and_nothing_else(bag: Path, ingested: Home) -> None:
    payload = files_below(bag / "data")
    assert payload
    held = files_below(ingested.root)
    assert all(held[name] == content for name, content in payload.items())
    assert {name.split("/")[0] for name in payload} == {"archive", "lake"}
    assert sorted(path.name for path in bag.iterdir()) == [
        "bag-info.txt",
        "bagit.txt",
        "data",
        "manifest-sha256.txt",
        "tagmanifest-sha256.txt",
    ]


@pytest.mark.parametrize("name", ["data/archive", "manifest-sha256.txt", "bag-info.txt"])
def test_other_programs_see_a_flipped_bit(bag: Path, name: str) -> None:
    path = next((bag / name).iterdir()) if (bag / name).is_dir() else bag / name
    Flip(path, path.stat().st_size // 2, 2).turn()
    found = run(sys.executable, "-m", "bagit", "--validate", bag, folder=bag)
    assert found.returncode == 1


def test_a_bag_is_written_once_and_completed_when_it_was_not(bag: Path, ingested: Home) -> None:
    words = ("export", bag, "--data", ingested.root)
    found = run_here(*words)
    assert found.returncode == 2
    assert "is not empty; give a new folder" in found.stderr
    (bag / "bagit.txt").unlink()
    shutil.rmtree(bag / "data" / "lake" / "derived")
    found = run_here(*words)
    assert found.returncode == 0, found.stderr
    bagit.Bag(str(bag)).validate()


def test_a_damaged_home_makes_no_bag(ingested: Home, tmp_path: Path) -> None:
    path = next(ingested.archive.iterdir())
    Flip(path, 500, 2).turn()
    found = run_here("export", tmp_path / "bag", "--data", ingested.root)
    assert found.returncode == 2
    assert f"FAULT archive/{path.name}" in found.stdout
    assert "No bag was made of a home that is damaged" in found.stderr
    assert not (tmp_path / "bag" / "bagit.txt").exists()
