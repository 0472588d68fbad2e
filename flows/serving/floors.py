"""Floors: a run that suddenly reads less than the one before it is an alarm.

A parser that no longer finds a publisher raises no error; the share of documents that have one
falls. Each run with enough new documents is compared with the last one that was good.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from prefect.artifacts import create_markdown_artifact
from prefect.events import emit_event
from prefect.runtime import flow_run

from warehouse import disk
from warehouse.home import Home
from warehouse.watching import run_rates

BROKEN = "refworld.floor.broken"


@dataclass(frozen=True, slots=True)
class Floor:
    """How far a run may fall below the last good one.

    Args:
        action: `warn` or `fail`.
        fall: By how much the share of new documents with a value may be lower, 0 to 1.
        least_documents: Runs with fewer new documents are neither compared nor held up as good.
    """

    action: str
    fall: float
    least_documents: int


def check(home: Home, run_id: str, floor: Floor) -> tuple[str, ...]:
    """Returns in words each value of which a run brought too little; none when all is well.

    A run that is well becomes what the next is compared with.
    """
    rates = run_rates(home, run_id)
    if rates["documents"] < floor.least_documents:
        return ()
    path = home.root / "floors.json"
    try:
        good: dict[str, float] = json.loads(path.read_bytes())
    except (OSError, ValueError):
        good = {}
    broken = tuple(
        f"{name}: {100 * rates[name]:.0f} % of new documents, {100 * good[name]:.0f} % before"
        for name in sorted(set(good) & set(rates) - {"documents"})
        if rates[name] < good[name] - floor.fall
    )
    if not broken:
        disk.write_whole(path, json.dumps(rates, sort_keys=True).encode())
    return broken


def show(broken: Sequence[str]) -> None:
    """Shows in Prefect what fell below a floor, and emits the event `refworld.floor.broken`."""
    create_markdown_artifact(
        key="floors",
        markdown="# Below a floor\n\n" + "\n".join(f"- {words}" for words in broken)
        + "\n\nLook at some of the new documents: has the page changed, or the reading of it? "
        "`refworld sql` with the recipe `fill_rates` shows the shares by layout.",
        description="Values that new documents have less often than those of the last good run.",
    )  # fmt: skip
    emit_event(
        event=BROKEN,
        resource={"prefect.resource.id": f"prefect.flow-run.{flow_run.id}"},
        payload={"broken": list(broken)},
    )
