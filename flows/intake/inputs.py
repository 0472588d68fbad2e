"""An input: one payload that a run saw, or one thing that it could not take in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from flows.intake.column_names import BY_NAME, Columns
from transforms.records import capture_id_of

TEXT = "text/plain"
JSON_ROW = "application/json"

# What the stretch of a file that holds an input is.
FILE = "file"
STRETCH = "stretch"
ROW = "row"
RECORD = "record"
WHOLE_RECORD = "whole_record"


@dataclass(frozen=True, slots=True)
class Place:
    """A stretch of a file that holds a record, with those that belong to it."""

    path: str
    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class Input:
    """One input with all that is known of it before it is archived.

    Args:
        name: Path below the source. Inputs are ordered by it and the row, because these are the
            same on any machine.
        source: Path as recorded in `acquisitions`, with `#<row>` for a row of a corpus.
        path: File that holds the bytes: the source itself, or what was unpacked of it.
        offset: First byte in that file.
        length: Bytes in that file.
        row: Row of a corpus or record of a web archive, counted from 1; None for other inputs.
        byte_length: Bytes of the payload.
        payload_sha256: SHA-256 of the payload, hex; None when it could not be read.
        source_uri: Address, or the `file:///` URI of the name.
        captured_at: Time of capture given with the input or in its address, UTC.
        media_type: Internet media type; `application/json` for a row that has no readable text.
        seen_at: When the input was read, UTC.
        is_refused: Whether nothing of it may be archived.
        issue_code: Code of `issue_codes` when the input itself is odd.
        words: What was seen then.
        kind: What lies at that place: a whole `file`, a `stretch` of one that is the payload
            itself, a `row` of JSON, a `record` of a web archive, or such a record that is the
            payload itself (`whole_record`).
        columns: By which columns a `row` is to be read.
        payload_at: Where another record lies that holds the payload, to which this one refers.
    """

    name: str
    source: str
    path: str
    offset: int
    length: int
    row: int | None
    byte_length: int
    payload_sha256: str | None
    source_uri: str
    captured_at: datetime | None
    media_type: str
    seen_at: datetime
    is_refused: bool = False
    issue_code: str | None = None
    words: str | None = None
    kind: str = FILE
    columns: Columns = BY_NAME
    payload_at: Place | None = None

    @property
    def target_uri(self) -> str | None:
        """The address given with the input, None for a file without one."""
        return None if self.source_uri.startswith("file:") else self.source_uri

    @property
    def capture_id(self) -> str | None:
        """The capture that the input is, hex; None when nothing of it may be archived."""
        if self.is_refused or self.payload_sha256 is None:
            return None
        return capture_id_of(self.payload_sha256, self.target_uri)

    @property
    def order(self) -> tuple[str, int, str, str, str]:
        """The place of the input in its run, whatever the order of sources and workers."""
        captured = self.captured_at.isoformat() if self.captured_at else ""
        digest = self.payload_sha256 or ""
        return (self.name, self.row or 0, digest, self.source_uri, captured)


def refused(
    name: str, source: str, code: str, words: str, seen_at: datetime, byte_length: int = 0
) -> Input:
    """Returns the input for something of which nothing may be archived, and why."""
    return Input(
        name=name,
        source=source,
        path=source,
        offset=0,
        length=0,
        row=None,
        byte_length=byte_length,
        payload_sha256=None,
        source_uri=file_uri(name),
        captured_at=None,
        media_type=TEXT,
        seen_at=seen_at,
        is_refused=True,
        issue_code=code,
        words=words,
    )


def file_uri(name: str, row: int | None = None) -> str:
    """Returns the `file:///` URI (RFC 8089) of a name below a source, and a row of it."""
    # File names are bytes; surrogateescape brings back those that are no UTF-8.
    encoded = quote(name.encode("utf-8", "surrogateescape"), safe="/~!$&'()*+,;=:@")
    return f"file:///{encoded}" if row is None else f"file:///{encoded}#{row}"
