"""Each kind of criterion where nothing is on file, and where all there is has long gone stale."""

from datetime import date, timedelta

import pytest

from models.catalogue.pathway_files import definition
from models.criterion import Assessed, Criterion, MissedSessions, NoOpenRisk, Stayed
from models.decision import Met
from models.definition import PathwayDefinition
from services import ids
from services.rules import decide, find
from services.rules.cadence import start_of
from tests.builders import (
    ZONE,
    a_bam,
    a_case,
    a_checklist,
    a_form,
    a_phq,
    a_plan,
    a_screen,
    a_total,
    an_attendance,
    an_authorisation,
    an_event,
    emptied,
    on_day,
    ratings,
)

DEFINITIONS = [definition("sud-adult"), definition("mh-adult")]
SUD = DEFINITIONS[0]
CRITERIA = [(one, criterion) for one in DEFINITIONS for criterion in one.criteria]
SILENT = {"no-open-risk": Met.MET, "not-held": Met.MET, "stayed": Met.NOT_MET, "no-progress": Met.NOT_MET}
"""What is said on nothing at all: silence does not freeze, and what was never begun is not over."""

LONG_AGO = (
    ratings("iop", 1),
    a_screen("low", 1),
    a_phq(12, 1),
    a_bam(1, use=2),
    *(a_total(key, 9, 1) for key in ("ciwa-ar", "cows", "gad-7", "pcl-5")),
    a_plan(1),
    a_checklist(1),
    an_attendance(1),
    an_event("return-to-use", 1),
)


def named(value: object) -> str:
    return value.key if hasattr(value, "key") else ""


@pytest.mark.parametrize(("one", "criterion"), CRITERIA, ids=named)
def test_where_nothing_is_on_file_nobody_can_tell(one, criterion: Criterion):
    finding = find(criterion, one, a_case("iop", definition=one.name), on_day(0.1))
    assert finding.met is SILENT.get(criterion.kind, Met.UNKNOWN), finding.actual
    assert finding.evidence == ()


FRESH = {"no-open-risk", "not-held", "stayed", "no-progress"}
COUNTED = {"missed-sessions", "newly-flagged"}
"""These never go stale: the sessions of a stay are counted without a window, and what came up is over."""


@pytest.mark.parametrize(("one", "criterion"), CRITERIA, ids=named)
def test_what_is_long_gone_says_nothing_any_more(one, criterion: Criterion):
    case = a_case("iop", *LONG_AGO, definition=one.name)
    finding = find(criterion, one, case, on_day(1000))
    assert criterion.kind in FRESH | COUNTED or finding.met is Met.UNKNOWN, finding.actual


def test_a_decision_says_what_its_level_rests_on():
    rated = ratings("op", 5)
    case = a_case("op", rated, a_screen("low", 5), an_event("return-to-use", 6))
    basis = decide(SUD, [case], at=on_day(7))[0].basis
    table = SUD.placement
    assert basis is not None
    assert (basis.table, basis.edition, basis.hit_policy) == (table.name, table.edition, table.hit_policy)
    assert (basis.ratings, basis.rated_at) == (rated.answers, rated.effective_at)
    assert (basis.risk, basis.facts) == ("low", ("return-to-use-30-days", "sud-diagnosis"))
    assert (basis.rules, basis.missing) == (("HR-4d",), ())
    assert [line.split()[0] for line in basis.why] == ["HR-4d"]


def test_without_ratings_a_decision_says_that_it_rests_on_none():
    basis = decide(SUD, [a_case("op")], at=on_day(7))[0].basis
    assert basis is not None
    assert (basis.ratings, basis.rated_at, basis.risk) == ((), None, None)
    assert len(basis.missing) == len(SUD.placement.ratings)


SOON = timedelta(seconds=1)
WEEKS = (
    ratings("op", -1),
    ratings("op", 14),
    ratings("op", 28),
    ratings("iop", 50),
    a_screen("moderate", 3),
    a_screen("none", 10),
    a_screen("low", 40, signed=False),
    *(a_phq(total, day, item9=int(total > 12)) for day, total in ((2, 6), (20, 14), (35, 5))),
    *(a_bam(day, use=use, risk=risk) for day, use, risk in ((2, 0, 0), (12, 2, 12), (30, 0, 4))),
    *(a_total(key, 20, 4) for key in ("ciwa-ar", "cows", "gad-7", "pcl-5")),
    *(a_total(key, 3, 9) for key in ("ciwa-ar", "cows", "gad-7", "pcl-5")),
    a_plan(5, "open", None),
    a_plan(27),
    a_checklist(1),
    *(an_attendance(day) for day in (2, 4, 9, 11, 16, 25)),
    *(an_attendance(day, "missed") for day in (6, 18, 20, 39, 41)),
    an_attendance(23, "unlogged"),
    an_event("return-to-use", 17),
    an_event("unexpected-drug-test", 44),
    an_authorisation(0, 0, 24),
)


OWN_TURNS = {"underdosed", "authorisation-ending"}
"""When these may come to be met by time alone is announced beside the findings: see `dosing.turns` and `ending.turns`."""


def decided_on(one: PathwayDefinition) -> set[str]:
    """The criteria whose every turn matters to a decision; of the others, which only call, only that they come to be met."""
    asked = (key for route in one.routes for key in route.criteria)
    return {*asked, *one.guards, *(key for stage in one.stages for key in stage.mentions)}


@pytest.mark.parametrize("stage", ["iop", "op"])
@pytest.mark.parametrize(("one", "criterion"), CRITERIA, ids=named)
def test_what_time_alone_changes_is_announced(one, criterion: Criterion, stage: str):
    """No criterion stands otherwise than before without a new fact, but at the moment that it had named."""
    known, every = a_case(stage, *WEEKS, definition=one.name), criterion.key in decided_on(one)
    turns = [fact.effective_at for fact in known.facts]
    before, told = find(criterion, one, known, on_day(0)), on_day(0)
    for at in (on_day(day / 2) for day in range(1, 140)):
        now = find(criterion, one, known, at)
        learned = any(told < turn <= at for turn in turns)
        announced = before.until is not None and told < before.until <= at
        turned = now.met is not before.met if every else now.met is Met.MET is not before.met
        assert not turned or learned or announced or criterion.kind in OWN_TURNS, (at, before, now)
        before, told = now, at


@pytest.mark.parametrize(
    ("attended", "missed", "unlogged", "met"),
    [
        (75, 25, 0, Met.MET),
        (74, 26, 0, Met.NOT_MET),
        (74, 25, 1, Met.UNKNOWN),
        (73, 26, 1, Met.NOT_MET),
        (149, 51, 0, Met.NOT_MET),
    ],
)
def test_a_share_of_sessions_is_counted_to_the_last_one(attended, missed, unlogged, met):
    said = ["attended"] * attended + ["missed"] * missed + ["unlogged"] * unlogged
    sessions = [an_attendance(15 + n / 20, status) for n, status in enumerate(said)]
    finding = find(SUD.criterion("attended-14d"), SUD, a_case("iop", *sessions), on_day(28))
    assert finding.met is met
    assert finding.until == on_day(15 + 14)


def test_a_reading_rests_on_the_forms_it_compared_and_holds_until_the_last_is_stale():
    first, last = a_phq(6, 0), a_phq(11, 9)
    worse = SUD.criterion("phq-worse")
    assert worse.kind == "worse"
    finding = find(worse, SUD, a_case("iop", a_phq(2, -1), first, last), on_day(10))
    assert (finding.met, finding.evidence) == (Met.MET, (last.id, first.id))
    assert finding.until == last.effective_at + worse.fresh_for


def test_what_speaks_against_no_event_is_the_newest_and_ends_with_its_window():
    older, newer = an_event("return-to-use", 15), an_event("overdose", 20)
    none = SUD.criterion("no-use-14d")
    finding = find(none, SUD, a_case("iop", older, newer, a_bam(25)), on_day(28))
    assert (finding.met, finding.evidence) == (Met.NOT_MET, (newer.id, older.id))
    assert (finding.until, finding.actual) == (on_day(34), "overdose on 25 Jan")


def test_no_event_rests_on_the_newest_form_in_which_anybody_looked():
    older, newer = a_bam(20), ratings("op", 22)
    finding = find(SUD.criterion("no-use-14d"), SUD, a_case("iop", older, newer), on_day(28))
    assert (finding.met, finding.evidence, finding.until) == (Met.MET, (newer.id,), on_day(36))
    empty = emptied(a_bam(25))
    assert find(SUD.criterion("no-use-14d"), SUD, a_case("iop", older, empty), on_day(28)).evidence == (
        older.id,
    )


def test_a_form_of_the_very_beginning_of_a_window_is_outside_it():
    for looked, met in ((14, Met.UNKNOWN), (14.01, Met.MET)):
        assert find(SUD.criterion("no-use-14d"), SUD, a_case("iop", a_bam(looked)), on_day(28)).met is met


@pytest.mark.parametrize(("day", "met"), [(27.99, Met.NOT_MET), (28, Met.MET)])
def test_a_term_is_over_to_the_moment(day, met):
    stayed = Stayed(kind="stayed", key="term", label="", source="", at_least=timedelta(days=28))
    finding = find(stayed, SUD, a_case("aftercare"), on_day(day))
    assert (finding.met, finding.until) == (met, None if met is Met.MET else on_day(28))


def test_a_hold_says_which_holds_they_are():
    holds = (ids.named("hold", 1),)
    finding = find(SUD.criterion("not-held"), SUD, a_case("iop", held=True, holds=holds), on_day(1))
    assert (finding.met, finding.evidence) == (Met.NOT_MET, holds)


@pytest.mark.parametrize(
    ("missed", "came", "met"),
    [
        ([5, 7], [3], Met.MET),
        ([7], [3, 5], Met.NOT_MET),
        ([3, 7, 11], [5, 9], Met.MET),
        ([3, 7], [5, 9], Met.NOT_MET),
    ],
)
def test_missed_sessions_rest_on_those_missed_or_on_the_last_that_was_not(missed, came, met):
    gone = [an_attendance(day, "missed") for day in missed]
    others = [an_attendance(day) for day in came]
    finding = find(SUD.criterion("missed-sessions"), SUD, a_case("iop", *gone, *others), on_day(12))
    assert (finding.met, finding.evidence) == (met, tuple(one.id for one in reversed(gone)))


def test_where_no_session_was_missed_the_last_one_says_so():
    sessions = [an_attendance(day) for day in (3, 5)]
    finding = find(SUD.criterion("missed-sessions"), SUD, a_case("iop", *sessions), on_day(12))
    assert (finding.met, finding.evidence) == (Met.NOT_MET, (sessions[1].id,))
    assert finding.actual == "0 of 2 missed, the last 0 in a row"


def test_sessions_of_the_moment_a_stay_began_or_a_window_opens_are_not_counted():
    missed = [an_attendance(day, "missed") for day in (0, 1)]
    criterion = SUD.criterion("missed-sessions")
    assert find(criterion, SUD, a_case("iop", *missed), on_day(2)).met is Met.NOT_MET
    assert (
        find(criterion, SUD, a_case("iop", *missed, an_attendance(2, "missed")), on_day(15)).met
        is Met.NOT_MET
    )
    assert (
        find(criterion, SUD, a_case("iop", *missed, an_attendance(2, "missed")), on_day(14.9)).met is Met.MET
    )


def test_a_form_half_answered_was_looked_at_too():
    half = a_form("bam", "?00000000000?????", 25)
    assert find(SUD.criterion("no-use-14d"), SUD, a_case("iop", half), on_day(28)).met is Met.MET


def test_the_window_of_missed_sessions_is_none_where_none_is_set():
    anywhen = MissedSessions(kind="missed-sessions", key="row", label="", source="", in_a_row=2)
    missed = [an_attendance(day, "missed") for day in (1, 60)]
    assert find(anywhen, SUD, a_case("op", *missed), on_day(61)).met is Met.MET
    assert find(anywhen, SUD, a_case("op", *missed, since=2), on_day(61)).met is Met.NOT_MET


def test_what_is_missing_is_asked_for_in_words_or_not_at_all():
    silent = [one.model_copy(update={"ask": ""}) for one in SUD.criteria]
    mute = PathwayDefinition.model_validate({**SUD.model_dump(exclude={"criteria"}), "criteria": silent})
    assert decide(SUD, [a_case("iop")], at=on_day(1))[0].missing
    assert decide(mute, [a_case("iop")], at=on_day(1))[0].missing == ()


def test_a_level_rests_on_no_ratings_that_no_criterion_would_call_fresh():
    longest = max(one.fresh_for for one in SUD.criteria if one.kind == "recommended")
    rated = ratings("iop", 1)
    for at, level in ((rated.effective_at + longest, None), (rated.effective_at + longest - SOON, "iop")):
        decision = decide(SUD, [a_case("op", rated)], at=at)[0]
        assert decision.recommended == level
        assert decision.basis is not None
        assert decision.basis.rated_at == (rated.effective_at if level else None)


def test_any_one_open_risk_freezes_where_there_are_several_guards_against_it():
    other = NoOpenRisk(
        kind="no-open-risk", key="other", label="", source="s", instrument="cows", bands=("severe",)
    )
    told = SUD.model_dump(exclude={"criteria", "guards"})
    both = PathwayDefinition.model_validate(
        {**told, "criteria": [*SUD.criteria, other], "guards": [*SUD.guards, "other"]}
    )
    case = a_case("iop", a_screen("high", 1))
    assert decide(both, [case], at=on_day(2))[0].outcome == "refer"
    assert decide(both, [a_case("iop")], at=on_day(2))[0].outcome == "insufficient"


@pytest.mark.parametrize(
    ("whole_days", "until"), [(False, on_day(46)), (True, start_of(date(2026, 2, 21), ZONE))]
)
def test_an_assessment_is_used_to_the_moment_or_through_the_whole_of_its_last_day(whole_days, until):
    told = {
        "key": "k",
        "label": "",
        "source": "",
        "instrument": "six-dimensions",
        "fresh_for": timedelta(days=45),
    }
    criterion = Assessed(kind="assessed", whole_days=whole_days, **told)
    case = a_case("assessment", ratings("iop", 1))
    finding = find(criterion, SUD, case, until - SOON)
    assert (finding.met, finding.until) == (Met.MET, until)
    assert find(criterion, SUD, case, until).met is Met.UNKNOWN


def test_what_would_bring_the_share_is_said_where_it_is_missed():
    """Of four sessions one was attended: eight more, and none missed, make three quarters of twelve."""
    asked = SUD.criterion("attended-14d").model_copy(update={"share": 75})
    missed = [an_attendance(day, "missed") for day in (2, 3, 4)]
    for share, others, said in (
        (75, missed, "8 more attended and none missed would do"),
        (100, missed, ""),
        (75, [an_attendance(day, "unlogged") for day in (2, 3, 4)], ""),
        (20, missed, ""),
    ):
        one = asked.model_copy(update={"share": share})
        actual = find(one, SUD, a_case("iop", an_attendance(1), *others), on_day(10)).actual
        assert actual.partition("; ")[2] == said
