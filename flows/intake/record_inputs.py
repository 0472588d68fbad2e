"""The inputs of one web archive: wanted records as captures, damaged ones as the bytes they are."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace

from flows.intake.gathered import Gathering
from flows.intake.inputs import RECORD, STRETCH, WHOLE_RECORD, Input, Place, file_uri, refused
from flows.intake.pages import size_words
from flows.intake.record_contents import own_capture
from flows.intake.record_files import TOO_LARGE, Dialect, RecordFile, Scanned
from flows.intake.record_places import Places, record_bytes
from flows.intake.revisits import Revisit, keys_of_revisit
from flows.intake.times import now
from flows.intake.walk import Found
from transforms.content_codings import TooLarge
from transforms.record_captures import CAPTURING, REVISIT, WARC_RECORD, capture_of_record, time_of
from transforms.records import Capture, WarcRecord
from transforms.warc_heads import RecordStart
from warehouse.archived_records import companions_of, may_be_own

_BLOCK = 1 << 20
_KINDS = CAPTURING | {REVISIT}


class RecordInputs:
    """Makes inputs of the records of a web archive, one after another.

    Args:
        source: The web archive.
        inputs: Takes them.
        places: Tells where its records can be read again.
        dialect: Its form.
        is_address_wanted: Tells wanted addresses.
        is_any_own: Whether captures that this program has archived are wanted whatever their
            address, since they have been chosen before.
        most: Bytes that a payload may have.
    """

    def __init__(
        self,
        source: Found,
        inputs: Gathering,
        places: Places,
        dialect: Dialect,
        is_address_wanted: Callable[[str], bool],
        is_any_own: bool,
        most: int,
    ) -> None:
        self.inputs = inputs
        self.revisits: list[Revisit] = []
        self.passed_over_count = 0
        self.passed_over_bytes = 0
        self.places = places
        self._source = source
        self._dialect = dialect
        self._is_address_wanted = is_address_wanted
        self._is_any_own = is_any_own
        self._most = most
        self._seen_at = now()
        self._row = 0
        self._is_foreign_wanted = False  # the record that was asked for last, by its address
        # A record with those that it names as its own, its row and whether its address is wanted,
        # and the ids of those still to come.
        self._group: list[Scanned] = []
        self._group_is = (0, False)
        self._awaited: set[str] = set()

    def is_wanted(self, start: RecordStart) -> bool:
        """Returns whether a record may be a capture that is wanted, or belongs to the last one."""
        if start.record_id in self._awaited:
            return True
        if start.kind not in _KINDS:
            return False
        self._is_foreign_wanted = start.target_uri is not None and self._is_address_wanted(
            start.target_uri
        )
        is_own = self._is_any_own and may_be_own(start.head, start.record_id)
        return self._is_foreign_wanted or is_own

    def take(self, scanned: Scanned, file: RecordFile) -> None:
        """Takes the next record, of the file that is scanned."""
        self._row += 1
        start, block = scanned.start, scanned.block
        if start is not None and block is not None and start.record_id in self._awaited:
            self._awaited.discard(start.record_id)
            self._group.append(scanned)
            return
        self._finish_group()
        if scanned.fault == TOO_LARGE and start is not None:
            self._refuse(self._row, start.block_length)
        elif scanned.fault is not None:
            self.inputs.append(self._damaged(scanned, file))
        elif start is None or block is None:
            self._pass_over(start.block_length if start else scanned.length)
        else:
            self._group, self._group_is = [scanned], (self._row, self._is_foreign_wanted)
            self._awaited = set(companions_of(start.head))

    def end(self) -> None:
        """Takes it that there are no more."""
        self._finish_group()
        self.places.close()

    def _finish_group(self) -> None:
        group, (row, is_foreign_wanted) = self._group, self._group_is
        self._group, self._awaited = [], set()
        if not group:
            return
        start = group[0].start
        records = [
            self._dialect.record(scanned.start.head, scanned.block)
            for scanned in group
            if scanned.start is not None and scanned.block is not None
        ]
        capture = None
        if start is not None and may_be_own(start.head, start.record_id):
            capture = own_capture(records[0], records[1:])
        if start is None or (capture is None and not is_foreign_wanted):
            self._pass_over(len(records[0].block))
            return
        try:
            if capture is None and start.kind == REVISIT:
                self.revisits.append(self._revisit(group[0], start, records[0], row))
                return
            capture = capture or capture_of_record(records[0], self._most)
        except TooLarge:
            self._refuse(row, len(records[0].block))
            return
        if len(capture.payload) > self._most:
            self._refuse(row, len(capture.payload))
            return
        self.inputs.append(self._input(capture, self.places.of(group), row))

    def _pass_over(self, byte_length: int) -> None:
        self.passed_over_count += 1
        self.passed_over_bytes += byte_length

    def _refuse(self, row: int, byte_length: int) -> None:
        words = size_words(byte_length, self._most)
        self.inputs.append(self._refused(row, TOO_LARGE, words, byte_length))

    def _refused(self, row: int, code: str, words: str, byte_length: int) -> Input:
        source = f"{self._source.origin}#{row}"
        seen = refused(self._source.name, source, code, words, self._seen_at, byte_length)
        return replace(seen, row=row)

    def _input(self, capture: Capture, place: Place, row: int) -> Input:
        return Input(
            name=self._source.name,
            source=f"{self._source.origin}#{row}",
            path=place.path,
            offset=place.offset,
            length=place.length,
            row=row,
            byte_length=len(capture.payload),
            payload_sha256=capture.payload_sha256,
            source_uri=capture.source_uri,
            captured_at=capture.captured_at,
            media_type=capture.media_type,
            seen_at=self._seen_at,
            kind=RECORD,
        )

    def _revisit(
        self, scanned: Scanned, start: RecordStart, record: WarcRecord, row: int
    ) -> Revisit:
        content = record_bytes(start, scanned.block)
        place = self.places.of([scanned])
        fields = record.fields
        seen = Input(
            name=self._source.name,
            source=f"{self._source.origin}#{row}",
            path=place.path,
            offset=place.offset,
            length=place.length,
            row=row,
            byte_length=len(content),
            payload_sha256=hashlib.sha256(content).hexdigest(),
            source_uri=start.target_uri or file_uri(self._source.name, row),
            captured_at=time_of(record.field("WARC-Date")),
            media_type=WARC_RECORD,
            seen_at=self._seen_at,
            kind=WHOLE_RECORD,
        )
        return Revisit(seen, place, keys_of_revisit(fields))

    def _damaged(self, scanned: Scanned, file: RecordFile) -> Input:
        """Returns the input that a stretch is in which no record can be read: its bytes."""
        if scanned.length > self._most:
            code = scanned.fault or TOO_LARGE
            words = size_words(scanned.length, self._most)
            return self._refused(self._row, code, words, scanned.length)
        digest = hashlib.sha256()
        for offset in range(scanned.offset, scanned.offset + scanned.length, _BLOCK):
            left = scanned.offset + scanned.length - offset
            digest.update(file.read(offset, min(_BLOCK, left)))
        return Input(
            name=self._source.name,
            source=f"{self._source.origin}#{self._row}",
            path=self.places.path,
            offset=scanned.offset,
            length=scanned.length,
            row=self._row,
            byte_length=scanned.length,
            payload_sha256=digest.hexdigest(),
            source_uri=file_uri(self._source.name, self._row),
            captured_at=None,
            media_type=WARC_RECORD,
            seen_at=self._seen_at,
            kind=STRETCH,
        )
