"""The flows that Prefect schedules: the sweep is backstop and clock, reconcile watches it, housekeeping tidies."""

import tempfile
from datetime import timedelta
from pathlib import Path
from typing import cast

from prefect import serve
from prefect.deployments.runner import RunnerDeployment

from flows.care_pathway import care_pathway
from flows.housekeeping import housekeeping
from flows.reconciling import reconcile

SWEEP_EVERY = timedelta(minutes=1)
RECONCILE_EVERY = timedelta(minutes=10)
HOUSEKEEPING_EVERY = timedelta(hours=1)


def serve_flows(scratch: Path) -> None:
    """Serve until interrupted. `scratch` takes the runner's storage, which users of one machine would else share."""
    scratch.mkdir(mode=0o700, parents=True, exist_ok=True)
    tempfile.tempdir = str(scratch)
    sweep = care_pathway.to_deployment(
        "reassessment-sweep", interval=SWEEP_EVERY, parameters={"trigger": "sweep"}
    )
    tidy = housekeeping.to_deployment("housekeeping", interval=HOUSEKEEPING_EVERY)
    watch = reconcile.to_deployment("reconcile", interval=RECONCILE_EVERY)
    served = (cast(RunnerDeployment, one) for one in (sweep, watch, tidy))
    serve(*served, print_starting_message=False)
