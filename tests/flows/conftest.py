"""Made-up pages, and the command as a user starts it."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from flows.cli import app
from flows.planning import BatchSize
from tests.flows.held_command import BATCH
from warehouse.home import Home

ROOT = Path(__file__).resolve().parents[2]
SEED = ROOT / "seeds"

Command = Callable[..., subprocess.CompletedProcess[str]]


def page(number: int) -> str:
    """Returns a page of a document whose id is made of `number`."""
    document_id = f"4{number:08x}"
    title = f"A Report on the Treatment of Returned Persons in District {number}"
    return (
        "Last Updated: Tuesday, 06 June 2023, 11:08 GMT\n\n"
        f"{title}\n\nPublisher Human Rights Watch\nPublication Date 11 March 2016\n"
        f"Cite as Human Rights Watch, {title}, 11 March 2016, available at: "
        f"https://www.refworld.org/docid/{document_id}.html [accessed 7 June 2023]\n"
        "Disclaimer This is not a UNHCR publication.\n\n"
        f"The situation of persons in district {number} was described by the observers.\n\n"
        "They were told that the authorities had been informed and had not replied.\n"
    )


def write_corpus(path: Path, count: int, first: int = 0) -> Path:
    """Writes a corpus of `count` pages and returns its path."""
    rows = (
        json.dumps({"url": f"https://www.refworld.org/docid/4{n:08x}.html", "text": page(n)})
        for n in range(first, first + count)
    )
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def command_environment(**settings: str) -> dict[str, str]:
    """Returns an environment in which the command finds this source tree."""
    return {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "120", **settings}


def run_here(*arguments: object) -> subprocess.CompletedProcess[str]:
    """Runs the command in this process, which has imported Prefect already."""
    words = [str(argument) for argument in arguments]
    result = CliRunner().invoke(app, words)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return subprocess.CompletedProcess(words, result.exit_code, result.stdout, result.stderr)


def run_apart(
    prefect_api: str, *arguments: object, limit: Callable[[], None] | None = None
) -> subprocess.CompletedProcess[str]:
    """Runs the command in a process of its own, against the server at `prefect_api`."""
    return subprocess.run(
        [sys.executable, "-m", "flows.cli", *map(str, arguments)],
        env=command_environment(PREFECT_API_URL=prefect_api),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        preexec_fn=limit,
    )


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "data")


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets a run in this process make batches as those of `tests.flows.held_command`."""
    monkeypatch.setattr("flows.run.HERE", BatchSize(BATCH))
