"""Asking again where that may help: with growing rests, and no sooner than the server wants."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

import httpcore

from flows.fetching.client import Answer, Client
from flows.fetching.guard import AddressForbidden, TimeOver, TooLong
from flows.fetching.pacing import Pacing, retry_after
from flows.intake.times import now as present

_FIRST_REST = 2.0  # seconds
_LONGEST_REST = 120.0
_BUSY = frozenset({408, 425, 429, 500, 502, 503, 504})
NO_ANSWER = (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError)


@dataclass(frozen=True, slots=True)
class Attempted:
    """What came of asking an address, once or several times.

    Args:
        count: How often it was asked.
        answer: The last answer; None when there was none that could be taken.
        words: Why there was none.
        is_unreachable: Whether the host did not speak at all.
    """

    count: int
    answer: Answer | None
    words: str | None = None
    is_unreachable: bool = False


class Retrying:
    """Asks at the host's pace, and again after failures that may pass.

    Args:
        client: Asks once.
        pacing: Says when.
        retries: How often to ask again.
        chance: Gives a number from 0 to 1, so that many who failed together do not come back
            together.
        now: Gives the time (UTC).
    """

    def __init__(
        self,
        client: Client,
        pacing: Pacing,
        retries: int,
        chance: Callable[[], float] = random.random,
        now: Callable[[], datetime] = present,
    ) -> None:
        self._client = client
        self._pacing = pacing
        self._retries = retries
        self._chance = chance
        self._now = now

    def get(self, address: str, host: str, conditions: Mapping[str, str]) -> Attempted:
        """Asks for an address until there is an answer to keep, or no use in asking again.

        Raises:
            AddressForbidden: The host has an address that is not to be connected to.
            ComeBackLater: The host wants to be left alone for longer than a run waits.
            Stopped: The run is to end.
        """
        count = 0
        while True:
            self._pacing.wait(host)
            count += 1
            attempted = self._once(address, conditions, count)
            self._pacing.end(host)
            is_busy = attempted.answer is not None and attempted.answer.status in _BUSY
            wanted = self._wanted_rest(attempted.answer)
            if wanted is not None:
                self._pacing.put_off(host, wanted)
            is_worth_it = is_busy or attempted.is_passing
            if not is_worth_it or count > self._retries:
                return attempted.attempted
            if attempted.answer is not None:
                attempted.answer.block.close()
            self._pacing.put_off(host, self._rest(count))

    def _once(self, address: str, conditions: Mapping[str, str], count: int) -> _Try:
        try:
            answer = self._client.get(address, conditions)
        except AddressForbidden:
            raise
        except TooLong as error:
            return _Try(Attempted(count, None, str(error)), is_passing=False)
        except TimeOver as error:
            return _Try(Attempted(count, None, str(error)), is_passing=True)
        except NO_ANSWER as error:
            is_unreachable = isinstance(error, httpcore.ConnectError | httpcore.ConnectTimeout)
            words = f"{type(error).__name__}: {error}"
            return _Try(Attempted(count, None, words, is_unreachable), is_passing=True)
        return _Try(Attempted(count, answer), is_passing=False)

    def _wanted_rest(self, answer: Answer | None) -> float | None:
        if answer is None or answer.status not in _BUSY:
            return None
        return retry_after(answer.headers.get("retry-after"), self._now())

    def _rest(self, count: int) -> float:
        longest = min(_LONGEST_REST, _FIRST_REST * 2.0 ** (count - 1))
        return longest * (0.5 + 0.5 * self._chance())


@dataclass(frozen=True, slots=True)
class _Try:
    attempted: Attempted
    is_passing: bool

    @property
    def answer(self) -> Answer | None:
        return self.attempted.answer
