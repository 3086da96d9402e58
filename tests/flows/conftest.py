"""One whole installation for all tests of the flows: real database, real Prefect server, worker, web."""

from collections.abc import Iterator

import pytest

from tests import care, house_up
from tests.mailboxes import Mailbox, mail_server


@pytest.fixture(scope="session")
def mailbox() -> Iterator[Mailbox]:
    """A real mail server, which the installation knows."""
    with mail_server(Mailbox()) as served:
        yield served


@pytest.fixture(scope="session")
def house(mailbox: Mailbox) -> Iterator[house_up.Installation]:
    """Everything `stepdown up` starts."""
    with house_up.up(smtp_url=mailbox.url, mail_from="stepdown@clinic.example") as installation:
        yield installation


@pytest.fixture(scope="session")
def clinician(house: house_up.Installation) -> house_up.Person:
    """A clinician with a credential, signed in."""
    return house.someone(care.CLINICIAN)
