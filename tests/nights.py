"""Nights on a virtual clock: a high suicide band at 02:10, a first on-call who sleeps through it, and whatever else fails.

The rules are the product's; the store, the mail server and the workers are a few lines, so that thousands of nights fit
into seconds. `tests/usecases/test_nights.py` lives some of them on the real ones.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from uuid import UUID
from zoneinfo import ZoneInfo

from models.alerting import Absence, Climb, Contact, Crew, Delivery, Duty, Failure, Notice
from models.catalogue import ladder
from services import ids
from services.rules import alerting, delivering

NEW_YORK = "America/New_York"
CALL = ladder("call-now", date(2026, 3, 2))
assert CALL is not None
MINUTE = timedelta(minutes=1)
TICK = timedelta(seconds=20)
Rule = Callable[..., Climb]
# The clocks go forward on the first of these nights and back on the second.
DST = (date(2026, 3, 8), date(2026, 11, 1))
EVERY_DAY = tuple(range(7))


@dataclass(frozen=True)
class Night:
    """What fails in a night, in minutes after the notice. `crashes` are the sends after which the worker dies, by count."""

    raised_at: datetime
    crew: Crew
    supervisors: frozenset[str]
    mail_away: tuple[int, int]
    refuses: float
    worker_away: tuple[int, int]
    crashes: frozenset[int]
    seed: int

    @property
    def is_calm(self) -> bool:
        """Whether nothing fails but people: mail and worker are there all night."""
        first, last = self.mail_away
        nobody_away = first == last and self.worker_away[0] == self.worker_away[1]
        return nobody_away and not self.refuses and not self.crashes

    def mail_answers(self, minute: float, chance: Random) -> bool:
        first, last = self.mail_away
        return not first <= minute < last and chance.random() >= self.refuses


@dataclass
class Lived:
    """What a night came to: when anybody's and a supervisor's mailbox first held the mail, every id, workers lost."""

    first_after: timedelta = timedelta.max
    supervisor_after: timedelta = timedelta.max
    ids: list[UUID] = field(default_factory=list)
    crashes: int = 0

    def kept_its_promise(self, night: Night) -> bool:
        """T-SI-H: somebody inside 15 minutes where only people fail, a supervisor inside the hour whatever fails;
        and nothing is sent twice but for a worker that died over it.
        """
        doubled = len(self.ids) - len(set(self.ids))
        prompt = self.first_after <= timedelta(minutes=15) or not night.is_calm
        return prompt and self.supervisor_after <= timedelta(hours=1) and doubled <= self.crashes

    def arrived(self, night: Night, one_id: UUID, address: str, after: timedelta) -> None:
        """Note what a mailbox received."""
        self.ids.append(one_id)
        self.first_after = min(self.first_after, after)
        if address in night.supervisors:
            self.supervisor_after = min(self.supervisor_after, after)


def a_night(chance: Random) -> Night:
    """Draw a night: a date, a roster with holes, covers, a mail server and a worker that go away for a while."""
    day = chance.choice(DST) if chance.random() < 0.3 else date(2026, 1, 1) + timedelta(chance.randrange(365))
    raised = datetime.combine(day, time(2, 10), ZoneInfo(NEW_YORK)).astimezone(UTC)
    crew, supervisors = _crew(chance, raised)
    begins = chance.randrange(40)
    away = chance.choice([0, 0, 5, 15, 30])
    down = chance.choice([0, 0, 0, 3, 10])
    return Night(
        raised_at=raised,
        crew=crew,
        supervisors=supervisors,
        mail_away=(begins, min(begins + away, 45)),
        refuses=chance.choice([0.0, 0.0, 0.1, 0.3]),
        worker_away=(when := chance.randrange(40), when + down),
        crashes=frozenset(chance.sample(range(12), chance.choice([0, 0, 1, 2]))),
        seed=chance.randrange(2**32),
    )


def _crew(chance: Random, raised: datetime) -> tuple[Crew, frozenset[str]]:
    """A supervisor can always be reached, themselves or by a cover; whoever stands before them need not be there."""
    duties = list(_before(chance))
    shift = chance.choice(
        [(time(0), time(0)), (time(17), time(8)), (time(20), time(7, 30)), (time(2), time(6))]
    )
    duties += [_duty(f"supervisor{n}", "supervisor", shift) for n in range(chance.choice([1, 1, 2]))]
    names = [f"supervisor{n}" for n in range(3)] + ["ann", "bob", "cover"]
    absences, supervisors = [], {"supervisor0@clinic.example", "supervisor1@clinic.example"}
    if chance.random() < 0.3:
        absences.append(_absence("supervisor0", "cover", raised))
        supervisors.add("cover@clinic.example")
    if chance.random() < 0.2:
        absences.append(_absence("ann", chance.choice([None, "bob"]), raised))
    reached = [name for name in names if name not in {"ann", "bob"} or chance.random() < 0.8]
    contacts = [
        Contact(
            id=_who("contact", name),
            person_id=_who("person", name),
            channel="email",
            address=f"{name}@clinic.example",
        )
        for name in reached
    ]
    return Crew(zone=NEW_YORK, duties=duties, absences=absences, contacts=contacts), frozenset(supervisors)


def _before(chance: Random) -> Iterator[Duty]:
    if chance.random() < 0.85:
        yield _duty("ann", "on-call", (time(17), time(8)))
    if chance.random() < 0.5:
        yield _duty("bob", "backup", (time(0), time(0)))


def _who(*about: object) -> UUID:
    return ids.named("night", *about)


def _duty(name: str, standby: str, shift: tuple[time, time]) -> Duty:
    since, until = shift
    return Duty(person_id=_who("person", name), standby=standby, weekdays=EVERY_DAY, since=since, until=until)


def _absence(name: str, cover: str | None, raised: datetime) -> Absence:
    return Absence(
        person_id=_who("person", name),
        starts_at=raised - timedelta(hours=5),
        ends_at=raised + timedelta(hours=5),
        cover_id=_who("person", cover) if cover else None,
    )


@dataclass
class Outbox:
    """The store in a few lines: deliveries by id, their attempts, and when to look again."""

    notice: Notice
    deliveries: dict[UUID, Delivery] = field(default_factory=dict)
    attempts: dict[UUID, int] = field(default_factory=dict)
    look_at: datetime | None = None
    rule: Rule = alerting.climb

    def climb(self, crew: Crew, at: datetime) -> None:
        if self.look_at is None or self.look_at > at:
            return
        climb = self.rule(self.notice, CALL, crew, tuple(self.deliveries.values()), at=at)
        for one in climb.deliveries:
            if one.id not in self.deliveries or one.address is None:
                self.deliveries[one.id] = one
        self.look_at = climb.look_at

    def take(self, at: datetime) -> Delivery | None:
        waiting = [one for one in self.deliveries.values() if one.sent_at is None and one.dead_at is None]
        due = [one for one in waiting if one.next_at is not None and one.next_at <= at]
        if not due:
            return None
        taken = min(due, key=lambda one: (self.attempts.get(one.id, 0), one.begun_at, one.rung, one.id))
        self.attempts[taken.id] = self.attempts.get(taken.id, 0) + 1
        self.deliveries[taken.id] = replace(taken, next_at=at + delivering.LEASE)
        return taken

    def sent(self, one: Delivery, at: datetime) -> None:
        self.deliveries[one.id] = replace(self.deliveries[one.id], sent_at=at)

    def failed(self, one: Delivery, at: datetime) -> None:
        next_at = delivering.fails(Failure("away"), self.attempts[one.id], at=at)
        dead_at = at if next_at is None else None
        self.deliveries[one.id] = replace(self.deliveries[one.id], next_at=next_at, dead_at=dead_at)
        if dead_at is not None and self.look_at is not None:
            self.look_at = at


def live(night: Night, *, rule: Rule = alerting.climb) -> Lived:
    """Live a night in which nobody acknowledges anything."""
    lived, chance = Lived(), Random(night.seed)
    notice = Notice(id=_who("notice", night.seed), kind="call-now", raised_at=night.raised_at)
    outbox = Outbox(notice, look_at=night.raised_at, rule=rule)
    at, ends = night.raised_at, night.raised_at + timedelta(hours=2)
    while at < ends:
        minute = (at - night.raised_at) / MINUTE
        if not night.worker_away[0] <= minute < night.worker_away[1]:
            outbox.climb(night.crew, at)
            _send_all(night, outbox, lived, at, chance)
        at += TICK
    return lived


def _send_all(night: Night, outbox: Outbox, lived: Lived, at: datetime, chance: Random) -> None:
    while (one := outbox.take(at)) is not None:
        if not night.mail_answers((at - night.raised_at) / MINUTE, chance):
            outbox.failed(one, at)
            continue
        lived.arrived(night, one.id, str(one.address), at - night.raised_at)
        if len(lived.ids) in night.crashes:
            lived.crashes += 1  # the worker dies between the sending and the note of it
            return
        outbox.sent(one, at)
