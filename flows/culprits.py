"""Which captures of a batch make its reading hang or its worker die: found by splitting it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flows.heartbeat import READER_DIED


@dataclass(frozen=True, slots=True)
class Stop:
    """How a call ended early.

    Args:
        code: `reading_timed_out` or `reader_died`.
        at: Number of the capture that was being read, 0 when none was.
        count: Number of captures of the call.
    """

    code: str
    at: int
    count: int


Probe = Callable[[Sequence[int]], Stop | None]


def find_culprits(numbers: Sequence[int], suspect: int, probe: Probe) -> dict[int, str]:
    """Returns the captures that cannot be read even alone, each with its issue code.

    Args:
        numbers: The captures.
        suspect: The one that was being read at the time, which is tried alone first; without one
            (0) the captures are split in halves.
        probe: Reads some captures and returns how that ended early, None when it went well.
    """
    found: dict[int, str] = {}
    for part in _parts(numbers, suspect):
        stop = probe(part)
        if stop is not None and len(part) > 1:
            found |= find_culprits(part, stop.at, probe)
        # A worker may be killed from outside: only one that dies again died of the capture.
        elif stop is not None and (stop.code != READER_DIED or (stop := probe(part)) is not None):
            found[part[0]] = stop.code
    return found


def _parts(numbers: Sequence[int], suspect: int) -> list[Sequence[int]]:
    if len(numbers) > 1 and suspect in numbers:
        return [[suspect], [number for number in numbers if number != suspect]]
    half = len(numbers) // 2
    return [part for part in (numbers[:half], numbers[half:]) if part]
