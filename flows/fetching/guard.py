"""The one way out: a connection to the very address that was checked, with all that passes kept.

A name is resolved once, and each of its addresses is looked at before one of them is connected to;
a server of names that answers differently a moment later is not asked again. What travels is kept
as it does (below TLS nothing is of interest), with limits of bytes and time that also bind a
server which sends one byte a minute.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
import time
from collections.abc import Callable, Iterable
from threading import Event
from typing import Any, BinaryIO

import httpcore

_SLICE = 0.5  # seconds after which a wait looks up, to see whether the run is to end
_CONNECT_SECONDS = 20.0
_V4_IN_V6 = (
    ipaddress.ip_network("64:ff9b::/96"),  # NAT64 (RFC 6052)
    ipaddress.ip_network("64:ff9b:1::/48"),
    ipaddress.ip_network("::/96"),
)

Resolve = Callable[[str, int], list[str]]


class AddressForbidden(Exception):
    """A host has an address that is not to be connected to."""


class TooLong(Exception):
    """An answer is longer than is taken."""


class TimeOver(Exception):
    """An answer took longer than is waited for."""


class Stopped(Exception):
    """The run is to end."""


def resolve(host: str, port: int) -> list[str]:
    """Returns the addresses of a host, in the order to try them; raises OSError for none."""
    found = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def is_public(address: str) -> bool:
    """Returns whether an IP address belongs to the public internet.

    Not public are those that the registries of IANA list as private, loopback, link-local, shared,
    reserved or multicast, and IPv6 addresses in which such an IPv4 address is wrapped.
    """
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address):
        if found.scope_id is not None:
            return False
        wrapped = found.ipv4_mapped or found.sixtofour or _wrapped(found)
        if wrapped is not None:
            return is_public(str(wrapped))
    is_special = found.is_multicast or found.is_reserved or found.is_unspecified
    return found.is_global and not is_special


def _wrapped(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    if any(address in network for network in _V4_IN_V6):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return None


class Watch:
    """The limits of one exchange, and all that passes in it.

    Args:
        received: Where the bytes that come are kept.
        max_bytes: How many may come.
        max_seconds: How long it may take.
        stop: Set when the run is to end.
        clock: Gives seconds that never go back.
    """

    def __init__(
        self,
        received: BinaryIO,
        max_bytes: int,
        max_seconds: float,
        stop: Event,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.received = received
        self.sent = bytearray()
        self.peer: str | None = None
        self._room = max_bytes
        self._max_bytes = max_bytes
        self._max_seconds = max_seconds
        self._stop = stop
        self._clock = clock
        self._deadline = clock() + max_seconds

    def seconds(self, most: float) -> float:
        """Returns how long to wait now, at most `most`; raises Stopped or TimeOver for no more."""
        if self._stop.is_set():
            raise Stopped
        left = self._deadline - self._clock()
        if left <= 0:
            raise TimeOver(f"no whole answer within {self._max_seconds:g} s")
        return min(left, most)

    def keep(self, content: bytes) -> None:
        """Keeps what came; raises TooLong when it is more than is taken."""
        self._room -= len(content)
        if self._room < 0:
            raise TooLong(f"an answer of more than {self._max_bytes} bytes")
        self.received.write(content)


class GuardedBackend(httpcore.NetworkBackend):
    """Connects for one exchange.

    Args:
        watch: The limits of the exchange.
        is_private_allowed: Whether addresses that are not public may be connected to.
        resolver: Gives the addresses of a host.
    """

    def __init__(self, watch: Watch, is_private_allowed: bool, resolver: Resolve = resolve) -> None:
        self._watch = watch
        self._is_private_allowed = is_private_allowed
        self._resolve = resolver
        self._sockets = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Connects to the first address of a host that answers, once all of them are checked.

        Raises:
            AddressForbidden: One of them is not public.
            httpcore.ConnectError: There is none, or none answers.
        """
        try:
            addresses = self._resolve(host, port)
        except OSError as error:
            raise httpcore.ConnectError(f"no address for the name {host}: {error}") from error
        for address in addresses:
            if not self._is_private_allowed and not is_public(address):
                raise AddressForbidden(f"{host} has the address {address}, which is not public")
        failure: Exception = httpcore.ConnectError(f"no address for the name {host}")
        for address in addresses:
            try:
                seconds = self._watch.seconds(_CONNECT_SECONDS)
                stream = self._sockets.connect_tcp(address, port, seconds)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                self._watch.peer = address
                return WatchedStream(stream, self._watch)
        raise failure


class WatchedStream(httpcore.NetworkStream):
    """A connection within the limits of an exchange, which keeps all that passes."""

    def __init__(self, stream: httpcore.NetworkStream, watch: Watch) -> None:
        self._stream = stream
        self._watch = watch

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Returns what came."""
        while True:
            seconds = self._watch.seconds(_SLICE)
            try:
                content = self._stream.read(max_bytes, seconds)
            except httpcore.ReadTimeout:
                continue
            self._watch.keep(content)
            return content

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Sends bytes."""
        self._watch.sent += buffer
        self._stream.write(buffer, self._watch.seconds(_CONNECT_SECONDS))

    def close(self) -> None:
        """Ends the connection."""
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        """Returns the connection under TLS; the certificate must be the host's."""
        seconds = self._watch.seconds(_CONNECT_SECONDS)
        secured = self._stream.start_tls(ssl_context, server_hostname, seconds)
        return WatchedStream(secured, self._watch)

    def get_extra_info(self, info: str) -> Any:
        """Returns what the connection knows of itself."""
        return self._stream.get_extra_info(info)
