"""What is used of an authorisation: the table row by row, and what must hold whatever was attended."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import changes as c
from models.case import AnyFact, Case, Signature, Standing, Stay
from models.catalogue.pathway_files import definition
from models.catalogue.reading import read
from models.facts import Attendance, AttendanceStatus
from services import ids
from services.rules import advance, decide
from services.rules.authorising import Use, authorised, level_at, unchecked, used
from services.rules.cadence import day_of, start_of
from services.rules.ending import turns
from services.rules.sight import Sight
from tests.builders import (
    ZONE,
    a_case,
    a_phq,
    a_screen,
    an_attendance,
    an_authorisation,
    an_event,
    on_day,
    ratings,
    with_facts,
)
from tests.folding import kinds, run
from tests.rules.test_decision_vignettes import case_of
from tests.strategies import some_authorisations, some_cases

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


def _monday(day: int) -> datetime:
    """The first moment of a day where the program is."""
    return start_of(on_day(day).date(), ZONE)


def test_time_alone_calls_seven_days_before_the_end_and_once():
    said = an_authorisation(0, 0, 27, units=40, unit="session")
    case, _ = run(a_case("iop", *_looked(0), said), 0)
    case, before = run(with_facts(case, *_looked(7)), 7)
    assert _monday(20) in turns(Sight(SUD, case, on_day(7)))
    case, told = run(case, 20)
    assert _reasons(before) == []
    assert _reasons(told) == [("authorisation-ending", said.id)]
    [look] = [one for one in kinds(told, c.ReassessmentOpened) if one.kind == "triggered"]
    assert (look.due_at, look.late_at, look.counts_from) == (_monday(23), _monday(24), _monday(20))
    for day in (21, 22, 23):
        case, told = run(with_facts(case, an_attendance(day)), day)
        assert _reasons(told) == []


def _looked(day: float) -> tuple[AnyFact, ...]:
    return ratings("iop", day), a_screen("none", day), a_phq(6, day)


def _reasons(told: list[c.Change]) -> list[tuple[str, UUID]]:
    looks = kinds(told, c.ReassessmentOpened, c.ReassessmentHastened)
    return [(reason.trigger, reason.fact_id) for look in looks for reason in look.reasons]


@pytest.mark.parametrize(
    ("ends", "closed", "due"),
    [(28, (), 23), (25, (), 22), (27, (), 23), (28, (24,), 22), (28, (23, 24), 21), (28, (28,), 23)],
)
def test_a_look_is_due_three_business_days_before_an_authorisation_ends(ends, closed, due):
    """Day 28 is a Monday: the Wednesday before, and earlier where the program is closed on days between."""
    days = tuple(on_day(day).date() for day in closed)
    case = a_case("iop", *_looked(20), an_authorisation(0, 0, ends), closed_days=days)
    _, told = run(case, 21)
    [look] = [one for one in kinds(told, c.ReassessmentOpened) if one.kind == "triggered"]
    assert (look.due_at, look.late_at) == (max(_monday(due), _monday(21)), _monday(due + 1))


def test_a_look_because_of_an_authorisation_is_due_before_that_ends():
    late = an_authorisation(26, 0, 27)
    _, told = run(a_case("iop", *_looked(20), late), 26)
    [look] = [one for one in kinds(told, c.ReassessmentOpened) if one.kind == "triggered"]
    assert (look.due_at, look.late_at, look.outer_at) == (on_day(26), _monday(27), _monday(28))


def test_each_authorisation_calls_once_whatever_uses_it_up():
    case, told = run(a_case("iop", an_authorisation(0, 0, 60, units=8, unit="session")), 0)
    seen = _reasons(told)
    for day in range(1, 12):
        case, told = run(with_facts(case, an_attendance(day)), day)
        seen += _reasons(told)
    assert [trigger for trigger, _ in seen] == ["authorisation-ending"]
    more = an_authorisation(12, 12, 60, units=4, unit="session")
    case, told = run(with_facts(case, more), 12)
    assert _reasons(told) == []
    _, told = run(with_facts(case, an_attendance(13)), 13)
    assert _reasons(told) == [("authorisation-ending", more.id)]


@given(st.lists(some_authorisations(), max_size=4), st.integers(0, 30), st.integers(1, 99))
def test_no_end_comes_near_while_a_pathway_sleeps(said, day, share):
    """Until it wakes by itself, a look would say nothing new."""
    case, _ = run(a_case("iop", *(one for one in said if one.effective_at <= on_day(day))), day)
    at, wakes = on_day(day), advance(SUD, [case], at=on_day(day))[0].wake_at
    assert wakes is not None
    between = at + (wakes - at) * share / 100
    assert between >= wakes or advance(SUD, [case], at=between)[0].changes == ()


def test_benefits_are_asked_for_before_a_level_begins_and_in_its_first_days():
    proposed, _ = run(a_case("assessment", ratings("iop", 1)), 1)
    assert [stage.key for stage in unchecked(Sight(SUD, proposed, on_day(1)))] == ["iop"]
    here = a_case("iop")
    assert [[stage.key for stage in unchecked(Sight(SUD, here, on_day(day)))] for day in (6.9, 7)] == [
        ["iop"],
        [],
    ]
    checked = with_facts(here, an_event("benefits-checked", -44))
    assert unchecked(Sight(SUD, checked, on_day(0))) == ()
    assert unchecked(Sight(SUD, checked, on_day(1))) != ()
    assert (
        unchecked(Sight(SUD, with_facts(here, an_authorisation(0, 0, 9, decision="denied")), on_day(1))) == ()
    )


def test_between_two_stays_there_is_no_level():
    case = replace(
        a_case("op", since=10), earlier=(Stay(stage="iop", started_at=on_day(0), ended_at=on_day(5)),)
    )
    levels = [level_at(SUD, case, on_day(day)) for day in (-1, 0, 4.9, 5, 7, 10)]
    assert levels == [None, "iop", "iop", None, None, "op"]


def test_it_is_in_force_on_its_first_and_its_last_day():
    case = a_case("iop", an_authorisation(0, 2, 5))
    assert [authorised(Sight(SUD, case, on_day(day))) for day in (1, 2, 5, 6)] == [None, "iop", "iop", None]


def test_where_the_present_level_is_not_authorised_the_most_intensive_is_named():
    said = [an_authorisation(0, 0, 9, level) for level in ("detox", "op", "aftercare")]
    assert authorised(Sight(SUD, a_case("iop", *said), on_day(1))) == "detox"


def test_two_sessions_of_one_day_are_two_units():
    said = an_authorisation(0, 0, 27, units=9, unit="session")
    sight = Sight(SUD, a_case("iop", said, an_attendance(3), an_attendance(3.2)), on_day(4))
    assert [use.used for use in used(sight)] == [2]


def test_benefits_are_asked_for_again_once_what_is_known_has_ended():
    for ends, asked in ((-1, ["iop"]), (0, [])):
        sight = Sight(SUD, a_case("iop", an_authorisation(-9, -9, ends)), on_day(0))
        assert [stage.key for stage in unchecked(sight)] == asked


def test_benefits_are_asked_for_of_what_was_signed_and_not_of_where_the_client_is_long_since():
    signed = Signature(id=ids.named("sign-off"), meaning="overridden", to_stage="op", starts_at=on_day(21))
    here = Standing(id=ids.named("decision"), verdict="", outcome="stay", to_stage="iop")
    case = replace(a_case("iop"), signature=signed, standing=here)
    assert [stage.key for stage in unchecked(Sight(SUD, case, on_day(20)))] == ["op"]
    unasked = SUD.model_copy(update={"benefits": None})
    assert unchecked(Sight(unasked, case, on_day(20))) == ()
