"""Corpora opened: unpacked where compressed, cut into pieces."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from flows.intake.corpora import Piece, cut_pieces
from flows.intake.forms import GZIP
from flows.intake.opened import Opened
from flows.intake.options import Options
from flows.intake.pages import reading_failure
from flows.intake.walk import Found

_BLOCK = 1 << 20


def open_rows(corpus: Found, spool: Path, options: Options) -> Opened:
    """Returns a corpus of JSON rows opened, unpacked into `spool` where it is compressed."""
    try:
        if corpus.form.packing != GZIP:
            with open(corpus.path, "rb", buffering=0) as file:
                blocks = iter(lambda: file.read(_BLOCK), b"")
                return Opened(path=corpus.path, pieces=tuple(cut_pieces(blocks)))
        compressed = gzip.open(corpus.path, "rb")  # noqa: SIM115 - what follows may fail otherwise
    except OSError as error:
        code, words = reading_failure(error)
        return Opened(issue_code=code, words=words)
    with compressed:
        return _unpack(compressed, spool)


def _unpack(compressed: gzip.GzipFile, spool: Path) -> Opened:
    """Unpacks gzip members (RFC 1952) into `spool`, as far as they go."""
    damage: list[tuple[str, str]] = []
    with open(spool, "wb") as target:
        pieces = tuple(cut_pieces(_copied(compressed, target, damage)))
    code, words = damage[0] if damage else (None, None)
    path = str(spool)
    if not damage or not pieces:
        return Opened(path=path, pieces=pieces, issue_code=code, words=words)
    *before, last = pieces
    end = _last_line_end(spool, last)
    kept = (*before, Piece(last.start, end, last.row)) if end > last.start else tuple(before)
    lost = last.end - end
    return Opened(path=path, pieces=kept, lost_bytes=lost, issue_code=code, words=words)


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


def _last_line_end(spool: Path, piece: Piece) -> int:
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
