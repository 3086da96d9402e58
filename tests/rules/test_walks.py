"""What must hold of any pass, and of any walk through whole stays."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models import changes as c
from models.catalogue.pathway_files import definition
from services.rules import advance
from tests.builders import EVENTS, REPORTS, a_case, accepted, on_day, with_facts
from tests.folding import moves, run
from tests.strategies import some_cases, some_facts

SUD = definition("sud-adult")


@given(st.lists(some_cases(), max_size=3))
@settings(max_examples=40)
def test_one_step_is_the_batch_of_one(some):
    assert advance(SUD, some, at=on_day(41)) == [advance(SUD, [case], at=on_day(41))[0] for case in some]


@given(some_cases())
def test_the_engine_alone_moves_nobody(case):
    """Without a signature and without a report, no shipped route moves anyone."""
    assert moves(list(advance(SUD, [case], at=on_day(41))[0].changes)) == []


def _minted(change: c.WorkOpened | c.DecisionMade | c.Moved) -> object:
    match change:
        case c.WorkOpened():
            return change.work_id
        case c.DecisionMade():
            return change.decision_id
    return change.transition_id


@pytest.mark.parametrize(
    ("name", "stage"),
    [("sud-adult", "assessment"), ("sud-adult", "detox"), ("sud-adult", "iop"), ("mh-adult", "op")],
)
@given(
    facts=some_facts(60, 40, (*EVENTS, *REPORTS)), willing=st.lists(st.booleans(), min_size=61, max_size=61)
)
@settings(max_examples=40)
def test_any_walk_keeps_its_shape(name, stage, facts, willing):
    """Day by day, with proposals accepted now and then: the folder refuses whatever the store would refuse."""
    one, seen = definition(name), set()
    case = a_case(stage, definition=one.name)
    for day, yes in enumerate(willing):
        new = [fact for fact in facts if day - 1 < (fact.effective_at - on_day(0)) / timedelta(days=1) <= day]
        case, said = run(with_facts(case, *new), day, one)
        wants = case.standing is not None and case.standing.to_stage and not case.standing.signed
        if yes and wants and case.signature is None and any(item.kind == "sign-off" for item in case.work):
            case, more = run(accepted(case, on_day(day)), day, one)
            said += more
        made = [
            _minted(change) for change in said if isinstance(change, (c.WorkOpened, c.DecisionMade, c.Moved))
        ]
        assert len(set(made)) == len(made)
        assert not seen & set(made), "the same cause never makes two rows"
        seen |= set(made)
        open_kinds = [look.kind for look in case.reassessments]
        assert len(open_kinds) == len({*open_kinds}), "one open look of each kind"
        assert all(look.stage == case.stage for look in case.reassessments)
        waiting = [item for item in case.work if item.kind in {"reassess", "overdue"}]
        assert {item.cause for item in waiting} <= {look.id for look in case.reassessments}
