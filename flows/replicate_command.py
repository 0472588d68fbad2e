"""`refworld replicate DEST`: a second copy of archive and lake, verified on arrival."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator

import typer

from flows.auditing import fault_lines
from flows.failures import explained
from flows.outcomes import ALL_WELL, RUN_FAILED
from flows.printable import complain, printable
from flows.progress import progress_for
from flows.quantities import counted, human_bytes
from flows.recorded import recorded
from flows.reference import reference_rows
from flows.run import Progress
from warehouse.commits import recover
from warehouse.database import publish
from warehouse.events import seal_events
from warehouse.home import Home
from warehouse.lock import writer_lock
from warehouse.replication import NoPlaceForCopy, Replicated, check_destination, replicate

_SHOWN = 20


def replicate_command(home: Home, copy: Home) -> int:
    """Brings the copy up to the home, says what it did; returns 0, or 2 for anything damaged.

    The home's writer lock is held meanwhile: a rebuild would change tables and commits under it.
    """
    progress = progress_for(sys.stderr)
    if not home.root.is_dir():
        complain(f"There is no data home at {printable(str(home.root))}.")
        return RUN_FAILED
    try:
        done = _replicate(home, copy, progress)
    except NoPlaceForCopy as error:
        complain(f"Nothing was copied: {error}.")
        return RUN_FAILED
    except (Exception, KeyboardInterrupt) as error:
        progress.end()
        complain(f"The copy is not complete. {explained(error, home)}")
        return RUN_FAILED
    progress.end()
    typer.echo("\n".join(_lines(done, copy)))
    return RUN_FAILED if done.faults else ALL_WELL


def _replicate(home: Home, copy: Home, progress: Progress) -> Replicated:
    check_destination(home, copy)
    with (
        writer_lock(home, wait=True, on_wait=progress.say),
        writer_lock(copy, wait=True, on_wait=progress.say),
    ):
        recover(copy)
        with recorded(home, "replicate", {"destination": printable(str(copy.root))}) as record:
            seal_events(home)
            progress.begin("Copying")
            done = replicate(home, copy, record.run_id, progress.advance)
            record.exit_code = RUN_FAILED if done.faults else ALL_WELL
        publish(home, reference_rows())
    return done


def _lines(done: Replicated, copy: Home) -> Iterator[str]:
    say: Callable[[str], str] = printable
    yield (
        f"Copied {counted(done.copied_count, 'file')} ({human_bytes(done.copied_bytes)}) to "
        f"{say(str(copy.root))}, each read again there; "
        f"{counted(done.present_count, 'file')} were there and sound."
    )
    for place in done.extras[:_SHOWN]:
        yield f"NOTE only the copy has {say(place)}; it is left alone."
    if len(done.extras) > _SHOWN:
        yield f"NOTE and {len(done.extras) - _SHOWN} more."
    for fault in done.faults:
        yield from fault_lines(fault)
    if done.faults:
        yield f"{counted(len(done.faults), 'fault')} in the home; what is damaged was not copied."
    else:
        yield "The copy is whole."
