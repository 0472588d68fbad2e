"""What a service runs, and when: each flow with its schedule, one run of each at a time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy
from prefect.deployments.runner import RunnerDeployment
from prefect.schedules import Cron, Interval, Schedule
from prefect.types.entrypoint import EntrypointType

from flows.serving import flows
from flows.serving.automations import TAG
from flows.serving.settings import Settings, parse_duration
from warehouse.home import Home


def deployments(settings: Settings, home: Home) -> list[RunnerDeployment]:
    """Returns the deployments of a service; fetching only where there is a list of addresses."""
    webhook = settings["notify.webhook"]
    common = {"data": str(home.root), "webhook": webhook}
    floor = settings.table("floors")
    ingest = {
        **common,
        "inbox_folder": str(settings.inbox),
        "workers": settings["workers"] or None,
        "min_age": settings["min_age"].total_seconds(),
        "floor": floor,
        "limits": settings.table("limits"),
    }
    verify = {**common, "budget": settings["verify.budget"] or None}
    served = [
        _deployment(flows.ingest_inbox, "inbox", settings, "ingest", ingest),
        _deployment(flows.audit, "verify", settings, "verify", verify),
        _deployment(flows.compact, "compact", settings, "compact", common),
        _deployment(flows.search_index, "search-index", settings, "search_index", common),
    ]
    if settings.watch_list is not None:
        fetch = {**common, "watch_list": str(settings.watch_list)}
        served.append(_deployment(flows.fetch_watch_list, "watch-list", settings, "fetch", fetch))
    return served


def schedule_of(settings: Settings, name: str) -> Schedule | None:
    """Returns a schedule; None where runs begin on demand alone."""
    words: str = settings[f"schedules.{name}"]
    if not words:
        return None
    timezone = settings["schedules.timezone"]
    if " " in words:
        return Cron(words, timezone=timezone)
    every: timedelta = parse_duration(words)
    return Interval(every, timezone=timezone)


def _deployment(
    flow: Any, name: str, settings: Settings, schedule: str, parameters: dict[str, Any]
) -> RunnerDeployment:
    # A run that finds another of its kind at work is not wanted: the next will do what is left.
    limit = ConcurrencyLimitConfig(limit=1, collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW)
    made: RunnerDeployment = flow.to_deployment(
        name=name,
        schedule=schedule_of(settings, schedule),
        parameters=parameters,
        tags=[TAG, schedule],
        concurrency_limit=limit,
        entrypoint_type=EntrypointType.MODULE_PATH,
    )
    return made
