"""Work: what it says of itself, and that what a look asked for ends with the look."""

from dataclasses import replace

import pytest

from models import changes as c
from models.case import Work
from models.catalogue.pathway_files import definition
from models.people import Role
from services import ids
from services.rules import charting, contact, work
from services.rules.sight import Sight
from tests.builders import a_case, an_attempt, an_attendance, an_event, on_day, ratings

SUD = definition("sud-adult")


def test_what_a_look_asked_for_ends_with_it_once():
    case, look = a_case("op"), ids.named("look")
    done = c.ReassessmentClosed(pathway_id=case.pathway_id, reassessment_id=look, status="completed")
    asked = work.opened(case, "reassess", look, Role.CLINICIAN, on_day(1))
    other = work.opened(case, "reassess", ids.named("other"), Role.CLINICIAN, on_day(1))
    [ended] = work.closed_at_once([asked, other, done])
    assert (ended.pathway_id, ended.work_id, ended.outcome) == (case.pathway_id, asked.work_id, "cancelled")
    assert work.closed_at_once([asked, done, ended]) == ()


def unlogged() -> Sight:
    return Sight(SUD, a_case("op", an_attendance(1, "unlogged")), on_day(9))


def moved(*, ends: bool) -> c.Moved:
    case = a_case("op")
    return c.Moved(
        pathway_id=case.pathway_id,
        transition_id=ids.named("transition"),
        placement_id=ids.named("placement"),
        how="reported",
        from_stage="op",
        to_stage="discharged" if ends else "iop",
        outcome="complete" if ends else "step-up",
        ends=ends,
        effective_at=on_day(9),
    )


def test_charting_is_asked_of_the_coordinator_until_the_walk_ends():
    sight = unlogged()
    for changes in ((), (moved(ends=False),)):
        [asked] = charting.asked(sight, changes)
        assert (asked.kind, asked.for_role) == (charting.CHART, "coordinator")
    assert charting.asked(sight, (moved(ends=True),)) == ()


def test_other_work_for_a_session_is_no_charting():
    case = unlogged().case
    other = Work(id=ids.named("work"), kind="outreach", cause=case.facts[0].id)
    for work_, asked in ((other, 1), (replace(other, kind=charting.CHART), 0)):
        assert len(charting.asked(Sight(SUD, replace(case, work=(work_,)), on_day(9)), ())) == asked


def test_a_definition_may_ask_for_no_charting_and_watch_no_silence():
    silent = SUD.model_copy(update={"charting": None, "no_contact": None})
    sight = Sight(silent, unlogged().case, on_day(200))
    assert (charting.asked(sight, ()), contact.silence(sight)) == ((), ())


@pytest.mark.parametrize(
    ("fact", "is_contact"),
    [
        (ratings("op", 1), True),
        (an_attendance(1), True),
        (an_attendance(1, "missed"), False),
        (an_attempt("reached", 1), True),
        (an_event("request", 1), False),
    ],
)
def test_contact_is_what_the_client_took_part_in(fact, is_contact):
    sight = Sight(SUD, a_case("op", fact), on_day(2))
    assert contact.last(sight) == (on_day(1) if is_contact else None)
    assert contact.last(Sight(SUD, sight.case, on_day(0.5))) is None
