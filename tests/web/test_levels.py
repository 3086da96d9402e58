"""Levels: what is recommended and on which basis, what is selected and why, kept apart on the page and over the API."""

from datetime import timedelta

import pytest
from fastapi import FastAPI

from tests.web.conftest import Api, Browser, House

OP = [0, 0, 0, 1, 2, 1]


@pytest.fixture(scope="module")
def supervisor(app: FastAPI, house: House) -> Api:
    return Api(app, house.keys["supervisor"])


def _rate(api: Api, house: House, pathway: str, **more: object) -> dict:
    body = {"instrument": "six-dimensions", "answers": OP, "signed": True} | more
    answer = api.post(f"/pathways/{pathway}/assessments", json=body)
    assert answer.status_code == 201, answer.text
    house.engine(pathway)
    return answer.json()


def test_a_decision_says_on_which_basis_its_level_was_found(
    clinician: Api, browser: Browser, house: House
) -> None:
    pathway = house.pathway()
    clinician.post(f"/pathways/{pathway}/events", json={"kind": "long-history-of-use"})
    assert _rate(clinician, house, pathway)["preview"]["basis"]["rules"] == ["HR-5"]
    basis = clinician.get(f"/pathways/{pathway}").json()["decision"]["basis"]
    assert (basis["table"], basis["hit_policy"], basis["edition"]) == ("hr-1@1", "highest-floor", "asam-3")
    assert (basis["rules"], dict(basis["ratings"])["r5"]) == (["HR-5"], 2)
    assert basis["suggestions"][0].startswith("S32 suggests, and asks for no level")
    page = browser.get(f"/pathways/{pathway}").text
    assert "highest-floor: every rule that fires is listed" in page
    assert "not ASAM CONTINUUM" in page
    assert "S32 suggests" in page


def test_ratings_of_another_edition_are_kept_and_not_read(
    clinician: Api, browser: Browser, house: House
) -> None:
    pathway = house.pathway()
    preview = _rate(clinician, house, pathway, edition="asam-4")["preview"]
    assert (preview["recommended"], preview["outcome"]) == (None, "insufficient")
    view = clinician.get(f"/pathways/{pathway}").json()
    assert "Rate in the edition this program uses (asam-3)" in view["decision"]["missing"]
    assert ["six-dimensions" in due["done"] for due in view["dues"]] == [False]
    assert "were made in asam-4" in view["notes"][0]
    assert "were made in asam-4" in browser.get(f"/pathways/{pathway}").text
    _rate(clinician, house, pathway, edition="asam-3")
    view = clinician.get(f"/pathways/{pathway}").json()
    assert view["decision"]["recommended"] == "op"
    assert not any("made in" in note for note in view["notes"])
    assert ["six-dimensions" in due["done"] for due in view["dues"]] == [True]


@pytest.mark.parametrize(
    ("instrument", "answers", "edition", "known"),
    [
        ("six-dimensions", OP, "asam-9", "Known: asam-3, asam-4."),
        ("phq-9", [0] * 9, "asam-3", "Unknown edition"),
    ],
)
def test_an_unknown_edition_is_refused_with_the_known_ones(
    clinician: Api, house: House, instrument: str, answers: list[int], edition: str, known: str
) -> None:
    pathway = house.pathway()
    body = {"instrument": instrument, "answers": answers, "edition": edition}
    refused = clinician.post(f"/pathways/{pathway}/assessments", json=body)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/edition")
    assert known in refused.json()["detail"]


def test_the_form_asks_for_the_edition_that_the_program_reads(browser: Browser, house: House) -> None:
    pathway = house.pathway()
    form = browser.get(f"/pathways/{pathway}/assessments/six-dimensions").text
    assert '<option value="asam-3" selected>' in form
    answers = {f"answers.{n}": str(value) for n, value in enumerate(OP)}
    path = f"/pathways/{pathway}/assessments/six-dimensions"
    assert browser.submit(path, **answers, edition="asam-4", signed="yes").status_code == 303
    house.engine(pathway)
    assert "were made in asam-4" in browser.get(f"/pathways/{pathway}").text
    assert browser.submit(path, **answers, edition="asam-9").status_code == 422


def test_an_override_keeps_recommended_and_selected_apart_with_its_reason(
    supervisor: Api, browser: Browser, house: House
) -> None:
    pathway = house.pathway()
    _rate(supervisor, house, pathway)
    before = supervisor.get(f"/pathways/{pathway}").json()["decision"]
    nothing = {"selected": None, "how": None, "reason_code": None, "authorised": None}
    assert before["levels"] == {"recommended": "op"} | nothing
    body = {"to_stage": "iop", "reason": "no place in OP", "reason_code": "availability"}
    assert supervisor.post(f"/pathways/{pathway}/overrides", json=body).status_code == 201
    selected = {"selected": "iop", "how": "overridden", "reason_code": "availability", "authorised": None}
    assert _levels(supervisor, pathway)[0] == {"recommended": "op"} | selected
    house.engine(pathway)
    assert _levels(supervisor, pathway)[0] == {"recommended": "op"} | selected
    told = [one for one in supervisor.get(f"/pathways/{pathway}/timeline").json() if one["levels"]]
    assert [one["levels"] for one in told] == [{"recommended": "op"} | selected]
    page = browser.get(f"/pathways/{pathway}").text
    assert "overridden, because of: no place at the recommended level" in page
    assert [page.count(f"<dt>{one}</dt>") for one in ("Recommended", "Selected", "Authorised")] == [2, 2, 1]


def _levels(api: Api, pathway: str) -> list[dict]:
    return [one["levels"] for one in api.get(f"/pathways/{pathway}/decisions").json()]


def test_what_was_selected_stands_until_another_is(clinician: Api, supervisor: Api, house: House) -> None:
    pathway = house.pathway()
    _rate(clinician, house, pathway)
    decision = clinician.get(f"/pathways/{pathway}").json()["decision"]["id"]
    accepted = clinician.post(f"/decisions/{decision}/sign-off", json={"verdict": "accept"})
    assert accepted.status_code == 201
    house.engine(pathway)
    assert [one["how"] for one in _levels(clinician, pathway)] == ["accepted", "accepted", None]
    later = {"to_stage": "iop", "reason": "asked for more", "starts_at": "2026-03-20T12:00:00Z"}
    assert supervisor.post(f"/pathways/{pathway}/overrides", json=later).status_code == 201
    assert _levels(clinician, pathway)[0]["selected"] == "iop"
    assert supervisor.post(f"/pathways/{pathway}/withdrawals", json={"reason": "not now"}).status_code == 201
    assert (_levels(clinician, pathway)[0]["selected"], _levels(clinician, pathway)[0]["how"]) == (
        "op",
        "accepted",
    )


def test_the_page_asks_for_the_code_of_an_override_and_the_api_for_a_known_one(
    supervisor: Api, browser: Browser, house: House
) -> None:
    pathway = house.pathway()
    again = browser.submit(f"/pathways/{pathway}/overrides", to_stage="iop", reason="because")
    assert again.status_code == 422
    assert "Say what the reason is about." in again.text
    body = {"to_stage": "iop", "reason": "because", "reason_code": "mood"}
    refused = supervisor.post(f"/pathways/{pathway}/overrides", json=body)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/reason_code")
    assert "mood" not in refused.text


def test_page_and_api_say_that_no_clinician_has_reviewed_the_definition(
    clinician: Api, browser: Browser, house: House
) -> None:
    shown = clinician.get("/definitions/sud-adult").json()
    assert (shown["reviewed_by"], shown["reviewed_on"]) == ("", None)
    assert shown["reviewed"] == shown["placement"]["reviewed"] == "not reviewed yet by a clinician"
    assert all(one["source"] for one in (*shown["routes"], *shown["criteria"], *shown["triggers"]))
    pathway = house.pathway()
    page = " ".join(browser.get(f"/pathways/{pathway}").text.split())
    assert "by sud-adult@1 (not reviewed yet by a clinician), engine" in page


def test_no_rule_matched_is_said_as_the_verdict_until_a_clinician_says_what_is_diagnosed(
    app: FastAPI, clinician: Api, browser: Browser, house: House
) -> None:
    pathway, coordinator = house.pathway(), Api(app, house.keys["coordinator"])
    _rate(clinician, house, pathway, answers=[0, 1, 0, 0, 1, 0])
    made = clinician.get(f"/pathways/{pathway}").json()["decision"]
    assert (made["outcome"], made["headline"]) == ("insufficient", "No rule matched: cannot judge yet")
    assert "Record whether a substance use disorder is diagnosed" in made["missing"]
    page = browser.get(f"/pathways/{pathway}").text
    seen = page.split("<details")[0] + page.partition('id="decision"')[2].split("<details")[0]
    assert "No rule matched. No rule fires and no diagnosis is recorded either way" in seen
    ruled_out = {"kind": "substance-use-disorder-ruled-out"}
    assert coordinator.post(f"/pathways/{pathway}/events", json=ruled_out).status_code == 403
    assert clinician.post(f"/pathways/{pathway}/events", json=ruled_out).status_code == 201
    house.engine(pathway)
    made = clinician.get(f"/pathways/{pathway}").json()["decision"]
    assert (made["headline"], made["recommended"]) == ("No level of care is asked for", "none")
    assert (
        "HR-7" in browser.get(f"/pathways/{pathway}").text.partition('id="decision"')[2].split("<details")[0]
    )


def test_worse_ratings_in_iop_are_said_with_the_decision(
    clinician: Api, browser: Browser, house: House
) -> None:
    pathway, before = house.pathway("iop"), (house.at - timedelta(days=1)).isoformat()
    _rate(clinician, house, pathway, answers=[0, 0, 2, 2, 1, 2], effective_at=before)
    assert "It speaks for another plan" not in browser.get(f"/pathways/{pathway}").text
    house.at += timedelta(hours=1)
    house.look(pathway, "needs-iop")
    made = clinician.get(f"/pathways/{pathway}").json()["decision"]
    assert (made["outcome"], [one["actual"][:9] for one in made["warnings"]]) == ("stay", ["r5 1 to 3"])
    assert (
        "It speaks for another plan, and moves nobody by itself." in browser.get(f"/pathways/{pathway}").text
    )
