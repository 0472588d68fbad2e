"""`refworld search`: passages that have the words, the best first, and where their bytes are."""

from __future__ import annotations

import json
import re
from contextlib import closing
from dataclasses import asdict, dataclass
from typing import Any

from rich.console import Console
from rich.text import Text

from flows.looking.opened import opened, refuse
from flows.outcomes import ALL_WELL
from flows.printable import complain, printable
from flows.quantities import counted
from transforms.countries import country_meant
from warehouse.browsing import snapshot
from warehouse.home import Home
from warehouse.query import DatabaseUnusable, NoDatabase
from warehouse.search import Hit, NothingAsked, SearchAnswer, SearchFilters, search
from warehouse.search_index import (
    IndexFacts,
    NoIndex,
    NotSearchable,
    build_search_index,
    open_search_index,
)

_AROUND = 200  # characters of a long passage that are shown on both sides of the first word
_WIDTH = 96
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Question:
    """What is looked for, as a person says it."""

    words: str
    country: str | None = None
    publisher: str | None = None
    type: str | None = None
    language: str | None = None
    first_year: int | None = None
    last_year: int | None = None
    has_any: bool = False
    is_all: bool = False


def search_command(
    home: Home, question: Question, limit: int, offset: int, as_json: bool, is_fresh: bool
) -> int:
    """Prints the passages that fit, and of which snapshot the index is; returns the exit code."""
    filters = filters_of(question)
    _build_where_needed(home, is_fresh)
    try:
        with closing(open_search_index(home)) as index:
            answer = search(index, question.words, filters, limit, offset)
    except (NoIndex, NotSearchable, NothingAsked) as error:
        refuse(str(error))
    if as_json:
        for hit in answer.hits:
            print(json.dumps(asdict(hit), ensure_ascii=False, default=str))  # noqa: T201
    else:
        _print(answer, offset)
    _say_of_which_snapshot(home, answer)
    return ALL_WELL


def search_index_command(home: Home) -> int:
    """Builds the index of what is published now; returns the exit code."""
    facts = _built(home)
    size = home.search_index.stat().st_size / 1e6
    Console(highlight=False).print(
        f"Indexed {counted(facts.document_count, 'document')} in "
        f"{counted(facts.passage_count, 'passage')}, as of snapshot {facts.snapshot_number} "
        f"({size:.0f} MB)."
    )
    return ALL_WELL


def filters_of(question: Question) -> SearchFilters:
    """Returns a question's filters; ends the command when a country is none.

    A country may be named, or given by either of its ISO 3166-1 codes.
    """
    code = None
    if question.country:
        code = country_meant(question.country)
        if code is None:
            refuse(f"{printable(question.country)} is no country, by name or ISO 3166 code")
    return SearchFilters(
        question.publisher,
        code,
        question.type,
        question.language,
        question.first_year,
        question.last_year,
        question.is_all,
        question.has_any,
    )


def _build_where_needed(home: Home, is_fresh: bool) -> None:
    if is_fresh or not home.search_index.exists():
        complain("Building the search index of what is published now ...")
        _built(home)


def _built(home: Home) -> IndexFacts:
    """Builds the index, or ends the command with the reason why it cannot be."""
    try:
        return build_search_index(home)
    except (NoDatabase, DatabaseUnusable, NotSearchable, OSError) as error:
        refuse(str(error))


def _say_of_which_snapshot(home: Home, answer: SearchAnswer) -> None:
    facts = answer.index
    words = f"as of snapshot {facts.snapshot_number}, {facts.published_at:%Y-%m-%d %H:%M} UTC"
    with opened(home) as database:
        newest: dict[str, Any] | None = snapshot(database)
    if newest is not None and newest["snapshot_id"] != facts.snapshot_id:
        words += (
            f"; published since: snapshot {newest['number']}. "
            "`refworld search-index`, or --fresh, indexes it"
        )
    complain(f"({counted(answer.found_count, 'passage')} {words})")


def _print(answer: SearchAnswer, offset: int) -> None:
    console = Console(highlight=False, markup=False)
    width = min(_WIDTH, console.width)
    for number, hit in enumerate(answer.hits, offset + 1):
        title = printable(" ".join((hit.title or "Without a title").split()))
        console.print(Text(f"{number}. {title}", "bold"), soft_wrap=True)
        facts = (hit.publisher, hit.publication_date, ", ".join(hit.country_codes or ()))
        said = [printable(fact) for fact in facts if fact]
        console.print(Text(f"   {' · '.join([*said, hit.document_id])}", "dim"), soft_wrap=True)
        if hit.section_heading and hit.kind != "heading":
            heading = printable(" ".join(hit.section_heading.split()))
            console.print(Text(f"   {heading}", "italic"), soft_wrap=True)
        _print_passage(console, hit, width)
        place = f"   characters {hit.char_start} to {hit.char_end}"
        if hit.byte_start is not None:
            place += f", bytes {hit.byte_start} to {hit.byte_end} of the payload"
        place += f"; refworld show {printable(hit.document_id)}"
        console.print(Text(place, "dim"), soft_wrap=True)
        console.print()


def _print_passage(console: Console, hit: Hit, width: int) -> None:
    """Prints the words around the first ones that were looked for, those marked."""
    start = max(0, hit.marks[0][0] - _AROUND) if hit.marks else 0
    end = min(len(hit.text), start + 3 * _AROUND)
    shown = Text("… " if start else "")
    at = start
    for first, last in hit.marks:
        if start <= first and last <= end:
            shown.append(_one_line(hit.text[at:first]))
            marked = printable(hit.text[first:last])
            shown.append(
                *((marked, "bold yellow") if console.is_terminal else (f"[[{marked}]]", ""))
            )
            at = last
    shown.append(_one_line(hit.text[at:end].rstrip()))
    shown.append(" …" if end < len(hit.text) else "")
    for line in shown.wrap(console, width - 3):
        console.print(Text.assemble("   ", line), soft_wrap=True)


def _one_line(words: str) -> str:
    """Returns words on one printable line, runs of white space in them made one space."""
    return printable(_SPACES.sub(" ", words))
