"""`refworld compact`: small batches put together in fewer files, the archive untouched."""

from __future__ import annotations

import sys

import typer

from flows.compacting import compact_home, compaction_faults, compaction_words
from flows.failures import explained
from flows.outcomes import ALL_WELL, RUN_FAILED
from flows.printable import complain, printable
from flows.progress import progress_for
from warehouse.home import Home


def compact_command(home: Home) -> int:
    """Compacts a home, says what it did; returns 0, or 2 where it failed or tables are damaged."""
    progress = progress_for(sys.stderr)
    if not home.root.is_dir():
        complain(f"There is no data home at {printable(str(home.root))}.")
        return RUN_FAILED
    try:
        done = compact_home(home, progress)
    except (Exception, KeyboardInterrupt) as error:
        progress.end()
        complain(f"The compaction failed; what was there stands. {explained(error, home)}")
        return RUN_FAILED
    progress.end()
    words = compaction_words(done)
    typer.echo(f"{words[0].upper()}{words[1:]}.")
    for line in compaction_faults(done):
        typer.echo(line)
    return RUN_FAILED if done.faults else ALL_WELL
