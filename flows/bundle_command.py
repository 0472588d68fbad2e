"""`refworld bundle`: documents with all that proves what is said of them, for a stranger."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import typer

from flows.evidence.package import write_package
from flows.looking.opened import opened
from flows.outcomes import ALL_WELL
from flows.printable import printable
from flows.quantities import counted, human_bytes
from warehouse.home import Home


def bundle_command(home: Home, document_ids: Sequence[str], out: Path, url: str | None) -> int:
    """Writes an evidence package and returns the exit code; where it fails, nothing is written.

    Args:
        home: The data home.
        document_ids: The documents.
        out: The zip file.
        url: Server that is asked for a time stamp (RFC 3161); None for none.
    """
    with opened(home) as database:
        file_count = write_package(home, database, document_ids, out, url)
    size = human_bytes(out.stat().st_size)
    typer.echo(f"Wrote {counted(file_count, 'file')} ({size}) to {printable(str(out))}.")
    typer.echo("It has been checked as README.txt in it says: unpack, then python3 verify.py.")
    return ALL_WELL
