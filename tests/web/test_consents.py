"""Consents: with what 42 CFR 2.31 asks, sealed, revoked once, and of one's own clients only."""

from typing import Any

import pytest
from fastapi import FastAPI

from services.access import EVERYWHERE
from tests.web.conftest import Api, House
from tests.web.two_programs import CONSENT, a_walk
from tests.web.wrong_bodies import CANARY, SOMEWHERE


def test_consents_are_listed_sealed_and_revoked_once(sender: Api, house: House) -> None:
    made, client = a_walk(sender, house, consent=False)
    secret = {**CONSENT, "what": "a thing that only we two know"}
    consent = sender.post(f"/clients/{client}/consents", json=secret).json()["id"]
    [shown] = sender.get(f"/clients/{client}/consents").json()
    assert (shown["what"], shown["active"], shown["revoked_on"]) == (secret["what"], True, None)
    with house.database.transaction(EVERYWHERE) as work:
        rows = work.rows("SELECT * FROM consent")
        entries = work.rows("SELECT bytes FROM audit_entry WHERE kind LIKE 'consent.%'")
    assert "only we two" not in str([*rows, *(bytes(row.bytes) for row in entries)])
    assert len(entries) >= 1
    gone = {"revoked_on": "2026-03-02"}
    assert sender.patch(f"/consents/{consent}", json=gone).status_code == 204
    assert sender.patch(f"/consents/{consent}", json=gone).status_code == 409
    assert sender.get(f"/clients/{client}/consents").json()[0]["active"] is False
    assert made


@pytest.mark.parametrize(
    ("more", "pointer"),
    [
        ({"kind": CANARY}, "/kind"),
        ({"recipient": ""}, "/recipient"),
        ({"purpose": None}, "/purpose"),
        ({"what": [CANARY]}, "/what"),
        ({"signed_on": "2026-03-05"}, "/signed_on"),
        ({"signed_on": CANARY}, "/signed_on"),
        ({"expires_on": None}, "/expires_on"),
        ({"expires_on": "2026-02-01"}, "/expires_on"),
        ({"expires_on": "0001-01-01"}, "/expires_on"),
        ({"expires_when": f"{CANARY}\x07"}, "/expires_when"),
        ({"program_id": SOMEWHERE}, "/program_id"),
        ({"program_id": CANARY}, "/program_id"),
        ({"client_id": SOMEWHERE}, "/client_id"),
    ],
)
def test_a_consent_that_lacks_what_the_law_asks_is_refused(
    sender: Api, house: House, more: dict[str, Any], pointer: str
) -> None:
    _, client = a_walk(sender, house, consent=False)
    answer = sender.post(f"/clients/{client}/consents", json={**CONSENT, **more})
    assert answer.status_code in {404, 422}
    assert (answer.json()["errors"][0]["pointer"], CANARY in answer.text) == (pointer, False)
    assert sender.get(f"/clients/{client}/consents").json() == []


def test_a_consent_of_somebody_elses_client_is_not_there(
    app: FastAPI, sender: Api, receiver: Api, house: House
) -> None:
    _, client = a_walk(sender, house)
    [consent] = sender.get(f"/clients/{client}/consents").json()
    assert receiver.get(f"/clients/{client}/consents").status_code == 404
    assert receiver.post(f"/clients/{client}/consents", json=CONSENT).status_code == 404
    gone = {"revoked_on": "2026-03-02"}
    assert receiver.patch(f"/consents/{consent['id']}", json=gone).status_code == 404
    assert sender.patch(f"/consents/{SOMEWHERE}", json=gone).status_code == 404
    for day in ("2026-02-01", "2026-03-09"):
        answer = sender.patch(f"/consents/{consent['id']}", json={"revoked_on": day})
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/revoked_on")
