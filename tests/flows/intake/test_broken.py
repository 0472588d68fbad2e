"""One smallest broken input for each code that the door gives."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from flows.intake.discovery import discover
from transforms.issue_codes import INTAKE_CODES

BROKEN = Path(__file__).parents[2] / "broken" / "intake"
INPUTS = sorted(BROKEN.iterdir())
# States of a file system that no file in a repository can hold: test_discovery and test_ingest
# bring them about.
OF_THE_FILE_SYSTEM = {"source_missing", "unreadable", "vanished", "changed_while_read"}


@pytest.mark.parametrize("path", INPUTS, ids=lambda path: path.name)
def test_broken_input_gives_its_code(path: Path, tmp_path: Path) -> None:
    with ThreadPoolExecutor(1) as executor:
        found = discover([str(path)], executor, tmp_path, lambda count: None)
    assert path.name.split(".")[0] in {seen.issue_code for seen in found.inputs}


def test_every_code_of_the_door_has_its_input() -> None:
    given = {path.name.split(".")[0] for path in INPUTS}
    assert {entry.code for entry in INTAKE_CODES} - OF_THE_FILE_SYSTEM == given
