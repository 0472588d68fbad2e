"""Documents per second and peak memory of the whole ingest, beside a bare baseline."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.baseline import BaselineResult, run_baseline
from benchmarks.generate import generate
from benchmarks.watch import Watched, run_watched

_UNSYNCED = Path(__file__).with_name("unsynced")


def measure_ingest(
    corpus: Path, home: Path, workers: int, settings: Mapping[str, str] | None = None
) -> tuple[Watched, dict[str, Any]]:
    """Ingests a corpus by the command that users type, and returns what it took and its run."""
    command = [sys.executable, "-m", "flows.cli", "ingest", str(corpus), "--data", str(home)]
    watched = run_watched([*command, "--workers", str(workers)], home.with_suffix(".log"), settings)
    if watched.exit_code not in (0, 1):
        raise RuntimeError(f"the ingest failed:\n{watched.output}")
    return watched, last_run(home)


def last_run(home: Path) -> dict[str, Any]:
    """Returns the row of the home's last run, its stages as a mapping."""
    query = "SELECT * FROM runs ORDER BY started_at DESC LIMIT 1"
    with duckdb.connect(str(home / "refworld.duckdb"), read_only=True) as database:
        cursor = database.execute(query)
        row = cursor.fetchone()
        names = [column[0] for column in cursor.description or ()]
    if row is None:
        raise RuntimeError("the database holds no run")
    found = dict(zip(names, row, strict=True))
    return found | {"stage_seconds": json.loads(found["stage_seconds"] or "{}")}


def measure_steps(corpus: Path, home: Path, workers: int) -> Watched:
    """Runs the same steps without Prefect, and returns what they took."""
    command = [sys.executable, "-m", "benchmarks.plain", str(corpus), str(home), str(workers)]
    watched = run_watched(command, home.with_suffix(".log"))
    if watched.exit_code != 0:
        raise RuntimeError(f"the steps failed:\n{watched.output}")
    return watched


def measure_answers(home: Path) -> dict[str, float]:
    """Returns how long the commands for looking take over a home, in seconds."""
    with duckdb.connect(str(home / "refworld.duckdb"), read_only=True) as database:
        found = database.execute("SELECT min(document_id) FROM documents").fetchone()
    if found is None:
        raise RuntimeError("the database holds no document")
    commands = {
        "--help": ["--help"],
        "status": ["status"],
        "show": ["show", found[0]],
        "sql": ["sql", "SELECT count(*) FROM documents"],
    }
    seconds = {}
    for name, words in commands.items():
        data = [] if name == "--help" else ["--data", str(home)]
        command = [sys.executable, "-m", "flows.cli", *words, *data]
        seconds[name] = run_watched(command, home.with_suffix(".log")).seconds
    return seconds


def measure_unsynced(corpus: Path, home: Path, workers: int) -> Watched:
    """Ingests a corpus by a command that waits for no disk, and returns what it took."""
    path = os.pathsep.join([str(_UNSYNCED), os.environ.get("PYTHONPATH", "")])
    return measure_ingest(corpus, home, workers, {"PYTHONPATH": path.rstrip(os.pathsep)})[0]


def report(
    baseline: BaselineResult,
    plain: Watched,
    whole: Watched,
    unsynced: Watched,
    run: dict[str, Any],
) -> str:
    """Returns the comparison as lines of text."""
    count = baseline.documents
    share = whole.seconds - plain.seconds
    stages = run["stage_seconds"].items()
    peaks = sorted(whole.peaks.items())
    spent = sorted(whole.cpu_seconds.items())
    lines = [
        f"{count} documents, {baseline.bytes_read / 1e6:.0f} MB",
        "",
        f"{'':34}{'seconds':>9}{'documents/s':>13}{'of baseline':>13}{'peak MB':>9}",
        _row("baseline", baseline.seconds, count, baseline, baseline.peak_memory_bytes),
        _row("the steps without Prefect", plain.seconds, count, baseline, plain.peak_memory_bytes),
        _row("refworld ingest", whole.seconds, count, baseline, whole.peak_memory_bytes),
        _row(
            "the same, waiting for no disk",
            unsynced.seconds,
            count,
            baseline,
            unsynced.peak_memory_bytes,
        ),
        "",
        f"Durability costs {100 * (1 - unsynced.seconds / whole.seconds):.0f} % of the speed",
        f"Prefect's share of the wall time: {share:.1f} s of {whole.seconds:.1f} s "
        f"({100 * share / whole.seconds:.0f} %)",
        "stages (s): " + ", ".join(f"{name} {seconds:.1f}" for name, seconds in stages),
        "peak MB by process: " + ", ".join(f"{name} {held / 1e6:.0f}" for name, held in peaks),
        "processor seconds by process: " + ", ".join(f"{name} {used:.1f}" for name, used in spent),
    ]
    return "\n".join(lines)


def _row(name: str, seconds: float, count: int, baseline: BaselineResult, peak: int) -> str:
    rate = count / seconds
    share = rate / baseline.documents_per_second
    return f"{name:34}{seconds:9.1f}{rate:13.0f}{share:13.2f}{peak / 1e6:9.0f}"


def main() -> None:
    """Makes a corpus, measures baseline and ingest in one run, and prints both."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.ingest", description=__doc__)
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--work", type=Path, help="default: a folder that is removed afterwards")
    given = parser.parse_args()
    work = given.work or Path(tempfile.mkdtemp(prefix="refworld-bench-"))
    try:
        corpus = work / f"corpus-{given.count}-{given.seed}"
        if not corpus.exists():
            generate(corpus, given.count, given.seed)
        for name in ("baseline", "plain", "home", "unsynced"):
            shutil.rmtree(work / name, ignore_errors=True)
        # What is written last is flushed, so that neither side pays for the other's writing.
        os.sync()
        baseline = run_baseline(corpus, work / "baseline", given.workers)
        os.sync()
        plain = measure_steps(corpus, work / "plain", given.workers)
        os.sync()
        whole, run = measure_ingest(corpus, work / "home", given.workers)
        os.sync()
        unsynced = measure_unsynced(corpus, work / "unsynced", given.workers)
        print(report(baseline, plain, whole, unsynced, run))
        answers = measure_answers(work / "home").items()
        print("answers (s): " + ", ".join(f"{name} {took:.2f}" for name, took in answers))
    finally:
        if given.work is None:
            shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    main()
