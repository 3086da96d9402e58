"""`stepdown on-call`: kept from the command line by names and local times, and told as one JSON document."""

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from services import clock
from services.cli.app import app
from services.cli.on_call import read_days
from services.store.provision import Addresses


@pytest.fixture
def stepdown(addresses: Addresses, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The program, on an installation of its own."""
    monkeypatch.setenv("STEPDOWN_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("STEPDOWN_DATABASE_URL", addresses.app_url)
    monkeypatch.setenv("STEPDOWN_OWNER_URL", addresses.owner_url)
    monkeypatch.setenv("STEPDOWN_PREFECT_DATABASE_URL", addresses.prefect_url)

    def run(*words: str, exit_code: int = 0) -> Any:
        done = CliRunner().invoke(app, [*words, "--json"])
        assert done.exit_code == exit_code, done.output
        return json.loads(done.stdout) if exit_code == 0 else done.output

    run("program", "add", "--name", "North clinic", "--zone", "America/Chicago")
    run("user", "add", "--name", "Dana Reyes", "--role", "clinician")
    run("user", "add", "--name", "Mo Osei", "--role", "supervisor")
    return run


def test_who_stands_by_is_added_listed_and_ended(stepdown: Any) -> None:
    night = ("--days", "mon-fri", "--from", "17:00", "--until", "08:00")
    duty = stepdown("on-call", "add", "--person", "Dana Reyes", *night)
    stepdown("on-call", "add", "--person", "Mo Osei", "--as", "supervisor")
    stepdown("on-call", "contact", "--person", "Dana Reyes", "--email", "dana@clinic.example")
    hook = ("--webhook", "https://hooks.clinic.example/night")
    assert stepdown("on-call", "contact", "--person", "Mo Osei", *hook)["secret"].startswith("whsec_")
    found = stepdown("on-call", "list")
    assert [(one["person"], one["standby"], one["days"], one["since"]) for one in found["duties"]] == [
        ("Dana Reyes", "on-call", ["mon", "tue", "wed", "thu", "fri"], "17:00:00"),
        ("Mo Osei", "supervisor", ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], "00:00:00"),
    ]
    assert "whsec_" not in json.dumps(found)
    stepdown("on-call", "end", duty["id"])
    assert len(stepdown("on-call", "list")["duties"]) == 1


def test_an_absence_is_said_in_local_time_with_whoever_covers(stepdown: Any) -> None:
    day = (clock.now() + timedelta(days=2)).date()
    times = ("--from", f"{day}T08:00", "--until", f"{day}T20:00")
    stepdown("on-call", "absence", "--person", "Dana Reyes", "--cover", "Mo Osei", *times)
    [absence] = stepdown("on-call", "list")["absences"]
    assert (absence["cover"], absence["starts_at"][11:13] in {"13", "14"}) == ("Mo Osei", True)


@pytest.mark.parametrize(
    "words",
    [
        ("add", "--person", "Nobody"),
        ("add", "--person", "Dana Reyes", "--days", "someday"),
        ("add", "--person", "Dana Reyes", "--from", "5pm"),
        ("absence", "--person", "Dana Reyes", "--from", "tomorrow", "--until", "later"),
        ("contact", "--person", "Dana Reyes", "--email", "dana at clinic"),
        ("end", "e3b6a4b3-a05e-4a12-8fad-a4d14a3e3b42"),
    ],
)
def test_what_cannot_be_right_is_refused_in_one_line(stepdown: Any, words: tuple[str, ...]) -> None:
    said = stepdown("on-call", *words, exit_code=1)
    assert "Traceback" not in said
    assert "Nobody" not in said.replace("Nobody is", "")


def test_a_contact_is_a_mail_address_or_a_webhook(stepdown: Any) -> None:
    stepdown("on-call", "contact", "--person", "Dana Reyes", exit_code=2)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("mon-fri", ["mon", "tue", "wed", "thu", "fri"]),
        ("sat,sun", ["sat", "sun"]),
        ("fri-mon", ["fri", "sat", "sun", "mon"]),
        ("Mon, mon", ["mon"]),
        ("someday", ["someday"]),
        ("mon-someday", ["mon-someday"]),
    ],
)
def test_days_are_read_as_people_write_them(text: str, days: list[str]) -> None:
    assert read_days(text) == days


def test_doctor_says_that_alerts_are_told(stepdown: Any) -> None:
    done = CliRunner().invoke(app, ["doctor", "--json"])
    assert json.loads(done.stdout)["alerts"] == {"open": 0, "untold": 0, "dead": 0, "late": 0}


def test_a_program_says_on_which_days_it_is_closed(stepdown: Any) -> None:
    year = clock.now().year + 1
    christmas = next(f"{year}-12-{day}" for day in (28, 29, 30) if date(year, 12, day).weekday() < 5)
    assert stepdown("program", "day", christmas)["closed"] is True
    assert stepdown("program", "day", christmas, "--open")["closed"] is False
    assert len(stepdown("program", "days")["closed"]) in (10, 11, 12)
    stepdown("program", "day", f"{year}-12", exit_code=2)
    assert stepdown("program", "crisis-line", "555 0100")["crisis_line"] == "555 0100"
    assert stepdown("program", "crisis-line", "")["crisis_line"] is None
