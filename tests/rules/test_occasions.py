"""Looks by the clock: what restarts a rhythm (4.1: an early look only where it asked for the ratings) and what counts."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from models.case import Done
from models.catalogue.pathway_files import definition
from models.word import Span
from services.rules.cadence import start_of
from services.rules.occasions import Occasion, occasions, scales, whole
from services.rules.sight import Sight
from tests.builders import ZONE, a_case, a_phq, a_screen, a_total, on_day, ratings

SUD = definition("sud-adult")
OP, IOP, DETOX = (SUD.stage(key).review for key in ("op", "iop", "detox"))
RATED = ("six-dimensions", "c-ssrs")
TICK = timedelta.resolution


def done(day: float, *parts: str, kind: str = "triggered") -> Done:
    return Done(kind=kind, parts=parts, last_at=on_day(day), times=1)


def in_op(*looks: Done, rated: float = 20, at: float = 21, **more: object) -> dict[str, Occasion]:
    facts = (ratings("op", -1), ratings("op", rated), a_screen("none", rated))
    case = a_case("op", *facts, done=looks, **more)
    return {one.kind: one for one in occasions(Sight(SUD, case, on_day(at)), OP)}


def day_start(day: int):
    return start_of(date(2026, 1, 5) + timedelta(days=day), ZONE)


def test_an_early_look_with_the_ratings_restarts_the_ratings_and_not_the_measure():
    set_ = in_op(done(20, *RATED))
    assert set_["check-up"].clock.due_at == day_start(50)
    assert set_["periodic"].clock.due_at == day_start(7)


def test_an_early_look_without_the_ratings_restarts_nothing():
    set_ = in_op(done(20, "phq-9"))
    assert (set_["check-up"].clock.due_at, set_["periodic"].clock.due_at) == (day_start(7), day_start(7))


def test_a_rhythm_is_restarted_by_the_last_of_its_looks():
    both = in_op(done(7, *RATED, kind="check-up"), done(20, *RATED))
    assert both["check-up"].id == in_op(done(20, *RATED))["check-up"].id
    assert both["check-up"].id != in_op(done(7, *RATED, kind="check-up"))["check-up"].id


def test_after_90_days_ratings_are_due_every_90_counted_from_the_ratings_themselves():
    assert in_op(done(90, *RATED), rated=89.9, at=91)["check-up"].clock.due_at == day_start(120)
    assert in_op(done(90, *RATED), rated=90, at=91)["check-up"].clock.due_at == day_start(180)


def test_where_nobody_rated_in_this_stay_ratings_are_counted_from_the_look():
    assert in_op(done(20, *RATED), rated=-2)["check-up"].clock.due_at == day_start(50)


def test_a_measure_is_counted_from_the_look_and_not_from_the_form():
    set_ = in_op(done(10, "phq-9", kind="periodic"))
    assert set_["periodic"].clock.due_at == day_start(40)


def test_what_came_with_the_last_look_answers_no_other():
    long = OP.model_copy(update={"counts": timedelta(days=99)})
    case = a_case("op", ratings("op", -1), done=(done(10, "phq-9", kind="periodic"),))
    periodic, checkup = occasions(Sight(SUD, case, on_day(11)), long)
    assert periodic.counts_from == on_day(10) + TICK
    assert checkup.counts_from < on_day(-50)


def test_after_a_transfer_only_what_was_recorded_since_counts():
    before = a_case("iop", since=-20).stays[0]
    case = a_case("op", ratings("op", -1), before=(before,))
    long = OP.model_copy(update={"counts": timedelta(days=99)})
    assert {one.counts_from for one in occasions(Sight(SUD, case, on_day(1)), long)} == {on_day(0)}


def test_a_pause_asks_for_everything_at_once():
    case = a_case("iop", ratings("iop", -1), resumed_at=on_day(9), reviewed_at=on_day(6))
    (look,) = occasions(Sight(SUD, case, on_day(9)), IOP)
    assert (look.clock.due_at, look.parts) == (on_day(9), ("six-dimensions", "phq-9", "c-ssrs"))


def test_where_no_check_up_is_asked_for_the_first_look_of_a_stay_asks_for_the_ratings_too():
    alone = OP.model_copy(update={"checkup": None})
    case = a_case("op", ratings("op", -1))
    (first,) = occasions(Sight(SUD, case, on_day(1)), alone)
    assert first.parts == ("six-dimensions", *OP.parts)
    later = a_case("op", ratings("op", -1), reviewed_at=on_day(6))
    (second,) = occasions(Sight(SUD, later, on_day(7)), alone)
    assert second.parts == OP.parts


def test_a_look_in_business_days_knows_the_closed_days_of_the_program():
    open_ = OP.model_copy(update={"first": Span(2, "b"), "every": Span(2, "b"), "early": ()})
    closed = frozenset({date(2026, 1, 6), date(2026, 1, 27)})
    for more, due in (({}, 3), ({"done": (done(21, "phq-9", kind="periodic"),)}, 24)):
        case = a_case("op", ratings("op", -1), closed_days=closed, **more)
        periodic, _ = occasions(Sight(SUD, case, on_day(0)), open_)
        assert periodic.clock.due_at == day_start(due)


def test_all_that_a_look_can_ask_for_is_the_ratings_the_review_the_check_up_and_the_scales_in_use():
    assert whole(Sight(SUD, a_case("op"), on_day(0)), OP) == ("six-dimensions", *OP.parts, "c-ssrs")
    used = Sight(SUD, a_case("detox", a_total("cows", 3, 1)), on_day(2))
    assert whole(used, DETOX)[-1] == "cows"
    assert "ciwa-ar" not in whole(used, DETOX)


@pytest.mark.parametrize(
    ("facts", "asked"), [((), ("ciwa-ar", "cows")), ((a_total("cows", 3, 1),), ("cows",))]
)
def test_scales_in_use_are_asked_for_or_all_where_none_is(facts, asked):
    sight = Sight(SUD, a_case("detox", *facts), on_day(2))
    assert scales(sight, DETOX) == asked
    assert scales(sight, None) == ()


ALONE = OP.model_copy(update={"checkup": None, "first": None})


@pytest.mark.parametrize(
    ("rated", "more", "asks_all"),
    [
        (True, {}, False),
        (True, {"resumed_at": on_day(2)}, True),
        (True, {"resumed_at": on_day(2), "reviewed_at": on_day(3)}, False),
        (False, {}, True),
        (False, {"reviewed_at": on_day(3)}, False),
        (False, {"before": (a_case("assessment", since=-9).stays[0],)}, False),
    ],
)
def test_without_a_first_step_ratings_are_asked_for_after_a_pause_or_where_nobody_rated(
    rated, more, asks_all
):
    facts = (ratings("op", -1),) if rated else ()
    (look,) = occasions(Sight(SUD, a_case("op", *facts, **more), on_day(4)), ALONE)
    assert look.parts == (("six-dimensions", *OP.parts) if asks_all else OP.parts)


def test_a_check_up_without_ratings_does_not_wait_for_them():
    one = definition("mh-adult")
    case = a_case("iop", a_total("pcl-5", 30, 1), definition=one.name)
    periodic, checkup = occasions(Sight(one, case, on_day(2)), one.stage("iop").review)
    assert (periodic.clock.due_at, checkup.clock.due_at) == (on_day(0), day_start(29))


def test_a_check_up_of_alternatives_is_asked_where_one_was_used_and_counted_from_the_newest():
    one = definition("mh-adult")
    review = one.stage("iop").review
    either = review.checkup.model_copy(update={"parts": ("pcl-5|gad-7",)})
    for facts, due in (((a_total("gad-7", 9, 3), a_total("pcl-5", 30, 1)), 31), ((), None)):
        sight = Sight(one, a_case("iop", *facts, definition=one.name), on_day(4))
        looks = occasions(sight, review.model_copy(update={"checkup": either}))
        told = [look.clock.due_at for look in looks if look.kind == "check-up"]
        assert told == ([day_start(due)] if due else [])


def test_ratings_lead_a_check_up_wherever_they_are_named_and_from_the_first_moment_of_a_stay():
    turned = OP.model_copy(
        update={"checkup": OP.checkup.model_copy(update={"parts": ("c-ssrs", "six-dimensions")})}
    )
    for day, due in ((20, 50), (0, 30)):
        facts = (ratings("op", -9), ratings("op", day), a_screen("none", 22))
        case = a_case("op", *facts, done=(done(23, *RATED),))
        _, checkup = occasions(Sight(SUD, case, on_day(24)), turned)
        assert checkup.clock.due_at == day_start(due)


def in_detox(*facts, at: float = 2, **more: object) -> Occasion:
    sight = Sight(SUD, a_case("detox", *facts, **more), on_day(at))
    return next(one for one in occasions(sight, DETOX) if one.kind == "periodic")


def test_of_scales_the_one_that_is_due_first_is_asked_for_and_counts_from_its_own_last_form():
    rated, cows, ciwa = ratings("detox", 0), a_total("cows", 20, 1.1), a_total("ciwa-ar", 6, 1.3)
    look = in_detox(rated, cows, ciwa, at=1.31)
    assert (look.parts, look.clock.due_at) == (("cows",), cows.effective_at + timedelta(hours=6))
    assert look.counts_from == cows.effective_at + TICK
    together = in_detox(rated, a_total("cows", 9, 1.3), ciwa, at=1.31)
    assert (together.parts, together.counts_from) == (("ciwa-ar", "cows"), ciwa.effective_at + TICK)


def test_scales_due_at_the_same_moment_count_from_the_last_of_them():
    cows, ciwa = a_total("cows", 20, 1.25), a_total("ciwa-ar", 12, 1.25 + 2 / 24)
    look = in_detox(ratings("detox", 0), cows, ciwa, at=1.4)
    assert (look.parts, look.counts_from) == (("ciwa-ar", "cows"), ciwa.effective_at + TICK)


def test_after_a_pause_or_where_nobody_rated_scales_are_asked_for_at_once():
    cows, rated = a_total("cows", 9, 0.5), ratings("detox", 0)
    assert in_detox(cows, rated, at=0.6).clock.due_at == cows.effective_at + timedelta(hours=4)
    assert in_detox(cows, rated, resumed_at=on_day(0.55), at=0.6).clock.due_at == on_day(0.55)
    assert in_detox(cows, at=0.6).clock.due_at == on_day(0)


def test_a_scale_is_paced_by_its_band_and_by_the_shortest_step_where_it_has_none():
    """As cases held them before they held what a form could be."""
    old = replace(a_total("cows", 20, 1.5), could_be=())
    rated = ratings("detox", 0)
    assert in_detox(rated, old).clock.due_at == old.effective_at + timedelta(hours=6)
    none = replace(old, band=None)
    assert in_detox(rated, none).clock.due_at == none.effective_at + DETOX.shortest.every.length


def test_only_the_first_look_of_a_walk_counts_what_was_known_before_it():
    long = OP.model_copy(update={"counts": timedelta(days=99)})
    resumed = a_case("op", ratings("op", -1), resumed_at=on_day(3))
    assert {one.counts_from for one in occasions(Sight(SUD, resumed, on_day(4)), long)} == {on_day(3)}
    first = a_case("op", ratings("op", -1))
    assert all(one.counts_from < on_day(-50) for one in occasions(Sight(SUD, first, on_day(1)), long))


def test_a_measure_is_counted_from_its_look_though_its_form_was_earlier():
    facts = (ratings("op", -1), a_phq(5, 9))
    case = a_case("op", *facts, done=(done(10, "phq-9", kind="periodic"),))
    periodic, _ = occasions(Sight(SUD, case, on_day(11)), OP)
    assert periodic.clock.due_at == day_start(40)


def test_the_grace_after_a_pause_knows_the_closed_days_of_the_program():
    patient = OP.model_copy(update={"grace": Span(1, "b")})
    for closed, late in ((frozenset(), 2), (frozenset({date(2026, 1, 7)}), 3)):
        case = a_case("op", ratings("op", -1), resumed_at=on_day(0.1), closed_days=closed)
        periodic, _ = occasions(Sight(SUD, case, on_day(1)), patient)
        assert (periodic.clock.due_at, periodic.clock.late_at) == (on_day(0.1), day_start(late))


def test_a_rhythm_that_ends_still_asks_for_what_is_due_in_its_last_moment():
    case = a_case("op", ratings("op", -1))
    ends = day_start(7) - on_day(0)
    for until, kinds in ((ends, ["periodic", "check-up"]), (ends - TICK, ["check-up"])):
        brief = OP.model_copy(update={"until": until})
        assert [one.kind for one in occasions(Sight(SUD, case, on_day(1)), brief)] == kinds
