"""Citations: the address, the day of access, and for pages without a header the rest.

The old site prints `<Publisher>, <Title>, <Date>[, <Symbol>], available at: <URL> [accessed
<Date>]`, laws `<Title> [<Country>],  <Date>, available at: …`, courts `<Title>, <Symbol>,
<Publisher>, <Date>, available at: …`, the relaunched one `<Publisher>,
<Title>, <Symbol>[, <second publisher>], <Date>, <URL> [accessed <Date>]`. Titles hold commas,
dates and brackets, so nothing is split on commas that an anchor (a known publisher, the title
line, the last printed date) does not hold in place.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from transforms.countries import country_of_name
from transforms.dates import normalize_date
from transforms.publishers import publisher_of_name, publisher_prefix
from transforms.records import Span

_ACCESSED = re.compile(r"\[\s{0,3}accessed\s{1,3}([^\[\]]{0,40}?)\s{0,3}\]", re.IGNORECASE)
_AVAILABLE = re.compile(r"\bavailable\s{1,3}at\s{0,3}:", re.IGNORECASE)
_URI = re.compile(r"(?:https?://|www\.)[^\s\[\]<>\"]+", re.IGNORECASE)
_SYMBOL = re.compile(r"(?=[^0-9]*[0-9])(?=[^A-Z]*[A-Z])[A-Z0-9][A-Z0-9./()\- ]*")
_CASE_SYMBOL = re.compile(
    r"(?:Application|Applications|Appl\.|App\.|Nos?\.?|Case|\[[12][0-9]{3}\]|[0-9]{1,4})\s?.{0,80}"
    r"|[0-9]{1,8}"
)
_BRACKETED = re.compile(r"\[([^\[\]]{2,60})\]\s{0,3}(?:,|$)")
# The parties of a case.
PARTIES = re.compile(r"\s(?:v|vs|c)\.?\s", re.IGNORECASE)
_MOST_SEGMENTS = 8


@dataclass(frozen=True, slots=True)
class Citation:
    """The parts of a citation, each as a span of its words; None where it has none."""

    uri: Span | None
    accessed: Span | None
    front: Span


@dataclass(frozen=True, slots=True)
class CitationFront:
    """What stands before the address; None for the parts that no anchor holds in place."""

    publisher: Span | None
    title: Span | None
    date: Span | None
    symbol: Span | None
    country: Span | None


def parse_citation(words: str) -> Citation:
    """Returns where the address, the day of access and the front of a citation stand."""
    accesses = list(_ACCESSED.finditer(words))
    accessed = accesses[-1] if accesses else None
    end = accessed.start() if accessed else len(words)
    available = list(_AVAILABLE.finditer(words, 0, end))
    uri = _last_uri(words, available[-1].end() if available else 0, end, bool(available))
    behind_front = available[-1].start() if available else end
    front_end = behind_front if available or uri is None else uri.start
    return Citation(
        uri=uri,
        accessed=Span(accessed.start(1), accessed.end(1)) if accessed else None,
        front=_trimmed(words, 0, front_end),
    )


def _last_uri(words: str, start: int, end: int, is_first: bool) -> Span | None:
    found = list(_URI.finditer(words, start, end))
    if not found:
        return None
    match = found[0] if is_first else found[-1]
    return Span(match.start(), match.start() + len(match[0].rstrip(".,;")))


def split_front(
    words: str,
    front: Span,
    title: str | None = None,
    publisher: str | None = None,
    edtf: str | None = None,
) -> CitationFront:
    """Returns the parts of a citation's front, anchored on what is known.

    Args:
        words: The citation.
        front: Its front, as `parse_citation` gives it.
        title: The page's title where a line of its own says it.
        publisher: The page's publisher where a header row says it.
        edtf: The page's publication date where a header row says it.
    """
    behind = _behind_title(words, front, title)
    date = _last_date(words, Span(behind, front.end), edtf)
    head = _trimmed(words, front.start, date.start if date else front.end)
    symbol = _trimmed(words, date.end, front.end) if date else None
    publisher_span = _publisher(words, head, publisher)
    rest_start = publisher_span.end if publisher_span else head.start
    rest = _trimmed(words, rest_start, head.end)
    country = None if publisher_span else _bracketed_country(words, rest)
    if country:
        law = _trimmed(words, rest.start, country.start - 1)
        number = _trimmed(words, country.end + 1, rest.end)
        return CitationFront(None, law, date, _some(symbol) or _some(number), country)
    if publisher_span is None and (court := _publisher_behind(words, head, publisher)):
        case_title, case_symbol = _split_symbol(
            words, Span(head.start, court.start), _CASE_SYMBOL.fullmatch, title
        )
        return CitationFront(court, case_title, date, _some(symbol) or case_symbol, None)
    if publisher_span is None:
        publisher_span, rest = _by_title(words, head, title)
    if not _some(symbol) and not _AVAILABLE.search(words):
        rest, symbol = _split_symbol(words, rest, _SYMBOL.fullmatch, title)
    title_span = rest if publisher_span and rest.end > rest.start else None
    return CitationFront(publisher_span, title_span, date, _some(symbol), None)


def _some(span: Span | None) -> Span | None:
    return span if span and span.end > span.start else None


def _commas(words: str, span: Span) -> list[int]:
    """Returns the offsets of the last few commas of the span, from the right."""
    commas: list[int] = []
    at = words.rfind(",", span.start, span.end)
    while at >= 0 and len(commas) < _MOST_SEGMENTS:
        commas.append(at)
        at = words.rfind(",", span.start, at)
    return commas


def _last_date(words: str, front: Span, edtf: str | None) -> Span | None:
    """Returns the last printed date, or the last one that is the date already known."""
    end = front.end
    last: Span | None = None
    for comma in _commas(words, front):
        span = _trimmed(words, comma + 1, end)
        if found := normalize_date(words[span.start : span.end]):
            if edtf is None or found.edtf == edtf:
                return span
            last = last or span
        end = comma
    return last


def _publisher(words: str, head: Span, known: str | None) -> Span | None:
    front = words[head.start : head.end]
    if known and " ".join(front.split()).startswith(known + ","):
        comma = head.start
        for _ in range(known.count(",") + 1):
            comma = words.find(",", comma + 1)
        return _trimmed(words, head.start, comma)
    length = publisher_prefix(front[:400])
    if length:
        return _trimmed(words, head.start, head.start + length)
    # `Country: Body` is a form that only publishers have at the head of a citation.
    comma = front.find(",")
    colon = front.find(": ")
    if 0 < colon < comma and country_of_name(front[:colon]):
        return _trimmed(words, head.start, head.start + comma)
    return None


def _publisher_behind(words: str, head: Span, known: str | None) -> Span | None:
    """Returns the publisher that stands last in a front, the form in which courts are cited."""
    for comma in _commas(words, head)[:2]:
        span = _trimmed(words, comma + 1, head.end)
        name = " ".join(words[span.start : span.end].split())
        colon = name.find(": ")
        is_national = colon > 0 and country_of_name(name[:colon]) is not None
        if name == known or publisher_of_name(name) or is_national:
            return span
    return None


def _by_title(words: str, head: Span, title: str | None) -> tuple[Span | None, Span]:
    """Returns publisher and rest of a front whose publisher is not known by name."""
    if title:
        at = words.find(title, head.start, head.end)
        if at > head.start and words[head.start : at].rstrip().endswith(","):
            return _trimmed(words, head.start, at), _trimmed(words, at, head.end)
        return None, head
    commas = _commas(words, head)
    if len(commas) == 1 and not PARTIES.search(words, head.start, commas[0]):
        return _trimmed(words, head.start, commas[0]), _trimmed(words, commas[0] + 1, head.end)
    return None, head


def _bracketed_country(words: str, rest: Span) -> Span | None:
    """Returns the country of a law: the last bracket that holds one and ends its part."""
    for match in reversed(list(_BRACKETED.finditer(words, rest.start, rest.end))):
        if country_of_name(match[1]):
            return Span(match.start(1), match.end(1))
    return None


def _behind_title(words: str, front: Span, title: str | None) -> int:
    """Returns where the part behind the page's own title begins, or the front when it has none."""
    at = words.find(title, front.start, front.end) if title else -1
    return at + len(title) if title and at >= 0 else front.start


def _split_symbol(
    words: str, rest: Span, is_symbol: Callable[[str], object], title: str | None
) -> tuple[Span, Span | None]:
    """Returns title and symbol of a front in which the symbol stands between title and date.

    Args:
        words: The citation.
        rest: What is left of its front without publisher and date.
        is_symbol: Whether words look like a symbol there.
        title: The page's title; a symbol inside it is part of the title.
    """
    rest = _trimmed(words, rest.start, rest.end)
    behind = _behind_title(words, rest, title)
    commas = [comma for comma in _commas(words, rest) if comma >= behind or behind == rest.start]
    end = rest.end
    if commas and publisher_of_name(words[commas[0] + 1 : end]):
        end = commas.pop(0)
    if commas:
        last = _trimmed(words, commas[0] + 1, end)
        if is_symbol(words[last.start : last.end]):
            return _trimmed(words, rest.start, commas[0]), last
    return _trimmed(words, rest.start, end), None


def _trimmed(words: str, start: int, end: int) -> Span:
    """Returns the span without white space and commas at its ends."""
    while start < end and (words[start].isspace() or words[start] == ","):
        start += 1
    while end > start and (words[end - 1].isspace() or words[end - 1] == ","):
        end -= 1
    return Span(start, end)
