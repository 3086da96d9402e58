"""What has happened moves the client however late it is told; what lies before the walk is its history."""

import pytest

from models import changes as c
from models.case import Case, Stay
from tests.builders import a_case, accepted, an_event, on_day, ready_to_step_down, with_facts
from tests.folding import moves, run


def stepped_down(day: float = 10) -> Case:
    """A client who came to IOP on day 0 and stepped down to OP."""
    before = (Stay(stage="iop", started_at=on_day(0), ended_at=on_day(day), ended_by="step_down"),)
    return run(a_case("op", since=day, before=before), day)[0]


def told(said: list[c.Change]) -> tuple[list[tuple[str, str, str]], int]:
    """The moves, and how many reviews were opened."""
    opened = [one for one in said if isinstance(one, c.WorkOpened) and one.kind == "review"]
    return moves(said), len(opened)


@pytest.mark.parametrize(
    ("event", "to"), [("hospitalised", "away"), ("left-against-advice", "discharged"), ("died", "discharged")]
)
def test_a_report_of_before_this_stay_moves_the_client_where_the_stay_began(event, to):
    case, said = run(with_facts(stepped_down(), an_event(event, 5, known=9)), 12)
    assert told(said) == ([("op", to, "reported")], 1)
    (move,) = (one for one in said if isinstance(one, c.Moved))
    assert move.effective_at == on_day(10)
    assert run(case, 13)[1] == []


@pytest.mark.parametrize("event", ["hospitalised", "left-against-advice", "died", "admitted-elsewhere"])
def test_a_report_of_the_minute_before_the_walk_moves_the_client(event):
    said = run(with_facts(a_case("iop"), an_event(event, -0.0004, known=2)), 1)[1]
    assert len(told(said)[0]) == 1


@pytest.mark.parametrize(("day", "known"), [(-0.5, 1), (-1.5, 2), (-90, 7)])
@pytest.mark.parametrize("event", ["hospitalised", "left-against-advice", "admitted-elsewhere"])
def test_what_lies_before_the_walk_is_reviewed_once_and_moves_nobody(event, day, known):
    case, said = run(with_facts(a_case("iop"), an_event(event, day, known=known)), 1)
    assert told(said) == ([], 1)
    assert told(run(case, 2)[1]) == ([], 0)


def test_nobody_comes_after_their_death():
    said = run(with_facts(a_case("iop"), an_event("died", -90)), 1)[1]
    assert told(said) == ([("iop", "discharged", "reported")], 1)


def test_who_leaves_one_program_is_reviewed_in_the_other():
    case, said = run(with_facts(a_case("iop"), an_event("left-against-advice", 1, known=5, shared=True)), 1)
    assert told(said) == ([], 1)
    assert case.stage == "iop"


@pytest.mark.parametrize("event", ["died", "hospitalised", "incarcerated", "admitted-elsewhere"])
def test_what_happens_to_the_client_moves_every_walk(event):
    said = run(with_facts(a_case("iop"), an_event(event, 1, known=5, shared=True)), 1)[1]
    assert len(told(said)[0]) == 1


def test_what_was_accepted_is_proposed_anew_to_who_comes_back():
    case, _ = run(a_case("iop", *ready_to_step_down()), 28)
    case, _ = run(with_facts(accepted(case, on_day(28), on_day(35)), an_event("hospitalised", 28.1)), 28.1)
    assert (case.signature, case.stage) == (None, "away")
    assert case.standing
    assert case.standing.withdrawn
