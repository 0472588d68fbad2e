"""Revisit records: a crawler found what it had captured before, and kept a reference to that.

The record may refer by the id of another record, by its address and time, or by the digest of the
payload (ISO 28500, 6.7); what it refers to may stand in any web archive of the run.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from flows.intake.inputs import RECORD, Input, Place
from flows.intake.options import Options
from flows.intake.record_contents import capture_of_records, record_at
from flows.intake.record_files import Dialect, RecordFile, Scanned, SourceFailed
from flows.intake.record_places import Places
from flows.intake.record_scans import HEADERS, scan_source
from flows.intake.walk import Found
from transforms.content_codings import TooLarge
from transforms.record_captures import CAPTURING, capture_of_revisit, time_of
from transforms.record_issues import parse_digest
from transforms.records import Capture, WarcRecord
from transforms.warc_heads import (
    Fields,
    RecordStart,
    field_of,
    head_fields,
    record_id_of,
    target_of,
)

_DIGEST = "WARC-Payload-Digest"

Keys = tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Revisit:
    """A revisit record whose reference is still to be followed.

    Args:
        seen: The input that it is when nobody finds what it refers to.
        place: Where it lies.
        keys: What it refers to, the surest first.
    """

    seen: Input
    place: Place
    keys: Keys


def keys_of_revisit(fields: Fields) -> Keys:
    """Returns what a revisit record refers to, as keys that `keys_of` gives for a capture."""
    address = _bare(field_of(fields, "WARC-Refers-To-Target-URI")) or target_of(fields)
    keys = [
        _key("id", _bare(field_of(fields, "WARC-Refers-To"))),
        _key("at", address, field_of(fields, "WARC-Refers-To-Date")),
        _key("of", address, _digest(fields)),
        _key("payload", _digest(fields)),
    ]
    return tuple(key for key in keys if key is not None)


def keys_of(fields: Fields) -> Keys:
    """Returns all by which a revisit record may refer to this one."""
    digest = _digest(fields)
    keys = [
        _key("id", record_id_of(fields)),
        _key("at", target_of(fields), field_of(fields, "WARC-Date")),
        _key("of", target_of(fields), digest),
        _key("payload", digest),
    ]
    return tuple(key for key in keys if key is not None)


class Referred:
    """The records of a web archive that revisit records refer to."""

    def __init__(self, wanted: frozenset[bytes], places: Places, dialect: Dialect) -> None:
        self.found: dict[bytes, Place] = {}
        self._wanted = wanted
        self._places = places

    def is_wanted(self, start: RecordStart) -> bool:
        """Returns whether a revisit record refers to this one."""
        return start.kind in CAPTURING and bool(self._hits(start))

    def take(self, scanned: Scanned, file: RecordFile) -> None:
        """Notes where a record lies, the first of those with the same key."""
        if scanned.start is None or scanned.block is None or scanned.fault is not None:
            return
        if fresh := [key for key in self._hits(scanned.start) if key not in self.found]:
            place = self._places.of([scanned])
            self.found.update(dict.fromkeys(fresh, place))

    def end(self) -> None:
        """Ends the search."""
        self._places.close()

    def _hits(self, start: RecordStart) -> Sequence[bytes]:
        return [key for key in keys_of(head_fields(start.head)) if key in self._wanted]


def find_referred(
    source: Found, path: str, spool: str, wanted: frozenset[bytes], options: Options
) -> dict[bytes, Place]:
    """Returns where the records lie that have these keys; runs in a worker.

    Args:
        source: A web archive.
        path: What was unpacked of it as a whole; empty when nothing was.
        spool: A path of its own for what cannot be read again in the archive.
        wanted: The keys.
        options: How it is taken in.
    """

    def consumer(places: Places, dialect: Dialect) -> Referred:
        return Referred(wanted, places, dialect)

    most = options.limits.capture_bytes + HEADERS
    try:
        referred, _ = scan_source(source, Path(spool), most, consumer, path)
    except SourceFailed:
        return {}  # said when it was opened, or when its inputs are read again
    return referred.found


def follow(revisits: Sequence[tuple[Revisit, Sequence[Place]]], most: int) -> list[Input]:
    """Returns the inputs that revisit records are, their references followed; runs in a worker.

    Args:
        revisits: The records, each with the places of what it may refer to, the surest first.
        most: Bytes that a payload may have.
    """
    return [_followed(revisit, places, most) for revisit, places in revisits]


def _followed(revisit: Revisit, places: Iterable[Place], most: int) -> Input:
    try:
        record = record_at(revisit.place)[0]
    except (OSError, ValueError):
        return revisit.seen
    for place in places:
        try:
            referred = capture_of_records(record_at(place), most)
        except (OSError, ValueError, TooLarge):
            continue
        if _agree(record, referred):
            return _input(revisit, place, record, referred)
    return revisit.seen


def _agree(record: WarcRecord, referred: Capture) -> bool:
    """Returns whether nothing speaks against a reference: digests of the same algorithm differ."""
    said = parse_digest(field_of(record.fields, _DIGEST) or "")
    other = parse_digest((referred.record.field(_DIGEST) if referred.record else None) or "")
    return said is None or other is None or said[0] != other[0] or said == other


def _input(revisit: Revisit, place: Place, record: WarcRecord, referred: Capture) -> Input:
    capture = capture_of_revisit(record, referred)
    is_same = capture.capture_id == referred.capture_id
    lies = place if is_same else revisit.place
    return replace(
        revisit.seen,
        path=lies.path,
        offset=lies.offset,
        length=lies.length,
        byte_length=len(capture.payload),
        payload_sha256=capture.payload_sha256,
        source_uri=referred.source_uri if is_same else capture.source_uri,
        captured_at=time_of(record.field("WARC-Date")),
        media_type=referred.media_type if is_same else capture.media_type,
        kind=RECORD,
        payload_at=None if is_same else place,
    )


def _key(kind: str, *words: str | None) -> bytes | None:
    """Returns a short digest for what a record says of itself; None when it does not say it."""
    if not all(words):
        return None
    said = "\n".join((kind, *(word or "" for word in words)))
    return hashlib.blake2b(said.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _digest(fields: Fields) -> str | None:
    """Returns the digest of a payload in one writing, whichever the record has."""
    found = parse_digest(field_of(fields, _DIGEST) or "")
    return f"{found[0]}:{found[1].hex()}" if found else None


def _bare(value: str | None) -> str | None:
    return value.strip("<> ") if value else None
