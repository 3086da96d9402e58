"""`stepdown up --demo N`: invented clients, carried over the past months by the real use cases and the real engine.

Nothing is painted on. The installation says that it is a demo before it says anything else.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.progress import Progress

from flows import walking
from models.alerting import Channel
from models.requests import NewContact, NewDuty, NewProgram
from services import clock, doors, health, on_call, programs
from services.access import EVERYWHERE, Principal
from services.cli.installation import Installation
from services.cli.keeping import OPERATOR
from services.cli.processes import Say
from services.cli.virtual_days import ENGINE, VIA, Story, Walk, live
from services.errors import CareError
from services.population.days import ZONE, HalfDay, half_days, last_workday, moment
from services.population.people import invent
from services.population.staff import ON_CALL, address, staff
from services.store import doors as stored_doors
from services.store import installation, ledger
from services.store.database import Database
from services.store.work import Work

SEED = "stepdown"
DAYS = 150
CRISIS_LINE = "555 0100, day and night"
_TOLD_EVERY = 15


@dataclass(frozen=True)
class Made:
    """What an installation notes about its demo: on which day it ends, how many clients, up to when it has come."""

    today: date
    count: int
    days: int = DAYS
    seed: str = SEED
    lived: datetime | None = None

    @property
    def ends(self) -> datetime:
        """The first moment of the day the story ends with."""
        return moment(self.today, datetime.min.time())

    @property
    def is_whole(self) -> bool:
        """Whether the whole story is lived."""
        return self.lived is not None and self.lived >= self.ends

    def left(self) -> list[HalfDay]:
        """Return the half-days that are still to be lived."""
        return [one for one in half_days(self.today, self.days) if self.lived is None or one.at > self.lived]

    def write_down(self, work: Work, at: datetime) -> None:
        """Note how far the story has come."""
        lived = replace(self, lived=at)
        said = (lived.today.isoformat(), str(lived.count), str(lived.days), lived.seed, at.isoformat())
        installation.note(work, health.DEMO, " ".join(said), at=at)

    @classmethod
    def read(cls, note: str) -> "Made":
        """Return what a note says."""
        today, count, days, seed, lived = note.split(" ")
        return cls(date.fromisoformat(today), int(count), int(days), seed, datetime.fromisoformat(lived))


def make_demo(house: Installation, count: int, say: Say) -> None:
    """Make invented clients; a demo that is there already only catches up.

    Raises: CareError, if the installation holds other clients.
    """
    from flows.care_pathway import call_in_process

    def through_prefect(at: datetime) -> object:
        return call_in_process("demo", at=at)

    today = clock.now().astimezone(ZoneInfo(ZONE)).date()
    if tell(house.database, Made(today, count), say, last_day=through_prefect):
        return
    say("Demo: this folder holds it already; catching up.")
    call_in_process("demo")


def tell(
    database: Database, new: Made, say: Say, *, walk: Walk | None = None, last_day: Walk | None = None
) -> bool:
    """Live a demo's story, or the rest of it; from its last working day on with an engine of its own.

    `walk` is how the engine walks on the days before; plainly, where nothing is given.
    Returns whether anything was left to live. Raises: CareError, if the installation holds other clients.
    """
    with database.transaction(EVERYWHERE) as work:
        made = _begin(work, new)
        people = invent(made.seed, made.today, made.count, made.days)
        story = Story(database, people, principals(work), made.days)
        story.recall(work)
    if made.is_whole:
        return False
    plainly = walk or (lambda at: walking.walk(database, at=at, actor=ENGINE))
    _live_on(story, made, say, plainly, last_day or plainly)
    say(f"Demo: {made.count} invented clients, {made.days} days lived.")
    return True


def _live_on(story: Story, made: Made, say: Say, plainly: Walk, at_last: Walk) -> None:
    last = last_workday(made.today)
    with _progress(say, made) as lived:
        for half in made.left():
            live(story, half, at_last if half.date >= last else plainly, write_down=made.write_down)
            lived(half)
    at_last(made.ends)
    with story.database.transaction(EVERYWHERE) as work:
        made.write_down(work, made.ends)


def _begin(work: Work, new: Made) -> Made:
    """Mark the installation as a demo before anything else is written; an interrupted one goes on as it was begun."""
    noted = installation.notes(work).get(health.DEMO)
    if noted is not None:
        return Made.read(noted.value)
    if not installation.is_empty(work):
        raise CareError("This folder holds other clients. Choose another one for the demo: --data DIR.")
    at = next(half_days(new.today, new.days)).at - timedelta(hours=4)
    _mark(work, new, at)
    # Later than the mark: the log places entries by when they were recorded.
    _open_clinic(work, new, at + timedelta(hours=1))
    new.write_down(work, at)
    return new


def _mark(work: Work, new: Made, at: datetime) -> None:
    ledger.installation_entry(
        work,
        "installation.demo",
        actor=OPERATOR.actor(VIA),
        at=at,
        seed=new.seed,
        clients=new.count,
        on=new.today,
    )


def _open_clinic(work: Work, new: Made, at: datetime) -> None:
    if not programs.listed(work):
        programs.add(
            work,
            NewProgram(name="Main program", zone=ZONE, crisis_line=CRISIS_LINE),
            by=OPERATOR,
            at=at,
            via=VIA,
        )
    people = {person.name: doors.add(work, person, at=at) for person in staff(new.today)}
    _man_the_night(work, people, at)


def _man_the_night(work: Work, people: Mapping[str, UUID], at: datetime) -> None:
    """Put the staff on call, each with a mail address."""
    hand: dict[str, Any] = {"by": OPERATOR, "at": at, "via": VIA}
    for name, standby, (since, until) in ON_CALL:
        told = {"standby": standby, "days": on_call.DAYS, "since": since, "until": until}
        on_call.add_duty(work, NewDuty.model_validate({"person_id": people[name], **told}), **hand)
    for name in dict.fromkeys(name for name, *_ in ON_CALL):
        reached = NewContact(person_id=people[name], channel=Channel.EMAIL, address=address(name))
        on_call.add_contact(work, reached, **hand)


def principals(work: Work) -> dict[str, Principal]:
    """Return everybody who works here, by name."""
    found = [stored_doors.person(work, one.id) for one in doors.listed(work)]
    return {row.name: doors.principal(row) for row in found if row is not None}


@contextmanager
def _progress(say: Say, made: Made) -> Iterator[Callable[[HalfDay], None]]:
    """Show how far the story has come: a bar in a terminal, a line now and then elsewhere."""
    console = Console()

    def line(half: HalfDay) -> None:
        if half.day % _TOLD_EVERY == 0 and not half.afternoon:
            say(f"Demo: day {half.day + 1} of {made.days} of {made.count} invented clients")

    if not console.is_terminal:
        yield line
        return
    with Progress(console=console, transient=True) as bar:
        task = bar.add_task(f"Living {made.days} days of {made.count} invented clients", total=made.days * 2)
        yield lambda half: bar.update(task, completed=half.day * 2 + 1 + half.afternoon)
