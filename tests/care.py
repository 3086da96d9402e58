"""Builders for tests that go through the use cases: who signs, who is enrolled, what is recorded."""

from datetime import date, datetime, timedelta
from uuid import UUID

from models.people import Actor, Role
from models.requests import (
    NewAssessment,
    NewAttendance,
    NewClient,
    NewEvent,
    NewHold,
    NewOverride,
    NewPathway,
    NewPlan,
    NewProgram,
    NewSignOff,
)
from services import (
    clients,
    deciding,
    doors,
    enrolment,
    holds,
    planning,
    programs,
    recording,
    sign_offs,
    whereabouts,
)
from services.access import EVERYWHERE, Principal
from services.doors import NewPerson
from services.store.work import Work

ENGINE = Actor(id=deciding.ENGINE_ID, role="engine", via="worker")
COORDINATOR = NewPerson(name="Noor Abara", role=Role.COORDINATOR)
CLINICIAN = NewPerson(
    name="Sam Lindt", role=Role.CLINICIAN, credential="LCSW 20417", credential_until=date(2030, 1, 1)
)
SUPERVISOR = NewPerson(
    name="Mo Osei", role=Role.SUPERVISOR, credential="LPC 11870", credential_until=date(2030, 1, 1)
)

ANSWERS: dict[str, list[int | None]] = {
    "phq-9": [1, 1, 1, 1, 1, 0, 0, 0, 0],
    "c-ssrs": [0, 0, None, None, None, 0, 0],
    "high-risk": [1, 1, 1, 1, 0, 0, 0],
    "needs-iop": [0, 0, 2, 2, 3, 2],
    "needs-op": [0, 0, 0, 0, 2, 1],
}


def somebody(work: Work, new: NewPerson, at: datetime) -> Principal:
    """Add somebody who signs in."""
    person_id = doors.add(work, new, at=at)
    return Principal(
        id=person_id,
        name=new.name,
        role=new.role,
        scope=EVERYWHERE,
        credential=new.credential,
        credential_until=new.credential_until,
    )


def a_program(work: Work, by: Principal, at: datetime) -> UUID:
    """Return the first program, added when there is none."""
    found = programs.listed(work)
    return found[0].id if found else programs.add(work, NewProgram(name="Main program"), by=by, at=at)


def a_client(work: Work, by: Principal, at: datetime, *, family_name: str = "Rivera") -> UUID:
    """Register an invented client."""
    a_program(work, by, at)
    request = NewClient(given_name="Ana", family_name=family_name, birth_date=date(1990, 5, 17))
    return clients.register(work, request, by=by, at=at)


def a_pathway(
    work: Work,
    by: Principal,
    at: datetime,
    *,
    stage: str | None = None,
    client_id: UUID | None = None,
    definition: str = "sud-adult",
) -> UUID:
    """Enrol an invented client at a stage."""
    request = NewPathway(
        client_id=client_id or a_client(work, by, at),
        definition=definition,
        stage=stage,
        reason="direct-entry" if stage else None,
    )
    return enrolment.enrol(work, request, by=by, at=at)


def assess(
    work: Work,
    pathway_id: UUID,
    what: str,
    *,
    by: Principal,
    at: datetime,
    effective_at: datetime | None = None,
    **more: object,
) -> UUID:
    """Record a signed assessment by the name of its answers."""
    instrument = {"high-risk": "c-ssrs", "needs-iop": "six-dimensions", "needs-op": "six-dimensions"}.get(
        what, what
    )
    said = {"signed": bool(by.credential), "effective_at": effective_at, **more}
    request = NewAssessment(instrument=instrument, answers=ANSWERS[what], **said)
    return recording.assessments(work, [(pathway_id, request)], by=by, at=at)[0]


def look(work: Work, pathway_id: UUID, ratings: str, *, by: Principal, at: datetime) -> None:
    """Record everything a reassessment consists of."""
    for what in (ratings, "phq-9", "c-ssrs"):
        assess(work, pathway_id, what, by=by, at=at)


def attend(work: Work, pathway_id: UUID, *, by: Principal, at: datetime, status: str = "attended") -> UUID:
    """Record a session."""
    request = NewAttendance(kind="group", minutes=180, status=status)
    return recording.attendance(work, [(pathway_id, request)], by=by, at=at)[0]


def report(
    work: Work,
    pathway_id: UUID,
    kind: str,
    *,
    by: Principal,
    at: datetime,
    effective_at: datetime | None = None,
) -> UUID:
    """Record an event."""
    return recording.events(
        work, [(pathway_id, NewEvent(kind=kind, effective_at=effective_at))], by=by, at=at
    )[0]


def plan(work: Work, pathway_id: UUID, *, by: Principal, at: datetime, next_step: str = "op") -> UUID:
    """Record that the goals of this level are met and the next step has a date."""
    request = NewPlan(
        goals="met",
        next_step=next_step,
        next_on=(at + timedelta(days=3)).date(),
        aftercare="OP on Tuesdays, a meeting on Fridays",
    )
    return planning.record(work, [(pathway_id, request)], by=by, at=at)[0]


def passes(work: Work, pathway_id: UUID, *, at: datetime, most: int = 8) -> int:
    """Let the engine look until it wants to look no more; return how often it looked."""
    for number in range(most):
        steps = deciding.advance(work, [pathway_id], actor=ENGINE, at=at)
        if not steps or steps[0].wake_at is None or steps[0].wake_at > at:
            return number + 1
    raise AssertionError("the engine runs in circles")


def accept(work: Work, pathway_id: UUID, *, by: Principal, at: datetime) -> UUID:
    """Sign what is proposed."""
    decision = whereabouts.pathway(work, pathway_id, at=at).decision
    assert decision is not None
    return sign_offs.sign(work, decision.id, NewSignOff(verdict="accept"), by=by, at=at)


def in_iop(work: Work, clinician: Principal, at: datetime) -> UUID:
    """Return a pathway whose client was assessed, proposed for IOP, signed in and moved."""
    pathway_id = a_pathway(work, clinician, at)
    look(work, pathway_id, "needs-iop", by=clinician, at=at)
    passes(work, pathway_id, at=at)
    accept(work, pathway_id, by=clinician, at=at)
    passes(work, pathway_id, at=at)
    return pathway_id


def override(work: Work, pathway_id: UUID, to_stage: str, *, by: Principal, at: datetime) -> UUID:
    """Sign a move around the routes."""
    return sign_offs.override(
        work, pathway_id, NewOverride(to_stage=to_stage, reason="wishes it"), by=by, at=at
    )


def hold(work: Work, pathway_id: UUID, *, by: Principal, at: datetime) -> UUID:
    """Stop the clocks."""
    return holds.hold(work, pathway_id, NewHold(reason="travel"), by=by, at=at)


def resume(work: Work, pathway_id: UUID, *, by: Principal, at: datetime) -> None:
    """Let the clocks run again."""
    holds.resume(work, pathway_id, by=by, at=at)
