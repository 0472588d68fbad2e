"""Sources that hold many captures, opened: each form by the module that knows it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from flows.intake.columns import open_columns
from flows.intake.forms import COLUMNS, PACKAGE, PACKED, RECORDS, ROWS
from flows.intake.opened import Opened
from flows.intake.options import Options
from flows.intake.packages import open_package
from flows.intake.packed_pages import open_packed
from flows.intake.pages import entry_issue, hash_file, reading_failure
from flows.intake.rows import open_rows
from flows.intake.walk import Found
from flows.intake.webarchives import open_records

_OPENERS: dict[str, Callable[[Found, Path, Options], Opened]] = {
    ROWS: open_rows,
    RECORDS: open_records,
    PACKAGE: open_package,
    PACKED: open_packed,
    COLUMNS: open_columns,
}


def open_source(source: Found, spool: str, options: Options) -> Opened:
    """Returns a source opened; runs in a worker.

    Args:
        source: The file, of any form but a page.
        spool: A path of its own below the run's staging folder, for what is unpacked: a file, or
            a folder that the opener makes. Names from within a source are never used there.
        options: How it is to be taken in.

    Raises OSError when there is no space or permission to unpack; what goes wrong with the source
    itself is said in the result.
    """
    try:
        if source.entry.sha256 is not None:
            byte_length, sha256 = hash_file(source.path)
            code, words = entry_issue(source.entry, sha256)
            if code == "digest_mismatch":
                return Opened(lost_bytes=byte_length, issue_code=code, words=words)
    except OSError as error:
        code, words = reading_failure(error)
        return Opened(issue_code=code, words=words)
    return _OPENERS[source.form.kind](source, Path(spool), options)
