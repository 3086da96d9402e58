"""The pages as a person without script meets them: what they show, what their forms do, and how they read."""

import re
from collections.abc import Sequence
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

import pytest
from fastapi import FastAPI

from tests.conftest import NOON
from tests.web.conftest import HOST, Browser, House

PATHWAY = ("", "/assessments", "/assessments/phq-9", "/assessments/c-ssrs", "/attendance", "/events", "/plan")
MORE = ("/holds", "/resume", "/retry", "/sign-off", "/overrides", "/discharge", "/audit")


class Outline(HTMLParser):
    """What matters of a page to somebody who cannot see it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.headings: list[int] = []
        self.ids: list[str] = []
        self.targets: list[str] = []
        self.inline: list[str] = []
        self.labels: set[str] = set()
        self.fields: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        self.ids += [given["id"] or ""] if "id" in given else []
        self.inline += [name for name in given if name == "style" or name.startswith("on")]
        self.inline += ["script"] if tag == "script" and "src" not in given else []
        self.inline += ["style"] if tag == "style" else []
        self.targets += [given["href"] or ""] if tag in {"a", "link"} else []
        self.labels |= {given.get("for") or ""} if tag == "label" else set()
        if tag in {"input", "select", "textarea"} and given.get("type") not in {
            "hidden",
            "radio",
            "checkbox",
        }:
            self.fields.append(given.get("id") or "")


@pytest.fixture(scope="module")
def pathway(house: House) -> str:
    made = house.pathway("iop")
    house.look(made)
    return made


def _pages(pathway: str) -> list[str]:
    general = ["/", "/work", "/alerts", "/sessions", "/sessions/new", "/clients", "/enrol"]
    return general + [f"/pathways/{pathway}{end}" for end in PATHWAY + MORE]


def test_every_page_reads_in_order_and_carries_nothing_inline(browser: Browser, pathway: str) -> None:
    for path in _pages(pathway):
        answer = browser.get(path)
        assert answer.status_code == 200, path
        page = Outline(answer.text)
        assert page.headings[0] == 1, path
        assert page.headings.count(1) == 1, path
        steps = zip(page.headings, page.headings[1:], strict=False)
        assert all(after - before <= 1 for before, after in steps), (path, page.headings)
        assert len(page.ids) == len(set(page.ids)), (path, page.ids)
        assert page.inline == [], path
        assert {field for field in page.fields if field} <= page.labels, path
        assert 'class="skip" href="#main"' in answer.text
        assert "As of" in answer.text
        assert not [to for to in page.targets if to.startswith(("http", "//"))], path


def test_the_board_shows_initials_and_id_and_no_name(browser: Browser, pathway: str) -> None:
    text = browser.get("/").text
    assert f'href="/pathways/{pathway}"' in text
    assert "Rivera" not in text
    assert "Rivera" in browser.get(f"/pathways/{pathway}").text


@pytest.mark.parametrize(
    "query", ["?due=overdue", "?mine=true", "?pathway=sud-adult&program=&due=", "?said=moved"]
)
def test_every_view_of_the_board_has_an_address(browser: Browser, query: str) -> None:
    assert browser.get(f"/{query}").status_code == 200


def test_one_day_can_be_lived_without_script(browser: Browser, house: House) -> None:
    enrolled = browser.submit(
        "/enrol",
        given_name="Ana",
        family_name="Page",
        birth_date="1990-05-17",
        definition="sud-adult",
        mine="yes",
    )
    assert (enrolled.status_code, enrolled.headers["location"][-14:]) == (303, "?said=enrolled")
    page = enrolled.headers["location"].partition("?")[0]
    house.engine(page.rpartition("/")[2])
    for key, answers in (
        ("six-dimensions", [0, 0, 2, 2, 3, 2]),
        ("c-ssrs", [0, 0, "", "", "", 0, 0]),
        ("phq-9", [1, 1, 1, 1, 1, 0, 0, 0, 0]),
    ):
        fields = {f"answers.{place}": str(value) for place, value in enumerate(answers)}
        done = browser.submit(f"{page}/assessments/{key}", signed="yes", **fields)
        assert (done.status_code, done.headers["location"]) == (303, f"{page}?said=assessed"), done.text
    house.engine(page.rpartition("/")[2])
    shown = browser.get(f"{page}?said=assessed").text
    assert "The assessment is recorded and scored." in shown
    assert "Admit to IOP" in shown
    decision = re.search(r'name="decision_id" value="([^"]+)"', shown)
    assert decision
    signed = browser.submit(f"{page}/sign-off", decision_id=decision[1], verdict="accept")
    assert signed.headers["location"] == f"{page}?said=signed"
    house.engine(page.rpartition("/")[2])
    assert 'aria-current="step">IOP' in browser.get(page).text


def test_a_form_sent_twice_is_done_once(browser: Browser, pathway: str) -> None:
    page = f"/pathways/{pathway}"
    before = browser.get(page).text.count("Individual session attended")
    fields = {"kind": "individual", "status": "attended", "minutes": "50", "once": "one-and-the-same"}
    for _ in range(2):
        assert browser.submit(f"{page}/attendance", **fields).status_code == 303
    assert browser.get(page).text.count("Individual session attended") == before + 1


def test_a_stale_signature_comes_back_with_what_changed(browser: Browser, house: House) -> None:
    made = house.pathway()
    house.look(made, "needs-iop")
    page = f"/pathways/{made}"
    decision = re.search(r'name="decision_id" value="([^"]+)"', browser.get(page).text)
    assert decision
    fields = {f"answers.{place}": str(value) for place, value in enumerate([1, 1, 1, 1, 0, 0, 0])}
    browser.submit(f"{page}/assessments/c-ssrs", signed="yes", **fields)
    answer = browser.submit(f"{page}/sign-off", decision_id=decision[1], verdict="accept", reason="as agreed")
    assert answer.status_code == 409
    assert "overtaken by newer evidence" in answer.text
    assert "C-SSRS" in answer.text
    assert "as agreed" in answer.text


def test_the_forms_of_what_happens_are_kept(browser: Browser, house: House) -> None:
    made = house.pathway("op")
    page = f"/pathways/{made}"
    sent = {
        "attendance": {
            "kind": "group",
            "status": "missed",
            "minutes": "90",
            "effective_at": "2026-03-01T09:00",
        },
        "events": {"kind": "return-to-use", "effective_at": "2026-03-01T21:30", "detail": "told in group"},
        "plan": {"goals": "open", "next_step": "aftercare", "next_on": "2026-04-01"},
        "holds": {"reason": "travel"},
        "resume": {},
    }
    for sheet, fields in sent.items():
        answer = browser.submit(f"{page}/{sheet}", **fields)
        assert answer.status_code == 303, (sheet, answer.text)
    text = browser.get(page).text
    for told in ("Group session missed", "Return to use", "Plan: goals open", "On hold: travel", "Resumed"):
        assert told in text
    assert "1 Mar 2026, 21:30" in text


def test_a_time_the_clocks_left_out_is_refused(browser: Browser, pathway: str) -> None:
    path = f"/pathways/{pathway}/events"
    answer = browser.submit(path, kind="return-to-use", effective_at="2025-03-09T02:30")
    assert (answer.status_code, "2025-03-09T02:30" in answer.text) == (422, True)


def test_a_session_is_planned_and_charted_on_pages(browser: Browser, pathway: str) -> None:
    planned = browser.submit(
        "/sessions/new", service="group", starts_at="2026-03-02T09:00", minutes="90", roster=pathway
    )
    assert planned.status_code == 303, planned.text
    page = browser.get("/sessions").text
    address = re.search(r'action="(/sessions/[0-9a-f-]+/attendance)"', page)
    assert address
    charted = browser.submit(address[1], **{f"status.{pathway}": "attended"})
    assert (charted.status_code, charted.headers["location"]) == (303, "/sessions?said=charted")
    again = browser.submit(address[1], **{f"status.{pathway}": "missed"})
    assert (again.status_code, "charted already" in again.text) == (409, True)


def test_clients_are_found_by_name_without_the_name_in_an_address(browser: Browser, pathway: str) -> None:
    found = browser.submit("/clients", text="rivera")
    assert (found.status_code, "Rivera, Ana" in found.text) == (200, True)
    assert f'href="/pathways/{pathway}"' in found.text
    assert "rivera" not in str(found.url)
    assert "Nobody of that name" in browser.submit("/clients", text="<script>").text


def test_what_people_type_is_shown_as_text(browser: Browser) -> None:
    name = "<b onload=x>&{{7*7}}"
    shown = browser.submit("/enrol", given_name=name, family_name="", birth_date="x").text
    assert "&lt;b onload=x&gt;&amp;{{7*7}}" in shown
    assert name not in shown


def test_work_that_people_end_is_closed_from_the_list(browser: Browser, house: House) -> None:
    left = house.pathway("op")
    browser.submit(f"/pathways/{left}/events", kind="left-against-advice")
    house.engine(left)
    page = browser.get("/work").text
    address = re.search(r'action="(/work/[0-9a-f-]+)"', page)
    assert address
    assert browser.submit(address[1], status="done", note="called").headers["location"] == "/work?said=closed"
    assert browser.submit(address[1], status="done").status_code == 404


def test_the_banner_says_when_the_engine_is_away(browser: Browser) -> None:
    assert "The worker is away" in browser.get("/").text


def test_static_files_are_served_to_everybody(browser: Browser) -> None:
    for name in ("app.css", "live.js", "mark.svg"):
        assert browser.get(f"{HOST}/static/{name}").status_code == 200
    assert browser.get("/static/../app.py").status_code == 404


@pytest.mark.parametrize("fields", [{}, {"decision_id": "none", "verdict": "accept"}, {"verdict": "perhaps"}])
def test_a_signature_under_nothing_is_refused(browser: Browser, pathway: str, fields: dict[str, str]) -> None:
    assert browser.submit(f"/pathways/{pathway}/sign-off", **fields).status_code in {404, 422}


def test_odd_times_and_numbers_in_forms_come_back(browser: Browser, pathway: str) -> None:
    page = f"/pathways/{pathway}"
    for when in ("0001-01-01T00:00", "9999-12-31T23:59", "yesterday", "2026-02-30T10:00"):
        assert browser.submit(f"{page}/events", kind="return-to-use", effective_at=when).status_code == 422
    for minutes in ("9" * 30, "-1", "٣٠", "1e3", "0x10"):
        fields = {"kind": "group", "status": "missed", "minutes": minutes}
        assert browser.submit(f"{page}/attendance", **fields).status_code == 422
    for day in ("9999-12-31", "0001-01-01", "x"):
        assert browser.get(f"/sessions?day={day}").status_code == 404


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
    for key, answers in (("six-dimensions", [3, 0, 0, 0, 2, 1]), ("ciwa-ar", [1] * 10)):
        _assessed(browser, page, key, answers, signed="yes")
    house.engine(made)
    calm = browser.get(page).text
    assert "Next look 3 Mar 2026; not due yet." in calm
    assert "too old to count" not in calm
    assert "Reassessment due" not in calm
    assert '"unseen"> missing' not in calm
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
