"""What the tests of the store share."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.warehouse.pages import publish_all
from warehouse.home import Home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A data home that nothing has been written to."""
    return Home(tmp_path / "data")


@pytest.fixture(scope="session")
def published_template(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with a database that holds nothing; not to be changed."""
    home = Home(tmp_path_factory.mktemp("published") / "data")
    publish_all(home)
    return home


@pytest.fixture
def published_home(published_template: Home, tmp_path: Path) -> Home:
    """A home of its own with a database that holds nothing, to which all is added."""
    home = Home(tmp_path / "data")
    shutil.copytree(published_template.root, home.root)
    return home
