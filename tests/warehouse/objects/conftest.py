"""What the tests of object storage share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.warehouse.objects.runs import Place
from tests.warehouse.objects.store import Front, served


@pytest.fixture(scope="session")
def server() -> Iterator[Front]:
    with served() as front:
        yield front


@pytest.fixture
def front(server: Front) -> Iterator[Front]:
    server.reset()
    yield server
    server.reset()


@pytest.fixture
def place(front: Front, tmp_path: Path, request: pytest.FixtureRequest) -> Place:
    """An empty home in a bucket of its own."""
    return Place.made(front, tmp_path)
