"""Plans of care: how goals sum up, what a plan does otherwise than its template, and when a word on it is owed."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import changes as c
from models.care_plan import Dose, Goal, GoalStatus
from models.case import Reassessment, Work
from models.catalogue.pathway_files import definition, definitions
from services import ids
from services.rules import decide
from services.rules.planning import deviations, owed, summed_up
from services.rules.sight import Sight
from tests.builders import (
    a_case,
    a_phq,
    a_plan,
    a_screen,
    accepted,
    an_assessment,
    on_day,
    ratings,
    ready_to_step_down,
    with_facts,
)
from tests.folding import run

SUD = definition("sud-adult")
IOP = SUD.stage("iop").plan
STATUSES = st.lists(st.sampled_from(GoalStatus), min_size=1)


def _without_template(one):
    stages = tuple(stage.model_copy(update={"plan": None}) for stage in one.stages)
    return one.model_copy(update={"stages": stages})


def _goals(statuses: list[GoalStatus]) -> list[Goal]:
    return [Goal(key=f"goal-{n}", dimension=1 + n % 6, status=one) for n, one in enumerate(statuses)]


@given(STATUSES)
def test_one_open_goal_leaves_all_open_and_dropped_ones_count_for_nothing(statuses):
    whole = summed_up(_goals(statuses))
    left = [one for one in statuses if one is not GoalStatus.DROPPED]
    assert (whole == "open") == (GoalStatus.OPEN in left or not left)
    assert whole == summed_up(_goals([*statuses, GoalStatus.DROPPED]))


@given(STATUSES)
def test_taking_a_goal_off_the_list_as_dropped_alone_never_meets_the_level(statuses):
    assert summed_up(_goals([GoalStatus.DROPPED for _ in statuses])) == "open"


def test_a_plan_as_its_template_deviates_in_nothing():
    goals = [Goal(key=one.key, dimension=one.dimension) for one in IOP.goals]
    doses = [Dose(service=one.service, per_week=one.per_week, minutes=one.minutes) for one in IOP.services]
    assert deviations(IOP, goals, doses) == ()


def test_what_a_plan_does_otherwise_is_named():
    goals = [Goal(key="no-use", dimension=5), Goal(key="sleep", dimension=2)]
    doses = [Dose(service="group", per_week=2, minutes=180), Dose(service="family", per_week=1, minutes=60)]
    told = deviations(IOP, goals, doses)
    assert {"left-out:skills", "added:sleep", "left-out:individual", "added:family", "changed:group"} <= set(
        told
    )


@pytest.mark.parametrize("one", definitions(), ids=lambda one: one.name)
def test_every_template_keeps_the_hours_of_its_stage(one):
    for stage in (stage for stage in one.stages if stage.plan and stage.hours_per_week):
        low, high = stage.hours_per_week
        hours = sum(dose.per_week * dose.minutes for dose in stage.plan.services) / 60
        assert low <= hours <= high, stage.key


def _looked(*more):
    """The first look of an IOP stay, opened and then complete on day 6."""
    case, _ = run(a_case("iop"), 0, SUD)
    facts = (ratings("iop", 6), a_screen("none", 6), *more)
    return run(with_facts(case, *facts, a_phq(6, 6)), 6, SUD)


def _asked(said):
    ended = {one.work_id for one in said if isinstance(one, c.WorkClosed)}
    opened = [one for one in said if isinstance(one, c.WorkOpened) and one.kind == "review-plan"]
    return [one for one in opened if one.work_id not in ended]


def test_after_a_look_at_the_ratings_a_word_on_the_plan_is_owed_by_a_clinician():
    _, said = _looked()
    [one] = _asked(said)
    assert (one.for_role, (one.due_at - on_day(6)).days) == ("clinician", 2)


def test_a_plan_written_for_the_look_owes_no_other_word():
    _, said = _looked(a_plan(5.9, "open", None, None))
    assert not _asked(said)


def test_what_is_owed_is_asked_for_once():
    case, _ = _looked()
    _, again = run(case, 6.5, SUD)
    assert not _asked(again)


def test_in_detox_a_plan_serves_five_days():
    case, _ = run(with_facts(a_case("detox"), a_plan(0.1, "open", None, None)), 0.2, SUD)
    seen, owed = [], case
    for day in range(1, 8):
        looked = with_facts(owed, ratings("detox", day), a_screen("none", day), _ciwa(day))
        owed, said = run(looked, day + 0.01, SUD)
        seen += [day] * len(_asked(said))
    assert seen[:1] == [6]


def _ciwa(day):
    return an_assessment("ciwa-ar", day, 2, 2, 2, 2, 2, 2, 0, 0, 0, 0)


def test_a_word_that_is_owed_falls_away_with_the_stage():
    case, _ = run(a_case("iop", *ready_to_step_down()), 28, SUD)
    owed = replace(case, work=(*case.work, *_owed(case)))
    moved, said = run(accepted(owed, on_day(28)), 28, SUD)
    closed = [one.outcome for one in said if isinstance(one, c.WorkClosed)]
    assert moved.stage == "op"
    assert "moved" in closed


def _owed(case):
    return (Work(id=case.pathway_id, kind="review-plan", cause=case.pathway_id),)


def test_a_plan_of_another_walk_says_nothing_of_this_level():
    case = a_case("iop", *(one for one in ready_to_step_down() if one.kind != "plan"))
    own, other = with_facts(case, a_plan(27)), with_facts(case, a_plan(27, shared=True))
    outcomes = [decide(SUD, [one], at=on_day(28))[0].outcome for one in (own, other)]
    assert outcomes == ["step_down", "stay"]


@pytest.mark.parametrize(
    ("statuses", "whole"),
    [("transferred", "transferred"), ("transferred dropped", "transferred"), ("met transferred", "met")],
)
def test_goals_handed_on_are_handed_on_where_none_was_met(statuses, whole):
    assert summed_up(_goals([GoalStatus(one) for one in statuses.split()])) == whole


def test_without_a_template_a_plan_deviates_in_nothing():
    assert deviations(None, [Goal(key="sleep", dimension=2)], []) == ()


def test_deviations_are_told_in_one_order():
    usual = [Dose(service=one.service, per_week=one.per_week, minutes=one.minutes) for one in IOP.services]
    keys = [f"goal-{letter}" for letter in "zykdjqabxw"]
    goals = [Goal(key=key, dimension=2) for key in keys]
    assert deviations(IOP.model_copy(update={"goals": ()}), goals, usual) == tuple(
        f"added:{key}" for key in sorted(keys)
    )
    left = deviations(IOP, [], usual)
    assert left == tuple(sorted(f"left-out:{one.key}" for one in IOP.goals))


def _look(number, *parts):
    moments = {name: on_day(6) for name in ("opened_at", "counts_from", "due_at", "late_at", "outer_at")}
    return Reassessment(id=ids.named("look", number), kind="periodic", stage="iop", parts=parts, **moments)


RATED = _look(1, "six-dimensions", "c-ssrs")


@pytest.mark.parametrize(
    ("looks", "causes"),
    [([RATED], [RATED]), ([RATED, _look(2, "six-dimensions")], [RATED]), ([_look(3, "bam")], []), ([], [])],
)
def test_one_word_is_owed_for_all_looks_at_the_ratings_that_a_pass_completes(looks, causes):
    owes = owed(Sight(SUD, a_case("iop"), on_day(7)), looks)
    assert [one.cause for one in owes] == [one.id for one in causes]


def test_no_second_word_is_owed_while_one_is_open_but_other_work_is_no_word():
    word, other = (
        Work(id=ids.named("work", kind), kind=kind, cause=RATED.id) for kind in ("review-plan", "reassess")
    )
    assert owed(Sight(SUD, a_case("iop", work=(word,)), on_day(7)), [RATED]) == ()
    assert len(owed(Sight(SUD, a_case("iop", work=(other,)), on_day(7)), [RATED])) == 1


@pytest.mark.parametrize("one", [SUD.model_copy(update={"planning": None}), _without_template(SUD)])
def test_where_no_plans_are_kept_no_word_is_owed(one):
    assert owed(Sight(one, a_case("iop"), on_day(7)), [RATED]) == ()


@pytest.mark.parametrize(("day", "words"), [(5, 1), (6, 0)])
def test_a_plan_from_the_moment_on_from_which_a_look_counts_answers_it(day, words):
    case = a_case("iop", a_plan(day, "open", None))
    assert len(owed(Sight(SUD, case, on_day(7)), [RATED])) == words


@pytest.mark.parametrize(("day", "words"), [(5.9, 0), (6, 1)])
def test_in_detox_a_plan_serves_for_five_days_to_the_moment(day, words):
    case = a_case("detox", a_plan(1, "open", None))
    assert len(owed(Sight(SUD, case, on_day(day)), [RATED])) == words
