"""Files of a run's own that hold what was unpacked; no name from within a source is used there."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from flows.intake.refusals import MemberRefused


@dataclass(frozen=True, slots=True)
class Stretch:
    """Where in a spool a member lies, and its digest."""

    path: str
    offset: int
    length: int
    sha256: str


class Spool:
    """A file to which one member after the other is appended; it comes to be with the first."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: BinaryIO | None = None
        self._end = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._file is not None:
            self._file.close()

    def append(self, content: Iterator[bytes], most: int | None = None) -> Stretch:
        """Returns where `content` was written.

        Raises what `content` does, or MemberRefused (`capture_too_large`) when it has more than
        `most` bytes; nothing of it is then left in the file. Raises OSError when it cannot be
        written.
        """
        if self._file is None:
            self._file = open(self._path, "wb")  # noqa: SIM115 - closed with the spool
        start, digest = self._end, hashlib.sha256()
        length = 0
        try:
            for block in content:
                length += len(block)
                if most is not None and length > most:
                    words = f"more than {most} bytes, which a capture may have"
                    raise MemberRefused("capture_too_large", words, length)
                digest.update(block)
                self._file.write(block)
        except BaseException:
            self._file.seek(start)
            self._file.truncate()
            raise
        self._end += length
        return Stretch(str(self._path), start, length, digest.hexdigest())
