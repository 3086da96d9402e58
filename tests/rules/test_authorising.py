"""What is used of an authorisation: the table row by row, and what must hold whatever was attended."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.case import Case, Stay
from models.catalogue.pathway_files import definition
from models.catalogue.reading import read
from models.facts import Attendance, AttendanceStatus
from services.rules import decide
from services.rules.authorising import Use, authorised, used
from services.rules.cadence import day_of
from services.rules.sight import Sight
from tests.builders import (
    a_case,
    an_attendance,
    an_authorisation,
    on_day,
    some_authorisations,
    some_cases,
    with_facts,
)
from tests.rules.test_decision_vignettes import case_of

SUD = definition("sud-adult")
AT = on_day(41)
ROWS: list[dict[str, Any]] = read(
    (Path(__file__).parents[1] / "vignettes" / "authorising.yaml").read_text("utf-8")
)  # type: ignore[assignment]
_MINUTES = ("15-min", "hour")


def _said(use: Use) -> str:
    units = "" if use.left is None else f" of {use.authorisation.units}"
    over = f" and {round(use.over / use.of, 2):g} over" if use.over else ""
    return f"{round(use.used / use.of, 2):g}{units}{over}"


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["rule"].replace(" ", "-"))
def test_the_table_of_units(row):
    sight = Sight(SUD, case_of(row, SUD.name), on_day(row["day"]))
    assert [_said(use) for use in used(sight)] == row["used"]
    assert authorised(sight) == row["authorised"]


attendances = st.lists(
    st.builds(
        an_attendance,
        st.integers(0, 160).map(lambda quarter: quarter / 4),
        st.sampled_from(sorted(AttendanceStatus)),
        st.sampled_from([15, 50, 90, 180]),
    ),
    max_size=20,
)
cases = st.builds(
    lambda sessions, said, moves: replace(
        a_case("op" if moves else "iop", *sessions, *said, since=20 if moves else 0),
        stays=_stays(moves),
    ),
    attendances,
    st.lists(some_authorisations(), max_size=5),
    st.booleans(),
)


def _stays(moves: bool) -> tuple[Stay, ...]:
    if not moves:
        return (Stay(stage="iop", started_at=on_day(0)),)
    return (
        Stay(stage="iop", started_at=on_day(0), ended_at=on_day(20)),
        Stay(stage="op", started_at=on_day(20)),
    )


@given(cases)
def test_nothing_is_ever_used_below_nothing_or_beyond_what_was_approved(case):
    for use in used(Sight(SUD, case, AT)):
        assert use.used >= 0
        assert use.over >= 0
        assert use.left is None or (0 <= use.left == use.authorisation.units * use.of - use.used)


@given(cases, st.randoms())
def test_the_order_of_what_is_known_does_not_matter(case, chance):
    mixed = list(case.facts)
    chance.shuffle(mixed)
    assert used(Sight(SUD, replace(case, facts=tuple(mixed)), AT)) == used(Sight(SUD, case, AT))


@pytest.mark.parametrize("unit", ["session", "day", "15-min", "hour"])
@given(case=cases)
def test_what_is_used_and_over_is_what_was_attended(unit, case):
    """Of one kind of unit, and with one behind the others for every day and level, so that nothing falls out."""
    said = [replace(one, unit=unit) for one in case.facts if one.kind == "authorisation"]
    ends = [an_authorisation(0, -1, 99, level, unit=unit, units=2) for level in ("iop", "op")]
    came = [one for one in case.of(Attendance) if one.status == AttendanceStatus.ATTENDED]
    case = with_facts(replace(case, facts=case.of(Attendance)), *said, *ends)
    total = sum(use.used + use.over for use in used(Sight(SUD, case, AT)))
    assert total == _attended(unit, case, came)


def _attended(unit: str, case: Case, came: list[Attendance]) -> int:
    if unit in _MINUTES:
        return sum(one.minutes for one in came)
    if unit == "session":
        return len(came)
    # A day on which the client changes levels counts for both.
    moved = case.stays[0].ended_at
    return len({(day_of(one.effective_at, case.zone), moved and one.effective_at >= moved) for one in came})


@given(some_cases(), st.lists(some_authorisations(), max_size=4))
def test_no_payer_ever_changes_what_the_rules_decide(case, said):
    assert decide(SUD, [with_facts(case, *said)], at=AT) == decide(SUD, [case], at=AT)


def test_one_that_was_replaced_pays_for_nothing():
    asked = an_authorisation(0, 0, 27, decision="pending")
    granted = an_authorisation(2, 0, 27, units=10, unit="session", replaces=asked.id)
    revoked = an_authorisation(9, 0, 27, decision="denied", replaces=granted.id)
    case = a_case("iop", asked, granted, an_attendance(3))
    assert [(use.used, use.left) for use in used(Sight(SUD, case, AT))] == [(1, 9)]
    sight = Sight(SUD, with_facts(case, revoked), on_day(10))
    assert (used(sight), authorised(sight)) == ((), None)
