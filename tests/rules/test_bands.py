"""What the bands of scales and screens rest on, and until when that holds by itself."""

from dataclasses import replace

from models.catalogue.pathway_files import definition
from models.criterion import BandIs, BandIsNot, Settled, Unfinished
from models.decision import Met
from services.rules import find
from tests.builders import a_case, a_form, a_screen, a_total, on_day

SUD = definition("sud-adult")
MODERATE = next(one for one in SUD.criteria if isinstance(one, BandIs) and one.instrument == "cows")
SETTLED = next(one for one in SUD.criteria if isinstance(one, Settled))
LOW = next(one for one in SUD.criteria if isinstance(one, BandIsNot))
RISK = SUD.criterion("no-open-risk")
BEGUN = next(one for one in SUD.criteria if isinstance(one, Unfinished))


def test_a_band_rests_on_the_newest_form_that_is_in_it_for_certain():
    mild, worse, later = (
        a_total("cows", total, day, signed=False) for total, day in ((3, 1), (20, 1.2), (4, 1.4))
    )
    finding = find(MODERATE, SUD, a_case("op", mild, worse, later), on_day(1.5))
    assert (finding.met, finding.evidence) == (Met.MET, (worse.id,))
    assert finding.until == worse.effective_at + MODERATE.fresh_for


def test_where_no_form_is_in_the_band_the_newest_says_so():
    older, newer = a_total("cows", 3, 1, signed=False), a_total("cows", 4, 1.4, signed=False)
    finding = find(MODERATE, SUD, a_case("op", older, newer), on_day(1.5))
    assert (finding.met, finding.evidence) == (Met.NOT_MET, (newer.id,))
    assert finding.until == newer.effective_at + MODERATE.fresh_for


def test_scales_hold_together_until_the_first_of_them_is_stale():
    first, then = a_total("ciwa-ar", 3, 3.5), a_total("cows", 3, 3.9)
    finding = find(SETTLED, SUD, a_case("detox", first, then), on_day(4))
    assert (finding.met, finding.evidence) == (Met.MET, (first.id, then.id))
    assert finding.until == first.effective_at + SETTLED.fresh_for


def test_a_scale_that_has_not_settled_holds_until_it_is_stale():
    high = a_total("cows", 20, 3.5)
    finding = find(SETTLED, SUD, a_case("detox", high), on_day(4))
    assert (finding.met, finding.evidence) == (Met.NOT_MET, (high.id,))
    assert finding.until == high.effective_at + SETTLED.fresh_for
    assert find(SETTLED, SUD, a_case("detox", high), on_day(5)).met is Met.UNKNOWN


def test_a_screen_that_is_clear_says_so_until_it_is_stale():
    clear = a_screen("none", 1)
    finding = find(LOW, SUD, a_case("iop", clear), on_day(2))
    assert (finding.met, finding.evidence, finding.actual, finding.until) == (
        Met.MET,
        (clear.id,),
        "none on 6 Jan",
        clear.effective_at + LOW.fresh_for,
    )


def test_a_screen_that_is_not_finished_leaves_it_open_and_says_at_least_what():
    begun = a_form("c-ssrs", "1?????0", 1)
    finding = find(LOW, SUD, a_case("iop", begun), on_day(2))
    assert (finding.met, finding.evidence) == (Met.UNKNOWN, (begun.id,))
    assert finding.actual == "not finished, at least low on 6 Jan"


def test_only_the_form_that_was_begun_and_not_finished_calls_for_its_end():
    begun, clear = a_form("c-ssrs", "1?????0", 1), a_screen("none", 2, signed=False)
    finding = find(BEGUN, SUD, a_case("iop", begun, clear), on_day(2.2))
    assert (finding.met, finding.evidence) == (Met.MET, (begun.id,))
    low = a_screen("low", 2, signed=False)
    finding = find(BEGUN, SUD, a_case("iop", a_screen("none", 1, signed=False), low), on_day(2.2))
    assert (finding.met, finding.evidence) == (Met.NOT_MET, (low.id,))


def test_a_form_that_could_be_no_band_at_all_says_nothing():
    """As cases held them before they held what a form could be."""
    old = replace(a_screen("none", 1, signed=False), band=None, could_be=())
    assert find(RISK, SUD, a_case("iop", old), on_day(2)).met is Met.MET
    assert find(LOW, SUD, a_case("iop", old), on_day(2)).met is Met.UNKNOWN


def test_a_sources_screen_does_not_answer_one_that_nobody_signed():
    told = a_screen("none", 2, attested=True)
    assert find(LOW, SUD, a_case("iop", told), on_day(3)).met is Met.MET
    assert (
        find(LOW, SUD, a_case("iop", told, a_screen("none", 1, signed=False)), on_day(3)).met is Met.UNKNOWN
    )


def test_a_signed_screen_that_is_not_finished_is_no_clear_one():
    begun = a_form("c-ssrs", "?000000", 1)
    assert find(LOW, SUD, a_case("iop", begun), on_day(2)).met is Met.UNKNOWN


def test_a_screen_with_no_answer_yet_says_only_that_it_is_not_finished():
    begun = a_form("c-ssrs", "???????", 1)
    finding = find(RISK, SUD, a_case("iop", begun), on_day(2))
    assert (finding.met, finding.evidence, finding.actual) == (
        Met.UNKNOWN,
        (begun.id,),
        "not finished on 6 Jan",
    )
