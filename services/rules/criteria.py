"""What each kind of criterion comes to on a case: met, not met or unknown, with what was expected and what is there.

Missing or stale evidence is unknown. Removing evidence never turns unknown into met: to remove a charted session is to
leave it unlogged, to remove an answer is to leave the form unfinished.
"""

from collections.abc import Callable
from datetime import datetime
from math import ceil
from typing import Any

from models import criterion as c
from models.case import Case
from models.criterion import Criterion
from models.decision import Finding, Met
from models.definition import PathwayDefinition
from models.facts import Assessment, AttendanceStatus, Event
from models.word import Span
from services.rules import bands, checklist, editions, flags, plans, wording
from services.rules.cadence import after
from services.rules.dosing import expected, underdosed
from services.rules.ending import ending
from services.rules.progress import no_progress
from services.rules.reading import Answer, met, not_met, stale, standing, unknown
from services.rules.recommending import recommended
from services.rules.sight import Sight
from services.rules.worsening import worsened


def find(criterion: Criterion, definition: PathwayDefinition, case: Case, at: datetime) -> Finding:
    """Return how one criterion stands on a case.

    Time:   facts dated after `at` are not seen.
    Source: the finding carries the criterion's own citation.
    """
    return found(criterion, Sight(definition, case, at))


def found(criterion: Criterion, sight: Sight) -> Finding:
    """Return how one criterion stands on a case that is in sight already."""
    expected, read = _KINDS[criterion.kind]
    answer = editions.told(criterion, read(criterion, sight), sight)
    return Finding(
        criterion=criterion.key,
        expected=expected(criterion, sight),
        source=criterion.source,
        **answer._asdict() | {"ask": answer.ask or criterion.ask},
    )


def _assessed(criterion: c.Assessed, sight: Sight) -> Answer:
    newest = next(iter(sight.signed(criterion.instrument)), None)
    if newest is None:
        return unknown("none signed")
    until = newest.effective_at + criterion.fresh_for
    if criterion.whole_days:
        until = _day_after(until, sight)
    return stale(newest, until - newest.effective_at, sight) or met(
        f"signed {wording.on(newest.effective_at, sight)}", (newest,), until=until
    )


def _day_after(moment: datetime, sight: Sight) -> datetime:
    return after(moment, Span(1, "d"), sight.case.zone)


def _attended(criterion: c.Attended, sight: Sight) -> Answer:
    """Sessions nobody charted could have gone either way, so they are counted both ways."""
    planned = expected(criterion.within, sight)
    charted = [one for one in planned if one.status != AttendanceStatus.UNLOGGED]
    if not charted:
        return unknown("no session charted")
    came = sum(one.status == AttendanceStatus.ATTENDED for one in charted)
    open_ = len(planned) - len(charted)
    actual = wording.attended(came, len(planned), open_)
    until = min(one.effective_at for one in planned) + criterion.within
    asked = criterion.share * len(planned) / 100
    say = met if came >= asked else not_met if came + open_ < asked else unknown
    more = _more(criterion.share, came, len(planned)) if say is not_met else ""
    return say(f"{actual}{more}", charted, until=until)


def _more(share: int, came: int, planned: int) -> str:
    """Say how many more sessions attended, and none missed, would bring the share."""
    if share == 100:
        return ""
    return f"; {ceil((share * planned - 100 * came) / (100 - share))} more attended and none missed would do"


def _no_event(criterion: c.NoEvent, sight: Sight) -> Answer:
    window = sight.within(criterion.within)
    events = [one for one in counted(criterion, sight) if one.effective_at > window]
    if events:
        actual = f"{wording.plain(events[0].event)} {wording.on(events[0].effective_at, sight)}"
        return not_met(actual, events, until=events[0].effective_at + criterion.within)
    newest = looked(criterion, sight)
    if newest is None or newest.effective_at <= window:
        return unknown(f"nobody looked in {wording.span(criterion.within)}")
    actual = f"none; looked {wording.on(newest.effective_at, sight)}"
    return met(actual, (newest,), until=newest.effective_at + criterion.within)


def counted(criterion: c.NoEvent, sight: Sight) -> list[Event]:
    """Return what speaks against it, newest first; an unexpected drug test, maybe a medicine, until somebody has asked."""
    asked = next((one.effective_at for one in sight.signed(criterion.explained_by)), None)
    return [
        one
        for one in sight.of_kinds((*criterion.events, *criterion.unexplained))
        if one.event in criterion.events or asked is None or asked < one.effective_at
    ]


def looked(criterion: c.NoEvent, sight: Sight) -> Assessment | None:
    """Return the newest form by which somebody looked."""
    answered = (one for key in criterion.looked for one in sight.assessments(key) if _says_something(one))
    return max(answered, key=lambda one: (one.effective_at, one.id), default=None)


def _says_something(one: Assessment) -> bool:
    return any(answer is not None for answer in one.answers)


def _not_held(_criterion: c.NotHeld, sight: Sight) -> Answer:
    if sight.case.held:
        return Answer(Met.NOT_MET, "on hold", sight.case.holds)
    return met("not on hold")


def _stayed(criterion: c.Stayed, sight: Sight) -> Answer:
    since = sight.known.here_since
    here = f"here since {wording.moment(since, sight)}"
    if sight.at - since >= criterion.at_least:
        return met(here)
    return not_met(here, until=since + criterion.at_least)


def _missed_sessions(criterion: c.MissedSessions, sight: Sight) -> Answer:
    since = sight.within(criterion.within) if criterion.within else sight.case.since
    charted = [
        one
        for one in sight.attendance
        if one.effective_at > max(since, sight.case.since)
        and one.status in (AttendanceStatus.ATTENDED, AttendanceStatus.MISSED)
    ]
    if not charted:
        return unknown("no session charted")
    missed = [one for one in charted if one.status == AttendanceStatus.MISSED]
    row = next((n for n, one in enumerate(charted) if one not in missed), len(charted))
    many = criterion.in_all is not None and len(missed) >= criterion.in_all
    actual = f"{len(missed)} of {len(charted)} missed, the last {row} in a row"
    return standing(row >= criterion.in_a_row or many, actual, missed or charted[:1])


def _worse(criterion: c.Worse, sight: Sight) -> Answer:
    """Totals of the present stay, newest first; the first of the stay is what the latest is held against."""
    totals = [one for one in sight.assessments(criterion.instrument) if one.total is not None]
    totals = [one for one in totals if one.effective_at >= sight.case.since]
    if not totals:
        return unknown("no total in this stay")
    newest, first = totals[0], totals[-1]
    rise = (newest.total or 0) - (first.total or 0)
    actual = f"{newest.total} {wording.on(newest.effective_at, sight)}, {first.total} at first"
    return stale(newest, criterion.fresh_for, sight) or standing(
        rise >= criterion.by, actual, (newest, first), until=newest.effective_at + criterion.fresh_for
    )


_KINDS: dict[str, tuple[Callable[[Any, Sight], str], Callable[[Any, Sight], Answer]]] = {
    "assessed": (wording.assessed, _assessed),
    "recommended": (wording.recommended, recommended),
    "band-is": (wording.band_is, bands.band_is),
    "band-is-not": (wording.band_is_not, bands.band_is_not),
    "settled": (wording.settled, bands.settled),
    "no-open-risk": (wording.no_open_risk, bands.no_open_risk),
    "unfinished": (wording.unfinished, bands.unfinished),
    "attended": (wording.share_attended, _attended),
    "no-event": (wording.no_event, _no_event),
    "goals-met": (wording.goals_met, plans.goals_met),
    "next-step-dated": (wording.next_step_dated, plans.next_step_dated),
    "aftercare-planned": (wording.aftercare_planned, plans.aftercare_planned),
    "no-progress": (wording.no_progress, no_progress),
    "stayed": (wording.stayed, _stayed),
    "not-held": (wording.not_held, _not_held),
    "missed-sessions": (wording.missed_sessions, _missed_sessions),
    "worse": (wording.worse, _worse),
    "worsened": (wording.worsened, worsened),
    "underdosed": (wording.underdosed, underdosed),
    "flagged": (wording.flagged, flags.flagged),
    "newly-flagged": (wording.newly_flagged, flags.newly_flagged),
    "checklist-complete": (wording.checklist_complete, checklist.complete),
    "authorisation-ending": (wording.authorisation_ending, ending),
}
