"""The spine over the API: enrol, assess, see the preview, sign, and see the client moved; once, however often asked."""

from threading import Thread
from typing import Any

import pytest
from fastapi import FastAPI

from services import ids
from tests.web.conftest import Api, Browser, House

NEEDS_IOP = [0, 0, 2, 2, 3, 2]


@pytest.fixture(scope="module")
def supervisor(app: FastAPI, house: House) -> Api:
    return Api(app, house.keys["supervisor"])


def _enrolled(api: Api, house: House, **more: str) -> str:
    person = {"given_name": "Ana", "family_name": "Rivera", "birth_date": "1990-05-17"}
    client = api.post("/clients", json=person)
    assert client.status_code == 201
    pathway = api.post("/pathways", json={"client_id": client.json()["id"]} | more)
    assert pathway.status_code == 201
    house.engine(pathway.json()["id"])
    return str(pathway.json()["id"])


def _proposal(api: Api, house: House, pathway: str) -> str:
    """Record what proposes IOP and return the decision's id."""
    for instrument, answers in (
        ("six-dimensions", NEEDS_IOP),
        ("c-ssrs", [0, 0, None, None, None, 0, 0]),
        ("phq-9", [1, 1, 1, 1, 1, 0, 0, 0, 0]),
    ):
        body = {"instrument": instrument, "answers": answers, "signed": True}
        assert api.post(f"/pathways/{pathway}/assessments", json=body).status_code == 201
    house.engine(pathway)
    return str(api.get(f"/pathways/{pathway}").json()["decision"]["id"])


def test_the_answer_to_an_assessment_says_the_score_and_what_the_rules_would_conclude(
    clinician: Api, house: House
) -> None:
    pathway = _enrolled(clinician, house)
    body = {"instrument": "six-dimensions", "answers": NEEDS_IOP, "signed": True}
    said = clinician.post(f"/pathways/{pathway}/assessments", json=body).json()
    assert said["preview"]["recommended"] == "iop"
    assert said["preview"]["pathway_id"] == pathway
    assert said["signed"] is True
    phq = {"instrument": "phq-9", "answers": {str(n): 1 for n in range(1, 10)}}
    said = clinician.post(f"/pathways/{pathway}/assessments", json=phq).json()
    assert (said["score"]["total"], said["score"]["band"]) == (9, "mild")
    assert said["signed"] is True  # the client fills it in
    ciwa = {"instrument": "ciwa-ar", "answers": [1] * 10}
    assert clinician.post(f"/pathways/{pathway}/assessments", json=ciwa).json()["signed"] is False


def test_a_decision_says_what_would_change_it(clinician: Api, browser: Browser, house: House) -> None:
    pathway = house.pathway("iop")
    house.look(pathway, "needs-iop")
    onwards, up = clinician.get(f"/pathways/{pathway}").json()["decision"]["alterations"]
    assert (onwards["to_label"], up["outcome"]) == ("OP", "refer")
    assert (onwards["rerated"], up["rerated"]) == ([], [["r3", 2, 3], ["r5", 3, 4]])
    assert {"Two reviews in a row ask for less", "The next step has a date"} <= {
        one["label"] for one in onwards["lacks"]
    }
    assert [one["actual"][:6] for one in up["lacks"]] == ["IOP on"]
    page = browser.get(f"/pathways/{pathway}").text
    assert "What would change this" in page
    assert "likelihood of using again (r5) rated 4, now 3" in page


def test_a_decline_needs_a_reason(clinician: Api, house: House) -> None:
    pathway = _enrolled(clinician, house)
    decision = _proposal(clinician, house, pathway)
    for body in ({"verdict": "decline"}, {"verdict": "decline", "reason": "  "}):
        refused = clinician.post(f"/decisions/{decision}/sign-off", json=body)
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/reason")
    body = {"verdict": "decline", "reason": "not what the client wants"}
    assert clinician.post(f"/decisions/{decision}/sign-off", json=body).status_code == 201


def test_a_sign_off_that_moves_while_it_waits_says_moved(clinician: Api, house: House) -> None:
    pathway = _enrolled(clinician, house)
    decision = _proposal(clinician, house, pathway)
    said: dict[str, Any] = {}

    def sign() -> None:
        said.update(clinician.post(f"/decisions/{decision}/sign-off", json={"verdict": "accept"}).json())

    signing = Thread(target=sign)
    signing.start()
    while not clinician.get(f"/pathways/{pathway}").json()["pending_move"] and signing.is_alive():
        pass
    house.engine(pathway)
    clinician.app.state.live.tell("*")  # type: ignore[attr-defined]
    signing.join()
    assert (said["message"], said["moved_at"]) == ("moved", "2026-03-02T17:00:00Z")
    assert clinician.get(f"/pathways/{pathway}").json()["stage"] == "iop"


def test_a_sign_off_without_an_engine_says_that_the_move_follows_and_answers_its_twin_alike(
    clinician: Api, house: House
) -> None:
    pathway = _enrolled(clinician, house)
    decision = _proposal(clinician, house, pathway)
    address, key = f"/decisions/{decision}/sign-off", {"Idempotency-Key": str(ids.new())}
    first = clinician.post(address, json={"verdict": "accept"}, headers=key)
    assert (first.status_code, first.json()["message"]) == (201, "signed; the move follows by itself")
    house.engine(pathway)
    twin = clinician.post(address, json={"verdict": "accept"}, headers=key)
    assert (twin.status_code, twin.headers["idempotency-replayed"]) == (201, "true")
    assert (twin.json()["id"], twin.json()["message"]) == (first.json()["id"], "moved")
    again = clinician.post(address, json={"verdict": "accept"})
    assert (again.status_code, again.json()["code"]) == (409, "already-signed")


def test_newer_evidence_makes_a_proposal_unsignable_and_says_what_changed(
    clinician: Api, house: House
) -> None:
    pathway = _enrolled(clinician, house)
    decision = _proposal(clinician, house, pathway)
    positive = {"instrument": "c-ssrs", "answers": [1, 1, 1, 1, 0, 0, 0], "signed": True}
    clinician.post(f"/pathways/{pathway}/assessments", json=positive)
    answer = clinician.post(f"/decisions/{decision}/sign-off", json={"verdict": "accept"})
    assert (answer.status_code, answer.json()["code"]) == (409, "superseded")
    assert [one["code"] for one in answer.json()["details"]["changed_since"]] == ["c-ssrs"]


def test_a_service_key_records_and_never_signs(app: FastAPI, house: House, clinician: Api) -> None:
    pathway = _enrolled(clinician, house)
    service = Api(app, house.keys["service"])
    phq = {"instrument": "phq-9", "answers": [0] * 9, "source": "portal"}
    assert service.post(f"/pathways/{pathway}/assessments", json=phq).status_code == 201
    decision = _proposal(clinician, house, pathway)
    assert service.post(f"/decisions/{decision}/sign-off", json={"verdict": "accept"}).status_code == 403


def test_the_same_key_gives_the_same_answer_and_another_body_is_refused(clinician: Api) -> None:
    key = {"Idempotency-Key": str(ids.new())}
    person = {"given_name": "Bo", "family_name": "Twice", "birth_date": "1980-01-01"}
    first, twin = (clinician.post("/clients", json=person, headers=key) for _ in range(2))
    assert (twin.content, twin.headers["idempotency-replayed"]) == (first.content, "true")
    other = clinician.post("/clients", json={**person, "given_name": "Cy"}, headers=key)
    assert (other.status_code, other.json()["code"]) == (422, "key-reused")
    elsewhere = clinician.post("/clients/search", json={"text": "Twice"})
    assert len(elsewhere.json()) == 1


def test_a_change_against_an_old_version_is_refused(clinician: Api, house: House) -> None:
    pathway = _enrolled(clinician, house)
    seen = clinician.get(f"/pathways/{pathway}").headers["etag"]
    event = {"kind": "return-to-use"}
    first = clinician.post(f"/pathways/{pathway}/events", json=event, headers={"If-Match": seen})
    second = clinician.post(f"/pathways/{pathway}/events", json=event, headers={"If-Match": seen})
    assert (first.status_code, second.status_code, second.json()["code"]) == (201, 412, "outdated")


def test_paging_visits_every_pathway_once(clinician: Api, house: House) -> None:
    for _ in range(3):
        _enrolled(clinician, house)
    seen: list[str] = []
    after: str | None = None
    while True:
        page = clinician.get("/pathways", params={"limit": 2, **({"after": after} if after else {})}).json()
        seen += [card["pathway_id"] for card in page["items"]]
        after = page["next"]
        if after is None:
            break
    assert len(seen) == len(set(seen)) >= 3
    assert sorted(seen) == seen


def test_a_session_is_charted_for_its_roster_at_once(clinician: Api, house: House) -> None:
    roster = [_enrolled(clinician, house) for _ in range(2)]
    body = {"service": "group", "starts_at": "2026-03-02T15:00:00Z", "minutes": 90, "roster": roster}
    session = clinician.post("/sessions", json=body).json()["id"]
    statuses = {roster[0]: "attended", roster[1]: "missed"}
    charted = clinician.post(f"/sessions/{session}/attendance", json={"statuses": statuses})
    assert (charted.status_code, len(charted.json()["ids"])) == (201, 2)
    [listed] = [one for one in clinician.get("/sessions").json() if one["id"] == session]
    assert {seat["pathway_id"]: seat["status"] for seat in listed["roster"]} == statuses
    twice = clinician.post(f"/sessions/{session}/attendance", json={"statuses": statuses})
    assert twice.status_code == 409


def test_hold_resume_override_and_discharge_are_signed_by_who_may(supervisor: Api, house: House) -> None:
    pathway = house.pathway("iop")
    house.look(pathway)
    at = f"/pathways/{pathway}"
    assert supervisor.post(f"{at}/holds", json={"reason": "travel"}).status_code == 201
    assert supervisor.get(at).json()["held"] is True
    assert supervisor.post(f"{at}/resume").json() == {"id": pathway}
    later = {"to_stage": "aftercare", "reason": "family moves away", "starts_at": "2026-03-09T15:00:00Z"}
    signed = supervisor.post(f"{at}/overrides", json=later)
    assert (signed.status_code, signed.json()["message"]) == (201, "signed")
    ended = supervisor.post(f"{at}/discharge", json={"reason": 4, "note": "moves to another city"})
    assert (ended.status_code, ended.json()["message"]) == (201, "signed; the move follows by itself")
    house.engine(pathway)
    assert supervisor.get(at).json()["open"] is False


def test_what_happened_is_told_by_timeline_decisions_and_audit(supervisor: Api, house: House) -> None:
    pathway = house.pathway("op")
    house.look(pathway)
    timeline = supervisor.get(f"/pathways/{pathway}/timeline").json()
    assert timeline[-1]["kind"] == "opened"
    assert supervisor.get(f"/pathways/{pathway}/decisions").json()[0]["routes"]
    audit = supervisor.get(f"/pathways/{pathway}/audit").json()
    assert [one["version"] for one in audit] == list(range(1, len(audit) + 1))


def test_board_worklist_and_definition_are_readable(clinician: Api, house: House) -> None:
    left = house.pathway("iop")
    clinician.post(f"/pathways/{left}/events", json={"kind": "left-against-advice"})
    house.engine(left)
    board = clinician.get("/board").json()
    assert [column["stage"] for column in board["columns"]][:5] == [
        "assessment",
        "detox",
        "iop",
        "op",
        "aftercare",
    ]
    tasks = clinician.get("/work-items").json()
    [other, *_] = [task["id"] for task in tasks if not task["by_people"]]
    assert clinician.patch(f"/work-items/{other}", json={"status": "done"}).status_code == 409
    item = next(f"/work-items/{task['id']}" for task in tasks if task["by_people"])
    assert clinician.patch(item, json={"status": "not-needed", "note": "seen"}).status_code == 204
    assert clinician.patch(item, json={"status": "done"}).status_code == 404
    assert clinician.get("/definitions/sud-adult").json()["key"] == "sud-adult"


def test_the_description_is_complete(app: FastAPI) -> None:
    described = app.openapi()
    assert described["openapi"].startswith("3.1")
    assert {"Problem", "Fault", "PathwayView", "Board"} <= set(described["components"]["schemas"])
    assert set(described["components"]["securitySchemes"]) == {"HTTPBearer", "APIKeyCookie"}
    for path, operations in described["paths"].items():
        for verb, operation in operations.items():
            _check_operation(f"{verb} {path}", operation)


def _check_operation(name: str, operation: dict[str, Any]) -> None:
    assert operation["summary"], name
    if operation["x-action"] != "open":
        assert operation["security"] == [{"HTTPBearer": []}, {"APIKeyCookie": []}], name
        assert {"401", "403"} <= set(operation["responses"]), name
    for status, answer in operation["responses"].items():
        if status >= "400":
            assert list(answer["content"]) == ["application/problem+json"], f"{name} {status}"
    if "requestBody" in operation:
        assert {"400", "413", "415", "422"} <= set(operation["responses"]), name


def test_health_says_what_is_there(app: FastAPI, house: House) -> None:
    stranger = Api(app, "")
    assert stranger.get("/health/live").json() == {"status": "live", "instance": ""}
    away = stranger.get("/health/ready")
    assert (away.status_code, away.json()["engine"]) == (503, "none")
