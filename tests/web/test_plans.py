"""The plan of care over the API and on its page: versions, what is owed, the countersignature, the client's copy."""

from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI

from services.access import EVERYWHERE
from tests.web.conftest import Api, Browser, House

GOALS = [
    {
        "key": "no-use",
        "dimension": 5,
        "what": "Weeks without use",
        "interventions": "Relapse-prevention education",
    },
    {"key": "sleep", "dimension": 2, "what": "Sleeps through", "status": "met"},
]
PLAN = {
    "goals": GOALS,
    "services": [{"service": "group", "per_week": 3, "minutes": 180}],
    "next_step": "op",
    "next_on": "2026-03-20",
    "aftercare": "A meeting on Fridays",
    "participation": "agrees",
}


@pytest.fixture(scope="module")
def supervisor(app: FastAPI, house: House) -> Api:
    return Api(app, house.keys["supervisor"])


@pytest.fixture
def pathway(house: House) -> str:
    return house.pathway("iop")


def _planned(api: Api, pathway: str, **body: Any) -> str:
    answer = api.post(f"/pathways/{pathway}/plan", json=body or PLAN)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def _kinds(api: Api, pathway: str) -> list[str]:
    return [one["kind"] for one in api.get(f"/pathways/{pathway}").json()["work"]]


def test_a_plan_is_read_back_as_it_was_written(clinician: Api, pathway: str) -> None:
    made = _planned(clinician, pathway)
    seen = clinician.get(f"/pathways/{pathway}/plan").json()
    [version] = seen["versions"]
    assert (version["id"], version["goals"], version["hours"]) == (made, "open", 9)
    assert [goal["what"] for goal in version["by_goal"]] == ["Weeks without use", "Sleeps through"]
    assert version["aftercare"] == "A meeting on Fridays"
    assert "added:sleep" in version["deviations"]
    assert "left-out:individual" in version["deviations"]
    assert seen["usual_goals"]


def test_what_a_plan_says_in_words_is_sealed(clinician: Api, house: House, pathway: str) -> None:
    _planned(clinician, pathway)
    with house.database.transaction(EVERYWHERE) as work:
        rows = work.rows("SELECT convert_from(body, 'UTF8') AS body FROM fact WHERE kind = 'plan'")
        entries = work.rows("SELECT convert_from(bytes, 'UTF8') AS said FROM audit_entry")
    for word in ("Weeks", "Sleeps", "Fridays"):
        assert not any(word in row.body for row in rows)
        assert not any(word in row.said for row in entries)


def test_an_unchanged_plan_carries_the_present_one_on(clinician: Api, house: House, pathway: str) -> None:
    _planned(clinician, pathway)
    house.look(pathway)
    _planned(clinician, pathway, unchanged=True, participation="disagrees", next_on="2026-03-27")
    newest, first = clinician.get(f"/pathways/{pathway}/plan").json()["versions"]
    assert (newest["changed"], newest["number"], newest["participation"]) == (False, 2, "disagrees")
    assert newest["by_goal"] == first["by_goal"]
    assert newest["aftercare"] == first["aftercare"]
    assert (first.get("assessment_id"), newest["next_on"]) == (None, "2026-03-27")
    assert newest["assessment_id"]


def test_nothing_can_be_unchanged_before_there_is_a_plan(clinician: Api, pathway: str) -> None:
    answer = clinician.post(f"/pathways/{pathway}/plan", json={"unchanged": True})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/unchanged"


@pytest.mark.parametrize("field", ["goals", "services", "aftercare"])
def test_an_unchanged_plan_says_nothing_of_its_own(clinician: Api, pathway: str, field: str) -> None:
    _planned(clinician, pathway)
    answer = clinician.post(f"/pathways/{pathway}/plan", json={"unchanged": True, field: PLAN[field]})
    assert answer.json()["errors"][0]["pointer"] == f"/{field}"


def test_each_look_owes_a_word_on_the_plan_and_a_plan_gives_it(
    clinician: Api, house: House, pathway: str
) -> None:
    house.at += timedelta(days=7)
    house.look(pathway)
    assert "review-plan" in _kinds(clinician, pathway)
    _planned(clinician, pathway)
    assert "review-plan" not in _kinds(clinician, pathway)


def test_a_supervisor_who_did_not_write_it_countersigns_the_present_version(
    clinician: Api, supervisor: Api, pathway: str
) -> None:
    first, second = _planned(clinician, pathway), _planned(clinician, pathway)
    assert _kinds(clinician, pathway).count("countersign-plan") == 1
    way = f"/pathways/{pathway}/plan/countersignature"
    assert clinician.post(way, json={"plan_id": second}).status_code == 403
    assert supervisor.post(way, json={"plan_id": first}).status_code == 409
    assert supervisor.post(way, json={"plan_id": second}).status_code == 201
    assert supervisor.post(way, json={"plan_id": second}).status_code == 409
    newest = clinician.get(f"/pathways/{pathway}/plan").json()["versions"][0]
    assert newest["countersigned_by"] == "Robin Supervisor"
    assert "countersign-plan" not in _kinds(clinician, pathway)


def test_a_plan_is_countersigned_though_its_walk_has_ended(
    clinician: Api, supervisor: Api, house: House, pathway: str
) -> None:
    made = _planned(clinician, pathway)
    gone = {"kind": "left-against-advice", "effective_at": house.at.isoformat()}
    assert clinician.post(f"/pathways/{pathway}/events", json=gone).status_code == 201
    house.engine(pathway)
    assert not clinician.get(f"/pathways/{pathway}").json()["open"]
    assert "countersign-plan" in _kinds(clinician, pathway)
    way = f"/pathways/{pathway}/plan/countersignature"
    assert supervisor.post(way, json={"plan_id": made}).status_code == 201
    assert "countersign-plan" not in _kinds(clinician, pathway)


def test_nobody_countersigns_what_they_wrote(supervisor: Api, pathway: str) -> None:
    made = _planned(supervisor, pathway)
    answer = supervisor.post(f"/pathways/{pathway}/plan/countersignature", json={"plan_id": made})
    assert answer.status_code == 403


def test_an_unchanged_plan_waits_for_no_countersignature(
    clinician: Api, supervisor: Api, pathway: str
) -> None:
    first = _planned(clinician, pathway)
    way = f"/pathways/{pathway}/plan/countersignature"
    assert supervisor.post(way, json={"plan_id": first}).status_code == 201
    _planned(clinician, pathway, unchanged=True)
    assert "countersign-plan" not in _kinds(clinician, pathway)


def test_a_plan_cites_an_assessment_that_its_pathway_knows(
    clinician: Api, house: House, pathway: str
) -> None:
    other = house.pathway("iop")
    body = {"instrument": "six-dimensions", "answers": [0, 0, 2, 2, 3, 2], "signed": True}
    foreign = clinician.post(f"/pathways/{other}/assessments", json=body).json()["id"]
    own = clinician.post(f"/pathways/{pathway}/assessments", json=body).json()["id"]
    answer = clinician.post(f"/pathways/{pathway}/plan", json={**PLAN, "assessment_id": foreign})
    assert answer.json()["errors"][0]["pointer"] == "/assessment_id"
    _planned(clinician, pathway, **PLAN, assessment_id=own)
    assert clinician.get(f"/pathways/{pathway}/plan").json()["versions"][0]["assessment_id"] == own


def test_the_page_starts_from_what_the_stage_usually_has(browser: Browser, pathway: str) -> None:
    page = browser.get(f"/pathways/{pathway}/plan").text
    assert "No plan yet" in page
    assert "Weeks without use and a plan for the moment of craving" in page


def _typed(**more: str) -> dict[str, str]:
    return {
        "goals.0.key": "no-use",
        "goals.0.what": "Weeks without use",
        "goals.0.interventions": "",
        "goals.0.dimension": "5",
        "goals.0.status": "open",
        "goals.1.key": "",
        "goals.1.what": "Sees the children on Sundays",
        "goals.1.dimension": "6",
        "goals.1.status": "open",
        "goals.2.what": "",
        "services.0.service": "group",
        "services.0.per_week": "3",
        "services.0.minutes": "180",
        "services.1.service": "",
        "services.1.per_week": "",
        "participation": "agrees",
        **more,
    }


def test_the_form_records_a_plan_and_the_page_shows_it(browser: Browser, pathway: str) -> None:
    answer = browser.submit(f"/pathways/{pathway}/plan", **_typed(aftercare="A meeting on Fridays"))
    assert answer.status_code == 303
    page = browser.get(answer.headers["location"]).text
    for told in (
        "The plan is recorded",
        "Version 1",
        "Sees the children on Sundays",
        "9 hours a week",
        "Group, 3 times a week",
    ):
        assert told in page
    again = browser.submit(f"/pathways/{pathway}/plan", unchanged="1", participation="agrees")
    assert "plan-unchanged" in again.headers["location"]


def test_a_wrong_form_keeps_what_was_typed(browser: Browser, pathway: str) -> None:
    wrong = _typed(**{"services.0.per_week": "many"})
    answer = browser.submit(f"/pathways/{pathway}/plan", **wrong)
    assert answer.status_code == 422
    assert "Sees the children on Sundays" in answer.text
    assert "A whole number is needed" in answer.text


def test_the_clients_copy_is_in_plain_words_and_holds_no_score(
    clinician: Api, house: House, browser: Browser, pathway: str
) -> None:
    house.look(pathway)
    _planned(clinician, pathway)
    page = browser.get(f"/pathways/{pathway}/plan/copy").text
    for told in (
        "Your plan",
        "Weeks without use",
        "You agree with this plan",
        "Group, 3 times a week, 3 hours each",
    ):
        assert told in page
    for kept in ("PHQ", "ratings", "suicide", "Deviation", "left-out"):
        assert kept not in page


def test_what_is_tried_between_sessions_stands_in_the_plan_and_in_the_copy(
    browser: Browser, pathway: str
) -> None:
    tried = "Call a friend before the evening"
    answer = browser.submit(f"/pathways/{pathway}/plan", **_typed(**{"goals.0.practice": tried}))
    assert answer.status_code == 303
    assert f"Between sessions: {tried}" in browser.get(f"/pathways/{pathway}/plan").text
    assert tried in browser.get(f"/pathways/{pathway}/plan/copy").text


def test_the_clients_copy_says_whom_to_reach_at_any_hour(
    app: FastAPI, house: House, browser: Browser, pathway: str
) -> None:
    lead, copy = Api(app, house.keys["lead"]), f"/pathways/{pathway}/plan/copy"
    (program,) = lead.get("/programs").json()
    where = f"/programs/{program['id']}"
    assert "names no crisis line yet" in browser.get(f"/pathways/{pathway}/plan").text
    assert "In a crisis" not in browser.get(copy).text
    assert lead.patch(where, json={"crisis_line": "555 0100 <day and night>"}).status_code == 204
    assert lead.get("/programs").json()[0]["crisis_line"] == "555 0100 <day and night>"
    assert "In a crisis, at any hour:</b> 555 0100 &lt;day and night&gt;" in browser.get(copy).text
    assert "names no crisis line" not in browser.get(f"/pathways/{pathway}/plan").text
    assert lead.patch(where, json={"crisis_line": None}).status_code == 204
    assert "In a crisis" not in browser.get(copy).text
