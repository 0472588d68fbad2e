"""The addresses to fetch, to the letter, and which of them may be asked at all."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote, urljoin, urlsplit

from flows.fetching.options import DEFAULT_HOSTS

_PORTS = {"http": 80, "https": 443}
_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\]")
_WRITTEN = re.compile(r"[!-~]+")
_LONGEST = 8_000
_LIST_LIMIT = 100_000_000


class Place(NamedTuple):
    """Where an address leads: scheme, host (lower case), port, and what is asked for there."""

    scheme: str
    host: str
    port: int
    target: str

    @property
    def host_header(self) -> str:
        """The host, with its port where that is not the scheme's own."""
        return self.host if self.port == _PORTS[self.scheme] else f"{self.host}:{self.port}"

    @property
    def robots_uri(self) -> str:
        """The address of the site's robots.txt."""
        return f"{self.scheme}://{self.host_header}/robots.txt"


class AddressUnfit(Exception):
    """An address cannot be asked for; the message says why."""


def read_targets(addresses: Iterable[str], lists: Sequence[Path] = ()) -> list[str]:
    """Returns the addresses given and those of lists, each once, in order.

    A list has an address on each line; empty lines and those that begin with `#` are passed over.
    An address is kept to the letter but for its fragment, which no server is told.

    Raises:
        OSError: A list cannot be read.
        ValueError: A list is no UTF-8 text, or longer than 100 MB.
    """
    found: dict[str, None] = {}
    for address in addresses:
        found[without_fragment(address.strip())] = None
    for path in lists:
        if path.stat().st_size > _LIST_LIMIT:
            raise ValueError(f"{path} is longer than a list of addresses may be")
        for line in path.read_text(encoding="utf-8-sig").splitlines():
            address = line.strip()
            if address and not address.startswith("#"):
                found[without_fragment(address)] = None
    return list(found)


def without_fragment(address: str) -> str:
    """Returns an address without its fragment."""
    return address.partition("#")[0]


def place_of(address: str) -> Place:
    """Returns where an address leads.

    Raises:
        AddressUnfit: It is no absolute http(s) address in printable ASCII, or holds a password.
    """
    if not _WRITTEN.fullmatch(address):
        raise AddressUnfit("an address is of printable ASCII; write others as %XX (RFC 3986)")
    if len(address) > _LONGEST:
        raise AddressUnfit(f"an address of more than {_LONGEST} characters")
    try:
        parts = urlsplit(address)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError as error:
        raise AddressUnfit(f"no address: {error}") from None
    if parts.scheme not in _PORTS:
        raise AddressUnfit("only http and https are fetched")
    if "@" in parts.netloc:
        raise AddressUnfit("a name or password in an address would be archived with it")
    if ":" in host:
        host = f"[{host}]"
    if not _HOST.fullmatch(host) or port == 0:
        raise AddressUnfit("no host is named that could be asked")
    # What stands behind the host goes out as it is written; only an empty path becomes one.
    after = address[address.index("//") + 2 :][len(parts.netloc) :]
    target = after if after.startswith("/") else f"/{after}"
    return Place(parts.scheme, host, port or _PORTS[parts.scheme], target)


def redirect_target(address: str, location: str) -> str:
    """Returns the address that a `Location` means, without fragment (RFC 9110, 10.2.2).

    Raises:
        AddressUnfit: It means none.
    """
    # Servers send spaces and letters that no address may hold; browsers encode them as well.
    written = quote(location.encode("latin-1", "replace"), safe="!#$%&'()*+,/:;=?@[]~|\\^`{}\"<>")
    try:
        return without_fragment(urljoin(address, written))
    except ValueError as error:
        raise AddressUnfit(f"no address: {error}") from None


class AllowedHosts:
    """The hosts that may be asked.

    Args:
        named: Those that a person has named, as `host`, `*.host`, either with `:port`.

    Raises:
        ValueError: A name is none.
    """

    def __init__(self, named: Iterable[str]) -> None:
        self._named = frozenset(host.lower() for host in named)
        for name in self._named:
            host, port = _split_port(name.removeprefix("*."))
            if not _HOST.fullmatch(host) or (port is not None and not port.isdigit()):
                raise ValueError(f"no host: {name!r}; give one such as example.org")

    def is_allowed(self, place: Place) -> bool:
        """Returns whether a host may be asked."""
        return self.is_named(place) or _is_among(place, DEFAULT_HOSTS)

    def is_named(self, place: Place) -> bool:
        """Returns whether a person has named the host."""
        return _is_among(place, self._named)


def _is_among(place: Place, patterns: Iterable[str]) -> bool:
    for pattern in patterns:
        host, port = _split_port(pattern.removeprefix("*."))
        if place.port != (int(port) if port else _PORTS[place.scheme]):
            continue
        if place.host == host or (pattern.startswith("*.") and place.host.endswith(f".{host}")):
            return True
    return False


def _split_port(name: str) -> tuple[str, str | None]:
    if name.endswith("]") or ":" not in name:
        return name, None
    host, _, port = name.rpartition(":")
    return host, port
