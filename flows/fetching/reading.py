"""The rows of `fetches`, read from the WARC file that a fetch has written.

There is no other way to them, so that what a killed fetch has written is worth as much as what one
that ended well has.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from flows.fetching.exchanges import columns_of
from flows.fetching.warc import RUN_FIELD

_CHUNK = 1 << 16
_KEPT = 1 << 20  # bytes of a record's beginning; the records that are read here are shorter
_TIMES = ("started_at", "ended_at")


@dataclass(frozen=True, slots=True)
class Written:
    """What a file of a fetch holds.

    Args:
        run_row: The row of `runs` as it was when the fetch began; None when not even that is whole.
        rows: Rows of `fetches`.
        end: Length in bytes up to the end of the last whole exchange.
    """

    run_row: dict[str, Any] | None
    rows: tuple[dict[str, Any], ...]
    end: int


def read_written(path: Path, warc_file: str) -> Written:
    """Reads a file of a fetch as far as it is whole.

    Args:
        path: The file.
        warc_file: The name that it has, or is to have, below fetched/.
    """
    run_row: dict[str, Any] | None = None
    rows: list[dict[str, Any]] = []
    offsets: dict[str, int] = {}
    end = 0
    with path.open("rb") as stream:
        for start, after, content in _members(stream):
            headers, block = _parsed(content)
            kind = headers["WARC-Type"]
            if kind == "warcinfo":
                run_row, end = _run_row(_fields(block)), after
            elif kind in ("response", "revisit"):
                offsets[headers["WARC-Record-ID"]] = start
            elif kind == "metadata" and run_row is not None:
                offset = offsets.get(headers.get("WARC-Concurrent-To", ""), start)
                place = {"warc_file": warc_file, "warc_offset": offset, "seq": len(rows)}
                rows.append({"run_id": run_row["run_id"], **place, **_row(headers, block)})
                end = after
    return Written(run_row, tuple(rows), end)


def _row(headers: dict[str, str], block: bytes) -> dict[str, Any]:
    return {
        "target_uri": headers["WARC-Target-URI"],
        "fetched_at": datetime.fromisoformat(headers["WARC-Date"]),
        **columns_of(_fields(block)),
    }


def _run_row(fields: dict[str, str]) -> dict[str, Any]:
    row: dict[str, Any] = json.loads(fields[RUN_FIELD])
    for name in _TIMES:
        if row[name] is not None:
            row[name] = datetime.fromisoformat(row[name])
    return row


def _parsed(content: bytes) -> tuple[dict[str, str], bytes]:
    head, _, block = content.partition(b"\r\n\r\n")
    lines = head.decode("utf-8").split("\r\n")[1:]
    pairs = (line.partition(": ") for line in lines)
    return {name: value for name, _, value in pairs}, block


def _fields(block: bytes) -> dict[str, str]:
    lines = block.decode("utf-8").split("\r\n")
    return {name: value for name, mark, value in (line.partition(": ") for line in lines) if mark}


def _members(stream: BinaryIO) -> Iterator[tuple[int, int, bytes]]:
    """Yields start, end and beginning of each gzip member, up to the first that is not whole."""
    start, waiting = 0, b""
    while True:
        unpacking = zlib.decompressobj(wbits=31)
        content = bytearray()
        length = 0
        while not unpacking.eof:
            packed = unpacking.unconsumed_tail or waiting or stream.read(_CHUNK)
            if not packed:
                return
            if not unpacking.unconsumed_tail:
                waiting = b""
                length += len(packed)
            try:
                piece = unpacking.decompress(packed, _KEPT)
            except zlib.error:
                return
            content += piece[: _KEPT - len(content)]
        waiting = unpacking.unused_data
        end = start + length - len(waiting)
        yield start, end, bytes(content)
        start = end
