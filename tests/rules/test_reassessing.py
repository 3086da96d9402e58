"""Looks: what completes one, what hastens it, and whom its work is for."""

from dataclasses import replace
from datetime import timedelta

import pytest

from models import changes as c
from models.case import Case, Reason, Reassessment, Work
from models.catalogue.pathway_files import definition
from services import ids
from services.rules.reassessing import is_complete, look_again, looks_after, welcomed_back
from services.rules.sight import RATINGS, Sight
from services.rules.triggers import calls
from tests.builders import a_case, a_phq, a_screen, a_total, an_event, on_day, ratings, with_facts
from tests.folding import kinds, run, work

SUD = definition("sud-adult")


def a_look(
    *parts: str, kind: str = "triggered", since: float = 1, number: int = 0, **more: object
) -> Reassessment:
    times = {name: on_day(since + 1) for name in ("due_at", "late_at", "outer_at")}
    known = {"opened_at": on_day(since), "counts_from": on_day(since), **times, **more}
    return Reassessment(id=ids.named("look", number), kind=kind, stage="iop", parts=parts, **known)


def complete(look: Reassessment, stage: str, *facts) -> bool:
    return is_complete(look, Sight(SUD, a_case(stage, *facts), on_day(3)))


@pytest.mark.parametrize(("day", "done"), [(0.99, False), (1, True), (2, True)])
def test_what_was_recorded_from_the_moment_a_look_counts_from_completes_it(day, done):
    assert complete(a_look("phq-9"), "iop", a_phq(5, day)) is done


@pytest.mark.parametrize(
    ("parts", "kind", "done"),
    [
        (("cows",), "periodic", True),
        (("cows",), "triggered", False),
        ((RATINGS, "cows"), "periodic", False),
        (("phq-9",), "periodic", False),
    ],
)
def test_only_a_periodic_look_at_a_scale_alone_is_done_without_a_signature(parts, kind, done):
    facts = (ratings("iop", 2), a_total("cows", 3, 2, signed=False), a_phq(5, 2, signed=False))
    assert complete(a_look(*parts, kind=kind), "detox", *facts) is done
    signed = (ratings("iop", 2), a_total("cows", 3, 2), a_phq(5, 2))
    assert complete(a_look(*parts, kind=kind), "detox", *signed)


@pytest.mark.parametrize("part", ["bam", "phq-9", "gad-7"])
def test_of_alternatives_any_one_completes_a_look(part):
    """DOMAIN 4.1, OP: BAM or PHQ-9 or GAD-7. A look that was opened when PHQ-9 alone was asked for stays open."""
    form, either = a_total(part, 4, 2), a_look("bam|phq-9|gad-7", kind="periodic")
    assert not complete(either, "op")
    assert complete(either, "op", form)
    assert not complete(either, "op", replace(form, signed=False))
    assert not complete(replace(either, counts_from=on_day(2.1)), "op", form)
    assert complete(replace(either, parts=("phq-9",)), "op", form) is (part == "phq-9")
    assert not complete(replace(either, parts=(RATINGS, *either.parts)), "op", form)


def test_of_scales_those_in_use_are_enough_but_something_is_asked_for():
    cows = a_total("cows", 3, 2)
    assert complete(a_look("ciwa-ar", "cows"), "detox", cows)
    assert not complete(a_look("ciwa-ar"), "detox", cows)
    assert not complete(a_look(RATINGS, "cows"), "detox", cows)


def test_a_look_is_read_where_no_look_is_kept_open_too():
    assert complete(a_look(RATINGS), "away", ratings("iop", 2))
    assert not complete(a_look(RATINGS), "away")


def test_nothing_is_looked_at_where_a_client_is_elsewhere_or_on_hold():
    used = an_event("return-to-use", 1)
    assert look_again(Sight(SUD, a_case("away", used), on_day(2))) == ()
    assert look_again(Sight(SUD, a_case("iop", used, held=True), on_day(2))) == ()
    assert welcomed_back(Sight(SUD, a_case("away"), on_day(2)), SUD.stage("away"), used) is None


def test_who_comes_back_is_asked_for_all_that_a_look_can_ask_for():
    back = an_event("returned", 2)
    look = welcomed_back(Sight(SUD, a_case("away"), on_day(2)), SUD.stage("op"), back)
    assert look is not None
    assert (look.parts, look.due_at) == ((RATINGS, "bam|phq-9|gad-7", "c-ssrs"), back.effective_at)
    assert (look.counts_from, look.reasons) == (
        back.effective_at,
        (Reason(trigger="returned", fact_id=back.id),),
    )


def test_a_look_that_is_complete_is_neither_called_nor_escalated():
    look = a_look("phq-9", since=0)
    for facts, said in (((), 2), ((a_phq(5, 1),), 0)):
        case = a_case("iop", ratings("iop", -1), *facts, reassessments=(look,))
        set_ = look_again(Sight(SUD, case, on_day(2)))
        told = kinds(set_, c.ReassessmentCalled, c.ReassessmentEscalated)
        assert len([one for one in told if one.reassessment_id == look.id]) == said


def test_looks_stand_as_their_changes_leave_them_in_the_order_they_are_due():
    first, second = a_look("phq-9", number=1), a_look("bam", number=2, due_at=on_day(1.5))
    pathway, at = a_case().pathway_id, on_day(2)
    why = Reason(trigger="request", fact_id=pathway)
    hastened = c.ReassessmentHastened(
        pathway_id=pathway,
        reassessment_id=first.id,
        **{name: on_day(1.2) for name in ("counts_from", "due_at", "late_at", "outer_at")},
        parts=("phq-9", "bam"),
        reasons=(why,),
    )
    called = c.ReassessmentCalled(pathway_id=pathway, reassessment_id=second.id, due_at=second.due_at)
    escalated = c.ReassessmentEscalated(
        pathway_id=pathway, reassessment_id=second.id, outer_at=second.outer_at
    )
    assert looks_after((first, second), (), at) == (second, first)
    sooner, other = looks_after((first, second), (hastened, called, escalated), at)
    assert (sooner.due_at, sooner.late_at, sooner.outer_at, sooner.counts_from) == (on_day(1.2),) * 4
    assert (sooner.parts, sooner.reasons, sooner.opened_at) == (("phq-9", "bam"), (why,), first.opened_at)
    assert (other.called_at, other.escalated_at) == (at, at)


def early(case: Case) -> Reassessment:
    (look,) = (one for one in case.reassessments if one.kind == "triggered")
    return look


def in_op(*facts, day: float = 3) -> tuple[Case, list[c.Change]]:
    return run(with_facts(run(a_case("op", ratings("op", -1)), 0)[0], *facts), day)


def test_an_early_look_counts_from_the_latest_of_its_reasons_and_is_named_by_the_first_of_the_definition():
    used, overdose = an_event("return-to-use", 2), an_event("overdose", 2.5)
    case, said = in_op(used, overdose)
    look = early(case)
    assert look.counts_from == on_day(2.5)
    assert look.id == ids.named("look", case.pathway_id, "overdose", overdose.id)
    (called,) = work(said, "reassess")
    assert (called.for_role, called.due_at) == ("coordinator", look.late_at)


def test_another_reason_hastens_a_look_and_its_work_and_counts_from_the_latest():
    case, _ = in_op(an_event("request", 2))
    overdose = an_event("overdose", 1.5)
    after, said = run(with_facts(case, overdose), 3.1)
    look = early(after)
    assert (look.counts_from, look.due_at) == (on_day(2), on_day(2.5))
    (again,) = work(said, "reassess")
    assert (again.for_role, again.due_at) == ("coordinator", look.late_at)
    assert again.work_id == ids.named("work", case.pathway_id, "reassess", look.id, overdose.id)
    assert [one.outcome for one in kinds(said, c.WorkClosed)] == ["hastened"]


def test_a_reason_that_hastens_nothing_leaves_the_work_as_it_is():
    case, _ = in_op(an_event("overdose", 2))
    after, said = run(with_facts(case, an_event("request", 3)), 3.1)
    assert early(after).due_at == early(case).due_at
    assert len(kinds(said, c.ReassessmentHastened)) == 1
    assert (work(said, "reassess"), kinds(said, c.WorkClosed)) == ([], [])


def test_who_was_looked_at_before_the_other_reason_was_told_is_not_asked_for_once_more():
    case, _ = in_op(an_event("request", 2))
    looked = (ratings("op", 3.05), a_screen("none", 3.05), an_event("overdose", 3))
    after, said = run(with_facts(case, *looked), 3.1)
    assert [one for one in after.reassessments if one.kind == "triggered"] == []
    assert work(said, "reassess") == []
    assert [one.status for one in kinds(said, c.ReassessmentClosed)][:1] == ["completed"]


def test_work_that_is_no_longer_there_is_not_opened_by_another_reason():
    case, _ = in_op(an_event("request", 2))
    done = tuple(one for one in case.work if one.kind != "reassess")
    assert len(done) < len(case.work)
    left = with_facts(a_case_like(case, done), an_event("overdose", 2.5))
    _, said = run(left, 3.1)
    assert len(kinds(said, c.ReassessmentHastened)) == 1
    assert work(said, "reassess") == []


def a_case_like(case: Case, left: tuple[Work, ...]) -> Case:
    return replace(case, work=left)


def test_what_a_trigger_does_not_name_is_what_the_review_of_the_stage_asks_for():
    triggers = tuple(one.model_copy(update={"parts": ()}) for one in SUD.triggers)
    bare = SUD.model_copy(update={"triggers": triggers})
    request = an_event("request", 2)
    assert [one.parts for one in calls(Sight(bare, a_case("op", request), on_day(3)))] == [
        ("bam|phq-9|gad-7",)
    ]
    assert [one.parts for one in calls(Sight(bare, a_case("away", request), on_day(3)))] == [()]


@pytest.mark.parametrize(
    ("day", "known", "called"),
    [(0, 1, 1), (-0.01, 1, 0), (-0.01, 2, 1), (-29.9, 2, 1), (-30, 2, 0)],
)
def test_an_event_is_of_this_walk_from_its_first_moment_or_shortly_before_where_it_was_learned_on_it(
    day, known, called
):
    event = an_event("overdose", day, known=known)
    assert len(calls(Sight(SUD, a_case("op", event), on_day(1)))) == called


def test_the_deadline_of_an_early_look_runs_from_the_event_or_from_when_the_client_was_with_us():
    (call,) = calls(Sight(SUD, a_case("op", an_event("overdose", 2)), on_day(3)))
    assert (call.since, call.clock.due_at, call.counts_from) == (on_day(2), on_day(3), on_day(2))
    before = a_case("op", an_event("overdose", -1, known=2))
    (call,) = calls(Sight(SUD, before, on_day(3)))
    assert (call.since, call.clock.due_at) == (on_day(0), on_day(0) + timedelta(hours=24))


def test_a_look_that_is_opened_stands_with_all_that_was_said_of_it():
    why, at = (Reason(trigger="request", fact_id=ids.named("fact", 1)),), on_day(2)
    look = a_look("phq-9", opened_at=at, late_at=on_day(4), outer_at=on_day(5), reasons=why)
    told = {
        name: getattr(look, name)
        for name in ("kind", "stage", "counts_from", "due_at", "late_at", "outer_at")
    }
    opened = c.ReassessmentOpened(
        pathway_id=a_case().pathway_id, reassessment_id=look.id, parts=look.parts, reasons=why, **told
    )
    assert looks_after((), (opened,), at) == (look,)


def test_work_that_is_hastened_by_two_reasons_at_once_is_named_by_the_first_of_the_definition():
    case, _ = in_op(an_event("request", 2))
    used, overdose = an_event("return-to-use", 2.4), an_event("overdose", 2.5)
    _, said = run(with_facts(case, used, overdose), 3.1)
    (again,) = work(said, "reassess")
    assert again.work_id == ids.named("work", case.pathway_id, "reassess", again.cause, overdose.id)
