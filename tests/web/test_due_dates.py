"""One due date is moved by who may, with a reason: over the API and on the page; told, audited, and kept by the engine."""

from datetime import timedelta
from typing import Any

from fastapi import FastAPI

from services import invariants
from services.access import EVERYWHERE
from tests.web.conftest import Api, Browser, House


def look_of(api: Api, pathway: str) -> dict[str, Any]:
    return dict(api.get(f"/pathways/{pathway}").json()["dues"][0])


def waiting(house: House) -> str:
    """A client of IOP whose first look is done: the next is due in 14 days."""
    made = house.pathway("iop")
    house.at += timedelta(minutes=1)
    house.look(made, "needs-iop")
    return made


def on(house: House, days: int) -> str:
    return (house.at + timedelta(days=days)).date().isoformat()


def test_a_due_date_is_moved_once_told_and_kept_by_the_engine(
    clinician: Api, browser: Browser, house: House
) -> None:
    pathway = waiting(house)
    look, path = look_of(clinician, pathway), f"/pathways/{pathway}/due-dates"
    body = {
        "reassessment_id": look["reassessment_id"],
        "due_on": on(house, 20),
        "reason": "client-asked",
        "note": "Wilhelmina is away",
    }
    answers = [clinician.post(path, json=body, headers={"Idempotency-Key": "moved-once"}) for _ in range(2)]
    assert [one.status_code for one in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    house.engine(pathway)
    moved = look_of(clinician, pathway)
    assert moved["reassessment_id"] == look["reassessment_id"]
    assert (moved["at"][:10], look["at"][:10]) == (on(house, 20), on(house, 14))
    line = clinician.get(f"/pathways/{pathway}/timeline").json()
    [told] = [one for one in line if one["kind"] == "due-date"]
    assert (told["text"][:17], told["by"]) == ("Due date moved to", "Robin Clinician")
    assert "client asked" in told["detail"]
    audit = browser.get(f"/pathways/{pathway}/audit").text
    assert "Reassessment moved" in audit
    assert "Wilhelmina is away" not in audit
    with house.database.transaction(EVERYWHERE) as work:
        found = [one for one in invariants.check(work, at=house.at) if str(one.pathway_id) == pathway]
    assert found == []


def test_what_cannot_be_moved_is_refused_with_its_reason(clinician: Api, house: House) -> None:
    pathway = waiting(house)
    path = f"/pathways/{pathway}/due-dates"
    said = {"reassessment_id": look_of(clinician, pathway)["reassessment_id"], "reason": "staffing"}
    for asked, pointer in (
        ({"due_on": on(house, 31)}, "/due_on"),
        ({"due_on": on(house, -1)}, "/due_on"),
        ({"due_at": f"{on(house, 40)}T12:00:00Z"}, "/due_at"),
        ({}, "/due_on"),
        ({"due_on": on(house, 20), "due_at": f"{on(house, 20)}T12:00:00Z"}, "/due_on"),
    ):
        refused = clinician.post(path, json=said | asked)
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, pointer), asked
    limit = clinician.post(path, json=said | {"due_on": on(house, 31)}).json()
    assert on(house, 31) in limit["detail"]
    stale = clinician.post(path, json=said | {"due_on": on(house, 20)}, headers={"If-Match": '"1"'})
    assert stale.status_code == 412
    clinician.post(f"/pathways/{pathway}/holds", json={"reason": "travel"})
    assert clinician.post(path, json=said | {"due_on": on(house, 20)}).status_code == 409


def test_what_has_fallen_due_is_not_put_off(clinician: Api, house: House) -> None:
    pathway = house.pathway("op")  # nobody has rated the client: looked at at once
    said = {"reassessment_id": look_of(clinician, pathway)["reassessment_id"], "reason": "staffing"}
    refused = clinician.post(f"/pathways/{pathway}/due-dates", json=said | {"due_on": on(house, 3)})
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict")
    house.look(pathway)
    gone = clinician.post(f"/pathways/{pathway}/due-dates", json=said | {"due_on": on(house, 3)})
    assert gone.status_code == 404


def test_a_deadline_comes_sooner_with_its_work(clinician: Api, house: House) -> None:
    pathway = waiting(house)
    house.at += timedelta(minutes=1)
    clinician.post(f"/pathways/{pathway}/events", json={"kind": "request"})
    house.engine(pathway)
    [look] = [one for one in clinician.get(f"/pathways/{pathway}").json()["dues"] if one["reasons"]]
    said = {"reassessment_id": look["reassessment_id"], "reason": "appointment"}
    later = clinician.post(f"/pathways/{pathway}/due-dates", json=said | {"due_on": on(house, 9)})
    assert later.status_code == 422
    sooner = clinician.post(f"/pathways/{pathway}/due-dates", json=said | {"due_on": on(house, 2)})
    assert sooner.status_code == 201
    house.engine(pathway)
    work = clinician.get(f"/pathways/{pathway}").json()["work"]
    assert [one["due"]["at"][:10] for one in work if one["kind"] == "reassess"] == [on(house, 3)]


def test_a_nurse_moves_no_due_date_and_a_coordinator_does(app: FastAPI, house: House) -> None:
    pathway = waiting(house)
    nurse, coordinator = (Api(app, house.keys[role]) for role in ("nurse", "coordinator"))
    said = {"reassessment_id": look_of(nurse, pathway)["reassessment_id"], "reason": "closed-day"}
    body, path = said | {"due_on": on(house, 13)}, f"/pathways/{pathway}/due-dates"
    assert [one.post(path, json=body).status_code for one in (nurse, coordinator)] == [403, 201]


def test_a_due_date_is_moved_on_a_page_without_script(browser: Browser, house: House) -> None:
    pathway = waiting(house)
    page = f"/pathways/{pathway}"
    assert f'href="{page}/due-dates"' in browser.get(page).text
    sheet = browser.get(f"{page}/due-dates").text
    look = sheet.partition('name="reassessment_id" value="')[2].partition('"')[0]
    late = browser.submit(f"{page}/due-dates", reassessment_id=look, due_on=on(house, 40), reason="other")
    assert (late.status_code, "outer limit" in late.text) == (422, True)
    sent = browser.submit(f"{page}/due-dates", reassessment_id=look, due_on=on(house, 16), reason="other")
    assert (sent.status_code, sent.headers["location"]) == (303, f"{page}?said=redated")
    text = browser.get(page).text
    assert "Due date moved to" in text


def test_of_alternatives_any_one_completes_a_look_and_page_and_api_name_them_all(
    clinician: Api, browser: Browser, house: House
) -> None:
    pathway = house.pathway("op")
    [measure] = [
        one for one in clinician.get(f"/pathways/{pathway}").json()["dues"] if len(one["parts"]) == 1
    ]
    assert (measure["parts"], measure["done"]) == (["bam|phq-9|gad-7"], [])
    page = browser.get(f"/pathways/{pathway}").text
    links = [f'<a href="/pathways/{pathway}/assessments/{key}">' for key in ("bam", "phq-9", "gad-7")]
    assert f"{links[0]}BAM</a>, {links[1]}PHQ-9</a> or {links[2]}GAD-7</a>" in page
    assert browser.get(f"/pathways/{pathway}/assessments").text.count("Asked for") == 5
    answers = dict.fromkeys(map(str, range(1, 8)), 1)
    said = {"instrument": "gad-7", "answers": answers, "signed": True}
    assert clinician.post(f"/pathways/{pathway}/assessments", json=said).status_code == 201
    [told] = [one for one in clinician.get(f"/pathways/{pathway}").json()["dues"] if one["done"]]
    assert told["done"] == measure["parts"]
    assert "BAM, PHQ-9 or GAD-7<span" in browser.get(f"/pathways/{pathway}").text
    house.engine(pathway)
    left = {one["reassessment_id"] for one in clinician.get(f"/pathways/{pathway}").json()["dues"]}
    assert measure["reassessment_id"] not in left
