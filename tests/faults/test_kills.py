"""Kills and crashes at random, a part of the campaign; and the bugs that it must find."""

import pytest

from tests.faults.campaign import campaign

FINDS = {
    "acknowledge-before-commit": {"I1"},
    "claim-outside-the-transaction": {"I7"},
    "no-unique-key": {"I2"},
}


@pytest.mark.timeout(600)
def test_sixty_kills_and_ten_crashes_lose_nothing_and_double_nothing() -> None:
    outcome = campaign(60, 10, seed=20)
    assert outcome.whole, outcome.told()
    assert sum(outcome.struck.values()) == 70
    assert outcome.walked >= 4


@pytest.mark.timeout(600)
@pytest.mark.parametrize("plant", FINDS)
def test_the_campaign_finds_a_planted_bug(plant: str) -> None:
    outcome = campaign(40, 0, seed=7, plant=plant, patience=10)
    assert not outcome.whole
    assert FINDS[plant] <= {one.invariant for one in outcome.breaches}, outcome.told()
