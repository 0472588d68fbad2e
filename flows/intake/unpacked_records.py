"""Web archives that are packed as a whole: unpacked into one file, as far as that can be done."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

from flows.intake.forms import GZIP
from flows.intake.packed_records import next_member
from flows.intake.packings import UNPACKING_ERRORS, Packing
from flows.intake.record_files import Dialect, RecordFile

# Text is seldom packed to less than a twentieth: what unpacks to more than this is no web archive.
MOST_TIMES = 100
_ALWAYS = 256 << 20


def unpack_whole(file: RecordFile, packing: Packing, dialect: Dialect, spool: Path) -> str | None:
    """Unpacks all members of a file into `spool`, and returns why not all of it; None when all is.

    Where one is damaged, what came out before the damage is kept, and the unpacking goes on at the
    next member that begins a record.

    Raises OSError when there is no space or permission for it.
    """
    position = packing.first
    left = MOST_TIMES * file.size + _ALWAYS
    fault = None
    with open(spool, "wb") as target:
        while position < file.size:
            end, left, problem = _unpack(file, packing, position, target, left)
            if problem is not None:
                fault = fault or f"{problem} at byte {position}"
                end = next_member(file, packing, dialect, position + 1)
            if left < 0:
                return f"it unpacks to more than {MOST_TIMES} times its size"
            position = end
    return fault


def _unpack(
    file: RecordFile, packing: Packing, position: int, target: BinaryIO, left: int
) -> tuple[int, int, str | None]:
    """Unpacks a member; returns where it ends, how much may still come, and what is wrong."""
    unpacking = packing.unpacker()
    while left >= 0 and not unpacking.eof:
        packed = file.read(position, packing.step)
        if not packed:
            return position, left, "it ends before its end"
        before = unpacking.copy() if packing.name == GZIP else None
        try:
            unpacked = unpacking.decompress(packed)
        except UNPACKING_ERRORS as error:
            target.write(_before_damage(before, packed))
            return position, left, str(error)
        position += len(packed)
        left -= len(unpacked)
        target.write(unpacked)
    unused = len(unpacking.unused_data) if unpacking.eof else 0
    return position - unused, left, None


def _before_damage(unpacking: Any, packed: bytes) -> bytes:
    """Returns what comes out of a stretch before its damage, which a step too large would lose."""
    content = bytearray()
    with suppress(*UNPACKING_ERRORS):
        for at in range(len(packed) if unpacking is not None else 0):
            content += unpacking.decompress(packed[at : at + 1])
    return bytes(content)
