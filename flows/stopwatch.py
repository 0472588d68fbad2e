"""Where the time of a run goes."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager


class Stopwatch:
    """Seconds spent in each stage of a run; stages that overlap each count in full."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self.stages: dict[str, float] = {}

    @property
    def elapsed(self) -> float:
        """Seconds since the run began."""
        return time.monotonic() - self._began

    @contextmanager
    def timing(self, stage: str) -> Iterator[None]:
        """Adds the time of the block to `stage`."""
        began = time.monotonic()
        try:
            yield
        finally:
            spent = self.stages.get(stage, 0.0) + time.monotonic() - began
            self.stages[stage] = round(spent, 3)
