"""How much would be enough: with what is said the criterion is met, and with one less it is not."""

import re
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.case import AnyFact, Case
from models.catalogue import instrument
from models.catalogue.pathway_files import definition
from models.criterion import Attended, BandIsNot, Criterion, NoEvent, Settled, Stayed
from models.decision import Met
from models.facts import AttendanceStatus
from services.rules import find
from services.rules.amounts import enough
from services.rules.cadence import day_of
from services.rules.sight import Sight
from services.rules.wording import instrument as aloud
from tests.builders import (
    ZONE,
    a_bam,
    a_case,
    a_screen,
    a_total,
    an_attendance,
    an_event,
    on_day,
    ratings,
    with_facts,
)

SUD = definition("sud-adult")
AT, TICK = on_day(30), timedelta.resolution
ATTENDED = next(one for one in SUD.criteria if isinstance(one, Attended))
NO_USE = next(one for one in SUD.criteria if isinstance(one, NoEvent))
SETTLED = next(one for one in SUD.criteria if isinstance(one, Settled))
STAYED = next(one for one in SUD.criteria if isinstance(one, Stayed))
LOWER = SUD.criterion("lower-at-two-reviews")
LOW_RISK = next(one for one in SUD.criteria if isinstance(one, BandIsNot))

days = st.integers(0, 30)
some_sessions = st.lists(
    st.tuples(st.integers(17, 30), st.sampled_from(sorted(AttendanceStatus))), max_size=12
)


def stands(criterion: Criterion, case: Case, at: datetime = AT) -> Met:
    return find(criterion, SUD, case, at).met


def said(criterion: Criterion, case: Case, at: datetime = AT) -> str:
    return enough(criterion, find(criterion, SUD, case, at), Sight(SUD, case, at))


def spoken(day: date) -> str:
    return f"{day.day} {day:%b}" + (f" {day.year}" if day.year != AT.year else "")


def charted(sessions: list[AnyFact], came: int) -> list[AnyFact]:
    """The sessions nobody charted, so many of them attended and the others missed."""
    open_ = [one for one in sessions if one.status == "unlogged" and one.effective_at > AT - ATTENDED.within]
    told = dict.fromkeys((one.id for one in open_), AttendanceStatus.MISSED)
    told |= dict.fromkeys(list(told)[:came], AttendanceStatus.ATTENDED)
    return [replace(one, status=told.get(one.id, one.status)) for one in sessions]


@given(some_sessions, st.integers(1, 100))
def test_so_many_of_the_sessions_nobody_charted_would_bring_the_share(
    drawn: list[tuple[int, str]], share: int
) -> None:
    asked = ATTENDED.model_copy(update={"share": share})
    sessions = [an_attendance(day, status) for day, status in drawn]
    words = said(asked, a_case("iop", *sessions))
    if words:
        lacking = int(words.removesuffix(" of those not charted attended"))
        assert stands(asked, a_case("iop", *charted(sessions, lacking))) is Met.MET
        assert stands(asked, a_case("iop", *charted(sessions, lacking - 1))) is Met.NOT_MET
    else:
        assert stands(asked, a_case("iop", *charted(sessions, 0))) is stands(asked, a_case("iop", *sessions))


@pytest.mark.parametrize(("share", "planned", "lacking"), [(75, 4, 3), (67, 3, 3), (66, 3, 2)])
def test_a_part_of_a_session_is_a_session(share: int, planned: int, lacking: int) -> None:
    case = a_case("iop", *(an_attendance(29, "unlogged") for _ in range(planned)))
    asked = ATTENDED.model_copy(update={"share": share})
    assert said(asked, case) == f"{lacking} of those not charted attended"


@given(some_sessions, st.integers(1, 99))
def test_so_many_more_sessions_would_bring_the_share(drawn: list[tuple[int, str]], share: int) -> None:
    asked = ATTENDED.model_copy(update={"share": share})
    case = a_case("iop", *(an_attendance(day, status) for day, status in drawn))
    more = re.search(r"; (\d+) more attended and none missed would do", find(asked, SUD, case, AT).actual)
    assert (more is not None) is (stands(asked, case) is Met.NOT_MET)
    if more:
        another = [an_attendance(29.5) for _ in range(int(more[1]))]
        assert stands(asked, with_facts(case, *another)) is Met.MET
        assert stands(asked, with_facts(case, *another[1:])) is not Met.MET


@given(
    st.lists(
        st.tuples(days, st.sampled_from(["return-to-use", "overdose", "unexpected-drug-test"])), max_size=4
    ),
    st.lists(days, max_size=3),
)
def test_no_use_until_that_day_and_not_a_moment_less(events: list[tuple[int, str]], looks: list[int]) -> None:
    facts = [an_event(kind, day) for day, kind in events] + [a_bam(day + 0.5) for day in looks if day < 30]
    case = a_case("iop", *facts)
    words, finding = said(NO_USE, case), find(NO_USE, SUD, case, AT)
    if not words:
        newest = max(events, key=lambda one: one[0], default=(0, ""))
        alike = {kind for day, kind in events if day == newest[0]}
        assert finding.met is not Met.NOT_MET or "unexpected-drug-test" in alike
        return
    over = finding.until
    assert over is not None
    assert words.startswith(f"none until {spoken(day_of(over, ZONE))}")
    looked = with_facts(case, a_bam((over - on_day(0)) / timedelta(days=1) - 0.1))
    assert stands(NO_USE, looked, over - TICK) is Met.NOT_MET
    assert stands(NO_USE, looked, over) is Met.MET
    assert (stands(NO_USE, case, over) is Met.MET) is ("look" not in words)


def test_the_look_that_is_asked_for_comes_after_the_last_use() -> None:
    case = a_case("iop", a_bam(19), an_event("return-to-use", 20))
    assert said(NO_USE, case) == "none until 8 Feb, and a look after 25 Jan"
    assert said(NO_USE, with_facts(case, a_bam(20))) == "none until 8 Feb, and a look after 25 Jan"
    assert said(NO_USE, with_facts(case, a_bam(21))) == "none until 8 Feb"
    assert said(NO_USE, with_facts(case, an_event("unexpected-drug-test", 22))) == ""


@given(st.integers(0, 364))
def test_the_stay_is_long_enough_on_that_day_and_not_a_moment_before(since: int) -> None:
    case = a_case("aftercare", since=-since)
    over = on_day(365 - since)
    at = min(AT, over - TICK)
    assert said(STAYED, case, at) == f"staying until {spoken(day_of(over, ZONE))}"
    assert stands(STAYED, case, over - TICK) is Met.NOT_MET
    assert stands(STAYED, case, over) is Met.MET


@pytest.mark.parametrize("key", ["phq-9", "gad-7", "ciwa-ar", "cows", "c-ssrs"])
def test_a_total_just_below_the_cut_is_out_of_the_bands_and_one_at_it_is_not(key: str) -> None:
    cuts = instrument(key).band_set()
    assert cuts is not None
    for n, band in enumerate(cuts.bands[1:], 1):
        bands = tuple(one.key for one in cuts.bands[n:])
        asked = LOW_RISK.model_copy(update={"instrument": key, "bands": bands})
        if not cuts.by_total:
            assert said(asked, a_case("iop", a_screen(bands[-1], 29))) == ""
            continue
        case = a_case("iop", a_total(key, band.at_least, 29))
        assert said(asked, case) == f"{aloud(key)} below {band.at_least}, signed"
        assert stands(asked, with_facts(case, a_total(key, band.at_least, 29.5))) is Met.NOT_MET
        below = a_total(key, band.at_least - 1, 29.5)
        assert stands(asked, with_facts(case, below)) is Met.MET
        assert stands(asked, with_facts(case, replace(below, signed=False))) is Met.NOT_MET


def test_bands_that_are_not_all_from_one_cut_upwards_have_no_cut() -> None:
    for bands, total in ((("mild",), 6), (("minimal", "severe"), 25), (("minimal", "mild"), 1)):
        asked = LOW_RISK.model_copy(update={"instrument": "phq-9", "bands": bands})
        case = a_case("iop", a_total("phq-9", total, 29))
        assert (stands(asked, case), said(asked, case)) == (Met.NOT_MET, "")


def test_by_cuts_that_are_gone_nothing_is_said() -> None:
    asked = LOW_RISK.model_copy(update={"instrument": "phq-9", "bands": ("severe",)})
    case = a_case("iop", replace(a_total("phq-9", 25, 29), band_set="of-old"))
    assert (stands(asked, case), said(asked, case)) == (Met.NOT_MET, "")
    high = replace(a_total("ciwa-ar", 30, 29.5), band_set="of-old"), a_total("cows", 30, 29.5)
    assert said(SETTLED, a_case("detox", *high, since=29)) == ""
    assert said(SETTLED, a_case("detox", high[1], since=29)) == "COWS below 13, signed"


def test_while_another_scale_is_unknown_no_total_is_enough() -> None:
    case = a_case("detox", a_total("ciwa-ar", 30, 29.5), a_total("cows", 3, 29.5, signed=False), since=29)
    assert (stands(SETTLED, case), said(SETTLED, case)) == (Met.NOT_MET, "")


def test_of_what_an_older_engine_found_otherwise_nothing_is_said() -> None:
    case = a_case("iop", a_bam(29))
    then = replace(find(NO_USE, SUD, case, AT), met=Met.NOT_MET)
    assert enough(NO_USE, then, Sight(SUD, case, AT)) == ""


scales = st.none() | st.tuples(st.integers(0, 40), st.booleans())


@given(scales, scales)
def test_scales_have_settled_with_each_below_its_cut_and_not_with_one_of_them_at_it(
    ciwa: tuple[int, bool] | None, cows: tuple[int, bool] | None
) -> None:
    told = {key: one for key, one in (("ciwa-ar", ciwa), ("cows", cows)) if one}
    case = a_case(
        "detox", *(a_total(key, total, 29.5, signed=by) for key, (total, by) in told.items()), since=29
    )
    words = said(SETTLED, case)
    cuts = {name: int(cut) for name, cut in re.findall(r"(\S+) below (\d+)", words)}
    amiss = [key for key, (total, _) in told.items() if total >= {"ciwa-ar": 10, "cows": 13}[key]]
    unsure = [key for key in told if key not in amiss and not told[key][1]]
    assert list(cuts) == ([] if unsure else [aloud(key) for key in amiss])
    assert words == (
        f"{' and '.join(f'{key} below {cut}' for key, cut in cuts.items())}, signed" if cuts else ""
    )
    below = [a_total(key, cuts[aloud(key)] - 1, 29.9) for key in amiss if cuts]
    if cuts:
        assert stands(SETTLED, with_facts(case, *below)) is Met.MET
    for key in amiss if cuts else ():
        at_it = a_total(key, cuts[aloud(key)], 29.9)
        others = [one for one in below if one.instrument != key]
        assert stands(SETTLED, with_facts(case, *others, at_it)) is Met.NOT_MET


@given(st.integers(1, 60))
def test_a_second_review_counts_from_that_day_and_not_a_moment_sooner(eighths: int) -> None:
    first = ratings("op", 20 + eighths / 8)
    case = a_case("iop", first)
    over = first.effective_at + LOWER.apart
    actual = find(LOWER, SUD, case, AT).actual
    assert actual.endswith(f"; a second review counts from {spoken(day_of(over, ZONE))}")
    for moment, met in ((over - TICK, Met.NOT_MET), (over, Met.MET)):
        second = replace(ratings("op", 0), effective_at=moment)
        assert stands(LOWER, with_facts(case, second), moment) is met


def test_of_what_is_met_or_cannot_be_said_nothing_is_said() -> None:
    quiet = a_case("iop", a_bam(29))
    assert (stands(NO_USE, quiet), said(NO_USE, quiet)) == (Met.MET, "")
    assert said(SUD.criterion("goals-met"), quiet) == ""
