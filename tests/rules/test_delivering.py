"""How often a delivery is tried, and when again."""

from datetime import timedelta

import pytest

from models.alerting import Failure
from services.rules.delivering import LEASE, TRIES, fails
from tests.builders import on_day


@pytest.mark.parametrize(("attempts", "seconds"), [(1, 15), (2, 30), (3, 60), (4, 120), (5, None), (6, None)])
def test_a_delivery_is_tried_five_times_each_pause_twice_the_last(attempts, seconds):
    then = fails(Failure("busy"), attempts, at=on_day(0))
    assert then == (None if seconds is None else on_day(0) + timedelta(seconds=seconds))


def test_what_trying_again_cannot_help_is_dead_at_once():
    assert fails(Failure("refused", final=True), 1, at=on_day(0)) is None


def test_the_figures_that_docs_name():
    assert (5, timedelta(minutes=2)) == (TRIES, LEASE)
