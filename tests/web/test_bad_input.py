"""Bad input of every kind: a 4xx problem with a pointer, never a 500, never the value, and nothing stored."""

import re
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import SQLModel

from services import ids
from services.access import EVERYWHERE
from tests.web import wrong_bodies, wrong_orders
from tests.web.conftest import Api, House
from tests.web.wrong_bodies import CANARY, PERSON, PHQ, RETRACTED, SOMEWHERE

GETS = [
    ("/clients/nobody", "client_id"),
    ("/clients?limit=0", "limit"),
    ("/clients?limit=many", "limit"),
    ("/pathways?stage=IOP!", "stage"),
    ("/pathways?stage=moon", "stage"),
    ("/pathways?stage=iop&programme=x", "programme"),
    ("/pathways?Stage=iop", "Stage"),
    ("/board?as_of=2026-03-02T17:00:00Z", "as_of"),
    ("/board?definition=no-such", "definition"),
    ("/programs?limit=2", "limit"),
    (f"/pathways/{SOMEWHERE}?at=now", "at"),
    (f"/pathways/{SOMEWHERE}/audit?limit=5", "limit"),
    ("/pathways?due=never", "due"),
    ("/pathways?after=1", "after"),
    ("/pathways?limit=99999999999999999999", "limit"),
    ("/pathways/9999", "pathway_id"),
    ("/board?program=here", "program"),
    ("/board?definition=%F0%9F%92%A9", "definition"),
    ("/work-items?limit=0", "limit"),
    ("/alerts/none", "notice_id"),
    ("/sessions?day=2026-02-30", "day"),
    ("/sessions?day=0000-00-00", "day"),
    ("/definitions/NO", "key"),
    ("/events?pathway=x", "pathway"),
]


@pytest.fixture(scope="module")
def lead(app: Any, house: House) -> Api:
    return Api(app, house.keys["lead"])


@pytest.fixture(scope="module")
def places(lead: Api, house: House) -> dict[str, str]:
    client = lead.post("/clients", json={**PERSON, "family_name": "Solo"}).json()["id"]
    pathway, nurse = house.pathway("iop"), str(house.people["nurse"])
    facts = {
        kind: lead.post(f"/pathways/{pathway}/{where}", json=body).json()["id"]
        for kind, where, body in (
            ("assessment", "assessments", PHQ),
            ("attended", "attendance", {"kind": "group", "minutes": 60, "status": "attended"}),
            ("event", "events", {"kind": "return-to-use"}),
            ("plan", "plan", {"goals": "open"}),
            ("mistaken", "events", {"kind": "request"}),
        )
    }
    gone = lead.post(f"/facts/{facts['mistaken']}/correction", json=RETRACTED).json()["id"]
    return {"pathway": pathway, "client": client, "nurse": nurse, "gone": gone, **facts}


def _counts(house: House) -> list[tuple[Any, ...]]:
    tables = SQLModel.metadata.sorted_tables
    query = " UNION ALL ".join(f"SELECT '{table.name}', count(*) FROM {table.name}" for table in tables)
    with house.database.transaction(EVERYWHERE) as work:
        return [tuple(row) for row in work.connection.execute(text(query))]


def _put_in(value: Any, places: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {name: _put_in(one, places) for name, one in value.items()}
    return places.get(value[1:-1], value) if isinstance(value, str) else value


@pytest.mark.parametrize(("path", "body", "pointer"), [*wrong_bodies.TABLE, *wrong_orders.TABLE])
def test_a_body_that_cannot_be_right_is_refused_with_a_pointer_and_stores_nothing(
    lead: Api, house: House, places: dict[str, str], path: str, body: Any, pointer: str
) -> None:
    before = _counts(house)
    address = re.sub(r"\{([a-z]+)\}", lambda name: places[name[1]], path)
    answer = lead.post(address, json=_put_in(body, places), headers={"Idempotency-Key": str(ids.new())})
    assert (400 <= answer.status_code < 500, answer.status_code) == (True, answer.status_code), answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    said = answer.json()
    assert said["status"] == answer.status_code
    assert said["request_id"] == answer.headers["x-request-id"]
    assert pointer in [fault["pointer"] for fault in said["errors"]], said
    assert CANARY not in answer.text
    assert _counts(house) == before


@pytest.mark.parametrize(("path", "parameter"), GETS)
def test_an_address_that_cannot_be_right_names_its_parameter(lead: Api, path: str, parameter: str) -> None:
    answer = lead.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert [fault["parameter"] for fault in answer.json()["errors"]] == [parameter]


@pytest.mark.parametrize(
    ("answers", "pointer", "detail"),
    [
        ([0, 0, 1.5, 0, 0, 0, 0, 0, 0], "/answers/2", "A whole number is needed."),
        ({"3": "x"}, "/answers/3", "A whole number is needed."),
        ("x", "/answers", "A list is needed."),
    ],
)
def test_of_a_choice_between_kinds_only_the_item_at_fault_is_told(
    lead: Api, places: dict[str, str], answers: Any, pointer: str, detail: str
) -> None:
    address = f"/pathways/{places['pathway']}/assessments"
    answer = lead.post(address, json={"instrument": "phq-9", "answers": answers})
    assert answer.json()["errors"] == [{"pointer": pointer, "detail": detail}]


@pytest.mark.parametrize("key", ["", "a b", "é", "x" * 201, "\x7f"])
def test_an_idempotency_key_that_cannot_be_right_is_refused(lead: Api, key: str) -> None:
    headers = {"Idempotency-Key": key.encode("latin-1")}
    answer = lead.post("/clients", json=PERSON, headers=headers)
    assert (answer.status_code, answer.json()["errors"][0]["parameter"]) == (422, "Idempotency-Key")


@pytest.mark.parametrize(
    ("verb", "path", "status"),
    [
        ("GET", "/nowhere", 404),
        ("DELETE", "/clients", 405),
        ("PUT", "/pathways", 405),
        ("TRACE", "/programs", 405),
        ("GET", f"/clients/{SOMEWHERE}", 404),
        ("GET", f"/pathways/{SOMEWHERE}", 404),
        ("GET", "/definitions/no-such", 404),
        ("GET", "/clients/..%2f..%2fetc", 404),
    ],
)
def test_what_is_not_there_is_a_problem_too(lead: Api, verb: str, path: str, status: int) -> None:
    answer = lead.request(verb, path)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")


def test_a_form_that_cannot_be_right_comes_back_with_the_typed_text(
    browser: Any, places: dict[str, str]
) -> None:
    path = f"/pathways/{places['pathway']}/attendance"
    answer = browser.submit(path, kind="group", status="attended", minutes="an hour")
    assert answer.status_code == 422
    assert 'value="an hour"' in answer.text
    assert "A whole number is needed." in answer.text
    assert 'href="#attendance-minutes"' in answer.text


@pytest.mark.parametrize("minutes", ["--6", "6 0", "²", "-", "1" * 400])
def test_minutes_that_are_no_number_are_told_in_the_form(
    browser: Any, places: dict[str, str], minutes: str
) -> None:
    path = f"/pathways/{places['pathway']}/attendance"
    answer = browser.submit(path, kind="group", status="attended", minutes=minutes)
    assert (answer.status_code, "A whole number is needed." in answer.text) == (422, True)


def test_a_page_that_is_not_there_is_a_page(browser: Any) -> None:
    for path in ("/pathways/none", f"/pathways/{SOMEWHERE}", "/nowhere"):
        answer = browser.get(path)
        assert (answer.status_code, "<h1>Not Found</h1>" in answer.text) == (404, True)
