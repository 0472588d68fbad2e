"""How much memory the reading of one capture may take."""

from __future__ import annotations

import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_PAGE = os.sysconf("SC_PAGE_SIZE")


@contextmanager
def bounded_memory(bytes_more: int) -> Iterator[None]:
    """Lets this process grow by no more than `bytes_more` bytes of address space in the block.

    What asks for more gets MemoryError, or dies of it where it is no Python; the dead leave no
    core file, which would be as large. The limits are as before when the block ends.
    """
    with (
        _soft_limit(resource.RLIMIT_AS, _size() + bytes_more),
        _soft_limit(resource.RLIMIT_CORE, 0),
    ):
        yield


@contextmanager
def _soft_limit(kind: int, wanted: int) -> Iterator[None]:
    soft, hard = resource.getrlimit(kind)
    bounds = [limit for limit in (wanted, soft, hard) if limit != resource.RLIM_INFINITY]
    resource.setrlimit(kind, (min(bounds), hard))
    try:
        yield
    finally:
        resource.setrlimit(kind, (soft, hard))


def _size() -> int:
    """Returns the address space of this process, bytes."""
    return int(Path("/proc/self/statm").read_text().split()[0]) * _PAGE
