"""No progress: what the reviews since a change of the plan are held against, and on what that rests."""

from models.catalogue.pathway_files import definition
from models.decision import Met
from services.rules import find
from tests.builders import a_case, a_form, a_plan, on_day
from tests.vignettes.facts import facts_of

SUD = definition("sud-adult")
STUCK = SUD.criterion("no-progress")


def rated(day: float, answers: str = "000021"):
    return a_form("six-dimensions", answers, day)


def plans(first: float, changed: float):
    return [*facts_of(f"plan open group-1x90 @{first}"), *facts_of(f"plan open group-2x90 @{changed}")]


def test_no_progress_rests_on_the_plan_the_ratings_it_was_made_on_and_the_reviews():
    before, one, other, (old, new) = rated(6), rated(20), rated(39), plans(5, 6)
    finding = find(STUCK, SUD, a_case("op", before, one, other, old, new), on_day(40))
    assert (finding.met, finding.evidence) == (Met.MET, (new.id, before.id, other.id, one.id))
    assert finding.until == other.effective_at + STUCK.fresh_for


def test_ratings_of_the_moment_a_plan_was_changed_are_those_it_was_made_on():
    case = a_case("op", rated(6), rated(20, "000031"), *plans(5, 6))
    assert find(STUCK, SUD, case, on_day(30)).actual == "1 of 2 reviews since the plan changed on 11 Jan"
    case = a_case("op", rated(1, "000011"), rated(6), rated(20), rated(30), *plans(5, 6))
    assert find(STUCK, SUD, case, on_day(30)).met is Met.MET


def test_without_ratings_before_the_change_nobody_can_tell():
    (old, new), reviews = plans(5, 6), (rated(20), rated(39))
    finding = find(STUCK, SUD, a_case("op", *reviews, old, new), on_day(40))
    assert (finding.met, finding.evidence) == (Met.UNKNOWN, (new.id,))


def test_reviews_say_nothing_once_the_last_is_stale():
    case = a_case("op", rated(6), rated(20), rated(39), *plans(5, 6))
    stale_at = on_day(39) + STUCK.fresh_for
    assert find(STUCK, SUD, case, stale_at).met is Met.UNKNOWN
    assert find(STUCK, SUD, case, on_day(39 + STUCK.fresh_for.days - 0.01)).met is Met.MET


def test_a_plan_of_the_first_moment_of_a_stay_is_of_this_stay():
    case = a_case("op", rated(0), rated(20), rated(39), *plans(0, 6))
    assert find(STUCK, SUD, case, on_day(40)).met is Met.MET


def test_a_plan_written_again_as_it_was_is_no_change_and_the_last_change_counts():
    again = a_plan(30, "open", None)
    case = a_case("op", rated(6), rated(20), rated(39), *plans(5, 6), *facts_of("plan open group-2x90 @25"))
    assert find(STUCK, SUD, case, on_day(40)).met is Met.MET
    changed = a_case("op", rated(6), rated(20), rated(39), *plans(5, 6), again)
    assert find(STUCK, SUD, changed, on_day(40)).actual == "1 of 2 reviews since the plan changed on 4 Feb"
