"""Questions to the full-text index: ranked passages with the words that were looked for."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Any

import duckdb

from warehouse.search_index import IndexFacts, NoIndex, facts_of

_HITS = Path(__file__).with_name("queries") / "searching" / "hits.sql"
_SHOWN = _HITS.with_name("shown.sql")
_LONGEST = 1_000  # characters of a question
_SEPARATOR = r"[^\p{L}\p{N}]"
_SEPARATORS = f"{_SEPARATOR}+"
_PHRASE = re.compile(r'"([^"]*)"')
_WORD = re.compile(r"[^\W_]+")
_FOLD = (
    "SELECT list_filter(string_split(regexp_replace(lower(strip_accents($text)),"
    f" '{_SEPARATORS}', ' ', 'g'), ' '), lambda word: word <> '')"
)
_TERMIDS = {
    "stemmed": "SELECT termid FROM fts_main_stemmed.dict WHERE list_contains($terms, term)",
    "unstemmed": "SELECT termid FROM fts_main_unstemmed.dict WHERE list_contains($terms, term)",
}
_STOPPED = "SELECT list(sw) FROM fts_main_stemmed.stopwords"
_STEMMED = (
    "SELECT word, stem(strip_accents(lower(word)), 'english') FROM (SELECT unnest($words) AS word)"
)


@dataclass(frozen=True, slots=True)
class SearchFilters:
    """Which passages are wanted; None wants all.

    Args:
        publisher: A publisher's id.
        countries: ISO 3166-1 alpha-3 codes, of which the document is about one at least.
        type: A document type, as printed.
        language: An ISO 639-1 code.
        first_year: The first year of publication.
        last_year: The last one.
        is_all: Whether headers, disclaimers and trailers are looked through too.
        has_any: Whether a passage with any of the words will do.
    """

    publisher: str | None = None
    countries: Sequence[str] | None = None
    type: str | None = None
    language: str | None = None
    first_year: int | None = None
    last_year: int | None = None
    is_all: bool = False
    has_any: bool = False


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that was found.

    Args:
        text: The words of its block, as they are; of a very long one the first 20,000 characters.
        marks: Where in `text` the words that were looked for stand: start and end.
        char_start: Where the block begins in the rendition, in characters.
        byte_start: Where in the payload, in bytes; None where it has no place of its own there.
        score: By BM25; higher is better, and only comparable within one answer.
    """

    document_id: str
    capture_id: str
    block_seq: int
    kind: str
    title: str | None
    publisher: str | None
    publisher_id: str | None
    document_type: str | None
    language: str | None
    country_codes: Sequence[str] | None
    publication_date: str | None
    section_heading: str | None
    text: str
    char_start: int
    char_end: int
    byte_start: int | None
    byte_end: int | None
    score: float
    marks: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class SearchAnswer:
    """The best passages, how many there are in all, and of what index."""

    hits: tuple[Hit, ...]
    found_count: int
    index: IndexFacts


class NothingAsked(Exception):
    """What is to be looked for has no word that could be found; the message says so."""


_NO_FILTERS = SearchFilters()


def search(
    connection: duckdb.DuckDBPyConnection,
    asked: str,
    filters: SearchFilters = _NO_FILTERS,
    limit: int = 10,
    offset: int = 0,
) -> SearchAnswer:
    """Returns the passages that have all the words, best first.

    Args:
        connection: The index, as `open_search_index` gives it.
        asked: Words in any order; what stands in double quotes must stand like that.
        filters: Which passages are wanted.
        limit: How many are returned.
        offset: How many better ones are left out.

    Raises:
        NothingAsked: There is no word, or none but such as stand everywhere.
        NoIndex: The index is damaged where it was read.
    """
    try:
        return _answer(connection, asked, filters, limit, offset)
    except duckdb.Error as error:
        raise NoIndex(f"the search index cannot be read: {error}") from error


def _answer(
    connection: duckdb.DuckDBPyConnection,
    asked: str,
    filters: SearchFilters,
    limit: int,
    offset: int,
) -> SearchAnswer:
    words = _folded(connection, asked[:_LONGEST])
    stopped = set(_one(connection, _STOPPED) or ())
    telling = [word for word in words if word not in stopped]
    if not words:
        raise NothingAsked(f"there is no word to look for in {asked!r}")
    if not telling:
        raise NothingAsked(f"{' '.join(words)!r} stands nearly everywhere; add another word")
    phrases = [_folded(connection, phrase) for phrase in _PHRASE.findall(asked[:_LONGEST])]
    conditions = " AND ".join(map(_condition, filter(None, phrases)))
    parameters = {
        "publisher": filters.publisher,
        "countries": filters.countries,
        "type": filters.type,
        "language": filters.language,
        "first_year": filters.first_year,
        "last_year": filters.last_year,
        "is_all": filters.is_all,
        "limit": limit,
        "offset": offset,
    }
    sql = Template(_HITS.read_text(encoding="utf-8")).substitute(
        _in_query("stemmed", connection, set(_stems(connection, telling).values()), filters),
        **_in_query("unstemmed", connection, set(telling), filters),
        words="text" if conditions else "NULL",
        phrases=conditions or "true",
    )
    ranked = connection.execute(sql, parameters).fetchall()
    rows = _shown(connection, {number: score for number, score, _ in ranked})
    found_count = ranked[0][2] if ranked else 0
    hits = tuple(_hits(connection, rows, set(telling)))
    return SearchAnswer(hits, found_count, facts_of(connection))


def _shown(
    connection: duckdb.DuckDBPyConnection, scores: Mapping[int, float]
) -> list[dict[str, Any]]:
    """Returns what is shown of passages, in the order in which their scores are given."""
    if not scores:
        return []
    query = Template(_SHOWN.read_text(encoding="utf-8"))
    cursor = connection.execute(query.substitute(passages=", ".join(map(str, scores))))
    names = [column[0] for column in cursor.description or ()]
    found = {row[0]: dict(zip(names[1:], row[1:], strict=True)) for row in cursor.fetchall()}
    return [{**found[number], "score": score} for number, score in scores.items()]


def _in_query(
    index: str, connection: duckdb.DuckDBPyConnection, terms: set[str], filters: SearchFilters
) -> dict[str, str]:
    """Returns what the query says of one of the two indexes: its terms, and how many are needed."""
    found = connection.execute(
        _TERMIDS[index],
        {"terms": sorted(terms)},
    ).fetchall()
    numbers = ", ".join(str(number) for (number,) in found)
    return {index: numbers or "-1", f"fewest_{index}": "1" if filters.has_any else str(len(terms))}


def _hits(
    connection: duckdb.DuckDBPyConnection, rows: Sequence[dict[str, Any]], asked: set[str]
) -> Iterator[Hit]:
    """Yields the rows as hits, with the places of the words that were looked for."""
    if not rows:
        return
    seen = {word for row in rows for word in _WORD.findall(row["text"])}
    stems = _stems(connection, seen | asked)
    folded = {word: _plain(word) for word in seen}
    wanted = {stems[word] for word in asked}
    for row in rows:
        is_stemmed = row["language"] in (None, "en")
        marks = tuple(
            match.span()
            for match in _WORD.finditer(row["text"])
            if (stems[match[0]] in wanted if is_stemmed else folded[match[0]] in asked)
        )
        yield Hit(**row, marks=marks)


def _stems(connection: duckdb.DuckDBPyConnection, words: Iterable[str]) -> dict[str, str]:
    """Returns the stem of each word, as the index of English texts has it."""
    return dict(connection.execute(_STEMMED, {"words": sorted(words)}).fetchall())


def _plain(word: str) -> str:
    """Returns a word in lower case without accents."""
    parts = unicodedata.normalize("NFD", word.lower())
    return "".join(part for part in parts if not unicodedata.combining(part))


def _folded(connection: duckdb.DuckDBPyConnection, text: str) -> list[str]:
    """Returns the words of a text as the index has them before it stems: lower case, no accents."""
    return list(_one(connection, _FOLD, {"text": text}) or ())


def _condition(words: Sequence[str]) -> str:
    """Returns the condition that these words stand one after the other.

    It stands in the query itself, so that its pattern is compiled once and not for each passage;
    the words are of letters and digits alone.
    """
    pattern = _SEPARATORS.join(words)
    return (
        f"regexp_matches(strip_accents(lower(words)), '(^|{_SEPARATOR}){pattern}($|{_SEPARATOR})')"
    )


def _one(
    connection: duckdb.DuckDBPyConnection, sql: str, parameters: dict[str, Any] | None = None
) -> Any:
    row = connection.execute(sql, parameters).fetchone()
    return row[0] if row else None
