"""One whole installation for all tests of the flows: real database, real Prefect server, worker, web."""

from collections.abc import Iterator

import pytest

from tests import care, house_up


@pytest.fixture(scope="session")
def house() -> Iterator[house_up.Installation]:
    """Everything `stepdown up` starts."""
    with house_up.up() as installation:
        yield installation


@pytest.fixture(scope="session")
def clinician(house: house_up.Installation) -> house_up.Person:
    """A clinician with a credential, signed in."""
    return house.someone(care.CLINICIAN)
