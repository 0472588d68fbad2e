"""Faults at random, with a printed seed: `python -m tests.durability.soak --minutes 10 --seed 7`.

Each round takes some batches in while its process is killed, refused or loses its power, up to
four times in turn; then one clean run takes in only what had not been promised, and the store
must be as one that was never disturbed. Some rounds are the whole command on a corpus.
"""

from __future__ import annotations

import argparse
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from tests.durability.command_rounds import CommandRounds
from tests.durability.store_rounds import StoreRounds

EVERY = 60  # store rounds to one of the whole command


def soak(seconds: float, kills: int, seed: int, work: Path) -> tuple[Counter[str], list[str]]:
    """Returns how often what befell the store, and what was wrong after it.

    Args:
        seconds: When no more rounds are begun.
        kills: How many kills end it before that.
        seed: Of all that is drawn.
        work: Where the homes are made.
    """
    generator = random.Random(seed)
    store, command = (
        StoreRounds(generator, work / "store"),
        CommandRounds(generator, work / "whole"),
    )
    counts: Counter[str] = Counter()
    wrong: list[str] = []
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and kills_of(counts) < kills:
        is_whole = counts["rounds"] % EVERY == EVERY - 1
        rounds = command if is_whole else store
        found = rounds.play(counts)
        wrong += [f"round {counts['rounds']}: {words}" for words in found]
        counts["rounds"] += 1
    return counts, wrong


def kills_of(counts: Counter[str]) -> int:
    """Returns how many processes were killed."""
    return sum(count for what, count in counts.items() if what.startswith("killed"))


def report(counts: Counter[str], wrong: Sequence[str], seconds: float) -> str:
    """Returns the closing table."""
    lines = [f"{count:8}  {what}" for what, count in sorted(counts.items())]
    lines.append(f"{kills_of(counts):8}  kills in all")
    lines += [
        f"{sum(kind in words for words in wrong):8}  {kind}"
        for kind in ("bytes lost", "store differs", "left over")
    ]
    return "\n".join([f"after {seconds:.0f} s:", *lines, *wrong[:20]])


def main() -> None:
    """Soaks for the time given, and exits with 1 when anything was wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.durability.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--kills", type=int, default=sys.maxsize)
    parser.add_argument("--seed", type=int, default=None)
    given = parser.parse_args()
    seed = random.SystemRandom().randrange(1 << 32) if given.seed is None else given.seed
    print(f"seed {seed}", flush=True)
    work = Path(tempfile.mkdtemp(prefix="refworld-soak-"))
    started = time.monotonic()
    try:
        counts, wrong = soak(60 * given.minutes, given.kills, seed, work)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    print(report(counts, wrong, time.monotonic() - started))
    raise SystemExit(bool(wrong))


if __name__ == "__main__":
    main()
