"""`refworld compare`: what one document says otherwise than another."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import typer
from rich.console import Console
from rich.text import Text

from flows.looking.compare_page import comparison_html
from flows.looking.opened import Database, opened, refuse
from flows.outcomes import ALL_WELL
from flows.printable import printable
from flows.quantities import counted
from transforms.comparing import (
    ADDED,
    DROPPED,
    REWORDED,
    SAME,
    Change,
    Section,
    SectionChange,
    compare_sections,
    compare_words,
)
from warehouse import disk
from warehouse.home import Home
from warehouse.query import compared_document, sections_of

_MARKS = {ADDED: "+", DROPPED: "-", REWORDED: "~", SAME: " "}
_STYLES = {ADDED: "green", DROPPED: "red", REWORDED: "yellow", SAME: ""}

Row = Mapping[str, Any]


def compare_command(home: Home, before: str, after: str, as_json: bool, html: Path | None) -> int:
    """Compares two documents, or captures, section by section; returns the exit code.

    Args:
        home: The data home.
        before: A document's id, whose best version is taken, or the beginning of a capture's.
        after: The other.
        as_json: Whether to print JSON instead.
        html: A file to write as a page of HTML besides.
    """
    with opened(home) as database:
        one, other = _found(database, before), _found(database, after)
        if one["capture_id"] == other["capture_id"]:
            refuse("both are the same capture; `refworld history` lists a document's captures")
        old, new = _sections(database, one), _sections(database, other)
    changes = compare_sections(old, new)
    if html is not None:
        disk.write_whole(
            html.expanduser().absolute(), comparison_html(one, other, changes).encode()
        )
    if as_json:
        typer.echo(json.dumps(_as_data(one, other, changes), ensure_ascii=True, default=str))
    else:
        _print(one, other, changes)
    return ALL_WELL


def _found(database: Database, id_: str) -> Row:
    rows = compared_document(database, id_)
    if not rows:
        refuse(f"there is no document or capture {printable(id_)}")
    best: Row = rows[0]
    if len(rows) > 1 and best["document_id"] != id_:
        refuse(f"{printable(id_)} begins the ids of {len(rows)} captures; give more of it")
    return best


def _sections(database: Database, row: Row) -> list[Section]:
    rows = sections_of(database, row["capture_id"])
    return [Section(section["heading"], section["text"]) for section in rows]


def _as_data(one: Row, other: Row, changes: Sequence[SectionChange]) -> dict[str, Any]:
    return {
        "before": dict(one),
        "after": dict(other),
        "counts": dict(sentence_counts(changes)),
        "sections": [asdict(section) for section in changes],
    }


def sentence_counts(changes: Sequence[SectionChange]) -> Counter[str]:
    """Returns how many sentences have become what."""
    return Counter(change.kind for section in changes for change in section.changes)


def _print(one: Row, other: Row, changes: Sequence[SectionChange]) -> None:
    console = Console(highlight=False, markup=False)
    for mark, row in (("-", one), ("+", other)):
        words = f"{mark} {row['document_id']}  {row['title'] or 'no title'}"
        date = f"  ({row['publication_date']})" if row["publication_date"] else ""
        console.print(Text(printable(words + date), "bold"), soft_wrap=True)
    counts = sentence_counts(changes)
    told = [f"{counts[kind]} {kind}" for kind in (SAME, ADDED, DROPPED, REWORDED)]
    console.print(f"{counted(counts.total(), 'sentence')}: {', '.join(told)}", soft_wrap=True)
    for section in changes:
        if section.kind != SAME:
            console.print()
            for line in _section_lines(section, console.is_terminal):
                console.print(line, soft_wrap=True)


def _section_lines(section: SectionChange, is_colour: bool) -> Iterator[Text]:
    heading = section.after if section.kind != DROPPED else section.before
    words = printable(heading or "(before the first heading)")
    if section.kind == REWORDED and section.before != section.after:
        words += f"  (was: {printable(section.before or 'without heading')})"
    mark, style = _MARKS[section.kind], _STYLES[section.kind]
    yield Text(f"{mark} {words}", f"bold {style}".strip())
    same = 0
    for change in section.changes:
        if change.kind == SAME:
            same += 1
            continue
        if same:
            yield Text(f"    ... {counted(same, 'sentence')} as before", "dim")
            same = 0
        yield _sentence_line(change, is_colour)
    if same:
        yield Text(f"    ... {counted(same, 'sentence')} as before", "dim")


def _sentence_line(change: Change, is_colour: bool) -> Text:
    mark, style = _MARKS[change.kind], _STYLES[change.kind]
    if change.kind != REWORDED:
        words = printable(change.after or change.before or "")
        return Text(f"  {mark} {words}", style)
    line = Text(f"  {mark}")
    for part in compare_words(change.before or "", change.after or ""):
        words = printable(part.after or part.before or "")
        if part.kind == SAME:
            line.append(f" {words}")
        elif is_colour:
            line.append(" ")
            line.append(words, "red strike" if part.kind == DROPPED else "green")
        else:
            line.append(f" [-{words}-]" if part.kind == DROPPED else f" {{+{words}+}}")
    return line
