"""Preserved bytes: WARC 1.1 (ISO 28500) with one gzip member per record.

Records are written by hand and packed with libdeflate: the bytes must not depend on a clock, on
random ids, on the version of a writer or on the zlib that the system happens to have. They are
read with fastwarc, and every payload is checked against its digest, because fastwarc gives out a
record that was cut short as an empty one.

A file begins with a `warcinfo` record, then has one `resource` record per capture. Where an
address is no header value, `WARC-Target-URI` holds a percent-encoded form and
`Refworld-Source-URI` the original, percent-encoded throughout; where it is too long for the
headers that readers accept, a `metadata` record that follows holds it.
"""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote, unquote

import deflate
from fastwarc.warc import ArchiveIterator

from transforms.records import Capture, capture_of
from warehouse import disk

# libdeflate's first level packs text smaller than zlib's, and higher ones gain little.
PACKING_LEVEL = 1
_UNKNOWN_DATE = "1970-01-01T00:00:00Z"
_UNKNOWN = "unknown"
_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_DNS, "captures.refworld-archive")
_MAX_ADDRESS = 8_000
_HEADER_SAFE = "!#$%&'()*+,-./:;=?@[]_~"
_ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'()*+,\-./:;=?@\[\]_~]+")
_ANNOUNCED = re.compile(rb"^captureCount: (\d+)\r$", re.MULTILINE)
_MEDIA_TYPE = re.compile(r"[!-~](?:[ -~]{0,198}[!-~])?")


@dataclass(frozen=True, slots=True)
class _Record:
    position: int
    headers: dict[str, str]
    block: bytes


class ArchiveDamaged(Exception):
    """A WARC file does not hold what it must; the message names file, offset and fault."""


def write_warc(captures: Sequence[Capture], path: Path) -> list[int]:
    """Writes a new WARC file, on the disk when this returns, and returns each record's offset.

    Args:
        captures: What to preserve, in the order in which it is written.
        path: The file; its name goes into the `warcinfo` record.

    Raises:
        ValueError: A capture has no address or a media type that is none.
    """
    offsets = []
    with disk.durable_file(path) as stream:
        position = stream.write(_warcinfo(path.name, len(captures)))
        for capture in captures:
            offsets.append(position)
            for record in _records_of(capture):
                position += stream.write(record)
    return offsets


def read_warc(path: Path) -> Iterator[tuple[int, Capture]]:
    """Yields each capture of a WARC file with the offset of its record, in file order.

    Raises:
        ArchiveDamaged: A record cannot be read or is not what its digest says, or the file ends
            before all the captures that its `warcinfo` record announces.
    """
    count, announced = 0, None
    with path.open("rb") as stream:
        records = _checked_records(stream, path, 0)
        for record in records:
            if record.headers["WARC-Type"] == "warcinfo":
                announced = _ANNOUNCED.search(record.block)
            elif record.headers["WARC-Type"] == "resource":
                count += 1
                yield record.position, _capture_of_record(record, records, path)
    if announced is None or int(announced[1]) != count:
        expected = int(announced[1]) if announced else "an unknown number of"
        raise ArchiveDamaged(f"{path}: it holds {count} captures, not {expected}")


def read_record(path: Path, offset: int) -> Capture:
    """Returns the capture whose record begins at `offset` (bytes) of a WARC file.

    Raises:
        ArchiveDamaged: No whole record of a capture begins there.
    """
    with path.open("rb") as stream:
        stream.seek(offset)
        records = _checked_records(stream, path, offset)
        record = next(records, None)
        if record and record.position == offset and record.headers["WARC-Type"] == "resource":
            return _capture_of_record(record, records, path)
    raise ArchiveDamaged(f"{path}: no capture begins at byte {offset}")


def _warcinfo(file_name: str, capture_count: int) -> bytes:
    fields = {
        "software": "refworld-archive",
        "format": "WARC File Format 1.1",
        "conformsTo": "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
        "captureCount": capture_count,
    }
    block = "".join(f"{name}: {value}\r\n" for name, value in fields.items()).encode("ascii")
    headers = [
        ("WARC-Type", "warcinfo"),
        ("WARC-Record-ID", _record_id(f"warcinfo {file_name}")),
        ("WARC-Date", _UNKNOWN_DATE),
        ("WARC-Filename", quote(file_name)),
        ("Content-Type", "application/warc-fields"),
        ("WARC-Block-Digest", f"sha256:{hashlib.sha256(block).hexdigest()}"),
    ]
    return _member(headers, block)


def _records_of(capture: Capture) -> Iterable[bytes]:
    if not capture.source_uri:
        raise ValueError(f"capture {capture.capture_id} has no address to be archived under")
    if not _MEDIA_TYPE.fullmatch(capture.media_type):
        raise ValueError(f"capture {capture.capture_id}: no media type: {capture.media_type!r}")
    address, original = _header_address(capture.source_uri)
    digest = f"sha256:{capture.payload_sha256}"
    headers = [
        ("WARC-Type", "resource"),
        ("WARC-Record-ID", _record_id(capture.capture_id)),
        ("WARC-Date", _date_text(capture.captured_at)),
        ("WARC-Target-URI", address),
        ("Content-Type", capture.media_type),
        ("WARC-Block-Digest", digest),
        ("WARC-Payload-Digest", digest),
    ]
    if capture.captured_at is None:
        headers.append(("Refworld-Captured-At", _UNKNOWN))
    if original is None:
        return (_member(headers, capture.payload),)
    if len(original) <= _MAX_ADDRESS:
        headers.append(("Refworld-Source-URI", original))
        return (_member(headers, capture.payload),)
    address_id = _record_id(f"address {capture.capture_id}")
    headers.append(("Refworld-Source-URI-Record", address_id))
    return (_member(headers, capture.payload), _address_record(capture, address_id, original))


def _header_address(source_uri: str) -> tuple[str, str | None]:
    """Returns what stands as the target, and the original when the two differ."""
    if len(source_uri) <= _MAX_ADDRESS and _ADDRESS.fullmatch(source_uri):
        return source_uri, None
    original = quote(source_uri, safe="", errors="surrogatepass")
    if len(original) > _MAX_ADDRESS:
        return f"urn:sha256:{hashlib.sha256(original.encode()).hexdigest()}", original
    return quote(source_uri, safe=_HEADER_SAFE, errors="surrogatepass"), original


def _address_record(capture: Capture, address_id: str, original: str) -> bytes:
    block = original.encode("ascii")
    headers = [
        ("WARC-Type", "metadata"),
        ("WARC-Record-ID", address_id),
        ("WARC-Date", _date_text(capture.captured_at)),
        ("WARC-Refers-To", _record_id(capture.capture_id)),
        ("Content-Type", "text/plain"),
        ("WARC-Block-Digest", f"sha256:{hashlib.sha256(block).hexdigest()}"),
    ]
    return _member(headers, block)


def _member(headers: list[tuple[str, str]], block: bytes) -> bytes:
    lines = ["WARC/1.1", *(f"{name}: {value}" for name, value in headers)]
    head = "\r\n".join([*lines, f"Content-Length: {len(block)}", "", ""]).encode("ascii")
    return bytes(deflate.gzip_compress(b"".join((head, block, b"\r\n\r\n")), PACKING_LEVEL))


def _record_id(name: str) -> str:
    return f"<urn:uuid:{uuid.uuid5(_NAMESPACE, name)}>"


def _date_text(moment: datetime | None) -> str:
    if moment is None:
        return _UNKNOWN_DATE
    utc = moment.astimezone(UTC) if moment.tzinfo else moment
    return f"{utc.replace(tzinfo=None).isoformat()}Z"


def _checked_records(stream: BinaryIO, path: Path, start: int) -> Iterator[_Record]:
    position = start
    try:
        for found in ArchiveIterator(stream, parse_http=False):
            position = found.stream_pos
            block = found.reader.read()
            record = _Record(position, found.headers.to_dict(), block)
            digest = f"sha256:{hashlib.sha256(block).hexdigest()}"
            if record.headers.get("WARC-Block-Digest") != digest:
                raise ArchiveDamaged(f"{path}: the record at byte {position} is not what it was")
            yield record
    except OSError as error:
        raise ArchiveDamaged(f"{path}: unreadable after byte {position}: {error}") from error


def _capture_of_record(record: _Record, following: Iterator[_Record], path: Path) -> Capture:
    headers = record.headers
    address = headers["WARC-Target-URI"]
    if address_id := headers.get("Refworld-Source-URI-Record"):
        address_record = next(following, None)
        if address_record is None or address_record.headers["WARC-Record-ID"] != address_id:
            raise ArchiveDamaged(f"{path}: no address follows the record at {record.position}")
        address = _unquoted(address_record.block.decode("ascii"))
    elif original := headers.get("Refworld-Source-URI"):
        address = _unquoted(original)
    is_dated = headers.get("Refworld-Captured-At") != _UNKNOWN
    captured_at = datetime.fromisoformat(headers["WARC-Date"]) if is_dated else None
    capture = capture_of(record.block, address, captured_at, headers["Content-Type"])
    if headers["WARC-Record-ID"] != _record_id(capture.capture_id):
        raise ArchiveDamaged(
            f"{path}: the record at byte {record.position} holds capture {capture.capture_id}, "
            f"but its id is another's"
        )
    return capture


def _unquoted(text: str) -> str:
    return unquote(text, errors="surrogatepass")
