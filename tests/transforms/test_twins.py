"""A page of text and the HTML that it could have been extracted from say the same."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.transforms.markup_checks import check_markup
from tests.transforms.test_golden import GOLDEN, PAGES, plain
from tests.transforms.twins import OLD_FORMS, twin_of, words
from transforms.reading import read_page
from transforms.records import DOCUMENT, Document, capture_of

SEEDS = Path(__file__).parents[2] / "seeds"
# What the two may differ in: the payload's own digest, and marks of lists and cells among words.
OF_THE_FORM = {"capture_id", "block_count", "word_count", "text_sha256"}
# Pages whose twin cannot be made: what a row of an unknown label's value is, no text can tell.
WITHOUT_TWIN = {"unknown_label", "unknown_label_with_date", "title_starts_with_label"}
NEW_LAYOUTS = {"new", "new_bare", "new_pdf"}
LABELLED = {"plain", "pipe", "table"}
LAYOUTS = {"print": "print_html", "citation": "print_html", "bare": "bare_html"}


def values(document: Document | None) -> dict[str, Any]:
    assert document
    names = [name for name in Document.__slots__ if name not in OF_THE_FORM]
    found = {name: plain(getattr(document, name)) for name in names}
    if document.document_id.startswith("sha256:"):
        del found["document_id"]
    return found


def forms_of(number: int, layout: str) -> str:
    if layout in NEW_LAYOUTS:
        return "new"
    return OLD_FORMS[number % len(OLD_FORMS)] if layout in LABELLED else "table"


CASES = [
    (page, forms_of(number, page.parent.name))
    for number, page in enumerate(PAGES)
    if page.stem not in WITHOUT_TWIN and page.parent.name != "not_a_document"
]


@pytest.mark.parametrize(
    ("page", "form"), CASES, ids=[f"{p.parent.name}/{p.stem}/{form}" for p, form in CASES]
)
def test_twins_say_the_same(page: Path, form: str) -> None:
    uri = json.loads(page.with_suffix(".json").read_text(encoding="utf-8"))["target_uri"]
    text = read_page(capture_of(page.read_bytes(), uri or "file:///page.txt"))
    payload = twin_of(page.read_bytes(), uri, form)
    capture = capture_of(payload, uri or "file:///page.html", media_type="text/html")
    twin = read_page(capture)
    check_markup(capture, twin)
    assert twin.outcome == text.outcome == DOCUMENT
    assert twin.layout == LAYOUTS.get(
        text.layout or "", "new_html" if text.layout in NEW_LAYOUTS else "old_html"
    )
    assert values(twin.document) == values(text.document)
    assert words(twin) == words(text)
    assert {issue.code for issue in twin.issues} == {issue.code for issue in text.issues}
    furniture = " ".join(b.text for b in twin.blocks if b.kind == "boilerplate")
    assert ("Skip to main content" if form == "new" else "About us") in furniture


@pytest.mark.parametrize("form", [*OLD_FORMS, "new"])
def test_the_seed_as_html_says_what_the_seed_says(form: str) -> None:
    (page,) = SEEDS.glob("*.txt")
    text = read_page(capture_of(page.read_bytes(), "file:///seed.txt"))
    payload = twin_of(page.read_bytes(), None, form)
    capture = capture_of(payload, "file:///seed.html", media_type="text/html")
    twin = read_page(capture)
    check_markup(capture, twin)
    assert values(twin.document) == values(text.document)
    assert words(twin) == words(text)
    document = twin.document
    assert document
    assert document.document_id == "4680d8a81d"
    assert plain(document.last_updated) == "2023-05-31T15:44:00Z"
    assert document.publication_date == "2006-06-05"
    assert plain(document.accessed_date) == "2023-06-02"
    assert document.cite_uri == "https://www.refworld.org/docid/4680d8a81d.html"
    headings = [block.text for block in twin.blocks if block.kind == "heading"]
    assert {"Peru (Tier 2 Watch List)", "Prosecution", "Protection", "Prevention"} <= set(headings)


@pytest.mark.parametrize(
    "page", sorted((GOLDEN / "not_a_document").glob("*.txt")), ids=lambda p: p.stem
)
def test_a_listing_as_html_is_no_document(page: Path) -> None:
    uri = json.loads(page.with_suffix(".json").read_text(encoding="utf-8"))["target_uri"]
    lines = page.read_text(encoding="utf-8").splitlines()
    payload = "<html><body>" + "".join(f"<p>{line}</p>" for line in lines)
    capture = capture_of(payload.encode(), uri or "file:///a.html", media_type="text/html")
    assert read_page(capture).outcome == "not_a_document"
