"""Silence: asked of a supervisor once, ended by contact, and nobody is moved by it."""

from dataclasses import replace
from datetime import timedelta

from models import changes as c
from models.catalogue.pathway_files import definition
from services.rules import advance
from tests.builders import a_case, an_attempt, an_attendance, on_day, ratings, with_facts
from tests.folding import kinds, moves, run, work

SUD = definition("sud-adult")


def test_time_alone_wakes_the_pathway_when_the_silence_has_lasted_too_long():
    case, day, asked = a_case("op", ratings("op", 0)), 0.0, []
    while not asked:
        case, said = run(case, day)
        asked = work(said, "no-contact")
        wake_at = advance(SUD, [case], at=on_day(day))[0].wake_at
        assert wake_at is not None
        day = (wake_at - on_day(0)) / timedelta(days=1)
    assert asked[0].due_at == on_day(30) - timedelta(hours=7)
    assert moves(said) == []


def test_a_silence_is_asked_about_once():
    case, said = run(a_case("op", ratings("op", 0)), 31)
    assert len(work(said, "no-contact")) == 1
    _, again = run(case, 45)
    assert work(again, "no-contact") == []
    left = replace(case, work=tuple(item for item in case.work if item.kind != "no-contact"))
    assert work(run(left, 45)[1], "no-contact") == []


def test_contact_ends_the_question_and_the_next_silence_is_a_new_one():
    case, _ = run(a_case("op", ratings("op", 0)), 31)
    case, said = run(with_facts(case, an_attempt("reached", 32)), 32)
    assert [one.outcome for one in kinds(said, c.WorkClosed) if one.outcome == "reached"] == ["reached"]
    assert "no-contact" not in {item.kind for item in case.work}
    case, said = run(case, 61)
    assert work(said, "no-contact") == []
    _, said = run(case, 62)
    assert len(work(said, "no-contact")) == 1


def test_what_is_told_late_of_a_session_ends_it_too():
    case, _ = run(a_case("iop", ratings("iop", 0)), 31)
    case, _ = run(with_facts(case, an_attendance(20)), 31.5)
    assert "no-contact" not in {item.kind for item in case.work}
