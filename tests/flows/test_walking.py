"""The walk over everything that is due: in order, to its end, and past whatever spoils it."""

import logging
from collections import Counter
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

import pytest

from flows import walking
from models.catalogue.pathway_files import definition
from models.changes import ReassessmentOpened
from services import deciding
from services.access import EVERYWHERE
from services.rules.advancing import advance
from services.store import cases
from services.store.claims import Cohort
from services.store.database import Database
from tests import care


@pytest.fixture
def five(database: Database, at: datetime) -> list[UUID]:
    """Five clients, each assessed, none looked at by the engine yet."""
    with database.transaction(EVERYWHERE) as work:
        clinician = care.somebody(work, care.CLINICIAN, at)
        enrolled = [care.a_pathway(work, clinician, at) for _ in range(5)]
        for pathway_id in enrolled:
            care.look(work, pathway_id, "needs-iop", by=clinician, at=at)
    return sorted(enrolled)


def proposed(database: Database) -> set[UUID]:
    with database.transaction(EVERYWHERE) as work:
        return {row.pathway_id for row in work.rows("SELECT pathway_id FROM decision WHERE to_stage = 'iop'")}


def quarantined(database: Database) -> set[UUID]:
    with database.transaction(EVERYWHERE) as work:
        return {row.id for row in work.rows("SELECT id FROM pathway WHERE quarantined_at IS NOT NULL")}


def walk_often(database: Database, at: datetime, times: int = 8) -> None:
    for number in range(times):
        walking.walk(database, at=at + timedelta(minutes=number), actor=care.ENGINE)


def test_a_walk_comes_to_its_end_and_a_second_one_finds_nothing(
    database: Database, five: list[UUID], at: datetime
) -> None:
    first = walking.walk(database, at=at, actor=care.ENGINE)
    assert proposed(database) == set(five)
    assert first.passed["assessment"] >= 5
    assert not walking.walk(database, at=at, actor=care.ENGINE).passed


def test_a_fact_learned_after_a_walk_began_is_seen_or_wakes_again(
    database: Database, five: list[UUID], at: datetime
) -> None:
    """The walk's clock stands at its beginning; what a pathway learned since must not be slept over."""
    with database.transaction(EVERYWHERE) as work:
        clinician = care.somebody(work, care.CLINICIAN, at)
        care.assess(work, five[0], "high-risk", by=clinician, at=at + timedelta(seconds=1))
    walking.walk(database, at=at, actor=care.ENGINE)
    with database.transaction(EVERYWHERE) as work:
        [made] = work.rows("SELECT outcome FROM decision WHERE pathway_id = :id", id=five[0])
    assert made.outcome == "refer"


def test_a_definition_nobody_has_spoils_only_its_own_pathway(
    database: Database, five: list[UUID], at: datetime
) -> None:
    with database.transaction(EVERYWHERE) as work:
        work.run("UPDATE pathway SET definition = 'sud-adult@99' WHERE id = :id", id=five[2])
    walk_often(database, at)
    assert proposed(database) == set(five) - {five[2]}
    assert quarantined(database) == {five[2]}


def test_a_row_that_cannot_be_written_spoils_only_its_own_pathway(
    database: Database, five: list[UUID], at: datetime
) -> None:
    """The chunk is halved until the poison stands alone; after five tries it is left aside, visibly."""
    spoil(database, five[2], at)
    walk_often(database, at)
    assert proposed(database) == set(five) - {five[2]}
    assert quarantined(database) == {five[2]}


def spoil(database: Database, pathway_id: UUID, at: datetime) -> None:
    """Put a row where the next pass over a pathway wants to write the same."""
    with database.transaction(EVERYWHERE) as work:
        [case] = cases.load(work, [pathway_id])
        [step] = advance(definition(case.definition), [case], at=at)
        opened = next(change for change in step.changes if isinstance(change, ReassessmentOpened))
        work.run(
            """INSERT INTO reassessment (id, pathway_id, kind, stage, parts, opened_at, counts_from, due_at, late_at,
                                         outer_at, status, closed_at, opened_version)
               VALUES (:id, :pathway, 'periodic', 'op', '{}', :at, :at, :at, :at, :at, 'cancelled', :at, 1)""",
            id=opened.reassessment_id,
            pathway=pathway_id,
            at=at,
        )


def test_a_failure_is_counted_to_who_failed_and_not_to_who_is_next_to_claim(
    database: Database, five: list[UUID], at: datetime
) -> None:
    """Somebody holds the second pathway, and lets go of it just when the third has failed alone."""
    spoil(database, five[2], at)
    with ExitStack() as held:
        holding = held.enter_context(database.transaction(EVERYWHERE))
        holding.run("SELECT FROM pathway WHERE id = :id FOR UPDATE", id=five[1])
        let_go = LetGo(held)
        held.callback(walking.log.removeHandler, let_go)
        walking.log.addHandler(let_go)
        walking.walk(database, at=at, actor=care.ENGINE)
    with database.transaction(EVERYWHERE) as work:
        tried = work.rows("SELECT id, attempts FROM pathway WHERE attempts > 0")
    assert [(row.id, row.attempts) for row in tried] == [(five[2], 1)]
    assert proposed(database) == set(five) - {five[2]}


class LetGo(logging.Handler):
    """Lets go of what is held once a chunk of one has failed."""

    def __init__(self, held: ExitStack) -> None:
        super().__init__()
        self.held = held

    def emit(self, record: logging.LogRecord) -> None:
        if record.args and record.args[0] == 1:
            self.held.close()


def test_two_walks_share_the_due_and_double_nothing(
    database: Database, five: list[UUID], at: datetime
) -> None:
    with database.transaction(EVERYWHERE) as work:
        deciding.advance(work, five[:2], actor=care.ENGINE, at=at)
        walking.walk(database, at=at, actor=care.ENGINE)
    walking.walk(database, at=at, actor=care.ENGINE)
    with database.transaction(EVERYWHERE) as work:
        made = work.rows("SELECT pathway_id, count(*) AS n FROM decision GROUP BY pathway_id")
    assert {row.n for row in made} == {1}
    assert len(made) == 5


def test_what_somebody_else_holds_is_left_to_them_and_stays_due(
    database: Database, five: list[UUID], at: datetime
) -> None:
    """A request that writes a pathway just then must not make it look as if it ran in circles."""
    with database.transaction(EVERYWHERE) as holding:
        holding.run("SELECT FROM pathway WHERE id = :id FOR UPDATE", id=five[0])
        walking.walk(database, at=at, actor=care.ENGINE)
    assert (quarantined(database), proposed(database)) == (set(), set(five[1:]))
    walking.walk(database, at=at, actor=care.ENGINE)
    assert (quarantined(database), proposed(database)) == (set(), set(five))


def test_who_never_comes_to_rest_is_set_aside_and_the_others_go_on(
    database: Database, five: list[UUID], at: datetime
) -> None:
    """Rules that ask for another pass for ever are a fault of ours; one client's fault stops nobody else."""
    restless = partial(asking_again, five[1])
    walking.walk(database, at=at, actor=care.ENGINE, do=restless(database, at))
    assert (quarantined(database), proposed(database)) == ({five[1]}, set(five))


def asking_again(restless: UUID, database: Database, at: datetime) -> walking.Do:
    """Call a cohort's work, and put one pathway back to where it wants another pass."""

    def do(_cohort: Cohort, call: walking.Call) -> walking.Tally:
        tally = call()
        with database.transaction(EVERYWHERE) as work:
            work.run("UPDATE pathway SET wake_at = :at WHERE id = :id", id=restless, at=at)
        return replace(tally, asked=tally.asked + Counter([restless]))

    return do
