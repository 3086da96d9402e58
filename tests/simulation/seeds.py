"""One seed is one world: who acts when, what is lost, doubled, late or killed. The same seed is the same world again.

.venv/bin/python -m tests.simulation.seeds --seed 17            # replay one, and say what broke
.venv/bin/python -m tests.simulation.seeds --seeds 100000       # a campaign
"""

import argparse
import hashlib
import json
import random
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch
from uuid import UUID

from sqlalchemy import Connection

from flows import sealing, walking
from models.oracle import Breach
from services import auditing, invariants, replaying
from services.access import EVERYWHERE, Principal
from services.store.database import Database
from services.store.log_key import LogKey, log_key
from services.store.work import Work
from tests import care
from tests.conftest import VAULT, Cluster, start
from tests.simulation.clinic import Clinic
from tests.simulation.world import Actor, Faults, Turns, VirtualClock

BEGINS = datetime(2026, 3, 2, 17, tzinfo=UTC)
STEPS = 20
"""Turns in one world; a longer campaign gives more."""
_COMMITMENT = re.compile(rb'"commitment":"[0-9a-f]+"')
"""Salted, so that it differs from world to world on purpose."""


@dataclass(frozen=True)
class Town:
    """What every world begins with: a connection, people, clients at their stages, and the log's key."""

    connection: Connection
    clinicians: tuple[Principal, ...]
    supervisor: Principal
    pathways: tuple[UUID, ...]
    signer: LogKey


@dataclass(frozen=True)
class Ended:
    """How a world ended. `trace` is the digest of everything that its audit tells, in order."""

    seed: int
    breaches: tuple[Breach, ...]
    figures: Counter[str]
    trace: str


@contextmanager
def town(database: Database, folder: Path) -> Iterator[Town]:
    """Prepare what all worlds share, in a transaction that is never committed."""
    with database.engine.connect() as connection, connection.begin() as forever:
        yield _peopled(connection, log_key(folder / "key"))
        forever.rollback()


def _peopled(connection: Connection, signer: LogKey) -> Town:
    work = Work(connection, EVERYWHERE, VAULT)
    with _ids_by(random.Random(0)):
        clinicians = tuple(care.somebody(work, care.CLINICIAN, BEGINS) for _ in range(2))
        supervisor = care.somebody(work, care.SUPERVISOR, BEGINS)
        return Town(connection, clinicians, supervisor, _clients(work, clinicians[0]), signer)


def _ids_by(chance: random.Random) -> AbstractContextManager[object]:
    return patch("services.ids.uuid4", lambda: UUID(int=chance.getrandbits(128), version=4))


def _clients(work: Work, by: Principal) -> tuple[UUID, ...]:
    """One at assessment, one in IOP, one who walks two pathways."""
    new = care.a_pathway(work, by, BEGINS)
    treated = care.in_iop(work, by, BEGINS)
    both = care.a_client(work, by, BEGINS)
    walks = (
        care.a_pathway(work, by, BEGINS, client_id=both, definition=name)
        for name in ("sud-adult", "mh-adult")
    )
    return (new, treated, *walks)


def live(town: Town, seed: int, *, steps: int = STEPS, faults: Faults | None = None) -> Ended:
    """Let one world run, come to rest, and be examined; nothing of it stays."""
    chance = random.Random(seed)
    world = Turns(town.connection, VAULT, chance, Faults() if faults is None else faults)
    clock = VirtualClock(chance, BEGINS + timedelta(hours=1))
    clinic = Clinic(world, clock, chance, town.clinicians, town.supervisor, town.pathways, town.signer)
    everything = town.connection.begin_nested()
    with _ids_by(chance), patch("flows.walking.CHUNK", chance.choice((1, 2, 500))):
        _run(clinic, steps)
        _rest(clinic)
        breaches, trace = tuple(_examined(clinic)), _trace(clinic)
    everything.rollback()
    return Ended(seed, breaches, _figures(clinic), trace)


def _run(clinic: Clinic, steps: int) -> None:
    people = [Actor(clinic.deliver) for _ in range(3)]
    machines = [Actor(act) for act in (clinic.walk, clinic.walk, clinic.sequence, clinic.watch)]
    for _ in range(steps):
        if clinic.chance.random() < 0.3:
            clinic.intend()
        if clinic.chance.random() < 0.3:
            clinic.clock.tick()
        clinic.chance.choices((*people, *machines), (6, 6, 6, 6, 6, 1, 1))[0].turn()


def _rest(clinic: Clinic) -> None:
    """Nothing breaks any more: everything under way arrives, and the worker comes to the end of its work."""
    clinic.world.calm = True
    clinic.clock.now = clinic.clock.highest + timedelta(minutes=10)
    while any(one.left > 0 for one in clinic.mailbox):
        clinic.deliver()
    for _ in range(8):
        clinic.clock.now += timedelta(minutes=10)
        if not walking.walk(clinic.world, at=clinic.clock.now, actor=care.ENGINE).passed:
            return
    raise AssertionError("the world never comes to rest")


def _examined(clinic: Clinic) -> Iterator[Breach]:
    work, at = Work(clinic.world.connection, EVERYWHERE, VAULT), clinic.clock.now
    sealing.place(clinic.world)
    auditing.seal(work, clinic.signer, at=at)
    made = list(clinic.acknowledged.values())
    for _ in clinic.contradicted:
        yield Breach(invariant="I1", what="the same key was given another answer")
    yield from invariants.lost(work, made)
    yield from invariants.uncalled(
        work, [one.id for one in (*clinic.clinicians, clinic.supervisor)], made + _before(work)
    )
    yield from invariants.check(work, at=at, public_key=auditing.public_key(clinic.signer))
    for one in replaying.replay(work):
        if one.why:
            yield Breach(invariant="replay", what=one.why, pathway_id=one.pathway_id)
    for row in work.rows("SELECT id FROM pathway WHERE quarantined_at IS NOT NULL"):
        yield Breach(invariant="I7", what="was set aside though nothing is wrong with it", pathway_id=row.id)


def _before(work: Work) -> list[UUID]:
    """Return what was there before the world began."""
    rows = work.rows(
        "SELECT id FROM fact WHERE recorded_at = :at UNION ALL SELECT id FROM sign_off WHERE recorded_at = :at",
        at=BEGINS,
    )
    return [row.id for row in rows]


def _trace(clinic: Clinic) -> str:
    work = Work(clinic.world.connection, EVERYWHERE, VAULT)
    told = work.rows("SELECT bytes FROM audit_entry ORDER BY pathway_id, pathway_version, bytes")
    plain = (_COMMITMENT.sub(b"", row.bytes) for row in told)
    return hashlib.sha256(b"".join(plain)).hexdigest()


def _figures(clinic: Clinic) -> Counter[str]:
    return Counter(
        messages=len(clinic.mailbox),
        acknowledged=len(clinic.acknowledged),
        refused=clinic.refused,
        walks=clinic.walks,
    )


@contextmanager
def fresh_cluster() -> Iterator[Cluster]:
    """Give a server of its own, for commands outside pytest."""
    with ExitStack() as stack:
        yield start(stack, "embedded")


@contextmanager
def fresh_town() -> Iterator[Town]:
    """Give a town on a server of its own."""
    with ExitStack() as stack:
        database = Database(stack.enter_context(fresh_cluster()).fresh().app_url, VAULT)
        yield stack.enter_context(town(database, Path(stack.enter_context(TemporaryDirectory()))))


def campaign(here: Town, seeds: range, *, steps: int = STEPS, tell: Callable[[Ended], None]) -> Counter[str]:
    """Run worlds one after the other, tell of each that broke, and return the figures of all."""
    total: Counter[str] = Counter()
    for seed in seeds:
        ended = live(here, seed, steps=steps)
        total += ended.figures + Counter(worlds=1, broken=bool(ended.breaches))
        if ended.breaches:
            tell(ended)
    return total


def main() -> None:
    """Run one world or many, and print what came of it; exit 1 if anything broke."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--seed", type=int)
    asked.add_argument("--seeds", type=int, default=2_000)
    asked.add_argument("--steps", type=int, default=STEPS)
    given = asked.parse_args()
    seeds = range(given.seeds) if given.seed is None else range(given.seed, given.seed + 1)
    with fresh_town() as here:
        total = campaign(here, seeds, steps=given.steps, tell=lambda ended: print(ended, file=sys.stderr))
    print(json.dumps(total))
    sys.exit(1 if total["broken"] else 0)


if __name__ == "__main__":
    main()
