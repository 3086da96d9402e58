"""Signing over the API and the pages: what waits is replaced or withdrawn, and no source signs."""

from datetime import timedelta

import pytest
from fastapi import FastAPI

from tests.web.conftest import Api, Browser, House


@pytest.fixture(scope="module")
def supervisor(app: FastAPI, house: House) -> Api:
    return Api(app, house.keys["supervisor"])


def _planned(api: Api, house: House) -> str:
    """Return a pathway in IOP whose move to OP was signed for next week."""
    pathway = house.pathway("iop")
    later = (house.at + timedelta(days=7)).isoformat()
    body = {"to_stage": "op", "reason": "works in the evenings", "starts_at": later}
    assert api.post(f"/pathways/{pathway}/overrides", json=body).status_code == 201
    return pathway


def test_a_planned_move_is_withdrawn_over_the_api(supervisor: Api, house: House, app: FastAPI) -> None:
    pathway = _planned(supervisor, house)
    assert supervisor.get(f"/pathways/{pathway}").json()["pending_move"] == "OP"
    address, body = f"/pathways/{pathway}/withdrawals", {"reason": "the client wants to stay"}
    assert Api(app, house.keys["coordinator"]).post(address, json=body).status_code == 403
    assert supervisor.post(address, json={}).json()["errors"][0]["pointer"] == "/reason"
    assert supervisor.post(address, json=body).status_code == 201
    assert supervisor.get(f"/pathways/{pathway}").json()["pending_move"] is None
    assert supervisor.post(address, json=body).status_code == 409


def test_the_pathway_page_offers_to_withdraw_and_to_sign_otherwise(
    supervisor: Api, house: House, browser: Browser
) -> None:
    pathway = _planned(supervisor, house)
    page = browser.get(f"/pathways/{pathway}").text
    assert f'href="/pathways/{pathway}/withdrawals"' in page
    assert "Sign the discharge" in page
    assert "Withdraw the signed move" in browser.get(f"/pathways/{pathway}/withdrawals").text
    answer = browser.submit(f"/pathways/{pathway}/withdrawals", reason="the client wants to stay")
    assert answer.headers["location"] == f"/pathways/{pathway}?said=withdrawn"
    assert "Signed: moves to" not in browser.get(f"/pathways/{pathway}").text


def test_a_trainee_who_names_a_source_signs_nothing(supervisor: Api, house: House, app: FastAPI) -> None:
    pathway, trainee = house.pathway("iop"), Api(app, house.keys["trainee"])
    address = f"/pathways/{pathway}/assessments"
    high = {"instrument": "c-ssrs", "answers": [1, 1, 1, 1, 1, 1, 1], "signed": True}
    none = {"instrument": "c-ssrs", "answers": [0, 0, None, None, None, 0, 0], "source": "x"}
    assert supervisor.post(address, json=high).status_code == 201
    assert trainee.post(address, json={**none, "signed": True}).status_code == 403
    assert trainee.post(address, json=none).status_code == 201
    house.engine(pathway)
    seen = supervisor.get(f"/pathways/{pathway}").json()
    assert (seen["flag"], seen["decision"]["outcome"]) == ("High risk", "refer")
    override = supervisor.post(f"/pathways/{pathway}/overrides", json={"to_stage": "op", "reason": "asks"})
    assert override.json()["code"] == "guard-not-met"


def test_op_straight_after_detox_takes_a_reason(app: FastAPI, house: House) -> None:
    prescriber, pathway = Api(app, house.keys["prescriber"]), house.pathway("detox")
    looked = {
        "ciwa-ar": [0] * 10,
        "c-ssrs": [0, 0, None, None, None, 0, 0],
        "six-dimensions": [0, 0, 0, 0, 2, 1],
    }
    for key, answers in looked.items():
        body = {"instrument": key, "answers": answers, "signed": True}
        assert prescriber.post(f"/pathways/{pathway}/assessments", json=body).status_code == 201
    house.engine(pathway)
    made = prescriber.get(f"/pathways/{pathway}").json()["decision"]
    assert (made["to_stage"], made["reasoned"]) == ("op", True)
    browser = Browser(app, house.session("prescriber"))
    assert "Say why, to accept and to decline." in browser.get(f"/pathways/{pathway}").text
    address = f"/decisions/{made['id']}/sign-off"
    refused = prescriber.post(address, json={"verdict": "accept"})
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/reason")
    typed = browser.submit(f"/pathways/{pathway}/sign-off", decision_id=made["id"], verdict="accept")
    assert (typed.status_code, "This move takes a reason" in typed.text) == (422, True)
    body = {"verdict": "accept", "reason": "works in the day and has support at home"}
    assert prescriber.post(address, json=body).status_code == 201
