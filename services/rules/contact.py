"""Contact: when the client was last in touch, and who decides what follows when nobody has heard of them for long."""

from collections.abc import Iterator
from datetime import datetime

from models.changes import Change
from models.facts import Assessment, Attempt, AttemptOutcome, Attendance, AttendanceStatus, Fact
from models.occurrence import NoContact
from models.people import Role
from services import ids
from services.rules import work
from services.rules.cadence import after
from services.rules.sight import Sight

_WORK = "no-contact"
_SPOKEN_TO = frozenset({AttemptOutcome.REACHED, AttemptOutcome.DECLINED})


def last(sight: Sight) -> datetime | None:
    """Return when the client was last in touch: came to a session, answered an instrument, was spoken to."""
    seen = (
        fact.effective_at for fact in sight.case.facts if fact.effective_at <= sight.at and _is_contact(fact)
    )
    return max(seen, default=None)


def silence(sight: Sight) -> tuple[Change, ...]:
    """Ask the supervisor, once for each silence, whether care has ended; end the question when contact was made."""
    asked = _asked(sight)
    if asked is None:
        return ()
    cause = ids.named(_WORK, sight.case.pathway_id, _since(sight))
    others = [item.cause for item in sight.case.work if item.kind == _WORK and item.cause != cause]
    over = work.closed(sight.case, (_WORK,), "reached", others)
    if _turn(asked, sight) > sight.at or cause in sight.case.settled:
        return over
    return (*over, work.opened(sight.case, _WORK, cause, Role.SUPERVISOR, sight.at))


def turns(sight: Sight) -> Iterator[datetime]:
    """When the silence has lasted too long: time alone then asks."""
    if asked := _asked(sight):
        yield _turn(asked, sight)


def _asked(sight: Sight) -> NoContact | None:
    asked = sight.definition.no_contact
    return asked if asked and sight.stage.key in asked.stages and not sight.case.held else None


def _turn(asked: NoContact, sight: Sight) -> datetime:
    return after(_since(sight), asked.within, sight.case.zone)


def _since(sight: Sight) -> datetime:
    """From when the silence counts: the last contact, or when the client came, came back, or was let run again."""
    return max(filter(None, (last(sight), sight.known.with_us_since, sight.case.resumed_at)))


def _is_contact(fact: Fact) -> bool:
    match fact:
        case Assessment():
            return True
        case Attendance():
            return fact.status == AttendanceStatus.ATTENDED
        case Attempt():
            return fact.outcome in _SPOKEN_TO
        case _:
            return False
