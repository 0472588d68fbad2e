"""Rounds of the soak in which the whole command, with its server and workers, is killed."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

from tests.durability.runs import leftovers_of, preserved_of
from tests.flows.conftest import write_corpus
from tests.flows.processes import start
from warehouse.digests import content_digests
from warehouse.home import Home

PAGES = 4_500  # a little more than two batches
MOST_KILLS = 3


class CommandRounds:
    """Plays rounds, each on a home of its own below `work`."""

    def __init__(self, generator: random.Random, work: Path) -> None:
        self.random = generator
        self.work = work
        self.usual_seconds = 0.0

    def play(self, counts: Counter[str]) -> list[str]:
        """Plays a round, counts its kills, and returns what was wrong after it."""
        corpus, undisturbed = self.work / "pages.jsonl", Home(self.work / "undisturbed")
        if not corpus.exists():
            self.work.mkdir(parents=True)
            write_corpus(corpus, PAGES)
            started = time.monotonic()
            self.run_whole(undisturbed, corpus)
            self.usual_seconds = time.monotonic() - started
        home = Home(self.work / "data")
        shutil.rmtree(home.root, ignore_errors=True)
        for _ in range(self.random.randint(1, MOST_KILLS)):
            process = start(home, corpus)
            with suppress(subprocess.TimeoutExpired):
                process.wait(self.random.uniform(0.3, self.usual_seconds))
            if process.poll() is None:
                counts["killed as a whole command"] += 1
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
        self.run_whole(home, corpus)
        wrong = [
            f"left over: {path}"
            for path in leftovers_of(home)
            if not path.startswith("prefect/") and path != home.lock.name
        ]
        if preserved_of(home) != preserved_of(undisturbed):
            wrong.append("store differs: archive or lake")
        if content_digests(home) != content_digests(undisturbed):
            wrong.append("store differs: content digests")
        return wrong

    def run_whole(self, home: Home, corpus: Path) -> None:
        """Takes the corpus in with nothing to disturb it."""
        process = start(home, corpus)
        _, complaints = process.communicate(timeout=300)
        if process.returncode != 0:
            raise RuntimeError(f"a clean run failed: {complaints}")
