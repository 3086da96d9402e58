"""Planted client data must be found nowhere but sealed: not in Prefect's database, not in any log, not in a URL."""

from pathlib import Path

import httpx
from psycopg import connect, sql

from services import clock
from services.access import EVERYWHERE
from services.store.embedded import EmbeddedPostgres
from tests import care, on_call
from tests.house_up import Installation, Person, until
from tests.mailboxes import Mailbox

CANARIES = (
    "Kanarienvogel",
    "Zaunkoenig",
    "1987-06-05",
    "canary-mrn-4711",
    "canary-told-in-confidence",
    "canary-why-signed",
)


def planted(clinician: Person, number: str = "canary-mrn-4711") -> str:
    """Walk a client through proposal, refusal and move, with canaries in every field a person types into."""
    client = clinician.post(
        "/clients",
        given_name="Kanarienvogel",
        family_name="Zaunkoenig",
        birth_date="1987-06-05",
        identifiers=[{"system": "urn:mrn", "value": number}],
    )
    pathway_id = str(clinician.post("/pathways", client_id=client["id"])["id"])
    clinician.post(f"/pathways/{pathway_id}/events", kind="request", detail="canary-told-in-confidence")
    for what in ("phq-9", "c-ssrs", "needs-iop"):
        clinician.assess(pathway_id, what, note="canary-told-in-confidence")
    refused = clinician.client.post(
        f"/api/v1/pathways/{pathway_id}/events", json={"kind": "canary-told-in-confidence"}
    )
    assert refused.status_code == 422
    decision_id = clinician.proposed(pathway_id, "iop")
    clinician.post(f"/decisions/{decision_id}/sign-off", verdict="accept", reason="canary-why-signed")
    clinician.arrives(pathway_id, "iop")
    return pathway_id


def sightings(admin_url: str, database: str) -> list[str]:
    """Return the tables of a database that hold a canary in clear, as text or as bytes."""
    found = []
    with connect(admin_url.replace("/postgres?", f"/{database}?"), autocommit=True) as session:
        tables = session.execute(
            "SELECT schemaname, tablename FROM pg_tables WHERE schemaname = 'public'"
        ).fetchall()
        for schema, table in tables:
            for canary in CANARIES:
                query = sql.SQL("SELECT count(*) FROM {} t WHERE t::text LIKE %s OR t::text LIKE %s")
                values = [f"%{canary}%", f"%{canary.encode().hex()}%"]
                row = session.execute(query.format(sql.Identifier(schema, table)), values).fetchone()
                found += [f"{table}: {canary}"] if row and row[0] else []
    return found


def test_planted_client_data_is_found_nowhere(house: Installation, clinician: Person) -> None:
    asked: list[httpx.URL] = []
    clinician.client.event_hooks["response"].append(lambda answer: asked.append(answer.url))
    pathway_id = planted(clinician)
    for page in ("/", "/work", f"/pathways/{pathway_id}"):
        assert clinician.client.get(page).status_code == 200
    until(lambda: house.prefect("/task_runs/filter", limit=1), "no task run was recorded")
    admin = str(EmbeddedPostgres(house.folder).find())
    assert sightings(admin, "stepdown_prefect") == []
    assert sightings(admin, "stepdown") == []
    assert [url for url in asked for canary in CANARIES if canary in str(url)] == []
    assert logged(house.folder) == []


def test_what_leaves_the_house_carries_no_planted_data_with_and_without_prefect(
    house: Installation, clinician: Person, mailbox: Mailbox
) -> None:
    pathway_id, address = planted(clinician, "canary-mrn-4711-2"), stands_by(house)
    with house.without_prefect():
        clinician.assess(pathway_id, "high-risk", note="canary-told-in-confidence")
        alert = until(lambda: open_alert(clinician, pathway_id), "no alert was raised")
        until(lambda: address in mailbox.addressed, "nobody was told")
    clinician.post(f"/alerts/{alert}/acknowledge")
    assert [canary for canary in CANARIES for raw in mailbox.raw if canary.encode() in raw] == []
    told = [one for one in mailbox.alerts if alert in one.get_content()]
    assert {one["Subject"] for one in told} == {"Stepdown: Somebody must be called now."}
    assert [one for one in mailbox.raw if pathway_id.encode() in one] == []


def stands_by(house: Installation) -> str:
    """Let somebody stand by, at an address of their own."""
    opened, address = house.database(), "night@clinic.example"
    with opened.transaction(EVERYWHERE) as work:
        supervisor = care.somebody(work, care.SUPERVISOR, clock.now())
        on_call.stands_by(work, supervisor, "on-call", at=clock.now(), address=address)
    opened.close()
    return address


def open_alert(clinician: Person, pathway_id: str) -> str | None:
    found = [one["id"] for one in clinician.get("/alerts") if one["pathway_id"] == pathway_id]
    return str(found[0]) if found else None


def logged(folder: Path) -> list[str]:
    """Return the logs and notes on disk that hold a canary."""
    texts = {
        path: path.read_bytes()
        for place in ("logs", "prefect")
        for path in (folder / place).rglob("*")
        if path.is_file()
    }
    return [
        f"{path.name}: {canary}"
        for path, data in texts.items()
        for canary in CANARIES
        if canary.encode() in data
    ]


def test_the_search_would_see_a_canary(house: Installation) -> None:
    admin = str(EmbeddedPostgres(house.folder).find())
    with connect(admin.replace("/postgres?", "/stepdown_prefect?"), autocommit=True) as session:
        session.execute(
            "CREATE TABLE planted AS SELECT 'Zaunkoenig' AS name, 'canary-mrn-4711'::bytea AS raw"
        )
        try:
            assert sightings(admin, "stepdown_prefect") == ["planted: Zaunkoenig", "planted: canary-mrn-4711"]
        finally:
            session.execute("DROP TABLE planted")
