"""Texts compared: what was added, dropped, reworded, and that nothing hostile takes long."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.comparing import (
    ADDED,
    DROPPED,
    REWORDED,
    SAME,
    Section,
    aligned,
    compare_sections,
    compare_sentences,
    compare_words,
    heading_key,
    sentences,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three?", ["One.", "Two!", "Three?"]),
        ("The U.S. Army said so. Dr. Who left.", ["The U.S. Army said so.", "Dr. Who left."]),
        ("He said “Go.” They went.", ["He said “Go.”", "They went."]),
        ("A line\nanother  line\n\n", ["A line", "another line"]),
        ("See art. 5. It ended. 12 left.", ["See art. 5.", "It ended.", "12 left."]),
        ("J. Smith met Mr. Jones.", ["J. Smith met Mr. Jones."]),
        ("", []),
    ],
)  # fmt: skip
def test_sentences(text: str, expected: list[str]) -> None:
    assert list(sentences(text)) == expected


def test_what_became_of_sentences() -> None:
    before = "The hall was shut. Families waited in the old hall for days. Nobody came. It rained."
    after = "The hall was shut. Families waited in the new hall for days. It rained. It snowed."
    assert [(c.kind, c.before, c.after) for c in compare_sentences(before, after)] == [
        (SAME, "The hall was shut.", "The hall was shut."),
        (REWORDED, "Families waited in the old hall for days.",
         "Families waited in the new hall for days."),
        (DROPPED, "Nobody came.", None),
        (SAME, "It rained.", "It rained."),
        (ADDED, None, "It snowed."),
    ]  # fmt: skip


def test_what_became_of_words() -> None:
    found = compare_words("waited in the old hall", "waited in the new hall quietly")
    assert [(c.kind, c.before or c.after) for c in found] == [
        (SAME, "waited in the"),
        (DROPPED, "old"),
        (ADDED, "new"),
        (SAME, "hall"),
        (ADDED, "quietly"),
    ]


def test_what_became_of_sections() -> None:
    before = [
        Section(None, "Words."),
        Section("1. Overview", "As ever."),
        Section("2. Gone", "Nobody."),
        Section("3. Methods", "Old words here."),
        Section("Old Name", "The very same text."),
    ]
    after = [
        Section(None, "Words."),
        Section("OVERVIEW:", "As ever."),
        Section("Methods", "Other things altogether said."),
        Section("New Name", "The very same text."),
        Section("Added", "Somebody."),
    ]
    found = compare_sections(before, after)
    assert [(s.kind, s.before, s.after) for s in found] == [
        (SAME, None, None),
        (SAME, "1. Overview", "OVERVIEW:"),
        (DROPPED, "2. Gone", None),
        (REWORDED, "3. Methods", "Methods"),
        (REWORDED, "Old Name", "New Name"),
        (ADDED, None, "Added"),
    ]


def test_headings_are_known_without_number_and_case() -> None:
    forms = ("2. Civil Liberties", "CIVIL LIBERTIES:", "b) Civil  liberties")
    assert {heading_key(form) for form in forms} == {"civil liberties"}
    assert heading_key("Section 1.2. Civil Liberties") == "civil liberties"
    assert heading_key(None) == ""
    assert heading_key("A Civil Matter") == "a civil matter"


_TEXTS = st.lists(st.sampled_from(["One.", "Two.", "Three.", "Four is more."]), max_size=12)


@given(_TEXTS, _TEXTS)
def test_nothing_is_lost_or_made_up(before: list[str], after: list[str]) -> None:
    found = compare_sentences(" ".join(before), " ".join(after))
    assert [c.before for c in found if c.before is not None] == before
    assert [c.after for c in found if c.after is not None] == after
    assert all(c.before == c.after for c in found if c.kind == SAME)
    if before == after:
        assert {c.kind for c in found} <= {SAME}


@given(_TEXTS, _TEXTS)
def test_places_rise_on_both_sides(before: list[str], after: list[str]) -> None:
    pairs = aligned(before, after)
    assert all(before[i] == after[j] for i, j in pairs)
    for side in zip(*pairs, strict=True):
        assert list(side) == sorted(set(side))


@pytest.mark.parametrize("unit", ["A. ", "Ab c. ", "a ", "a\n", ". ", "A b c d e f g h. X y z. "])
def test_hostile_texts_take_linear_time(unit: str) -> None:
    size = 200_000
    before, after = unit * (size // len(unit)), ("Q. " + unit) * (size // (len(unit) + 3))
    begun = time.process_time()
    for change in compare_sentences(before, after):
        if change.kind == REWORDED:
            compare_words(change.before or "", change.after or "")
    sections = [Section(f"{n}. {unit}", unit) for n in range(5_000)]
    compare_sections(sections, [*sections[::-1], *sections])
    assert time.process_time() - begun < 6
