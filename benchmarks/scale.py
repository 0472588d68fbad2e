"""Memory of every process at 100,000 documents, and the time of a run over unchanged files."""

from __future__ import annotations

import argparse
import shutil
import tempfile
from pathlib import Path

from benchmarks.generate import generate
from benchmarks.ingest import measure_ingest, measure_steps


def main() -> None:
    """Makes a corpus, ingests it twice and prints time, memory and sizes of both runs."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale", description=__doc__)
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--work", type=Path, help="default: a folder that is removed afterwards")
    given = parser.parse_args()
    work = given.work or Path(tempfile.mkdtemp(prefix="refworld-scale-"))
    try:
        corpus = work / f"corpus-{given.count}-{given.seed}"
        if not corpus.exists():
            generate(corpus, given.count, given.seed)
        home = work / "home"
        shutil.rmtree(home, ignore_errors=True)
        for name in ("first run", "run over unchanged files"):
            watched, run = measure_ingest(corpus, home, given.workers)
            stages = run["stage_seconds"]
            print(
                f"{name}: {watched.seconds:.1f} s; {run['input_count']} inputs, "
                f"{run['new_count']} new documents, {run['unchanged_count']} unchanged"
            )
            peaks = sorted(watched.peaks.items())
            print("  peak MB: " + ", ".join(f"{role} {held / 1e6:.0f}" for role, held in peaks))
            print("  stages (s): " + ", ".join(f"{n} {s:.1f}" for n, s in stages.items()))
        plain = measure_steps(corpus, home, given.workers)
        print(f"the steps over unchanged files without Prefect: {plain.seconds:.1f} s")
        for folder in ("archive", "lake/derived", "lake/events", "refworld.duckdb"):
            print(f"  {folder}: {_size(home / folder) / 1e6:.0f} MB")
    finally:
        if given.work is None:
            shutil.rmtree(work, ignore_errors=True)


def _size(path: Path) -> int:
    if path.is_file():
        return path.stat().st_size
    return sum(file.stat().st_size for file in path.rglob("*") if file.is_file())


if __name__ == "__main__":
    main()
