"""What deploy/ starts exists: flows that import, schedules that are the served ones, commands and settings of ours."""

import shlex
from datetime import timedelta
from importlib import import_module
from typing import Any

from ruamel.yaml import YAML
from typer.main import get_command

from services.settings import Settings
from tests.house.tree import ROOT


def _read(name: str) -> dict[str, Any]:
    return YAML(typ="safe").load(ROOT / "deploy" / name)  # type: ignore[no-any-return]


def test_deployments_are_those_that_are_served() -> None:
    from flows import serving

    deployed = {}
    for one in _read("prefect.yaml")["deployments"]:
        module, _, flow = one["entrypoint"].rpartition(".")
        [schedule] = one["schedules"]
        name = f"{getattr(import_module(module), flow).name}/{one['name']}"
        deployed[name] = timedelta(seconds=schedule["interval"]), one.get("parameters", {})
    assert deployed == {
        "care-pathway/reassessment-sweep": (serving.SWEEP_EVERY, {"trigger": "sweep"}),
        "reconcile/reconcile": (serving.RECONCILE_EVERY, {}),
        "housekeeping/housekeeping": (serving.HOUSEKEEPING_EVERY, {}),
    }


def test_deployments_and_served_flows_have_the_same_names() -> None:
    served = (ROOT / "flows" / "serving.py").read_text()
    assert [
        one["name"] for one in _read("prefect.yaml")["deployments"] if f'"{one["name"]}"' not in served
    ] == []


def test_scheduled_runs_are_named_after_what_they_do() -> None:
    from flows.care_pathway import care_pathway
    from flows.housekeeping import housekeeping
    from flows.reconciling import reconcile

    named = [one.flow_run_name for one in (care_pathway, reconcile, housekeeping)]
    assert named == ["{trigger}", "reconcile", "housekeeping"]


def test_the_parts_are_started_by_commands_that_exist() -> None:
    from services.cli.app import app

    known: dict[str, Any] = get_command(app).commands  # type: ignore[attr-defined]
    lines = [
        shlex.split(part["command"])
        for part in _read("compose.yaml")["services"].values()
        if "command" in part
    ]
    ours = [words[1:] for words in lines if words[0] == "stepdown"]
    assert ours
    for command, *options in ours:
        taken = {name for option in known[command].params for name in option.opts}
        assert {word for word in options if word.startswith("--")} <= taken


def test_the_parts_are_given_settings_that_exist() -> None:
    parts = _read("compose.yaml")["services"].values()
    given = {name for part in parts for name in part.get("environment", {}) if name.startswith("STEPDOWN_")}
    assert given
    assert given <= {f"STEPDOWN_{name.upper()}" for name in Settings.model_fields}
