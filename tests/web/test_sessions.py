"""Sessions: who leads them, who is asked to chart them, and what planning one says."""

import re
from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI

from tests.web.conftest import Api, Browser, House

HOUR = timedelta(hours=1)


@pytest.fixture
def pair(house: House) -> list[str]:
    """Two clients in IOP."""
    return [house.pathway("iop") for _ in range(2)]


@pytest.fixture(autouse=True)
def _now(house: House) -> Any:
    now = house.at
    yield
    house.at = now


def planned(api: Api, house: House, roster: list[str], **more: Any) -> dict[str, Any]:
    """Plan a group an hour from now; return what is answered."""
    begins = (house.at + HOUR).isoformat()
    body = {"service": "group", "starts_at": begins, "minutes": 90, "roster": roster, **more}
    answer = api.post("/sessions", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


def asked(api: Api, session: str) -> list[dict[str, Any]]:
    """The lines of the worklist that ask for a session to be charted."""
    lines = api.get("/work-items", params={"limit": 1000}).json()
    return [one for one in lines if one["session_id"] == session]


def test_a_session_nobody_charted_becomes_one_line_for_who_led_it_and_ends_with_the_charting(
    clinician: Api, app: FastAPI, house: House, pair: list[str]
) -> None:
    nurse = str(house.people["nurse"])
    session = planned(clinician, house, pair, facilitator_id=nurse)["id"]
    house.at += 24 * HOUR
    house.work_off()
    assert asked(clinician, session) == []
    house.at += HOUR
    house.work_off()
    [line] = asked(clinician, session)
    assert (line["kind"], line["owner"], line["others"]) == ("chart-session", "Robin Nurse", 1)
    assert re.fullmatch(r"Chart the group session of \d+ Mar, \d\d:\d\d", line["action"])
    browser = Browser(app, house.session("nurse"))
    page = browser.get("/work").text
    assert f'href="/sessions/{session}"' in page
    assert "and 1 more" in page
    refused = clinician.patch(f"/work-items/{line['id']}", json={"status": "done"})
    assert (refused.status_code, "charted" in refused.json()["detail"]) == (409, True)
    statuses = dict.fromkeys(pair, "attended")
    one = browser.submit(f"/sessions/{session}/attendance", **{f"status.{pair[0]}": "attended"})
    assert one.headers["location"] == f"/sessions/{session}?said=charted"
    house.work_off()
    assert [line["others"] for line in asked(clinician, session)] == [0]
    del statuses[pair[0]]
    clinician.post(f"/sessions/{session}/attendance", json={"statuses": statuses})
    house.work_off()
    assert asked(clinician, session) == []


def test_a_session_charted_in_time_asks_nobody(clinician: Api, house: House, pair: list[str]) -> None:
    session = planned(clinician, house, pair)["id"]
    house.at += 2 * HOUR
    statuses = dict.fromkeys(pair, "missed")
    assert clinician.post(f"/sessions/{session}/attendance", json={"statuses": statuses}).status_code == 201
    house.at += 30 * HOUR
    house.work_off()
    assert asked(clinician, session) == []


def test_a_pathway_says_how_its_weeks_stand(
    clinician: Api, browser: Browser, house: House, pair: list[str]
) -> None:
    planned(clinician, house, pair, minutes=600)
    pathway = clinician.get(f"/pathways/{pair[0]}").json()
    [week] = pathway["weeks"]
    assert week["running"] is True
    assert week["hours"] == {
        "attended": 0,
        "planned": 10,
        "unlogged": 0,
        "least": 9,
        "most": 20,
        "stands": "on-target",
    }
    assert (week["days"]["planned"], week["days"]["stands"]) == (1, "under")
    house.at += 2 * HOUR
    body = {"kind": "group", "minutes": 180, "status": "missed"}
    clinician.post(f"/pathways/{pair[0]}/attendance", json=body)
    pathway = clinician.get(f"/pathways/{pair[0]}").json()
    assert (pathway["weeks"][0]["hours"]["unlogged"], pathway["weeks"][0]["hours"]["stands"]) == (
        10,
        "unknown",
    )
    assert pathway["shares"][0] == {"days": 14, "planned": 2, "attended": 0, "unlogged": 1}
    page = browser.get(f"/pathways/{pair[0]}").text
    assert "0 of 9 to 20 hours attended, 10 not charted" in page
    assert "Last 14 days: 0 of 2 sessions attended, 1 not charted." in page


def test_who_leads_a_session_is_shown_and_works_there(
    clinician: Api, browser: Browser, house: House, pair: list[str]
) -> None:
    session = planned(clinician, house, pair, facilitator_id=str(house.people["nurse"]))["id"]
    assert clinician.get(f"/sessions/{session}").json()["facilitator"] == "Robin Nurse"
    assert "led by Robin Nurse" in browser.get(f"/sessions/{session}").text
    body = {"service": "group", "starts_at": "2026-03-02T15:00:00Z", "minutes": 90, "roster": pair}
    for role in ("auditor", "service", "admin"):
        answer = clinician.post("/sessions", json={**body, "facilitator_id": str(house.people[role])})
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/facilitator_id")
    assert clinician.get(f"/sessions/{house.people['nurse']}").status_code == 404


def test_whoever_plans_on_the_page_leads_unless_they_say_otherwise(
    browser: Browser, clinician: Api, house: House, pair: list[str]
) -> None:
    assert f'<option value="{house.people["supervisor"]}" selected' in browser.get("/sessions/new").text
    typed = {"service": "group", "starts_at": "2026-03-02T09:00", "minutes": "90", "roster": pair}
    browser.submit("/sessions/new", **typed)
    later = {**typed, "starts_at": "2026-03-02T11:00", "facilitator_id": ""}
    assert browser.submit("/sessions/new", **later).status_code == 303
    listed = clinician.get("/sessions", params={"day": "2026-03-02"}).json()
    mine = [one["facilitator"] for one in listed if {seat["pathway_id"] for seat in one["roster"]} == {*pair}]
    assert sorted(map(str, mine)) == ["None", "Robin Supervisor"]


def codes(answer: dict[str, Any]) -> list[tuple[str, str]]:
    """What speaks against a session, for whom."""
    return [(one["code"], one["pathway_id"]) for one in answer["warnings"]]


def test_a_client_who_is_elsewhere_then_is_warned_of_and_planned_all_the_same(
    clinician: Api, house: House, pair: list[str]
) -> None:
    assert planned(clinician, house, pair)["warnings"] == []
    again = planned(clinician, house, [pair[0]])
    assert codes(again) == [("double-booked", pair[0])]
    assert again["warnings"][0]["detail"] == "has another session then: group, 2 Mar, 13:00"
    assert clinician.get(f"/sessions/{again['id']}").status_code == 200
    next_to_it = (house.at + HOUR + timedelta(minutes=90)).isoformat()
    assert planned(clinician, house, pair, starts_at=next_to_it)["warnings"] == []


def test_a_client_is_warned_of_on_whichever_pathway_the_other_session_is(
    clinician: Api, house: House, pair: list[str]
) -> None:
    client = clinician.get(f"/pathways/{pair[0]}").json()["client_id"]
    body = {"client_id": client, "definition": "mh-adult"}
    other = clinician.post("/pathways", json=body).json()["id"]
    house.engine(other)
    planned(clinician, house, [other])
    assert codes(planned(clinician, house, pair)) == [("double-booked", pair[0])]


def test_a_week_that_would_hold_too_much_is_warned_of(clinician: Api, house: House, pair: list[str]) -> None:
    def on(day: int, minutes: int) -> list[str]:
        begins = (house.at + day * 24 * HOUR).isoformat()
        told = planned(clinician, house, pair[:1], starts_at=begins, minutes=minutes)["warnings"]
        return [one["detail"] for one in told if one["code"] != "time-of-day"]

    assert on(1, 600) == []
    assert on(2, 600) == []
    assert on(3, 60) == ["that week comes to 21 hours; IOP is up to 20"]
    assert on(8, 600) == []


def test_a_session_at_a_time_of_day_when_its_stage_is_not_offered_is_warned_of(
    clinician: Api, browser: Browser, house: House, pair: list[str]
) -> None:
    """S7: IOP by day, OP in the evening too."""
    begins, roster = "2026-03-02T18:00", [pair[0], house.pathway("op")]
    told = planned(clinician, house, roster, starts_at=f"{begins}:00-05:00", minutes=60)
    assert codes(told) == [("time-of-day", pair[0])]
    typed = {"service": "group", "starts_at": begins, "minutes": "60", "roster": pair[1:]}
    page = browser.submit("/sessions/new", **typed)
    assert (page.status_code, "IOP is offered by day (07:00 to 17:00)." in page.text) == (200, True)


def test_a_proposed_level_for_which_a_client_has_no_time_is_said_and_held_by_nothing(
    clinician: Api, browser: Browser, house: House
) -> None:
    """S7, S37: who works from nine to five has no room for IOP by day, and is proposed it all the same."""
    pathway = house.pathway()
    client = clinician.get(f"/pathways/{pathway}").json()["client_id"]
    days = ["mon", "tue", "wed", "thu", "fri"]
    work = {"kind": "work", "days": days, "since": "09:00", "until": "17:00"}
    made = clinician.post(f"/clients/{client}/obligations", json=work).json()["id"]
    house.look(pathway, "needs-iop")
    view = clinician.get(f"/pathways/{pathway}").json()
    [said] = [note for note in view["notes"] if "is offered" in note]
    assert said.endswith("(work) leaves room for it on none. Nothing is held by this.")
    assert (view["decision"]["outcome"], view["decision"]["to_stage"]) == ("admit", "iop")
    assert said in browser.get(f"/pathways/{pathway}").text
    clinician.post(f"/clients/{client}/obligations/{made}/end")
    assert "is offered" not in str(clinician.get(f"/pathways/{pathway}").json()["notes"])


def test_an_obligation_is_kept_warned_of_and_ended(
    clinician: Api, browser: Browser, house: House, pair: list[str]
) -> None:
    client = clinician.get(f"/pathways/{pair[0]}").json()["client_id"]
    at = f"/clients/{client}/obligations"
    work = {"kind": "work", "days": ["mon", "wed"], "since": "13:30", "until": "17:00"}
    made = clinician.post(at, json=work)
    assert made.status_code == 201, made.text
    assert codes(planned(clinician, house, pair)) == [("obligation", pair[0])]  # 13:00 to 14:30 on a Monday
    morning = (house.at - 3 * HOUR).isoformat()
    assert planned(clinician, house, pair, starts_at=morning)["warnings"] == []
    [kept] = clinician.get(at).json()
    assert (kept["kind"], kept["days"], kept["since"]) == ("work", ["mon", "wed"], "13:30:00")
    page = browser.get(f"/pathways/{pair[0]}/obligations").text
    assert "13:30 to 17:00" in page
    ended = browser.submit(f"/pathways/{pair[0]}/obligations/{made.json()['id']}/end")
    assert ended.status_code == 303
    assert clinician.get(at).json() == []
    assert clinician.post(f"{at}/{made.json()['id']}/end").status_code == 404


def test_an_obligation_is_typed_on_a_page(browser: Browser, clinician: Api, pair: list[str]) -> None:
    path = f"/pathways/{pair[1]}/obligations"
    typed = {"kind": "school", "days": ["tue", "thu"], "since": "18:00", "until": "21:30"}
    assert browser.submit(path, **typed).status_code == 303
    assert "Tue, Thu, 18:00 to 21:30" in browser.get(path).text
    bad = browser.submit(path, **{**typed, "days": [], "until": "late"})
    assert (bad.status_code, 'value="late"' in bad.text) == (422, True)


def test_the_page_says_what_speaks_against_a_session_before_it_is_planned(
    browser: Browser, clinician: Api, house: House, pair: list[str]
) -> None:
    planned(clinician, house, pair[:1])
    typed = {"service": "group", "starts_at": "2026-03-02T13:30", "minutes": "60", "roster": pair}
    first = browser.submit("/sessions/new", **typed)
    assert (first.status_code, "has another session then" in first.text) == (200, True)
    assert "Plan it anyway" in first.text
    confirmed = re.search(r'name="confirmed" value="([0-9a-f-]+)"', first.text)
    assert confirmed
    other = browser.submit("/sessions/new", **{**typed, "minutes": "1440"}, confirmed=confirmed[1])
    assert (other.status_code, "comes to" in other.text) == (200, True)
    once = {"once": "1b3f2c6e-7e43-4a86-9b6f-2f8f1a0f3d11"}
    last = browser.submit("/sessions/new", **typed, confirmed=confirmed[1], **once)
    twice = browser.submit("/sessions/new", **typed, confirmed=confirmed[1], **once)
    assert (last.status_code, last.headers["location"]) == (303, twice.headers["location"])
    assert browser.get(last.headers["location"]).status_code == 200


def test_a_session_is_of_any_service_and_a_pathway_says_which_its_stage_delivers(
    clinician: Api, browser: Browser, house: House, pair: list[str]
) -> None:
    delivered = dict(clinician.get(f"/pathways/{pair[0]}").json()["services"])
    assert {"group", "family", "relapse-prevention", "aftercare-planning"} <= set(delivered)
    for service in ("relapse-prevention", "education"):
        begins = (house.at + (2 if service == "education" else 4) * HOUR).isoformat()
        planned(clinician, house, pair, service=service, starts_at=begins, minutes=60)
    assert "Relapse prevention" in browser.get("/sessions").text
    offered = clinician.get("/definitions/sud-adult").json()["stages"][2]["services"]
    assert all(one["source"] for one in offered)
    form = browser.get(f"/pathways/{pair[0]}/attendance").text
    assert form.index('value="family"') < form.index('value="peer"')
