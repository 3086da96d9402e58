"""Places: set by who keeps programs, counted in one question, shown on the board, warned of before they run out."""

from typing import Any

import pytest
from fastapi import FastAPI

from services.access import EVERYWHERE
from tests.web.conftest import Api, House
from tests.web.wrong_bodies import SOMEWHERE


@pytest.fixture(scope="module")
def lead(app: FastAPI, house: House) -> Api:
    return Api(app, house.keys["lead"])


def _room(api: Api, program: str, stage: str) -> dict[str, Any]:
    [home] = [one for one in api.get("/programs").json() if one["id"] == program]
    return next(one for one in home["places"] if one["stage"] == stage)


def _walks_into(api: Api, house: House, program: str, stage: str) -> str:
    person = {"given_name": "Ana", "family_name": "Solo", "birth_date": "1990-05-17", "program_id": program}
    client = api.post("/clients", json=person).json()["id"]
    enrolled = {"client_id": client, "program_id": program, "stage": stage, "reason": "transfer"}
    made = api.post("/pathways", json=enrolled).json()["id"]
    house.engine(made)
    return str(made)


@pytest.fixture
def south(lead: Api) -> str:
    made = lead.post("/programs", json={"name": "South", "places": {"iop": 10, "op": 3}})
    assert made.status_code == 201
    return str(made.json()["id"])


def test_a_program_says_how_many_of_its_places_are_taken(lead: Api, house: House, south: str) -> None:
    assert _room(lead, south, "iop") == {
        "stage": "iop",
        "places": 10,
        "taken": 0,
        "promised": 0,
        "nearly_full": False,
    }
    for _ in range(2):
        _walks_into(lead, house, south, "op")
    assert (_room(lead, south, "op")["taken"], _room(lead, south, "op")["nearly_full"]) == (2, False)
    _walks_into(lead, house, south, "op")
    assert (_room(lead, south, "op")["taken"], _room(lead, south, "op")["nearly_full"]) == (3, True)


def test_who_has_left_takes_no_place(lead: Api, house: House, south: str) -> None:
    gone = _walks_into(lead, house, south, "op")
    lead.post(f"/pathways/{gone}/events", json={"kind": "died"})
    house.engine(gone)
    assert _room(lead, south, "op")["taken"] == 0


def test_a_signed_move_that_waits_for_its_day_is_promised_a_place(
    lead: Api, house: House, south: str
) -> None:
    made = _walks_into(lead, house, south, "iop")
    signed = {"to_stage": "op", "reason": "begins in a week", "starts_at": "2026-03-09T17:00:00Z"}
    assert lead.post(f"/pathways/{made}/overrides", json=signed).status_code == 201
    house.engine(made)
    assert (_room(lead, south, "op")["taken"], _room(lead, south, "op")["promised"]) == (0, 1)
    assert _room(lead, south, "iop")["taken"] == 1


def test_places_change_stage_by_stage_and_null_takes_the_limit_away(lead: Api, south: str) -> None:
    assert lead.patch(f"/programs/{south}", json={"places": {"op": 5}}).status_code == 204
    assert (_room(lead, south, "op")["places"], _room(lead, south, "iop")["places"]) == (5, 10)
    assert lead.patch(f"/programs/{south}", json={"places": {"op": None}}).status_code == 204
    [home] = [one for one in lead.get("/programs").json() if one["id"] == south]
    assert [one["stage"] for one in home["places"]] == ["iop"]


def test_who_keeps_no_programs_sets_no_places(app: FastAPI, house: House, south: str) -> None:
    for role in ("coordinator", "clinician", "service", "auditor"):
        answer = Api(app, house.keys[role]).patch(f"/programs/{south}", json={"places": {"op": 5}})
        assert answer.status_code == 403


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/places"),
        ({"places": {}}, "/places"),
        ({"places": {"moon": 3}}, "/places/moon"),
        ({"places": {"discharged": 3}}, "/places/discharged"),
        ({"places": {"iop": -1}}, "/places/iop"),
        ({"places": {"iop": 2.5}}, "/places/iop"),
        ({"places": {"iop": "12"}}, "/places/iop"),
        ({"places": {"iop": 10**9}}, "/places/iop"),
        ({"places": [3]}, "/places"),
    ],
)
def test_places_that_cannot_be_are_refused(lead: Api, south: str, body: Any, pointer: str) -> None:
    before = lead.get("/programs").json()
    answer = lead.patch(f"/programs/{south}", json=body)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)
    assert lead.get("/programs").json() == before


def test_a_program_of_others_is_not_there(lead: Api) -> None:
    assert lead.patch(f"/programs/{SOMEWHERE}", json={"places": {"op": 5}}).status_code == 404


def test_the_board_shows_the_places_above_its_columns(
    lead: Api, house: House, browser: Any, south: str
) -> None:
    for _ in range(3):
        _walks_into(lead, house, south, "op")
    shown = browser.get("/", params={"program": south}).text
    assert "3 of 3 places taken" in shown
    assert "0 of 10 places taken" in shown
    told = lead.get("/board", params={"program": south}).json()
    assert {one["stage"]: one["room"]["taken"] for one in told["columns"] if one["room"]} == {
        "iop": 0,
        "op": 3,
    }


def test_each_change_is_in_the_audit(lead: Api, house: House, south: str) -> None:
    with house.database.transaction(EVERYWHERE) as work:
        rows = work.rows(
            """SELECT convert_from(bytes, 'UTF8')::jsonb AS said FROM audit_entry
               WHERE kind = 'program.places-set'"""
        )
    assert {"iop": 10, "op": 3} in [row.said["places"] for row in rows if row.said["program"] == south]


def test_a_program_says_in_what_setting_it_is(lead: Api) -> None:
    asked = {"name": "Day house", "setting": "day-treatment-centre"}
    made = lead.post("/programs", json=asked).json()["id"]
    settings = {one["id"]: one["setting"] for one in lead.get("/programs").json()}
    assert (settings.pop(made), set(settings.values()) - {None}) == ("day-treatment-centre", set())
    wrong = lead.post("/programs", json=asked | {"setting": "moon"})
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "/setting")
