"""Floors: a run that reads less than the last good one is noticed, in all and layout by layout."""

from __future__ import annotations

import pytest

from flows.serving import floors
from flows.serving.floors import Floor
from warehouse.home import Home

GOOD = {"documents": 50.0, "blocks_each": 10.0, "publisher": 1.0, "title": 0.9}
WARN = Floor("warn", 0.2, 20)


def checked(
    home: Home, monkeypatch: pytest.MonkeyPatch, **rates: dict[str, float]
) -> tuple[str, ...]:
    named = {name.removeprefix("all"): value for name, value in rates.items()}
    monkeypatch.setattr(floors, "run_rates", lambda *_: named)
    return floors.check(home, "run", WARN)


def test_what_falls_is_named_and_does_not_become_the_measure(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.root.mkdir()
    assert checked(home, monkeypatch, all=GOOD, plain=GOOD) == ()
    fallen = {**GOOD, "publisher": 0.4, "blocks_each": 7.0, "title": 0.8}
    expected = ("plain: 7.0 blocks in a new document, 10.0 before",
                "plain: publisher: 40 % of new documents, 100 % before")  # fmt: skip
    for _ in range(2):
        assert checked(home, monkeypatch, all=GOOD, plain=fallen) == expected
    assert checked(home, monkeypatch, all=GOOD, plain=GOOD) == ()


def test_few_documents_are_neither_compared_nor_the_measure(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.root.mkdir()
    few = {**GOOD, "documents": 19.0, "publisher": 0.0}
    assert checked(home, monkeypatch, all=few) == ()
    assert checked(home, monkeypatch, all=GOOD) == ()
    assert checked(home, monkeypatch, all=few) == ()
    assert checked(home, monkeypatch, all={**GOOD, "publisher": 0.0}) != ()


@pytest.mark.parametrize("kept", ["{", "[]", '{"": 3}', ""])
def test_a_measure_that_is_lost_is_made_anew(
    kept: str, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.root.mkdir()
    (home.root / "floors.json").write_text(kept)
    assert checked(home, monkeypatch, all=GOOD) == ()
    assert checked(home, monkeypatch, all={**GOOD, "title": 0.1}) != ()
