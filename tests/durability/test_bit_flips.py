"""A bit flipped anywhere in archive/ or lake/ is found, and named down to the record."""

from __future__ import annotations

import pytest

from tests.durability.flips import Flip, flips_of, missed, record_at
from tests.durability.kept import make_home, stored, verified
from warehouse.archive import read_warc
from warehouse.home import Home


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return make_home(tmp_path_factory.mktemp("flips") / "data")


def test_an_undamaged_home_is_well_and_has_every_kind_of_file(home: Home) -> None:
    assert verified(home).faults == []
    names = {path.name for path in stored(home)}
    assert {"commit.json", "events.json", "r3.started.json", "acquisitions.parquet"} <= names
    assert any(name.endswith(".warc.gz") for name in names)


@pytest.mark.parametrize(
    "seed", [0, *(pytest.param(n, marks=pytest.mark.long) for n in range(1, 6))]
)
def test_random_bits_are_found_and_named(home: Home, seed: int) -> None:
    for flip in flips_of(home, 8, seed):
        assert missed(home, flip) is None, flip


def test_a_bit_in_a_record_names_it_and_no_other(home: Home) -> None:
    path = max(home.archive.iterdir(), key=lambda path: path.stat().st_size)
    offsets = [offset for offset, _ in read_warc(path)]
    # In the packed payload, and in the gzip header, whose time stamp no reader looks at.
    for byte in (offsets[2] + 40, offsets[2] + 5):
        flip = Flip(path, byte, 3)
        assert record_at(flip) is not None
        assert missed(home, flip) is None


def test_a_bit_before_the_first_record_is_named_so(home: Home) -> None:
    path = next(home.archive.iterdir())
    assert missed(home, Flip(path, 60, 0)) is None


@pytest.mark.parametrize(
    ("name", "before"),
    [
        ("commit.json", b'"row_count": '),
        ("commit.json", b'"code_version": "'),
        ("events.json", b'"byte_length": '),
        ("r3.started.json", b'"state": "'),
    ],
)
def test_a_value_of_a_sealed_file_cannot_become_another(
    home: Home, name: str, before: bytes
) -> None:
    path = next(path for path in stored(home) if path.name == name)
    byte = path.read_bytes().index(before) + len(before)
    assert missed(home, Flip(path, byte, 0)) is None
