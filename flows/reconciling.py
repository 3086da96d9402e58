"""Reconciliation: prove that no reassessment came due unhandled since the last run; a gap makes the run fail, and wakes."""

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed

from flows import house
from flows.care_pathway import engine
from services import clock, reconciling
from services.access import EVERYWHERE


@flow(name="reconcile", flow_run_name="reconcile", persist_result=False)
def reconcile() -> State[None]:
    """Look for what was missed; counts only."""
    with house.database().transaction(EVERYWHERE) as work:
        missed = reconciling.reconcile(work, actor=engine("flow"), at=clock.now())
    if missed:
        return Failed(message=f"missed: {len(missed)}; each is woken, and its record says so")
    return Completed(message="nothing was missed")
