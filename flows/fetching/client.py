"""One request and its answer, to the byte.

Nothing is followed, decoded or tried again here. A connection serves one request, so that what a
server sends too much can be taken for nothing else, and no cookie or name is ever sent.
"""

from __future__ import annotations

import hashlib
import ssl
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from threading import Event
from typing import BinaryIO, cast

import httpcore
from warcio.bufferedreaders import ChunkedDataReader

from flows.fetching.guard import GuardedBackend, Resolve, Watch, resolve
from flows.fetching.options import FetchOptions
from flows.fetching.targets import AllowedHosts, Place, place_of
from flows.intake.times import now as present

_IN_MEMORY = 1 << 20
_LONGEST_HEAD = 1 << 18
_CHUNK = 1 << 16
_ENDS = (b"\r\n\r\n", b"\n\n", b"\n\r\n")


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a request.

    Args:
        asked_at: When it was sent (UTC).
        milliseconds: How long it took to have all of the answer.
        ip_address: The address that was connected to.
        request: What was sent.
        block: What came, from the status line on; its position is of no meaning.
        head_length: Bytes of it up to the body.
        block_length: Bytes of it in all.
        status: Status code.
        headers: Names in lower case; of several of a name the first.
        payload_sha256: Digest of the body, its transfer encoding undone, hex.
        payload_length: Its bytes.
        is_chunked: Whether `block` has the body in chunks.
    """

    asked_at: datetime
    milliseconds: int
    ip_address: str
    request: bytes
    block: BinaryIO
    head_length: int
    block_length: int
    status: int
    headers: Mapping[str, str]
    payload_sha256: str
    payload_length: int
    is_chunked: bool

    @property
    def head(self) -> bytes:
        """Status line and headers as they came, with the empty line that ends them."""
        self.block.seek(0)
        return self.block.read(self.head_length)

    def payload(self, most: int) -> bytes:
        """Returns up to `most` bytes of the body, its transfer encoding undone."""
        self.block.seek(self.head_length)
        if not self.is_chunked:
            return self.block.read(most)
        pieces, reader = [], ChunkedDataReader(self.block)
        while most > 0 and (piece := reader.read(most)):
            pieces.append(piece)
            most -= len(piece)
        return b"".join(pieces)


class Client:
    """Asks one address at a time, as often as it is told to.

    Args:
        options: Limits, and what the server is told.
        hosts: The hosts that a person has named, which may be private.
        stop: Set when the run is to end.
        clock: Gives seconds that never go back.
        now: Gives the time (UTC).
        resolver: Gives the addresses of a host.
    """

    def __init__(
        self,
        options: FetchOptions,
        hosts: AllowedHosts,
        stop: Event,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = present,
        resolver: Resolve = resolve,
    ) -> None:
        self._options = options
        self._hosts = hosts
        self._stop = stop
        self._clock = clock
        self._now = now
        self._resolve = resolver
        self._tls: ssl.SSLContext | None = None

    def get(self, address: str, conditions: Mapping[str, str]) -> Answer:
        """Asks for an address once.

        Args:
            address: An absolute http(s) address.
            conditions: Headers that make the request conditional.

        Raises:
            AddressForbidden: The host has an address that is not to be connected to.
            TooLong, TimeOver: The answer is beyond the limits.
            Stopped: The run is to end.
            httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError: There was no
                answer, none that is whole, or none that is HTTP.
        """
        place = place_of(address)
        received = cast(BinaryIO, tempfile.SpooledTemporaryFile(_IN_MEMORY))  # noqa: SIM115
        watch = Watch(
            received,
            self._options.max_bytes,
            self._options.max_seconds,
            self._stop,
            self._clock,
        )
        is_private_allowed = self._options.is_private_allowed and self._hosts.is_named(place)
        backend = GuardedBackend(watch, is_private_allowed, self._resolve)
        asked_at, began = self._now(), self._clock()
        try:
            answered = self._ask(place, conditions, backend)
        except BaseException:
            received.close()
            raise
        return _answer(answered, watch, asked_at, round((self._clock() - began) * 1000))

    def _ask(
        self, place: Place, conditions: Mapping[str, str], backend: GuardedBackend
    ) -> _Answered:
        url = httpcore.URL(
            scheme=place.scheme, host=place.host, port=place.port, target=place.target
        )
        headers: dict[bytes | str, bytes | str] = {
            "Host": place.host_header,
            "User-Agent": self._options.user_agent,
            "Accept": "*/*",
            # The bytes that are kept are to be the page's own.
            "Accept-Encoding": "identity",
            "Connection": "close",
        }
        headers.update(conditions.items())
        digest, length = hashlib.sha256(), 0
        tls = self._context() if place.scheme == "https" else None
        with (
            httpcore.HTTPConnection(url.origin, tls, network_backend=backend) as connection,
            connection.stream("GET", url, headers=headers) as response,
        ):
            for piece in response.iter_stream():
                digest.update(piece)
                length += len(piece)
        found: dict[str, str] = {}
        for name, value in response.headers:
            found.setdefault(name.decode("ascii").lower(), value.decode("latin-1"))
        return _Answered(response.status, found, digest.hexdigest(), length)

    def _context(self) -> ssl.SSLContext:
        if self._tls is None:
            self._tls = httpcore.default_ssl_context()
        return self._tls


@dataclass(frozen=True, slots=True)
class _Answered:
    status: int
    headers: dict[str, str]
    payload_sha256: str
    payload_length: int


def _answer(answered: _Answered, watch: Watch, asked_at: datetime, milliseconds: int) -> Answer:
    start, head_end, end = _bounds(watch.received)
    is_chunked = "chunked" in answered.headers.get("transfer-encoding", "").lower()
    if not is_chunked:
        # What a server sends beyond the length that it has given is no part of its answer.
        end = head_end + answered.payload_length
    return Answer(
        asked_at=asked_at,
        milliseconds=milliseconds,
        ip_address=watch.peer or "",
        request=bytes(watch.sent),
        block=_part(watch.received, start, end),
        head_length=head_end - start,
        block_length=end - start,
        status=answered.status,
        headers=answered.headers,
        payload_sha256=answered.payload_sha256,
        payload_length=answered.payload_length,
        is_chunked=is_chunked,
    )


def _bounds(received: BinaryIO) -> tuple[int, int, int]:
    """Returns where the answer begins behind interim ones (1xx), its body begins, and it ends."""
    end = received.seek(0, 2)
    received.seek(0)
    begun = received.read(_LONGEST_HEAD)
    start = 0
    while True:
        found = [(at, len(mark)) for mark in _ENDS if (at := begun.find(mark, start)) >= 0]
        if not found:
            raise httpcore.RemoteProtocolError("the answer begins with too many headers")
        at, length = min(found)
        head_end = at + length
        if begun[start:head_end].split(b" ", 2)[1][:1] != b"1":
            return start, head_end, end
        start = head_end


def _part(received: BinaryIO, start: int, end: int) -> BinaryIO:
    """Returns a part of what came as a file of its own; none is made where it is all of it."""
    if start == 0:
        received.truncate(end)
        return received
    part = cast(BinaryIO, tempfile.SpooledTemporaryFile(_IN_MEMORY))  # noqa: SIM115
    received.seek(start)
    while (left := end - received.tell()) > 0:
        part.write(received.read(min(_CHUNK, left)))
    received.close()
    return part
