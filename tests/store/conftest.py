"""The store's tests run on the embedded server and, where it is installed, on Debian's PostgreSQL 15."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.conftest import Cluster, start
from tests.servers import DEBIAN

KINDS = ["embedded", *([pytest.param("debian", marks=pytest.mark.debian)] if DEBIAN.exists() else [])]


@pytest.fixture(scope="session", params=KINDS)
def cluster(request: pytest.FixtureRequest) -> Iterator[Cluster]:
    """Each server in turn."""
    with ExitStack() as stack:
        yield start(stack, request.param)
