"""The recipes at the command line, as they stand and of another country."""

from __future__ import annotations

import pytest

from tests.flows.conftest import Command
from warehouse.home import Home


def test_a_recipe_is_asked_of_another_country(refworld: Command, seed_home: Home) -> None:
    def told(*words: str) -> str:
        done = refworld("cookbook", "tiers_of_a_country", *words, "--data", seed_home.root)
        assert done.returncode == 0, done.stderr
        return done.stdout

    assert "Tier 2 Watch List" in told()
    assert told("--country", "pe").split("\n", 1)[1] == told().split("\n", 1)[1]
    chile = told("--country", "Chile")
    assert chile.startswith("-- On which tier")
    assert "(Here of Chile.)" in chile
    assert "country_code = 'CHL'" in chile
    assert "Tier 2" not in chile


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("tiers_of_a_country", "--country", "Atlantis"), "is no country"),
        (("languages", "--country", "Peru"), "asks about no country"),
        (("--country", "Peru"), "goes with a recipe"),
        (("nothing",), "there is no recipe nothing"),
    ],
)
def test_what_cannot_be_asked_is_said(
    words: tuple[str, ...], said: str, refworld: Command, seed_home: Home
) -> None:
    done = refworld("cookbook", *words, "--data", seed_home.root)
    assert done.returncode == 2
    assert said in done.stderr
