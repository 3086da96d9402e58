"""First visits after a hand-off: who missed one is called after, and in the end both programs know."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from tests.conftest import NOON
from tests.web.conftest import Api, House
from tests.web.two_programs import a_walk, answer, offer, out_of_step


@pytest.fixture
def later(house: House) -> Iterator[House]:
    """The house, whose clock a test may set."""
    yield house
    house.at = NOON


@pytest.fixture
def missed(sender: Api, receiver: Api, later: House, north: str) -> str:
    """A walk that was taken over and whose client missed the first session there."""
    made, _ = a_walk(sender, later)
    assert answer(receiver, offer(sender, made, north), "accepted").status_code == 204
    later.engine(made)
    later.at = NOON + timedelta(days=1)
    said = {"kind": "group", "minutes": 90, "status": "missed", "effective_at": later.at.isoformat()}
    assert receiver.post(f"/pathways/{made}/attendance", json=said).status_code == 201
    later.engine(made)
    return made


def _told(*of: Api) -> list[list[dict[str, Any]]]:
    return [
        [one for one in api.get("/work-items").json() if one["kind"] == "first-visit-missed"] for api in of
    ]


def test_a_missed_first_visit_is_called_after_and_then_told_to_the_sender_too(
    sender: Api, receiver: Api, later: House, missed: str
) -> None:
    shown = receiver.get(f"/pathways/{missed}").json()["work"]
    assert len([one for one in shown if one["kind"] == "outreach"]) == 3
    later.at = NOON + timedelta(days=8, hours=1)
    later.engine(missed)
    (mine,), (theirs,) = _told(sender, receiver)
    assert (mine["for_role"], theirs["for_role"]) == ("coordinator", "supervisor")
    done = {"status": "done", "note": "she moved away"}
    assert sender.patch(f"/work-items/{theirs['id']}", json=done).status_code == 404
    assert sender.patch(f"/work-items/{mine['id']}", json=done).status_code == 204
    assert sender.get(f"/pathways/{missed}").status_code == 404
    assert out_of_step(later, missed) == []
