"""What grows with the number of documents: time, memory, files, runs with little to do, search.

Each size is ingested whole beside a baseline on the same pages, run over again unchanged, given a
hundred pages more, and indexed for search. What a larger archive would take is computed from the
two largest sizes, as if all went on growing as it did between them.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from benchmarks.baseline import run_baseline
from benchmarks.generate import generate
from benchmarks.ingest import measure_ingest
from benchmarks.search import QUESTIONS
from benchmarks.watch import Watched, run_watched
from warehouse.home import Home
from warehouse.search import search
from warehouse.search_index import open_search_index

_MORE = 100  # pages of a run that has little to do
_FAR = (10_000_000, 1_000_000_000)


@dataclass(frozen=True, slots=True)
class Measured:
    """One size; times in seconds, sizes in MB (10^6 bytes), peaks of the largest process."""

    documents: int
    text_mb: float
    baseline_s: float
    ingest_s: float
    ingest_peak_mb: float
    again_s: float
    again_peak_mb: float
    hundred_more_s: float
    archive_mb: float
    lake_mb: float
    files: int
    database_mb: float
    index_s: float
    index_peak_mb: float
    index_mb: float
    answer_ms: float
    slow_answer_ms: float
    verify_s: float | None


_WORDS: Mapping[str, str] = {
    "documents": "documents",
    "text_mb": "text, MB",
    "baseline_s": "baseline, s",
    "ingest_s": "`refworld ingest`, s",
    "ingest_peak_mb": "its largest process, MB",
    "again_s": "the same again, nothing new, s",
    "again_peak_mb": "its largest process, MB",
    "hundred_more_s": "a run with 100 new documents, s",
    "archive_mb": "archive, MB",
    "lake_mb": "lake, MB",
    "files": "files of both",
    "database_mb": "database, MB",
    "index_s": "`refworld search-index`, s",
    "index_peak_mb": "its largest process, MB",
    "index_mb": "search index, MB",
    "answer_ms": "an answer, median, ms",
    "slow_answer_ms": "one of the slowest in twenty (a phrase), ms",
    "verify_s": "`refworld verify`, s",
}


def measure(count: int, seed: int, workers: int, work: Path, is_verified: bool) -> Measured:
    """Returns what an archive of `count` made-up pages takes."""
    corpus, more, home = work / "corpus", work / "more", Home(work / "home")
    generate(corpus, count, seed)
    generate(more, _MORE, seed + 1)
    baseline = run_baseline(corpus, work / "baseline", workers)
    shutil.rmtree(work / "baseline", ignore_errors=True)
    first, _ = measure_ingest(corpus, home.root, workers)
    again, run = measure_ingest(corpus, home.root, workers)
    if run["new_count"] or run["unchanged_count"] != count:
        raise RuntimeError(f"the second run was not one over unchanged files: {run}")
    hundred, run = measure_ingest(more, home.root, workers)
    if run["new_count"] != _MORE:
        raise RuntimeError(f"the third run was not one of {_MORE} new pages: {run}")
    index = _command("search-index", home)
    answers = sorted(_answers(home))
    kept = [file for folder in (home.archive, home.root / "lake") for file in folder.rglob("*")]
    return Measured(
        documents=count,
        text_mb=baseline.bytes_read / 1e6,
        baseline_s=baseline.seconds,
        ingest_s=first.seconds,
        ingest_peak_mb=first.peak_memory_bytes / 1e6,
        again_s=again.seconds,
        again_peak_mb=again.peak_memory_bytes / 1e6,
        hundred_more_s=hundred.seconds,
        archive_mb=_size(home.archive),
        lake_mb=_size(home.root / "lake"),
        files=sum(file.is_file() for file in kept),
        database_mb=_size(home.database),
        index_s=index.seconds,
        index_peak_mb=index.peak_memory_bytes / 1e6,
        index_mb=_size(home.search_index),
        answer_ms=1000 * statistics.median(answers),
        slow_answer_ms=1000 * answers[int(0.95 * (len(answers) - 1))],
        verify_s=_command("verify", home).seconds if is_verified else None,
    )


def report(found: Sequence[Measured]) -> str:
    """Returns a table in Markdown: a row for each figure, a column for each size, and the far ones.

    What is computed stands behind `≈`; there is none for peaks and answers, which are not sums.
    """
    sizes = [one.documents for one in found]
    is_computed = len(found) > 1
    heads = [f"{size:,}" for size in (*sizes, *(_FAR if is_computed else ()))]
    lines = [f"| | {' | '.join(heads)} |", "|---|" + "---:|" * len(heads)]
    for field in fields(Measured)[1:]:
        values = [getattr(one, field.name) for one in found]
        cells = ["" if value is None else _shown(value) for value in values]
        if is_computed:
            cells += [_computed(field.name, sizes, values, size) for size in _FAR]
        lines.append(f"| {_WORDS[field.name]} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _computed(name: str, sizes: Sequence[int], values: Sequence[float | None], size: int) -> str:
    if "peak" in name or name.endswith("_ms"):
        return ""
    known = [(at, value) for at, value in zip(sizes, values, strict=True) if value is not None]
    if len(known) < 2:
        return ""
    (low, before), (high, after) = known[-2:]
    if after <= before:
        return ""  # no growth was seen, and none is made up
    return "≈ " + _shown(after + (size - high) * (after - before) / (high - low))


def _shown(value: float) -> str:
    return f"{value:.1f}" if value < 100 and not isinstance(value, int) else f"{value:,.0f}"


def _command(name: str, home: Home) -> Watched:
    command = [sys.executable, "-m", "flows.cli", name, "--data", str(home.root)]
    watched = run_watched(command, home.root.with_suffix(".log"))
    if watched.exit_code != 0:
        raise RuntimeError(f"{name} failed:\n{watched.output}")
    return watched


def _answers(home: Home) -> list[float]:
    seconds = []
    with closing(open_search_index(home)) as index:
        for words, filters in [*QUESTIONS] * 5:
            started = time.perf_counter()
            search(index, words, filters)
            seconds.append(time.perf_counter() - started)
    return seconds


def _size(path: Path) -> float:
    """Returns the size of a file or folder in MB."""
    files = [path] if path.is_file() else [file for file in path.rglob("*") if file.is_file()]
    return sum(file.stat().st_size for file in files) / 1e6


def main() -> None:
    """Measures archives of growing size and prints the table, each size also as it is done."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale", description=__doc__)
    parser.add_argument("--counts", default="1000,10000,100000", help="numbers of documents")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--verify-up-to", type=int, default=10_000, metavar="COUNT")
    given = parser.parse_args()
    found = []
    for count in map(int, given.counts.split(",")):
        work = Path(tempfile.mkdtemp(prefix="refworld-scale-"))
        try:
            is_verified = count <= given.verify_up_to
            found.append(measure(count, given.seed, given.workers, work, is_verified))
        finally:
            shutil.rmtree(work, ignore_errors=True)
        print(json.dumps(asdict(found[-1])), flush=True)
    print(report(found))


if __name__ == "__main__":
    main()
