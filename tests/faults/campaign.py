"""The kill campaign: everything dies at random, again and again, while people write; then the oracle is asked.

make campaign                                                   # 500 kills, 100 crashes of the database
.venv/bin/python -m tests.faults.campaign --kills 60 --crashes 6 --seed 3
.venv/bin/python -m tests.faults.campaign --plant no-unique-key   # must find something
"""

import argparse
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from threading import Event
from typing import Any
from uuid import UUID

from psycopg import connect

from models.oracle import Breach
from services import auditing, clock, invariants
from services.access import EVERYWHERE
from services.settings import plain
from services.store import claims
from services.store.log_key import log_key
from tests import care
from tests.faults.house import PARTS, Wreck, answering, wreck
from tests.faults.plants import PLANTS
from tests.faults.writers import Book, Writer, misplaced
from tests.house_up import signed_in, until

WRITERS = 4
MEAN_SECONDS = 0.25
"""Between two strikes, on average."""


@dataclass(frozen=True)
class Outcome:
    """What a campaign came to."""

    struck: Counter[str]
    walked: int
    acknowledged: int
    answers: Counter[str]
    breaches: tuple[Breach, ...]
    failures: tuple[str, ...]
    misplaced: tuple[str, ...]
    seconds: float

    @property
    def whole(self) -> bool:
        """Tell whether every promise was kept."""
        return not (self.breaches or self.failures or self.misplaced) and "500" not in self.answers

    def told(self) -> dict[str, Any]:
        """Return the figures, and the breaches by invariant."""
        return {
            "whole": self.whole,
            "struck": dict(self.struck),
            "clients": self.walked,
            "acknowledged": self.acknowledged,
            "answers": dict(sorted(self.answers.items())),
            "breaches": dict(Counter(one.invariant for one in self.breaches)),
            "failures": [*self.failures, *self.misplaced][:10],
            "seconds": round(self.seconds, 1),
        }


def campaign(kills: int, crashes: int, *, seed: int, plant: str = "none", patience: float = 60.0) -> Outcome:
    """Kill and crash so often, at random, under concurrent writers; then wait for what is due and ask the oracle."""
    began, chance, book = time.monotonic(), random.Random(seed), Book()
    with wreck(plant=plant) as house:
        if plant == "no-unique-key":
            drop_unique_key(house)
        answering(house)
        people, writers = _writers(house, book, chance, patience)
        struck = _strike(house, writers, kills, crashes, chance)
        breaches = _examined(house, people, book)
        wrong = misplaced(book)
    spent = time.monotonic() - began
    return Outcome(
        struck,
        len(book.walked),
        len(book.acknowledged),
        book.answers,
        (*breaches,),
        (*book.failures,),
        (*wrong,),
        spent,
    )


def _writers(
    house: Wreck, book: Book, chance: random.Random, patience: float
) -> tuple[list[UUID], list[Writer]]:
    database, people, writers = house.database(), [], []
    for _ in range(WRITERS):
        person_id, client = signed_in(database, house.url, care.CLINICIAN)
        people.append(person_id)
        writers.append(Writer(client, patience, book, random.Random(chance.random())))
    with database.transaction(EVERYWHERE) as work:
        care.a_program(work, care.somebody(work, care.SUPERVISOR, clock.now()), clock.now())
    database.close()
    return people, writers


def _strike(
    house: Wreck, writers: Sequence[Writer], kills: int, crashes: int, chance: random.Random
) -> Counter[str]:
    struck: Counter[str] = Counter()
    enough = Event()
    rounds = ["kill"] * kills + ["crash"] * crashes
    chance.shuffle(rounds)
    with ThreadPoolExecutor(len(writers)) as hands:
        walking = [hands.submit(writer.walk_until, enough.is_set) for writer in writers]
        for what in rounds:
            Event().wait(chance.expovariate(1 / MEAN_SECONDS))
            struck[_one(house, what, chance)] += 1
            house.mend()
        enough.set()
        until(partial(_at_rest, house, walking), "the writers never came to an end", 300)
    return struck


def _one(house: Wreck, what: str, chance: random.Random) -> str:
    if what == "crash":
        house.crash_database(chance)
        return "database"
    victim = chance.choice(PARTS)
    until(lambda: house.kill(victim) or house.mend(), f"{victim} was never there to be killed")
    return victim.partition("-")[0]


def _at_rest(house: Wreck, walking: Sequence[Any]) -> bool:
    house.mend()
    return all(one.done() for one in walking)


def _examined(house: Wreck, people: Sequence[UUID], book: Book) -> list[Breach]:
    house.mend()
    try:
        settled(house)
    except AssertionError as failed:
        book.note(failures=str(failed))
    signer = auditing.public_key(log_key(house.folder / "keys" / "log"))
    database = house.database()
    with database.transaction(EVERYWHERE) as work:
        found = [
            *invariants.lost(work, book.acknowledged),
            *invariants.uncalled(work, people, book.acknowledged),
            *invariants.check(work, at=clock.now(), public_key=signer),
        ]
    database.close()
    return found


def settled(house: Wreck) -> None:
    """Wait until nothing is due any more. Raises: AssertionError."""
    database = house.database()

    def nothing_due() -> bool:
        with database.transaction(EVERYWHERE) as work:
            return not claims.due_stages(work, at=clock.now())

    until(nothing_due, "work is left undone", 20)
    database.close()


def drop_unique_key(house: Wreck) -> None:
    """Take away what keeps a request from happening twice."""
    with connect(plain(house.administrator()), autocommit=True) as admin:
        admin.execute("ALTER TABLE command DROP CONSTRAINT command_pkey")


def main() -> None:
    """Run one campaign and print what it came to; exit 1 unless every promise was kept."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--kills", type=int, default=500)
    asked.add_argument("--crashes", type=int, default=100)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--patience", type=float, default=60.0, help="seconds a writer waits for its answer")
    asked.add_argument("--plant", choices=PLANTS, default="none")
    given = asked.parse_args()
    outcome = campaign(
        given.kills, given.crashes, seed=given.seed, plant=given.plant, patience=given.patience
    )
    print(json.dumps(outcome.told(), indent=1))
    sys.exit(0 if outcome.whole else 1)


if __name__ == "__main__":
    main()
