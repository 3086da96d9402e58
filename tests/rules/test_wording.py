"""How criteria are said, where a wrong word would tell a wrong thing: lengths of time, years, counts and limits."""

from datetime import date, timedelta

import pytest

from models.catalogue.pathway_files import definition
from models.criterion import BandIs, MissedSessions, NextStepDated, NoEvent, Recommended
from services.rules import wording
from services.rules.sight import Sight
from tests.builders import a_case, on_day

SUD = definition("sud-adult")
SIGHT = Sight(SUD, a_case("op"), on_day(3))


@pytest.mark.parametrize(
    ("hours", "said"),
    [
        (0.5, "30 minutes"),
        (25.5, "1530 minutes"),
        (1, "1 hours"),
        (24, "24 hours"),
        (25, "25 hours"),
        (48, "2 days"),
    ],
)
def test_a_length_of_time_is_said_whole(hours, said):
    assert wording.span(timedelta(hours=hours)) == said


def test_the_year_is_said_where_it_is_not_the_present_one():
    assert wording.day(date(2026, 2, 1), SIGHT) == "1 Feb"
    assert wording.day(date(2025, 2, 1), SIGHT) == "1 Feb 2025"


def test_what_is_not_charted_is_said_where_there_is_any():
    assert wording.attended(3, 4, 0) == "3 of 4 attended (75 %)"
    assert wording.attended(3, 4, 1) == "3 of 4 attended (75 %), 1 not charted"


def test_reviews_in_a_row_are_said_with_how_far_apart():
    asks = next(one for one in SUD.criteria if isinstance(one, Recommended))
    plain = asks.model_copy(update={"reviews": 1, "relation": None, "levels": ("iop",)})
    assert wording.recommended(plain, SIGHT) == "ratings ask for IOP"
    twice = plain.model_copy(update={"reviews": 2, "apart": None})
    assert wording.recommended(twice, SIGHT).endswith(" at 2 reviews in a row")
    apart = twice.model_copy(update={"apart": timedelta(days=7)})
    assert wording.recommended(apart, SIGHT).endswith(" at 2 reviews in a row, 7 days apart")
    less = plain.model_copy(update={"relation": "below", "levels": ()})
    assert wording.recommended(less, SIGHT) == "ratings ask for less than OP"


def test_what_limits_a_criterion_is_said_and_nothing_else():
    missed = next(one for one in SUD.criteria if isinstance(one, MissedSessions))
    bare = missed.model_copy(update={"in_a_row": 2, "in_all": None, "within": None})
    assert wording.missed_sessions(bare, SIGHT) == "2 sessions missed in a row"
    all_ = bare.model_copy(update={"in_all": 3, "within": timedelta(days=30)})
    assert wording.missed_sessions(all_, SIGHT) == "2 sessions missed in a row or 3 in all in 30 days"
    step = next(one for one in SUD.criteria if isinstance(one, NextStepDated))
    for leads_to, said in (((), "later"), (("op", "aftercare"), "later, to op or aftercare")):
        one = step.model_copy(update={"leads_to": leads_to})
        assert wording.next_step_dated(one, SIGHT) == f"next step with its date, today or {said}"
    event = next(one for one in SUD.criteria if isinstance(one, NoEvent))
    told = {"events": ("use",), "within": timedelta(days=14)}
    for unexplained, said in (((), ""), (("drug-test",), ", and no drug test still to explain")):
        one = event.model_copy(update={**told, "unexplained": unexplained})
        assert wording.no_event(one, SIGHT) == f"no use in 14 days{said}"


@pytest.mark.parametrize(
    ("levels", "said"),
    [
        (("high-intensity-outpatient",), "high intensity outpatient"),
        (("high-intensity-outpatient", "inpatient"), "a level we do not deliver"),
        (("high-intensity-outpatient", "iop"), "IOP"),
    ],
)
def test_of_levels_those_given_here_are_said(levels, said):
    asks = next(one for one in SUD.criteria if isinstance(one, Recommended))
    one = asks.model_copy(update={"reviews": 1, "relation": None, "levels": levels})
    assert wording.recommended(one, SIGHT) == f"ratings ask for {said}"


@pytest.mark.parametrize(
    ("bands", "said"),
    [(("high",), "high"), (("moderate", "high"), "moderate or high"), (("a", "b", "c"), "a, b or c")],
)
def test_several_bands_are_listed_and_the_last_is_set_off(bands, said):
    asks = next(one for one in SUD.criteria if isinstance(one, BandIs))
    assert said in wording.band_is(asks.model_copy(update={"bands": bands}), SIGHT)
