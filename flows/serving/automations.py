"""The rule by which a run whose process died is marked crashed: no heartbeat for some time.

A process that is killed together with the service cannot say that it ended; its run would be
running for ever. Prefect's flows beat every 30 seconds, the least that it allows.
"""

from __future__ import annotations

from datetime import timedelta

from prefect.automations import Automation
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterParentFlowRunId,
    FlowRunFilterState,
    FlowRunFilterStateType,
    FlowRunFilterTags,
)
from prefect.client.schemas.objects import StateType
from prefect.events.actions import ChangeFlowRunState
from prefect.events.schemas.automations import EventTrigger, Posture
from prefect.states import Crashed

TAG = "refworld"
NAME = "refworld: mark runs crashed whose process died"
HEARTBEAT_SECONDS = 30
_SILENCE = timedelta(seconds=3 * HEARTBEAT_SECONDS)
_BEAT = "prefect.flow-run.heartbeat"
_ENDS = {f"prefect.flow-run.{state}" for state in ("Completed", "Failed", "Cancelled", "Crashed")}


def install() -> None:
    """Installs the rule on the server that is configured; one that stands there is left alone."""
    with get_client(sync_client=True) as client:
        answer = client._client.post("/automations/filter", json={"limit": 200})
        answer.raise_for_status()
        if all(rule["name"] != NAME for rule in answer.json()):
            made = _rule().model_dump(mode="json", exclude_unset=True)
            client._client.post("/automations/", json=made).raise_for_status()


def end_orphans() -> int:
    """Marks as crashed what a killed service has left running, and returns how many runs that is.

    Its processes died with it; what they held, the right to be the only run of their kind, is free
    again at once. To be called by the one service of a data home.
    """
    open_states = FlowRunFilterStateType(any_=[StateType.RUNNING, StateType.PENDING])
    state = FlowRunFilterState(type=open_states)
    with get_client(sync_client=True) as client:
        mine = FlowRunFilter(state=state, tags=FlowRunFilterTags(all_=[TAG]))
        orphans = client.read_flow_runs(flow_run_filter=mine)
        if orphans:
            parents = FlowRunFilterParentFlowRunId(any_=[run.id for run in orphans])
            within = FlowRunFilter(state=state, parent_flow_run_id=parents)
            orphans += client.read_flow_runs(flow_run_filter=within)
        for run in orphans:
            crashed = Crashed(message="the service that started it was killed")  # type: ignore[var-annotated]
            client.set_flow_run_state(run.id, crashed, force=True)
    return len(orphans)


def _rule() -> Automation:
    trigger = EventTrigger(
        after={_BEAT},
        expect={_BEAT, *_ENDS},
        match={"prefect.resource.id": ["prefect.flow-run.*"]},
        for_each={"prefect.resource.id"},
        posture=Posture.Proactive,
        threshold=1,
        within=_SILENCE,
    )
    crashed = ChangeFlowRunState(
        state=StateType.CRASHED, name=None, message="its process gave no more sign", force=False
    )
    return Automation(name=NAME, trigger=trigger, actions=[crashed])
