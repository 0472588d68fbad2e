"""Corpora: files of JSON rows with text or HTML, address and time of capture, read row by row.

A corpus is cut into pieces at line ends, so that the workers share it and nobody holds it whole.
A row that cannot be read is kept as the line it is: its bytes are preserved, and reading them
says that they are no page.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import BinaryIO

import orjson

from flows.intake.column_names import (
    BY_NAME,
    DATE_NAMES,
    HTML_NAMES,
    TEXT_NAMES,
    URL_NAMES,
    Columns,
    values_of,
)
from flows.intake.forms import HTML
from flows.intake.inputs import JSON_ROW, ROW, TEXT, Input, file_uri, refused
from flows.intake.pages import reading_failure, size_words
from flows.intake.times import captured_at_in, now, parse_time
from flows.intake.walk import Found
from flows.limits import DEFAULT_LIMITS, Limits

PIECE_BYTES = 16 << 20
_BLOCK = 1 << 20
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Piece:
    """Some whole lines of a corpus: from byte `start` to before `end`, numbered from `row`."""

    start: int
    end: int
    row: int


@dataclass(frozen=True, slots=True)
class Row:
    """What one row says: the payload it carries, its address, its time of capture."""

    payload: bytes
    media_type: str
    url: str | None = None
    captured_at: datetime | None = None
    unread_time: str | None = None


def cut_pieces(blocks: Iterable[bytes]) -> Iterator[Piece]:
    """Yields the pieces of a stream of bytes, each cut at the first line end past its size."""
    start, position = 0, 0
    first_row = next_row = 1
    for block in blocks:
        line_ends = block.count(b"\n")
        next_row += line_ends
        if line_ends and position + len(block) - start >= PIECE_BYTES:
            end = position + block.rindex(b"\n") + 1
            yield Piece(start, end, first_row)
            start, first_row = end, next_row
        position += len(block)
    if position > start:
        yield Piece(start, position, first_row)


def hash_rows(
    corpus: Found,
    path: str,
    piece: Piece,
    limits: Limits = DEFAULT_LIMITS,
    columns: Columns = BY_NAME,
) -> list[Input]:
    """Returns the inputs of a piece of `corpus`, whose rows are read from `path`, in a worker.

    A row past a limit is refused; one that is too long is passed over and never held whole.
    """
    seen_at = now()
    inputs = []
    try:
        with open(path, "rb") as file:
            file.seek(piece.start)
            offset, row = piece.start, piece.row
            while offset < piece.end:
                most = min(piece.end - offset, limits.row_bytes + 1)
                if not (line := file.readline(most)):
                    break
                length = len(line)
                if length > limits.row_bytes:
                    length += _skip_line(file, line, piece.end - offset - length)
                    words = size_words(length, limits.row_bytes)
                    inputs.append(
                        _refused_row(corpus, row, "corpus_row_too_long", words, length, seen_at)
                    )
                elif line.strip():
                    inputs.append(_row_input(corpus, path, offset, row, line, seen_at, columns))
                    inputs[-1] = _within(inputs[-1], corpus, limits)
                offset += length
                row += 1
    except OSError as error:
        code, words = reading_failure(error)
        inputs.append(refused(corpus.name, corpus.origin, code, words, seen_at))
    return inputs


def parse_row(line: bytes, columns: Columns = BY_NAME) -> Row:
    """Returns what a line of a corpus says; one that says nothing readable is kept as it is."""
    content = line.removeprefix(_BOM).strip()
    kept = Row(line.rstrip(b"\r\n"), JSON_ROW)
    try:
        row = orjson.loads(content)
    except orjson.JSONDecodeError:
        return kept
    return (read_values(row, columns) or kept) if isinstance(row, dict) else kept


def read_values(row: dict[str, object], columns: Columns) -> Row | None:
    """Returns what the values of a row say; None when it has no text, or an address that is none.

    HTML comes before text, which somebody has made of it.
    """
    media_type, payload = HTML, _payload(row, columns.html, HTML_NAMES)
    if payload is None:
        media_type, payload = TEXT, _payload(row, columns.text, TEXT_NAMES)
    if payload is None:
        return None
    url = next(_held(row, columns.url, URL_NAMES), None)
    if not isinstance(url, str | None):
        return None
    said = next(_held(row, columns.date, DATE_NAMES), None)
    captured_at = parse_time(said)
    unread = str(said)[:200] if said is not None and captured_at is None else None
    return Row(payload, media_type, url, captured_at, unread)


def _payload(row: dict[str, object], named: str | None, names: tuple[str, ...]) -> bytes | None:
    """Returns the first words that there are, as bytes."""
    for value in values_of(row, named, names):
        if isinstance(value, str | bytes) and value:
            return value.encode() if isinstance(value, str) else value
    return None


def _held(row: dict[str, object], named: str | None, names: tuple[str, ...]) -> Iterator[object]:
    """Yields the values of a row that are not empty."""
    for value in values_of(row, named, names):
        if value is not None and not (isinstance(value, str) and not value.strip()):
            yield value


def _skip_line(file: BinaryIO, line: bytes, most: int) -> int:
    """Returns how many more bytes, `most` at most, belong to a line that was read in part."""
    skipped = 0
    while not line.endswith(b"\n") and skipped < most:
        line = file.readline(min(_BLOCK, most - skipped))
        if not line:
            break
        skipped += len(line)
    return skipped


def _refused_row(
    corpus: Found, row: int, code: str, words: str, byte_length: int, seen_at: datetime
) -> Input:
    seen = refused(corpus.name, corpus.origin, code, words, seen_at, byte_length)
    return replace(seen, source=f"{corpus.origin}#{row}", row=row)


def _within(seen: Input, corpus: Found, limits: Limits) -> Input:
    """Returns the input of a row, refused when its payload is too large."""
    if seen.byte_length <= limits.capture_bytes or seen.row is None:
        return seen
    words = size_words(seen.byte_length, limits.capture_bytes)
    return _refused_row(
        corpus, seen.row, "capture_too_large", words, seen.byte_length, seen.seen_at
    )


def _row_input(
    corpus: Found,
    path: str,
    offset: int,
    row: int,
    line: bytes,
    seen_at: datetime,
    columns: Columns,
) -> Input:
    said = parse_row(line, columns)
    return Input(
        name=corpus.name,
        source=f"{corpus.origin}#{row}",
        path=path,
        offset=offset,
        length=len(line),
        row=row,
        byte_length=len(said.payload),
        payload_sha256=hashlib.sha256(said.payload).hexdigest(),
        source_uri=said.url or file_uri(corpus.name, row),
        captured_at=said.captured_at or captured_at_in(said.url),
        media_type=said.media_type,
        seen_at=seen_at,
        issue_code="captured_at_unreadable" if said.unread_time is not None else None,
        words=said.unread_time,
        kind=ROW,
        columns=columns,
    )
