"""Made-up pages of every layout, each beside what it says.

A page is `<layout>/<name>.txt` (the bytes) with `<name>.json` (its address and the values that a
person expects). A page without its JSON gets one written from the reading and fails until someone
has read it.
"""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.transforms.test_properties import check_reading
from transforms.reading import read_page
from transforms.records import Document, Reading, capture_of
from transforms.values import value_text

GOLDEN = Path(__file__).parent.parent / "golden"
PAGES = sorted(GOLDEN.glob("*/*.txt"))
LAYOUTS = {"plain", "bare", "new_bare", "pipe", "new", "new_pdf", "print", "table", "citation"}


def plain(value: Any) -> Any:
    if isinstance(value, date | datetime):
        return value_text(value)
    return list(value) if isinstance(value, tuple) else value


def write_expectation(page: Path, reading: Reading) -> None:
    names = [name for name in Document.__slots__ if name not in ("capture_id", "text_sha256")]
    expectation = {
        "target_uri": None,
        "outcome": reading.outcome,
        "layout": reading.layout,
        "why": "written by the test: read it, then say here what it shows",
        "expected": {n: plain(getattr(reading.document, n)) for n in names}
        if reading.document
        else {},
        "blocks": [],
    }
    text = json.dumps(expectation, ensure_ascii=False, indent=2)
    page.with_suffix(".json").write_text(text + "\n", encoding="utf-8")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: f"{page.parent.name}/{page.stem}")
def test_page_says_what_is_expected(page: Path) -> None:
    golden = page.with_suffix(".json")
    if not golden.exists():
        write_expectation(page, read_page(capture_of(page.read_bytes(), "file:///page.txt")))
        pytest.fail(f"{golden.name} was written from the reading: read it before you keep it")
    expectation = json.loads(golden.read_text(encoding="utf-8"))
    capture = capture_of(page.read_bytes(), expectation["target_uri"] or "file:///page.txt")
    reading = read_page(capture)
    check_reading(capture, reading)
    assert (reading.outcome, reading.layout) == (expectation["outcome"], expectation["layout"])
    expected = expectation["expected"] or {}
    got = {name: plain(getattr(reading.document, name)) for name in expected}
    assert got == expected
    texts = [(block.kind, block.text) for block in reading.blocks]
    for kind, prefix in expectation["blocks"]:
        assert any(k == kind and text.startswith(prefix.lstrip()) for k, text in texts), prefix
    for kind, prefix in expectation.get("not_blocks", []):
        assert not any(k == kind and text.startswith(prefix.lstrip()) for k, text in texts), prefix


@pytest.mark.parametrize("page", PAGES, ids=lambda page: f"{page.parent.name}/{page.stem}")
def test_page_places_its_country_as_expected(page: Path) -> None:
    expectation = json.loads(page.with_suffix(".json").read_text(encoding="utf-8"))
    capture = capture_of(page.read_bytes(), expectation["target_uri"] or "file:///page.txt")
    placed = [s.value for s in read_page(capture).statements if s.field == "tip_placement"]
    assert placed == [tier] if (tier := expectation.get("placement")) else placed == []


def test_every_layout_has_its_pages() -> None:
    counts = {layout: len(list((GOLDEN / layout).glob("*.txt"))) for layout in LAYOUTS}
    assert all(count >= 4 for count in counts.values()), counts
    assert len(list((GOLDEN / "not_a_document").glob("*.txt"))) >= 8
