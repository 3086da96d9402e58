"""The morning letter: who is told of which looks, on which days, and that no morning has two."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from models.alerting import Absence, Channel, Contact, Crew
from models.catalogue import morning
from models.reminding import Concerned, OpenLook, Outlook, Reminder, Telling, Waiting
from services import ids
from services.rules.cadence import day_of
from services.rules.reminding import is_morning, reminders

MORNING = morning()
AT = datetime(2026, 3, 3, 13, 0, tzinfo=UTC)
"""Tuesday, 08:00 in New York."""
DAY = timedelta(days=1)
NEW_YORK = "America/New_York"


def who(name: str) -> UUID:
    return ids.named("person", name)


def contact(name: str, channel: Channel = Channel.EMAIL) -> Contact:
    return Contact(
        id=ids.named("contact", name, channel), person_id=who(name), channel=channel, address=f"{name}@x"
    )


REACHED = tuple(contact(name) for name in ("noor", "mo", "sam"))
PROGRAM = Outlook(
    program_id=ids.named("program"), crew=Crew(zone=NEW_YORK, contacts=REACHED), supervisors=(who("mo"),)
)


def look(owner: str | None, due: timedelta, late: timedelta | None = None) -> OpenLook:
    """An open look in a caseload, due so long from now; late a day after unless said otherwise."""
    return OpenLook(
        owner_id=who(owner) if owner else None,
        due_at=AT + due,
        late_at=AT + (due + DAY if late is None else late),
    )


def told(*looks: OpenLook, at: datetime = AT, program: Outlook = PROGRAM) -> dict[str, tuple[int, int, int]]:
    """Return to which address how many soon, due and overdue looks are told."""
    address = {one.id: one.address for one in program.crew.contacts}
    letters = reminders(MORNING, replace(program, looks=looks), at=at)
    return {address[one.contact_id]: (one.soon, one.today, one.overdue) for one in letters}


def test_the_table_of_states() -> None:
    rows = (
        ("in four days: nobody", look("noor", 4 * DAY), {}),
        ("in three days: who keeps the caseload", look("noor", 3 * DAY), {"noor@x": (1, 0, 0)}),
        ("today: who keeps the caseload", look("noor", timedelta(hours=2)), {"noor@x": (0, 1, 0)}),
        ("yesterday, in grace: the same", look("noor", -DAY, DAY), {"noor@x": (0, 1, 0)}),
        ("late: the supervisor too", look("noor", -DAY, 0 * DAY), {"noor@x": (0, 0, 1), "mo@x": (0, 0, 1)}),
        ("in nobody's caseload: the supervisor", look(None, timedelta(hours=2)), {"mo@x": (0, 1, 0)}),
        ("late in nobody's caseload: the supervisor once", look(None, -2 * DAY), {"mo@x": (0, 0, 1)}),
        ("who has no address is told nothing", look("nobody", timedelta(hours=2)), {}),
    )
    for said, one, letters in rows:
        assert told(one) == letters, said


def test_one_letter_counts_the_whole_caseload() -> None:
    mine = (look("noor", DAY), look("noor", 2 * DAY), look("noor", -3 * DAY), look("sam", timedelta(hours=1)))
    assert told(*mine) == {"noor@x": (2, 0, 1), "mo@x": (0, 0, 1), "sam@x": (0, 1, 0)}


def test_whoever_covers_is_told_in_place_of_the_absent() -> None:
    away = Absence(person_id=who("noor"), starts_at=AT - DAY, ends_at=AT + DAY, cover_id=who("sam"))
    crew = Crew(zone=NEW_YORK, contacts=REACHED, absences=(away,))
    assert told(look("noor", DAY), program=replace(PROGRAM, crew=crew)) == {"sam@x": (1, 0, 0)}
    uncovered = replace(crew, absences=(replace(away, cover_id=None),))
    assert told(look("noor", DAY), program=replace(PROGRAM, crew=uncovered)) == {}


def test_a_pager_is_left_alone_and_each_mailbox_has_its_letter() -> None:
    second = replace(contact("noor"), id=ids.named("second"), address="noor@home")
    crew = Crew(zone=NEW_YORK, contacts=(contact("noor", Channel.WEBHOOK), contact("noor"), second))
    letters = reminders(MORNING, replace(PROGRAM, crew=crew, looks=[look("noor", DAY)]), at=AT)
    assert [one.contact_id for one in letters] == [contact("noor").id, second.id]
    assert len({one.id for one in letters}) == 2


def test_a_letter_says_whose_it_is_and_of_which_day() -> None:
    late_in_the_day = datetime(2026, 3, 4, 4, 30, tzinfo=UTC)
    noor = contact("noor")
    assert reminders(MORNING, replace(PROGRAM, looks=[look("noor", DAY)]), at=late_in_the_day) == (
        Reminder(
            id=ids.named("reminder", PROGRAM.program_id, "2026-03-03", noor.id),
            program_id=PROGRAM.program_id,
            contact_id=noor.id,
            day=date(2026, 3, 3),
            soon=1,
            today=0,
            overdue=0,
            next_at=late_in_the_day,
        ),
    )


def test_a_site_may_tell_others_and_leave_states_out() -> None:
    to_all = Telling(to=(Concerned.SUPERVISOR, Concerned.OWNER), source="a site")
    theirs = MORNING.model_copy(update={"tells": {"soon": to_all}})
    looks = [look("noor", DAY), look("noor", timedelta(hours=1)), look("mo", DAY)]
    letters = reminders(theirs, replace(PROGRAM, looks=looks), at=AT)
    assert {one.contact_id: one.soon for one in letters} == {contact("mo").id: 2, contact("noor").id: 1}
    assert all(one.today == one.overdue == 0 for one in letters)


def begins(at: datetime, zone: str = NEW_YORK, closed: bool | None = None, *holidays: date) -> bool:
    program = Waiting(program_id=PROGRAM.program_id, zone=zone, closed=closed)
    return is_morning(MORNING, program, holidays, at=at)


def test_the_table_of_mornings() -> None:
    day = date(2026, 3, 3)
    rows = (
        ("eight o'clock on a Tuesday", begins(AT), True),
        ("a second before", begins(AT - timedelta(seconds=1)), False),
        ("the evening, after an outage", begins(AT + timedelta(hours=14)), True),
        ("the next midnight", begins(AT + timedelta(hours=16)), False),
        ("a Friday", begins(AT + 3 * DAY), True),
        ("a Saturday", begins(AT + 4 * DAY), False),
        ("a Sunday", begins(AT + 5 * DAY), False),
        ("eight in New York is five in Los Angeles", begins(AT, "America/Los_Angeles"), False),
        ("a public holiday", begins(AT, NEW_YORK, None, day), False),
        ("a holiday on which it is open", begins(AT, NEW_YORK, False, day), True),
        ("a day on which it is closed", begins(AT, NEW_YORK, True), False),
        ("a Saturday that is called open is no business day", begins(AT + 4 * DAY, NEW_YORK, False), False),
    )
    for said, found, expected in rows:
        assert found is expected, said


@given(
    st.dates(date(2026, 1, 1), date(2028, 12, 31)),
    st.sampled_from([NEW_YORK, "Pacific/Apia", "Europe/Berlin", "Australia/Lord_Howe"]),
)
def test_once_it_is_morning_it_stays_so_until_midnight(day: date, zone: str) -> None:
    """However late a worker comes back on that day, its letters are written, also where the clocks change."""
    hours = [datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(hours=n) for n in range(-14, 40)]
    found = [begins(at, zone) for at in hours if day_of(at, zone) == day]
    assert found == sorted(found)
    assert any(found) == (day.weekday() < 5)
