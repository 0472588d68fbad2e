"""How fast and how long an audit may go: `--rate 50MB` a second, `--budget 10m` in all."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

_SECONDS = {"s": 1.0, "m": 60.0, "h": 3600.0}
_BYTES = {"": 1.0, "KB": 1e3, "MB": 1e6, "GB": 1e9}
_BUDGET = re.compile(r"(\d+(?:\.\d+)?) ?([smh])", re.ASCII)
_RATE = re.compile(r"(\d+(?:\.\d+)?) ?(KB|MB|GB|)", re.ASCII | re.IGNORECASE)


class Pace:
    """Keeps an audit below a rate of reading, and says when its time is over.

    Args:
        budget: Seconds in all; None for no end.
        rate: Bytes a second; None for as fast as the disk gives them.
        clock: Gives seconds that never go back.
        sleep: Waits for seconds.
    """

    def __init__(
        self,
        budget: float | None,
        rate: float | None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._budget = budget
        self._rate = rate
        self._clock = clock
        self._sleep = sleep
        self._began = clock()
        self._byte_count = 0

    def on_read(self, byte_count: int) -> None:
        """Waits until so many bytes more keep to the rate."""
        self._byte_count += byte_count
        if self._rate is not None:
            due = self._began + self._byte_count / self._rate
            if (wait := due - self._clock()) > 0:
                self._sleep(wait)

    def may_go_on(self) -> bool:
        """Returns whether there is time left."""
        return self._budget is None or self._clock() - self._began < self._budget


def parse_budget(words: str | None) -> float | None:
    """Returns a time such as `90s`, `10m` or `2h` in seconds; None for none.

    Raises:
        ValueError: The words are no such time, or none that anything can be done in.
    """
    if words is None:
        return None
    found = _BUDGET.fullmatch(words)
    if found is None or not float(found[1]):
        raise ValueError(f"no time budget: {words!r}; give one such as 90s, 10m or 2h")
    return float(found[1]) * _SECONDS[found[2]]


def parse_rate(words: str | None) -> float | None:
    """Returns a rate such as `50MB` or `500KB` in bytes a second; None for none.

    Raises:
        ValueError: The words are no such rate, or none at all.
    """
    if words is None:
        return None
    found = _RATE.fullmatch(words)
    if found is None or not float(found[1]):
        raise ValueError(f"no rate: {words!r}; give the bytes a second, such as 500KB or 50MB")
    return float(found[1]) * _BYTES[found[2].upper()]
