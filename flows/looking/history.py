"""`refworld history`: what changed in a document, and whether the source or our reading did.

Two captures are compared by what the code of today reads in them: what differs, the source
changed. Two readings of one capture are compared with each other: what differs, our reading did.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby, pairwise
from typing import Any

import typer

from flows.looking.opened import opened, refuse
from flows.outcomes import ALL_WELL
from flows.printable import shortened
from flows.quantities import counted
from warehouse.home import Home
from warehouse.query import reading_rows, version_rows

SOURCE = "the source changed"
READING = "our reading changed"
_NO_VALUES = {"number", "published_at", "code_version", "is_current", "capture_id"}
_WORDS = 160

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Change:
    """One value that is not what it was.

    Args:
        label: `the source changed` or `our reading changed`.
        field: Column of document_versions, or `outcome`.
        before: The value before; None when there was none.
        after: The value after; None when there is none.
        of: What is compared: two captures, or one capture and two versions of the code.
    """

    label: str
    field: str
    before: Any
    after: Any
    of: str


def history_command(home: Home, document_id: str, as_json: bool) -> int:
    """Prints the versions of a document and every change between them; returns the exit code."""
    with opened(home) as database:
        versions = version_rows(database, document_id)
        readings = reading_rows(database, document_id)
    if not readings:
        refuse(f"No document {document_id!r} in {home.root}, now or in an earlier reading.")
    found = list(changes(versions, readings))
    if as_json:
        for change in found:
            typer.echo(json.dumps(asdict(change), default=str))
        return ALL_WELL
    typer.echo(f"{counted(len(versions), 'version')} of {document_id}, in the order of knowledge:")
    for version in versions:
        typer.echo(f"  {_described(version)}")
    for of, group in groupby(found, key=lambda change: (change.label, change.of)):
        typer.echo(f"\n{of[0]}: {of[1]}")
        for change in group:
            typer.echo(f"  {change.field}")
            typer.echo(f"    before  {_words(change.before)}")
            typer.echo(f"    after   {_words(change.after)}")
    if not found:
        typer.echo("\nNothing has changed.")
    return ALL_WELL


def changes(versions: Sequence[Row], readings: Sequence[Row]) -> Iterator[Change]:
    """Yields what changed: between successive versions first, then between readings of each."""
    current = {row["capture_id"]: row for row in readings if row["is_current"]}
    for one, other in pairwise(versions):
        of = f"capture {one['capture_id'][:16]} to {other['capture_id'][:16]}"
        pair = current[one["capture_id"]], current[other["capture_id"]]
        yield from _differences(SOURCE, of, *pair)
    for capture_id, group in groupby(readings, key=lambda row: row["capture_id"]):
        for one, other in pairwise(group):
            of = (
                f"capture {capture_id[:16]}, code {one['code_version']} (snapshot {one['number']}) "
                f"to {other['code_version']} (snapshot {other['number']})"
            )
            yield from _differences(READING, of, one, other)


def _differences(label: str, of: str, one: Row, other: Row) -> Iterator[Change]:
    for field in one:
        if field not in _NO_VALUES and one[field] != other[field]:
            yield Change(label, field, one[field], other[field], of)


def _described(version: Row) -> str:
    parts = [
        f"capture {version['capture_id'][:16]}",
        f"known from {version['known_from'] or '-'} ({version['known_by'] or 'nothing proves it'})",
        f"captured {version['captured_at'] or '-'}",
        f"accessed {version['accessed_date'] or '-'}",
        f"last updated {version['last_updated'] or '-'}",
        f"taken in {str(version['first_seen_at'] or '-')[:19]}",
        *(["the best"] if version["is_best"] else []),
    ]
    return "  ".join(parts)


def _words(value: Any) -> str:
    return "nothing" if value is None else shortened(str(value), _WORDS)
