"""deploy/compose.yaml speaks only of settings that exist, and tells Prefect what `stepdown up` tells it."""

from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from services.settings import Settings, prefect_environment

COMPOSE: dict[str, Any] = YAML(typ="safe").load(Path(__file__).parents[2] / "deploy" / "compose.yaml")


def test_every_setting_of_ours_in_it_exists() -> None:
    named = {
        name
        for service in COMPOSE["services"].values()
        for name in service["environment"]
        if "STEPDOWN_" in name
    }
    assert named <= {f"STEPDOWN_{name.upper()}" for name in Settings.model_fields}


def test_prefects_server_is_told_the_same_as_by_up(tmp_path: Path) -> None:
    said = prefect_environment(Settings.at(tmp_path), server_url="postgresql://p@database/stepdown_prefect")
    told = COMPOSE["services"]["prefect"]["environment"]
    of_the_server = {name for name in said if name.startswith("PREFECT_SERVER_") or name == "DO_NOT_TRACK"}
    assert set(told) == of_the_server
    assert {name for name in told if told[name] != said[name]} == {
        "PREFECT_SERVER_API_AUTH_STRING",
        "PREFECT_SERVER_DATABASE_CONNECTION_URL",
    }
