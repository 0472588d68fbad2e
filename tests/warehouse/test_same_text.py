"""The view `same_text`: pairs of captures that say the same under different ids, as evidence."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from contextlib import closing
from typing import Any

from tests.warehouse.pages import CODE_VERSION, page, publish_all, reading_of
from warehouse import commits
from warehouse.home import Home
from warehouse.query import open_database

Sketch = tuple[int, ...] | None
FULL = tuple(range(100, 116))


def store(home: Home, texts: Sequence[tuple[str, Sketch, str]]) -> dict[str, str]:
    """Publishes one document for each id, sketch and digest of words; returns id by capture."""
    captures = sorted((page(n) for n in range(len(texts))), key=lambda c: c.capture_id)
    readings = [
        dataclasses.replace(
            reading_of(capture, document_id=document_id, text_sha256=digest * 64), sketch=sketch
        )
        for capture, (document_id, sketch, digest) in zip(captures, texts, strict=True)
    ]
    stated = [
        dataclasses.replace(reading, statements=tuple(
            dataclasses.replace(s, value=document_id if s.field == "document_id" else digest * 64)
            if s.field in ("document_id", "text_sha256") else s
            for s in reading.statements
        ))
        for reading, (document_id, _, digest) in zip(readings, texts, strict=True)
    ]  # fmt: skip
    commits.commit(home, commits.stage(home, captures, stated, CODE_VERSION))
    publish_all(home)
    return {c.capture_id: text[0] for c, text in zip(captures, texts, strict=True)}


def pairs(home: Home) -> list[tuple[Any, ...]]:
    with closing(open_database(home)) as database:
        rows = database.execute("FROM same_text ORDER BY ALL").fetchall()
    assert all(one < other for one, other, *_ in rows)
    return [row[2:] for row in rows]


def test_likeness_is_the_share_of_common_hashes_among_the_smallest(home: Home) -> None:
    half = (*FULL[:8], *range(200, 208))  # of the smallest 16 of both, 8 are common
    less = (*FULL[:7], *range(200, 209))
    # Its other hashes are smaller than all of those, so none of the common ones counts.
    lower = (*range(1, 17),)
    ids = store(home, [
        ("a", FULL, "1"), ("b", FULL, "2"), ("c", half, "3"), ("d", less, "4"), ("e", lower, "5"),
        ("f", None, "6"),
        # Eight in common, and of the smallest 16 of both none.
        ("g", (*range(20, 28), *range(300, 308)), "7"),
        ("h", (*range(30, 38), *range(300, 308)), "8"),
    ])  # fmt: skip
    assert set(ids.values()) == set("abcdefgh")
    found = {frozenset(row[:2]): row[2] for row in pairs(home)}
    assert found == {
        frozenset("ab"): 1.0, frozenset("ac"): 0.5, frozenset("bc"): 0.5, frozenset("cd"): 15 / 16,
    }  # fmt: skip


def test_equal_words_are_found_without_sketches_and_one_document_is_no_pair(home: Home) -> None:
    store(home, [("a", None, "1"), ("b", None, "1"), ("b", None, "1"), ("c", FULL, "2"),
                 ("c", FULL, "2"), ("d", None, "3")])  # fmt: skip
    assert sorted({*row[:2]} for row in pairs(home)) == [{"a", "b"}] * 2
    assert [row[2] for row in pairs(home)] == [1.0, 1.0]


def test_what_very_many_have_in_common_makes_no_pair_of_each_two(home: Home) -> None:
    store(home, [(f"d{n}", FULL, "1") for n in range(60)])
    assert len(pairs(home)) == 59
    with closing(open_database(home)) as database:
        (firsts,) = database.execute("SELECT count(DISTINCT capture_id) FROM same_text").fetchone()
    assert firsts == 1
