"""The invented clients: the same on the same day, and moved by nothing but what was signed, reported or decided."""

from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from services import auditing, replaying, whereabouts
from services.access import EVERYWHERE
from services.cli.demo import Made, tell
from services.population.days import ZONE, half_days, moment
from services.population.people import invent
from services.store.database import Database
from services.store.log_key import log_key
from tests.conftest import VAULT, Cluster

TODAY = date(2026, 11, 24)
MADE = Made(TODAY, count=16, days=60)
MORNING = moment(TODAY, time(9))


def lived_in(cluster: Cluster, made: Made) -> Database:
    database = Database(cluster.fresh().app_url, VAULT)
    tell(database, made, say=lambda _line: None)
    return database


@pytest.fixture(scope="module")
def lived(cluster: Cluster) -> Iterator[Database]:
    database = lived_in(cluster, MADE)
    yield database
    database.close()


def boards(database: Database) -> list[object]:
    """Return all that a board shows, except ids."""
    with database.transaction(EVERYWHERE) as work:
        seen = [whereabouts.board(work, at=MORNING, definition_key=key) for key in ("sud-adult", "mh-adult")]
    shown = ("initials", "stage", "day", "proposal", "flag", "held", "scores", "owner")
    return sorted(
        (*(str(getattr(card, name)) for name in shown), str(card.due.at), card.due.state)
        for one in seen
        for column in one.columns
        for card in column.cards
    )


def test_the_same_seed_on_the_same_day_invents_the_same_people() -> None:
    assert invent("a", TODAY, 30, 150) == invent("a", TODAY, 30, 150)
    assert invent("a", TODAY, 30, 150) != invent("b", TODAY, 30, 150)
    assert invent("a", TODAY, 30, 150) != invent("a", date(2026, 11, 25), 30, 150)


def test_people_arrive_within_the_story_as_adults() -> None:
    people = invent("a", TODAY, 200, 150)
    assert all(0 <= one.arrives < 150 for one in people)
    assert all((TODAY - one.birth_date).days > 18.5 * 365.25 for one in people)
    assert 0.1 < sum(one.definition == "mh-adult" for one in people) / len(people) < 0.3


def test_half_days_keep_the_clinics_own_clock_when_summer_time_ends() -> None:
    told = [half.at.astimezone(ZoneInfo(ZONE)) for half in half_days(TODAY, 60)]
    assert {(at.hour, at.minute) for at in told} == {(12, 30), (17, 30)}
    assert len({at.utcoffset() for at in told}) == 2
    assert max(told) < datetime.combine(TODAY, time(), ZoneInfo(ZONE))


def test_the_same_seed_on_the_same_day_gives_the_same_board(lived: Database, cluster: Cluster) -> None:
    again = lived_in(cluster, MADE)
    assert boards(again) == boards(lived)
    again.close()


def test_every_move_rests_on_a_signature_a_report_or_an_automatic_route(lived: Database) -> None:
    with lived.transaction(EVERYWHERE) as work:
        moved = work.rows(
            """SELECT t.how, t.sign_off_id IS NOT NULL AS signed, t.fact_id IS NOT NULL AS reported, d.authority
               FROM transition t LEFT JOIN decision d ON d.id = t.decision_id"""
        )
    assert len(moved) > 5
    assert all(
        row.reported if row.how == "reported" else row.signed or row.authority == "automatic" for row in moved
    )


def test_nobody_was_set_aside(lived: Database) -> None:
    with lived.transaction(EVERYWHERE) as work:
        assert work.rows("SELECT id FROM pathway WHERE quarantined_at IS NOT NULL OR attempts > 0") == []


def test_every_decision_of_the_story_replays_identically(lived: Database) -> None:
    with lived.transaction(EVERYWHERE) as work:
        replayed = list(replaying.replay(work))
    assert len(replayed) > 50
    assert [one.why for one in replayed if one.why] == []


def test_the_audit_has_no_gap_and_begins_with_the_word_demo(lived: Database, tmp_path: Path) -> None:
    key = log_key(tmp_path / "log")
    with lived.transaction(EVERYWHERE) as work:
        while auditing.sequence(work):
            pass
        auditing.seal(work, key, at=MORNING)
        found = auditing.verify(work, auditing.public_key(key))
        first = work.rows("SELECT kind FROM audit_leaf JOIN audit_entry ON id = entry_id WHERE seq = 0")[0]
    assert (found.damages, found.misspelt, found.unsealed) == ((), 0, 0)
    assert first.kind == "installation.demo"


def test_nothing_is_recorded_before_it_happened_or_after_the_story(lived: Database) -> None:
    with lived.transaction(EVERYWHERE) as work:
        assert work.rows("SELECT id FROM fact WHERE effective_at > recorded_at") == []
        last = work.rows("SELECT max(recorded_at) AS at FROM audit_entry")[0].at
    assert last <= MADE.ends


def test_some_sessions_of_the_last_days_wait_to_be_charted(lived: Database) -> None:
    with lived.transaction(EVERYWHERE) as work:
        seats = work.rows(
            """SELECT s.starts_at, EXISTS (SELECT FROM fact f WHERE f.session_id = s.id AND f.pathway_id = r.pathway_id)
                      AS charted FROM roster r JOIN care_session s ON s.id = r.session_id WHERE s.starts_at < :now""",
            now=MADE.ends,
        )
    assert any(not row.charted for row in seats)
    assert sum(row.charted for row in seats) > 0.8 * len(seats)
