"""The flows that Prefect itself schedules: the sweep is the backstop and the clock, housekeeping tidies."""

import tempfile
from datetime import timedelta
from pathlib import Path
from typing import cast

from prefect import serve
from prefect.deployments.runner import RunnerDeployment

from flows.care_pathway import care_pathway
from flows.housekeeping import housekeeping

SWEEP_EVERY = timedelta(minutes=1)
HOUSEKEEPING_EVERY = timedelta(hours=1)


def serve_flows(scratch: Path) -> None:
    """Serve until interrupted. `scratch` takes the runner's storage, which users of one machine would else share."""
    scratch.mkdir(mode=0o700, parents=True, exist_ok=True)
    tempfile.tempdir = str(scratch)
    sweep = care_pathway.to_deployment(
        "reassessment-sweep", interval=SWEEP_EVERY, parameters={"trigger": "sweep"}
    )
    tidy = housekeeping.to_deployment("housekeeping", interval=HOUSEKEEPING_EVERY)
    serve(cast(RunnerDeployment, sweep), cast(RunnerDeployment, tidy), print_starting_message=False)
