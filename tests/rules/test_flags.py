"""What the flags of questionnaires rest on, and until when they ask for a look."""

from datetime import timedelta

import pytest

from models.catalogue.pathway_files import definition
from models.criterion import Flagged
from models.decision import Met
from services.rules import find
from tests.builders import a_bam, a_case, a_form, a_phq, a_screen, on_day

SUD = definition("sud-adult")
ANSWER = next(one for one in SUD.criteria if isinstance(one, Flagged))
USE = SUD.criterion("bam-use")
SOON = timedelta(minutes=1)


def test_a_flag_waits_for_a_signed_look_and_rests_on_both():
    raised, looked, again = a_phq(9, 1, item9=1), a_screen("none", 1), a_screen("none", 1.2)
    waits = find(ANSWER, SUD, a_case("op", raised), on_day(1.1))
    assert (waits.met, waits.evidence) == (Met.MET, (raised.id,))
    done = find(ANSWER, SUD, a_case("op", raised, looked, again), on_day(1.3))
    assert (done.met, done.evidence) == (Met.NOT_MET, (raised.id, looked.id))
    assert done.actual == "flagged on 6 Jan, looked into on 6 Jan"


@pytest.mark.parametrize(("day", "signed"), [(0.9, True), (1.1, False)])
def test_a_look_before_or_without_a_signature_is_none(day, signed):
    case = a_case("op", a_phq(9, 1, item9=1), a_screen("none", day, signed=signed))
    assert find(ANSWER, SUD, case, on_day(1.2)).met is Met.MET


def test_the_newest_of_several_flags_is_the_one_that_waits():
    first, second = a_phq(9, 1, item9=1), a_phq(9, 2, item9=2)
    case = a_case("op", first, a_screen("none", 1), second, a_phq(3, 2.1))
    finding = find(ANSWER, SUD, case, on_day(2.2))
    assert (finding.met, finding.evidence) == (Met.MET, (second.id,))


def test_where_nothing_is_flagged_the_newest_form_says_so_until_it_is_stale():
    older, newer = a_phq(9, 1), a_phq(8, 1.5)
    case = a_case("op", older, newer)
    finding = find(ANSWER, SUD, case, on_day(1.6))
    assert (finding.met, finding.evidence, finding.actual) == (
        Met.NOT_MET,
        (newer.id,),
        "not flagged on 6 Jan",
    )
    assert find(ANSWER, SUD, case, newer.effective_at + ANSWER.fresh_for - SOON).met is Met.NOT_MET
    assert find(ANSWER, SUD, case, newer.effective_at + ANSWER.fresh_for).met is Met.UNKNOWN


def test_a_question_left_open_is_unknown_though_an_older_form_answered_it():
    left = a_form("phq-9", "11111111?", 1.5)
    finding = find(ANSWER, SUD, a_case("op", a_phq(9, 1), left), on_day(1.6))
    assert (finding.met, finding.evidence) == (Met.UNKNOWN, (left.id,))


def test_a_new_flag_is_held_against_the_form_before_it_came_up():
    down, up, still = a_bam(1), a_bam(10, use=1), a_bam(11, use=2)
    finding = find(USE, SUD, a_case("op", a_bam(-5), down, up, still), on_day(12))
    assert (finding.met, finding.evidence) == (Met.MET, (down.id, up.id))
    assert (finding.actual, finding.until) == ("flagged since 15 Jan", up.effective_at + USE.fresh_for)
    over = find(USE, SUD, a_case("op", down, up, still), up.effective_at + USE.fresh_for)
    assert (over.met, over.evidence) == (Met.NOT_MET, (up.id,))


def test_a_flag_that_was_always_up_is_nothing_new_and_one_that_is_down_is_down():
    first, second = a_bam(1, use=1), a_bam(10, use=2)
    finding = find(USE, SUD, a_case("op", first, second), on_day(12))
    assert (finding.met, finding.evidence) == (Met.UNKNOWN, (first.id,))
    down = a_bam(11)
    finding = find(USE, SUD, a_case("op", first, second, down), on_day(12))
    assert (finding.met, finding.evidence) == (Met.NOT_MET, (down.id,))


def test_a_form_that_leaves_a_flag_open_is_passed_over():
    down, up = a_bam(1), a_bam(10, use=1)
    left = a_form("bam", "000???00220224020", 5)
    assert "use" in left.open_flags
    finding = find(USE, SUD, a_case("op", down, left, up), on_day(12))
    assert (finding.met, finding.evidence) == (Met.MET, (down.id, up.id))


def test_what_came_up_and_went_down_before_is_another_time():
    down, up = a_bam(8), a_bam(10, use=1)
    case = a_case("op", a_bam(1), a_bam(3, use=3), down, up)
    finding = find(USE, SUD, case, on_day(12))
    assert (finding.met, finding.evidence) == (Met.MET, (down.id, up.id))


def test_a_flag_of_long_ago_says_nothing_whether_or_not_anybody_looked():
    raised = a_phq(9, 1, item9=1)
    case = a_case("op", raised)
    assert find(ANSWER, SUD, case, raised.effective_at + ANSWER.fresh_for - SOON).met is Met.MET
    assert find(ANSWER, SUD, case, raised.effective_at + ANSWER.fresh_for).met is Met.UNKNOWN
