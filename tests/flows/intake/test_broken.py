"""One smallest broken input for each code that the door gives."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from flows.intake.discovery import discover
from flows.intake.options import Options
from flows.limits import DEFAULT_LIMITS, Limits
from transforms.issue_codes import INTAKE_CODES

BROKEN = Path(__file__).parents[2] / "broken" / "intake"
INPUTS = sorted(BROKEN.iterdir())
# States of a file system that no file in a repository can hold: test_discovery and test_ingest
# bring them about.
# No single input brings this about: test_planning does.
OF_THE_RUN = {"run_limit_reached"}
# Limits that small inputs exceed; a fixture of their real size would be 100 MB.
LOWERED = {
    "capture_too_large": Limits(capture_bytes=10),
    "corpus_row_too_long": Limits(row_bytes=30),
}
# No file brings this about: test_receiving does.
OF_THE_NETWORK = {"source_unreachable"}
OF_THE_FILE_SYSTEM = {"source_missing", "unreadable", "vanished", "changed_while_read"}


@pytest.mark.parametrize("path", INPUTS, ids=lambda path: path.name)
def test_broken_input_gives_its_code(path: Path, tmp_path: Path) -> None:
    limits = LOWERED.get(path.name.split(".")[0], DEFAULT_LIMITS)
    with ThreadPoolExecutor(1) as executor:
        found = discover([str(path)], executor, tmp_path, lambda count: None, Options(limits))
    assert path.name.split(".")[0] in {seen.issue_code for seen in found.inputs}


def test_every_code_of_the_door_has_its_input() -> None:
    given = {path.name.split(".")[0] for path in INPUTS}
    assert {
        entry.code for entry in INTAKE_CODES
    } - OF_THE_FILE_SYSTEM - OF_THE_RUN - OF_THE_NETWORK == given
