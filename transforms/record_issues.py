"""What a capture's WARC record says against the capture: digests, codings, a status, a cut."""

from __future__ import annotations

import base64
import binascii
import hashlib
import zlib

from transforms.arc_heads import parse_arc_start
from transforms.content_codings import TooLarge
from transforms.messages import Message, parse_message, split_message
from transforms.record_captures import LEAST_BOUND, REVISIT, is_http
from transforms.records import Capture, Issue, WarcRecord
from transforms.warc_heads import MOST_HEAD, Fields, field_of, parse_start

_TEXT = frozenset(("text/plain", "text/html", "text/markdown", "text/x-markdown"))
_READ = _TEXT | {"application/xhtml+xml", "application/pdf", "application/x-pdf"}
# Types that servers give to pages of any kind: their bytes are looked at.
_UNSAID = frozenset(
    ("application/octet-stream", "application/force-download", "application/x-download")
)
_GZIP = 31
_STEP = 256
_DAMAGED, _CUT = "damaged", "cut"
_DIGESTS = {"md5": 16, "sha1": 20, "sha256": 32, "sha384": 48, "sha512": 64}


def reason_unread(capture: Capture) -> Issue | None:
    """Returns why a capture is no document whatever it says, or None when it is to be read."""
    status = capture.http_status
    if status is not None and not 200 <= status <= 299:
        location = _location(capture.record) if 300 <= status <= 399 else None
        return Issue("http_status", None, f"{status} to {location}" if location else str(status))
    media_type = capture.media_type.partition(";")[0].strip().lower()
    if media_type in _READ or media_type in _UNSAID:
        return None
    return Issue("media_type_unread", None, media_type[:100])


def record_issues(capture: Capture) -> tuple[Issue, ...]:
    """Returns what is odd with the record that a capture came in."""
    record = capture.record
    if record is None:
        return ()
    fields = record.fields
    kind = (field_of(fields, "WARC-Type") or "").lower()
    message = _message(capture, record) if is_http(record) else None
    issues = list(message.issues) if message else []
    if reason := field_of(fields, "WARC-Truncated"):
        issues.append(Issue("payload_truncated", None, f"WARC-Truncated: {reason[:100]}"))
    bodies = [record.block]
    issues += _digest_issues(fields, "WARC-Block-Digest", bodies)
    if message:
        bodies = [message.body, message.content, message.payload]
    if kind != REVISIT:
        issues += _digest_issues(fields, "WARC-Payload-Digest", bodies)
    return tuple(issues)


def record_fault(payload: bytes) -> Issue:
    """Returns why the bytes of a record could not be taken in as a record.

    Args:
        payload: The record as it lay in its file, gzip and all, as far as it is there.
    """
    content, length, fault = _unpacked(payload)
    start = parse_start(content) or parse_arc_start(content)
    if start is None or fault == _DAMAGED:
        return Issue("record_damaged", None, _first_line(content))
    said = start.target_uri or start.kind
    end = start.block_start + start.block_length
    if fault == _CUT or length < end:
        return Issue("record_truncated", None, said)
    if start.kind == REVISIT and length == end:
        return Issue("revisit_unresolved", None, said)
    return Issue("record_damaged", None, said)


def _location(record: WarcRecord | None) -> str | None:
    if record is None:
        return None
    location = field_of(split_message(record.block)[1], "Location")
    return location[:180] if location else None


def _message(capture: Capture, record: WarcRecord) -> Message | None:
    try:
        return parse_message(record.block, max(len(capture.payload), LEAST_BOUND))
    except TooLarge:
        return None


def _digest_issues(fields: Fields, name: str, bodies: list[bytes]) -> list[Issue]:
    said = field_of(fields, name)
    if said is None or any(is_digest_of(said, body) for body in bodies):
        return []
    return [Issue("record_digest_mismatch", name, said[:100])]


def is_digest_of(said: str, body: bytes) -> bool:
    """Returns whether `algorithm:digest` is a body's.

    One by an algorithm that is not known cannot be held against it.
    """
    name = _algorithm(said)
    if name is None:
        return True
    digest = parse_digest(said)
    return (
        digest is not None and hashlib.new(name, body, usedforsecurity=False).digest() == digest[1]
    )


def parse_digest(said: str) -> tuple[str, bytes] | None:
    """Returns algorithm and digest of `algorithm:digest`, in hexadecimal or base 32, or None."""
    name = _algorithm(said)
    words = said.partition(":")[2].strip()
    try:
        if name is None:
            return None
        if len(words) == 2 * _DIGESTS[name]:
            return name, bytes.fromhex(words)
        words = words.rstrip("=").upper()
        return name, base64.b32decode(words + "=" * (-len(words) % 8))
    except (ValueError, binascii.Error):
        return None


def _algorithm(said: str) -> str | None:
    name = said.partition(":")[0].strip().lower().replace("-", "")
    return name if name in _DIGESTS else None


def _unpacked(payload: bytes) -> tuple[bytes, int, str | None]:
    """Returns the beginning of a record unpacked, its length, and whether it is damaged or cut."""
    if not payload.startswith(b"\x1f\x8b"):
        return payload, len(payload), None
    unpacking = zlib.decompressobj(_GZIP)
    content = b""
    length = 0
    try:
        for at in range(0, len(payload), _STEP):
            stretch = unpacking.decompress(payload[at : at + _STEP])
            length += len(stretch)
            if len(content) < MOST_HEAD:
                content += stretch
            if unpacking.eof:
                return content, length, None
    except zlib.error:
        return content, length, _DAMAGED
    return content, length, _CUT


def _first_line(content: bytes) -> str:
    line = content[:200].partition(b"\n")[0]
    return line.decode("utf-8", "backslashreplace").rstrip("\r")
