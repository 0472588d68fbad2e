"""`make readers`: readers of every kind ask in loops while loads publish, and nobody is hurt.

python -m tests.durability.readers --publishes 50 --ingests 2
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from tests.durability.reader import KINDS, Seen
from tests.flows.conftest import command_environment, write_corpus
from tests.warehouse.pages import acquisition_row, commit_batch, page, publish_all, run_row
from warehouse.database import Published
from warehouse.events import write_event_tables
from warehouse.home import Home

STAYING = ("stays, read-only", "stays, default")
_PAGES = 3


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the readers saw, how long each publishing took, and what it made."""

    seen: list[Seen]
    seconds: list[float]
    published: list[Published]

    @property
    def errors(self) -> list[str]:
        """What went wrong for any reader."""
        return [f"{seen.kind}: {error}" for seen in self.seen for error in seen.errors]


def load(home: Home, number: int) -> Published:
    """Commits some pages as a run does, and publishes."""
    captures = [page(number * _PAGES + n) for n in range(_PAGES)]
    commit_batch(home, captures)
    size = sum(len(capture.payload) for capture in captures)
    counts = {"input_count": _PAGES, "new_count": _PAGES, "input_bytes": size, "new_bytes": size}
    run_id = f"r{number:04}"
    seen = [acquisition_row(run_id, seq, capture) for seq, capture in enumerate(captures)]
    tables = {"runs": [run_row(run_id, **counts)], "acquisitions": seen}
    write_event_tables(home, run_id, tables)
    return publish_all(home)


def ingest(home: Home, number: int) -> None:
    """Takes a corpus of its own in, by the whole command."""
    corpus = write_corpus(home.root.parent / f"{number}.jsonl", 5, first=10_000 + 5 * number)
    command = [sys.executable, "-m", "flows.cli", "ingest", str(corpus), "--data", str(home.root)]
    done = subprocess.run(
        command, env=command_environment(), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(done.stderr)


def start(kind: str, home: Home, stop: Path) -> subprocess.Popen[str]:
    """Starts a reader and returns when it reads."""
    reader = subprocess.Popen(
        [sys.executable, "-m", "tests.durability.reader", kind, str(home.database), str(stop)],
        env=command_environment(),
        stdout=subprocess.PIPE,
        text=True,
    )
    assert reader.stdout
    if reader.stdout.readline() != "open\n":
        raise RuntimeError(f"the reader ({kind}) did not start")
    return reader


def readers_and_loads(folder: Path, readers: int, publishes: int, ingests: int = 0) -> Outcome:
    """Publishes while readers read, one of each kind in turn, and two stay open for all of it."""
    home, stop = Home(folder / "data"), folder / "stop"
    load(home, 0)
    kinds = [KINDS[n % len(KINDS)] for n in range(readers)]
    processes = [start(STAYING[0], home, stop)]
    load(home, 1)  # a file of its own for the one that may write, since it locks all others out
    processes += [start(kind, home, stop) for kind in (STAYING[1], *kinds)]
    seconds, published = [], []
    try:
        for number in range(2, publishes + 2):
            began = time.monotonic()
            published.append(load(home, number))
            seconds.append(time.monotonic() - began)
            time.sleep(0.2)
        for number in range(ingests):
            ingest(home, number)
        time.sleep(1)
    finally:
        stop.touch()
        said = [process.communicate(timeout=120)[0] for process in processes]
    return Outcome([Seen(**json.loads(words)) for words in said], seconds, published)


def main() -> int:
    """Prints a line for each reader, and one for the loads; 1 when anything went wrong."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--publishes", type=int, default=50)
    parser.add_argument("--readers", type=int, default=8)
    parser.add_argument("--ingests", type=int, default=2)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        done = readers_and_loads(Path(folder), asked.readers, asked.publishes, asked.ingests)
    print(f"{'reader':<20}{'queries':>9}{'runs seen':>11}{'turned away':>13}{'errors':>8}")
    for seen in done.seen:
        counts = f"{seen.query_count:>9}{len(seen.run_counts):>11}{seen.refused_count:>13}"
        print(f"{seen.kind:<20}{counts}{len(seen.errors):>8}")
    anew = sum(published.is_anew for published in done.published)
    slowest, mean = max(done.seconds), sum(done.seconds) / len(done.seconds)
    print(
        f"{len(done.published)} publishes ({mean:.2f} s each, the slowest {slowest:.2f} s, {anew} "
        f"built from nothing) and {asked.ingests} ingests; {len(done.errors)} errors"
    )
    print("\n".join(done.errors[:20]), end="\n" if done.errors else "")
    return 1 if done.errors or anew else 0


if __name__ == "__main__":
    sys.exit(main())
