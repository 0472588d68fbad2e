"""Makes the small home that stands for a release: `python -m tests.homes.make 0.2.0`.

To be run once, with the code of the release. README.md beside it says what is in such a home.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

from flows.code_version import code_version
from flows.event_rows import CRASHED, run_row
from flows.intake.times import now
from flows.reference import reference_rows
from flows.run import new_run_id
from tests.flows.conftest import command_environment
from transforms.reading import read
from transforms.records import Capture, Reading
from warehouse.archive import read_warc
from warehouse.commits import read_commits, stage, supersede, warc_path
from warehouse.database import publish
from warehouse.digests import content_digests
from warehouse.events import mark_started
from warehouse.home import Home
from warehouse.query import open_database

HOMES = Path(__file__).parent
KEPT = ("archive", "lake")
SAID = "said.json"


def releases() -> list[str]:
    """Returns the releases that a home is kept of."""
    return sorted(path.parent.name for path in HOMES.glob("*/home"))


def make(release: str) -> None:
    """Makes the home of a release from its sources, or from those of the release before it."""
    sources = HOMES / release / "sources"
    if not sources.exists():
        shutil.copytree(HOMES / releases()[-1] / "sources", sources)
    # The home tells where its sources lay: below the same folder whoever makes it.
    folder = Path(tempfile.gettempdir()) / "refworld-home"
    shutil.copytree(sources, folder / "sources")
    home = Home(folder / "data")
    try:
        _refworld(folder, "ingest", "sources/first", exit_code=1)
        _read_otherwise(home)
        _refworld(folder, "rebuild")
        _refworld(folder, "ingest", "sources/second")
        _refworld(folder, "verify")
        said = _said(home)
        _be_killed(home)
        for name in KEPT:
            shutil.copytree(home.root / name, HOMES / release / "home" / name)
    finally:
        shutil.rmtree(folder)
    words = json.dumps(said, indent=1, sort_keys=True, ensure_ascii=False)
    (HOMES / release / SAID).write_text(f"{words}\n", encoding="utf-8")


def _refworld(folder: Path, *words: str, exit_code: int = 0) -> None:
    command = [sys.executable, "-m", "flows.cli", *words, "--data", "data"]
    done = subprocess.run(command, cwd=folder, env=command_environment(), check=False)
    if done.returncode != exit_code:
        raise SystemExit(f"refworld {' '.join(words)} ended with {done.returncode}")


def _read_otherwise(home: Home) -> None:
    """Puts in place what code that finds no language would read, as a development build may."""
    for entry in read_commits(home):
        captures = [capture for _, capture in read_warc(warc_path(home, entry.batch_id))]
        readings = [_without_language(capture) for capture in captures]
        supersede(home, stage(home, captures, readings, f"{code_version()}.without-language"))
    publish(home, reference_rows())


def _without_language(capture: Capture) -> Reading:
    reading = read(capture)
    if reading.document is None:
        return reading
    statements = tuple(s for s in reading.statements if s.field != "language")
    return replace(
        reading, document=replace(reading.document, language=None), statements=statements
    )


def _be_killed(home: Home) -> None:
    """Leaves what a run leaves that is killed before it has done anything."""
    moment = now()
    row = run_row(
        run_id=new_run_id(moment),
        kind="ingest",
        started_at=moment,
        code_version=code_version(),
        arguments={"sources": ["sources/third"], "workers": 1},
        state=CRASHED,
    )
    mark_started(home, row)


def _said(home: Home) -> dict[str, Any]:
    """Returns what the home says of itself: to be compared with what it says to later code."""
    with closing(open_database(home)) as database:
        numbers = [n for (n,) in database.execute("SELECT number FROM snapshots").fetchall()]
        return {
            "content_digests": content_digests(home),
            "snapshots": {n: documents_in(database, n) for n in sorted(numbers)},
        }


def documents_in(database: Any, number: int) -> list[dict[str, Any]]:
    """Returns the documents of a snapshot with all their columns, as JSON can say them."""
    cursor = database.execute(f"FROM documents_in_snapshot({number}) ORDER BY document_id")
    names = [column[0] for column in cursor.description]
    rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    found: list[dict[str, Any]] = json.loads(json.dumps(rows, default=str))
    return found


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.homes.make", description=__doc__)
    parser.add_argument("release")
    make(parser.parse_args().release)
