"""What a payer said: recorded, counted, sealed, shown; never a reason for the rules to say anything else."""

from typing import Any

import pytest

from services.access import EVERYWHERE
from tests.web.conftest import Api, Browser, House

PAYER = {
    "payer": "Wilhelmina Mutual",
    "plan": "Gold",
    "reference": "REF-77120",
    "service_code": "H0015",
    "level": "iop",
    "decision": "approved",
    "units": 3,
    "unit": "session",
    "starts_on": "2026-03-01",
    "ends_on": "2026-03-31",
}


@pytest.fixture(name="pathway")
def a_pathway(house: House) -> str:
    return house.pathway("iop")


def _record(api: Api, pathway: str, **more: Any) -> str:
    answer = api.post(f"/pathways/{pathway}/authorisations", json=PAYER | more)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def _attend(api: Api, pathway: str, times: int = 1, **more: Any) -> None:
    body = {"kind": "group", "minutes": 90, "status": "attended"} | more
    for _ in range(times):
        assert api.post(f"/pathways/{pathway}/attendance", json=body).status_code == 201


def test_units_are_counted_from_what_was_attended_and_over_use_is_over(clinician: Api, pathway: str) -> None:
    fact_id = _record(clinician, pathway)
    _attend(clinician, pathway, 2)
    _attend(clinician, pathway, status="missed")
    [line] = clinician.get(f"/pathways/{pathway}/authorisations").json()
    assert (line["id"], line["state"], line["payer"], line["reference"]) == (
        fact_id,
        "in-force",
        "Wilhelmina Mutual",
        "REF-77120",
    )
    assert (line["used"], line["left"], line["over"], line["units"]) == (2, 1, 0, 3)
    _attend(clinician, pathway, 3)
    [line] = clinician.get(f"/pathways/{pathway}/authorisations").json()
    assert (line["used"], line["left"], line["over"], line["state"]) == (3, 0, 2, "used-up")


def test_the_authorised_level_stands_beside_the_recommended_one_and_changes_nothing(
    clinician: Api, house: House, pathway: str
) -> None:
    house.look(pathway, "needs-iop")
    before = clinician.get(f"/pathways/{pathway}").json()
    denied = {"decision": "denied", "units": None, "unit": None, "denial_reason": "50"}
    refused = _record(clinician, pathway, **denied, appeal_by="2026-04-30")
    _record(clinician, pathway, level="op", service_code="H0004")
    house.engine(pathway)
    after = clinician.get(f"/pathways/{pathway}").json()
    assert (before["authorised"], after["authorised"], after["stage"]) == (None, "op", "iop")
    assert after["decision"]["recommended"] == "iop"
    assert after["decision"]["levels"].pop("authorised") == "op"
    assert before["decision"]["levels"].pop("authorised") is None
    assert after["decision"] == before["decision"]
    won = _record(clinician, pathway, replaces=refused)
    states = {one["id"]: one["state"] for one in clinician.get(f"/pathways/{pathway}/authorisations").json()}
    assert (states[refused], states[won]) == ("replaced", "in-force")
    assert clinician.get(f"/pathways/{pathway}").json()["authorised"] == "iop"
    again = clinician.post(f"/pathways/{pathway}/authorisations", json=PAYER | {"replaces": refused})
    assert (again.status_code, again.json()["errors"][0]["pointer"]) == (409, "/replaces")


def test_who_pays_is_sealed_and_the_timeline_says_the_rest(
    clinician: Api, house: House, pathway: str
) -> None:
    fact_id = _record(clinician, pathway)
    with house.database.transaction(EVERYWHERE) as work:
        [row] = work.rows("SELECT * FROM fact WHERE id = :id", id=fact_id)
        [entry] = work.rows(
            "SELECT bytes FROM audit_entry WHERE pathway_id = :one ORDER BY pathway_version DESC LIMIT 1",
            one=pathway,
        )
    stored = repr((dict(row._mapping), bytes(row.sealed), bytes(row.body), bytes(entry.bytes)))
    assert not [canary for canary in ("Wilhelmina", "Gold", "77120") if canary in stored]
    told = [
        one for one in clinician.get(f"/pathways/{pathway}/timeline").json() if one["kind"] == "authorisation"
    ]
    assert [(one["text"], one["detail"]) for one in told] == [
        ("Authorisation approved: IOP", "3 sessions, 2026-03-01 to 2026-03-31")
    ]


def test_only_those_who_care_see_it(app: Any, house: House, pathway: str) -> None:
    admin, service = (Api(app, house.keys[role]) for role in ("admin", "service"))
    assert admin.get(f"/pathways/{pathway}/authorisations").status_code == 403
    assert admin.post(f"/pathways/{pathway}/authorisations", json=PAYER).status_code == 403
    told = PAYER | {"source": "clearing house", "source_id": f"278-{pathway}"}
    assert service.post(f"/pathways/{pathway}/authorisations", json=told).status_code == 201
    assert service.post(f"/pathways/{pathway}/authorisations", json=told).status_code == 409


def test_the_page_shows_what_is_used_and_takes_another(
    browser: Browser, clinician: Api, pathway: str
) -> None:
    page = f"/pathways/{pathway}"
    assert "Nothing of a payer is on file." in browser.get(page).text
    fields = {name: str(value) for name, value in PAYER.items()}
    sent = browser.submit(f"{page}/authorisations", **fields)
    assert (sent.status_code, sent.headers["location"]) == (303, f"{page}?said=authorised"), sent.text
    _attend(clinician, pathway, 4)
    shown = browser.get(f"{page}?said=authorised").text
    for said in (
        "The authorisation is recorded.",
        "3 of 3 sessions",
        "1 session over",
        "Used up",
        "Wilhelmina",
    ):
        assert said in shown
    assert 'IOP <span class="sub">by the payer, today</span>' in shown
    assert "IOP, approved, 1 Mar 2026 to 31 Mar 2026" in browser.get(f"{page}/authorisations").text
    wrong = browser.submit(f"{page}/authorisations", **{**fields, "ends_on": "2026-02-01"})
    assert (wrong.status_code, "It ends on the day it begins or later." in wrong.text) == (422, True)
    assert "REF-77120" in wrong.text


UNCHECKED = "no authorisation and no check of benefits is on file"


def test_the_page_says_before_a_level_begins_that_nobody_checked_the_benefits(
    clinician: Api, house: House
) -> None:
    made = house.pathway()
    assert UNCHECKED not in str(clinician.get(f"/pathways/{made}").json()["notes"])
    house.look(made, "needs-iop")
    [note] = clinician.get(f"/pathways/{made}").json()["notes"]
    assert note.startswith(f"IOP: {UNCHECKED}")
    pending = {"decision": "pending", "units": None, "unit": None, "reference": None}
    _record(clinician, made, **pending)
    assert clinician.get(f"/pathways/{made}").json()["notes"] == []


def test_a_check_of_benefits_ends_the_note_and_nothing_waits_for_it(
    clinician: Api, browser: Browser, pathway: str
) -> None:
    assert f"IOP: {UNCHECKED}" in browser.get(f"/pathways/{pathway}").text
    assert clinician.post(f"/pathways/{pathway}/events", json={"kind": "benefits-checked"}).status_code == 201
    assert UNCHECKED not in browser.get(f"/pathways/{pathway}").text
