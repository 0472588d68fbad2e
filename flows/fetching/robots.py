"""What a site allows: its robots.txt, read once for each host and run (RFC 9309)."""

from __future__ import annotations

import threading
from collections import defaultdict
from dataclasses import dataclass

from protego import Protego

from flows.fetching.pacing import ComeBackLater, Pacing
from flows.fetching.retrying import Attempted, Retrying
from flows.fetching.targets import AddressUnfit, AllowedHosts, Place, place_of, redirect_target

_REDIRECTS = (301, 302, 303, 307, 308)
_MOST_HOPS = 5
_READ = 500 * 1024  # bytes, as much as a reader must take in (RFC 9309, 2.5)


@dataclass(frozen=True, slots=True)
class _Rules:
    """What a robots.txt says: everything goes (None), or why nothing does."""

    parsed: Protego | None = None
    barred: str | None = None


class Robots:
    """Answers whether an address may be asked.

    A robots.txt that is not there (4xx) allows everything; one that cannot be had (5xx, no answer)
    forbids everything.

    Args:
        retrying: Asks for robots.txt.
        pacing: Told how much rest a site wants.
        hosts: The hosts that may be asked; no redirect of a robots.txt is followed elsewhere.
        product: The name by which rules for this program begin.
    """

    def __init__(
        self, retrying: Retrying, pacing: Pacing, hosts: AllowedHosts, product: str
    ) -> None:
        self._retrying = retrying
        self._pacing = pacing
        self._hosts = hosts
        self._product = product
        self._rules: dict[str, _Rules] = {}
        self._locks: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)

    def refusal(self, address: str, place: Place) -> str | None:
        """Returns why an address is not to be asked, or None when it may be.

        Raises:
            AddressForbidden: The host has an address that is not to be connected to.
            Stopped: The run is to end.
        """
        with self._locks[place.robots_uri]:  # its first asker reads it, others wait for that
            rules = self._rules.get(place.robots_uri)
            if rules is None:
                rules = self._rules[place.robots_uri] = self._read(place)
        if rules.barred is not None:
            return rules.barred
        if rules.parsed is None or rules.parsed.can_fetch(address, self._product):
            return None
        return "robots.txt disallows it"

    def _read(self, place: Place) -> _Rules:
        try:
            attempted = self._fetched(place)
        except (AddressUnfit, ComeBackLater) as error:
            return _Rules(barred=f"robots.txt cannot be had: {error}")
        answer = attempted.answer
        if answer is None:
            return _Rules(barred=f"robots.txt cannot be had: {attempted.words}")
        try:
            if answer.status >= 500 or answer.status == 429 or answer.status in _REDIRECTS:
                return _Rules(barred=f"robots.txt cannot be had: HTTP {answer.status}")
            if answer.status >= 300:
                return _Rules()
            if answer.headers.get("content-encoding", "identity") != "identity":
                return _Rules(barred="robots.txt came packed, which was not asked for")
            text = answer.payload(_READ).decode("utf-8", "replace").removeprefix("\ufeff")
        finally:
            answer.block.close()
        return self._parsed(text, place)

    def _parsed(self, text: str, place: Place) -> _Rules:
        rules = Protego.parse(text)
        delay = rules.crawl_delay(self._product)
        if delay is not None:
            try:
                self._pacing.slow_down(place.host, delay)
            except ComeBackLater as error:
                return _Rules(barred=str(error))
        return _Rules(rules)

    def _fetched(self, place: Place) -> Attempted:
        """Returns what came of asking for robots.txt, its redirects followed."""
        address, host = place.robots_uri, place.host
        for _ in range(_MOST_HOPS):
            attempted = self._retrying.get(address, host, {})
            answer = attempted.answer
            if answer is None or answer.status not in _REDIRECTS:
                return attempted
            address = redirect_target(address, answer.headers.get("location", ""))
            answer.block.close()
            there = place_of(address)
            if not self._hosts.is_allowed(there):
                raise AddressUnfit(f"it is redirected to {there.host}, which is not allowed")
            host = there.host
        raise AddressUnfit(f"more than {_MOST_HOPS} redirects")
