"""The waiting list: who is proposed for a stage that has no place for all, in the order of the law, from their request."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from fastapi import FastAPI

from tests.conftest import NOON
from tests.web.conftest import Api, Browser, House


@pytest.fixture(scope="module")
def lead(app: FastAPI, house: House) -> Api:
    return Api(app, house.keys["lead"])


@pytest.fixture
def east(lead: Api) -> str:
    """A program with one place in IOP."""
    return str(lead.post("/programs", json={"name": "East", "places": {"iop": 1}}).json()["id"])


@pytest.fixture
def later(house: House) -> Iterator[House]:
    """The house, whose clock a test may set."""
    yield house
    house.at = NOON


def _enrolled(api: Api, house: House, program: str, stage: str | None = None) -> str:
    person = {"given_name": "Ana", "family_name": "Moss", "birth_date": "1990-05-17", "program_id": program}
    client = api.post("/clients", json=person).json()["id"]
    entry = {"stage": stage, "reason": "transfer"} if stage else {}
    made = api.post("/pathways", json={"client_id": client, "program_id": program, **entry}).json()["id"]
    house.engine(made)
    return str(made)


def _asks_for_iop(api: Api, house: House, program: str) -> str:
    made = _enrolled(api, house, program)
    house.look(made, "needs-iop")
    return made


def _list(api: Api, program: str, **more: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = api.get("/waiting-list", params={"program": program, **more}).json()
    return found


def _accept(api: Api, house: House, pathway: str) -> None:
    decision = api.get(f"/pathways/{pathway}").json()["decision"]["id"]
    assert api.post(f"/decisions/{decision}/sign-off", json={"verdict": "accept"}).status_code == 201
    house.engine(pathway)


def test_nobody_waits_where_there_is_a_place_for_all_or_no_number_is_set(
    lead: Api, house: House, east: str
) -> None:
    _asks_for_iop(lead, house, east)
    assert _list(lead, east) == []
    _asks_for_iop(lead, house, str(house.program))
    assert _list(lead, str(house.program)) == []


def test_who_asked_first_is_next_until_somebody_has_priority(lead: Api, later: House, east: str) -> None:
    _enrolled(lead, later, east, "iop")
    first = _asks_for_iop(lead, later, east)
    later.at = NOON + timedelta(days=1)
    second = _asks_for_iop(lead, later, east)
    assert [one["pathway_id"] for one in _list(lead, east)] == [first, second]
    lead.post(f"/pathways/{second}/events", json={"kind": "injection-use"})
    later.engine(second)
    now = _list(lead, east)
    assert [(one["pathway_id"], one["priority"]) for one in now] == [(second, "injects"), (first, "others")]
    assert not any(one["place_free"] for one in now)
    requested = datetime.fromisoformat(now[0]["requested_at"])
    assert requested == NOON + timedelta(days=1)
    assert datetime.fromisoformat(now[0]["interim"]["at"]) == requested + timedelta(hours=48)
    assert datetime.fromisoformat(now[0]["admit"]["at"]) == requested + timedelta(days=14)
    lead.post(f"/pathways/{second}/events", json={"kind": "interim-services-offered"})
    later.engine(second)
    told = _list(lead, east)[0]
    assert datetime.fromisoformat(told["admit"]["at"]) == requested + timedelta(days=120)
    assert (told["interim"]["at"], told["interim_at"] is None) == (None, False)
    later.at = NOON + timedelta(days=3)
    lead.post(f"/pathways/{first}/events", json={"kind": "pregnancy"})
    later.engine(first)
    reordered = _list(lead, east)
    assert [one["pathway_id"] for one in reordered] == [first, second]
    assert datetime.fromisoformat(reordered[0]["requested_at"]) == NOON
    assert (reordered[0]["interim"]["state"], reordered[0]["days"]) == ("overdue", 3)


def test_a_free_place_is_the_next_ones_and_who_is_admitted_waits_no_more(
    lead: Api, house: House, east: str
) -> None:
    inside = _enrolled(lead, house, east, "iop")
    first, second = (_asks_for_iop(lead, house, east) for _ in range(2))
    lead.post(f"/pathways/{inside}/events", json={"kind": "died"})
    house.engine(inside)
    order = {one["pathway_id"]: one["place_free"] for one in _list(lead, east)}
    next_ = min(first, second)
    assert order == {first: first == next_, second: second == next_}
    _accept(lead, house, next_)
    [left] = _list(lead, east)
    assert (left["pathway_id"], left["place_free"]) == (max(first, second), False)


def test_ratings_that_grow_old_take_nobody_off_the_list_and_a_decline_does(
    lead: Api, later: House, east: str
) -> None:
    _enrolled(lead, later, east, "iop")
    made = _asks_for_iop(lead, later, east)
    later.at = NOON + timedelta(days=46)
    later.engine(made)
    assert lead.get(f"/pathways/{made}").json()["decision"]["outcome"] == "insufficient"
    [waits] = _list(lead, east)
    assert (waits["pathway_id"], waits["days"]) == (made, 46)
    later.look(made, "needs-iop")
    assert datetime.fromisoformat(_list(lead, east)[0]["requested_at"]) == NOON
    decision = lead.get(f"/pathways/{made}").json()["decision"]["id"]
    declined = {"verdict": "decline", "reason": "goes elsewhere"}
    assert lead.post(f"/decisions/{decision}/sign-off", json=declined).status_code == 201
    assert _list(lead, east) == []


def test_who_walks_already_asks_when_the_step_is_first_proposed(lead: Api, later: House, east: str) -> None:
    _enrolled(lead, later, east, "iop")
    made = _enrolled(lead, later, east, "op")
    later.at = NOON + timedelta(days=5)
    later.look(made, "needs-iop")
    later.at = NOON + timedelta(days=6)
    [waits] = _list(lead, east)
    assert (waits["here"], waits["stage_label"]) == ("OP", "IOP")
    assert datetime.fromisoformat(waits["requested_at"]) == NOON + timedelta(days=5)


def test_the_list_is_of_ones_own_programs_and_filters_are_checked(
    app: FastAPI, lead: Api, house: House, east: str
) -> None:
    _enrolled(lead, house, east, "iop")
    _asks_for_iop(lead, house, east)
    assert len(_list(lead, east, stage="iop")) == 1
    assert _list(lead, east, stage="op") == []
    for query, name in (("stage=moon", "stage"), ("program=x", "program"), ("class=others", "class")):
        answer = lead.get(f"/waiting-list?{query}")
        assert (answer.status_code, answer.json()["errors"][0]["parameter"]) == (422, name)


def test_the_page_says_who_is_next_and_lets_a_lead_set_places(
    app: FastAPI, lead: Api, house: House, east: str
) -> None:
    _enrolled(lead, house, east, "iop")
    made = _asks_for_iop(lead, house, east)
    lead.post(f"/pathways/{made}/events", json={"kind": "injection-use"})
    browser = Browser(app, house.session("supervisor"))
    shown = browser.get("/waiting", params={"program": east}).text
    assert made[:6].upper() in shown
    assert "Offer services meanwhile by" in shown
    assert "45 CFR 96.126(b)" in shown
    assert "1 of 1 taken" in shown
    assert 'href="/waiting"' in browser.get("/").text
    assert "1 of 1 places taken" in browser.get(f"/pathways/{made}").text
    done = browser.submit(f"/waiting/places/{east}", **{"places.iop": "2", "places.op": ""})
    assert done.headers["location"] == "/waiting?said=places-set"
    assert _list(lead, east) == []
    wrong = browser.submit(f"/waiting/places/{east}", **{"places.iop": "many"})
    assert (wrong.status_code, "This was not recorded" in wrong.text) == (422, True)
    assert Browser(app, house.session("coordinator")).submit(f"/waiting/places/{east}").status_code == 403


def test_a_long_list_asks_the_database_no_more_often_than_a_short_one(
    lead: Api, house: House, east: str
) -> None:
    from sqlalchemy import event

    from services import waiting
    from services.access import EVERYWHERE

    def asked() -> int:
        said: list[object] = []
        with house.database.transaction(EVERYWHERE) as work:

            @event.listens_for(work.connection, "before_cursor_execute")
            def count(*told: object) -> None:
                said.append(told)

            waiting.listed(work, at=house.at)
        return len(said)

    _enrolled(lead, house, east, "iop")
    _asks_for_iop(lead, house, east)
    few = asked()
    for _ in range(3):
        _asks_for_iop(lead, house, east)
    assert asked() == few
