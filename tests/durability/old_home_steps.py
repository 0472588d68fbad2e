"""What is done to a home with newer code, in a process that has imported it; tells it as JSON.

`python -m tests.durability.old_home_steps HOME SOURCES FRESH`
"""

from __future__ import annotations

import json
import sys
from contextlib import closing, redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

from benchmarks.plain import ingest_plainly
from flows.auditing import audit, report_lines
from flows.looking.opened import opened
from flows.pace import Pace
from flows.progress import progress_for
from transforms.reading import read
from warehouse.archive import read_warc
from warehouse.commits import commit, stage
from warehouse.digests import content_digests
from warehouse.home import Home
from warehouse.query import open_database

_NEW_VALUES = (
    "SELECT (SELECT list(DISTINCT shelf) FROM captures), (SELECT list(DISTINCT edition) FROM "
    "documents), (SELECT list(DISTINCT line_count) FROM blocks), (SELECT count(*) FROM marks), "
    "(SELECT list(DISTINCT spoken_count ORDER BY spoken_count) FROM runs), "
    "(SELECT list(DISTINCT edition) FROM superseded_readings), "
    "(SELECT list(DISTINCT edition) FROM documents_in_snapshot(1))"
)


def audited(home: Home) -> dict[str, Any]:
    """Returns what an audit says; it publishes its record."""
    report = audit(home, Pace(None, None), {}, progress_for(None)).report
    return {"faults": len(report.faults), "said": list(report_lines(report))}


def asked(home: Home) -> list[Any]:
    """Returns what the new columns hold."""
    with closing(open_database(home)) as database:
        return list(database.execute(_NEW_VALUES).fetchone() or ())


def refused(home: Home) -> str:
    """Returns what a person is told who asks for a column that the database does not have yet."""
    told = StringIO()
    try:
        with redirect_stderr(told), opened(home) as database:
            database.execute("SELECT shelf FROM captures")
    except SystemExit:
        pass
    return told.getvalue()


def main(root: str, sources: str, fresh: str) -> dict[str, Any]:
    """Opens, audits, ingests into, and audits again a home of an older schema."""
    home = Home(Path(root))
    told: dict[str, Any] = {"refused": refused(home), "before": audited(home)}
    told["loaded_as_it_is"] = asked(home)
    told["still_older"] = audited(home)
    ingest_plainly(sources, home, 1)
    told["migrated"] = asked(home)
    told["after"] = audited(home)
    told["is_as_fresh"] = content_digests(home) == fresh_digests(home, Home(Path(fresh)))
    return told


def fresh_digests(home: Home, fresh: Home) -> dict[str, str]:
    """Returns the digests of a home that newer code has made of the same captures."""
    captures = [c for path in sorted(home.archive.iterdir()) for _, c in read_warc(path)]
    commit(fresh, stage(fresh, captures, [read(capture) for capture in captures], "fresh"))
    return content_digests(fresh)


if __name__ == "__main__":
    with redirect_stdout(sys.stderr):
        found = main(*sys.argv[1:])
    print(json.dumps(found))
