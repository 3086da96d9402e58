"""Death at every point: before and after each statement that writes or locks, before and after each commit.

Here each command meets every third of its points, each command another third; `make campaign` meets them all.
"""

import os
from collections.abc import Iterator
from threading import Event, Thread

import pytest

from services import clock, invariants
from services.access import EVERYWHERE
from tests import care
from tests.faults.campaign import settled
from tests.faults.house import Wreck, answering, wreck
from tests.faults.scenes import SCENES, Scene, play
from tests.faults.writers import Book, Writer
from tests.house_up import signed_in

EVERY = os.environ.get("STEPDOWN_POINTS") == "every"


@pytest.fixture(scope="module")
def house() -> Iterator[Wreck]:
    """An installation whose parts die at the point that lies armed, and are started again."""
    with wreck(points=True) as made:
        answering(made)
        over = Event()

        def mend() -> None:
            while not over.wait(0.02):
                made.mend()

        mending = Thread(target=mend)
        mending.start()
        yield made
        over.set()
        mending.join()


@pytest.fixture(scope="module")
def writer(house: Wreck) -> Writer:
    database = house.database()
    with database.transaction(EVERYWHERE) as work:
        care.a_program(work, care.somebody(work, care.SUPERVISOR, clock.now()), clock.now())
    _, client = signed_in(database, house.url, care.CLINICIAN)
    database.close()
    return Writer(client, patience=30)


def points_of(house: Wreck, writer: Writer, scene: Scene) -> list[str]:
    """Play a scene once and return the points that were passed from its command to its last effect."""
    prepared = scene.given(writer)
    settled(house)
    trace = house.folder / "trace"
    trace.touch()
    play(scene, writer, prepared)
    settled(house)
    passed = trace.read_text().splitlines()
    trace.unlink()
    return list(dict.fromkeys(passed))


@pytest.mark.timeout(600)
@pytest.mark.parametrize("scene", SCENES, ids=[scene.name for scene in SCENES])
def test_death_at_any_point_of_a_command_neither_loses_nor_doubles_it(
    house: Wreck, writer: Writer, scene: Scene
) -> None:
    writer.book = Book()
    armed, died = house.folder / "armed", []
    passed = points_of(house, writer, scene)
    tried = passed if EVERY else passed[SCENES.index(scene) % 3 :: 3]
    for point in tried:
        prepared = scene.given(writer)
        settled(house)
        armed.write_text(point)
        play(scene, writer, prepared)
        settled(house)
        died += [] if armed.exists() else [point]
        armed.unlink(missing_ok=True)
    assert len(died) > len(tried) // 2, "hardly a point was met"
    assert examined(house, writer) == []


def examined(house: Wreck, writer: Writer) -> list[object]:
    database = house.database()
    with database.transaction(EVERYWHERE) as work:
        found = [
            *invariants.lost(work, writer.book.acknowledged),
            *invariants.check(work, at=clock.now()),
        ]
    database.close()
    return found
