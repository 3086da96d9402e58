"""The flow `care_pathway`: wakes what is due, decides, and makes every move from what was recorded.

One run carries a cohort, not a client; its graph reads as the pathway. Nothing but names of stages, counts, ids and
times goes to Prefect.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from prefect import flow, task
from prefect.artifacts import create_table_artifact
from prefect.cache_policies import NO_CACHE
from prefect.runtime import flow_run
from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings

from flows import house, walking
from flows.walking import Call, Tally
from models.people import Actor
from services import clock
from services.deciding import ENGINE_ID
from services.store.claims import Cohort
from services.store.database import Database


@task(name="cohort", task_run_name="{label} ×{size}", persist_result=False, cache_policy=NO_CACHE, retries=2)
def work_off(label: str, size: int, call: Call) -> Tally:  # noqa: ARG001 - they name the task run
    """Work off one cohort."""
    return call()


@flow(name="care-pathway", flow_run_name="{trigger}", persist_result=False, validate_parameters=False)
def care_pathway(trigger: str = "wake", at: datetime | None = None) -> dict[str, int]:  # noqa: ARG001 - names the run
    """Pass over all that is due: reassessments first, then stage by stage. Returns counts by cohort."""
    moment = at or clock.now()
    tally = walking.walk(house.database(), at=moment, actor=engine("flow"), do=_as_task)
    if tally.moved:
        _show(tally)
    return dict(tally.passed)


@contextmanager
def in_process() -> Iterator[None]:
    """Let flows be called here and now. Heartbeats would make each call last a second, and our runs last less."""
    with temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}):
        yield


def call_in_process(trigger: str, *, at: datetime | None = None) -> dict[str, int]:
    """Call the flow once, here and now."""
    with in_process():
        return care_pathway(trigger, at)


def call_directly(database: Database, *, at: datetime) -> Tally:
    """Make the same walk without Prefect, and let the audit say so."""
    return walking.walk(database, at=at, actor=engine("worker"))


def engine(via: str) -> Actor:
    """Return how the audit names the engine, with the run it works in."""
    run = flow_run.get_id() if via == "flow" else None
    return Actor(
        id=ENGINE_ID,
        role="engine",
        via="flow" if via == "flow" else "worker",
        run_id=UUID(run) if run else None,
    )


def _as_task(cohort: Cohort, call: Call) -> Tally:
    return work_off(walking.label(cohort), cohort.size, call)


def _show(tally: Tally) -> None:
    rows = [
        {"from": start, "to": end, "clients": count} for (start, end), count in sorted(tally.moved.items())
    ]
    create_table_artifact(rows, key="moves", description="Moves of this run, by stage")
