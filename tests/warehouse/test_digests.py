"""Content digests depend on what is held, not on how it came or where it lies."""

from __future__ import annotations

import hashlib
from pathlib import Path

import duckdb
import pytest

from tests.warehouse.pages import CODE_VERSION, commit_batch, page, publish_all, reading_of
from warehouse import commits, digests
from warehouse.digests import content_digests, database_digests
from warehouse.home import Home

PAGES = [page(number, title="Odd!" if number % 2 else "Title") for number in range(7)]


def test_batching_changes_no_digest(tmp_path: Path) -> None:
    one, many = Home(tmp_path / "one"), Home(tmp_path / "many")
    commit_batch(one, PAGES)
    for number in range(7):
        commit_batch(many, PAGES[number : number + 1])
    assert content_digests(one) == content_digests(many)


@pytest.mark.parametrize(
    ("changes", "tables"),
    [
        ({"title": "Another"}, {"document_versions", "statements"}),
        ({"document_id": "another"}, {"document_versions", "statements"}),
        ({"country_codes": ("USA", "PER")}, {"document_versions", "statements"}),
        ({"last_updated": None}, {"document_versions", "statements"}),
        ({"comments": "x" * 5000}, {"document_versions", "statements"}),
    ],
)
def test_any_change_of_a_value_changes_its_tables_digest(
    tmp_path: Path, changes: dict[str, object], tables: set[str]
) -> None:
    before, after = Home(tmp_path / "a"), Home(tmp_path / "b")
    commit_batch(before, PAGES)
    readings = [reading_of(PAGES[0], **changes), *map(reading_of, PAGES[1:])]
    commits.commit(after, commits.stage(after, PAGES, readings, CODE_VERSION))
    first, second = content_digests(before), content_digests(after)
    assert {name for name in first if first[name] != second[name]} == tables


def test_long_texts_count_to_their_last_character(tmp_path: Path) -> None:
    found = set()
    for name, end in (("a", "x"), ("b", "y"), ("c", "x")):
        home = Home(tmp_path / name)
        readings = [reading_of(PAGES[0], comments="x" * 5000 + end)]
        commits.commit(home, commits.stage(home, PAGES[:1], readings, CODE_VERSION))
        found.add(content_digests(home)["document_versions"])
    assert len(found) == 2


def test_the_digest_is_the_one_described(home: Home) -> None:
    commit_batch(home, PAGES)
    lines = []
    for capture in sorted(PAGES, key=lambda capture: capture.capture_id):
        for issue in reading_of(capture).issues:
            row = f'["{capture.capture_id}",0,"{issue.code}","{issue.field}","{issue.words}"]'
            digest = hashlib.sha256(row.encode()).hexdigest()
            lines.append(f"{capture.capture_id} {digest}\n")
    assert len(lines) == 3
    expected = hashlib.sha256("".join(lines).encode()).hexdigest()
    assert content_digests(home)["issues"] == expected


def test_the_database_has_the_lakes_digests(home: Home) -> None:
    commit_batch(home, PAGES[:3])
    commit_batch(home, PAGES[3:])
    publish_all(home)
    with duckdb.connect(str(home.database), read_only=True) as connection:
        assert database_digests(connection) == content_digests(home)


def test_a_large_database_is_read_in_smaller_parts(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit_batch(home, PAGES)
    publish_all(home)
    with duckdb.connect(str(home.database), read_only=True) as connection:
        whole = database_digests(connection)
        monkeypatch.setattr(digests, "_CAPTURES_AT_ONCE", 0)
        assert database_digests(connection) == whole
        assert connection.execute(
            "SELECT count(*) FROM duckdb_tables() WHERE temporary"
        ).fetchone() == (0,)


def test_an_empty_home_has_the_digest_of_nothing(home: Home) -> None:
    assert set(content_digests(home).values()) == {hashlib.sha256().hexdigest()}
