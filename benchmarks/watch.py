"""Runs a command and watches how long it takes and how much memory each of its processes holds."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_INTERVAL = 0.05


@dataclass(frozen=True, slots=True)
class Watched:
    """What a command took.

    Args:
        seconds: Wall time from its start to its end.
        exit_code: Its exit code.
        peaks: The most that each of its processes held, in bytes, by the name of the process.
        output: What it printed.
    """

    seconds: float
    exit_code: int
    peaks: dict[str, int]
    output: str

    @property
    def peak_memory_bytes(self) -> int:
        """The most that any one of the processes held."""
        return max(self.peaks.values(), default=0)


def run_watched(command: Sequence[str], log: Path) -> Watched:
    """Runs `command` to its end, its output in `log`, and returns what it took."""
    peaks: dict[int, tuple[str, int]] = {}
    started = time.perf_counter()
    with log.open("wb") as stream:
        process = subprocess.Popen(command, stdout=stream, stderr=subprocess.STDOUT)
        while process.poll() is None:
            for pid in _family(process.pid):
                seen = _memory(pid)
                if seen is not None and seen[1] > peaks.get(pid, ("", 0))[1]:
                    peaks[pid] = seen
            time.sleep(_INTERVAL)
    seconds = time.perf_counter() - started
    named: dict[str, int] = {}
    for name, held in peaks.values():
        named[name] = max(held, named.get(name, 0))
    return Watched(seconds, process.returncode, named, log.read_text(errors="replace"))


def _family(pid: int) -> list[int]:
    """Returns a process with all that descend from it."""
    found, waiting = [], [pid]
    while waiting:
        parent = waiting.pop()
        found.append(parent)
        for task in Path(f"/proc/{parent}/task").glob("*/children"):
            try:
                waiting += map(int, task.read_text().split())
            except OSError:
                continue
    return found


def _memory(pid: int) -> tuple[str, int] | None:
    """Returns what a process is and the most it has held so far, in bytes."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
        command = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")
    except OSError:
        return None
    peak = next((row for row in status.splitlines() if row.startswith("VmHWM:")), None)
    return (_role(command), int(peak.split()[1]) * 1024) if peak else None


def _role(command: str) -> str:
    if "multiprocessing" in command:
        return "tracker" if "resource_tracker" in command else "worker"
    if "uvicorn" in command or "server" in command:
        return "prefect server"
    return "ingest"
