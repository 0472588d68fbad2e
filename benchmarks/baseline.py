"""The speed that the machine allows: read, hash, compress, write Parquet, load DuckDB, no more.

Two processes share the files; none of them looks at what a page says. An ingest measured in the
same run beside it tells how much the reading of the pages and the keeping of the promises cost.
"""

from __future__ import annotations

import argparse
import hashlib
import multiprocessing
import resource
import tempfile
import time
import zlib
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

FILES_PER_CHUNK = 1_000
GZIP_WINDOW = 31
_SCHEMA = pa.schema(
    [
        ("capture_id", pa.string()),
        ("payload_sha256", pa.string()),
        ("byte_length", pa.int64()),
        ("text", pa.string()),
    ]
)


@dataclass(frozen=True, slots=True)
class BaselineResult:
    """What the baseline did and how fast.

    Args:
        documents: Files read, and rows counted in DuckDB afterwards.
        bytes_read: Bytes of the files.
        seconds: Wall time from the listing of the files to the closed database.
        write_seconds: The part until the last Parquet file was written.
        load_seconds: The part that DuckDB took.
        peak_memory_bytes: The most that any one of the processes held.
    """

    documents: int
    bytes_read: int
    seconds: float
    write_seconds: float
    load_seconds: float
    peak_memory_bytes: int

    @property
    def documents_per_second(self) -> float:
        """Documents through the whole baseline in a second."""
        return self.documents / self.seconds


@dataclass(frozen=True, slots=True)
class _Done:
    """What one process reports of one piece of work."""

    documents: int
    bytes_read: int
    peak_memory_bytes: int


def run_baseline(corpus: Path, work: Path, processes: int = 2) -> BaselineResult:
    """Measures the baseline over the text files below `corpus`.

    Args:
        corpus: A folder with `.txt` files at any depth.
        work: A folder for the output; it is made when missing and must hold no earlier output.
        processes: How many processes read and write.

    Raises:
        ValueError: There are no text files below `corpus`.
        FileExistsError: `work` holds the output of an earlier run.
    """
    started = time.perf_counter()
    files = sorted(corpus.rglob("*.txt"))
    if not files:
        raise ValueError(f"no .txt files below {corpus}; make some with benchmarks.generate")
    for name in ("gzip", "parquet"):
        (work / name).mkdir(parents=True)
    chunks = [files[i : i + FILES_PER_CHUNK] for i in range(0, len(files), FILES_PER_CHUNK)]
    # Spawned, so that no process begins with its parent's memory.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, mp_context=context) as pool:
        done = list(pool.map(_write_chunk, range(len(chunks)), chunks, [work] * len(chunks)))
    written = time.perf_counter()
    with ProcessPoolExecutor(1, mp_context=context) as pool:
        loaded = pool.submit(_load, work).result()
    ended = time.perf_counter()
    if loaded.documents != len(files):
        raise RuntimeError(f"read {len(files)} files but DuckDB holds {loaded.documents} rows")
    return BaselineResult(
        documents=len(files),
        bytes_read=sum(part.bytes_read for part in done),
        seconds=ended - started,
        write_seconds=written - started,
        load_seconds=ended - written,
        peak_memory_bytes=max(part.peak_memory_bytes for part in [*done, loaded]),
    )


def _write_chunk(number: int, files: Sequence[Path], work: Path) -> _Done:
    """Reads, hashes and compresses the files, and writes them as one Parquet file."""
    rows: list[tuple[str, str, int, str]] = []
    with (work / "gzip" / f"{number:05d}.gz").open("wb") as packed:
        for file in files:
            payload = file.read_bytes()
            digest = hashlib.sha256(payload).hexdigest()
            packer = zlib.compressobj(1, zlib.DEFLATED, GZIP_WINDOW)
            packed.write(packer.compress(payload) + packer.flush())
            capture_id = hashlib.sha256(f"{digest}\n".encode()).hexdigest()
            rows.append((capture_id, digest, len(payload), payload.decode(errors="replace")))
    columns = [list(column) for column in zip(*rows, strict=True)]
    table = pa.Table.from_arrays(
        [pa.array(values, field.type) for values, field in zip(columns, _SCHEMA, strict=True)],
        schema=_SCHEMA,
    )
    pq.write_table(table, work / "parquet" / f"{number:05d}.parquet", compression="zstd")
    return _Done(len(files), sum(row[2] for row in rows), peak_memory_bytes())


def _load(work: Path) -> _Done:
    """Loads every Parquet file into one table of a new DuckDB database."""
    pattern = str(work / "parquet" / "*.parquet")
    with duckdb.connect(str(work / "baseline.duckdb")) as database:
        database.execute("CREATE TABLE captures AS SELECT * FROM read_parquet(?)", [pattern])
        counted = database.execute("SELECT count(*) FROM captures").fetchone()
    if counted is None:
        raise RuntimeError("DuckDB gave no count of the rows that were loaded")
    return _Done(int(counted[0]), 0, peak_memory_bytes())


def peak_memory_bytes() -> int:
    """Returns the most memory that this process has held, in bytes.

    Linux counts it per program in `/proc`; `getrusage` would count the parent's memory at the
    fork as this process's own, and serves only where there is no `/proc`.
    """
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    line = next(row for row in status.read_text().splitlines() if row.startswith("VmHWM:"))
    return int(line.split()[1]) * 1024


def main() -> None:
    """Runs the baseline from a command line and prints what it measured."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.baseline", description=__doc__)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--work", type=Path, help="default: a folder that is removed afterwards")
    parser.add_argument("--processes", type=int, default=2)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="baseline-") as scratch:
        work = given.work or Path(scratch)
        try:
            result = run_baseline(given.corpus, work, given.processes)
        except (FileExistsError, ValueError) as error:
            parser.error(str(error))
    print(
        f"{result.documents} documents, {result.bytes_read / 1e6:.0f} MB in {result.seconds:.1f} s "
        f"({result.write_seconds:.1f} s to Parquet, {result.load_seconds:.1f} s to DuckDB): "
        f"{result.documents_per_second:.0f} documents/s, "
        f"peak {result.peak_memory_bytes / 1e6:.0f} MB in one process"
    )


if __name__ == "__main__":
    main()
