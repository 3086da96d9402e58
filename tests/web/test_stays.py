"""How long a stay has lasted is shown against the usual length, and ends nothing."""

from datetime import timedelta

from tests.web.conftest import Api, Browser, House


def test_a_stay_beyond_the_usual_is_said_and_ends_nothing(
    clinician: Api, browser: Browser, house: House
) -> None:
    person = {"given_name": "Ana", "family_name": "Longer", "birth_date": "1990-05-17"}
    client = clinician.post("/clients", json=person).json()["id"]
    for days, is_past in ((59, False), (60, True)):
        began = (house.at - timedelta(days=days)).isoformat()
        entry = {"client_id": client, "stage": "iop", "reason": "onboarding", "started_at": began}
        entry["definition"] = "mh-adult" if is_past else "sud-adult"
        pathway = clinician.post("/pathways", json=entry).json()["id"]
        house.engine(pathway)
        page = browser.get(f"/pathways/{pathway}").text
        assert "usually 30–60 days" in page
        assert ("past the usual stay" in page) == is_past
        assert clinician.get(f"/pathways/{pathway}").json()["stage"] == "iop"
