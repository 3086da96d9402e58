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


def test_where_a_client_came_from_and_who_referred_them_is_kept_and_shown(
    clinician: Api, browser: Browser, house: House
) -> None:
    """S24: many come to IOP from detox, hospital or residential care."""
    person = {"given_name": "Ana", "family_name": "Invented", "birth_date": "1990-05-17"}
    client = clinician.post("/clients", json=person).json()["id"]
    told = {"came_from": "residential", "referred_by": "court"}
    body = {"client_id": client, "stage": "iop", "reason": "transfer", **told}
    pathway = clinician.post("/pathways", json=body).json()["id"]
    house.engine(pathway)
    view = clinician.get(f"/pathways/{pathway}").json()
    assert {name: view[name] for name in told} == told
    assert (
        "Before: Residential care · Referred by: Court or probation"
        in browser.get(f"/pathways/{pathway}").text
    )
    typed = {**person, "given_name": "Ben", "came_from": "detox", "referred_by": ""}
    where = browser.submit("/enrol", **typed).headers["location"].partition("?")[0]
    page = browser.get(where).text
    assert ("Before: Detox" in page, "Referred by" in page) == (True, False)
    silent = clinician.get(f"/pathways/{house.pathway()}").json()
    assert (silent["came_from"], silent["referred_by"]) == (None, None)
