"""What is written down of an address that was to be fetched, answered or not."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flows.fetching.client import Answer
from flows.fetching.judging import HAD, NOT_MODIFIED, UNCHANGED, Verdict
from flows.limits import DEFAULT_LIMITS
from flows.printable import printable, shortened
from transforms.content_codings import TooLarge
from transforms.messages import parse_message
from warehouse.fetches import Known

_WORDS = 300
# Columns of `fetches` by the names that they have as fields of a metadata record.
_FIELDS = {
    "outcome": "outcome",
    "via": "via_uri",
    "httpStatus": "http_status",
    "payloadDigest": "payload_sha256",
    "payloadLength": "byte_length",
    "captureId": "capture_id",
    "previousCaptureId": "previous_capture_id",
    "etag": "etag",
    "lastModified": "last_modified",
    "redirectedTo": "redirect_uri",
    "attempts": "attempt_count",
    "words": "words",
}
_NUMBERS = frozenset({"http_status", "byte_length", "attempt_count"})
_DIGEST = "sha256:"


@dataclass(frozen=True, slots=True)
class Exchange:
    """An address, what came of it, and what that means.

    Args:
        address: The address.
        via: The address whose redirect led here, None when none did.
        fetched_at: When it was asked for, or was to be (UTC).
        verdict: What became of it.
        known: What was known of it before.
        attempts: How often it was asked.
        answer: The answer; None when there was none.
    """

    address: str
    via: str | None
    fetched_at: datetime
    verdict: Verdict
    known: Known
    attempts: int = 0
    answer: Answer | None = None

    @property
    def is_revisit(self) -> bool:
        """Whether the answer is a page that is kept already."""
        return self.verdict.outcome == UNCHANGED

    @property
    def payload_sha256(self) -> str | None:
        """Digest of the page, hex: the answer's own or that which it confirms."""
        if self.answer is None:
            return None
        if self.answer.status == NOT_MODIFIED:
            return self.known.payload_sha256
        return self.answer.payload_sha256

    def columns(self) -> dict[str, Any]:
        """Returns what a row of `fetches` says of it, but for its place."""
        answer = self.answer
        return {
            "outcome": self.verdict.outcome,
            "via_uri": self.via,
            "http_status": answer.status if answer else None,
            "payload_sha256": self.payload_sha256,
            "byte_length": answer.payload_length if answer else None,
            "capture_id": self._capture_id(),
            "previous_capture_id": self.known.capture_id,
            "etag": _header(answer, "etag") or (self.known.etag if self.is_revisit else None),
            "last_modified": _header(answer, "last-modified")
            or (self.known.last_modified if self.is_revisit else None),
            "redirect_uri": printable(self.verdict.redirect_uri)
            if self.verdict.redirect_uri
            else None,
            "attempt_count": self.attempts,
            "words": shortened(self.verdict.words, _WORDS) if self.verdict.words else None,
        }

    def _capture_id(self) -> str | None:
        if self.answer is None or self.verdict.outcome not in HAD:
            return None
        if self.is_revisit:
            return self.known.capture_id
        try:
            digest = _page_sha256(self.answer)
        except TooLarge:
            return None  # unpacked it is more than is taken in
        return hashlib.sha256(f"{digest}\n{self.address}".encode()).hexdigest()


def fields_of(exchange: Exchange) -> list[tuple[str, str]]:
    """Returns the fields of the metadata record of an exchange (`application/warc-fields`)."""
    columns = exchange.columns()
    found = [(name, columns[column]) for name, column in _FIELDS.items()]
    fields = [
        (name, f"{_DIGEST}{value}" if name == "payloadDigest" else str(value))
        for name, value in found
        if value is not None
    ]
    if exchange.answer is not None:
        fields.append(("fetchTimeMs", str(exchange.answer.milliseconds)))
    return fields


def columns_of(fields: Mapping[str, str]) -> dict[str, Any]:
    """Returns what the fields of a metadata record say, as columns of `fetches`.

    Raises:
        KeyError, ValueError: They are not those of an exchange.
    """
    columns: dict[str, Any] = {}
    for name, column in _FIELDS.items():
        value = fields.get(name)
        if value is not None and column in _NUMBERS:
            columns[column] = int(value)
        else:
            columns[column] = value.removeprefix(_DIGEST) if value is not None else None
    if columns["outcome"] is None or columns["attempt_count"] is None:
        raise KeyError("outcome or attempts")
    return columns


def _page_sha256(answer: Answer) -> str:
    """Returns the digest of the page itself, hex: of a packed one that of what is in it."""
    if "content-encoding" not in answer.headers:
        return answer.payload_sha256
    answer.block.seek(0)
    page = parse_message(answer.block.read(), DEFAULT_LIMITS.capture_bytes).payload
    return hashlib.sha256(page).hexdigest()


def _header(answer: Answer | None, name: str) -> str | None:
    """Returns a header that can be given back to the server as it came."""
    value = answer.headers.get(name) if answer is not None else None
    return (
        value if value and value.isascii() and value.isprintable() and len(value) < 1000 else None
    )
