"""Whose signature a discharge needs, and what stands against it.

Use alone ends no care: who returns to use is looked at again, not sent away. While a high risk is open the one chosen way
out is the emergency.
"""

from collections.abc import Iterator
from datetime import datetime

from models.criterion import AuthorisationEnding, NoOpenRisk
from models.decision import Finding, Met
from models.definition import Authority
from models.discharge import ENDED, HOSPITAL, LEFT, NO_CONTACT, TRANSFERRED
from services.rules.decisions import guards
from services.rules.sight import Sight
from services.rules.triggers import calls


def authority(sight: Sight, reason: int, sub_reason: str | None) -> tuple[Authority, str]:
    """Return who must sign a discharge, and what speaks against it where that is more than a clinician.

    Source: house defaults (H): a supervisor where nobody could reach the client, and where use alone is the cause.
    """
    if reason == ENDED and is_use_alone(sight):
        return Authority.SUPERVISOR, "A return to use alone is no reason to end care."
    if reason == LEFT and sub_reason == NO_CONTACT:
        return Authority.SUPERVISOR, "A discharge without contact is for a supervisor to decide."
    return Authority.CLINICIAN, ""


def against(sight: Sight, reason: int | None = None, sub_reason: str | None = None) -> tuple[Finding, ...]:
    """Return the guards that stand against a chosen move: against a transfer to a hospital none does while a risk is open.

    Source: a stage is left with an open high risk only to emergency care, Columbia triage guideline; house default (H).
    """
    kept = guards(sight.definition, sight.case, sight.at)
    broken = tuple(one for one in kept if one.met != Met.MET)
    return () if (reason, sub_reason) == (TRANSFERRED, HOSPITAL) and is_at_risk(sight, broken) else broken


def is_at_risk(sight: Sight, broken: tuple[Finding, ...]) -> bool:
    """Tell whether a risk is open, or may be, among the guards that do not hold."""
    return any(isinstance(sight.definition.criterion(one.criterion), NoOpenRisk) for one in broken)


def is_use_alone(sight: Sight) -> bool:
    """Tell whether everything that has called for a look of late is use. That a payer stops paying is no other cause."""
    spared = sight.definition.spared
    if spared is None:
        return False
    late = {trigger for trigger, at in _called(sight) if at > sight.within(spared.within)}
    return bool(late & {*spared.triggers}) and late <= {*spared.triggers, *_of_payers(sight)}


def _called(sight: Sight) -> Iterator[tuple[str, datetime]]:
    """The triggers of this definition that have called, or would call now, and when that was true on which they rest."""
    when = {fact.id: fact.effective_at for fact in sight.case.facts}
    known = {trigger.key for trigger in sight.definition.triggers}
    answered = (one for one in sight.case.answered if one.trigger in known and one.fact_id in when)
    yield from ((one.trigger, when[one.fact_id]) for one in answered)
    yield from ((call.reason.trigger, call.counts_from) for call in calls(sight))


def _of_payers(sight: Sight) -> set[str]:
    triggers = (one for one in sight.definition.triggers if one.criterion)
    return {
        one.key
        for one in triggers
        if isinstance(sight.definition.criterion(one.criterion or ""), AuthorisationEnding)
    }
