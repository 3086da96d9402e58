"""A real browser: one coordinator's day by keyboard and mouse, live columns, no sideways scroll, no accessibility fault."""

import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

import pytest
import uvicorn
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, expect, sync_playwright

from services import doors
from services.access import EVERYWHERE
from tests.web.conftest import Api, House
from tests.web.two_programs import CONSENT, offer

CHROMIUM = shutil.which("chromium")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine (apt-get install chromium)"),
]

COMPLAINTS: list[str] = []
"""What the browser said was wrong: a blocked style or script, a missing file."""


@pytest.fixture(autouse=True)
def _without_complaint() -> Iterator[None]:
    COMPLAINTS.clear()
    yield
    assert COMPLAINTS == []


@contextmanager
def _served(house: House) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = uvicorn.Server(
        uvicorn.Config(
            house.app(), port=port, access_log=False, log_level="error", timeout_graceful_shutdown=1
        )
    )
    serving = Thread(target=server.run)
    serving.start()
    while not server.started:
        Event().wait(0.02)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        serving.join()


@contextmanager
def _engine(house: House) -> Iterator[None]:
    """Look at every pathway again and again, as the worker would."""
    done = Event()

    def run() -> None:
        while not done.wait(0.2):
            house.work_off()

    worker = Thread(target=run)
    worker.start()
    try:
        yield
    finally:
        done.set()
        worker.join()


@pytest.fixture(scope="module")
def address(house: House) -> Iterator[str]:
    with _engine(house), _served(house) as served:
        yield served


@pytest.fixture(scope="module")
def chromium() -> Iterator[Chromium]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def state(house: House, chromium: Chromium, address: str) -> dict[str, object]:
    """Sign in by a link, once, and keep the session."""
    with house.database.transaction(EVERYWHERE) as work:
        token = doors.invite(work, house.people["supervisor"], at=house.at)
    context = chromium.new_context()
    page = context.new_page()
    page.goto(f"{address}/sign-in?token={token}")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("status").filter(has_text="You are signed in")).to_be_visible()
    kept = context.storage_state()
    context.close()
    return dict(kept)


def _open(chromium: Chromium, state: dict[str, object], address: str, **options: object) -> Page:
    context = chromium.new_context(storage_state=state, base_url=address, **options)  # type: ignore[arg-type]
    page = context.new_page()
    page.on("console", lambda said: COMPLAINTS.append(said.text) if said.type == "error" else None)
    return page


def _assess(page: Page, instrument: str, answers: list[int | None]) -> None:
    page.get_by_role("link", name="Assess", exact=True).click()
    page.get_by_role("link", name=instrument).click()
    for place, value in enumerate(answers):
        page.locator(f'input[name="answers.{place}"][value="{"" if value is None else value}"]').check()
    page.get_by_label("I sign this assessment").check()
    page.get_by_role("button", name="Record").click()
    expect(page.get_by_text("The assessment is recorded and scored.")).to_be_visible()


@pytest.mark.parametrize("script", [True, False])
def test_a_coordinators_day_from_enrolment_to_a_signed_move(
    chromium: Chromium, state: dict[str, object], address: str, house: House, script: bool
) -> None:
    page = _open(chromium, state, address, java_script_enabled=script)
    page.goto("/")
    page.get_by_role("link", name="Enrol").click()
    page.get_by_label("Given name").fill("Ana")
    page.get_by_label("Family name").fill("Browser")
    page.get_by_label("Date of birth").fill("1990-05-17")
    page.get_by_role("button", name="Enrol").click()
    expect(page.get_by_text("The client is enrolled.")).to_be_visible()
    _assess(page, "Six dimensions", [0, 0, 2, 2, 3, 2])
    _assess(page, "C-SSRS", [0, 0, None, None, None, 0, 0])
    _assess(page, "PHQ-9", [1, 1, 1, 1, 1, 0, 0, 0, 0])
    house.work_off()
    page.reload()
    expect(page.locator(".verdict")).to_contain_text("Admit to IOP")
    page.get_by_label("Accept").check()
    page.get_by_role("button", name="Sign", exact=True).click()
    expect(page.get_by_text("Signed, and the client has moved.")).to_be_visible()
    expect(page.locator('.bar [aria-current="step"]')).to_contain_text("IOP")


def test_the_board_changes_by_itself(
    chromium: Chromium, state: dict[str, object], address: str, house: House
) -> None:
    page = _open(chromium, state, address)
    page.goto("/")
    expect(page.locator("#live")).to_have_text("● live")
    made = house.pathway("op")
    expect(page.locator(f'#col-op a[href="/pathways/{made}"]')).to_be_visible(timeout=5_000)


def test_what_somebody_types_survives_a_change(
    chromium: Chromium, state: dict[str, object], address: str, house: House
) -> None:
    made = house.pathway("iop")
    page = _open(chromium, state, address)
    page.goto(f"/pathways/{made}")
    expect(page.locator("#live")).to_have_text("● live")
    page.get_by_text("Move around the routes").click()
    page.locator("#overrides-reason").fill("half a senten")
    house.look(made)
    expect(page.locator("#live")).to_contain_text("changed meanwhile", timeout=5_000)
    expect(page.locator("#overrides-reason")).to_have_value("half a senten")


def test_the_keyboard_reaches_the_content_first_and_every_card_in_one_stop(
    chromium: Chromium, state: dict[str, object], address: str, house: House
) -> None:
    house.pathway("iop")
    page = _open(chromium, state, address)
    page.goto("/")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Skip to the content")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.locator("#board").focus()
    page.keyboard.press("Tab")
    first = page.locator(":focus").get_attribute("href")
    page.keyboard.press("Tab")
    assert first != page.locator(":focus").get_attribute("href")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def _busy(house: House, pathway: str) -> None:
    """Somebody waits for a place, and somebody is on the way to another program."""
    api = Api(house.app(), house.keys["lead"])
    home = api.get("/programs").json()[0]["id"]
    api.patch(f"/programs/{home}", json={"places": {"iop": 1, "op": 9}})
    house.look(house.pathway(), "needs-iop")
    north = api.post("/programs", json={"name": "North"}).json()["id"]
    client = api.get(f"/pathways/{pathway}").json()["client_id"]
    api.post(f"/clients/{client}/consents", json=CONSENT)
    offer(api, pathway, north, kind="warm", told="Comes on Mondays with her sister.")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_no_page_scrolls_sideways_or_breaks_a_rule_of_accessibility(
    chromium: Chromium, state: dict[str, object], address: str, house: House, scheme: str, width: int
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    made = house.pathway("iop")
    house.look(made)
    _busy(house, made)
    size = {"width": width, "height": 900}
    page = _open(chromium, state, address, color_scheme=scheme, viewport=size)
    ends = (
        "",
        "/assessments",
        "/assessments/phq-9",
        "/assessments/bam-r",
        "/assessments/assist",
        "/attempts",
        "/consents",
        "/events",
        "/obligations",
        "/hand-offs",
        "/overrides",
        "/audit",
    )
    for path in (
        "/",
        "/work",
        "/waiting",
        "/hand-offs",
        "/sessions",
        "/sessions/new",
        "/clients",
        "/enrol",
        *(f"/pathways/{made}{e}" for e in ends),
    ):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        found = Axe().run(page)
        assert found.violations_count == 0, (path, found.generate_report())


def test_the_board_prints_without_its_controls(
    chromium: Chromium, state: dict[str, object], address: str
) -> None:
    page = _open(chromium, state, address)
    page.goto("/")
    page.emulate_media(media="print")
    expect(page.locator(".filters")).to_be_hidden()
    expect(page.locator(".col").first).to_be_visible()
    assert len(page.pdf()) > 5_000
