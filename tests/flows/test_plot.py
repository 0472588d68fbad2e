"""Figures: what they show, and that their bytes depend on the rows alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.figures import (
    NothingToDraw,
    fill_figure,
    publishers_figure,
    rendered,
    tiers_figure,
    years_figure,
)
from tests.flows.conftest import Command
from warehouse.home import Home

PLACED = [
    {"country": "Norway", "report_year": 2004, "tier": "Tier 1"},
    {"country": "Peru", "report_year": 2004, "tier": "Tier 2"},
    {"country": "Peru", "report_year": 2006, "tier": None},
]
DATED = [
    {"year": 1999, "publisher": "Amnesty <&> International", "document_count": 3},
    {"year": 2001, "publisher": "all others", "document_count": 1},
]


def texts(svg: bytes) -> list[str]:
    from xml.etree import ElementTree

    return [
        text for node in ElementTree.fromstring(svg).iter() if (text := node.text or "").strip()
    ]


def test_tiers_are_letters_in_a_grid_of_countries_and_years() -> None:
    shown = texts(rendered(tiers_figure(PLACED)))
    for words in ("Norway", "Peru", "2004", "2005", "2006", "1", "2", "?", "documents disagree"):
        assert words in shown, words
    assert "3" not in shown


def test_publishers_are_named_and_the_others_come_last() -> None:
    for figure in (years_figure, publishers_figure):
        shown = texts(rendered(figure(DATED)))
        assert shown.index("Amnesty <&> International") < shown.index("all others")


@pytest.mark.parametrize("form", ["svg", "png"])
def test_the_same_rows_give_the_same_bytes(form: str) -> None:
    once, again = (rendered(tiers_figure(PLACED), form, "Tiers") for _ in range(2))
    assert once == again
    assert once != rendered(tiers_figure(PLACED[:2]), form, "Tiers")


def test_nothing_to_draw_is_said() -> None:
    for figure in (tiers_figure, years_figure, publishers_figure, fill_figure):
        with pytest.raises(NothingToDraw):
            figure([])


def test_the_command_writes_a_figure(refworld: Command, seed_home: Home, tmp_path: Path) -> None:
    out = tmp_path / "tiers.svg"
    done = refworld("plot", "tiers", "--out", out, "--country", "PER", "--data", seed_home.root)
    assert done.returncode == 0, done.stderr
    assert {"Peru", "2006", "2W"} <= set(texts(out.read_bytes()))
    for wrong, words in (
        (("pie", "--out", out), "is no figure"),
        (("tiers", "--out", tmp_path / "tiers.pdf"), "neither .svg nor .png"),
        (("tiers", "--out", tmp_path / "x.svg", "--country", "XX"), "no document places"),
    ):
        refused = refworld("plot", *wrong, "--data", seed_home.root)
        assert refused.returncode == 2
        assert words in refused.stderr
    assert not (tmp_path / "x.svg").exists()
