"""Facts as a rule knows them, each read from its row: what is in the clear, never what is sealed."""

import json
from collections.abc import Callable
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Row

from models.facts import (
    Assessment,
    Attempt,
    AttemptOutcome,
    Attendance,
    AttendanceStatus,
    Authorisation,
    Checklist,
    Event,
    Fact,
    FactKind,
    PartStatus,
    Plan,
)

Found = Row[Any]


def read(row: Found) -> Fact:
    """Return the fact. Shapes: one row of the fact table, with from which version on its pathway knew it."""
    body = json.loads(row.body)
    known = {
        "id": row.id,
        "effective_at": row.effective_at,
        "recorded_at": row.recorded_at,
        "known": row.known,
    }
    return _READ[FactKind(row.kind)](row, body, known)


def _assessment(row: Found, body: dict[str, Any], known: dict[str, Any]) -> Assessment:
    return Assessment(
        **known,
        instrument=row.code,
        answers=tuple(None if answer == "" else answer for answer in body["answers"]),
        total=row.total,
        band=row.band,
        band_set=body.get("band_set"),
        could_be=tuple(body["could_be"]),
        subscales=tuple((name, value) for name, value in body["subscales"]),
        flags=tuple(body["flags"]),
        open_flags=tuple(body["open_flags"]),
        signed=row.signed,
        attested=row.attested,
        edition=body.get("edition"),
    )


def _attendance(row: Found, body: dict[str, Any], known: dict[str, Any]) -> Attendance:
    status = AttendanceStatus(body["status"])
    return Attendance(
        **known, service=row.code, minutes=body["minutes"], status=status, session_id=row.session_id
    )


def _event(row: Found, _body: dict[str, Any], known: dict[str, Any]) -> Event:
    return Event(**known, event=row.code, shared=row.shared, first_known=row.first_known)


def _plan(row: Found, body: dict[str, Any], known: dict[str, Any]) -> Plan:
    return _PLANS.validate_python({**body, **known, "shared": row.shared})


def _attempt(row: Found, body: dict[str, Any], known: dict[str, Any]) -> Attempt:
    return Attempt(**known, outcome=AttemptOutcome(row.code), way=body["way"])


def _checklist(_row: Found, body: dict[str, Any], known: dict[str, Any]) -> Checklist:
    parts = sorted((part, PartStatus(status)) for part, status in body["parts"].items())
    return Checklist(**known, parts=tuple(parts))


_PLANS = TypeAdapter(Plan)
_AUTHORISATIONS = TypeAdapter(Authorisation)


def _authorisation(row: Found, body: dict[str, Any], known: dict[str, Any]) -> Authorisation:
    return _AUTHORISATIONS.validate_python({**body, **known, "level": row.code})


_READ: dict[FactKind, Callable[[Found, dict[str, Any], dict[str, Any]], Fact]] = {
    FactKind.ASSESSMENT: _assessment,
    FactKind.ATTENDANCE: _attendance,
    FactKind.EVENT: _event,
    FactKind.PLAN: _plan,
    FactKind.CHECKLIST: _checklist,
    FactKind.ATTEMPT: _attempt,
    FactKind.AUTHORISATION: _authorisation,
}
