"""`refworld export DEST`: archive and lake as a BagIt bag that other programs can check."""

from __future__ import annotations

import logging
import sys
from datetime import datetime
from pathlib import Path

import typer

from flows.auditing import fault_lines
from flows.failures import explained
from flows.intake.times import now
from flows.outcomes import ALL_WELL, RUN_FAILED
from flows.printable import complain, printable
from flows.progress import progress_for
from flows.quantities import counted, human_bytes
from flows.recorded import recorded
from flows.reference import reference_rows
from flows.run import Progress
from warehouse import disk
from warehouse.bag import DECLARATION, PAYLOAD, TAG_FILES, write_bag
from warehouse.commits import recover
from warehouse.database import publish
from warehouse.events import seal_events
from warehouse.home import Home
from warehouse.lock import writer_lock
from warehouse.replication import NoPlaceForCopy, Replicated, check_destination, replicate

_SOFTWARE = "refworld-archive"


def export_command(home: Home, folder: Path, organization: str | None) -> int:
    """Writes the bag and checks it with the library `bagit`; returns 0, or 2 when it is none."""
    progress = progress_for(sys.stderr)
    if not home.root.is_dir():
        complain(f"There is no data home at {printable(str(home.root))}.")
        return RUN_FAILED
    try:
        done, file_count = _export(home, folder, organization, progress)
    except NoPlaceForCopy as error:
        complain(f"Nothing was exported: {error}.")
        return RUN_FAILED
    except (Exception, KeyboardInterrupt) as error:
        progress.end()
        complain(f"The bag is not complete. {explained(error, home)}")
        return RUN_FAILED
    progress.end()
    if done.faults:
        typer.echo("\n".join(line for fault in done.faults for line in fault_lines(fault)))
        complain("No bag was made of a home that is damaged; `refworld repair` may heal it.")
        return RUN_FAILED
    size = human_bytes(done.copied_bytes)
    typer.echo(f"Wrote a bag of {counted(file_count, 'file')} ({size} copied) to {folder}.")
    typer.echo("bagit has validated it; `sha256sum -c manifest-sha256.txt` in it does so as well.")
    return ALL_WELL


def _export(
    home: Home, folder: Path, organization: str | None, progress: Progress
) -> tuple[Replicated, int]:
    payload = Home(folder / PAYLOAD)
    _check_folder(home, folder)
    with writer_lock(home, wait=True, on_wait=progress.say):
        with recorded(home, "export", {"destination": printable(str(folder))}) as record:
            seal_events(home)
            disk.make_folder(payload.root)
            recover(payload)
            progress.begin("Copying")
            done = replicate(home, payload, record.run_id, progress.advance)
            disk.remove_tree(payload.staging)
            record.exit_code = RUN_FAILED if done.faults else ALL_WELL
            file_count = 0 if done.faults else write_bag(folder, _info(now(), organization))
            if file_count:
                progress.begin("Validating")
                _validate(folder)
        publish(home, reference_rows())
    return done, file_count


def _check_folder(home: Home, folder: Path) -> None:
    """Takes a free folder, or one that an export which was killed has begun."""
    check_destination(home, Home(folder / PAYLOAD))
    names = {path.name for path in folder.glob("*") if not path.name.endswith(".draft")}
    if DECLARATION in names or names - {PAYLOAD, *TAG_FILES}:
        raise NoPlaceForCopy(f"{folder} is not empty; give a new folder")


def _info(made_at: datetime, organization: str | None) -> dict[str, str]:
    info = {
        "Bagging-Date": made_at.date().isoformat(),
        "Bag-Software-Agent": _SOFTWARE,
        "External-Description": "A data home: archive (WARC) and lake (Parquet).",
    }
    return {**info, "Source-Organization": organization} if organization else info


def _validate(folder: Path) -> None:
    import bagit

    logging.getLogger("bagit").setLevel(logging.ERROR)
    bagit.Bag(str(folder)).validate()
