"""Corpora opened: checked against their manifest, unpacked where compressed, cut into pieces."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from flows.intake.corpora import Piece, cut_pieces
from flows.intake.texts import entry_issue, hash_file, reading_failure
from flows.intake.walk import Found

_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Opened:
    """A corpus whose rows can be read in any order.

    Args:
        path: File that holds the rows: the corpus itself or its unpacked copy.
        pieces: The whole rows.
        lost_bytes: Bytes that are not taken in: of the row that damage cut off, or of a corpus
            with another digest than its manifest says.
        issue_code: What is odd with the corpus, None when all of it is taken in.
        words: What was seen then.
    """

    path: str
    pieces: tuple[Piece, ...] = ()
    lost_bytes: int = 0
    issue_code: str | None = None
    words: str | None = None


def open_corpus(corpus: Found, spool: str) -> Opened:
    """Returns `corpus` opened; runs in a worker.

    Raises OSError when a compressed corpus cannot be unpacked into `spool` for want of space or
    of permission; what goes wrong with the corpus itself is said in the result.
    """
    try:
        if corpus.entry.sha256 is not None:
            byte_length, sha256 = hash_file(corpus.path)
            code, words = entry_issue(corpus.entry, sha256)
            if code == "digest_mismatch":
                return Opened(corpus.path, (), byte_length, code, words)
        if not corpus.name.lower().endswith(".gz"):
            with open(corpus.path, "rb", buffering=0) as file:
                blocks = iter(lambda: file.read(_BLOCK), b"")
                return Opened(corpus.path, tuple(cut_pieces(blocks)))
        compressed = gzip.open(corpus.path, "rb")  # noqa: SIM115 - what follows may fail otherwise
    except OSError as error:
        return Opened(corpus.path, (), 0, *reading_failure(error))
    with compressed:
        return _unpack(compressed, spool)


def _unpack(compressed: gzip.GzipFile, spool: str) -> Opened:
    """Unpacks gzip members (RFC 1952) into `spool`, as far as they go."""
    damage: list[tuple[str, str]] = []
    with open(spool, "wb") as target:
        pieces = tuple(cut_pieces(_copied(compressed, target, damage)))
    if not damage or not pieces:
        return Opened(spool, pieces, 0, *(damage[0] if damage else (None, None)))
    *before, last = pieces
    end = _last_line_end(spool, last)
    kept = (*before, Piece(last.start, end, last.row)) if end > last.start else tuple(before)
    return Opened(spool, kept, last.end - end, *damage[0])


def _copied(
    compressed: gzip.GzipFile, target: BinaryIO, damage: list[tuple[str, str]]
) -> Iterator[bytes]:
    """Yields what is unpacked and copies it to `target`; damage ends it and is noted."""
    while True:
        try:
            # read1 gives what could be unpacked before the damage; read would lose it.
            block = compressed.read1(_BLOCK)
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            damage.append(("truncated_stream", str(error)))
            return
        except OSError as error:
            damage.append(reading_failure(error))
            return
        if not block:
            return
        target.write(block)
        yield block


def _last_line_end(spool: str, piece: Piece) -> int:
    """Returns where the last whole line of the piece ends; its start when it has none."""
    position = piece.end
    with open(spool, "rb") as file:
        while position > piece.start:
            start = max(piece.start, position - _BLOCK)
            file.seek(start)
            found = file.read(position - start).rfind(b"\n")
            if found >= 0:
                return start + found + 1
            position = start
    return piece.start
