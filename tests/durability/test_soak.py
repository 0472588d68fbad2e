"""A short part of `make soak`."""

from pathlib import Path

from tests.durability.soak import kills_of, report, soak

SECONDS = 8


def test_a_few_seconds_of_random_faults_cost_nothing(tmp_path: Path) -> None:
    counts, wrong = soak(SECONDS, kills=12, seed=20_061_123, work=tmp_path)
    assert not wrong, report(counts, wrong, SECONDS)
    assert kills_of(counts) > 0
