"""`make fuzz`: every target in turn, for its share of the minutes; crashes are kept as files.

Exit code: 0 when nothing was found, 1 when a crash was.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from tests.fuzz.targets import TARGETS

HERE = Path(__file__).parent
CRASHES = HERE / "crashes"
GOLDEN = HERE.parent / "golden"
BROKEN = HERE.parent / "broken"
# The page is what strangers make; the others are parts of its reading, and small.
_SHARES = {"reading": 5}
_RAN = re.compile(r"stat::number_of_executed_units:\s*([0-9]+)")
_COVERED = re.compile(r"\bcov: ([0-9]+)")
_MOST_CRASHES = 20


@dataclass(slots=True)
class Result:
    """What fuzzing one target gave: executions, edges covered, seconds, new crash files."""

    executions: int = 0
    coverage: int = 0
    seconds: float = 0.0
    crashes: list[Path] = field(default_factory=list)


def seeds(name: str) -> list[bytes]:
    """Returns the inputs a target starts from: its corpus, and the golden pages where they fit."""
    found = [path.read_bytes() for path in sorted((HERE / "corpus" / name).glob("*"))]
    pages = [path.read_bytes() for path in sorted(GOLDEN.glob("*/*.txt"))]
    if name == "reading":
        return found + [bytes([number % 4]) + page for number, page in enumerate(pages)]
    if name == "html":
        broken = [path.read_bytes() for path in sorted(BROKEN.glob("*.html"))]
        return found + [bytes([number % 4]) + page for number, page in enumerate(broken)]
    return found + (pages if name in ("decoding", "header") else [])


def fuzz(name: str, seconds: float, seed: int, crashes: Path = CRASHES) -> Result:
    """Fuzzes one target for so long; a crash is kept below `crashes`, and the fuzzing goes on."""
    result = Result()
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix=f"fuzz-{name}-") as scratch:
        corpus = Path(scratch) / "corpus"
        corpus.mkdir()
        for number, content in enumerate(seeds(name)):
            (corpus / f"seed-{number:04}").write_bytes(content)
        while (left := seconds - (time.monotonic() - began)) >= 1:
            said = _once(name, Path(scratch), corpus, int(left), seed + len(result.crashes))
            result.executions += sum(map(int, _RAN.findall(said)))
            result.coverage = max([result.coverage, *map(int, _COVERED.findall(said))])
            kept = _keep(name, Path(scratch), crashes, said)
            result.crashes += kept
            if len(result.crashes) >= _MOST_CRASHES:
                break
            if not kept and "stat::" not in said:
                raise RuntimeError(f"the fuzzer of {name} did not start:\n{said}")
    result.seconds = time.monotonic() - began
    return result


def _once(name: str, scratch: Path, corpus: Path, seconds: int, seed: int) -> str:
    """Returns what the fuzzer said until its time was up or it crashed."""
    options = [
        f"-max_total_time={seconds}",
        f"-seed={seed}",
        f"-dict={HERE / 'tokens.dict'}",
        f"-artifact_prefix={scratch}/found-",
        "-print_final_stats=1",
        "-max_len=16384",
        "-timeout=30",
        "-rss_limit_mb=4096",
    ]
    done = subprocess.run(
        [sys.executable, "-m", "tests.fuzz.fuzzer", name, *options, str(corpus)],
        cwd=HERE.parent.parent,
        capture_output=True,
        timeout=seconds + 300,
    )
    return (done.stdout + done.stderr).decode("utf-8", "replace")


def _keep(name: str, scratch: Path, crashes: Path, said: str) -> list[Path]:
    """Moves what was found below `crashes`, beside the traceback."""
    kept = []
    for found in sorted(scratch.glob("found-*")):
        target = crashes / name / found.name.removeprefix("found-")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(found, target)
        print(f"{name}: {target}\n{said[-3000:]}", flush=True)
        kept.append(target)
    return kept


def main() -> int:
    """Fuzzes all targets, or the one named, and prints a line for each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=0, help="0: another one each time")
    parser.add_argument("--target", choices=TARGETS)
    given = parser.parse_args()
    seed = given.seed or int(time.time()) & 0x7FFFFFFF
    names = [given.target] if given.target else list(TARGETS)
    whole = sum(_SHARES.get(name, 1) for name in names)
    print(f"seed {seed}\n{'target':<10}{'seconds':>9}{'executions':>12}{'a second':>10}"
          f"{'coverage':>10}{'crashes':>9}", flush=True)  # fmt: skip
    crash_count = 0
    for name in names:
        result = fuzz(name, given.minutes * 60 * _SHARES.get(name, 1) / whole, seed)
        pace = result.executions / max(result.seconds, 1)
        print(f"{name:<10}{result.seconds:>9.0f}{result.executions:>12}{pace:>10.0f}"
              f"{result.coverage:>10}{len(result.crashes):>9}", flush=True)  # fmt: skip
        crash_count += len(result.crashes)
    return 1 if crash_count else 0


if __name__ == "__main__":
    raise SystemExit(main())
