"""Corrections over the API and on the pages: said once, told to all who knew, and marked on the timeline."""

import re
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI

from models.people import Role
from services import doors, ids
from services.access import EVERYWHERE
from services.doors import NewPerson
from tests.web.conftest import Api, Browser, House
from tests.web.test_pages import Outline

WHY = {"reason": "read from the wrong line"}
RETRACTED = {"reason": "the wrong client", "entered_in_error": True}


@pytest.fixture
def pathway(house: House) -> str:
    return house.pathway("iop")


def recorded(api: Api, pathway: str, where: str, **body: Any) -> str:
    answer = api.post(f"/pathways/{pathway}/{where}", json=body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def told(api: Api, pathway: str, fact: str) -> dict[str, Any]:
    lines = api.get(f"/pathways/{pathway}/timeline").json()
    [line] = [one for one in lines if one["fact_id"] == fact]
    return dict(line)


def test_a_correction_is_told_beside_what_it_corrects(clinician: Api, pathway: str) -> None:
    first = recorded(clinician, pathway, "attendance", kind="group", minutes=60, status="missed")
    answer = clinician.post(f"/facts/{first}/correction", json={**WHY, "status": "attended"})
    assert answer.status_code == 201
    second = answer.json()["id"]
    was, now = told(clinician, pathway, first), told(clinician, pathway, second)
    assert (was["corrected_by"], was["correctable"], was["corrects"]) == (second, False, None)
    assert (now["corrects"], now["correctable"], now["text"]) == (first, True, "Group session attended")


def test_who_corrects_what_was_corrected_hears_what_stands(clinician: Api, pathway: str) -> None:
    first = recorded(clinician, pathway, "events", kind="ed-visit")
    second = clinician.post(f"/facts/{first}/correction", json={**WHY, "detail": "a fall"}).json()["id"]
    third = clinician.post(f"/facts/{second}/correction", json=RETRACTED).json()["id"]
    answer = clinician.post(f"/facts/{first}/correction", json=RETRACTED)
    assert (answer.status_code, answer.json()["details"]) == (409, {"stands": third})
    assert told(clinician, pathway, third)["text"] == "Entered in error: ED visit"


def test_twice_is_once_and_an_older_version_is_refused(clinician: Api, pathway: str) -> None:
    fact = recorded(clinician, pathway, "events", kind="request")
    old = clinician.get(f"/pathways/{pathway}").headers["etag"]
    recorded(clinician, pathway, "events", kind="request")
    late = clinician.post(f"/facts/{fact}/correction", json=RETRACTED, headers={"If-Match": old})
    assert (late.status_code, late.json()["code"]) == (412, "outdated")
    headers = {"Idempotency-Key": str(ids.new())}
    made = [clinician.post(f"/facts/{fact}/correction", json=RETRACTED, headers=headers) for _ in range(2)]
    assert made[0].json() == made[1].json()
    assert made[1].headers["idempotency-replayed"] == "true"


def test_a_key_and_an_auditor_correct_no_signature(
    app: FastAPI, house: House, clinician: Api, pathway: str
) -> None:
    body = {"instrument": "six-dimensions", "answers": [0, 0, 2, 2, 3, 2], "signed": True}
    fact = recorded(clinician, pathway, "assessments", **body)
    for role, said in (("service", "signature"), ("nurse", "signature"), ("auditor", "correct facts")):
        answer = Api(app, house.keys[role]).post(f"/facts/{fact}/correction", json=RETRACTED)
        assert (answer.status_code, said in answer.json()["detail"]) == (403, True), answer.text
    body = {**WHY, "answers": [0, 0, 1, 1, 2, 1]}
    assert clinician.post(f"/facts/{fact}/correction", json=body).status_code == 201


def test_a_fact_that_came_by_another_program_is_not_found_and_offers_no_correction(
    app: FastAPI, house: House, clinician: Api
) -> None:
    supervisor = Api(app, house.keys["supervisor"])
    north = supervisor.post("/programs", json={"name": "Far north"}).json()["id"]
    person = {
        "given_name": "Zed",
        "family_name": "Two",
        "birth_date": "1990-05-17",
        "program_id": str(house.program),
    }
    client = supervisor.post("/clients", json=person).json()["id"]
    first, second = (
        supervisor.post(
            "/pathways", json={"client_id": client, "definition": key, "program_id": program}
        ).json()["id"]
        for key, program in (("sud-adult", str(house.program)), ("mh-adult", north))
    )
    fact = recorded(supervisor, first, "events", kind="ed-visit")
    new = NewPerson(name="Kit North", role=Role.CLINICIAN, programs=(UUID(north),), credential="LCSW 1")
    with house.database.transaction(EVERYWHERE) as work:
        northerner = Api(app, doors.cut_key(work, doors.add(work, new, at=house.at), at=house.at))
    assert told(northerner, second, fact)["correctable"] is False
    assert northerner.post(f"/facts/{fact}/correction", json=RETRACTED).status_code == 404
    assert told(supervisor, first, fact)["correctable"] is True


@pytest.mark.parametrize(
    ("where", "body", "typed", "reads"),
    [
        (
            "attendance",
            {"kind": "group", "minutes": 60, "status": "missed"},
            {"status": "attended", "minutes": "45"},
            "Group session attended",
        ),
        ("events", {"kind": "ed-visit", "detail": "a fall"}, {"detail": "a cut"}, "ED visit"),
    ],
)
def test_the_form_says_anew_what_was_recorded(
    browser: Browser, clinician: Api, pathway: str, where: str, body: Any, typed: Any, reads: str
) -> None:
    fact = recorded(clinician, pathway, where, **body)
    address = f"/facts/{fact}/correction"
    assert f'href="{address}"' in browser.get(f"/pathways/{pathway}").text
    shown = browser.get(address)
    page = Outline(shown.text)
    assert (shown.status_code, page.headings[:1], page.inline) == (200, [1], [])
    assert len(page.ids) == len(set(page.ids))
    assert {field for field in page.fields if field} <= page.labels
    when = re.findall(r'name="effective_at" type="datetime-local" value="([^"]+)"', shown.text)[0]
    empty = browser.submit(address, effective_at=when, **typed)
    assert (empty.status_code, "This was not recorded" in empty.text) == (422, True)
    saved = browser.submit(address, effective_at=when, reason="mistyped", **typed)
    assert (saved.status_code, saved.headers["location"]) == (303, f"/pathways/{pathway}?said=corrected")
    [line] = [one for one in clinician.get(f"/pathways/{pathway}/timeline").json() if one["corrects"] == fact]
    assert line["text"] == reads
    assert line["at"] == told(clinician, pathway, fact)["at"], (
        "a minute that was not touched stays to the second"
    )
    text = browser.get(f"/pathways/{pathway}?said=corrected").text
    assert "<s>" in text
    assert "It is corrected" in text
    again = browser.submit(address, effective_at=when, reason="mistyped", **typed)
    assert (again.status_code, "stands in its place" in again.text) == (409, True)


def test_a_plan_is_retracted_not_corrected_and_the_one_before_stands_again(
    browser: Browser, clinician: Api, pathway: str
) -> None:
    first = recorded(clinician, pathway, "plan", goals="open", next_step="op")
    second = recorded(clinician, pathway, "plan", goals="met", next_step="op")
    assert "write a new version" in browser.get(f"/facts/{second}/correction").text
    answer = clinician.post(f"/facts/{second}/correction", json={"reason": "mistyped", "note": "another"})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/entered_in_error")
    assert clinician.post(f"/facts/{second}/correction", json=RETRACTED).status_code == 201
    seen = clinician.get(f"/pathways/{pathway}/plan").json()["versions"]
    assert [one["corrected"] for one in seen] == [True, False]
    assert "countersign-plan" not in [
        one["kind"] for one in clinician.get(f"/pathways/{pathway}").json()["work"]
    ]
    assert seen[1]["id"] == first


def test_the_form_retracts(browser: Browser, clinician: Api, pathway: str) -> None:
    fact = recorded(clinician, pathway, "events", kind="request")
    address = f"/facts/{fact}/correction"
    assert browser.submit(address, entered_in_error="yes", reason="").status_code == 422
    saved = browser.submit(address, entered_in_error="yes", reason="the wrong client")
    assert saved.headers["location"] == f"/pathways/{pathway}?said=retracted"
    assert "Entered in error: request" in browser.get(f"/pathways/{pathway}").text


def test_answers_are_corrected_on_their_own_form(browser: Browser, clinician: Api, pathway: str) -> None:
    fact = recorded(clinician, pathway, "assessments", instrument="phq-9", answers=[1] * 8 + [0])
    assert "Correct the answers" in browser.get(f"/facts/{fact}/correction").text
    address = f"/pathways/{pathway}/assessments/phq-9?corrects={fact}"
    shown = browser.get(address).text
    assert "Reason for the correction" in shown
    assert shown.count(" checked") >= 9
    answers = {f"answers.{place}": "2" for place in range(8)} | {"answers.8": "0"}
    assert browser.submit(address, **answers).status_code == 422
    saved = browser.submit(address, reason="read aloud again", **answers)
    assert saved.headers["location"] == f"/pathways/{pathway}?said=corrected", saved.text
    view = clinician.get(f"/pathways/{pathway}").json()
    assert [one["points"][-1][1] for one in view["trends"] if one["instrument"] == "phq-9"] == [16]
    other = f"/pathways/{pathway}/assessments/gad-7?corrects={fact}"
    assert browser.submit(other, reason="another form", **{"answers.0": "1"}).status_code == 404
