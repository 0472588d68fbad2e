"""What the tests of the store share."""

from __future__ import annotations

from pathlib import Path

import pytest

from warehouse.home import Home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A data home that nothing has been written to."""
    return Home(tmp_path / "data")
