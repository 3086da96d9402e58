"""Two thousand simulated worlds keep every invariant; and the bugs that they must find."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from models.changes import WorkClosed
from services.store.database import Database
from services.store.rows import rows
from tests.conftest import VAULT, Cluster
from tests.simulation.seeds import Ended, Town, campaign, live, town

PARTS = [range(start, start + 250) for start in range(0, 2_000, 250)]
"""Each part has a town of its own: the longer a transaction lives, the slower it gets."""


@pytest.fixture
def here(cluster: Cluster, tmp_path: Path) -> Iterator[Town]:
    database = Database(cluster.fresh().app_url, VAULT)
    with town(database, tmp_path) as made:
        yield made
    database.close()


@pytest.mark.parametrize("seeds", PARTS, ids=lambda seeds: f"from-{seeds.start}")
def test_worlds_keep_every_invariant(here: Town, seeds: range) -> None:
    broken: list[Ended] = []
    total = campaign(here, seeds, tell=broken.append)
    assert broken[:3] == [], f"replay one: .venv/bin/python -m tests.simulation.seeds --seed {broken[0].seed}"
    assert total["worlds"] == len(seeds)
    assert total["acknowledged"] > len(seeds), "hardly anything happened"
    assert total["walks"] > len(seeds) // 10, "hardly a worker came to its end"


def test_the_same_seed_is_the_same_world_in_another_town(
    here: Town, cluster: Cluster, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = Database(cluster.fresh().app_url, VAULT)
    with town(elsewhere, tmp_path_factory.mktemp("there")) as there:
        assert [live(here, seed).trace for seed in range(20)] == [
            live(there, seed).trace for seed in reversed(range(20))
        ][::-1]
    elsewhere.close()


def forgets_keys() -> AbstractContextManager[Any]:
    """Every delivery of a message counts as a new one."""
    return patch("services.idempotency.commands.take", lambda *_, **__: True)


def sets_no_alarm() -> AbstractContextManager[Any]:
    """A pass goes to sleep without saying when it wants to wake."""
    return patch("services.rules.advancing._wake", lambda *_: None)


def loses_a_row() -> AbstractContextManager[Any]:
    """Work that ends is told and not written."""
    return patch(
        "services.store.ledger.rows", lambda one: () if isinstance(one.change, WorkClosed) else rows(one)
    )


def answers_too_early() -> AbstractContextManager[Any]:
    """A transaction that is rolled back at its end passes for done."""
    return patch("tests.simulation.world._break", lambda _fault: None)


PLANTS = {forgets_keys: "I2", sets_no_alarm: "I7", loses_a_row: "I4", answers_too_early: "I1"}


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: plant.__name__)
def test_the_worlds_find_a_planted_bug(here: Town, plant: Callable[[], AbstractContextManager[Any]]) -> None:
    found: list[Ended] = []
    with plant():
        campaign(here, range(30), tell=found.append)
    assert PLANTS[plant] in {breach.invariant for ended in found for breach in ended.breaches}
