"""One reader of the published database, as a process of its own: asks in a loop and keeps count.

python -m tests.durability.reader KIND DATABASE STOP ends when the file STOP is there, and prints
what it saw as JSON. DuckDB itself lets either one process that may write or many that may not open
a file; whom it turns away for that comes again.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path

import duckdb

KINDS = ("python read-only", "python default", "duckdb -readonly", "duckdb default")
CLI = Path(sys.executable).with_name("duckdb")
LOCKED = "Could not set lock on file"
# One row: whatever is published together must be seen together.
QUERY = (
    "SELECT (SELECT count(*) FROM captures) AS captures,"
    " (SELECT sum(new_count)::BIGINT FROM runs) AS new,"
    " (SELECT sum(capture_count)::BIGINT FROM batches) AS batched,"
    " (SELECT capture_count FROM current_snapshot) AS snapshot,"
    " (SELECT count(DISTINCT capture_id) FROM blocks) AS in_blocks,"
    " (SELECT count(*) FROM runs) AS runs"
)

Row = dict[str, int]


@dataclass(slots=True)
class Seen:
    """What a reader saw."""

    kind: str
    query_count: int = 0
    refused_count: int = 0
    run_counts: list[int] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def note(self, rows: list[Row]) -> None:
        """Counts what one connection gave, which must be of one run, and of no earlier one."""
        self.query_count += len(rows)
        counts = {row[name] for row in rows for name in row if name != "runs"}
        runs = {row["runs"] for row in rows}
        if len(counts) != 1 or len(runs) != 1:
            self.errors.append(f"mixed: {rows}")
        elif self.run_counts and rows[0]["runs"] < self.run_counts[-1]:
            self.errors.append(f"{rows[0]['runs']} runs after {self.run_counts[-1]}")
        elif not self.run_counts or rows[0]["runs"] > self.run_counts[-1]:
            self.run_counts.append(rows[0]["runs"])


class Refused(Exception):
    """DuckDB's lock: another reader has the file open, and one of the two may write."""


def ask_python(path: Path, read_only: bool, pause: float) -> list[Row]:
    """Asks twice in one connection, with a pause between."""
    try:
        with duckdb.connect(str(path), read_only=read_only) as connection:
            first = row_of(connection)
            time.sleep(pause)
            return [first, row_of(connection)]
    except duckdb.IOException as error:
        if LOCKED in str(error):
            raise Refused from error
        raise


def row_of(connection: duckdb.DuckDBPyConnection) -> Row:
    """Returns the one row of the question."""
    cursor = connection.execute(QUERY)
    (row,) = cursor.fetchall()
    return dict(zip([column[0] for column in cursor.description or []], row, strict=True))


def ask_command(path: Path, read_only: bool) -> list[Row]:
    """Asks twice in one call of DuckDB's own command."""
    command = [str(CLI), *(["-readonly"] if read_only else []), "-jsonlines", str(path)]
    done = subprocess.run(
        [*command, "-c", f"{QUERY}; {QUERY};"], capture_output=True, text=True, check=False
    )
    if done.returncode and LOCKED in done.stderr:
        raise Refused
    if done.returncode or done.stderr:
        raise RuntimeError(done.stderr)
    return [json.loads(line) for line in done.stdout.splitlines()]


def read_until(stop: Path, path: Path, kind: str) -> Seen:
    """Asks again and again, each time in a new connection."""
    seen, chance = Seen(kind), random.Random()
    read_only = not kind.endswith("default")
    while not stop.exists():
        try:
            rows = (
                ask_python(path, read_only, chance.uniform(0, 0.02))
                if kind.startswith("python")
                else ask_command(path, read_only)
            )
            seen.note(rows)
        except Refused:
            seen.refused_count += 1
        except Exception as error:
            seen.errors.append(repr(error))
        time.sleep(chance.uniform(0.02, 0.2))
    return seen


def stay_until(stop: Path, path: Path, read_only: bool) -> Seen:
    """Keeps one connection, which must give the same answer to the end."""
    seen = Seen("stays, read-only" if read_only else "stays, default")
    with duckdb.connect(str(path), read_only=read_only) as connection:
        print("open", flush=True)
        while not stop.exists():
            seen.note([row_of(connection)])
            time.sleep(0.1)
        seen.note([row_of(connection)])
    if len(seen.run_counts) != 1:
        seen.errors.append(f"did not keep its snapshot: {seen.run_counts}")
    return seen


def main() -> None:
    """Reads as the arguments say and prints what was seen."""
    kind, path, stop = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    if kind in KINDS:
        print("open", flush=True)
        seen = read_until(stop, path, kind)
    else:
        seen = stay_until(stop, path, read_only=kind == "stays, read-only")
    print(json.dumps(asdict(seen)))


if __name__ == "__main__":
    main()
