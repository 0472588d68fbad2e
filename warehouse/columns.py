"""Tables of others: rows of Parquet and Arrow files, some at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

# Rows held at once: pages of 15 KB make 15 MB of them.
_ROWS = 1_000
PARQUET = "application/vnd.apache.parquet"
ARROW = "application/vnd.apache.arrow.file"
_STREAM_START = b"\xff\xff\xff\xff"


class TableDamaged(Exception):
    """A file is no table, or damaged from some row on; the message says how."""


def read_rows(
    path: Path, form: str, wanted: Callable[[str], bool]
) -> Iterator[list[dict[str, Any]]]:
    """Yields the rows of a table in order, some at a time, with those columns that are wanted.

    Args:
        path: The file.
        form: `PARQUET`, or `ARROW` for both its file and its stream format (Feather is the first).
        wanted: Tells by its name whether a column is.

    Raises:
        TableDamaged: It cannot be read, from the rows on that have not been yielded.
        OSError: The operating system does not let it be read.
    """
    with path.open("rb"):
        pass  # what the operating system says of it is no damage
    try:
        batches = _parquet_batches if form == PARQUET else _arrow_batches
        for batch in batches(path, wanted):
            yield batch.to_pylist()
    except (pa.ArrowException, OSError, ValueError, OverflowError) as error:
        raise TableDamaged(str(error)[:500]) from error


def column_names(path: Path, form: str) -> list[str]:
    """Returns the names of a table's columns.

    Raises:
        TableDamaged: It is no table.
        OSError: The operating system does not let it be read.
    """
    with path.open("rb"):
        pass
    try:
        if form == PARQUET:
            names = pq.read_schema(path).names
        else:
            with pa.memory_map(str(path)) as source:
                names = _opened(source).schema.names
        return list(names)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise TableDamaged(str(error)[:500]) from error


def _parquet_batches(path: Path, wanted: Callable[[str], bool]) -> Iterator[pa.RecordBatch]:
    # Not memory-mapped and not buffered ahead: a row group may be larger than memory should hold.
    with pq.ParquetFile(path, buffer_size=1 << 20, pre_buffer=False) as file:
        names = [name for name in file.schema_arrow.names if wanted(name)]
        # One after another, so that damage to one leaves the rows of those before.
        for number in range(file.num_row_groups):
            yield from file.iter_batches(
                _ROWS, row_groups=[number], columns=names, use_threads=False
            )


def _arrow_batches(path: Path, wanted: Callable[[str], bool]) -> Iterator[pa.RecordBatch]:
    with pa.memory_map(str(path)) as source:
        reader = _opened(source)
        names = [name for name in reader.schema.names if wanted(name)]
        is_stream = isinstance(reader, pa.RecordBatchStreamReader)
        batches = reader if is_stream else map(reader.get_batch, range(reader.num_record_batches))
        for batch in batches:
            chosen = batch.select(names)
            for start in range(0, chosen.num_rows, _ROWS):
                yield chosen.slice(start, _ROWS)


def _opened(source: pa.NativeFile) -> Any:
    is_stream = source.read(4) == _STREAM_START
    source.seek(0)
    return pa.ipc.open_stream(source) if is_stream else pa.ipc.open_file(source)
