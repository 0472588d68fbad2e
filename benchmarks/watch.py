"""Runs a command and watches what it and its processes take of time, processors and memory."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

_INTERVAL = 0.05
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Watched:
    """What a command took.

    Args:
        seconds: Wall time from its start to its end.
        exit_code: Its exit code.
        peaks: The most that each of its processes held, in bytes, by the name of the process.
        cpu_seconds: Processor time of its processes, by the name of the process.
        output: What it printed.
    """

    seconds: float
    exit_code: int
    peaks: dict[str, int]
    cpu_seconds: dict[str, float]
    output: str

    @property
    def peak_memory_bytes(self) -> int:
        """The most that any one of the processes held."""
        return max(self.peaks.values(), default=0)


def run_watched(
    command: Sequence[str], log: Path, settings: Mapping[str, str] | None = None
) -> Watched:
    """Runs `command` to its end, its output in `log`, and returns what it took.

    Args:
        command: The command.
        log: Where its output goes.
        settings: What its environment has besides.
    """
    seen: dict[int, _Seen] = {}
    started = time.perf_counter()
    with log.open("wb") as stream:
        process = subprocess.Popen(
            command, stdout=stream, stderr=subprocess.STDOUT, env={**os.environ, **(settings or {})}
        )
        while process.poll() is None:
            for pid in _family(process.pid):
                if (now := _look(pid)) is not None:
                    before = seen.get(pid)
                    # Once it has loaded a database it is the loader, also when that is closed.
                    is_loader = before is not None and before.role == "loader"
                    seen[pid] = replace(now, role="loader") if is_loader else now
            with suppress(subprocess.TimeoutExpired):
                process.wait(_INTERVAL)
    seconds = time.perf_counter() - started
    peaks: dict[str, int] = {}
    cpu_seconds: dict[str, float] = {}
    for last in seen.values():
        peaks[last.role] = max(last.peak_memory_bytes, peaks.get(last.role, 0))
        cpu_seconds[last.role] = last.cpu_seconds + cpu_seconds.get(last.role, 0.0)
    output = log.read_text(errors="replace")
    return Watched(seconds, process.returncode, peaks, cpu_seconds, output)


@dataclass(frozen=True, slots=True)
class _Seen:
    """What a process is, the most it has held so far, in bytes, and the time it has computed."""

    role: str
    peak_memory_bytes: int
    cpu_seconds: float


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


def _look(pid: int) -> _Seen | None:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
        command = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")
        spent = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    except OSError:
        return None
    peak = next((row for row in status.splitlines() if row.startswith("VmHWM:")), None)
    if peak is None or not command:  # it has just ended
        return None
    role = _role(command)
    if role == "worker" and _has_database(pid):
        role = "loader"
    return _Seen(role, int(peak.split()[1]) * 1024, sum(map(int, spent)) / _TICKS)


def _has_database(pid: int) -> bool:
    """Returns whether a process has a database of DuckDB open."""
    for descriptor in Path(f"/proc/{pid}/fd").glob("*"):
        with suppress(OSError):
            if ".duckdb" in os.readlink(descriptor):
                return True
    return False


def _role(command: str) -> str:
    if "multiprocessing" in command:
        return "tracker" if "resource_tracker" in command else "worker"
    if "uvicorn" in command or "server" in command:
        return "prefect server"
    return "ingest"
