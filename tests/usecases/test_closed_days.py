"""The days on which a program is closed: public holidays, what it says itself, and what a case knows of them."""

from datetime import UTC, date, datetime

import pytest

from services import programs
from services.errors import Invalid
from services.store import cases
from services.store.work import Work
from tests import care

AT = datetime(2026, 12, 21, 17, tzinfo=UTC)
DAY = date(2026, 12, 28)


def mark(work: Work, day: date, *, closed: bool, by: care.Principal) -> None:
    programs.mark(work, None, day, closed=closed, by=by, at=AT, via="command")


def test_a_case_knows_the_holidays_and_the_closed_days_of_its_program(work: Work) -> None:
    clinician = care.somebody(work, care.CLINICIAN, AT)
    pathway_id = care.a_pathway(work, clinician, AT)
    mark(work, DAY, closed=True, by=clinician)
    mark(work, date(2027, 1, 1), closed=False, by=clinician)
    [case] = cases.load(work, [pathway_id])
    assert case.closed_days == (
        date(2026, 11, 11),
        date(2026, 11, 26),
        date(2026, 12, 25),
        DAY,
        date(2027, 1, 18),
    )
    mark(work, DAY, closed=False, by=clinician)
    assert DAY not in cases.load(work, [pathway_id])[0].closed_days
    assert programs.closed_days(work, None, AT.date())[0] == date(2026, 12, 25)
    assert type(case).from_bytes(case.to_bytes()) == case


def test_a_weekend_is_closed_anyway(work: Work) -> None:
    by = care.somebody(work, care.CLINICIAN, AT)
    care.a_program(work, by, AT)
    with pytest.raises(Invalid, match="no business days"):
        mark(work, date(2026, 12, 26), closed=False, by=by)
