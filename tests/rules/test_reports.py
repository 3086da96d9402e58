"""What has happened moves a client, in the order it happened; what moves nobody is reviewed by a supervisor."""

from dataclasses import replace
from datetime import timedelta

import pytest

from models import changes as c
from models.case import Stay
from models.catalogue.pathway_files import definition
from services import ids
from services.rules.reporting import corrected, late_reports, reported
from services.rules.sight import Sight
from tests.builders import a_case, an_event, on_day
from tests.folding import kinds, work

SUD = definition("sud-adult")


def sight(
    stage: str, *facts, walk: tuple[tuple[str, float], ...] = (), since: float = 0, day: float = 9
) -> Sight:
    began = [*(at for _, at in walk), since]
    stays = tuple(
        Stay(stage=key, started_at=on_day(at), ended_at=on_day(then))
        for (key, at), then in zip(walk, began[1:], strict=True)
    )
    return Sight(SUD, a_case(stage, *facts, before=stays, since=since), on_day(day))


def goes_to(seen: Sight) -> list[str]:
    return [one.to_stage for one in kinds(reported(seen), c.Moved)]


def test_a_report_is_reviewed_by_a_supervisor_within_two_days():
    event = an_event("hospitalised", 5)
    (review,) = work(list(reported(sight("iop", event))), "review")
    assert (review.for_role, review.due_at, review.cause) == ("supervisor", on_day(11), event.id)
    correction = ids.named("fact", "correction")
    again = corrected(a_case().pathway_id, correction, on_day(9))
    assert (again.for_role, again.due_at, again.cause) == ("supervisor", on_day(11), correction)


def test_what_happened_first_moves_first():
    assert goes_to(sight("iop", an_event("hospitalised", 1), an_event("died", 2))) == ["away"]


def test_what_follows_a_report_that_moves_is_read_from_where_that_leads():
    before, away, back = an_event("returned", 1), an_event("hospitalised", 2), an_event("returned", 3)
    assert [one.cause for one in late_reports(sight("iop", before, away, back))] == [before.id]


def test_a_report_of_where_one_is_already_moves_nobody():
    event = an_event("incarcerated", 3)
    seen = sight("away", event, walk=(("iop", 0),), since=2)
    assert reported(seen) == ()
    assert [one.cause for one in late_reports(seen)] == [event.id]


def test_who_is_here_cannot_come_back():
    assert reported(sight("iop", an_event("returned", 3), walk=(("assessment", -3),))) == ()


@pytest.mark.parametrize(
    ("walk", "to"),
    [
        ((("assessment", -3), ("iop", 0)), "iop"),
        ((("assessment", -3),), "assessment"),
        ((("iop", -9), ("op", -3)), "op"),
    ],
)
def test_who_comes_back_comes_back_to_where_they_were_last(walk, to):
    assert goes_to(sight("away", an_event("returned", 5), walk=walk, since=2)) == [to]


@pytest.mark.parametrize(
    ("kind", "day", "known", "moves"),
    [
        ("hospitalised", 0, 1, True),
        ("hospitalised", -0.1, 1, False),
        ("hospitalised", -0.1, 2, True),
        ("hospitalised", -1, 2, True),
        ("hospitalised", -1.01, 2, False),
        ("died", -30, 1, True),
    ],
)
def test_a_report_of_before_the_walk_is_history_but_at_the_door_or_of_a_death(kind, day, known, moves):
    assert bool(goes_to(sight("iop", an_event(kind, day, known=known)))) is moves


def test_a_report_of_another_pathway_moves_only_where_it_is_of_the_client():
    left, hospital = an_event("left-against-advice", 3, shared=True), an_event("hospitalised", 3, shared=True)
    assert goes_to(sight("iop", left)) == []
    assert goes_to(sight("iop", hospital)) == ["away"]


def test_a_report_that_was_settled_moves_nobody_again():
    event = an_event("hospitalised", 3)
    seen = Sight(SUD, replace(a_case("iop", event), settled=(event.id,)), on_day(9))
    assert (reported(seen), late_reports(seen)) == ((), ())


def test_outreach_after_a_departure_follows_the_departure():
    event = an_event("left-against-advice", 3)
    due = [one.due_at for one in work(list(reported(sight("iop", event))), "outreach")]
    assert due[:2] == [on_day(3) + timedelta(hours=24), on_day(3) + timedelta(hours=72)]
