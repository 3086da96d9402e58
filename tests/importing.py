"""Lines of invented import files, and what a report says of them."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

from services.importing import Report
from services.store.work import Work

DATA = Path(__file__).parent / "data"
MRN = {"system": "urn:mrn", "value": "1001"}
SECRET = "Xylophone77"
"""What no report may repeat."""

Take = Callable[..., Report]


def lines(*objects: Mapping[str, Any]) -> str:
    return "".join(json.dumps(one) + "\n" for one in objects)


def a_client(number: int = 1001, **more: object) -> dict[str, Any]:
    identifiers = [{"system": "urn:mrn", "value": str(number)}]
    named = {"given_name": "Ana", "family_name": "Invented", "birth_date": "1990-05-17"}
    return {"type": "client", **named, "identifiers": identifiers, **more}


def a_pathway(number: int = 1001, **more: object) -> dict[str, Any]:
    client = {"system": "urn:mrn", "value": str(number)}
    started = "2026-02-16T14:00:00Z"
    return {
        "type": "pathway",
        "client": client,
        "definition": "sud-adult",
        "stage": "iop",
        "started_at": started,
        **more,
    }


def an_assessment(number: int = 1001, source_id: str = "a-1", **more: object) -> dict[str, Any]:
    return {
        "type": "assessment",
        "client": {"system": "urn:mrn", "value": str(number)},
        "instrument": "phq-9",
        "answers": [2, 2, 2, 2, 1, 1, 2, 0, 0],
        "effective_at": "2026-02-27T15:00:00Z",
        "source_id": source_id,
        **more,
    }


def a_plan(**more: object) -> dict[str, Any]:
    client, day = {"system": "urn:mrn", "value": "1001"}, "2026-02-27T15:00:00Z"
    return {"type": "plan", "client": client, "goals": "met", "effective_at": day, "source_id": "p", **more}


def told(report: Report) -> list[tuple[int, str, str]]:
    return [(line.number, line.outcome.value, line.pointer) for line in report.lines]


def counted(work: Work) -> dict[str, int]:
    tables = work.rows(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version' ORDER BY 1"
    )
    return {one.tablename: work.rows(f'SELECT count(*) AS n FROM "{one.tablename}"')[0].n for one in tables}


def only_pathway(work: Work) -> UUID:
    (row,) = work.rows("SELECT id FROM pathway")
    return UUID(str(row.id))
