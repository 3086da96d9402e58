"""The six parts of an assessment: recorded, told on the page and over the API, and in nobody's way."""

from services.access import EVERYWHERE
from tests.web.conftest import Api, Browser, House

DONE = {"status": "done"}
SECRET = "declined by the client's mother"


def _recorded(api: Api, pathway: str, **parts: dict) -> None:
    body = {"parts": {name.replace("_", "-"): said for name, said in parts.items()}}
    answer = api.post(f"/pathways/{pathway}/checklist", json=body)
    assert answer.status_code == 201, answer.text


def test_what_is_done_is_told_and_asked_for(clinician: Api, browser: Browser, house: House) -> None:
    pathway = house.pathway()
    fresh = clinician.get(f"/pathways/{pathway}").json()["checklist"]
    assert (fresh["done"], fresh["of"], fresh["asked"]) == (0, 6, True)
    _recorded(clinician, pathway, substance_use=DONE, medical_history=DONE)
    skipped = {"status": "not-applicable", "reason": SECRET}
    _recorded(clinician, pathway, lab_tests=skipped, family_addiction={"status": "not-done"})
    view = clinician.get(f"/pathways/{pathway}").json()["checklist"]
    assert (view["done"], view["of"], view["asked"]) == (3, 6, True)
    assert {one["key"]: one["status"] for one in view["parts"]} == {
        "substance-use": "done",
        "medical-history": "done",
        "mental-health-history": None,
        "family-addiction": "not-done",
        "lab-tests": "not-applicable",
        "physical-examination": None,
    }
    page = browser.get(f"/pathways/{pathway}").text
    assert "3 of 6 done" in page
    assert "Family members with addiction: not done" in page
    rest = ("family_addiction", "mental_health_history", "physical_examination")
    _recorded(clinician, pathway, **dict.fromkeys(rest, DONE))
    view = clinician.get(f"/pathways/{pathway}").json()["checklist"]
    assert (view["done"], view["asked"]) == (6, False)


def test_the_decision_says_how_much_was_done_and_nobody_waits_for_it(
    clinician: Api, browser: Browser, house: House
) -> None:
    pathway = house.pathway()
    _recorded(clinician, pathway, substance_use=DONE)
    house.look(pathway, "needs-iop")
    made = clinician.get(f"/pathways/{pathway}").json()["decision"]
    assert (made["outcome"], made["missing"]) == ("admit", [])
    (told,) = made["mentions"]
    assert (told["met"], told["label"]) == ("unknown", "The assessment has all its parts")
    assert told["actual"].startswith("1 of 6 parts; not recorded: medical history")
    assert "no move waits for it" in browser.get(f"/pathways/{pathway}").text


def test_why_a_part_does_not_apply_is_sealed(clinician: Api, house: House) -> None:
    pathway = house.pathway()
    _recorded(clinician, pathway, lab_tests={"status": "not-applicable", "reason": SECRET})
    with house.database.transaction(EVERYWHERE) as work:
        row = work.rows(
            "SELECT body, sealed FROM fact WHERE kind = 'checklist' AND pathway_id = :id", id=pathway
        )[0]
    assert bytes(row.body) == b'{"parts":{"lab-tests":"not-applicable"}}'
    assert row.sealed
    assert SECRET.encode() not in bytes(row.sealed)
    assert SECRET not in clinician.get(f"/pathways/{pathway}/timeline").text


def test_the_form_records_what_was_chosen_and_asks_for_a_reason(browser: Browser, house: House) -> None:
    pathway = house.pathway()
    path = f"/pathways/{pathway}/checklist"
    assert "Lab tests: why it does not apply" in browser.get(path).text
    again = browser.submit(path, **{"parts.lab-tests.status": "not-applicable"})
    assert again.status_code == 422
    assert "Say why this part does not apply." in again.text
    assert browser.submit(path).status_code == 422
    chosen = {"parts.lab-tests.status": "not-applicable", "parts.lab-tests.reason": "tested last week"}
    saved = browser.submit(path, **chosen, **{"parts.substance-use.status": "done"})
    assert saved.headers["location"] == f"/pathways/{pathway}?said=checked-off"
    assert "2 of 6 done" in browser.get(f"/pathways/{pathway}").text


def test_a_pathway_without_parts_keeps_none(clinician: Api, browser: Browser, house: House) -> None:
    person = {"given_name": "Ana", "family_name": "Rivera", "birth_date": "1990-05-17"}
    client = clinician.post("/clients", json=person).json()["id"]
    asked = {"client_id": client, "definition": "mh-adult"}
    pathway = clinician.post("/pathways", json=asked).json()["id"]
    assert clinician.get(f"/pathways/{pathway}").json()["checklist"] is None
    refused = clinician.post(f"/pathways/{pathway}/checklist", json={"parts": {"lab-tests": DONE}})
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/parts")
    assert "keeps no list" in browser.get(f"/pathways/{pathway}/checklist").text
