"""What a record of a web archive captured: address, time and payload."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from transforms.messages import charset_of, media_type_of, parse_message, split_message
from transforms.records import Capture, WarcRecord, capture_of
from transforms.warc_heads import field_of, target_of

# A record that could not be taken in as what it is: its bytes are the payload.
WARC_RECORD = "application/warc"
CAPTURING = frozenset(("response", "resource", "conversion"))
REVISIT = "revisit"
# What a payload that is known already may have come to on the way, between two codings.
LEAST_BOUND = 100_000_000
_TIME = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})(\.[0-9]{1,12})?(?:Z|\+00:00)",
    re.ASCII | re.IGNORECASE,
)


def capture_of_record(record: WarcRecord, most: int) -> Capture:
    """Returns the capture that a `response`, `resource` or `conversion` record holds.

    Args:
        record: The record.
        most: Bytes that the payload may have.

    Raises:
        TooLarge: The payload has more.
    """
    fields = record.fields
    address = target_of(fields) or ""
    captured_at = time_of(field_of(fields, "WARC-Date"))
    content_type = field_of(fields, "Content-Type")
    if not is_http(record):
        media_type = media_type_of(content_type, record.block)
        said = charset_of(content_type)
        return capture_of(record.block, address, captured_at, media_type, said, None, record)
    message = parse_message(record.block, most)
    content_type = field_of(message.fields, "Content-Type")
    return capture_of(
        message.payload,
        address,
        captured_at,
        media_type_of(content_type, message.payload),
        charset_of(content_type),
        message.status,
        record,
    )


def capture_of_revisit(record: WarcRecord, referred: Capture) -> Capture:
    """Returns the capture of a `revisit` record: the payload that it found the same as another's.

    Its own status and type count where the record kept the headers of the answer; a status that
    says `not modified` (304) is about the asking, not about the page.

    Args:
        record: The revisit record.
        referred: The capture whose payload it had found again.
    """
    fields = record.fields
    status, answered, _ = split_message(record.block)
    content_type = field_of(answered, "Content-Type")
    has_type = content_type is not None and status not in (None, 304)
    own_status = status if status != 304 else None
    return capture_of(
        referred.payload,
        target_of(fields) or "",
        time_of(field_of(fields, "WARC-Date")),
        media_type_of(content_type, referred.payload) if has_type else referred.media_type,
        charset_of(content_type) if has_type else referred.charset_said,
        own_status or referred.http_status,
        record,
    )


def is_http(record: WarcRecord) -> bool:
    """Returns whether the block of a record is an HTTP response."""
    if (record.field("WARC-Type") or "").lower() != "response":
        return False
    content_type = (record.field("Content-Type") or "").lower()
    return content_type.startswith("application/http") or record.block.startswith(b"HTTP/")


def time_of(words: str | None) -> datetime | None:
    """Returns the time that a WARC-Date gives (UTC, RFC 3339), or None when it is none.

    Fractions beyond microseconds are cut; a date alone, which WARC 1.1 allows, stays unread.
    """
    found = _TIME.fullmatch(words or "")
    if found is None:
        return None
    try:
        moment = datetime.fromisoformat(found[1].upper())
    except ValueError:
        return None
    fraction = (found[2] or ".0")[1:7].ljust(6, "0")
    return moment.replace(microsecond=int(fraction), tzinfo=UTC)
