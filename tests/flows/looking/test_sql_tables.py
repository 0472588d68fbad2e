"""Answers as tables: each row a line where no screen bounds it, folded where one does."""

from __future__ import annotations

import io

import pytest

from flows.looking.sql import write_table
from warehouse.query import Result

LONG = "Conscientious objectors " * 20


def written(*rows: tuple[object, ...]) -> list[str]:
    stream = io.StringIO()
    write_table(Result(("id", "words"), ("VARCHAR", "VARCHAR"), iter(rows)), stream)
    return [line.rstrip() for line in stream.getvalue().splitlines()]


def test_each_row_is_a_line_where_no_screen_bounds_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    head, first, second = written(("a", LONG), ("b", "two\nlines"))
    assert head.split() == ["id", "words"]
    assert first.split(maxsplit=1) == ["a", LONG.strip()]
    assert second.split(maxsplit=1) == ["b", r"two\nlines"]


def test_what_somebody_asks_for_is_folded_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    lines = written(("a", LONG))
    assert len(lines) > 8
    assert max(map(len, lines)) <= 60
