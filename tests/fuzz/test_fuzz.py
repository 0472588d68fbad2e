"""Every input that a fuzzer started from or crashed on, and a few seconds of fuzzing."""

import sys
from pathlib import Path

import pytest

from tests.fuzz.run import CRASHES, HERE, fuzz, seeds
from tests.fuzz.targets import TARGETS, run_target


@pytest.mark.parametrize("name", TARGETS)
def test_seeds_and_old_crashes_keep_every_promise(name: str) -> None:
    for data in seeds(name):
        run_target(name, data)
    for path in sorted((CRASHES / name).glob("*")):
        run_target(name, path.read_bytes())


def test_every_folder_of_inputs_is_of_a_target() -> None:
    for folder in (HERE / "corpus", CRASHES):
        assert {path.name for path in folder.glob("*") if path.is_dir()} <= set(TARGETS)


@pytest.mark.skipif(sys.platform != "linux", reason="atheris is installed on Linux only")
def test_a_few_seconds_of_fuzzing_find_nothing(tmp_path: Path) -> None:
    result = fuzz("reading", 4, seed=1, crashes=tmp_path)
    assert result.crashes == []
    assert result.executions > 100
    assert result.coverage > 500
