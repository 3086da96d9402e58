"""What tests of hand-offs share: a client of one program, offered to another, and who answers for them."""

from typing import Any
from uuid import UUID

from services.access import EVERYWHERE
from services.rules.folding import differences, fold
from services.store import images
from tests.web.conftest import Api, House

CONSENT = {
    "kind": "single-tpo",
    "recipient": "my treating providers",
    "purpose": "care in another program",
    "what": "where I stand and what I need",
    "signed_on": "2026-03-01",
    "expires_on": "2026-12-31",
}


def a_walk(sender: Api, house: House, *, consent: bool = True) -> tuple[str, str]:
    """Enrol a client in the sender's program, with a consent that covers every program; return pathway and client."""
    person = {"given_name": "Ana", "family_name": "Lake", "birth_date": "1990-05-17"}
    client = sender.post("/clients", json=person).json()["id"]
    enrolled = {"client_id": client, "stage": "op", "reason": "transfer"}
    made = str(sender.post("/pathways", json=enrolled).json()["id"])
    house.engine(made)
    if consent:
        assert sender.post(f"/clients/{client}/consents", json=CONSENT).status_code == 201
    return made, client


def offer(sender: Api, pathway: str, program: str, **more: Any) -> str:
    """Offer a client to a program."""
    asked = {"to_program_id": program, "kind": "cold", **more}
    made = sender.post(f"/pathways/{pathway}/hand-offs", json=asked)
    assert made.status_code == 201, made.text
    return str(made.json()["id"])


def answer(api: Api, hand_off: str, status: str, **more: str) -> Any:
    """Answer a hand-off."""
    return api.patch(f"/hand-offs/{hand_off}", json={"status": status, **more})


def program_of(house: House, pathway: str) -> str:
    """The program that answers for a client."""
    with house.database.transaction(EVERYWHERE) as work:
        row = work.first("SELECT program_id FROM pathway WHERE id = :id", id=pathway)
    assert row is not None
    return str(row.program_id)


def out_of_step(house: House, pathway: str) -> list[str]:
    """Where the state is not what the entries tell."""
    one = UUID(pathway)
    with house.database.transaction(EVERYWHERE) as work:
        told, stored = images.told(work, [one])[one], images.stored(work, [one])[one]
    return list(differences(fold(told), stored))
