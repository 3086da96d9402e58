"""Attempts to reach a client: with their outcome, on the timeline, ending the outreach they were."""

from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI

from services import ids
from tests.conftest import NOON
from tests.web.conftest import Api, Browser, House

TRIED = {"outcome": "no-answer", "way": "phone"}


@pytest.fixture
def left(house: House, clinician: Api) -> str:
    """A client who wants to leave: outreach is due in 24 hours, in 72, in 7 days."""
    made = house.pathway("op")
    assert clinician.post(f"/pathways/{made}/events", json={"kind": "intent-to-leave"}).status_code == 201
    house.engine(made)
    return made


def _outreach(api: Api, pathway: str) -> list[dict[str, Any]]:
    shown = api.get(f"/pathways/{pathway}").json()["work"]
    return [task for task in shown if task["kind"] == "outreach"]


def test_what_came_of_an_outreach_is_kept_when_it_ends(house: House, clinician: Api, left: str) -> None:
    first, *later = _outreach(clinician, left)
    told = {"status": "done", **TRIED, "note": "her sister picked up"}
    assert clinician.patch(f"/work-items/{first['id']}", json=told).status_code == 204
    assert [task["id"] for task in _outreach(clinician, left)] == [task["id"] for task in later]
    said = clinician.get(f"/pathways/{left}/timeline").json()[0]
    assert (said["kind"], said["text"], said["detail"]) == (
        "attempt",
        "Tried to reach the client: no answer",
        "by phone",
    )
    assert "sister" not in clinician.get(f"/pathways/{left}/timeline").text
    assert clinician.patch(f"/work-items/{first['id']}", json=told).status_code == 404


def test_an_attempt_by_itself_ends_nothing_and_one_that_names_its_outreach_ends_it_once(
    clinician: Api, left: str
) -> None:
    address, open_ = f"/pathways/{left}/attempts", _outreach(clinician, left)
    assert clinician.post(address, json=TRIED).status_code == 201
    assert len(_outreach(clinician, left)) == len(open_)
    named, key = {**TRIED, "work_id": open_[0]["id"]}, {"Idempotency-Key": str(ids.new())}
    first = clinician.post(address, json=named, headers=key)
    assert (first.status_code, clinician.post(address, json=named, headers=key).json()) == (201, first.json())
    assert len(_outreach(clinician, left)) == len(open_) - 1
    again = clinician.post(address, json=named)
    assert (again.status_code, again.json()["errors"][0]["pointer"]) == (422, "/work_id")
    outdated = clinician.post(address, json=TRIED, headers={"If-Match": '"1"'})
    assert outdated.status_code == 412


@pytest.mark.parametrize(
    ("more", "pointer"),
    [
        ({"outcome": "reached"}, "/way"),
        ({"way": "phone"}, "/outcome"),
        ({"outcome": "asleep", "way": "phone"}, "/outcome"),
        ({"outcome": "reached", "way": "pigeon"}, "/way"),
        ({"outcome": "reached", "way": "phone", "effective_at": "2099-01-01T00:00:00Z"}, "/effective_at"),
        ({"effective_at": "2026-01-01T00:00:00Z"}, "/outcome"),
        ({"status": "not-needed", "outcome": "reached", "way": "phone"}, "/outcome"),
    ],
)
def test_half_an_outcome_is_refused(clinician: Api, left: str, more: dict[str, str], pointer: str) -> None:
    open_ = _outreach(clinician, left)
    answer = clinician.patch(f"/work-items/{open_[0]['id']}", json={"status": "done", **more})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)
    assert _outreach(clinician, left) == open_


def test_only_an_outreach_has_an_outcome(house: House, clinician: Api) -> None:
    made = house.pathway("iop")
    clinician.post(f"/pathways/{made}/events", json={"kind": "hospitalised"})
    house.engine(made)
    [review] = [one for one in clinician.get(f"/pathways/{made}").json()["work"] if one["kind"] == "review"]
    answer = clinician.patch(f"/work-items/{review['id']}", json={"status": "done", **TRIED})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/outcome")


def test_a_request_is_answered_with_a_reason(house: House, clinician: Api) -> None:
    made = house.pathway("iop")
    clinician.post(f"/pathways/{made}/events", json={"kind": "request"})
    house.engine(made)
    shown = clinician.get(f"/pathways/{made}").json()["work"]
    [asked] = [one for one in shown if one["kind"] == "answer-request"]
    assert (asked["action"], asked["by_people"]) == ("Answer the request and say why", True)
    address = f"/work-items/{asked['id']}"
    for status in ("done", "not-needed"):
        refused = clinician.patch(address, json={"status": status})
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/note")
    told = {"status": "done", "note": "evenings from April"}
    assert clinician.patch(address, json=told).status_code == 204
    assert "evenings" not in clinician.get(f"/pathways/{made}/timeline").text


def test_the_page_says_when_the_client_was_last_in_touch_and_asks_the_supervisor_after_30_days(
    app: FastAPI, house: House, clinician: Api
) -> None:
    made = house.pathway("op")
    page = f"/pathways/{made}"
    supervisor = Browser(app, house.session("supervisor"))
    assert "No contact recorded yet." in supervisor.get(page).text
    assert supervisor.submit(f"{page}/attempts", outcome="reached", way="visit").headers["location"] == (
        f"{page}?said=attempted"
    )
    assert "Last contact 2 Mar 2026, " in supervisor.get(page).text
    house.at = NOON + timedelta(days=31)
    try:
        late = Browser(app, house.session("supervisor"))
        house.engine(made)
        shown = late.get(page).text
        assert "31 days ago" in shown
        assert "No contact for long: decide whether care has ended" in shown
        [asked] = [
            task
            for task in Api(app, house.keys["supervisor"]).get(f"/pathways/{made}").json()["work"]
            if task["kind"] == "no-contact"
        ]
        assert asked["for_role"] == "supervisor"
        assert late.submit(f"/work/{asked['id']}", status="done", note="wrote to her").status_code == 303
        house.engine(made)
        assert "No contact for long" not in late.get(page).text
    finally:
        house.at = NOON


def test_the_form_offers_the_outreach_that_is_due_and_comes_back_with_what_is_wrong(
    browser: Browser, clinician: Api, left: str
) -> None:
    page, first = f"/pathways/{left}", _outreach(clinician, left)[0]
    assert f'value="{first["id"]}" selected' in browser.get(f"{page}/attempts").text
    wrong = browser.submit(f"{page}/attempts", way="phone", note="rang twice")
    assert (wrong.status_code, "rang twice" in wrong.text) == (422, True)
    right = browser.submit(f"{page}/attempts", way="phone", outcome="message-left", work_id=first["id"])
    assert right.status_code == 303
    assert first["id"] not in {task["id"] for task in _outreach(clinician, left)}


def test_the_worklist_takes_the_outcome_too(browser: Browser, clinician: Api, left: str) -> None:
    first = _outreach(clinician, left)[0]
    assert "What came of it" in browser.get("/work").text
    done = browser.submit(f"/work/{first['id']}", status="done", outcome="wrong-number", way="text")
    assert done.status_code == 303
    assert "wrong number" in clinician.get(f"/pathways/{left}/timeline").text
