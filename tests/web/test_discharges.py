"""How a walk ends: with which words, and by whose signature."""

from typing import Any

import pytest
from fastapi import FastAPI

from tests.web.conftest import Api, Browser, House


@pytest.fixture(scope="module")
def supervisor(app: FastAPI, house: House) -> Api:
    return Api(app, house.keys["supervisor"])


def _ends(api: Api, pathway: str, **more: Any) -> Any:
    return api.post(f"/pathways/{pathway}/discharge", json={"note": "as agreed with the client"} | more)


def test_the_timeline_says_how_it_ended_in_words(clinician: Api, house: House) -> None:
    pathway = house.pathway("op")
    assert _ends(clinician, pathway, reason=7, sub_reason="moved").status_code == 201
    house.engine(pathway)
    told = clinician.get(f"/pathways/{pathway}/timeline").json()
    assert "Discharge signed: Moved away" in [one["text"] for one in told]
    assert clinician.get(f"/pathways/{pathway}").json()["open"] is False


def test_a_discharge_without_contact_is_for_a_supervisor(
    clinician: Api, supervisor: Api, house: House
) -> None:
    pathway = house.pathway("op")
    refused = _ends(clinician, pathway, reason=2, sub_reason="no-contact")
    assert (refused.status_code, refused.json()["code"]) == (403, "not-allowed")
    assert "A supervisor or lead may sign it" in refused.json()["detail"]
    assert _ends(supervisor, pathway, reason=2, sub_reason="no-contact").status_code == 201


def test_a_return_to_use_alone_ends_no_care_without_a_supervisor_who_says_why(
    app: FastAPI, clinician: Api, supervisor: Api, browser: Browser, house: House
) -> None:
    pathway = house.pathway("op")
    assert clinician.get(f"/pathways/{pathway}").json()["use_alone"] is False
    clinician.post(f"/pathways/{pathway}/events", json={"kind": "return-to-use"})
    house.engine(pathway)
    refused = _ends(clinician, pathway, reason=3, sub_reason="rule-breach")
    assert (refused.status_code, "alone is no reason to end care" in refused.text) == (403, True)
    assert clinician.get(f"/pathways/{pathway}").json()["use_alone"] is True
    page = browser.get(f"/pathways/{pathway}/discharge").text
    assert "All that has come up of late is a return to use." in page
    other = Browser(app, house.session("clinician"))
    typed = other.submit(f"/pathways/{pathway}/discharge", reason="3 rule-breach", note="used again")
    assert (typed.status_code, "used again" in typed.text) == (403, True)
    assert supervisor.post(f"/pathways/{pathway}/discharge", json={"reason": 3}).status_code == 422
    assert _ends(supervisor, pathway, reason=3, sub_reason="rule-breach").status_code == 201


def test_a_clinician_may_end_care_for_another_cause(clinician: Api, house: House) -> None:
    pathway = house.pathway("op")
    for kind in ("return-to-use", "legal-change"):
        clinician.post(f"/pathways/{pathway}/events", json={"kind": kind})
    house.engine(pathway)
    assert _ends(clinician, pathway, reason=3, sub_reason="could-not-be-served").status_code == 201


def test_the_page_sends_reason_and_sub_reason_in_one(browser: Browser, clinician: Api, house: House) -> None:
    pathway = house.pathway("op")
    page = f"/pathways/{pathway}"
    wrong = browser.submit(f"{page}/discharge", reason="7 capacity", note="moves away")
    assert (wrong.status_code, "Unknown sub-reason" in wrong.text) == (422, True)
    sent = browser.submit(f"{page}/discharge", reason="4 level-outside", note="moves away")
    assert sent.headers["location"] == f"{page}?said=signed"
    assert "Discharge signed: Transferred to another level elsewhere" in browser.get(page).text


def test_while_a_high_risk_is_open_page_and_api_name_the_one_way_out(
    clinician: Api, browser: Browser, house: House
) -> None:
    pathway = house.pathway("op")
    assert "A high risk is open" not in browser.get(f"/pathways/{pathway}/discharge").text
    screen = {"instrument": "c-ssrs", "answers": [1, 1, 1, 1, 0, 0, 0], "signed": True}
    assert clinician.post(f"/pathways/{pathway}/assessments", json=screen).status_code == 201
    house.engine(pathway)
    refused = _ends(clinician, pathway, reason=7, sub_reason="moved")
    assert (refused.status_code, refused.json()["code"]) == (422, "guard-not-met")
    assert "a discharge to a hospital (reason 4, hospital)" in refused.json()["detail"]
    assert "only a transfer to a hospital can be signed" in browser.get(f"/pathways/{pathway}/discharge").text
    assert _ends(clinician, pathway, reason=4, sub_reason="hospital").status_code == 201
    house.engine(pathway)
    assert clinician.get(f"/pathways/{pathway}").json()["open"] is False


def test_jail_that_lasts_is_signed_after_it_was_reported(clinician: Api, house: House) -> None:
    pathway = house.pathway("op")
    assert clinician.post(f"/pathways/{pathway}/events", json={"kind": "incarcerated"}).status_code == 201
    house.engine(pathway)
    assert clinician.get(f"/pathways/{pathway}").json()["stage"] == "away"
    assert _ends(clinician, pathway, reason=5).status_code == 201
    house.engine(pathway)
    assert clinician.get(f"/pathways/{pathway}").json()["open"] is False
    told = [one["text"] for one in clinician.get(f"/pathways/{pathway}/timeline").json()]
    assert "Discharge signed: In jail" in told
