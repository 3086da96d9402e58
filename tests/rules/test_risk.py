"""A warning counts from whoever gives it; only a clinician's own signature takes it back."""

import pytest

from models.catalogue.pathway_files import definition
from models.decision import Met
from models.facts import Assessment
from services.rules.decisions import guards
from services.rules.risk import Seen, open_warning, warnings
from services.rules.sight import Sight
from tests.builders import a_case, a_form, a_screen, on_day

SUD = definition("sud-adult")
SIGNED = {"signed": True}
ATTESTED = {"signed": True, "attested": True}
UNSIGNED = {"signed": False}


def frozen(*screens: Assessment) -> bool:
    case = a_case("iop", *screens)
    (risk,) = (one for one in guards(SUD, case, on_day(9)) if one.criterion == "no-open-risk")
    return risk.met is Met.NOT_MET


@pytest.mark.parametrize("warned", [SIGNED, ATTESTED, UNSIGNED])
@pytest.mark.parametrize(("answered", "still"), [(SIGNED, False), (ATTESTED, True), (UNSIGNED, True)])
def test_only_a_clinicians_signature_takes_a_high_risk_back(warned, answered, still):
    assert frozen(a_screen("high", 1, **warned), a_screen("none", 2, **answered)) is still


def test_a_source_alone_does_not_take_back_what_a_clinician_has_not_seen():
    screens = a_screen("high", 1), a_screen("none", 2, **ATTESTED), a_screen("none", 3, **UNSIGNED)
    assert frozen(*screens)
    assert not frozen(*screens, a_screen("low", 4, **SIGNED))


def test_where_nothing_warned_a_sources_screen_counts():
    risk = guards(SUD, a_case("iop", a_screen("none", 2, **ATTESTED)), on_day(9))[0]
    assert (risk.met, risk.actual[:4]) == (Met.MET, "none")
    assert len(risk.evidence) == 1


def test_the_level_of_care_is_found_with_the_warning_that_stands():
    case = a_case("iop", a_screen("high", 1), a_screen("none", 2, **UNSIGNED))
    assert Sight(SUD, case, on_day(9)).risk == "high"


def test_the_newest_warning_is_the_one_that_stands():
    screens = [a_screen("low", 3, signed=False), a_screen("high", 2), a_screen("high", 1)]
    assert open_warning(screens, ("high",)) is screens[1]
    assert open_warning(screens[:1], ("high",)) is None


@pytest.mark.parametrize(("signed", "attested", "stands"), [(1, 0, False), (1, 1, True), (0, 0, True)])
def test_a_warning_stands_behind_whatever_no_clinician_signed(signed, attested, stands):
    warned = a_screen("high", 1)
    answered = a_screen("none", 2, signed=bool(signed), attested=bool(attested))
    assert open_warning([answered, warned], ("high",)) is (warned if stands else None)


@pytest.mark.parametrize(
    ("screen", "warns"),
    [
        ("0000000", set()),
        ("1100000", {"low"}),
        ("1110000", {"low", "moderate"}),
        ("1111000", {"low", "moderate", "high"}),
        ("1?????0", {"low"}),
        ("??1??00", {"low", "moderate"}),
        ("???????", set()),
    ],
)
def test_a_suicide_screen_warns_of_every_band_up_to_the_least_it_could_be(screen, warns):
    form = a_form("c-ssrs", screen, 1)
    seen = Seen("c-ssrs", form.answers, form.could_be, ())
    assert warnings(SUD, seen) == warns


def test_a_form_without_a_band_warns_of_none():
    assert warnings(SUD, Seen("c-ssrs", (), (), ())) == set()


def test_a_flag_warns_only_on_the_form_whose_flag_waits_for_a_look():
    flags = ("suicide-risk", "screen-positive")
    assert warnings(SUD, Seen("phq-9", (), (), flags)) == {"suicide-risk"}
    assert warnings(SUD, Seen("gad-7", (), (), flags)) == set()
