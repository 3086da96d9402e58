"""The pages as a person without script meets them: what they show, what their forms do, and how they read."""

import re
from html.parser import HTMLParser

import pytest

from tests.web.conftest import HOST, Browser, House

PATHWAY = (
    "",
    "/assessments",
    "/assessments/phq-9",
    "/assessments/c-ssrs",
    "/assessments/bam-r",
    "/assessments/assist",
    "/attendance",
    "/events",
    "/plan",
    "/authorisations",
)
MORE = (
    "/holds",
    "/due-dates",
    "/resume",
    "/retry",
    "/sign-off",
    "/overrides",
    "/discharge",
    "/audit",
    "/attempts",
    "/consents",
    "/hand-offs",
)


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
    general = [
        "/",
        "/work",
        "/waiting",
        "/hand-offs",
        "/alerts",
        "/sessions",
        "/sessions/new",
        "/clients",
        "/enrol",
    ]
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
        "plan": {
            "goals.0.what": "Sleeps through",
            "goals.0.dimension": "2",
            "goals.0.status": "open",
            "next_step": "aftercare",
            "next_on": "2026-04-01",
        },
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
    address = re.search(r'action="(/sessions/[0-9a-f-]+)/attendance"', page)
    assert address
    charted = browser.submit(f"{address[1]}/attendance", **{f"status.{pathway}": "attended"})
    assert (charted.status_code, charted.headers["location"]) == (303, f"{address[1]}?said=charted")
    again = browser.submit(f"{address[1]}/attendance", **{f"status.{pathway}": "missed"})
    assert (again.status_code, "charted already" in again.text) == (409, True)


def test_clients_are_found_by_name_without_the_name_in_an_address(browser: Browser, pathway: str) -> None:
    found = browser.submit("/clients", text="rivera")
    assert (found.status_code, "Rivera, Ana" in found.text) == (200, True)
    assert f'href="/pathways/{pathway}"' in found.text
    assert "rivera" not in str(found.url)
    assert "Nobody of that name" in browser.submit("/clients", text="<script>").text


def test_two_clients_of_one_name_are_told_apart_by_their_birth_date(browser: Browser) -> None:
    ways = []
    for born in ("1971-02-03", "1984-11-30"):
        kept = {"given_name": "Lee", "family_name": "Namesake", "birth_date": born, "definition": "sud-adult"}
        ways.append(browser.submit("/enrol", **kept).headers["location"].partition("?")[0])
    rows = browser.submit("/clients", text="namesake").text.split("<tr>")
    assert [way for way in ways if sum(f'href="{way}"' in row for row in rows) != 1] == []
    for way, born in zip(ways, ("3 Feb 1971", "30 Nov 1984"), strict=True):
        [row] = [row for row in rows if f'href="{way}"' in row]
        assert born in row


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
