"""Whose clients somebody sees: those of their programs, and those who walk a pathway of their programs."""

from uuid import UUID

import pytest
from fastapi import FastAPI

from models.people import Role
from services import doors
from services.access import EVERYWHERE
from services.doors import NewPerson
from tests.web.conftest import Api, House

PERSON = {"given_name": "Zed", "family_name": "Canary", "birth_date": "1990-05-17"}


@pytest.fixture(scope="module")
def supervisor(app: FastAPI, house: House) -> Api:
    return Api(app, house.keys["supervisor"])


@pytest.fixture(scope="module")
def north(supervisor: Api) -> str:
    """A second program."""
    return str(supervisor.post("/programs", json={"name": "North"}).json()["id"])


@pytest.fixture(scope="module")
def northerner(app: FastAPI, house: House, north: str) -> Api:
    """A clinician of the second program only."""
    new = NewPerson(name="Kit North", role=Role.CLINICIAN, programs=(UUID(north),), credential="LCSW 1")
    with house.database.transaction(EVERYWHERE) as work:
        return Api(app, doors.cut_key(work, doors.add(work, new, at=house.at), at=house.at))


def _enrolled(api: Api, house: House, *, program: str | None = None) -> tuple[str, str]:
    main = str(house.program)
    client = api.post("/clients", json={**PERSON, "program_id": main}).json()["id"]
    pathway = api.post("/pathways", json={"client_id": client, "program_id": program or main}).json()["id"]
    house.engine(pathway)
    return client, pathway


def test_who_gives_the_care_sees_the_client_though_another_program_registered_them(
    supervisor: Api, northerner: Api, house: House, north: str
) -> None:
    client, pathway = _enrolled(supervisor, house, program=north)
    assert northerner.get(f"/pathways/{pathway}").json()["name"] == "Zed Canary"
    assert northerner.get(f"/clients/{client}").status_code == 200
    assert pathway in [card["pathway_id"] for card in northerner.get("/pathways").json()["items"]]
    event = {"kind": "return-to-use"}
    version = northerner.get(f"/pathways/{pathway}").headers["etag"]
    answer = northerner.post(f"/pathways/{pathway}/events", json=event, headers={"If-Match": version})
    assert answer.status_code == 201
    house.engine(pathway)
    assert pathway in [task["pathway_id"] for task in northerner.get("/work-items").json()]


def test_who_walks_elsewhere_stays_unseen(supervisor: Api, northerner: Api, house: House) -> None:
    client, pathway = _enrolled(supervisor, house)
    for address in (f"/pathways/{pathway}", f"/clients/{client}", f"/pathways/{pathway}/timeline"):
        assert northerner.get(address).status_code == 404
    assert northerner.post("/pathways", json={"client_id": client}).status_code == 404


def test_a_number_that_is_taken_elsewhere_is_refused_and_says_nothing_of_whom(
    supervisor: Api, northerner: Api, house: House
) -> None:
    numbered = {**PERSON, "identifiers": [{"system": "mrn", "value": "Elsewhere-77"}]}
    elsewhere = {**numbered, "program_id": str(house.program)}
    assert supervisor.post("/clients", json=elsewhere).status_code == 201
    answer = northerner.post("/clients", json=numbered)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (409, "/identifiers/0")
    assert "Canary" not in answer.text


def test_a_page_goes_on_behind_whom_it_cannot_show(
    supervisor: Api, northerner: Api, house: House, north: str
) -> None:
    """A client whose key was destroyed is shown no more; the cursor comes from what was found, not from what is shown."""
    walks = sorted(_enrolled(supervisor, house, program=north) for _ in range(3))
    with house.database.transaction(EVERYWHERE) as work:
        work.run("DELETE FROM client_key WHERE client_id = :id", id=walks[0][0])
    seen: list[str] = []
    after: str | None = None
    for _ in range(20):
        page = northerner.get("/pathways", params={"limit": 1, **({"after": after} if after else {})}).json()
        seen += [card["pathway_id"] for card in page["items"]]
        after = page["next"]
        if after is None:
            break
    assert {walks[1][1], walks[2][1]} <= set(seen)
    assert walks[0][1] not in seen


def test_any_version_is_meant_by_a_star(supervisor: Api, house: House) -> None:
    _, pathway = _enrolled(supervisor, house)
    address, any_ = f"/pathways/{pathway}/events", {"If-Match": "*"}
    assert supervisor.post(address, json={"kind": "request"}, headers=any_).status_code == 201
    missing = supervisor.post(f"/pathways/{house.program}/events", json={"kind": "request"}, headers=any_)
    assert missing.status_code == 404
