"""Where records lie that are to be read again: in their file, or unpacked in one of this run's."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from flows.intake.inputs import Place
from flows.intake.record_files import Scanned
from transforms.warc_heads import RecordStart


class Places:
    """Tells where scanned records can be read again; closed when the file is scanned.

    Args:
        path: The file that is scanned.
        spool: Where records are kept that cannot be read again in it; None when they can.
    """

    def __init__(self, path: str, spool: Path | None = None) -> None:
        self.path = path
        self._spool = spool
        self._file: BinaryIO | None = None

    def of(self, group: Sequence[Scanned]) -> Place:
        """Returns the place of records that follow each other.

        Raises OSError when they cannot be kept.
        """
        if self._spool is None:
            offset = group[0].offset
            return Place(self.path, offset, group[-1].offset + group[-1].length - offset)
        if self._file is None:
            self._file = open(self._spool, "wb")  # noqa: SIM115 - closed by `close`
        offset = self._file.tell()
        length = sum(self._file.write(record_bytes(s.start, s.block)) for s in group)
        return Place(str(self._spool), offset, length)

    def close(self) -> None:
        """Ends the keeping."""
        if self._file is not None:
            self._file.close()


def record_bytes(start: RecordStart | None, block: bytes | None) -> bytes:
    """Returns a record as it stood, without the empty lines that end it."""
    if start is None or block is None:
        raise ValueError("a record that was not read has no bytes")
    between = b"\r\n" * (start.block_start - len(start.head) == 2)
    if start.block_start - len(start.head) == 1:
        between = b"\n"
    return b"".join((start.head, between, block))
