"""What the tests of durability share: a small home, and one that the real command has made."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from benchmarks.plain import ingest_plainly
from tests.durability.kept import make_home
from tests.flows.conftest import SEED, small_batches, write_corpus
from warehouse.home import Home

__all__ = ["home", "ingested", "made", "small_batches", "taken_in"]


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A small home that no test may change."""
    return make_home(tmp_path_factory.mktemp("made") / "data")


@pytest.fixture
def home(made: Home, tmp_path: Path) -> Home:
    """A small home of this test's own."""
    return Home(shutil.copytree(made.root, tmp_path / "data"))


@pytest.fixture(scope="session")
def taken_in(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home that the steps of an ingest have made, which no test may change."""
    folder = tmp_path_factory.mktemp("taken-in")
    sources = shutil.copytree(SEED, folder / "sources")
    write_corpus(sources / "corpus.jsonl", 12)
    ingest_plainly(str(sources), Home(folder / "data"), 1)
    return Home(folder / "data")


@pytest.fixture
def ingested(taken_in: Home, tmp_path: Path) -> Home:
    """A home that `refworld ingest` has made, of this test's own."""
    return Home(shutil.copytree(taken_in.root, tmp_path / "ingested"))
