"""What many small batches cost, and what is left of it when they are put together.

A home of batches of three made-up pages each, as a service that looks into its inbox every quarter
of an hour makes them, is measured before and after `refworld compact`: a run over nothing new, the
building of its database, an audit. That its content digests are the same is checked.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from benchmarks.generate import pages
from benchmarks.watch import Watched, run_watched
from flows.code_version import code_version
from transforms.reading import read
from transforms.records import capture_of
from warehouse.commits import commit, stage
from warehouse.digests import content_digests
from warehouse.home import Home

_EACH = 3  # pages of a batch


@dataclass(frozen=True, slots=True)
class Measured:
    """Seconds and files of a home as it lies."""

    files: int
    lake_mb: float
    again_s: float
    database_s: float
    verify_s: float


def make(home: Home, batch_count: int, seed: int) -> None:
    """Commits batches of a few pages each, as so many runs would."""
    version = code_version()
    made = (
        capture_of(one.text.encode(), one.target_uri or "file:///page.txt", one.captured_at)
        for one in pages(batch_count * _EACH * 2, seed, 15_000)
    )
    fresh = iter({capture.capture_id: capture for capture in made}.values())
    for _ in range(batch_count):
        captures = list(islice(fresh, _EACH))
        commit(home, stage(home, captures, [read(one) for one in captures], version))


def measure(home: Home, folder: Path) -> Measured:
    """Returns what a home costs as it lies."""
    again = _command(home, folder, "ingest", str(folder / "known"))
    anew = _command(home, folder, "rebuild", "--database")
    verified = _command(home, folder, "verify")
    files = [path for path in home.derived.rglob("*") if path.is_file()]
    size = sum(path.stat().st_size for path in files) / 1e6
    return Measured(len(files), size, again.seconds, anew.seconds, verified.seconds)


def report(batch_count: int, before: Measured, after: Measured, seconds: float) -> str:
    """Returns a table: what there was before, and what there is after."""
    rows = (
        ("files of derived tables", before.files, after.files),
        ("their size, MB", before.lake_mb, after.lake_mb),
        ("a run over nothing new, s", before.again_s, after.again_s),
        ("`refworld rebuild --database`, s", before.database_s, after.database_s),
        ("`refworld verify`, s", before.verify_s, after.verify_s),
    )
    lines = [f"{batch_count:,} batches of {_EACH} pages; refworld compact took {seconds:.1f} s", ""]
    lines += [f"{'':<34} {'before':>10} {'after':>10}"]
    lines += [f"{name:<34} {old:>10,.1f} {new:>10,.1f}" for name, old, new in rows]
    return "\n".join(lines)


def _command(home: Home, folder: Path, *words: str) -> Watched:
    command = [sys.executable, "-m", "flows.cli", *words, "--data", str(home.root)]
    done = run_watched(command, folder / f"{words[0]}.log")
    if done.exit_code:
        raise RuntimeError(f"{words} ended with {done.exit_code}: {done.output}")
    return done


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.compaction", description=__doc__)
    parser.add_argument("--batches", type=int, default=500)
    parser.add_argument("--seed", type=int, default=20060605)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as base:
        folder, home = Path(base), Home(Path(base) / "home")
        make(home, given.batches, given.seed)
        (folder / "known").mkdir()
        (folder / "known" / "page.txt").write_text("Report\n\nA page that is taken in once.\n")
        _command(home, folder, "ingest", str(folder / "known"))
        digests = content_digests(home)
        before = measure(home, folder)
        compacted = _command(home, folder, "compact")
        after = measure(home, folder)
        if content_digests(home) != digests:
            raise RuntimeError("the content digests are not those of before")
    print(report(given.batches, before, after, compacted.seconds))


if __name__ == "__main__":
    main()
