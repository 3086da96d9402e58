"""What the pages say of what waits: for a signature, for its time, for a reason; and of what was never there."""

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI

from tests.conftest import NOON
from tests.web.conftest import Browser, House


@pytest.fixture(scope="module")
def pathway(house: House) -> str:
    return house.pathway("iop")


@pytest.fixture(scope="module")
def coordinator(app: FastAPI, house: House) -> Browser:
    return Browser(app, house.session("coordinator"))


def _assessed(browser: Browser, page: str, key: str, answers: Sequence[object], **more: str) -> Any:
    fields = {f"answers.{place}": str(value) for place, value in enumerate(answers)}
    return browser.submit(f"{page}/assessments/{key}", **fields, **more)


def test_what_is_recorded_unsigned_is_said_to_wait_until_a_clinician_signs_it(
    browser: Browser, coordinator: Browser, house: House
) -> None:
    page = f"/pathways/{house.pathway('detox')}"
    form = coordinator.get(f"{page}/assessments/ciwa-ar").text
    assert "You record this unsigned" in form
    assert 'name="signed"' not in form
    done = _assessed(coordinator, page, "ciwa-ar", [1] * 10, effective_at="2026-03-02T08:30")
    assert done.headers["location"] == f"{page}?said=unsigned-ciwa-ar"
    shown = coordinator.get(done.headers["location"]).text
    assert "CIWA-Ar is recorded and scored. It is not signed" in shown
    assert (
        "CIWA-Ar of 2 Mar 2026, 08:30: recorded, not signed; it does not count yet. A clinician signs it."
        in shown
    )
    signing = re.search(r'href="([^"]+\?recorded=[^"]+)"', browser.get(page).text)
    assert signing
    again = browser.get(signing[1]).text
    assert "until a clinician signs it" in again
    assert again.count(' value="1" checked') == 10
    assert 'value="2026-03-02T08:30"' in again
    signed = _assessed(browser, page, "ciwa-ar", [1] * 10, effective_at="2026-03-02T08:30", signed="yes")
    assert signed.headers["location"] == f"{page}?said=assessed"
    assert "recorded, not signed" not in browser.get(page).text
    assert browser.get(f"{page}/assessments/ciwa-ar?recorded={house.people['nurse']}").status_code == 404


def test_what_a_client_fills_in_needs_no_signature(coordinator: Browser, house: House) -> None:
    page = f"/pathways/{house.pathway('iop')}"
    done = _assessed(coordinator, page, "phq-9", [0] * 9)
    assert done.headers["location"] == f"{page}?said=assessed"
    assert "recorded, not signed" not in coordinator.get(page).text


@pytest.mark.parametrize("code", ["unsigned-", "unsigned-nothing", "unsigned-<b>", "nothing"])
def test_only_our_own_codes_are_said(browser: Browser, code: str) -> None:
    assert 'class="said' not in browser.get("/", params={"said": code}).text


def test_the_six_ratings_are_named_and_their_numbers_explained(browser: Browser, pathway: str) -> None:
    form = browser.get(f"/pathways/{pathway}/assessments/six-dimensions").text
    assert "Item 1 · Withdrawal or intoxication" in form
    assert "Item 6 · Home and the people around" in form
    assert "> 4 imminent<" in form
    assert "R1" not in form


def test_the_whole_form_can_be_at_fault(browser: Browser, pathway: str) -> None:
    """The place is there for a refusal that points at the answers as a whole."""
    form = browser.get(f"/pathways/{pathway}/assessments/phq-9").text
    assert 'id="f-answers"' in form


def test_the_next_look_is_told_calmly_until_it_is_due(app: FastAPI, browser: Browser, house: House) -> None:
    made = house.pathway("detox")
    page = f"/pathways/{made}"
    asked: dict[str, list[object]] = {
        "six-dimensions": [3, 0, 0, 0, 2, 1],
        "c-ssrs": [0, 0, "", "", "", 0, 0],
        "ciwa-ar": [1] * 10,
        "cows": [0] * 11,
    }
    for key, answers in asked.items():
        _assessed(browser, page, key, answers, signed="yes")
    house.engine(made)
    calm = browser.get(page).text
    assert "Next look 3 Mar 2026; not due yet, 0 % of the time used." in calm
    assert "too old to count" not in calm
    assert calm.count("Reassessment due") == 1
    assert "Reassessment due 2 Mar 2026, 16:00" in calm  # the scale, four hours later
    house.at = NOON + timedelta(days=1, hours=1)
    try:
        due = Browser(app, house.session("supervisor")).get(page).text
    finally:
        house.at = NOON
    assert "Reassessment due 3 Mar 2026" in due
    assert "of 2 Mar 2026 is too old to count for the reassessment that is due." in due


def test_a_proposal_says_whose_signature_it_needs_to_those_who_cannot_give_it(
    app: FastAPI, browser: Browser, coordinator: Browser, house: House
) -> None:
    made = house.pathway()
    for key, answers in (("six-dimensions", [3, 0, 0, 0, 2, 1]), ("c-ssrs", [0, 0, "", "", "", 0, 0])):
        _assessed(browser, f"/pathways/{made}", key, answers, signed="yes")
    house.engine(made)
    for end in ("", "/sign-off"):
        shown = Browser(app, house.session("clinician")).get(f"/pathways/{made}{end}").text
        assert "This waits for the signature of a prescriber. Your role does not sign it." in shown
        assert 'name="verdict"' not in shown
    assert "signature of a prescriber" in coordinator.get(f"/pathways/{made}").text
    assert 'name="verdict"' in Browser(app, house.session("prescriber")).get(f"/pathways/{made}").text


def test_a_decline_without_a_reason_comes_back(browser: Browser, house: House) -> None:
    made = house.pathway()
    house.look(made, "needs-iop")
    page = f"/pathways/{made}"
    decision = re.search(r'name="decision_id" value="([^"]+)"', browser.get(page).text)
    assert decision
    answer = browser.submit(f"{page}/sign-off", decision_id=decision[1], verdict="decline", reason=" ")
    assert (answer.status_code, "Say why you decline." in answer.text) == (422, True)
    assert 'id="sign-off-reason-wrong"' in answer.text
    declined = browser.submit(
        f"{page}/sign-off", decision_id=decision[1], verdict="decline", reason="not now"
    )
    assert declined.headers["location"] == f"{page}?said=declined"


def test_stages_never_visited_a_clean_screen_and_an_ed_visit_read_as_what_they_are(
    browser: Browser, house: House
) -> None:
    made = house.pathway("op")
    page = f"/pathways/{made}"
    browser.submit(f"{page}/events", kind="ed-visit")
    house.engine(made)
    shown = browser.get(page).text
    assert re.findall(r'class="skipped">(\w+) <small>not visited', shown) == ["Assessment", "Detox", "IOP"]
    assert "no high band on file" in shown
    assert "<b>ED visit</b>" in shown
    assert "because of: ED visit" in shown
    assert "Ed visit" not in shown
