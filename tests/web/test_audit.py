"""The audit of a pathway says by whom, under which credential, by which rule and in which run each move was made."""

from typing import Any
from uuid import UUID, uuid5

import pytest
from fastapi import FastAPI

from models.people import Actor
from services import deciding
from services.access import EVERYWHERE
from tests.web.conftest import Api, Browser, House

RUN = uuid5(UUID(int=7), "a flow run")


@pytest.fixture(scope="module")
def walked(app: FastAPI, house: House, clinician: Api) -> str:
    """A pathway whose proposal a clinician signed, and which a flow run moved."""
    pathway = house.pathway()
    house.look(pathway, "needs-iop")
    decision = clinician.get(f"/pathways/{pathway}").json()["decision"]["id"]
    signed = clinician.post(f"/decisions/{decision}/sign-off", json={"verdict": "accept"})
    assert signed.status_code == 201
    engine = Actor(id=deciding.ENGINE_ID, role="engine", via="flow", run_id=RUN)
    with house.database.transaction(EVERYWHERE) as work:
        deciding.advance(work, [UUID(pathway)], actor=engine, at=house.at)
    return pathway


def _line(lines: list[dict[str, Any]], action: str) -> dict[str, Any]:
    return next(one for one in lines if one["entry"]["action"] == action)


def test_the_audit_names_signer_credential_rule_and_run(app: FastAPI, house: House, walked: str) -> None:
    lines = Api(app, house.keys["supervisor"]).get(f"/pathways/{walked}/audit").json()
    names = ("by", "signed_by", "credential", "rule", "run_id")
    signature, move = _line(lines, "decision.signed-off"), _line(lines, "pathway.moved")
    who, under = "Robin Clinician", "LCSW 20417"
    assert [signature[name] for name in names] == [who, who, under, "admit-iop", None]
    assert [move[name] for name in names] == [None, who, under, "admit-iop", str(RUN)]


def test_the_audit_page_and_the_timeline_name_them_too(browser: Browser, walked: str) -> None:
    page = browser.get(f"/pathways/{walked}/audit").text
    for word in ("Robin Clinician", "LCSW 20417", "admit-iop", str(RUN)):
        assert word in page
    timeline = browser.get(f"/api/v1/pathways/{walked}/timeline").json()
    move = next(one for one in timeline if one["kind"] == "move")
    assert (move["by"], move["detail"]) == ("Robin Clinician", "by a route admit-iop")
