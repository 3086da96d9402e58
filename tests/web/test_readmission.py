"""A client who comes back: both walks name each other, over the API and on the pages."""

from tests.web.conftest import Api, Browser, House


def test_both_pages_show_the_other_walk(clinician: Api, browser: Browser, house: House) -> None:
    first = house.pathway("op")
    client = clinician.get(f"/pathways/{first}").json()["client_id"]
    body = {"client_id": client, "reason": "readmission"}
    open_ = clinician.post("/pathways", json=body)
    assert (open_.status_code, open_.json()["code"]) == (409, "already-open")
    clinician.post(f"/pathways/{first}/discharge", json={"reason": 7, "note": "moves away"})
    house.engine(first)
    second = clinician.post("/pathways", json=body).json()["id"]
    house.engine(second)
    told = [clinician.get(f"/pathways/{one}").json() for one in (first, second)]
    assert [(one["follows"], one["followed_by"]) for one in told] == [(None, [second]), (first, [])]
    assert f'<a href="/pathways/{first}">the earlier walk</a>' in browser.get(f"/pathways/{second}").text
    assert (
        f'<a href="/pathways/{second}">came back: the later walk</a>'
        in browser.get(f"/pathways/{first}").text
    )
