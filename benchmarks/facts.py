"""What a generated document's page prints, whatever its layout."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from benchmarks.names import COUNTRIES, KINDS, PUBLISHERS, Publisher
from benchmarks.prose import body, words_of

# Shares of the layouts among real pages, in per cent; the last is pages that are no documents.
SHARES = {
    "plain": 45,
    "bare": 20,
    "new_bare": 20,
    "pipe": 5,
    "new": 4,
    "new_pdf": 2,
    "print": 1,
    "table": 1,
    "citation": 1,
    "listing": 2,
}
SIGMA = 0.8
HEADER_SIZE = 700


@dataclass(frozen=True, slots=True)
class Facts:
    """What a document's page prints, whatever its layout.

    Args:
        layout: A key of `SHARES`.
        title: The title line.
        publisher: Who published it.
        kind: An entry of `KINDS`.
        country: Name and ISO 3166 alpha-3 code.
        author: The printed author, if there is one.
        published: The printed date, full or partial.
        year: The year of that date.
        symbol: The document symbol, if there is one.
        language: Language of the body, ISO 639-1.
        old_id: Nine hex digits.
        new_id: The number in new addresses.
        parts: The body's paragraphs, headings, lists and footnotes.
    """

    layout: str
    title: str
    publisher: Publisher
    kind: tuple[str, str, str]
    country: tuple[str, str]
    author: str | None
    published: str
    year: int
    symbol: str | None
    language: str
    old_id: str
    new_id: int
    parts: list[str]


def facts_of(rng: Random, mean_bytes: int) -> Facts:
    """Returns the facts and the text of one page, of a size spread log-normally around the mean."""
    layout = rng.choices(list(SHARES), weights=list(SHARES.values()))[0]
    country = rng.choice(COUNTRIES)
    published, year = printed_date(rng)
    size = int(rng.lognormvariate(math.log(mean_bytes) - SIGMA * SIGMA / 2, SIGMA))
    language = rng.choices(("en", "fr", "es"), weights=(92, 6, 2))[0]
    return Facts(
        layout=layout,
        title=_title(rng, country[0], year),
        publisher=rng.choice(PUBLISHERS),
        kind=rng.choice(KINDS),
        country=country,
        author=_name(rng) if rng.random() < 0.3 else None,
        published=published,
        year=year,
        symbol=f"{country[1]}{rng.randrange(100_000)}.E" if rng.random() < 0.3 else None,
        language=language,
        old_id=f"{rng.choice('345')}{rng.randrange(16**8):08x}",
        new_id=rng.randrange(10_000, 150_000),
        parts=body(rng, max(200, size - HEADER_SIZE), language),
    )


def printed_date(rng: Random) -> tuple[str, int]:
    """Returns a date as printed, one in five of them partial, and its year."""
    day = date(1985, 1, 1) + timedelta(days=rng.randrange(14_000))
    form = rng.random()
    if form < 0.1:
        return str(day.year), day.year
    month = f"{day:%B} {day.year}"
    return (month if form < 0.2 else f"{day.day} {month}"), day.year


def _title(rng: Random, country: str, year: int) -> str:
    subject = " ".join(word.capitalize() for word in words_of(rng, rng.randint(2, 7)))
    return rng.choice((f"{subject} {year} - {country}", f"{country}: {subject}", subject))


def _name(rng: Random) -> str:
    return " ".join(word.capitalize() for word in words_of(rng, 2))
