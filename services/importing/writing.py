"""Tell what is known already, and write the rest set by set.

A chunk is written as a whole; only where that fails it is halved until the bad line stands alone, so that one line
never spoils another and a good chunk costs the same few statements whatever its size.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from psycopg.errors import UniqueViolation
from sqlalchemy.exc import DataError, IntegrityError

from services.access import Principal
from services.errors import AlreadyOpen, CareError, Invalid
from services.importing.checking import Entry, checked
from services.importing.desks import Aim, Clients, Desk, Facts, Hand, Pathways
from services.importing.drafts import Draft, Line, Outcome, rejected
from services.store import pathways
from services.store.work import Work


def record(
    work: Work, drafts: Sequence[Draft], *, by: Principal, at: datetime, pathway_id: UUID | None = None
) -> list[Line]:
    """Take in a chunk of drafts, and say what became of each. Facts are about `pathway_id` where one is given.

    Shapes: n drafts in, n lines out.
    Raises: NotFound, if there is no such pathway.
    """
    hand = Hand(work, by, at)
    given = pathways.glimpse(work, pathway_id) if pathway_id else None
    entries, lines = _parted(checked(draft, at=at) for draft in drafts)
    hand.lock(entries, given)
    desks: tuple[Desk, ...] = (Clients(hand), Pathways(hand), Facts(hand, given))
    for desk in desks:
        mine = [entry for entry in entries if isinstance(entry.request, desk.kind)]
        if mine:
            aim = desk.aim(mine)
            aimed, missed = _parted(_aimed(entry, aim) for entry in mine)
            lines += missed + _settled(work, desk, aimed)
    return lines


def _parted(found: Iterable[Entry | Line]) -> tuple[list[Entry], list[Line]]:
    every = list(found)
    return [one for one in every if isinstance(one, Entry)], [one for one in every if isinstance(one, Line)]


def _aimed(entry: Entry, aim: Aim) -> Entry | Line:
    try:
        return aim(entry)
    except Invalid as fault:
        return rejected(entry.draft, fault)


def _settled(work: Work, desk: Desk, entries: Sequence[Entry]) -> list[Line]:
    """Write what is new. A second line for the same thing waits until the first is stored, or refused."""
    lines: list[Line] = []
    while entries:
        known = set(desk.known({key for entry in entries for key in entry.keys}))
        lines += [_duplicate(desk, entry) for entry in entries if entry.keys & known]
        once, again = _firsts([entry for entry in entries if not entry.keys & known])
        lines += _written(work, desk, once)
        entries = again
    return lines


def _firsts(entries: Iterable[Entry]) -> tuple[list[Entry], list[Entry]]:
    """Part entries into the first for each key and those that follow."""
    once: list[Entry] = []
    again: list[Entry] = []
    seen: set[object] = set()
    for entry in entries:
        (again if entry.keys & seen else once).append(entry)
        seen |= entry.keys
    return once, again


def _written(work: Work, desk: Desk, entries: Sequence[Entry]) -> list[Line]:
    if not entries:
        return []
    try:
        with work.connection.begin_nested():
            desk.write(entries)
    except (CareError, IntegrityError, DataError) as refusal:
        if len(entries) == 1:
            return [_refused(desk, entries[0], refusal)]
        half = len(entries) // 2
        return _written(work, desk, entries[:half]) + _written(work, desk, entries[half:])
    return [Line(entry.draft.number, entry.draft.kind, Outcome.ACCEPTED) for entry in entries]


def _refused(desk: Desk, entry: Entry, refusal: Exception) -> Line:
    if isinstance(refusal, AlreadyOpen):
        return _duplicate(desk, entry)
    if isinstance(refusal, IntegrityError) and isinstance(refusal.orig, UniqueViolation):
        return _duplicate(desk, entry)
    if isinstance(refusal, CareError):
        return rejected(entry.draft, refusal)
    return rejected(entry.draft, Invalid("This names something that is not here.", pointer=desk.names))


def _duplicate(desk: Desk, entry: Entry) -> Line:
    return Line(entry.draft.number, entry.draft.kind, Outcome.DUPLICATE, desk.twice)
