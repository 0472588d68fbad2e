"""The data checks: queries under `checks/` that return offending rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

_CHECKS = Path(__file__).with_name("checks")
_MAX_ROWS = 20
_MAX_WIDTH = 200


class PublishFailed(Exception):
    """The database could not be built; the last one stands."""


class CheckFailed(PublishFailed):
    """Rows break a rule about the data; the last database stands.

    Args:
        check: Name of the check, which is that of its file under `checks/`.
        rule: The rule in words.
        columns: Names of the columns of the rows.
        rows: The first offending rows.
    """

    def __init__(
        self, check: str, rule: str, columns: tuple[str, ...], rows: list[tuple[Any, ...]]
    ) -> None:
        self.check = check
        self.rule = rule
        self.columns = columns
        self.rows = rows
        shown = "\n".join(f"  {_shown(columns, row)}" for row in rows)
        super().__init__(f"data check {check} failed: {rule} Offending rows:\n{shown}")

    def __reduce__(self) -> tuple[type[CheckFailed], tuple[Any, ...]]:
        """Returns what another process needs to raise the same error."""
        return CheckFailed, (self.check, self.rule, self.columns, self.rows)


@dataclass(frozen=True, slots=True)
class Check:
    """One rule about all rows: its name, the rule in words, and the query for what breaks it."""

    name: str
    rule: str
    query: str


def checks() -> Iterator[Check]:
    """Yields the checks in order of their names; the comment a file begins with is its rule."""
    for path in sorted(_CHECKS.glob("*.sql")):
        query = path.read_text(encoding="utf-8")
        comment = []
        for line in query.splitlines():
            if not line.startswith("-- "):
                break
            comment.append(line.removeprefix("-- "))
        yield Check(path.stem, " ".join(comment), query)


def run_checks(connection: duckdb.DuckDBPyConnection) -> None:
    """Runs every check on what was newly loaded (the views `loaded_<table>`).

    Raises:
        CheckFailed: A check returned rows.
    """
    for check in checks():
        found = connection.execute(check.query)
        columns = tuple(column[0] for column in found.description or ())
        if rows := found.fetchmany(_MAX_ROWS):
            raise CheckFailed(check.name, check.rule, columns, rows)


def _shown(columns: tuple[str, ...], row: tuple[Any, ...]) -> str:
    pairs = zip(columns, row, strict=True)
    return ", ".join(f"{name} {repr(value)[:_MAX_WIDTH]}" for name, value in pairs)
