"""A capture as WARC records, and back: what each header field of an archive file means.

A capture that came as a file or a row is a `resource` record. One that came in a WARC record is
that record: its head to the byte, then fields of our own, the first of which is
`Refworld-Capture-ID`. (Line feeds alone are made the standard's line ends, and that is said.) Where
the payload is the end of the block, `Refworld-Payload-Offset` says from where; where it is not,
because codings were taken away or another record holds it, a `conversion` record follows and holds
it, so that nobody needs to decode anything to find it.

Where an address is no header value, `WARC-Target-URI` holds a percent-encoded form and
`Refworld-Source-URI` the original, percent-encoded throughout; where it is too long for the
headers that readers accept, a `metadata` record that follows holds it.
"""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import quote, unquote

from transforms.records import Capture, WarcRecord, capture_of

UNKNOWN_DATE = "1970-01-01T00:00:00Z"
_UNKNOWN = "unknown"
_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_DNS, "captures.refworld-archive")
_MAX_ADDRESS = 8_000
_HEADER_SAFE = "!#$%&'()*+,-./:;=?@[]_~"
_ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'()*+,\-./:;=?@\[\]_~]+")
_MEDIA_TYPE = re.compile(r"[!-~](?:[ -~]{0,198}[!-~])?")
_LINE_END = "Refworld-Line-End"
_COMPANIONS = ("Refworld-Source-URI-Record", "Refworld-Payload-Record")
_VERSION_AT = len("urn:uuid:xxxxxxxx-xxxx-")
_OWN = b"\nRefworld-Capture-ID: "

Headers = list[tuple[str, str]]


class ArchiveDamaged(Exception):
    """A WARC file does not hold what it must; the message names file, offset and fault."""


def parse_record(content: bytes) -> WarcRecord:
    """Returns the record that a member of an archive file is, its end checked.

    Raises:
        ArchiveDamaged: It is none of ours, or not as long as it says.
    """
    end = content.find(b"\n\r\n") + 1
    record = WarcRecord(content[:end], content[end + 2 : -4])
    length = record.field("Content-Length") if content.startswith(b"WARC/") and end else None
    if length != str(len(record.block)) or not content.endswith(b"\r\n\r\n"):
        raise ArchiveDamaged("it is no whole WARC record")
    return record


def records_of(capture: Capture) -> list[bytes]:
    """Returns the records that hold a capture, each as it stands in an archive file, unpacked.

    Raises:
        ValueError: It has no address or a media type that is none.
    """
    if not capture.source_uri:
        raise ValueError(f"capture {capture.capture_id} has no address to be archived under")
    if not _MEDIA_TYPE.fullmatch(capture.media_type):
        raise ValueError(f"capture {capture.capture_id}: no media type: {capture.media_type!r}")
    if capture.record is None:
        return _own_records(capture)
    return _kept_records(capture, capture.record)


def archived_capture(record: WarcRecord, following: Iterator[WarcRecord]) -> Capture:
    """Returns the capture that a record holds, whether its payload came with it or apart.

    Args:
        record: A record that `records_of` gave.
        following: Those after it, of which what belongs to it is taken.

    Raises:
        ArchiveDamaged: It is not what its digests and ids say, or nothing of ours.
    """
    own = record.head.rfind(_OWN) + 1
    if own:
        return _kept_capture(record, own, following)
    check_digest(record)
    address = _address_in(record, record.field("WARC-Target-URI"), following)
    is_dated = record.field("Refworld-Captured-At") != _UNKNOWN
    status = record.field("Refworld-HTTP-Status")
    capture = capture_of(
        record.block,
        address,
        _moment(record.field("WARC-Date")) if is_dated else None,
        record.field("Content-Type") or "",
        record.field("Refworld-Charset"),
        int(status) if status else None,
    )
    if record.field("WARC-Record-ID") != record_id(capture.capture_id):
        raise ArchiveDamaged(f"it holds capture {capture.capture_id}, but its id is another's")
    return capture


def check_digest(record: WarcRecord, name: str = "WARC-Block-Digest") -> None:
    """Raises ArchiveDamaged when a block does not have the digest that a field says."""
    if record.field(name) != digest_of(record.block):
        raise ArchiveDamaged("it is not what it was")


def is_capture(record: WarcRecord) -> bool:
    """Returns whether a record of an archive file is a capture rather than about one."""
    return record.field("WARC-Type") == "resource" or _OWN in record.head


def may_be_own(head: bytes, warc_record_id: str | None) -> bool:
    """Returns whether a record looks like one of an archive of ours; `archived_capture` decides.

    Args:
        head: Its head.
        warc_record_id: Its id, which of ours is a UUID of version 5 (RFC 9562).
    """
    return _OWN in head or (warc_record_id or "").lstrip("<").startswith("5", _VERSION_AT)


def companions_of(head: bytes) -> list[str]:
    """Returns the ids of the records that must follow the one with this head, without brackets."""
    if b"\nRefworld-" not in head:
        return []
    ours = head[head.rfind(_OWN) + 1 :]
    fields = dict(WarcRecord(b"\n" + ours, b"").fields)
    named = (fields.get(name.lower()) for name in _COMPANIONS)
    return [record_id.strip("<>") for record_id in named if record_id]


def record_id(name: str) -> str:
    """Returns the id of a record of ours, which depends on nothing but its name."""
    return f"<urn:uuid:{uuid.uuid5(_NAMESPACE, name)}>"


def rendered(headers: Headers, block: bytes) -> bytes:
    """Returns a record of ours as it stands in an archive file, unpacked."""
    lines = ["WARC/1.1", *(f"{name}: {value}" for name, value in headers)]
    head = "\r\n".join([*lines, f"Content-Length: {len(block)}", "", ""]).encode("ascii")
    return b"".join((head, block, b"\r\n\r\n"))


def digest_of(block: bytes) -> str:
    """Returns a block's digest as WARC fields have it."""
    return f"sha256:{hashlib.sha256(block).hexdigest()}"


def _own_records(capture: Capture) -> list[bytes]:
    address, original = _header_address(capture.source_uri)
    digest = f"sha256:{capture.payload_sha256}"
    headers = [
        ("WARC-Type", "resource"),
        ("WARC-Record-ID", record_id(capture.capture_id)),
        ("WARC-Date", _date_text(capture.captured_at)),
        ("WARC-Target-URI", address),
        ("Content-Type", capture.media_type),
        ("WARC-Block-Digest", digest),
        ("WARC-Payload-Digest", digest),
    ]
    if capture.captured_at is None:
        headers.append(("Refworld-Captured-At", _UNKNOWN))
    headers += _answer_headers(capture)
    more = []
    if original is not None:
        more = _state_address(capture, original, headers, record_id(capture.capture_id))
    return [rendered(headers, capture.payload), *more]


def _kept_records(capture: Capture, record: WarcRecord) -> list[bytes]:
    capture_id, fields = capture.capture_id, {name for name, _ in record.fields}
    own_id = record.field("WARC-Record-ID") or record_id(capture_id)
    moment = _date_text(capture.captured_at) if capture.captured_at else _UNKNOWN
    headers = [
        ("Refworld-Capture-ID", capture_id),
        ("Refworld-Captured-At", moment),
        ("Refworld-Media-Type", capture.media_type),
        *_answer_headers(capture),
        ("Refworld-Block-Digest", digest_of(record.block)),
        ("Refworld-Payload-Digest", f"sha256:{capture.payload_sha256}"),
    ]
    missing = {
        "WARC-Record-ID": own_id,
        "WARC-Date": _date_text(capture.captured_at),
        "WARC-Block-Digest": digest_of(record.block),
    }
    headers += [(name, value) for name, value in missing.items() if name.lower() not in fields]
    original = quote(capture.source_uri, safe="", errors="surrogatepass")
    more = _state_address(capture, original, headers, own_id)
    if record.block.endswith(capture.payload):
        offset = len(record.block) - len(capture.payload)
        headers.append(("Refworld-Payload-Offset", str(offset)))
    else:
        payload_id = record_id(f"payload {capture_id}")
        headers.append(("Refworld-Payload-Record", payload_id))
        more.append(_payload_record(capture, payload_id, own_id))
    head = record.head
    if b"\r" not in head:
        # Readers that keep to the standard refuse it with its own line ends.
        head = head.replace(b"\n", b"\r\n")
        headers.append((_LINE_END, "LF"))
    ours = "".join(f"{name}: {value}\r\n" for name, value in headers).encode("ascii")
    return [b"".join((head, ours, b"\r\n", record.block, b"\r\n\r\n")), *more]


def _answer_headers(capture: Capture) -> Headers:
    said = [
        ("Refworld-Charset", capture.charset_said),
        ("Refworld-HTTP-Status", capture.http_status),
    ]
    return [(name, str(value)) for name, value in said if value is not None]


def _header_address(source_uri: str) -> tuple[str, str | None]:
    """Returns what stands as the target, and the original when the two differ."""
    if len(source_uri) <= _MAX_ADDRESS and _ADDRESS.fullmatch(source_uri):
        return source_uri, None
    original = quote(source_uri, safe="", errors="surrogatepass")
    if len(original) > _MAX_ADDRESS:
        return f"urn:sha256:{hashlib.sha256(original.encode()).hexdigest()}", original
    return quote(source_uri, safe=_HEADER_SAFE, errors="surrogatepass"), original


def _state_address(capture: Capture, original: str, headers: Headers, of_id: str) -> list[bytes]:
    """Adds the original address to `headers`, or names a record there, which is then returned."""
    if len(original) <= _MAX_ADDRESS:
        headers.append(("Refworld-Source-URI", original))
        return []
    address_id = record_id(f"address {capture.capture_id}")
    headers.append(("Refworld-Source-URI-Record", address_id))
    block = original.encode("ascii")
    about = [
        ("WARC-Type", "metadata"),
        ("WARC-Record-ID", address_id),
        ("WARC-Date", _date_text(capture.captured_at)),
        ("WARC-Refers-To", of_id),
        ("Content-Type", "text/plain"),
        ("WARC-Block-Digest", digest_of(block)),
    ]
    return [rendered(about, block)]


def _payload_record(capture: Capture, payload_id: str, of_id: str) -> bytes:
    about = [
        ("WARC-Type", "conversion"),
        ("WARC-Record-ID", payload_id),
        ("WARC-Date", _date_text(capture.captured_at)),
        ("WARC-Target-URI", _header_address(capture.source_uri)[0]),
        ("WARC-Refers-To", of_id),
        ("Content-Type", capture.media_type),
        ("WARC-Block-Digest", digest_of(capture.payload)),
        ("WARC-Payload-Digest", digest_of(capture.payload)),
    ]
    return rendered(about, capture.payload)


def _kept_capture(record: WarcRecord, own: int, following: Iterator[WarcRecord]) -> Capture:
    ours = WarcRecord(b"\n" + record.head[own:], record.block)
    check_digest(ours, "Refworld-Block-Digest")
    address = _address_in(ours, None, following)
    if payload_id := ours.field("Refworld-Payload-Record"):
        payload = _companion(payload_id, following).block
    else:
        payload = record.block[int(ours.field("Refworld-Payload-Offset") or 0) :]
    head = record.head[:own]
    if ours.field(_LINE_END):
        head = head.replace(b"\r\n", b"\n")
    status = ours.field("Refworld-HTTP-Status")
    capture = capture_of(
        payload,
        address,
        _moment(ours.field("Refworld-Captured-At")),
        ours.field("Refworld-Media-Type") or "",
        ours.field("Refworld-Charset"),
        int(status) if status else None,
        WarcRecord(head, record.block),
    )
    if ours.field("Refworld-Capture-ID") != capture.capture_id:
        raise ArchiveDamaged(f"it holds capture {capture.capture_id}, but its id is another's")
    return capture


def _address_in(record: WarcRecord, target: str | None, following: Iterator[WarcRecord]) -> str:
    if address_id := record.field("Refworld-Source-URI-Record"):
        return _unquoted(_companion(address_id, following).block.decode("ascii"))
    if original := record.field("Refworld-Source-URI"):
        return _unquoted(original)
    if not target:
        raise ArchiveDamaged("it has no address")
    return target


def _companion(companion_id: str, following: Iterator[WarcRecord]) -> WarcRecord:
    found = next(following, None)
    if found is None or found.field("WARC-Record-ID") != companion_id:
        raise ArchiveDamaged(f"no record {companion_id} follows it")
    check_digest(found)
    return found


def _date_text(moment: datetime | None) -> str:
    if moment is None:
        return UNKNOWN_DATE
    utc = moment.astimezone(UTC) if moment.tzinfo else moment
    return f"{utc.replace(tzinfo=None).isoformat()}Z"


def _moment(words: str | None) -> datetime | None:
    return None if words in (None, _UNKNOWN) else datetime.fromisoformat(words)


def _unquoted(text: str) -> str:
    return unquote(text, errors="surrogatepass")
