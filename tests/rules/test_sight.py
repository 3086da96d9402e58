"""What is in sight of a case at a moment."""

from dataclasses import replace
from datetime import timedelta

import pytest

from models.case import Stay
from models.catalogue.pathway_files import definition
from models.criterion import Underdosed
from services.rules.known import Known
from services.rules.sight import Sight
from tests.builders import (
    a_case,
    a_form,
    a_screen,
    a_total,
    an_assessment,
    an_attendance,
    an_event,
    on_day,
    ratings,
)

SUD = definition("sud-adult")
TICK = timedelta.resolution


def sight(*facts, stage="iop", day=10.0, **more) -> Sight:
    return Sight(SUD, a_case(stage, *facts, **more), on_day(day))


def test_no_case_is_seen_from_before_its_last_word():
    assert sight(recorded_at=on_day(12)).at == on_day(12)
    assert sight(recorded_at=on_day(9)).at == on_day(10)
    assert sight().at == on_day(10)


def test_what_comes_later_is_not_there_and_what_is_now_is():
    now, later = ratings("iop", 10), ratings("op", 10.01)
    assert sight(now, later).signed("six-dimensions") == [now]


def test_ratings_of_before_editions_were_kept_are_of_the_first():
    old, other = replace(ratings("iop", 1), edition=None), ratings("op", 2, edition="asam-4")
    seen = sight(old, other, replace(a_screen("none", 3), edition="asam-4"))
    assert (seen.signed("six-dimensions"), seen.unread) == ([old], [other])
    assert len(seen.signed("c-ssrs")) == 1


@pytest.mark.parametrize(("day", "used"), [(-1, True), (-1 - 1e-9, False), (3, True)])
def test_a_scale_is_in_use_from_shortly_before_the_stay(day, used):
    one = (
        replace(a_total("cows", 3, day), effective_at=on_day(-1) - TICK)
        if day < -1
        else a_total("cows", 3, day)
    )
    assert sight(one, stage="detox").in_use(("cows", "ciwa-ar"), timedelta(days=1)) == (
        ["cows"] if used else []
    )


def test_a_form_is_whole_with_every_answer_or_a_result():
    whole = a_form("phq-9", "111111111", 1)
    half = a_form("phq-9", "11111111?", 2)
    total = replace(half, total=8)
    band = replace(half, band="mild")
    scale = replace(half, subscales=(("use", 1),))
    assert sight(whole, half).signed("phq-9") == [whole]
    for one in (total, band, scale):
        assert sight(one).finished("phq-9") == [one]
    assert sight(replace(half, answers=())).finished("phq-9") == []
    assert sight(replace(ratings("incomplete", 1), band="x", total=1)).finished("six-dimensions") == []
    assert sight(replace(whole, signed=False)).signed("phq-9") == []


def test_what_speaks_goes_back_to_the_newest_that_takes_back():
    first, clear, told, begun = (
        a_screen("high", 1),
        a_screen("none", 2),
        a_screen("none", 3, attested=True),
        a_form("c-ssrs", "1?????0", 4),
    )
    assert sight(first, clear, told, begun).speaking("c-ssrs") == [begun, told, clear]
    assert sight(first, told).risk == "high"
    old, new = ratings("iop", 1), ratings("op", 2, signed=False)
    older = ratings("detox", 0)
    assert sight(older, old, new).speaking("six-dimensions") == [new, old]
    assert sight(ratings("op", 1), ratings("incomplete", 2)).speaking("six-dimensions")[1].answers == (
        0,
        0,
        0,
        1,
        2,
        1,
    )


def test_the_risk_is_the_worst_of_what_speaks():
    screens = a_screen("low", 1), a_screen("moderate", 2, signed=False), a_screen("none", 3, signed=False)
    assert sight(*screens).risk == "moderate"
    assert sight().risk is None


def test_sessions_of_a_service_that_is_no_care_are_not_counted():
    uncounted = next(iter(SUD.uncounted))
    care, other = an_attendance(1), replace(an_attendance(2), service=uncounted)
    assert (sight(care, other).attendance, sight(care, other).sessions) == ([care], (care,))


def test_a_screen_shows_the_least_it_could_be_and_one_without_a_band_shows_nothing():
    assert sight(a_form("c-ssrs", "1?????0", 1)).risk == "low"
    old = replace(a_screen("none", 1, signed=False), band=None, could_be=())
    assert sight(old).risk is None
    assert sight(old, a_screen("low", 0.5)).risk == "low"


def test_only_a_suicide_screen_needs_a_clinician_to_take_back_what_was_seen_before():
    told = replace(a_total("cows", 3, 2), attested=True)
    assert sight(a_total("cows", 20, 1), told).speaking("cows") == [told]
    half = a_form("phq-9", "11111111?", 2)
    assert sight(a_form("phq-9", "111111111", 1), half).speaking("phq-9")[0] == half


def test_a_whole_form_without_a_band_takes_back_only_where_it_is_ratings():
    first, then = (a_form("bam", "00000000220224020", day) for day in (1, 2))
    assert then.band is None
    assert sight(first, then).speaking("bam") == [then, first]


def test_a_level_is_called_by_the_first_stage_that_gives_it():
    assert sight().labels["op"] == "OP"
    twice = SUD.model_copy(
        update={"stages": (*SUD.stages, SUD.stage("op").model_copy(update={"label": "Later"}))}
    )
    assert Sight(twice, a_case("iop"), on_day(1)).labels["op"] == "OP"
    assert "none" not in sight().labels


def test_what_is_watched_for_is_what_triggers_of_this_stage_watch_for():
    assert len(list(sight(stage="iop").watches(Underdosed))) == 1
    assert list(sight(stage="op").watches(Underdosed)) == []
    everywhere = tuple(one.model_copy(update={"stages": ()}) for one in SUD.triggers)
    anywhere = SUD.model_copy(update={"triggers": everywhere})
    assert len(list(Sight(anywhere, a_case("op"), on_day(1)).watches(Underdosed))) == 1


def stays(*walk: tuple[str, float]) -> tuple[Stay, ...]:
    ends = [*(day for _, day in walk[1:]), None]
    pairs = zip(walk, ends, strict=True)
    return tuple(
        Stay(stage=stage, started_at=on_day(day), ended_at=None if end is None else on_day(end))
        for (stage, day), end in pairs
    )


def known(*walk: tuple[str, float], day: float = 40.0, facts=()) -> Known:
    case = replace(a_case(walk[-1][0], *facts), stays=stays(*walk))
    return Sight(SUD, case, on_day(day)).known


def test_since_when_a_client_is_here_and_with_us():
    one = known(("assessment", 0), ("op", 5), ("away", 10), ("op", 14))
    assert (one.entered, one.here_since, one.with_us_since) == (on_day(0), on_day(5), on_day(14))
    two = known(("assessment", 0), ("op", 5), ("iop", 10))
    assert (two.here_since, two.with_us_since) == (on_day(10), on_day(0))
    gone = known(("op", 0), ("away", 5))
    assert (gone.with_us_since, gone.here_since) == (on_day(5), on_day(5))
    back = known(("op", 0), ("away", 3), ("op", 4), ("away", 5))
    assert back.with_us_since == on_day(5)


@pytest.mark.parametrize(("day", "here"), [(9.9, True), (10, False), (13.9, False), (14, True), (20, True)])
def test_who_is_in_hospital_is_not_with_us_from_its_first_moment_to_its_last(day, here):
    assert known(("op", 0), ("away", 10), ("op", 14)).was_with_us(on_day(day)) is here


def test_who_is_still_in_hospital_is_not_with_us_and_was_before():
    one = known(("op", 0), ("away", 10))
    assert [one.was_with_us(on_day(day)) for day in (9, 10, 30)] == [True, False, False]


def test_facts_hold_to_the_moment_and_say_until_when():
    used, confirmed = an_event("return-to-use", 10), an_event("remission-confirmed", 12)
    one = known(("op", 0), day=39.99, facts=(used, confirmed))
    assert one.facts["return-to-use-30-days"] == on_day(40)
    assert one.facts["remission-90-days"] == on_day(102)
    assert "return-to-use-30-days" not in known(("op", 0), day=40, facts=(used,)).facts
    assert "remission-90-days" not in known(("op", 0), day=102, facts=(confirmed,)).facts
    assert on_day(100) in {*known(("op", 0), day=99, facts=(used,)).turns}
    assert on_day(100) not in {*known(("op", 0), day=100, facts=(used,)).turns}


@pytest.mark.parametrize(("day", "holds"), [(11, False), (12, False), (13, True)])
def test_what_ends_a_fact_ends_it_from_the_same_moment_on(day, holds):
    facts = an_event("return-to-use", 12), an_event("remission-confirmed", day)
    assert ("remission-90-days" in known(("op", 0), facts=facts).facts) is holds


@pytest.mark.parametrize(
    ("walk", "holds"),
    [
        ((("op", 9), ("away", 11), ("op", 12)), True),
        ((("op", 10),), True),
        ((("op", 10.01),), False),
        ((("op", 0), ("iop", 11), ("op", 12)), False),
        ((("op", 0), ("aftercare", 11)), True),
        ((("op", 0), ("away", 11)), True),
        ((("iop", 0), ("away", 5), ("op", 12)), False),
    ],
)
def test_an_event_counts_where_it_happened_in_its_stages_and_the_client_left_them_for_no_other(walk, holds):
    one = known(*walk, day=39, facts=(an_event("return-to-use", 10),))
    assert ("return-to-use-30-days" in one.facts) is holds


@pytest.mark.parametrize(
    ("ended_by", "stage", "completed"),
    [("step_down", "op", True), ("step_up", "op", False), ("step_down", "iop", False)],
)
def test_a_higher_level_is_completed_by_a_step_down_from_it(ended_by, stage, completed):
    first, second = stays(("iop", 0), (stage, 10))
    case = replace(a_case(stage), stays=(replace(first, ended_by=ended_by), second))
    assert ("completed-higher-level" in Sight(SUD, case, on_day(12)).known.facts) is completed


def test_a_stage_presumes_what_its_clients_came_by_until_it_is_ended():
    assert "remission-90-days" in known(("aftercare", 0)).facts
    assert "remission-90-days" not in known(("aftercare", 0), facts=(an_event("overdose", 20),)).facts
    assert "remission-90-days" not in known(("op", 0)).facts


def test_a_form_with_every_answer_is_whole_though_it_has_no_result():
    answered = replace(a_form("phq-9", "111111111", 1), total=None, band=None, subscales=())
    assert sight(answered).finished("phq-9") == [answered]


def test_a_form_that_is_not_added_up_is_finished_once_all_is_answered():
    whole, left = an_assessment("cgi", 1, 4, 2), an_assessment("cgi", 2, 4, None)
    assert sight(whole, left).finished("cgi") == [whole]
