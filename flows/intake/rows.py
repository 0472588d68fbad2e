"""Corpora opened: unpacked where compressed, cut into pieces."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from flows.intake.allowances import allowance_of
from flows.intake.corpora import Piece, cut_pieces
from flows.intake.opened import Opened
from flows.intake.options import Options
from flows.intake.pages import reading_failure
from flows.intake.refusals import SourceBroken
from flows.intake.unpacking import unpacked
from flows.intake.walk import Found

_BLOCK = 1 << 20


def open_rows(corpus: Found, spool: Path, options: Options) -> Opened:
    """Returns a corpus of JSON rows opened, unpacked into `spool` where it is compressed."""
    try:
        allowance = allowance_of(corpus, options.limits)
        file = open(corpus.path, "rb")  # noqa: SIM115 - closed below
    except OSError as error:
        code, words = reading_failure(error)
        return Opened(issue_code=code, words=words)
    with file:
        if corpus.form.packing is not None:
            return _unpack(allowance.taking(unpacked(file, corpus.form.packing)), spool)
        try:
            pieces = tuple(cut_pieces(unpacked(file, None)))
        except SourceBroken as broken:
            return Opened(issue_code=broken.code, words=broken.words)
        return Opened(path=corpus.path, pieces=pieces)


def _unpack(blocks: Iterator[bytes], spool: Path) -> Opened:
    """Unpacks a corpus into `spool`, as far as it goes."""
    stops: list[SourceBroken] = []
    with open(spool, "wb") as target:
        pieces = tuple(cut_pieces(_copied(blocks, target, stops)))
    path = str(spool)
    if not stops:
        return Opened(path=path, pieces=pieces)
    code, words = stops[0].code, stops[0].words
    if not pieces:
        return Opened(path=path, issue_code=code, words=words)
    *before, last = pieces
    end = _last_line_end(spool, last)
    kept = (*before, Piece(last.start, end, last.row)) if end > last.start else tuple(before)
    lost = last.end - end
    return Opened(path=path, pieces=kept, lost_bytes=lost, issue_code=code, words=words)


def _copied(
    blocks: Iterator[bytes], target: BinaryIO, stops: list[SourceBroken]
) -> Iterator[bytes]:
    """Yields blocks and copies them to `target`; what ends them early is noted."""
    try:
        for block in blocks:
            target.write(block)
            yield block
    except SourceBroken as broken:
        stops.append(broken.kept())


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
