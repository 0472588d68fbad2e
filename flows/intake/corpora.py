"""Corpora: files of JSON rows with `url`, `text` and `captured_at`, read row by row.

A corpus is cut into pieces at line ends, so that the workers share it and nobody holds it whole.
A row that cannot be read is kept as the line it is: its bytes are preserved, and reading them
says that they are no page.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, BinaryIO

import orjson

from flows.intake.inputs import JSON_ROW, ROW, TEXT, Input, file_uri, refused
from flows.intake.pages import reading_failure, size_words
from flows.intake.times import captured_at_in, now, parse_rfc_3339
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
    corpus: Found, path: str, piece: Piece, limits: Limits = DEFAULT_LIMITS
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
                    inputs.append(_row_input(corpus, path, offset, row, line, seen_at))
                    inputs[-1] = _within(inputs[-1], corpus, limits)
                offset += length
                row += 1
    except OSError as error:
        code, words = reading_failure(error)
        inputs.append(refused(corpus.name, corpus.origin, code, words, seen_at))
    return inputs


def parse_row(line: bytes) -> Row:
    """Returns what a line of a corpus says; one that says nothing readable is kept as it is."""
    content = line.removeprefix(_BOM).strip()
    kept = Row(line.rstrip(b"\r\n"), JSON_ROW)
    try:
        row: Any = orjson.loads(content)
    except orjson.JSONDecodeError:
        return kept
    if not isinstance(row, dict):
        return kept
    text, url, words = row.get("text"), row.get("url"), row.get("captured_at")
    if not isinstance(text, str) or not text or not isinstance(url, str | None):
        return kept
    captured_at = parse_rfc_3339(words) if isinstance(words, str) else None
    unread = str(words)[:200] if words not in (None, "") and captured_at is None else None
    return Row(text.encode(), TEXT, url if url and url.strip() else None, captured_at, unread)


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
    corpus: Found, path: str, offset: int, row: int, line: bytes, seen_at: datetime
) -> Input:
    said = parse_row(line)
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
    )
