"""Tables of other people, Parquet and Arrow, read as plain values some rows at a time."""

from __future__ import annotations

import mmap
import os
import resource
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import parquet as pq

ColumnPath = tuple[str, ...]

# Few, because a table may say one long value many times over in a few bytes.
_ROWS = 16
_BUFFER_BYTES = 1 << 20
# What reading a batch may take besides what the process has; Arrow reserves 1 GiB at once.
_MEMORY = 3 << 30
_PARQUET = b"PAR1"
_ARROW_FILE = b"ARROW1"


class TableUnreadable(Exception):
    """A table is damaged, encrypted, or would take more memory than it may."""


def column_paths(path: str) -> list[ColumnPath]:
    """Returns the columns of a table, those within others too; raises TableUnreadable."""
    with _explained(), open(path, "rb") as file:
        if _begins(file, _PARQUET):
            schema = pq.ParquetFile(file).schema_arrow
        else:
            content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            schema = _opened_arrow(content).schema
        return [leaf for field in schema for leaf in _leaves(field, ())]


def read_columns(path: str, wanted: Sequence[ColumnPath]) -> Iterator[list[tuple[object, ...]]]:
    """Yields the rows of a table in their order, some at a time.

    Args:
        path: A Parquet file, or an Arrow file or stream (Feather is one).
        wanted: The columns; text and binary values come as bytes, times as `datetime`.

    Raises TableUnreadable where the table is damaged, or would take too much memory.
    """
    with open(path, "rb") as file:
        is_parquet = _begins(file, _PARQUET)
        batches = _parquet_batches(file, wanted) if is_parquet else _arrow_batches(file, wanted)
        for batch in _bounded(batches):
            for start in range(0, batch.num_rows, _ROWS):
                with _explained():
                    part = batch.slice(start, _ROWS)
                    columns = [_values(_column(part, path)) for path in wanted]
                    rows = list(zip(*columns, strict=True))
                yield rows


def _begins(file: Any, magic: bytes) -> bool:
    file.seek(0)
    begin = file.read(len(magic))
    file.seek(0)
    return bool(begin == magic)


def _parquet_batches(file: Any, wanted: Sequence[ColumnPath]) -> Iterator[Any]:
    table = pq.ParquetFile(file, pre_buffer=False, buffer_size=_BUFFER_BYTES)
    yield from table.iter_batches(_ROWS, columns=[".".join(p) for p in wanted], use_threads=False)


def _arrow_batches(file: Any, wanted: Sequence[ColumnPath]) -> Iterator[Any]:
    # Mapped, so that a batch that is not compressed takes no memory, however large it is.
    content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    names = _opened_arrow(content).schema.names
    fields = sorted({names.index(path[0]) for path in wanted})
    reader = _opened_arrow(content, pa.ipc.IpcReadOptions(included_fields=fields))
    if hasattr(reader, "num_record_batches"):
        yield from map(reader.get_batch, range(reader.num_record_batches))
    else:
        yield from reader


def _opened_arrow(content: mmap.mmap, options: Any = None) -> Any:
    begin, buffer = content[: len(_ARROW_FILE)], pa.py_buffer(content)
    if begin == _ARROW_FILE:
        return pa.ipc.open_file(buffer, options=options)
    return pa.ipc.open_stream(buffer, options=options)


def _bounded(batches: Iterator[Any]) -> Iterator[Any]:
    """Yields batches, each read within bounds of memory."""
    while True:
        with _explained(), _bounded_memory():
            batch = next(batches, None)
        if batch is None:
            return
        yield batch


@contextmanager
def _bounded_memory() -> Iterator[None]:
    """Lets an allocation that is out of all proportion fail, where the system can tell."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        soft, hard = resource.getrlimit(resource.RLIMIT_AS)
        most = pages * os.sysconf("SC_PAGE_SIZE") + _MEMORY
        if soft == resource.RLIM_INFINITY:
            resource.setrlimit(resource.RLIMIT_AS, (most, hard))
    except (OSError, ValueError):
        yield
        return
    try:
        yield
    finally:
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except (pa.ArrowException, OSError, ValueError, LookupError, MemoryError) as error:
        raise TableUnreadable(f"{type(error).__name__}: {error}"[:400]) from error


def _leaves(field: Any, above: ColumnPath) -> Iterator[ColumnPath]:
    path = (*above, field.name)
    if pa.types.is_struct(field.type):
        for child in field.type:
            yield from _leaves(child, path)
    else:
        yield path


def _column(batch: Any, path: ColumnPath) -> Any:
    """Returns the array that a path leads to; where what holds it is null, it is null."""
    array = batch.column(path[0])
    for name in path[1:]:
        index = array.type.get_field_index(name)
        array = array.flatten()[index]
    return array


def _values(array: Any) -> list[object]:
    if pa.types.is_dictionary(array.type):
        # Each long value is made once, however often it is said.
        values = _values(array.dictionary)
        return [None if at is None else values[at] for at in array.indices.to_pylist()]
    if pa.types.is_timestamp(array.type) and array.type.unit == "ns":
        array = array.cast(pa.timestamp("us", array.type.tz), safe=False)
    elif _is_text(array.type):
        array = array.cast(pa.large_binary())
    try:
        return list(array.to_pylist())
    except (ValueError, OverflowError):
        return [_value(scalar) for scalar in array]


def _is_text(kind: Any) -> bool:
    types = pa.types
    return bool(types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind))


def _value(scalar: Any) -> object:
    """Returns a value, as words where Python has none for it."""
    try:
        return scalar.as_py()
    except (ValueError, OverflowError):
        return f"{scalar.type} {scalar.value}"
