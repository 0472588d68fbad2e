"""One worker process, watched: killed when a capture hangs it, replaced when it is gone."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any, TypeVar

from flows.culprits import Stop, find_culprits
from flows.heartbeat import READER_DIED, READING_TIMED_OUT, Beat, Orders

_LOOKS = 8  # into the time that one capture has
_MOST_TRIES = 3

T = TypeVar("T")
R = TypeVar("R")


class Stopped(Exception):
    """A call ended early, its worker having died or been killed."""

    def __init__(self, stop: Stop) -> None:
        super().__init__(f"{stop.code} at capture {stop.at} of {stop.count}")
        self.stop = stop


class Worker:
    """A process and its successors; used by one thread at a time."""

    def __init__(self, start: Callable[[], tuple[ProcessPoolExecutor, Beat]]) -> None:
        self._start = start
        self._process, self._beat = start()

    def call(self, fn: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        """Returns what `fn` gives; raises BrokenProcessPool when it kills two workers in turn."""
        try:
            return self._process.submit(fn, *args, **kwargs).result()
        except BrokenProcessPool:
            self._replace()
        return self._process.submit(fn, *args, **kwargs).result()

    def read(self, seconds: float, fn: Callable[..., R | None], *args: Any) -> R:
        """Returns what `fn` gives for the captures that can be read.

        Raises BrokenProcessPool when workers die again and again while no capture is being read.
        """
        doomed: dict[int, str] = {}
        tries = 0
        while True:
            try:
                return _given(self._watched(seconds, fn, *args, Orders(doomed)))
            except Stopped as stopped:
                found: dict[int, str] = {}
                if stop_at := stopped.stop.at:
                    left = [n for n in range(1, stopped.stop.count + 1) if n not in doomed]
                    found = find_culprits(
                        left, stop_at, lambda part: self._probe(part, seconds, fn, *args)
                    )
                doomed |= found
                tries += not found
                if tries == _MOST_TRIES:
                    raise BrokenProcessPool(str(stopped)) from stopped

    def end(self) -> None:
        """Waits for the process to end."""
        self._process.shutdown(cancel_futures=True)

    def _probe(
        self, part: Sequence[int], seconds: float, fn: Callable[..., object], *args: Any
    ) -> Stop | None:
        try:
            self._watched(seconds, fn, *args, Orders(only=frozenset(part)))
        except Stopped as stopped:
            return stopped.stop
        return None

    def _watched(self, seconds: float, fn: Callable[..., T], *args: Any) -> T:
        self._beat[0] = 0
        try:
            call = self._process.submit(fn, *args)
            if self._is_in_time(call, seconds):
                return call.result()
            code = READING_TIMED_OUT
        except BrokenProcessPool:
            code = READER_DIED
        at, count = self._beat
        self._replace()
        raise Stopped(Stop(code, at, count))

    def _is_in_time(self, call: Future[Any], seconds: float) -> bool:
        """Waits for the call; returns False once one capture of it has taken too long."""
        at, since = 0, time.monotonic()
        while not _is_done_within(call, seconds / _LOOKS):
            if self._beat[0] != at:
                at, since = self._beat[0], time.monotonic()
            elif at and time.monotonic() - since >= seconds:
                return False
        return True

    def _replace(self) -> None:
        for process in list((self._process._processes or {}).values()):
            process.kill()
        self._process.shutdown()
        self._process, self._beat = self._start()


def _is_done_within(call: Future[Any], seconds: float) -> bool:
    try:
        call.exception(seconds)
    except TimeoutError:
        return False
    return True


def _given(result: R | None) -> R:
    if result is None:
        raise TypeError("a call without orders for a part returned nothing")
    return result
