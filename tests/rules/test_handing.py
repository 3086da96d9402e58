"""Handing over: the sender answers until the receiver does, whatever else happens; and what a consent covers."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import changes as c
from models.case import HandOff
from models.catalogue.pathway_files import definition
from models.consent import Consent, ConsentKind
from services import ids
from services.rules import advance
from services.rules.consenting import covering, is_active
from services.rules.handing import taken_over
from tests.builders import a_case, an_event, on_day, ratings, with_facts
from tests.folding import kinds, run, work
from tests.strategies import some_cases

SUD = definition("sud-adult")
NORTH, WEST, KIT = ids.named("north"), ids.named("west"), ids.named("kit")


def _handed(case, *, accepted: bool = True, day: float = 5):
    open_ = HandOff(
        id=ids.named("hand-off"),
        to_program_id=NORTH,
        owner_id=KIT if accepted else None,
        starts_at=on_day(day),
    )
    return replace(case, hand_off=open_)


def test_an_accepted_client_is_taken_over_on_the_day_and_no_sooner():
    case, said = run(_handed(a_case("op", ratings("op", 0))), 4.9)
    assert kinds(said, c.TakenOver) == []
    assert advance(SUD, [case], at=on_day(4.9))[0].wake_at <= on_day(5)
    case, said = run(case, 5)
    [taken] = kinds(said, c.TakenOver)
    assert (taken.program_id, taken.owner_id) == (NORTH, KIT)
    assert kinds(said, c.Moved) == []
    assert [one.due_at - on_day(5) < timedelta(days=7) for one in work(said, "first-visit")] == [True]
    assert kinds(run(case, 20)[1], c.TakenOver) == []


def test_what_nobody_has_accepted_changes_nothing():
    _, said = run(_handed(a_case("op", ratings("op", 0)), accepted=False), 20)
    assert kinds(said, c.TakenOver, c.HandOffRevoked) == []


def test_a_walk_that_ends_revokes_it_and_one_that_goes_elsewhere_does_not():
    for event, revoked in (("died", 1), ("left-against-advice", 1), ("hospitalised", 0)):
        case, said = run(with_facts(_handed(a_case("op", ratings("op", 0))), an_event(event, 2)), 2)
        assert len(kinds(said, c.HandOffRevoked)) == revoked
        assert (case.hand_off is None) == bool(revoked)


@given(some_cases(), st.integers(0, 20), st.integers(0, 40), st.booleans())
def test_nobody_answers_for_a_client_twice_or_not_at_all(case, starts, day, accepted):
    """One change of responsibility at most, none before its day, and none without an acceptance."""
    said = advance(SUD, [_handed(case, accepted=accepted, day=starts)], at=on_day(day))[0].changes
    taken = kinds(list(said), c.TakenOver)
    ended = any(isinstance(one, c.Moved) and one.ends for one in said)
    assert len(taken) == (1 if accepted and starts <= day and not ended else 0)
    assert len(kinds(list(said), c.HandOffRevoked)) == int(ended)


def _consent(kind: str = "single-tpo", program=None, signed=0, expires=None, revoked=None) -> Consent:
    def day(number):
        return None if number is None else on_day(number).date()

    return Consent(
        id=ids.named("consent", kind, str(program), signed),
        kind=ConsentKind(kind),
        program_id=program,
        signed_on=day(signed),
        expires_on=day(expires),
        revoked_on=day(revoked),
    )


@pytest.mark.parametrize(
    ("consent", "active"),
    [
        (_consent(signed=5), True),
        (_consent(signed=6), False),
        (_consent(expires=5), True),
        (_consent(expires=4), False),
        (_consent(revoked=5), False),
        (_consent(revoked=6), True),
    ],
)
def test_a_consent_holds_from_its_signature_until_it_expires_or_is_revoked(consent, active):
    assert is_active(consent, on_day(5).date()) is active


def test_a_specific_consent_covers_whom_it_names_and_the_named_one_is_used_first():
    every, north = _consent(signed=4), _consent("specific", NORTH, signed=1)
    on = on_day(5).date()
    assert covering([every, north], NORTH, on) == north
    assert covering([every, north], WEST, on) == every
    assert covering([north], WEST, on) is None
    assert covering([_consent("specific")], NORTH, on) is None
    assert covering([], NORTH, on) is None


def test_a_consent_that_is_not_in_force_lets_us_tell_nobody():
    on = on_day(5).date()
    told = {"kind": ConsentKind.SINGLE_TPO, "program_id": NORTH}
    day = {number: on_day(number).date() for number in (0, 4, 5, 6)}
    later, expired, revoked, good = (
        Consent(id=ids.named("consent", n), signed_on=signed, expires_on=expires, revoked_on=gone, **told)
        for n, (signed, expires, gone) in enumerate(
            ((day[6], None, None), (day[0], day[4], None), (day[0], None, day[5]), (day[0], day[5], day[6]))
        )
    )
    assert covering([later, expired, revoked], NORTH, on) is None
    assert covering([later, expired, revoked, good], NORTH, on) == good


def test_the_first_visit_is_the_coordinators_and_only_where_the_definition_asks_for_it():
    case = _handed(a_case("op"))
    [_, visit] = taken_over(SUD, case, on_day(5))
    assert isinstance(visit, c.WorkOpened)
    assert (visit.kind, visit.for_role) == ("first-visit", "coordinator")
    [taken] = taken_over(SUD.model_copy(update={"hand_off": None}), case, on_day(5))
    assert isinstance(taken, c.TakenOver)
