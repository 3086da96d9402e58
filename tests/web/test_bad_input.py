"""Bad input of every kind: a 4xx problem with a pointer, never a 500, never the value, and nothing stored."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import SQLModel

from services import ids
from services.access import EVERYWHERE
from tests.web.conftest import NOON, Api, House

CANARY = "Wilhelmina-Canary"
SOMEWHERE = "e3b6a4b3-a05e-4a12-8fad-a4d14a3e3b42"
PERSON = {"given_name": "Ana", "family_name": "Rivera", "birth_date": "1990-05-17"}
PHQ = {"instrument": "phq-9", "answers": [0] * 9}
SESSION = {"service": "group", "starts_at": "2026-03-02T10:00:00Z", "minutes": 90}
DUTY = {"person_id": "{nurse}", "standby": "on-call", "days": ["mon"], "since": "17:00", "until": "08:00"}
ABSENCE = {
    "person_id": "{nurse}",
    "starts_at": "2026-03-02T10:00:00Z",
    "ends_at": "2026-03-03T10:00:00Z",
}
CONTACT = {"person_id": "{nurse}", "channel": "email", "address": "nurse@clinic.example"}
FUTURE = (NOON + timedelta(days=2)).isoformat()

P = "/pathways/{pathway}"
TABLE: list[tuple[str, Any, str]] = [
    # clients
    ("/clients", None, ""),
    ("/clients", [], ""),
    ("/clients", CANARY, ""),
    ("/clients", {}, "/given_name"),
    ("/clients", {**PERSON, "given_name": ""}, "/given_name"),
    ("/clients", {**PERSON, "given_name": "   "}, "/given_name"),
    ("/clients", {**PERSON, "given_name": CANARY * 40}, "/given_name"),
    ("/clients", {**PERSON, "given_name": 7}, "/given_name"),
    ("/clients", {**PERSON, "given_name": None}, "/given_name"),
    ("/clients", {**PERSON, "given_name": [CANARY]}, "/given_name"),
    ("/clients", {**PERSON, "given_name": {"text": CANARY}}, "/given_name"),
    ("/clients", {**PERSON, "given_name": f"{CANARY}\u202e"}, "/given_name"),
    ("/clients", {**PERSON, "given_name": f"{CANARY}\x07"}, "/given_name"),
    ("/clients", {**PERSON, "family_name": f"{CANARY}\x1b[31m"}, "/family_name"),
    ("/clients", {**PERSON, "birth_date": CANARY}, "/birth_date"),
    ("/clients", {**PERSON, "birth_date": "1990-02-30"}, "/birth_date"),
    ("/clients", {**PERSON, "birth_date": "1990-13-01"}, "/birth_date"),
    ("/clients", {**PERSON, "birth_date": "0000-01-01"}, "/birth_date"),
    ("/clients", {**PERSON, "birth_date": "0001-01-01"}, "/birth_date"),
    ("/clients", {**PERSON, "birth_date": "9999-12-31"}, "/birth_date"),
    ("/clients", {**PERSON, "birth_date": "2090-01-01"}, "/birth_date"),
    ("/clients", {**PERSON, "birth_date": True}, "/birth_date"),
    ("/clients", {**PERSON, "birth_date": ""}, "/birth_date"),
    ("/clients", {**PERSON, "role": "admin"}, "/role"),
    ("/clients", {**PERSON, "version": 9}, "/version"),
    ("/clients", {**PERSON, "program_id": CANARY}, "/program_id"),
    ("/clients", {**PERSON, "program_id": "9" * 5_000}, "/program_id"),
    ("/clients", {**PERSON, "program_id": SOMEWHERE}, "/program_id"),
    ("/clients", {**PERSON, "identifiers": CANARY}, "/identifiers"),
    ("/clients", {**PERSON, "identifiers": [{"system": CANARY}]}, "/identifiers/0/value"),
    ("/clients", {**PERSON, "identifiers": [{"system": "a", "value": "b"}] * 21}, "/identifiers"),
    ("/clients", {**PERSON, "identifiers": [{"system": "a", "value": "b"}] * 2}, "/identifiers/1"),
    (
        "/clients",
        {**PERSON, "identifiers": [{"system": "a", "value": "b"}, {"system": "A", "value": "B"}]},
        "/identifiers/1",
    ),
    ("/clients/search", {"text": ""}, "/text"),
    ("/clients/search", {"text": CANARY, "limit": 0}, "/limit"),
    ("/clients/search", {"text": CANARY, "limit": 2**53}, "/limit"),
    # pathways
    ("/pathways", {}, "/client_id"),
    ("/pathways", {"client_id": CANARY}, "/client_id"),
    ("/pathways", {"client_id": SOMEWHERE}, "/client_id"),
    ("/pathways", {"client_id": "{client}", "definition": "no-such"}, "/definition"),
    ("/pathways", {"client_id": "{client}", "definition": "../../etc"}, "/definition"),
    ("/pathways", {"client_id": "{client}", "stage": "moon"}, "/stage"),
    ("/pathways", {"client_id": "{client}", "stage": "iop"}, "/reason"),
    ("/pathways", {"client_id": "{client}", "stage": "iop", "reason": CANARY}, "/reason"),
    ("/pathways", {"client_id": "{client}", "started_at": "2026-03-02T10:00:00"}, "/started_at"),
    ("/pathways", {"client_id": "{client}", "started_at": FUTURE}, "/started_at"),
    ("/pathways", {"client_id": "{client}", "program_id": SOMEWHERE}, "/program_id"),
    ("/pathways", {"client_id": "{client}", "owner_id": SOMEWHERE}, "/owner_id"),
    # assessments
    (f"{P}/assessments", {}, "/instrument"),
    (f"{P}/assessments", {"instrument": "phq-9"}, "/answers"),
    (f"{P}/assessments", {**PHQ, "instrument": "no-such"}, "/instrument"),
    (f"{P}/assessments", {**PHQ, "instrument": CANARY}, "/instrument"),
    (f"{P}/assessments", {**PHQ, "instrument": "PHQ-9"}, "/instrument"),
    (f"{P}/assessments", {**PHQ, "answers": [0] * 8}, "/answers/8"),
    (f"{P}/assessments", {**PHQ, "answers": [0] * 10}, "/answers/9"),
    (f"{P}/assessments", {**PHQ, "answers": []}, "/answers/0"),
    (f"{P}/assessments", {**PHQ, "answers": [0, 4, 0, 0, 0, 0, 0, 0, 0]}, "/answers/1"),
    (f"{P}/assessments", {**PHQ, "answers": [-1, 0, 0, 0, 0, 0, 0, 0, 0]}, "/answers/0"),
    (f"{P}/assessments", {**PHQ, "answers": [0, 0, 0, True, 0, 0, 0, 0, 0]}, "/answers/3"),
    (f"{P}/assessments", {**PHQ, "answers": [0, 0, "1", 0, 0, 0, 0, 0, 0]}, "/answers/2"),
    (f"{P}/assessments", {**PHQ, "answers": [0, 0, 0, 0, 1.5, 0, 0, 0, 0]}, "/answers/4"),
    (f"{P}/assessments", {**PHQ, "answers": [CANARY] + [0] * 8}, "/answers/0"),
    (f"{P}/assessments", {**PHQ, "answers": {"99": 1}}, "/answers/99"),
    (f"{P}/assessments", {**PHQ, "answers": {"1": CANARY}}, "/answers/1"),
    (f"{P}/assessments", {**PHQ, "answers": {"1": 0, "9": 7}}, "/answers/9"),
    (f"{P}/assessments", {**PHQ, "answers": {"1": 0, "item 9": 7}}, "/answers/item 9"),
    (f"{P}/assessments", {**PHQ, "answers": {"1": 0, "a/b~c": 1}}, "/answers/a~1b~0c"),
    (f"{P}/assessments", {**PHQ, "answers": {"1": 0, "item 1": 2}}, "/answers/item 1"),
    (f"{P}/assessments", {"instrument": "six-dimensions", "answers": {"r1": 0, "r3": 9}}, "/answers/r3"),
    (f"{P}/assessments", {**PHQ, "answers": {}}, "/answers"),
    (f"{P}/assessments", {**PHQ, "answers": [None] * 9}, "/answers"),
    (f"{P}/assessments", {**PHQ, "answers": CANARY}, "/answers"),
    (f"{P}/assessments", {**PHQ, "effective_at": "2026-03-02T10:00:00"}, "/effective_at"),
    (f"{P}/assessments", {**PHQ, "effective_at": FUTURE}, "/effective_at"),
    (f"{P}/assessments", {**PHQ, "effective_at": "2026-03-02T10:00:00+25:00"}, "/effective_at"),
    (f"{P}/assessments", {**PHQ, "effective_at": "2026-02-30T10:00:00Z"}, "/effective_at"),
    (f"{P}/assessments", {**PHQ, "effective_at": "0001-01-01T00:00:00+14:00"}, "/effective_at"),
    (f"{P}/assessments", {**PHQ, "effective_at": "9999-12-31T23:59:59-12:00"}, "/effective_at"),
    (f"{P}/assessments", {**PHQ, "effective_at": 0}, "/effective_at"),
    (f"{P}/assessments", {**PHQ, "effective_at": "1700000000"}, "/effective_at"),
    (f"{P}/events", {"kind": "return-to-use", "source": f"{CANARY}\x07"}, "/source"),
    (f"{P}/plan", {"goals": "met", "next_on": "9999-12-31"}, "/next_on"),
    ("/clients", {**PERSON, "birth_date": 0}, "/birth_date"),
    ("/clients", {**PERSON, "birth_date": "86400"}, "/birth_date"),
    ("/pathways", {"client_id": "{client}", "started_at": "0001-01-01T00:00:00Z"}, "/started_at"),
    ("/sessions", {**SESSION, "roster": [SOMEWHERE], "starts_at": "9999-12-31T23:59:59-12:00"}, "/starts_at"),
    (f"{P}/assessments", {**PHQ, "note": CANARY * 200}, "/note"),
    (f"{P}/assessments", {**PHQ, "total": 27}, "/total"),
    # attendance, events, plans, holds
    (f"{P}/attendance", {"kind": "group", "minutes": 0, "status": "attended"}, "/minutes"),
    (f"{P}/attendance", {"kind": "group", "minutes": 100_000, "status": "attended"}, "/minutes"),
    (f"{P}/attendance", {"kind": "group", "minutes": "60", "status": "attended"}, "/minutes"),
    (f"{P}/attendance", {"kind": "group", "minutes": 60.5, "status": "attended"}, "/minutes"),
    (f"{P}/attendance", {"kind": CANARY, "minutes": 60, "status": "attended"}, "/kind"),
    (f"{P}/attendance", {"kind": "group", "minutes": 60, "status": "unlogged"}, "/status"),
    (
        f"{P}/attendance",
        {"kind": "group", "minutes": 60, "status": "attended", "session_id": SOMEWHERE},
        "/session_id",
    ),
    (f"{P}/events", {}, "/kind"),
    (f"{P}/events", {"kind": "no-such"}, "/kind"),
    (f"{P}/events", {"kind": CANARY}, "/kind"),
    (f"{P}/events", {"kind": "return-to-use", "effective_at": FUTURE}, "/effective_at"),
    (f"{P}/plan", {"goals": CANARY}, "/goals"),
    (f"{P}/plan", {"goals": "met", "next_step": "moon"}, "/next_step"),
    (f"{P}/plan", {"goals": "met", "next_on": "soon"}, "/next_on"),
    (f"{P}/holds", {"reason": CANARY}, "/reason"),
    (f"{P}/resume", None, ""),
    (f"{P}/retry", None, ""),
    # sessions
    ("/sessions", {**SESSION, "roster": []}, "/roster"),
    ("/sessions", {**SESSION, "roster": [SOMEWHERE]}, ""),
    ("/sessions", {**SESSION, "roster": [CANARY]}, "/roster/0"),
    ("/sessions", {**SESSION, "roster": [SOMEWHERE], "starts_at": "10:00"}, "/starts_at"),
    (f"/sessions/{SOMEWHERE}/attendance", {"statuses": {SOMEWHERE: "attended"}}, ""),
    (f"/sessions/{SOMEWHERE}/attendance", {"statuses": {SOMEWHERE: CANARY}}, f"/statuses/{SOMEWHERE}"),
    (f"/sessions/{SOMEWHERE}/attendance", {"statuses": [CANARY]}, "/statuses"),
    # signatures
    (f"/decisions/{SOMEWHERE}/sign-off", {"verdict": "accept"}, ""),
    (f"/decisions/{SOMEWHERE}/sign-off", {"verdict": CANARY}, "/verdict"),
    (f"{P}/overrides", {"to_stage": "moon", "reason": CANARY}, "/to_stage"),
    (f"{P}/overrides", {"to_stage": "iop"}, "/reason"),
    (f"{P}/overrides", {"to_stage": "iop", "reason": "no"}, "/reason"),
    (f"{P}/discharge", {"reason": 5, "note": CANARY}, "/reason"),
    (f"{P}/discharge", {"reason": True, "note": CANARY}, "/reason"),
    (f"{P}/discharge", {"reason": 1.0, "note": CANARY}, "/reason"),
    (f"{P}/discharge", {"reason": 1}, "/note"),
    # alerts and who is on call
    (f"/alerts/{SOMEWHERE}/acknowledge", None, ""),
    (f"/alerts/{SOMEWHERE}/retry", None, ""),
    ("/on-call/duties", {}, "/person_id"),
    ("/on-call/duties", {**DUTY, "person_id": CANARY}, "/person_id"),
    ("/on-call/duties", {**DUTY, "person_id": SOMEWHERE}, "/person_id"),
    ("/on-call/duties", {**DUTY, "standby": CANARY}, "/standby"),
    ("/on-call/duties", {**DUTY, "days": []}, "/days"),
    ("/on-call/duties", {**DUTY, "days": ["someday"]}, "/days/0"),
    ("/on-call/duties", {**DUTY, "days": ["mon"] * 8}, "/days"),
    ("/on-call/duties", {**DUTY, "since": 61200}, "/since"),
    ("/on-call/duties", {**DUTY, "since": "25:00"}, "/since"),
    ("/on-call/duties", {**DUTY, "since": "17:00+02:00"}, "/since"),
    ("/on-call/duties", {**DUTY, "until": CANARY}, "/until"),
    ("/on-call/duties", {**DUTY, "program_id": SOMEWHERE}, "/program_id"),
    ("/on-call/duties", {**DUTY, "first_on": "2026-02-30"}, "/first_on"),
    ("/on-call/duties", {**DUTY, "first_on": "2026-03-02", "last_on": "2026-03-01"}, "/last_on"),
    ("/on-call/absences", {**ABSENCE, "person_id": SOMEWHERE}, "/person_id"),
    ("/on-call/absences", {**ABSENCE, "cover_id": SOMEWHERE}, "/cover_id"),
    ("/on-call/absences", {**ABSENCE, "cover_id": "{nurse}"}, "/cover_id"),
    ("/on-call/absences", {**ABSENCE, "ends_at": ABSENCE["starts_at"]}, "/ends_at"),
    ("/on-call/absences", {**ABSENCE, "ends_at": "9999-12-31T23:59:59-12:00"}, "/ends_at"),
    ("/on-call/absences", {**ABSENCE, "starts_at": "2026-03-02T10:00:00"}, "/starts_at"),
    ("/on-call/contacts", {**CONTACT, "person_id": SOMEWHERE}, "/person_id"),
    ("/on-call/contacts", {**CONTACT, "channel": CANARY}, "/channel"),
    ("/on-call/contacts", {**CONTACT, "address": CANARY}, "/address"),
    ("/on-call/contacts", {**CONTACT, "address": "a@b.example\r\nBcc: c@d.example"}, "/address"),
    ("/on-call/contacts", {**CONTACT, "address": "ann@clinic.example,bob@clinic.example"}, "/address"),
    ("/on-call/contacts", {**CONTACT, "address": f"{'a' * 250}@b.example"}, "/address"),
    ("/on-call/contacts", {**CONTACT, "channel": "webhook"}, "/address"),
    ("/on-call/contacts", {**CONTACT, "channel": "webhook", "address": "file:///etc/passwd"}, "/address"),
    ("/on-call/contacts", {**CONTACT, "channel": "webhook", "address": "https://a:b@c.example"}, "/address"),
    ("/on-call/contacts", {**CONTACT, "channel": "webhook", "address": "https://[::1"}, "/address"),
    (
        "/on-call/contacts",
        {**CONTACT, "channel": "webhook", "address": "https://c.example:99999"},
        "/address",
    ),
    (f"/on-call/{SOMEWHERE}/end", None, ""),
    (
        f"{P}/overrides",
        {"to_stage": "op", "reason": CANARY, "starts_at": "2026-06-10T17:00:00Z"},
        "/starts_at",
    ),
    (f"{P}/withdrawals", {}, "/reason"),
    (f"{P}/withdrawals", {"reason": CANARY}, ""),
    # nobody there
    (f"/pathways/{SOMEWHERE}/assessments", PHQ, ""),
    (f"/pathways/{SOMEWHERE}/events", {"kind": "return-to-use"}, ""),
    (f"/pathways/{SOMEWHERE}/holds", {"reason": "travel"}, ""),
]

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
    return {"pathway": house.pathway("iop"), "client": client, "nurse": str(house.people["nurse"])}


def _counts(house: House) -> list[tuple[Any, ...]]:
    tables = SQLModel.metadata.sorted_tables
    query = " UNION ALL ".join(f"SELECT '{table.name}', count(*) FROM {table.name}" for table in tables)
    with house.database.transaction(EVERYWHERE) as work:
        return [tuple(row) for row in work.connection.execute(text(query))]


def _put_in(value: Any, places: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {name: _put_in(one, places) for name, one in value.items()}
    return places.get(value[1:-1], value) if isinstance(value, str) else value


@pytest.mark.parametrize(("path", "body", "pointer"), TABLE)
def test_a_body_that_cannot_be_right_is_refused_with_a_pointer_and_stores_nothing(
    lead: Api, house: House, places: dict[str, str], path: str, body: Any, pointer: str
) -> None:
    before = _counts(house)
    address = path.replace("{pathway}", places["pathway"])
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
