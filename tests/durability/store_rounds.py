"""Rounds of the soak in which the store alone is disturbed, with no Prefect around it."""

from __future__ import annotations

import errno
import random
import shutil
import time
from collections import Counter
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from tests.durability.dying import KILLED, disturbed
from tests.durability.layer import DIED, Faulty, under
from tests.durability.platter import Platter
from tests.durability.runs import assert_promised, kept_in, leftovers_of, preserved_of, take_in
from tests.warehouse.pages import page
from transforms.records import Capture
from warehouse.commits import batch_id_of
from warehouse.digests import content_digests
from warehouse.home import Home

PAGES = [page(number) for number in range(40)]
ERRORS = (errno.ENOSPC, errno.EIO, errno.EACCES, errno.EROFS)
NEVER = 1 << 30
MOST_FAULTS = 4
Batches = list[Sequence[Capture]]


class StoreRounds:
    """Plays rounds, each on a home of its own below `work`."""

    def __init__(self, generator: random.Random, work: Path) -> None:
        self.random = generator
        self.work = work
        self.usual_seconds = 0.3

    def play(self, counts: Counter[str]) -> list[str]:
        """Plays a round, counts what befell the store, and returns what was wrong after it."""
        shutil.rmtree(self.work, ignore_errors=True)
        with_database = self.random.random() < 0.4
        with_compaction = self.random.random() < 0.3
        batches = self.drawn_batches()
        home, promised = Home(self.work / "0" / "disk" / "data"), set[str]()
        home.root.parent.mkdir(parents=True)
        for attempt in range(self.random.randint(1, MOST_FAULTS)):
            run = partial(take_in, run_id=f"r{attempt}", batches=batches)
            run = partial(run, with_database=with_database, with_compaction=with_compaction)
            if self.random.random() < 0.2:
                counts["power losses"] += 1
                home, said = self.lose_power(home, attempt, run)
            else:
                what, said = self.kill_or_refuse(home, run)
                counts[what] += 1
            promised |= set(said)
            if lost := missing(home, promised):
                return [lost]
        return self.compare(home, batches, promised, with_database, with_compaction)

    def drawn_batches(self) -> Batches:
        """Returns one to four batches of one to five pages each."""
        pages = self.random.sample(PAGES, len(PAGES))
        sizes = [self.random.randint(1, 5) for _ in range(self.random.randint(1, 4))]
        return [pages[sum(sizes[:at]) : sum(sizes[: at + 1])] for at in range(len(sizes))]

    def kill_or_refuse(self, home: Home, run: partial[None]) -> tuple[str, list[str]]:
        """Disturbs one run; returns what befell it and which batches it had promised."""
        seconds, at = None, self.random.randrange(160)
        drawn = self.random.random()
        fault = Faulty(at, is_done=self.random.random() < 0.5)
        if drawn < 0.4:
            seconds, fault = self.random.uniform(0, self.usual_seconds), Faulty(NEVER)
        elif drawn < 0.55:
            share = self.random.random()
            part = lambda length: int(length * share)  # noqa: E731
            fault = Faulty(at % 40, part=part, among=("write", "copy"))
        elif drawn < 0.75:
            fault = Faulty(at, self.random.choice(ERRORS))
        code, said = disturbed(fault, lambda say: run(home, promise=say), seconds)
        name = {KILLED: "killed at a moment", DIED: "killed at an effect"}
        return name.get(code, "refused" if fault.error else "ended before its turn"), said

    def lose_power(self, home: Home, attempt: int, run: partial[None]) -> tuple[Home, list[str]]:
        """Does a run whose disk loses its power at a moment; returns what is then on the disk."""
        platter = Platter(home.root.parent)
        platter.take_over()
        moments = [(platter.lose_power(), 0)]
        said: list[str] = []
        platter.moments = lambda _name: moments.append((platter.lose_power(), len(said)))
        with under(platter):
            run(home, promise=said.append)
        lay_down, count = self.random.choice(moments)
        target = self.work / str(attempt + 1) / "disk"
        target.parent.mkdir(parents=True)
        drawn = self.random.random()
        lay_down(target, "nothing" if drawn < 0.3 else "names" if drawn < 0.5 else self.random)
        return Home(target / "data"), said[:count]

    def compare(
        self,
        home: Home,
        batches: Batches,
        promised: set[str],
        with_database: bool,
        with_compaction: bool,
    ) -> list[str]:
        """Does the clean run, without the sources of what was promised, and compares the store."""
        undisturbed = Home(self.work / "undisturbed" / "data")
        undisturbed.root.parent.mkdir(parents=True)
        started = time.monotonic()
        take_in(undisturbed, "r", batches=batches, with_database=with_database)
        self.usual_seconds = time.monotonic() - started
        take_in(
            home,
            "last",
            batches=[batch for batch in batches if id_of(batch) not in promised],
            with_database=with_database,
            with_compaction=with_compaction,
        )
        wrong = [f"left over: {path}" for path in leftovers_of(home)]
        # Packs are made of what was there at the time: other files, of the same batches and rows.
        seen = kept_in if with_compaction else preserved_of
        if seen(home) != seen(undisturbed):
            wrong.append("store differs: archive or lake")
        if with_database and content_digests(home) != content_digests(undisturbed):
            wrong.append("store differs: content digests")
        return wrong


def id_of(batch: Sequence[Capture]) -> str:
    """Returns the id that a batch of these captures has."""
    return batch_id_of(capture.capture_id for capture in batch)


def missing(home: Home, promised: set[str]) -> str:
    """Returns what is missing of the batches that were promised, or nothing."""
    try:
        assert_promised(home, sorted(promised))
    except (AssertionError, OSError, ValueError) as error:
        return f"bytes lost: {error}"
    return ""
