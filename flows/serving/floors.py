"""Floors: a run that suddenly reads less than the one before it is an alarm.

A parser that no longer finds a publisher raises no error; the share of documents that have one
falls. Each run with enough new documents is compared with the last one that was good.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

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
        fall: By how much the share of new documents with a value may be lower, 0 to 1; and by what
            share of itself the mean number of blocks and statements may be.
        least_documents: Runs with fewer new documents are neither compared nor held up as good.
    """

    action: str
    fall: float
    least_documents: int


def check(home: Home, run_id: str, floor: Floor) -> tuple[str, ...]:
    """Returns in words each value of which a run brought too little; none when all is well.

    Runs are compared in all and layout by layout, each where it brought enough documents. What was
    well becomes what the next run is compared with.
    """
    path = home.root / "floors.json"
    good = _last_good(path)
    broken: list[str] = []
    for layout, rates in sorted(run_rates(home, run_id).items()):
        if rates["documents"] < floor.least_documents:
            continue
        fallen = _fallen(good.get(layout, {}), rates, floor.fall)
        broken += [f"{layout}: {words}" if layout else words for words in fallen]
        if not fallen:
            good[layout] = rates
    disk.write_whole(path, json.dumps(good, sort_keys=True).encode())
    return tuple(broken)


def _last_good(path: Path) -> dict[str, dict[str, float]]:
    try:
        kept = json.loads(path.read_bytes())
        return {str(layout): dict(rates) for layout, rates in kept.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}  # lost: the next run is what those after it are compared with


def _fallen(good: Mapping[str, float], rates: Mapping[str, float], fall: float) -> list[str]:
    """Returns in words what fell: a share by more than `fall`, a mean by more than that of it."""
    found = []
    for name in sorted(set(good) & set(rates) - {"documents"}):
        before, now = good[name], rates[name]
        if name.endswith("_each") and now < before * (1 - fall):
            what = name.removesuffix("_each")
            found.append(f"{now:.1f} {what} in a new document, {before:.1f} before")
        elif not name.endswith("_each") and now < before - fall:
            found.append(f"{name}: {100 * now:.0f} % of new documents, {100 * before:.0f} % before")
    return found


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
