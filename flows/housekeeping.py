"""Housekeeping: runs whose process died are marked crashed, so that what Prefect shows is true."""

from datetime import timedelta

from prefect import flow
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterStartTime,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import StateType
from prefect.states import Crashed

from services import clock

STALE_AFTER = timedelta(minutes=10)
"""Our runs last seconds."""


@flow(name="housekeeping", flow_run_name="housekeeping", persist_result=False)
def housekeeping() -> int:
    """Mark runs that claim to run for too long as crashed; return how many."""
    stale = FlowRunFilter(
        state=FlowRunFilterState(type=FlowRunFilterStateType(any_=[StateType.RUNNING, StateType.PENDING])),
        start_time=FlowRunFilterStartTime(before_=clock.now() - STALE_AFTER),
    )
    with get_client(sync_client=True) as client:
        runs = client.read_flow_runs(flow_run_filter=stale)
        for run in runs:
            client.set_flow_run_state(run.id, Crashed(message="its process is gone"), force=True)
    return len(runs)
