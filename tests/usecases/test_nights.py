"""Nights on a virtual clock over the real store and a real mail server: somebody was told, whatever failed.

As many as STEPDOWN_NIGHTS says; each has its own program, people, client and failures, drawn from its number.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import count
from random import Random
from uuid import UUID

import pytest
from sqlalchemy import create_engine, text

from models.alerting import Channel, Crew
from models.people import Role
from models.requests import NewClient, NewPathway, NewProgram
from services import alerts, clients, deciding, enrolment, ids, invariants, programs
from services.access import EVERYWHERE, Principal
from services.doors import NewPerson
from services.sending.mail import Post
from services.store import on_call as stored
from services.store.database import Database
from services.store.work import Work
from tests import care, nights
from tests.conftest import VAULT, Cluster
from tests.mailboxes import TAKEN, Mailbox, mail_server
from tests.nights import MINUTE, Lived, Night

NIGHTS = int(os.environ.get("STEPDOWN_NIGHTS", "25"))
BLOCK = 25
"""So many nights share a database: no house has a thousand programs."""
CANARIES = ("Zaunkoenig", "Kanarienvogel", "1987-06-05")
_LOOK = timedelta(seconds=1)
_NEXT = """
SELECT min(due.at) AS at FROM (SELECT look_at AS at FROM alert
    UNION ALL SELECT next_at FROM delivery WHERE sent_at IS NULL AND dead_at IS NULL) due
"""


@dataclass
class Clinic:
    """The store and the mail server of all nights, and the night that is lived now."""

    database: Database
    mailbox: Mailbox
    night: Night
    chance: Random
    lived: Lived
    at: datetime
    numbers: Iterator[int] = field(default_factory=count)

    def answers(self, _address: str) -> str:
        after = self.at - self.night.raised_at
        if not self.night.mail_answers(after / MINUTE, self.chance):
            return "451 come back later"
        return TAKEN

    def look(self) -> None:
        """Do what a messenger does in one look; a worker that dies over a letter leaves it unnoted."""
        with self.database.transaction(EVERYWHERE) as work:
            alerts.climb_due(work, at=self.at)
        post = Post(self.mailbox.url, "stepdown@clinic.example", "https://stepdown.clinic.example")
        while True:
            with self.database.transaction(EVERYWHERE) as work:
                letter = alerts.take(work, Channel.EMAIL, at=self.at)
            if letter is None:
                return
            failure = post.send(letter, self.at)
            if failure is None and self._received(letter.delivery_id, letter.address):
                return
            with self.database.transaction(EVERYWHERE) as work:
                if failure:
                    alerts.failed(work, letter, failure, at=self.at)
                else:
                    alerts.sent(work, letter, at=self.at)

    def next_at(self) -> datetime:
        """Return when something is due next, a moment of the messenger's later at least."""
        with self.database.transaction(EVERYWHERE) as work:
            [row] = work.rows(_NEXT)
        return max(row.at, self.at + _LOOK)

    def awake_at(self, at: datetime) -> datetime:
        """Return the moment at which a worker is there, from this one on."""
        first, last = (self.night.raised_at + minutes * MINUTE for minutes in self.night.worker_away)
        return last if first <= at < last else at

    def _received(self, delivery_id: UUID, address: str) -> bool:
        """Note what stands in the mailbox; tell whether the worker dies now."""
        mail = self.mailbox.received[-1]
        assert mail["Message-ID"] == f"<{delivery_id}@clinic.example>"
        self.lived.arrived(self.night, delivery_id, address, self.at - self.night.raised_at)
        dies = len(self.lived.ids) in self.night.crashes
        self.lived.crashes += dies
        return dies


@pytest.fixture
def database(cluster: Cluster) -> Iterator[Database]:
    """A fresh database that does not wait for its disk: so many commits, and nothing here pulls the plug."""
    addresses = cluster.fresh()
    with create_engine(cluster.administrator(addresses)).begin() as administrator:
        name = administrator.engine.url.database
        administrator.execute(text(f"ALTER DATABASE {name} SET synchronous_commit = off"))
    opened = Database(addresses.app_url, VAULT)
    yield opened
    opened.close()


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    """A mail server of the block's own: with one for all, each block took longer than the one before."""
    with mail_server(Mailbox()) as served:
        yield served


def open_program(clinic: Clinic) -> tuple[UUID, Principal]:
    """Open a program with the crew of the night; return a client's pathway in it and a clinician."""
    at = clinic.night.raised_at - timedelta(hours=1)
    with clinic.database.transaction(EVERYWHERE) as work:
        clinician = care.somebody(work, care.CLINICIAN, at)
        asked = NewProgram(name=f"Program {next(clinic.numbers)}", zone=nights.NEW_YORK)
        program_id = programs.add(work, asked, by=clinician, at=at)
        put_crew(work, clinic.night.crew, program_id, at)
        canary = NewClient(
            given_name="Kanarienvogel",
            family_name="Zaunkoenig",
            birth_date=date(1987, 6, 5),
            program_id=program_id,
        )
        client_id = clients.register(work, canary, by=clinician, at=at)
        entry = NewPathway(client_id=client_id, program_id=program_id)
        return enrolment.enrol(work, entry, by=clinician, at=at), clinician


def put_crew(work: Work, crew: Crew, program_id: UUID, at: datetime) -> None:
    """Store a crew as people of this program."""
    theirs = [one.person_id for one in (*crew.duties, *crew.contacts)]
    whose = {
        one: care.somebody(work, NewPerson(name=str(one), role=Role.SUPERVISOR), at).id
        for one in dict.fromkeys(theirs)
    }
    for duty in crew.duties:
        stored.add_duty(work, ids.new(), program_id, replace(duty, person_id=whose[duty.person_id]))
    for away in crew.absences:
        cover = whose.get(away.cover_id) if away.cover_id else None
        if away.person_id in whose:
            stored.add_absence(
                work, ids.new(), replace(away, person_id=whose[away.person_id], cover_id=cover)
            )
    for one in crew.contacts:
        stored.add_contact(work, replace(one, id=ids.new(), person_id=whose[one.person_id]), "")


def live(clinic: Clinic) -> Lived:
    """Live one night: the band is recorded at 02:10, the engine looks, nobody acknowledges for an hour."""
    pathway_id, clinician = open_program(clinic)
    clinic.at = clinic.night.raised_at
    with clinic.database.transaction(EVERYWHERE) as work:
        care.assess(work, pathway_id, "high-risk", by=clinician, at=clinic.at)
        deciding.advance(work, [pathway_id], actor=care.ENGINE, at=clinic.at)
    clinic.at = clinic.awake_at(clinic.at)
    while clinic.at <= clinic.night.raised_at + timedelta(hours=1):
        clinic.look()
        clinic.at = clinic.awake_at(clinic.next_at())
    with clinic.database.transaction(EVERYWHERE) as work:
        [alert] = [one for one in alerts.listed(work) if one.state == "open"]
        alerts.acknowledge(work, alert.id, by=clinician, at=clinic.at)
        alerts.climb_due(work, at=clinic.at)
    return clinic.lived


@pytest.mark.parametrize("first", range(0, NIGHTS, BLOCK), ids="nights-from-{}".format)
def test_nights_on_the_real_store_and_a_real_mail_server_reach_the_supervisor(
    database: Database, mailbox: Mailbox, first: int
) -> None:
    numbers, late = count(), []
    lived_here = range(first, min(first + BLOCK, NIGHTS))
    for seed in lived_here:
        night = nights.a_night(Random(seed))
        clinic = Clinic(database, mailbox, night, Random(seed), Lived(), night.raised_at, numbers)
        mailbox.answers = clinic.answers
        lived = live(clinic)
        late += [] if lived.kept_its_promise(night) else [(seed, lived.first_after, lived.supervisor_after)]
    assert late == []
    with database.transaction(EVERYWHERE) as work:
        told = [one for one in invariants.check(work, at=clinic.at) if one.invariant in {"I4", "I5"}]
    assert told == []
    assert [canary for canary in CANARIES for raw in mailbox.raw if canary.encode() in raw] == []
    assert len(mailbox.received) >= len(lived_here)
