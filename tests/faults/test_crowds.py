"""Many at once: eight sweepers and a killer, ninety days of silence, clients whose rules always fail."""

import multiprocessing
import os
import random
from collections import Counter
from datetime import datetime, timedelta
from multiprocessing.process import BaseProcess
from threading import Event
from uuid import UUID

import pytest

from flows import walking
from services import invariants, reconciling, worklist
from services.access import EVERYWHERE
from services.deciding import TRIES
from services.store.database import Database
from tests import care
from tests.conftest import VAULT
from tests.faults.crowd import crowd

SIZE = int(os.environ.get("STEPDOWN_CROWD", "1000"))
"""Clients due at once; `make campaign` takes 10,000."""
SWEEPERS = 8
HOUR = timedelta(hours=1)


def counted(database: Database, statement: str, **values: object) -> Counter[object]:
    with database.transaction(EVERYWHERE) as work:
        return Counter({row[0]: row[1] for row in work.rows(statement, **values)})


def decisions_by_client(database: Database) -> Counter[object]:
    """Return how many pathways have how many decisions."""
    return counted(
        database,
        """SELECT n, count(*) FROM (SELECT count(d.id) AS n FROM pathway p LEFT JOIN decision d ON d.pathway_id = p.id
           GROUP BY p.id) AS made GROUP BY n""",
    )


def breaches(database: Database, at: datetime) -> list[object]:
    with database.transaction(EVERYWHERE) as work:
        return list(invariants.check(work, at=at))


def sweep(url: str, at: datetime) -> None:
    """What a sweeper's process does: pass over what is due until nothing is."""
    database = Database(url, VAULT)
    while walking.walk(database, at=at, actor=care.ENGINE).passed:
        pass


@pytest.mark.timeout(900)
def test_eight_sweepers_share_what_is_due_while_one_is_killed_each_second(
    database: Database, at: datetime
) -> None:
    crowd(database, SIZE, at=at)
    chance, killed = random.Random(8), 0
    started = [_start(database.url, at) for _ in range(SWEEPERS)]
    while any(one.is_alive() for one in started):
        Event().wait(1)
        victims = [one for one in started if one.is_alive()]
        if victims and killed < SIZE // 200:
            victim = chance.choice(victims)
            victim.kill()
            killed += 1
            started = [_start(database.url, at) if one is victim else one for one in started]
    walking.walk(database, at=at + timedelta(seconds=1), actor=care.ENGINE)
    assert killed > 0
    assert decisions_by_client(database) == {1: SIZE}
    assert breaches(database, at + HOUR) == []


def _start(url: str, at: datetime) -> BaseProcess:
    started = multiprocessing.get_context("fork").Process(target=sweep, args=(url, at))
    started.start()
    return started


def test_after_ninety_days_of_silence_each_due_look_is_called_once(database: Database, at: datetime) -> None:
    pathways = crowd(database, 200, at=at, assessed=False)
    walking.walk(database, at=at, actor=care.ENGINE)
    back = at + timedelta(days=90)
    with database.transaction(EVERYWHERE) as work:
        assert len({gap.pathway_id for gap in reconciling.missed(work, at=back)}) == len(pathways)
    for _ in range(3):
        walking.walk(database, at=back, actor=care.ENGINE)
    fired = counted(
        database,
        """SELECT kind, count(*) FROM audit_entry WHERE kind IN ('reassessment.called', 'reassessment.escalated')
           GROUP BY kind""",
    )
    assert fired == {"reassessment.called": len(pathways), "reassessment.escalated": len(pathways)}
    with database.transaction(EVERYWHERE) as work:
        assert reconciling.missed(work, at=back + HOUR) == []
    assert breaches(database, back + timedelta(minutes=1)) == []


@pytest.mark.parametrize("share", [100, 10], ids=["one-percent", "ten-percent"])
def test_clients_whose_rules_always_fail_stop_nobody_else_and_are_retried_by_one_click(
    database: Database, at: datetime, share: int
) -> None:
    pathways = crowd(database, 500, at=at)
    poisoned = poison(database, pathways[::share])
    walking.walk(database, at=at, actor=care.ENGINE)
    assert decisions_by_client(database) == {1: len(pathways) - len(poisoned), 0: len(poisoned)}
    tries = _tried_until_set_aside(database, at)
    assert tries == TRIES
    assert set_aside(database) == set(poisoned)
    cured(database)
    with database.transaction(EVERYWHERE) as work:
        supervisor = care.somebody(work, care.SUPERVISOR, at)
        for one in poisoned:
            worklist.retry(work, one, by=supervisor, at=at + HOUR)
    walking.walk(database, at=at + HOUR, actor=care.ENGINE)
    assert (decisions_by_client(database), set_aside(database)) == ({1: len(pathways)}, set())


def poison(database: Database, pathways: list[UUID]) -> list[UUID]:
    """Give clients a definition that nobody has; their rules fail at every pass."""
    with database.transaction(EVERYWHERE) as work:
        work.run(
            "UPDATE pathway SET definition = 'sud-adult@99' WHERE id = ANY(CAST(:ids AS uuid[]))",
            ids=pathways,
        )
    return pathways


def cured(database: Database) -> None:
    with database.transaction(EVERYWHERE) as work:
        work.run("UPDATE pathway SET definition = 'sud-adult@1'")


def set_aside(database: Database) -> set[object]:
    return set(counted(database, "SELECT id, 1 FROM pathway WHERE quarantined_at IS NOT NULL"))


def _tried_until_set_aside(database: Database, at: datetime) -> int:
    """Walk whenever the clients want to be tried again; return how often they were, the first time too."""
    tries, moment = 1, at
    while not set_aside(database):
        moment += timedelta(minutes=1)
        walking.walk(database, at=moment, actor=care.ENGINE)
        tries += 1
    return tries
