"""Inputs by the million: sorted runs of them on the disk, and in memory only a part at a time.

What a run finds is put in order by an external merge sort (Knuth, The Art of Computer Programming,
volume 3, section 5.4): runs that fit in memory are sorted and written, then merged. A run that
finds few inputs writes nothing.
"""

from __future__ import annotations

import heapq
import os
import pickle
import threading
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from itertools import chain, islice
from operator import attrgetter
from pathlib import Path
from typing import BinaryIO, overload

from flows.intake.inputs import Input

# Some 20 MB of inputs, which a run that has no more of them never writes.
RUN_INPUTS = 25_000
# A worker has other things to hold, and hands over what it has found at one go.
WORKER_RUN_INPUTS = 4_000
CHUNK_INPUTS = 250
_CHUNKS_HELD = 4
_LENGTH_BYTES = 8
_pack = attrgetter(*(field.name for field in fields(Input)))


@dataclass(frozen=True, slots=True)
class SortedRun:
    """Inputs in their order, in a stretch of a file of this run's own."""

    path: str
    offset: int
    end: int
    count: int
    byte_length: int

    def inputs(self) -> Iterator[Input]:
        """Yields the inputs, of which a chunk is in memory at a time."""
        with open(self.path, "rb") as file:
            file.seek(self.offset)
            while file.tell() < self.end:
                length = int.from_bytes(file.read(_LENGTH_BYTES))
                yield from _unpacked(file.read(length))


class Gathering:
    """Takes inputs in any order, and writes them in sorted runs where they are many.

    Args:
        path: The file that runs are written to; it comes to be with the first.
        most: How many are held in memory.
    """

    def __init__(self, path: Path, most: int = RUN_INPUTS) -> None:
        self.held: list[Input] = []
        self.runs: list[SortedRun] = []
        self._path = path
        self._most = most

    def append(self, seen: Input) -> None:
        """Takes one more."""
        self.held.append(seen)
        if len(self.held) >= self._most:
            self._spill()

    def extend(self, inputs: Iterable[Input]) -> None:
        """Takes more."""
        for seen in inputs:
            self.append(seen)

    def absorb(self, runs: Iterable[SortedRun]) -> None:
        """Takes runs that another gathering has written, as they lie."""
        self.runs += runs

    @property
    def count(self) -> int:
        """How many inputs were taken."""
        return len(self.held) + sum(run.count for run in self.runs)

    @property
    def byte_length(self) -> int:
        """Bytes of their payloads."""
        return sum(seen.byte_length for seen in self.held) + sum(r.byte_length for r in self.runs)

    def in_order(self) -> tuple[Sequence[Input], dict[int, str]]:
        """Returns all that was taken, in order, and by position the issue codes of odd inputs."""
        odd: dict[int, str] = {}
        self.held.sort(key=_order)
        if not self.runs:
            return tuple(_noting(self.held, odd)), odd
        path = self._path.with_name(f"{self._path.name}.merged")
        merged = heapq.merge(self.held, *(run.inputs() for run in self.runs), key=_order)
        return KeptInputs(path, _noting(merged, odd)), odd

    def _spill(self) -> None:
        self.held.sort(key=_order)
        with open(self._path, "ab") as file:
            offset = file.tell()
            for chunk in _chunks(self.held):
                content = _packed(chunk)
                file.write(len(content).to_bytes(_LENGTH_BYTES))
                file.write(content)
            byte_length = sum(seen.byte_length for seen in self.held)
            count = len(self.held)
            self.runs.append(SortedRun(str(self._path), offset, file.tell(), count, byte_length))
        self.held.clear()


def worker_gathering(spool: Path) -> Gathering:
    """Returns what a worker gathers the inputs of one source in.

    Args:
        spool: The path of its own that the source was given.
    """
    return Gathering(spool.with_name(f"{spool.name}.inputs"), WORKER_RUN_INPUTS)


class KeptInputs(Sequence[Input]):
    """Inputs in their order, kept in a file; a few chunks of them are in memory.

    The file is held open, so that they can be read after its name is gone.

    Args:
        path: The file, which is written here.
        inputs: The inputs.
    """

    def __init__(self, path: Path, inputs: Iterable[Input]) -> None:
        self._file: BinaryIO = open(path, "w+b")  # noqa: SIM115 - closed with the object
        self._offsets = array("q", (0,))
        self._count = 0
        self._chunks: dict[int, list[Input]] = {}  # the last ones read, the oldest first
        self._reading = threading.Lock()
        for chunk in _chunks(inputs):
            self._file.write(_packed(chunk))
            self._offsets.append(self._file.tell())
            self._count += len(chunk)
        self._file.flush()

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Input]:
        chunks = range(len(self._offsets) - 1)
        return chain.from_iterable(_unpacked(self._content(number)) for number in chunks)

    @overload
    def __getitem__(self, position: int) -> Input: ...
    @overload
    def __getitem__(self, position: slice) -> Sequence[Input]: ...
    def __getitem__(self, position: int | slice) -> Input | Sequence[Input]:
        if isinstance(position, slice):
            return [self[at] for at in range(*position.indices(self._count))]
        if not -self._count <= position < self._count:
            raise IndexError(position)
        number, place = divmod(position % self._count, CHUNK_INPUTS)
        return self._chunk(number)[place]

    def _chunk(self, number: int) -> list[Input]:
        with self._reading:
            chunk = self._chunks.pop(number, None)
            if chunk is None:
                chunk = list(_unpacked(self._content(number)))
                if len(self._chunks) == _CHUNKS_HELD:
                    del self._chunks[next(iter(self._chunks))]
            self._chunks[number] = chunk
            return chunk

    def _content(self, number: int) -> bytes:
        start, end = self._offsets[number], self._offsets[number + 1]
        return os.pread(self._file.fileno(), end - start, start)


def _order(seen: Input) -> tuple[str, int, str, str, str]:
    return seen.order


def _noting(inputs: Iterable[Input], odd: dict[int, str]) -> Iterator[Input]:
    for position, seen in enumerate(inputs):
        if seen.issue_code is not None:
            odd[position] = seen.issue_code
        yield seen


def _chunks(inputs: Iterable[Input]) -> Iterator[list[Input]]:
    left = iter(inputs)
    while chunk := list(islice(left, CHUNK_INPUTS)):
        yield chunk


def _packed(inputs: Iterable[Input]) -> bytes:
    return pickle.dumps(list(map(_pack, inputs)), protocol=pickle.HIGHEST_PROTOCOL)


def _unpacked(content: bytes) -> Iterator[Input]:
    # What this run has written itself, below its own staging folder.
    return (Input(*values) for values in pickle.loads(content))  # noqa: S301
