"""Several triggers at once: one open look, whatever came to be known first."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from models.case import AnyFact, Case, Reassessment
from models.catalogue.pathway_files import definition
from tests.builders import a_case, a_phq, a_screen, a_total, an_event, ratings, with_facts
from tests.folding import run

SUD = definition("sud-adult")
_KINDS = sorted({one.event for one in SUD.triggers if one.event})
_DAYS = st.floats(1, 6, width=32)
_SCORED = st.one_of(
    st.builds(a_screen, st.sampled_from(["moderate", "high"]), _DAYS),
    st.builds(lambda day: a_phq(15, day), _DAYS),
    st.builds(lambda day: a_total("gad-7", 12, day), _DAYS),
)
_HAPPENED = st.lists(st.builds(an_event, st.sampled_from(_KINDS), _DAYS), min_size=1, max_size=5)


def _known() -> Case:
    """A client in OP who was looked at on the way in, with the first forms of the stay."""
    return run(a_case("op", ratings("op", -1), a_phq(4, 0), a_total("gad-7", 4, 0)), 0)[0]


def _told(facts: list[AnyFact], *, one_by_one: bool = True) -> Case:
    case = _known()
    for batch in ([fact] for fact in facts) if one_by_one else (facts,):
        case, _ = run(with_facts(case, *batch), 6.5)
    return case


def _early(case: Case) -> tuple[Reassessment, dict[str, object]]:
    [look] = [one for one in case.reassessments if one.kind == "triggered"]
    limits = {name: getattr(look, name) for name in ("due_at", "late_at", "outer_at", "counts_from")}
    return look, {**limits, "parts": {*look.parts}, "reasons": {*look.reasons}}


@given(_HAPPENED, st.none() | _SCORED, st.data())
def test_the_order_in_which_facts_become_known_makes_no_other_look(happened, scored, data):
    facts = [*happened, *([scored] if scored else [])]
    orders = [facts, data.draw(st.permutations(facts)), data.draw(st.permutations(facts))]
    looks = [_early(_told(order))[1] for order in orders] + [_early(_told(facts, one_by_one=False))[1]]
    assert all(one == other for one, other in pairwise(looks))


@given(_HAPPENED)
def test_what_is_done_beside_the_look_is_the_same_in_any_order(happened):
    forth, back = _told(happened), _told(happened[::-1])
    asked = [{(one.id, one.kind) for one in case.work if one.kind in SUD.asked} for case in (forth, back)]
    assert asked[0] == asked[1]


@given(_HAPPENED)
def test_the_earliest_deadline_stands_and_no_reason_is_lost(happened):
    look, told = _early(_told(happened))
    alone = [_early(_told([one]))[0] for one in happened]
    assert look.due_at == min(one.due_at for one in alone)
    assert look.late_at == min(one.late_at for one in alone)
    assert told["reasons"] == {reason for one in alone for reason in one.reasons}
    assert told["parts"] == {part for one in alone for part in one.parts}
