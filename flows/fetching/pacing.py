"""When a host may be asked again: its rest between requests, and the time it has asked for."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from flows.fetching.guard import Stopped

LONGEST_WAIT = 300.0  # seconds; who asks for more is left alone in this run
_SECONDS = re.compile(r"\d{1,9}", re.ASCII)


class ComeBackLater(Exception):
    """A host wants to be left alone for longer than a run waits; the message says until when."""


class Pacing:
    """Keeps the requests to each host apart, whoever makes them.

    Args:
        rest: Seconds from the end of one request to the next.
        stop: Set when the run is to end.
        clock: Gives seconds that never go back.
        sleep: Waits for seconds, and returns true when the run is to end.
    """

    def __init__(
        self,
        rest: float,
        stop: threading.Event,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], bool] | None = None,
    ) -> None:
        self._rest = rest
        self._stop = stop
        self._clock = clock
        self._sleep = sleep or stop.wait
        self._rests: dict[str, float] = {}
        self._free_at: dict[str, float] = {}
        self._lock = threading.Lock()

    def slow_down(self, host: str, rest: float) -> None:
        """Gives a host a longer rest, as its robots.txt asks; never a shorter one.

        Raises:
            ComeBackLater: It is longer than a run waits.
        """
        if not rest <= LONGEST_WAIT:  # nor is `nan` a time
            raise ComeBackLater(f"robots.txt asks for {rest:g} s between two requests")
        with self._lock:
            self._rests[host] = max(rest, self._rest)

    def put_off(self, host: str, seconds: float) -> None:
        """Notes that a host is not to be asked for so many seconds from now."""
        with self._lock:
            free_at = self._clock() + seconds
            self._free_at[host] = max(free_at, self._free_at.get(host, free_at))

    def wait(self, host: str) -> None:
        """Returns when the host may be asked; no other request to it begins within its rest.

        Raises:
            ComeBackLater: That would be longer than a run waits.
            Stopped: The run is to end.
        """
        while True:
            with self._lock:
                now = self._clock()
                free_at = self._free_at.get(host, now)
                seconds = free_at - now
                if seconds <= 0:
                    self._free_at[host] = now + self._rests.get(host, self._rest)
                    return
            if seconds > LONGEST_WAIT:
                raise ComeBackLater(f"{host} asks to be left alone for {seconds:.0f} s more")
            if self._sleep(seconds) or self._stop.is_set():
                raise Stopped

    def end(self, host: str) -> None:
        """Notes that a request has ended, from which the rest counts."""
        self.put_off(host, self._rests.get(host, self._rest))


def retry_after(words: str | None, now: datetime) -> float | None:
    """Returns the seconds that a `Retry-After` gives (RFC 9110, 10.2.3), or None for none."""
    if words is None:
        return None
    if _SECONDS.fullmatch(words.strip()):
        return float(words)
    try:
        moment = parsedate_to_datetime(words.strip()[:100])
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return max(0.0, (moment - now).total_seconds())
    except (ValueError, TypeError, OverflowError):
        return None
