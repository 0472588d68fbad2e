"""The publishing of a run, in a process of its own: its memory is not on top of the run's.

The draft of the next database lives here from call to call. It is begun with the run and loads
what is committed while other batches are still being read; what goes wrong before the end costs
only the work done so far, because the end begins it again and tells.
"""

from __future__ import annotations

from contextlib import suppress

from flows.reference import reference_rows
from warehouse.database import Draft, Published, publish
from warehouse.home import Home

_drafts: list[Draft] = []


def begin(home: Home) -> None:
    """Begins the draft, with a copy of what is published."""
    with suppress(Exception):
        _drafts.append(Draft(home, reference_rows()))
    extend()


def extend() -> None:
    """Loads what was committed since."""
    for draft in _drafts:
        try:
            draft.extend()
        except Exception:
            _drop()


def finish(home: Home) -> Published:
    """Loads what is lacking, checks and publishes; raises what `publish` raises."""
    try:
        return _drafts[0].publish() if _drafts else publish(home, reference_rows())
    finally:
        _drop()


def _drop() -> None:
    while _drafts:
        with suppress(Exception):
            _drafts.pop().close()
