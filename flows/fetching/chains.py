"""From an address to what became of it, redirect by redirect; each step is written down."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from flows.fetching.exchanges import Exchange
from flows.fetching.guard import AddressForbidden
from flows.fetching.judging import (
    FAILED,
    REDIRECTED,
    REFUSED,
    Verdict,
    conditions_of,
    judge,
)
from flows.fetching.pacing import ComeBackLater
from flows.fetching.retrying import Attempted, Retrying
from flows.fetching.robots import Robots
from flows.fetching.targets import AddressUnfit, AllowedHosts, Place, place_of
from flows.intake.times import now as present
from warehouse.fetches import NOTHING_KNOWN, Known

_MOST_HOPS = 10
_MOST_SILENT = 5  # addresses in a row without a word from their host, which is then left alone


@dataclass(frozen=True, slots=True)
class _Step:
    address: str
    via: str | None
    known: Known


class Chains:
    """Fetches addresses, each at most once in a run.

    Args:
        hosts: The hosts that may be asked.
        robots: What the sites allow.
        retrying: Asks.
        known: What is known of addresses.
        write: Given each step.
        now: Gives the time (UTC).
    """

    def __init__(
        self,
        hosts: AllowedHosts,
        robots: Robots,
        retrying: Retrying,
        known: Mapping[str, Known],
        write: Callable[[Exchange], None],
        now: Callable[[], datetime] = present,
    ) -> None:
        self._hosts = hosts
        self._robots = robots
        self._retrying = retrying
        self._known = known
        self._write = write
        self._now = now
        self._asked: set[str] = set()
        self._silent: Counter[str] = Counter()
        self._lock = threading.Lock()

    def follow(self, address: str) -> None:
        """Fetches an address and those that it leads to; what was fetched in this run is not again.

        Raises:
            Stopped: The run is to end; what was begun is not written down.
            OSError: It cannot be written down.
        """
        via: str | None = None
        chain: list[str] = []
        next_address: str | None = address
        while next_address is not None:
            step = _Step(next_address, via, self._known.get(next_address, NOTHING_KNOWN))
            is_round = next_address in chain
            if is_round or len(chain) > _MOST_HOPS:
                words = "its redirects go round" if is_round else f"over {_MOST_HOPS} redirects"
                self._tell(step, Verdict(FAILED, words))
                return
            if not self._claims(next_address):
                return
            chain.append(next_address)
            verdict = self._step(step)
            via = next_address
            next_address = verdict.redirect_uri if verdict.outcome == REDIRECTED else None

    def _claims(self, address: str) -> bool:
        with self._lock:
            is_first = address not in self._asked
            self._asked.add(address)
            return is_first

    def _step(self, step: _Step) -> Verdict:
        try:
            place = place_of(step.address)
            if (words := self._refusal(step.address, place)) is not None:
                return self._tell(step, Verdict(REFUSED, words))
            if self._silent[place.host] >= _MOST_SILENT:
                return self._tell(step, Verdict(FAILED, "its host has not answered lately"))
            conditions = conditions_of(step.known)
            attempted = self._retrying.get(step.address, place.host, conditions)
        except AddressUnfit as error:
            return self._tell(step, Verdict(REFUSED, str(error)))
        except AddressForbidden as error:
            words = f"{error}; --allow-private with --allow-host lets it be asked"
            return self._tell(step, Verdict(REFUSED, words))
        except ComeBackLater as error:
            return self._tell(step, Verdict(FAILED, str(error)))
        self._silent[place.host] = self._silent[place.host] + 1 if attempted.is_unreachable else 0
        return self._judged(step, attempted)

    def _refusal(self, address: str, place: Place) -> str | None:
        if not self._hosts.is_allowed(place):
            return f"{place.host_header} is not an allowed host; --allow-host makes it one"
        return self._robots.refusal(address, place)

    def _judged(self, step: _Step, attempted: Attempted) -> Verdict:
        answer = attempted.answer
        if answer is None:
            return self._tell(step, Verdict(FAILED, attempted.words), attempted)
        try:
            return self._tell(step, judge(step.address, answer, step.known), attempted)
        finally:
            answer.block.close()

    def _tell(self, step: _Step, verdict: Verdict, attempted: Attempted | None = None) -> Verdict:
        answer = attempted.answer if attempted else None
        self._write(
            Exchange(
                address=step.address,
                via=step.via,
                fetched_at=answer.asked_at if answer else self._now(),
                verdict=verdict,
                known=step.known,
                attempts=attempted.count if attempted else 0,
                answer=answer,
            )
        )
        return verdict
