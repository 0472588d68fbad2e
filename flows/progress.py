"""What a person sees while a run works: a bar on a terminal, quiet lines elsewhere."""

from __future__ import annotations

import threading
import time
from typing import TextIO

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars

from flows.printable import printable
from flows.quantities import counted
from flows.run import Progress

_LINE_SECONDS = 10.0


class BarProgress:
    """A bar for the stage at hand, drawn in place."""

    def __init__(self, console: Console) -> None:
        self._bars = Bars(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=console,
            transient=True,
        )
        self._task = self._bars.add_task("Starting", total=None)
        self._bars.start()

    def begin(self, stage: str, total: int | None = None) -> None:
        """Shows the stage from nothing, its bar moving to and fro until a total is known."""
        self._bars.reset(self._task, description=stage, total=total)

    def advance(self, count: int) -> None:
        """Moves the bar."""
        self._bars.advance(self._task, count)

    def say(self, words: str) -> None:
        """Prints a line above the bar."""
        self._bars.console.print(printable(words), markup=False, highlight=False)

    def end(self) -> None:
        """Takes the bar away."""
        self._bars.stop()


class LineProgress:
    """A line when a stage begins that has inputs to pass, and one each ten seconds in it."""

    def __init__(self, stream: TextIO | None) -> None:
        self._stream = stream
        self._lock = threading.Lock()
        self._stage = "Finding inputs"
        self._total: int | None = None
        self._count = 0
        self._said_at = time.monotonic()

    def begin(self, stage: str, total: int | None = None) -> None:
        """Says how many inputs the stage will pass, when it is any."""
        with self._lock:
            self._stage, self._total, self._count = stage, total, 0
        if total:
            self.say(f"{stage}: {counted(total, 'input')}")

    def advance(self, count: int) -> None:
        """Says how far the stage is, unless it was said a moment ago."""
        with self._lock:
            self._count += count
            if time.monotonic() - self._said_at < _LINE_SECONDS:
                return
            whole = f" of {self._total}" if self._total else ""
            words = f"{self._stage}: {self._count}{whole}"
        self.say(words)

    def say(self, words: str) -> None:
        """Prints a line."""
        self._said_at = time.monotonic()
        if self._stream is not None:
            self._stream.write(f"{printable(words)}\n")
            self._stream.flush()

    def end(self) -> None:
        """Leaves no trace."""


def progress_for(stream: TextIO | None) -> Progress:
    """Returns the progress that suits `stream`; None is for nobody to see."""
    if stream is not None and stream.isatty():
        return BarProgress(Console(file=stream))
    return LineProgress(stream)
