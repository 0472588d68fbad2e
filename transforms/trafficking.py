"""Trafficking in Persons reports: on which tier a country page places its country.

The placement is what the page's heading prints, or where that was lost the one sentence that gives
it. Sentences about other years are history; waiver clauses and conditions are neither. Tiers 1 to
3 exist since the first report (2001), the Watch List since 2004.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from transforms.countries import code_at, country_of_name
from transforms.kinds import Kind, is_tier_heading
from transforms.lines import Line, one_space
from transforms.records import Span
from transforms.values import Notebook

TIER_1, TIER_2, WATCH_LIST, TIER_3, SPECIAL_CASE = (
    "Tier 1",
    "Tier 2",
    "Tier 2 Watch List",
    "Tier 3",
    "Special Case",
)
FIRST_YEAR = 2001
FIRST_WATCH_LIST_YEAR = 2004
_HEADINGS_END = 8
_LONGEST_CLAUSE = 600

_REPORT = re.compile(r"Trafficking in Persons Report", re.IGNORECASE)
_YEAR = re.compile(r"\b(?:19|20)[0-9]{2}\b")
_TIER = re.compile(
    r"\bTier\s?([123])\b(?:\s?[-–:(]?\s?(Watch\s?-?List)\)?)?|\bSpecial Case\b", re.IGNORECASE
)
# Both end where a tier is named; white space is single where they are used.
_AS_PLACED = re.compile(
    r"(?:\b(?:is|are|was|were|been|be|being|and)\s"
    r"(?:[a-z]{1,20}ly\s|again\s|also\s|therefore,?\s|once more\s)?"
    r"(?:placed|ranked|listed|kept|upgraded|downgraded|elevated|lowered|raised|moved|assigned)"
    r"\s(?:again\s)?(?:on|in|to|as|at|onto)"
    r"|\bremain(?:s|ed|ing)?\s(?:on|in|at|as)"
    r"|\b(?:upgraded|downgraded|elevated|lowered|raised|moved)\sfrom\s.{1,40}\sto)"
    r"\s(?:the\s|a\s)?$",
    re.IGNORECASE,
)
_WAS_THERE = re.compile(
    r"(?:\b(?:upgraded|downgraded|elevated|lowered|raised|moved|up|down|change)\sfrom"
    r"|\b(?:was|were|been|has|had|stood|spent)\s(?:[a-z]{1,20}\s){0,3}(?:on|in|at)"
    r"|\b(?:placement|ranking|ranked|listing)\s(?:[a-z]{1,20}\s){0,2}(?:on|in|at|of|as)?)"
    r"\s(?:the\s|a\s)?$",
    re.IGNORECASE,
)
_ELSEWHEN = re.compile(
    r"\b(?:last|previous|prior|earlier|past|preceding|former)\s(?:[a-z’']+\s){0,3}report"
    r"|\b(?:last|previous)\syear[’']s\b|\bago\b|\bhad been\b|\bhas been (?:on|placed|ranked)\b"
    r"|\bpreviously\b|\bformerly\b|\bfirst (?:appeared|ranked|placed)\b|\bsince (?:19|20)[0-9]{2}\b"
    r"|\bin the (?:interim|mid)",
    re.IGNORECASE,
)
_CONDITION = re.compile(
    r"\b(?:would|could|should|may|might|must|shall|will|if|unless|otherwise|avoid|require[sd]?|"
    r"eligible|criteria|definition|not (?:be )?(?:placed|ranked)|prevent|risk|countries)\b",
    re.IGNORECASE,
)
_NOTE_BRACKETS = re.compile(r"[\[(][^\[\]()]{0,80}[\])]$")
_CLAUSE_ENDS = (". ", "; ", ".” ", '." ', "? ", "! ")


class _Mention(NamedTuple):
    """A tier named in a clause of the text: which, the clause, and where the tier stands in it."""

    tier: str
    line: Line
    start: int
    end: int
    clause_start: int
    clause_end: int

    @property
    def clause(self) -> str:
        return self.line.text[self.clause_start : self.clause_end]

    @property
    def before(self) -> str:
        """The clause up to the tier, in single spaces."""
        return " ".join(self.line.text[self.clause_start : self.start].split()) + " "


def read_placement(
    notebook: Notebook, lines: Sequence[Line], kinds: Sequence[Kind], after_header: int
) -> None:
    """States the placement of a country page of a Trafficking in Persons report, if it is one.

    The fields are `tip_placement` (the tier), `tip_country` (ISO 3166-1 alpha-3), `tip_report_year`
    (the title's year, which may differ from the year of publication) and `tip_history` (a tier that
    the text tells of another year, with the year before it where the clause names one).

    Args:
        notebook: What has been read of the page; title, publisher and countries are in it.
        lines: The page's lines.
        kinds: The kind of each.
        after_header: Index of the first line of the body.
    """
    title = notebook.text("title") or ""
    is_report = _REPORT.search(title) is not None
    if not is_report and (title or notebook.values.get("publisher_id") not in (None, "USDOS")):
        return
    body = [n for n in range(after_header, len(lines)) if kinds[n].name != "boilerplate"]
    heading = _heading(lines, body[:_HEADINGS_END], is_report)
    if not is_report and heading is None:
        return
    year = _state_year(notebook, title) if is_report else None
    mentions = [m for n in body if lines[n] is not heading for m in _mentions(lines[n])]
    country = _country_words(notebook, heading)
    current = [m for m in mentions if _is_current(m, year, country)]
    placed = _state_placement(notebook, heading, current)
    if placed:
        _state_country(notebook, heading)
        _check(notebook, placed, heading, current, year)
    for mention in mentions:
        if mention not in current and _is_history(mention):
            _state_history(notebook, mention)


def tier_of(words: str) -> str | None:
    """Returns the tier that a heading or clause names first, in the words of the report."""
    match = _TIER.search(words)
    return _tier(match) if match else None


def _tier(match: re.Match[str]) -> str:
    if match[1] is None:
        return SPECIAL_CASE
    return WATCH_LIST if match[2] else f"Tier {match[1]}"


def _heading(lines: Sequence[Line], places: Sequence[int], is_report: bool) -> Line | None:
    for place in places:
        text = lines[place].text
        if not is_tier_heading(text):
            continue
        name = _place_name(text)
        if is_report or country_of_name(text[name.start : name.end]):
            return lines[place]
    return None


def _place_name(text: str) -> Span:
    """Returns where a heading names the place; an empty span where it is the tier alone."""
    match = _TIER.search(text)
    if match is None:
        return Span(0, 0)
    head = text[: match.start()]
    start, end = 0, len(head.rstrip(" :–-(["))
    if not head.strip(" (["):
        # `SPECIAL CASE: NAME`
        start = match.end() + len(text[match.end() :]) - len(text[match.end() :].lstrip(" :–-"))
        end = len(text)
    words = text[start:end].rstrip()
    while bracket := _NOTE_BRACKETS.search(words):
        words = words[: bracket.start()].rstrip()
    bare = words.rstrip(" *†0123456789)]")
    return Span(start, start + len(bare))


def _country_words(notebook: Notebook, heading: Line | None) -> list[str]:
    """Returns how the text may name the country: as the heading does, and as the title does."""
    found = []
    if heading is not None:
        name = _place_name(heading.text)
        found.append(heading.text[name.start : name.end])
    found += [
        s.raw for s in notebook.statements if s.field == "country_codes" and s.char_start and s.raw
    ]
    return [words.casefold() for words in found if len(words) > 2]


def _state_year(notebook: Notebook, title: str) -> int | None:
    statement = next(s for s in notebook.statements if s.field == "title")
    years = list(_YEAR.finditer(statement.raw or ""))
    if len(years) != 1 or statement.char_start is None:
        return None
    start = statement.char_start
    span = Span(start + years[0].start(), start + years[0].end())
    year = int(years[0][0])
    notebook.state("tip_report_year", year, span, "trafficking.title_year")
    return year


def _mentions(line: Line) -> Iterator[_Mention]:
    text = line.text
    if "ier" not in text and "IER" not in text and "Special Case" not in text:
        return
    for match in _TIER.finditer(text):
        low = max(0, match.start() - _LONGEST_CLAUSE)
        starts = [text.rfind(mark, low, match.start()) + len(mark) for mark in _CLAUSE_ENDS
                  if text.rfind(mark, low, match.start()) >= 0]  # fmt: skip
        start = max(starts, default=low)
        high = min(len(text), match.end() + _LONGEST_CLAUSE)
        ends = [at for mark in _CLAUSE_ENDS if (at := text.find(mark, match.end(), high)) >= 0]
        yield _Mention(
            _tier(match), line, match.start(), match.end(), start, min(ends, default=high)
        )


def _is_current(mention: _Mention, year: int | None, names: Sequence[str]) -> bool:
    """Returns whether a clause places the page's country in the year of the report."""
    clause = mention.clause
    if _AS_PLACED.search(mention.before) is None or _ELSEWHEN.search(clause):
        return False
    if _CONDITION.search(mention.before):
        return False
    if any(year is None or int(found) != year for found in _YEAR.findall(clause)):
        return False
    subject = mention.before.casefold()
    return "therefore" in subject or any(name in subject for name in names)


def _is_history(mention: _Mention) -> bool:
    before = mention.before
    if _CONDITION.search(before):
        return False
    return (_WAS_THERE.search(before) or _AS_PLACED.search(before)) is not None


def _state_placement(
    notebook: Notebook, heading: Line | None, current: Sequence[_Mention]
) -> str | None:
    if heading is not None:
        tier = tier_of(heading.text)
        if tier is not None:
            span = Span(heading.start, heading.end)
            notebook.state("tip_placement", tier, span, "trafficking.heading")
        return tier
    tiers = {mention.tier for mention in current}
    if len(tiers) != 1:
        if tiers:
            words = "; ".join(one_space(mention.clause) for mention in current)
            notebook.signal("tier_disagrees", "tip_placement", words)
        return None
    notebook.state(
        "tip_placement", current[0].tier, _clause_span(current[0]), "trafficking.sentence"
    )
    return current[0].tier


def _state_country(notebook: Notebook, heading: Line | None) -> None:
    if heading is not None:
        name = _place_name(heading.text)
        if today := country_of_name(heading.text[name.start : name.end]):
            code = code_at(today, notebook.day("publication_to"))
            span = heading.span(name.start, name.end)
            notebook.state("tip_country", code, span, "trafficking.heading")
            if "country_codes" not in notebook.values:
                notebook.state("country_codes", code, span, "trafficking.heading")
                notebook.values["country_codes"] = (code,)
            return
    named = [s for s in notebook.statements if s.field == "country_codes"]
    if len(named) == 1 and named[0].char_start is not None and named[0].char_end is not None:
        span = Span(named[0].char_start, named[0].char_end)
        notebook.state("tip_country", named[0].value, span, "trafficking.title")


def _check(
    notebook: Notebook,
    tier: str,
    heading: Line | None,
    current: Sequence[_Mention],
    year: int | None,
) -> None:
    others = [mention for mention in current if mention.tier != tier]
    if heading is not None and others:
        words = f"{heading.text}; {one_space(others[0].clause)}"
        notebook.signal("tier_disagrees", "tip_placement", words)
    first = FIRST_WATCH_LIST_YEAR if tier == WATCH_LIST else FIRST_YEAR
    if year is not None and year < first:
        notebook.signal("tier_before_its_time", "tip_placement", f"{tier}, {year}")


def _state_history(notebook: Notebook, mention: _Mention) -> None:
    years = set(_YEAR.findall(mention.clause))
    value = f"{years.pop()} {mention.tier}" if len(years) == 1 else mention.tier
    notebook.state("tip_history", value, _clause_span(mention), "trafficking.sentence")


def _clause_span(mention: _Mention) -> Span:
    return mention.line.span(mention.clause_start, mention.clause_end)
