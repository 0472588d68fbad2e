"""What a fetch writes: WARC 1.1 (ISO 28500), gzip per record, in a draft that outlives its process.

Each address that was to be fetched ends with a `metadata` record of what became of it; before it
stand, where there was an answer, the `response` and its `request` to the byte, or a `revisit` where
the page is kept already. All of an address is on the disk before the next is asked for. The
draft is locked as long as its process lives: one that nobody holds is a killed fetch's.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import threading
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import quote

from warcio.recordloader import ArcWarcRecord
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from flows.code_version import DISTRIBUTION, distribution_version
from flows.fetching.exchanges import Exchange, fields_of
from flows.fetching.guard import Stopped
from flows.fetching.judging import NOT_MODIFIED
from warehouse import disk
from warehouse.home import Home
from warehouse.staging import WARC_SUFFIX

RUN_FIELD = "refworld-run"
_STANDARD = "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/"
_PROFILES = "http://netpreserve.org/warc/1.1/revisit/"
_FIELDS = "application/warc-fields"
_HTTP = "application/http; msgtype="
_CHUNK = 1 << 20
_LONGEST_ADDRESS = 8_000

Headers = list[tuple[str, str]]


def _new_id() -> str:
    return f"<urn:uuid:{uuid.uuid4()}>"


def final_path(home: Home, run_id: str) -> Path:
    """Returns where the WARC file of a fetch lies when the fetch has ended."""
    return home.fetched / f"{run_id}{WARC_SUFFIX}"


def draft_path(home: Home, run_id: str) -> Path:
    """Returns where it lies until then."""
    return home.fetched / f".{run_id}{WARC_SUFFIX}{disk.DRAFT_SUFFIX}"


class FetchWriter:
    """Writes exchanges, whoever made them, one whole after the other.

    Args:
        stream: The draft.
        path: Its place.
        run_row: The row of `runs` as it will stand if the process dies.
        new_id: Gives an id for a record.
    """

    def __init__(
        self,
        stream: BinaryIO,
        path: Path,
        run_row: Mapping[str, Any],
        new_id: Callable[[], str] = _new_id,
    ) -> None:
        self._stream = stream
        self._path = path
        self._new_id = new_id
        self._writer = _Writer(stream, gzip=True, warc_version="1.1")
        self._lock = threading.Lock()
        self._is_closed = False
        self._write_info(run_row)

    def write(self, exchange: Exchange) -> None:
        """Writes an exchange; it is on the disk when this returns.

        Raises:
            Stopped: Nothing more is taken.
            OSError: The disk is full or cannot be written to.
        """
        with self._lock:
            if self._is_closed:
                raise Stopped
            self._write_exchange(exchange)
            self._sync()

    def close(self) -> None:
        """Takes nothing more; who is at it is waited for."""
        with self._lock:
            self._is_closed = True

    def _write_info(self, run_row: Mapping[str, Any]) -> None:
        row = {
            name: value.isoformat() if isinstance(value, datetime) else value
            for name, value in run_row.items()
        }
        fields = [
            ("software", f"{DISTRIBUTION}/{distribution_version()}"),
            ("format", "WARC File Format 1.1"),
            ("conformsTo", _STANDARD),
            (RUN_FIELD, json.dumps(row, ensure_ascii=True)),
        ]
        headers = [
            ("WARC-Type", "warcinfo"),
            ("WARC-Record-ID", self._new_id()),
            ("WARC-Date", _date(run_row["started_at"])),
            ("WARC-Filename", f"{run_row['run_id']}{WARC_SUFFIX}"),
        ]
        self._write_fields(headers, fields)
        self._sync()

    def _write_exchange(self, exchange: Exchange) -> None:
        about = [
            ("WARC-Target-URI", _header_address(exchange.address)),
            ("WARC-Date", _date(exchange.fetched_at)),
        ]
        concurrent: Headers = []
        if exchange.answer is not None:
            about.append(("WARC-IP-Address", exchange.answer.ip_address))
            answer_id = self._new_id()
            concurrent = [("WARC-Concurrent-To", answer_id)]
            self._write_answer(exchange, [("WARC-Record-ID", answer_id), *about])
            request = exchange.answer.request
            head = [("WARC-Type", "request"), ("WARC-Record-ID", self._new_id()), *about]
            self._write_block([*head, *concurrent], f"{_HTTP}request", BytesIO(request))
        head = [("WARC-Type", "metadata"), ("WARC-Record-ID", self._new_id()), *about]
        self._write_fields([*head, *concurrent], fields_of(exchange))

    def _write_answer(self, exchange: Exchange, headers: Headers) -> None:
        answer = exchange.answer
        assert answer is not None  # noqa: S101 - the caller has looked
        content_type = f"{_HTTP}response"
        if exchange.is_revisit:
            revisit = [("WARC-Type", "revisit"), *headers, *_refers_to(exchange)]
            self._write_head(revisit, content_type, answer.head)
            return
        response = [("WARC-Type", "response"), *headers]
        if not answer.is_chunked:
            # Of a body in chunks readers do not agree over which bytes this digest is.
            response.append(("WARC-Payload-Digest", f"sha256:{answer.payload_sha256}"))
        self._write_block(response, content_type, answer.block)

    def _write_fields(self, headers: Headers, fields: Headers) -> None:
        block = "".join(f"{name}: {value}\r\n" for name, value in fields)
        self._write_block(headers, _FIELDS, BytesIO(block.encode()))

    def _write_block(self, headers: Headers, content_type: str, block: BinaryIO) -> None:
        digest, length = hashlib.sha256(), 0
        block.seek(0)
        while chunk := block.read(_CHUNK):
            digest.update(chunk)
            length += len(chunk)
        block.seek(0)
        self._write_record(headers, content_type, digest.hexdigest(), block, length, None)

    def _write_head(self, headers: Headers, content_type: str, head: bytes) -> None:
        digest = hashlib.sha256(head).hexdigest()
        self._write_record(headers, content_type, digest, BytesIO(), 0, _Verbatim(head))

    def _write_record(
        self,
        headers: Headers,
        content_type: str,
        digest: str,
        block: BinaryIO,
        length: int,
        http_headers: _Verbatim | None,
    ) -> None:
        listed = [*headers, ("WARC-Block-Digest", f"sha256:{digest}")]
        kind = dict(headers)["WARC-Type"]
        warc_headers = StatusAndHeaders("", listed, protocol="WARC/1.1")
        record = ArcWarcRecord(
            "warc", kind, warc_headers, block, http_headers, content_type, length
        )
        record.payload_length = length
        self._writer.write_record(record)

    def _sync(self) -> None:
        self._stream.flush()
        disk.sync_file(self._path)


@contextmanager
def drafting(home: Home, run_row: Mapping[str, Any]) -> Iterator[FetchWriter]:
    """Opens the draft of a fetch, and holds its lock; to be entered under the writer lock.

    It is left where it is, for `adoption.sealed_draft` to make whole and put in its place.
    """
    disk.make_folder(home.fetched)
    path = draft_path(home, run_row["run_id"])
    with disk.durable_file(path) as stream:
        fcntl.flock(stream.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        disk.sync_folder(path.parent)
        yield FetchWriter(stream, path, run_row)


def is_held(path: Path) -> bool:
    """Returns whether the process that writes a draft is alive."""
    with path.open("rb") as stream:
        try:
            fcntl.flock(stream.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


class _Writer(WARCWriter):  # type: ignore[misc]
    # All digests are set by hand: SHA-256, as in the archive.
    NO_PAYLOAD_DIGEST_TYPES = ("warcinfo", "request", "response", "revisit", "metadata")


class _Verbatim:
    """Status line and headers of an answer as they came, in the form that warcio writes."""

    def __init__(self, head: bytes) -> None:
        self.headers_buff = head

    def compute_headers_buffer(self, _: object = None) -> None:
        """Leaves them as they are."""


def _refers_to(exchange: Exchange) -> Headers:
    answer, known = exchange.answer, exchange.known
    is_confirmed = answer is not None and answer.status == NOT_MODIFIED
    profile = "server-not-modified" if is_confirmed else "identical-payload-digest"
    headers = [
        ("WARC-Profile", f"{_PROFILES}{profile}"),
        ("WARC-Payload-Digest", f"sha256:{exchange.payload_sha256}"),
        ("WARC-Refers-To-Target-URI", _header_address(exchange.address)),
    ]
    if known.stored_at is not None:
        headers.append(("WARC-Refers-To-Date", _date(known.stored_at)))
    return headers


def _header_address(address: str) -> str:
    """Returns an address as a header may hold it; only those that nobody is asked for differ."""
    written = quote(address, safe="".join(map(chr, range(0x21, 0x7F))), errors="surrogatepass")
    return written[:_LONGEST_ADDRESS]


def _date(moment: datetime) -> str:
    utc = moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
    return f"{utc.isoformat(timespec='microseconds')}Z"
