"""Report families: which series of reports a document belongs to, for which year and country.

The title alone decides, by the whole form in which the series prints it: a title that only speaks
of a report is none. A year is the one printed in the title, never that of publication.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from transforms.records import Span, Statement
from transforms.values import Notebook

_LONGEST_TITLE = 300
_YEAR = r"(?:19|20)[0-9]{2}(?:\s?[/–-]\s?(?:(?:19|20)[0-9]{2}|[0-9]{2})(?![0-9]))?+"
# What may stand before a series' name: whose it is, its year, the half of it that it covers.
_BEFORE = re.compile(
    r"(?:The |Annual |(?:January|July) ?[-–] ?(?:June|December),? |(?P<year>"
    + _YEAR
    + r") |(?:(?:U\.?S\.?|United States) Department of (?:State|Labor)(?:[’']s)?|USDOS|USDOL|USCIRF"
    r"|Human Rights Watch|Freedom House|Reporters Without Borders"
    r"|U\.?S\.? Committee for Refugees(?: and Immigrants)?),? )*+",
    re.IGNORECASE,
)
_AFTER = re.compile(
    r"(?:,? (?:(?:for|in|of) )?+(?P<year>" + _YEAR + r")(?![0-9]))?+ ?(?:[-–—:,(].*)?+",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Series:
    """One family.

    Args:
        name: Its usual name, which is the value of `series`.
        forms: How its titles print it, lower case; a longer form before one that begins it.
        publishers: Who publishes it; another known publisher's document is none of it.
        needs_year: Whether the words are so common that only a year beside them tells.
    """

    name: str
    forms: tuple[str, ...]
    publishers: tuple[str, ...]
    needs_year: bool = False


_ALL = (
    _Series("Trafficking in Persons Report", ("trafficking in persons report",), ("USDOS",)),
    _Series(
        "Country Reports on Human Rights Practices",
        ("country reports on human rights practices", "country report on human rights practices"),
        ("USDOS",),
    ),
    _Series(
        "International Religious Freedom Report",
        (
            "international religious freedom report",
            "report on international religious freedom",
            "reports on international religious freedom",
        ),
        ("USDOS",),
    ),
    _Series(
        "Country Reports on Terrorism",
        ("country reports on terrorism", "country report on terrorism"),
        ("USDOS",),
    ),
    _Series("Patterns of Global Terrorism", ("patterns of global terrorism",), ("USDOS",)),
    _Series(
        "Findings on the Worst Forms of Child Labor",
        ("findings on the worst forms of child labor",),
        ("USDOL",),
    ),
    _Series("USCIRF Annual Report", ("uscirf annual report",), ("USCIRF",)),
    _Series("Freedom in the World", ("freedom in the world",), ("FREEHOU",)),
    _Series("Freedom of the Press", ("freedom of the press",), ("FREEHOU",)),
    _Series("Freedom on the Net", ("freedom on the net",), ("FREEHOU",)),
    _Series("Nations in Transit", ("nations in transit",), ("FREEHOU",)),
    _Series("Countries at the Crossroads", ("countries at the crossroads",), ("FREEHOU",)),
    _Series(
        "World Directory of Minorities",
        ("world directory of minorities and indigenous peoples", "world directory of minorities"),
        ("MRGI",),
    ),
    _Series(
        "State of the World's Minorities",
        (
            "state of the world's minorities and indigenous peoples",
            "state of the world's minorities",
        ),
        ("MRGI",),
    ),
    _Series(
        "Child Soldiers Global Report",
        ("child soldiers global report", "global report on child soldiers"),
        ("CSCOAL",),
    ),
    _Series(
        "Amnesty International Report",
        ("amnesty international report", "amnesty international annual report"),
        ("AMNESTY",),
        needs_year=True,
    ),
    _Series("HRW World Report", ("world report",), ("HRW",), needs_year=True),
    _Series("Attacks on the Press", ("attacks on the press",), ("CPJ",)),
    _Series("World Refugee Survey", ("world refugee survey",), ("USCRI",)),
    _Series(
        "Annual Survey of Violations of Trade Union Rights",
        ("annual survey of violations of trade union rights",),
        ("ITUC", "ICFTU"),
    ),
    _Series("Landmine Monitor", ("landmine monitor report", "landmine monitor"), ("LANDMINE",)),
)
_FORMS = tuple((form, series) for series in _ALL for form in series.forms)
RESPONSES = "Responses to Information Requests"
_RESEARCHERS = "IRBC"
_RESPONSE_SYMBOL = re.compile(r"[A-Z]{3}[0-9]{4,6}(?:\.[A-Z]{1,3})?")


def read_series(notebook: Notebook) -> None:
    """States the series of a document with year and country, if its title names one.

    The fields are `series` (its usual name), `series_year` (as printed, white space apart, so that
    `2014/15` stays that) and `series_country` (ISO 3166-1 alpha-3, where the title names one). A
    Response to an Information Request is told by its symbol, because its title is its question.

    Args:
        notebook: What has been read of the page; title, publisher, symbol and countries are in it.
    """
    title = notebook.text("title")
    if title is None:
        return
    publisher = notebook.values.get("publisher_id")
    folded = title.lower().replace("’", "'") if len(title) <= _LONGEST_TITLE else ""
    for form, series in _FORMS:
        if form in folded and publisher in (None, *series.publishers):
            at = folded.index(form)
            if len(folded) == len(title) and _state(
                notebook, series, title, Span(at, at + len(form))
            ):
                return
    if publisher == _RESEARCHERS:
        _state_response(notebook)


def _state(notebook: Notebook, series: _Series, title: str, name: Span) -> bool:
    """States a series whose name stands in a title, if it has the form of one; says whether."""
    before = _BEFORE.fullmatch(title[: name.start])
    after = _AFTER.fullmatch(title[name.end :])
    if before is None or after is None:
        return False
    spans = [
        *([Span(*before.span("year"))] if before["year"] else []),
        *([Span(*(name.end + at for at in after.span("year")))] if after["year"] else []),
    ]
    if series.needs_year and not spans:
        return False
    statement = _statement_of(notebook, "title")
    _state_part(notebook, "series", series.name, statement, name, "series.title")
    years = {_squeezed(title[span.start : span.end]) for span in spans}
    if len(years) == 1:
        _state_part(notebook, "series_year", years.pop(), statement, spans[0], "series.title_year")
    _state_country(notebook, statement, "series.title_country")
    return True


def _squeezed(words: str) -> str:
    return "".join(words.split()).replace("–", "-")


def _state_part(
    notebook: Notebook, name: str, value: str, title: Statement, part: Span, rule: str
) -> None:
    """States what a part of the title says; `part` counts its characters in single spaces."""
    if title.char_start is None:
        # Of an attribute's value only the whole has a place.
        notebook.state_again(name, value, title, rule)
        return
    raw = title.raw or ""
    if len(raw) != len(notebook.text("title") or ""):
        part = _in_raw(raw, part)
    span = Span(title.char_start + part.start, title.char_start + part.end)
    notebook.state(name, value, span, rule)


def _in_raw(raw: str, part: Span) -> Span:
    """Returns where a part of words in single spaces stands in the words as they are."""
    places = [
        at
        for at, character in enumerate(raw)
        if not character.isspace() or (at and not raw[at - 1].isspace())
    ]
    return Span(places[part.start], places[part.end - 1] + 1)


def _state_country(notebook: Notebook, title: Statement, rule: str) -> None:
    """States the one country that the title names, by the words that were read as it."""
    found = [
        statement
        for statement in notebook.statements
        if statement.field == "country_codes" and _stands_in(statement, title)
    ]
    if len(found) == 1:
        notebook.state_again("series_country", found[0].value, found[0], rule)


def _stands_in(statement: Statement, title: Statement) -> bool:
    if title.char_start is None or title.char_end is None:
        return statement.rule.startswith("title.")
    return (
        statement.char_start is not None
        and title.char_start <= statement.char_start < title.char_end
    )


def _state_response(notebook: Notebook) -> None:
    symbol = notebook.text("document_symbol")
    if symbol is None or not _RESPONSE_SYMBOL.fullmatch(symbol):
        return
    statement = _statement_of(notebook, "document_symbol")
    notebook.state_again("series", RESPONSES, statement, "series.symbol")
    _state_country(notebook, _statement_of(notebook, "title"), "series.title_country")


def _statement_of(notebook: Notebook, name: str) -> Statement:
    return next(statement for statement in notebook.statements if statement.field == name)
