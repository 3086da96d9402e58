"""What reading a criterion gives: how it stands, on what, and until when that holds by itself."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from models.decision import Met
from models.facts import Assessment, Fact, Plan
from services.rules import wording
from services.rules.sight import Sight


class Answer(NamedTuple):
    """A finding without its criterion. `ask` where what is missing is something else than the criterion asks for."""

    met: Met
    actual: str
    evidence: tuple[UUID, ...] = ()
    until: datetime | None = None
    ask: str = ""
    since: datetime | None = None


def met(
    actual: str,
    evidence: Sequence[Fact] = (),
    *,
    until: datetime | None = None,
    since: datetime | None = None,
) -> Answer:
    """Say that it is so."""
    return Answer(Met.MET, actual, _ids(evidence), until, since=since)


def not_met(actual: str, evidence: Sequence[Fact] = (), *, until: datetime | None = None) -> Answer:
    """Say that it is not so."""
    return Answer(Met.NOT_MET, actual, _ids(evidence), until)


def unknown(actual: str, evidence: Sequence[Fact] = (), *, until: datetime | None = None) -> Answer:
    """Say that nobody can tell."""
    return Answer(Met.UNKNOWN, actual, _ids(evidence), until)


def standing(
    holds: bool, actual: str, evidence: Sequence[Fact] = (), *, until: datetime | None = None
) -> Answer:
    """Say whether it is so, where the evidence is there."""
    return (met if holds else not_met)(actual, evidence, until=until)


def both(standings: Iterable[Met]) -> Met:
    """Join standings: not met if any is, else unknown if any is, else met."""
    seen = set(standings)
    return next((met for met in (Met.NOT_MET, Met.UNKNOWN) if met in seen), Met.MET)


def stale(fact: Assessment | Plan, fresh_for: timedelta, sight: Sight) -> Answer | None:
    """Return unknown if the evidence is too old to speak, else nothing."""
    if fact.effective_at + fresh_for > sight.at:
        return None
    return unknown(f"none since {wording.moment(fact.effective_at, sight)}", (fact,))


def _ids(evidence: Sequence[Fact]) -> tuple[UUID, ...]:
    return tuple(fact.id for fact in evidence)
