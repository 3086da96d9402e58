"""A crowd: thousands of clients at once, made by the use cases set by set, all due and none looked at yet."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from models.requests import NewAssessment, NewClient, NewPathway
from services import enrolment, ids, recording
from services.access import EVERYWHERE, Principal
from services.store import people
from services.store.database import Database
from services.store.work import Work
from tests import care

CHUNK = 1_000
_LOOK = {"six-dimensions": "needs-iop", "phq-9": "phq-9", "c-ssrs": "c-ssrs"}


def crowd(database: Database, size: int, *, at: datetime, assessed: bool = True) -> list[UUID]:
    """Enrol so many invented clients at assessment and assess them, or not; return their pathways."""
    with database.transaction(EVERYWHERE) as work:
        by = care.somebody(work, care.CLINICIAN, at)
        care.a_program(work, by, at)
    enrolled: list[UUID] = []
    for begin in range(0, size, CHUNK):
        with database.transaction(EVERYWHERE) as work:
            new = _enrolled(work, min(CHUNK, size - begin), by, at)
            if assessed:
                _assess(work, new, by, at)
        enrolled += new
    return enrolled


def _enrolled(work: Work, size: int, by: Principal, at: datetime) -> list[UUID]:
    program = care.a_program(work, by, at)
    request = NewClient(given_name="Ana", family_name="Rivera", birth_date=date(1990, 5, 17))
    clients = [ids.new() for _ in range(size)]
    people.add(work, [(one, program, request) for one in clients], at=at)
    return enrolment.enrol_all(work, [NewPathway(client_id=one) for one in clients], by=by, at=at)


def _assess(work: Work, pathways: Sequence[UUID], by: Principal, at: datetime) -> None:
    for instrument, answers in _LOOK.items():
        request = NewAssessment(instrument=instrument, answers=care.ANSWERS[answers], signed=True)
        recording.assessments(work, [(one, request) for one in pathways], by=by, at=at)
