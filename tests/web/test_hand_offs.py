"""Hand-offs: offered with a consent, answered by the other program, and somebody answers for the client all along."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from fastapi import FastAPI

from services import ids
from services.access import EVERYWHERE
from services.store import gaps
from tests.conftest import NOON
from tests.web.conftest import Api, Browser, House
from tests.web.two_programs import CONSENT, a_walk, answer, offer, out_of_step, program_of
from tests.web.wrong_bodies import CANARY, SOMEWHERE


@pytest.fixture
def later(house: House) -> Iterator[House]:
    """The house, whose clock a test may set."""
    yield house
    house.at = NOON


def test_until_it_is_accepted_the_sender_answers_and_then_the_receiver_in_one_change(
    sender: Api, receiver: Api, house: House, north: str
) -> None:
    made, client = a_walk(sender, house)
    said = "Her sister drives her on Mondays."
    hand_off = offer(sender, made, north, kind="warm", told=said)
    house.engine(made)
    assert (program_of(house, made), sender.get(f"/pathways/{made}").status_code) == (str(house.program), 200)
    assert receiver.get(f"/pathways/{made}").status_code == 404
    [asked] = [one for one in receiver.get("/hand-offs").json() if one["id"] == hand_off]
    assert (asked["told"], asked["status"], asked["sends"], asked["receives"]) == (
        said,
        "offered",
        False,
        True,
    )
    [task] = [one for one in receiver.get("/work-items").json() if one["pathway_id"] == made]
    assert task["kind"] == "accept-hand-off"
    before = sender.get(f"/pathways/{made}").json()
    assert answer(receiver, hand_off, "accepted").status_code == 204
    house.engine(made)
    now = receiver.get(f"/pathways/{made}").json()
    assert (now["program"], now["owner"], now["since"]) == ("North", "Kit North", before["since"])
    assert sender.get(f"/pathways/{made}").status_code == 404
    assert [one["kind"] for one in now["work"] if one["kind"] in ("accept-hand-off", "first-visit")] == [
        "first-visit"
    ]
    texts = [one["text"] for one in receiver.get(f"/pathways/{made}/timeline").json()]
    assert texts[:1] != []
    assert [text for text in texts if text.startswith("Hand-off")] == [
        "Hand-off taken over: from Main program to North",
        "Hand-off accepted: from Main program to North",
        "Hand-off offered: from Main program to North",
    ]
    assert said not in receiver.get(f"/pathways/{made}/timeline").text
    assert out_of_step(house, made) == []
    with house.database.transaction(EVERYWHERE) as work:
        stays = work.rows("SELECT ended_at FROM placement WHERE pathway_id = :id", id=made)
    assert [row.ended_at for row in stays] == [None]
    assert client


def test_an_offer_on_a_friday_is_answered_within_two_business_days(
    sender: Api, receiver: Api, later: House, north: str
) -> None:
    later.at = datetime(2026, 5, 22, 15, tzinfo=UTC)
    made, _ = a_walk(sender, later)
    offer(sender, made, north)
    [task] = [one for one in receiver.get("/work-items").json() if one["pathway_id"] == made]
    # Monday, 25 May 2026, is Memorial Day.
    assert task["due"]["at"] == "2026-05-27T04:00:00Z"


def test_before_a_planned_start_the_sender_answers_and_the_engine_hands_over_on_the_day(
    sender: Api, receiver: Api, later: House, north: str
) -> None:
    made, _ = a_walk(sender, later)
    hand_off = offer(sender, made, north, starts_on="2026-03-09")
    assert answer(receiver, hand_off, "accepted").status_code == 204
    later.engine(made)
    assert program_of(later, made) == str(later.program)
    [shown] = [one for one in sender.get("/hand-offs").json() if one["id"] == hand_off]
    assert (shown["status"], shown["accepted_by"]) == ("accepted", "Kit North")
    starts = datetime.fromisoformat(shown["starts_at"])
    with later.database.transaction(EVERYWHERE) as work:
        row = work.first("SELECT wake_at FROM pathway WHERE id = :id", id=made)
    assert row is not None
    assert row.wake_at <= starts
    later.at = starts - timedelta(minutes=1)
    later.engine(made)
    assert program_of(later, made) == str(later.program)
    later.at = starts + timedelta(minutes=5)
    with later.database.transaction(EVERYWHERE) as work:
        missed = gaps.unhandled(work, [], before=later.at)
    assert [row.what for row in missed if str(row.pathway_id) == made][-1:] == ["hand-off-not-taken-over"]
    later.engine(made)
    assert program_of(later, made) == north
    assert out_of_step(later, made) == []


def test_a_decline_needs_a_reason_and_leaves_everything_as_it_was(
    sender: Api, receiver: Api, house: House, north: str
) -> None:
    made, _ = a_walk(sender, house)
    hand_off = offer(sender, made, north)
    refused = answer(receiver, hand_off, "declined")
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/reason")
    assert answer(receiver, hand_off, "declined", reason="no place before June").status_code == 204
    house.engine(made)
    assert (program_of(house, made), out_of_step(house, made)) == (str(house.program), [])
    assert answer(receiver, hand_off, "accepted").status_code == 409
    assert [one for one in receiver.get("/work-items").json() if one["pathway_id"] == made] == []
    offer(sender, made, north)


def test_the_sender_revokes_even_what_is_accepted_until_it_is_taken_over(
    sender: Api, receiver: Api, house: House, north: str
) -> None:
    made, _ = a_walk(sender, house)
    hand_off = offer(sender, made, north, starts_on="2026-03-09")
    assert answer(receiver, hand_off, "revoked").status_code == 403
    assert answer(sender, hand_off, "accepted").status_code == 403
    assert answer(receiver, hand_off, "accepted").status_code == 204
    assert answer(receiver, hand_off, "declined", reason="after all not").status_code == 409
    assert answer(sender, hand_off, "revoked", reason="she moves away").status_code == 204
    assert answer(sender, hand_off, "revoked").status_code == 409
    house.engine(made)
    assert (program_of(house, made), out_of_step(house, made)) == (str(house.program), [])


def test_a_walk_that_ends_takes_its_offer_back(sender: Api, receiver: Api, house: House, north: str) -> None:
    made, _ = a_walk(sender, house)
    hand_off = offer(sender, made, north)
    sender.post(f"/pathways/{made}/events", json={"kind": "died"})
    house.engine(made)
    assert answer(receiver, hand_off, "accepted").status_code in {404, 409}
    assert (program_of(house, made), out_of_step(house, made)) == (str(house.program), [])
    assert sender.post(f"/pathways/{made}/hand-offs", json={"to_program_id": north, "kind": "cold"}).json()[
        "code"
    ] == ("pathway-closed")


def test_nobody_is_told_without_a_consent_on_the_day_they_are_told(
    sender: Api, receiver: Api, house: House, north: str
) -> None:
    made, client = a_walk(sender, house, consent=False)
    asked = {"to_program_id": north, "kind": "cold"}
    refused = sender.post(f"/pathways/{made}/hand-offs", json=asked)
    assert (refused.status_code, refused.json()["code"]) == (409, "no-consent")
    assert "POST /clients/{id}/consents" in refused.json()["detail"]
    other = {**CONSENT, "kind": "specific", "program_id": str(house.program)}
    sender.post(f"/clients/{client}/consents", json=other)
    assert sender.post(f"/pathways/{made}/hand-offs", json=asked).json()["code"] == "no-consent"
    named = {**CONSENT, "kind": "specific", "program_id": north}
    consent = sender.post(f"/clients/{client}/consents", json=named).json()["id"]
    wrong = sender.post(f"/pathways/{made}/hand-offs", json={**asked, "consent_id": SOMEWHERE})
    assert wrong.json()["code"] == "no-consent"
    hand_off = offer(sender, made, north, consent_id=consent)
    assert sender.patch(f"/consents/{consent}", json={"revoked_on": "2026-03-02"}).status_code == 204
    late = answer(receiver, hand_off, "accepted")
    assert (late.status_code, late.json()["code"]) == (409, "no-consent")
    assert program_of(house, made) == str(house.program)


@pytest.mark.parametrize(
    ("more", "pointer"),
    [
        ({"to_program_id": SOMEWHERE}, "/to_program_id"),
        ({"to_program_id": CANARY}, "/to_program_id"),
        ({"kind": CANARY}, "/kind"),
        ({"kind": "warm"}, "/told"),
        ({"starts_on": "2026-03-01"}, "/starts_on"),
        ({"starts_on": "2026-12-01"}, "/starts_on"),
        ({"starts_on": "tomorrow"}, "/starts_on"),
        ({"told": CANARY * 200}, "/told"),
        ({"consent_id": CANARY}, "/consent_id"),
        ({"status": "accepted"}, "/status"),
    ],
)
def test_an_offer_that_cannot_be_right_is_refused(
    sender: Api, house: House, north: str, more: dict[str, str], pointer: str
) -> None:
    made, _ = a_walk(sender, house)
    refused = sender.post(
        f"/pathways/{made}/hand-offs", json={"to_program_id": north, "kind": "cold", **more}
    )
    assert refused.status_code in {404, 422}
    assert (refused.json()["errors"][0]["pointer"], CANARY in refused.text) == (pointer, False)
    assert made not in sender.get("/hand-offs").text


def test_one_is_not_handed_to_where_one_is_nor_to_two_at_once(sender: Api, house: House, north: str) -> None:
    made, _ = a_walk(sender, house)
    address = f"/pathways/{made}/hand-offs"
    same = sender.post(address, json={"to_program_id": str(house.program), "kind": "cold"})
    assert (same.status_code, same.json()["errors"][0]["pointer"]) == (422, "/to_program_id")
    key, asked = {"Idempotency-Key": str(ids.new())}, {"to_program_id": north, "kind": "cold"}
    first = sender.post(address, json=asked, headers=key)
    assert sender.post(address, json=asked, headers=key).json() == first.json()
    assert sender.post(address, json=asked).status_code == 409
    assert sender.post(address, json=asked, headers={"If-Match": '"1"'}).status_code == 412


@pytest.mark.parametrize(
    ("body", "pointer"),
    [({}, "/status"), ({"status": CANARY}, "/status"), ({"status": "accepted", "to": "me"}, "/to")],
)
def test_an_answer_that_is_none_is_refused(receiver: Api, body: dict[str, str], pointer: str) -> None:
    refused = receiver.patch(f"/hand-offs/{SOMEWHERE}", json=body)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, pointer)
    assert answer(receiver, SOMEWHERE, "accepted").status_code == 404


def test_a_program_that_is_not_asked_sees_nothing(
    app: FastAPI, sender: Api, house: House, north: str
) -> None:
    made, client = a_walk(sender, house)
    hand_off = offer(sender, made, north)
    west = Api(app, house.keys["lead"]).post("/programs", json={"name": "West"}).json()["id"]
    stranger = Api(app, house.coordinator("Wes West", str(west))[1])
    assert stranger.get("/hand-offs").json() == []
    assert answer(stranger, hand_off, "accepted").status_code == 404
    assert stranger.get(f"/clients/{client}").status_code == 404
    assert made not in stranger.get("/work-items").text


def _together(acts: list[Callable[[], Any]]) -> list[int]:
    start, found = Barrier(len(acts)), []

    def one(act: Callable[[], Any]) -> None:
        start.wait()
        found.append(act().status_code)

    threads = [Thread(target=one, args=(act,)) for act in acts]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    return sorted(found)


def test_of_an_acceptance_and_a_revocation_at_the_same_moment_one_holds(
    app: FastAPI, house: House, receiver: Api, sender: Api, north: str
) -> None:
    for _ in range(3):
        made, _ = a_walk(sender, house)
        hand_off = offer(sender, made, north)
        both = [
            lambda one=hand_off: answer(receiver, one, "accepted"),
            lambda one=hand_off: answer(Api(app, house.keys["lead"]), one, "revoked"),
        ]
        assert _together(both) == [204, 409]
        house.engine(made)
        assert out_of_step(house, made) == []


def test_an_accepted_client_is_promised_a_place(
    app: FastAPI, sender: Api, receiver: Api, house: House, north: str
) -> None:
    lead = Api(app, house.keys["lead"])
    lead.patch(f"/programs/{north}", json={"places": {"op": 5}})
    made, _ = a_walk(sender, house)
    hand_off = offer(sender, made, north, starts_on="2026-03-09")

    def promised() -> int:
        [home] = [one for one in receiver.get("/programs").json() if one["id"] == north]
        return int(home["places"][0]["promised"])

    before = promised()
    answer(receiver, hand_off, "accepted")
    assert promised() == before + 1


def test_the_pages_offer_answer_and_say_who_answers_for_the_client(
    app: FastAPI, sender: Api, receiver: Api, house: House, north: str
) -> None:
    made, _ = a_walk(sender, house, consent=False)
    page = f"/pathways/{made}"
    browser = Browser(app, house.session("supervisor"))
    assert f'href="{page}/hand-offs"' in browser.get(page).text
    assert "North" in browser.get(f"{page}/hand-offs").text
    without = browser.submit(f"{page}/hand-offs", to_program_id=north, kind="cold")
    assert (without.status_code, "No active consent" in without.text) == (409, True)
    half = browser.submit(f"{page}/consents", kind="single-tpo", recipient="all who treat me")
    assert (half.status_code, "all who treat me" in half.text) == (422, True)
    done = browser.submit(f"{page}/consents", **{**CONSENT, "program_id": ""})
    assert done.headers["location"] == f"{page}/consents?said=consented"
    assert "my treating providers" in browser.get(f"{page}/consents").text
    offered = browser.submit(
        f"{page}/hand-offs", to_program_id=north, kind="warm", told="Knows the way", starts_on=""
    )
    assert offered.headers["location"] == f"{page}?said=hand-off-offered"
    assert "until then Main program answers for this client" in browser.get(page).text
    kit = Browser(app, house.session("receiver"))
    assert "Accept or decline a client from another program" in kit.get("/work").text
    shown = kit.get("/hand-offs").text
    assert "told: Knows the way" in shown
    [hand_off] = [one["id"] for one in receiver.get("/hand-offs").json() if one["pathway_id"] == made]
    wrong = kit.submit(f"/hand-offs/{hand_off}", status="declined")
    assert (wrong.status_code, "Say why it is declined." in wrong.text) == (422, True)
    right = kit.submit(f"/hand-offs/{hand_off}", status="accepted")
    assert right.headers["location"] == "/hand-offs?said=hand-off-accepted"
    assert kit.get(page).status_code == 200
