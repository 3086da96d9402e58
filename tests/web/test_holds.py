"""A hold stops the clocks in sight: no look counts as overdue, and the client is looked at at once when they resume."""

from datetime import timedelta
from typing import Any

from fastapi import FastAPI

from tests.web.conftest import Api, Browser, House


def _card(api: Api, pathway: str) -> dict[str, Any]:
    columns = api.get("/board").json()["columns"]
    return next(card for column in columns for card in column["cards"] if card["pathway_id"] == pathway)


def _tasks(api: Api) -> dict[str, str]:
    return {one["kind"]: one["due"]["state"] for one in api.get("/work-items").json()}


def test_on_hold_no_clock_runs(app: FastAPI, clinician: Api, house: House) -> None:
    pathway = house.pathway("iop")
    house.at += timedelta(days=40)
    house.engine(pathway)
    assert (_card(clinician, pathway)["due"]["state"], _tasks(clinician)["overdue"]) == ("overdue", "overdue")
    assert clinician.get("/board").json()["overdue"] == 1
    held = clinician.post(f"/pathways/{pathway}/holds", json={"reason": "travel"})
    assert held.status_code == 201
    house.engine(pathway)
    due = _card(clinician, pathway)["due"]
    assert (due["state"], due["label"]) == ("paused", "clock stopped")
    assert clinician.get("/board").json()["overdue"] == 0
    assert _tasks(clinician)["reassess"] == _tasks(clinician)["overdue"] == "paused"
    assert {one["state"] for one in clinician.get(f"/pathways/{pathway}").json()["dues"]} == {"paused"}
    browser = Browser(app, house.session("supervisor"))
    assert "On hold: looked at at once when the client resumes" in browser.get(f"/pathways/{pathway}").text
    assert "Clock stopped" in browser.get("/").text
    clinician.post(f"/pathways/{pathway}/resume")
    house.engine(pathway)
    assert _card(clinician, pathway)["due"]["state"] in ("today", "overdue")
