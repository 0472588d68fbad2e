"""Where the tests keep what they make: in memory, where there is room for it.

Homes are synced hundreds of times a second, and each sync would wait for a disk. No test learns
anything of that: what a loss of power leaves is laid down by `tests.durability.platter`, and what
a kill leaves the system's cache holds. `make soak` works on the disk.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

# Runs of several batches are asked for often; what they show does not depend on a batch's size.
os.environ.setdefault("REFWORLD_BATCH_CAPTURES", "500")

_MEMORY = Path("/dev/shm")
_ROOM = 4 << 30  # bytes; a run of all tests takes less than a quarter of it
_WHERE = "PYTEST_DEBUG_TEMPROOT"


def pytest_configure(config: pytest.Config) -> None:
    """Chooses the place, unless whoever calls has chosen one."""
    if config.option.basetemp is None and has_room():
        os.environ.setdefault(_WHERE, str(_MEMORY))


def has_room() -> bool:
    """Returns whether there is a file system in memory, and memory, for what the tests make."""
    try:
        free = shutil.disk_usage(_MEMORY).free
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        memory = next(line.split()[1] for line in lines if line.startswith("MemAvailable:"))
    except (OSError, StopIteration):
        return False
    return min(free, int(memory) << 10) > _ROOM
