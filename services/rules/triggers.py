"""What calls for an early look: an event, or a criterion that has come to be met. Each reason calls once, ever."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from models.case import Reason
from models.decision import Met
from models.facts import Authorisation, Event, Fact
from models.occurrence import Trigger
from models.terms import Ask
from services.rules.cadence import Clock, after, deadline_of, earliest
from services.rules.criteria import found
from services.rules.ending import before_end
from services.rules.sight import Sight


class Call(NamedTuple):
    """A trigger with the fact it rests on and its deadline, which may have passed: a late report is told as late.

    What was recorded from `counts_from` on answers it.
    """

    reason: Reason
    fact: Fact
    counts_from: datetime
    since: datetime
    clock: Clock
    parts: tuple[str, ...]
    asks: tuple[Ask, ...]


def calls(sight: Sight) -> tuple[Call, ...]:
    """Return the reasons that nobody has answered yet, in the order of the definition."""
    answered = {(reason.trigger, reason.fact_id) for reason in sight.case.answered}
    return tuple(
        _call(trigger, fact, began, sight)
        for trigger in sight.definition.triggers
        if not trigger.stages or sight.stage.key in trigger.stages
        for fact, began in _grounds(trigger, sight)
        if (trigger.key, fact.id) not in answered
    )


def groundless(sight: Sight) -> frozenset[Reason]:
    """Return the reasons whose fact is gone: it was corrected or retracted, and what stands now has to call anew.

    Who came back was moved by that report, and is looked at whatever becomes of it: that is no trigger.
    """
    there, keys = (
        {fact.id for fact in sight.case.facts},
        {trigger.key for trigger in sight.definition.triggers},
    )
    return frozenset(one for one in sight.case.answered if one.fact_id not in there and one.trigger in keys)


def _call(trigger: Trigger, fact: Fact, began: datetime, sight: Sight) -> Call:
    since = _since(began, sight)
    return Call(
        reason=Reason(trigger=trigger.key, fact_id=fact.id),
        fact=fact,
        counts_from=began,
        since=since,
        clock=_clock(trigger, fact, since, sight),
        parts=trigger.parts or (sight.stage.review.parts if sight.stage.review else ()),
        asks=trigger.besides,
    )


def _clock(trigger: Trigger, fact: Fact, since: datetime, sight: Sight) -> Clock:
    """Its deadline; what rests on an authorisation is looked at so long ahead of its end, if that comes first."""
    clock = deadline_of(since, trigger.deadline, sight.case.zone, sight.case.closed_days)
    if trigger.ahead is None or not isinstance(fact, Authorisation):
        return clock
    return earliest((clock, before_end(fact, trigger.ahead, since, sight)))


def _since(began: datetime, sight: Sight) -> datetime:
    """From when its deadline runs. Nobody could look while the client was elsewhere, or before they came."""
    return max(began, sight.known.with_us_since)


def _is_of_this_walk(event: Event, sight: Sight) -> bool:
    """Whether it happened on this walk, or shortly before it and was not known when the walk began."""
    entered, shortly = sight.known.entered, sight.definition.before_entry.within
    learned_here = event.heard_of > 1 and event.effective_at > entered - shortly
    return event.effective_at >= entered or learned_here


def _grounds(trigger: Trigger, sight: Sight) -> Iterator[tuple[Fact, datetime]]:
    """The events of this walk, in whichever stay; for a criterion that is met the newest fact it rests on. Since when."""
    if trigger.event:
        events = (one for one in sight.of_kinds((trigger.event,)) if _is_of_this_walk(one, sight))
        yield from ((one, one.effective_at) for one in events)
    if trigger.criterion:
        finding = found(sight.definition.criterion(trigger.criterion), sight)
        rests_on = [fact for fact in sight.case.facts if fact.id in finding.evidence]
        if finding.met == Met.MET and rests_on and not _cools_down(trigger, rests_on[-1], sight):
            yield rests_on[-1], finding.since or rests_on[-1].effective_at


def _cools_down(trigger: Trigger, fact: Fact, sight: Sight) -> bool:
    """Whether it has called shortly before, on an older fact: what lasts is not called for again every day."""
    if trigger.cool_down is None:
        return False
    zone, closed = sight.case.zone, sight.case.closed_days
    known = {one.id: one.effective_at for one in sight.case.facts}
    called = [one for one in sight.case.answered if one.trigger == trigger.key and one.fact_id != fact.id]
    moments = filter(None, (one.since or known.get(one.fact_id) for one in called))
    return any(after(moment, trigger.cool_down, zone, closed) > fact.effective_at for moment in moments)
