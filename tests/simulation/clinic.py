"""A clinic in the simulated world: people whose messages are lost, doubled and late; workers, a sequencer, a watcher."""

import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar
from uuid import UUID

from flows import sealing, walking
from models.people import Actor as By
from models.requests import NewDischarge, NewOverride, NewSignOff
from services import deciding, idempotency, ids, reconciling, sign_offs
from services.access import EVERYWHERE, Principal
from services.errors import CareError, Unavailable
from services.store.log_key import LogKey
from services.store.work import Work
from tests import care
from tests.simulation.world import Died, Turns, VirtualClock

T = TypeVar("T")
Act = Callable[[Work, datetime], UUID]
RATINGS = ("needs-iop", "needs-op")
SCREENS = ("phq-9", "c-ssrs", "high-risk")
EVENTS = (
    "return-to-use",
    "ed-visit",
    "overdose",
    "left-against-advice",
    "hospitalised",
    "returned",
    "request",
)


@dataclass
class Message:
    """What somebody wants done, under its key; delivered once, twice, late, or again because nobody answered."""

    key: str
    by: Principal
    act: Act
    left: int

    def is_unanswered(self) -> None:
        """Send it again, whatever became of its other copies: nobody knows whether this one was done."""
        self.left = max(self.left, 1)


@dataclass
class Clinic:
    """Everybody who acts, and what was acknowledged to them."""

    world: Turns
    clock: VirtualClock
    chance: random.Random
    clinicians: Sequence[Principal]
    supervisor: Principal
    pathways: Sequence[UUID]
    signer: LogKey
    mailbox: list[Message] = field(default_factory=list)
    acknowledged: dict[str, UUID] = field(default_factory=dict)
    contradicted: list[str] = field(default_factory=list)
    refused: int = 0
    walks: int = 0

    def now(self) -> datetime:
        """Read one machine's clock, which is never quite that of another."""
        return self.clock.now + timedelta(seconds=self.chance.uniform(-90, 90))

    def intend(self) -> None:
        """Let somebody want something, and send it once or more."""
        one, by = self.chance.choice(self.pathways), self.chance.choice(self.clinicians)
        wish = self.chance.choices(*zip(*_WISHES, strict=True))[0]
        by, act = wish(self, one, by)
        times = self.chance.choices((1, 2, 3), (7, 2, 1))[0]
        self.mailbox.append(Message(f"{len(self.mailbox)}-{ids.new()}", by, act, times))

    def deliver(self) -> None:
        """Deliver any one message that is under way; out of order, and again when no answer came."""
        waiting = [one for one in self.mailbox if one.left > 0]
        if not waiting:
            return self.intend()
        message = self.chance.choice(waiting)
        try:
            done = self._done(message)
        except Died:
            message.is_unanswered()
            raise
        except Unavailable:
            return message.is_unanswered()
        except CareError:
            self.refused += 1
            message.left -= 1
            return None
        message.left -= 1
        if self.acknowledged.setdefault(message.key, done) != done:
            self.contradicted.append(message.key)
        return None

    def _done(self, message: Message) -> UUID:
        at = self.now()
        with self.world.transaction(message.by.scope) as work:
            seen = idempotency.remember(work, message.by, message.key, b"", at=at)
            if seen is not None:
                return UUID(json.loads(seen.body)["id"])
            done = message.act(work, at)
            idempotency.answer(work, message.by, message.key, 201, json.dumps({"id": str(done)}).encode())
        return done

    def walk(self) -> None:
        """Let a worker pass over what is due; through the engine, or while that is away, without it."""
        run = None if self.chance.random() < 0.3 else ids.new()
        by = By(id=deciding.ENGINE_ID, role="engine", via="flow" if run else "worker", run_id=run)
        walking.walk(self.world, at=self.now(), actor=by)
        self.walks += 1

    def sequence(self) -> None:
        """Give entries their places, and sign them."""
        sealing.place(self.world)

    def watch(self) -> None:
        """Look for what was missed."""
        with self.world.transaction(EVERYWHERE) as work:
            reconciling.reconcile(work, actor=care.ENGINE, at=self.now())


def _assess(clinic: Clinic, one: UUID, by: Principal, *, what: Sequence[str]) -> tuple[Principal, Act]:
    chosen, late = clinic.chance.choice(what), timedelta(days=clinic.chance.choice((0, 0, 0, 1, 9)))
    return by, lambda work, at: care.assess(work, one, chosen, by=by, at=at, effective_at=at - late)


def _attend(clinic: Clinic, one: UUID, by: Principal) -> tuple[Principal, Act]:
    status = clinic.chance.choice(("attended", "attended", "missed"))
    return by, lambda work, at: care.attend(work, one, by=by, at=at, status=status)


def _report(clinic: Clinic, one: UUID, by: Principal) -> tuple[Principal, Act]:
    kind, late = clinic.chance.choice(EVENTS), timedelta(hours=clinic.chance.choice((0, 0, 5, 200)))
    return by, lambda work, at: care.report(work, one, kind, by=by, at=at, effective_at=at - late)


def _plan(_clinic: Clinic, one: UUID, by: Principal) -> tuple[Principal, Act]:
    return by, lambda work, at: care.plan(work, one, by=by, at=at)


def _sign(clinic: Clinic, one: UUID, by: Principal) -> tuple[Principal, Act]:
    verdict, days = clinic.chance.choice(("accept", "accept", "decline")), clinic.chance.choice((0, 0, 3))

    def act(work: Work, at: datetime) -> UUID:
        row = work.first("SELECT decision_id FROM pathway WHERE id = :id", id=one)
        starts_at = at + timedelta(days=days) if days and verdict == "accept" else None
        asked = NewSignOff(verdict=verdict, starts_at=starts_at, reason="as discussed")
        return sign_offs.sign(
            work, row.decision_id if row and row.decision_id else ids.new(), asked, by=by, at=at
        )

    return by, act


def _override(clinic: Clinic, one: UUID, _by: Principal) -> tuple[Principal, Act]:
    asked = NewOverride(to_stage=clinic.chance.choice(("iop", "op", "aftercare")), reason="wishes it")
    return clinic.supervisor, lambda work, at: sign_offs.override(
        work, one, asked, by=clinic.supervisor, at=at
    )


def _discharge(_clinic: Clinic, one: UUID, by: Principal) -> tuple[Principal, Act]:
    asked = NewDischarge(reason=7, note="moves away")
    return by, lambda work, at: sign_offs.discharge(work, one, asked, by=by, at=at)


def _correct(clinic: Clinic, one: UUID, by: Principal) -> tuple[Principal, Act]:
    """Retract whatever stands at some place among the facts, or say that it was earlier."""
    place, earlier = clinic.chance.random(), timedelta(days=clinic.chance.choice((0, 0, 1, 9)))

    def act(work: Work, at: datetime) -> UUID:
        found = work.rows(_STANDING, id=one)
        if not found:
            return care.correct(work, ids.new(), by=by, at=at)
        fact = found[int(place * len(found))]
        said = {"effective_at": fact.effective_at - earlier} if earlier else {}
        return care.correct(work, fact.id, by=by, at=at, **said)

    return by, act


_STANDING = """
SELECT f.id, f.effective_at FROM fact f WHERE f.pathway_id = :id AND f.kind <> 'retraction'
AND NOT EXISTS (SELECT FROM fact c WHERE c.corrects = f.id) ORDER BY f.pathway_version
"""


def _hold(_clinic: Clinic, one: UUID, by: Principal) -> tuple[Principal, Act]:
    return by, lambda work, at: care.hold(work, one, by=by, at=at)


def _resume(_clinic: Clinic, one: UUID, by: Principal) -> tuple[Principal, Act]:
    def act(work: Work, at: datetime) -> UUID:
        care.resume(work, one, by=by, at=at)
        return one

    return by, act


_WISHES: tuple[tuple[Callable[[Clinic, UUID, Principal], tuple[Principal, Act]], int], ...] = (
    (partial(_assess, what=RATINGS), 6),
    (partial(_assess, what=SCREENS), 6),
    (_attend, 4),
    (_report, 3),
    (_plan, 2),
    (_sign, 8),
    (_override, 1),
    (_correct, 2),
    (_hold, 1),
    (_resume, 2),
    (_discharge, 1),
)
