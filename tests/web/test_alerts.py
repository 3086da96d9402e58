"""Alerts as people meet them: who was told, the button that takes one over, dead letters, and the same over the API."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI

from models.alerting import Channel, Failure
from services import alerts, doors
from services.access import EVERYWHERE, Principal
from services.store.database import Database
from tests import on_call
from tests.conftest import VAULT, Cluster
from tests.web.conftest import Api, Browser, House
from tests.web.test_pages import Outline


@pytest.fixture
def house(cluster: Cluster) -> Iterator[House]:
    """An installation of its own for each test: what is counted here is counted from nothing."""
    database = Database(cluster.fresh().app_url, VAULT)
    made = House(database)
    made.settle()
    yield made
    database.close()


@pytest.fixture
def app(house: House) -> FastAPI:
    return house.app()


@pytest.fixture
def browser(app: FastAPI, house: House) -> Browser:
    return Browser(app, house.session("supervisor"))


def person(house: House, role: str) -> Principal:
    with house.database.transaction(EVERYWHERE) as work:
        found = doors.recognise(work, house.keys[role], at=house.at)
    assert found is not None
    return found


def raised(house: House, *standing_by: str) -> str:
    """Let a client be at high risk, with these roles standing by as supervisors; return the alert's id."""
    pathway_id = house.pathway("op")
    with house.database.transaction(EVERYWHERE) as work:
        for role in standing_by:
            on_call.stands_by(work, person(house, role), "supervisor", at=house.at)
        by = person(house, "clinician")
        on_call.at_risk(work, work.rows("SELECT id FROM pathway")[-1].id, by=by, at=house.at)
        alerts.climb_due(work, at=house.at)
        [alert] = [one for one in alerts.listed(work) if str(one.pathway_id) == pathway_id]
    return str(alert.id)


def send(house: House, failure: Failure | None = None) -> None:
    with house.database.transaction(EVERYWHERE) as work:
        while letter := alerts.take(work, Channel.EMAIL, at=house.at):
            if failure:
                alerts.failed(work, letter, failure, at=house.at)
            else:
                alerts.sent(work, letter, at=house.at)


def text_of(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", page))


def test_the_page_says_what_since_when_and_who_was_told(browser: Browser, house: House) -> None:
    alert = raised(house, "supervisor")
    send(house)
    page = browser.get(f"/alerts/{alert}").text
    told = text_of(page)
    assert "A person must be called now" in told
    assert "since 2 Mar 2026, 12:00" in told
    assert "Supervisor: Robin Supervisor Told" in told
    assert "nobody is on duty" in told
    assert "Rivera" not in page
    outline = Outline(page)
    assert (outline.headings[0], outline.headings.count(1), outline.inline) == (1, 1, [])


def test_taking_over_needs_no_script_and_names_who_did(browser: Browser, house: House) -> None:
    alert = raised(house, "supervisor")
    assert "Acknowledge: I see to it" in browser.get(f"/alerts/{alert}").text
    done = browser.submit(f"/alerts/{alert}/acknowledge")
    assert (done.status_code, done.headers["location"]) == (303, f"/alerts/{alert}?said=acknowledged")
    page = text_of(browser.get(f"/alerts/{alert}?said=acknowledged").text)
    assert "You have taken this over; nobody further is told." in page
    assert "Robin Supervisor took it over" in page
    again = browser.submit(f"/alerts/{alert}/acknowledge")
    assert (again.status_code, "Robin Supervisor has acknowledged this already" in again.text) == (409, True)


def test_the_board_and_the_worklist_say_that_an_alert_waits(browser: Browser, house: House) -> None:
    for path in ("/", "/work"):
        assert "alert waits" not in browser.get(path).text
    alert = raised(house, "supervisor")
    send(house)
    for path in ("/", "/work"):
        page = browser.get(path).text
        assert "1 alert waits for somebody" in page
        assert "dead letters" not in page
    browser.submit(f"/alerts/{alert}/acknowledge")
    assert "alert waits" not in browser.get("/").text


def test_dead_letters_stand_on_the_board_and_are_tried_again_by_a_button(
    browser: Browser, house: House
) -> None:
    alert = raised(house, "supervisor")
    send(house, Failure("no-mail-server", final=True))
    board = text_of(browser.get("/").text)
    assert "nobody could be told of 1" in board
    assert "dead letters in 1" in board
    assert "no mail server is set up" in browser.get(f"/alerts/{alert}").text
    assert "1 dead letter" in text_of(browser.get("/alerts").text)
    done = browser.submit(f"/alerts/{alert}/retry")
    assert (done.status_code, done.headers["location"]) == (303, f"/alerts/{alert}?said=retried")
    send(house)
    assert "nobody could be told" not in browser.get("/").text
    refused = browser.submit(f"/alerts/{alert}/retry")
    assert (refused.status_code, "Nothing of this alert" in refused.text) == (409, True)


def test_an_alert_that_nobody_follows_says_that_the_worker_is_away(browser: Browser, house: House) -> None:
    raised(house, "supervisor")
    house.at += timedelta(minutes=6)
    assert "not told in time" in browser.get("/").text


def test_an_alert_whose_work_is_done_is_over(browser: Browser, house: House) -> None:
    alert = raised(house, "supervisor")
    for address in set(re.findall(r'action="(/work/[0-9a-f-]+)"', browser.get("/work").text)):
        assert browser.submit(address, status="done").status_code == 303
    assert "done, or no longer needed" in browser.get(f"/alerts/{alert}").text
    assert "No alert waits" in browser.get("/alerts").text


def test_the_api_lists_shows_takes_over_once_and_tries_again(app: FastAPI, house: House) -> None:
    alert = raised(house, "supervisor", "lead")
    api = Api(app, house.keys["supervisor"])
    [listed] = api.get("/alerts").json()
    assert (listed["id"], listed["state"], listed["kind"]) == (alert, "open", "call-now")
    assert {one["person"] for one in listed["told"]} == {None, "Robin Supervisor", "Robin Lead"}
    assert api.get(f"/alerts/{alert}").json() == listed
    send(house, Failure("mail-refused-550", final=True))
    assert api.post(f"/alerts/{alert}/retry").status_code == 201
    key = {"Idempotency-Key": "one-and-the-same"}
    answers = [api.post(f"/alerts/{alert}/acknowledge", headers=key) for _ in range(2)]
    assert [(one.status_code, one.json()) for one in answers] == [(201, {"id": alert})] * 2
    assert api.post(f"/alerts/{alert}/acknowledge").json()["code"] == "conflict"
    assert api.get(f"/alerts/{alert}").json()["acknowledged_by"] == "Robin Supervisor"


def test_who_is_on_call_is_kept_over_the_api(app: FastAPI, house: House) -> None:
    api, nurse = Api(app, house.keys["lead"]), str(house.people["nurse"])
    duty: dict[str, Any] = {"standby": "on-call", "days": ["fri", "mon"], "since": "17:00", "until": "08:00"}
    away = {"starts_at": "2026-03-02T10:00:00Z", "ends_at": "2026-03-03T10:00:00Z"}
    hook = {"channel": "webhook", "address": "https://hooks.clinic.example/night"}
    made = [
        api.post("/on-call/duties", json={"person_id": nurse, **duty}),
        api.post(
            "/on-call/absences", json={"person_id": nurse, "cover_id": str(house.people["lead"]), **away}
        ),
        api.post("/on-call/contacts", json={"person_id": nurse, **hook}),
    ]
    assert [one.status_code for one in made] == [201, 201, 201]
    assert made[2].json()["secret"].startswith("whsec_")
    found = api.get("/on-call").json()
    assert [(one["days"], one["since"], one["person"]) for one in found["duties"]] == [
        (["mon", "fri"], "17:00:00", "Robin Nurse")
    ]
    assert [one["cover"] for one in found["absences"]] == ["Robin Lead"]
    assert "secret" not in found["contacts"][0]
    for one in made:
        assert api.post(f"/on-call/{one.json()['id']}/end").status_code == 201
        assert api.post(f"/on-call/{one.json()['id']}/end").status_code == 404
    house.at += timedelta(minutes=1)
    assert api.get("/on-call").json() == {"duties": [], "absences": [], "contacts": []}
