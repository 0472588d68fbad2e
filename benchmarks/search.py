"""What the search index costs beside the publishing of its database, and how soon it answers."""

from __future__ import annotations

import argparse
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from benchmarks.generate import generate
from benchmarks.ingest import measure_ingest
from flows.reference import reference_rows
from warehouse import disk
from warehouse.database import publish
from warehouse.home import Home
from warehouse.search import SearchFilters, search
from warehouse.search_index import build_search_index, open_search_index

# Words of the made-up prose, from the most frequent to rare ones, and what people filter by.
QUESTIONS: Sequence[tuple[str, SearchFilters]] = (
    ("government", SearchFilters()),
    ("government report", SearchFilters()),
    ("report police", SearchFilters(country="PER")),
    ("police", SearchFilters(first_year=2004, last_year=2008)),
    ("authorities", SearchFilters(publisher="USDOS")),
    ('"of the government"', SearchFilters()),
    ("nowhere zebra", SearchFilters()),
)
_ROUNDS = 5


@dataclass(frozen=True, slots=True)
class Measured:
    """One corpus: seconds and bytes of database and index, and the seconds of each answer."""

    documents: int
    publish_seconds: float
    database_bytes: int
    index_seconds: float
    index_bytes: int
    answers: tuple[float, ...]


def measure(count: int, seed: int, workers: int, work: Path) -> Measured:
    """Returns what a corpus of `count` made-up pages costs."""
    corpus, home = work / f"corpus-{count}", Home(work / f"home-{count}")
    generate(corpus, count, seed)
    measure_ingest(corpus, home.root, workers)
    disk.remove_file(home.database)
    publish_seconds = _timed(lambda: publish(home, reference_rows()))
    index_seconds = _timed(lambda: build_search_index(home))
    answers = []
    with closing(open_search_index(home)) as index:
        for words, filters in [*QUESTIONS] * _ROUNDS:
            answers.append(
                _timed(lambda words=words, filters=filters: search(index, words, filters))  # type: ignore[misc]
            )
    return Measured(
        count,
        publish_seconds,
        home.database.stat().st_size,
        index_seconds,
        home.search_index.stat().st_size,
        tuple(answers),
    )


def report(found: Sequence[Measured]) -> str:
    """Returns the measurements as lines of text."""
    lines = [
        "              publish (baseline)       index        answers (ms)",
        "documents         s       MB          s       MB   median    p95",
    ]
    for one in found:
        ordered = sorted(one.answers)
        lines.append(
            f"{one.documents:9}{one.publish_seconds:10.1f}{one.database_bytes / 1e6:9.0f}"
            f"{one.index_seconds:11.1f}{one.index_bytes / 1e6:9.0f}"
            f"{1000 * statistics.median(ordered):9.0f}"
            f"{1000 * ordered[int(0.95 * (len(ordered) - 1))]:7.0f}"
        )
    return "\n".join(lines)


def _timed(step: Callable[[], object]) -> float:
    started = time.perf_counter()
    step()
    return time.perf_counter() - started


def main() -> None:
    """Measures corpora of growing size."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.search", description=__doc__)
    parser.add_argument("--counts", default="1000,5000,20000", help="numbers of documents")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2)
    given = parser.parse_args()
    work = Path(tempfile.mkdtemp(prefix="refworld-search-"))
    found = []
    try:
        for count in map(int, given.counts.split(",")):
            found.append(measure(count, given.seed, given.workers, work))
            shutil.rmtree(work / f"corpus-{count}")
            shutil.rmtree(work / f"home-{count}")
    finally:
        shutil.rmtree(work, ignore_errors=True)
    print(report(found))


if __name__ == "__main__":
    main()
