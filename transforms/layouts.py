"""Which form a page has, and where its header and title stand."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from transforms.addresses import (
    DOCUMENT_ADDRESS,
    NO_ADDRESS,
    OTHER_ADDRESS,
    Address,
    parse_address,
)
from transforms.citation import PARTIES, parse_citation
from transforms.countries import country_of_name
from transforms.dates import normalize_date
from transforms.header import Header, HeaderRow, find_header
from transforms.kinds import MAIN_HEADING, kind_of
from transforms.labels import is_citation, is_disclaimer, is_last_updated
from transforms.lines import Line, one_space
from transforms.publishers import publisher_of_code

_LISTING = re.compile(
    r"(?:Showing\s[0-9]+\s?[-–]\s?[0-9]+\sof\s[0-9,]+\sresults?|Selected filters:|"
    r"[0-9,]+ results? found)",
    re.IGNORECASE,
)
# What the two begin with: most lines need no closer look.
_LISTING_HEADS = frozenset("Ss0123456789")
_ENTRY = re.compile(r"[0-9]{1,2} [A-Z][a-z]+ [12][0-9]{3} \| Publisher: ")
_ERROR_PAGE = re.compile(
    r"(?:(?:Error )?404(?:\s?[-–:]\s?[a-z ]{0,40}| (?:page )?not found)?|Page not found|"
    r"The requested page could not be found|Access denied)[.!]?",
    re.IGNORECASE,
)
# How a footnote begins that cites another document.
_NOTE = re.compile(r"\[?[0-9]{1,3}[\].)]?\s|(?:See|Voir|Ibid|Cf|Source|Sources?:)\b", re.IGNORECASE)
_REQUESTED = re.compile(r"([^:|]{3,60}):\s.{5,230}\[[A-Z]{3}[0-9]{4,6}\.[A-Z]{1,3}\]")
_NEW_MARKS = ("-", "•")
_NEW_AUTHOR = re.compile(r"(?:[-•]\s*)?Author:\s*(?=\S)")
_NEW_SOURCE = re.compile(r"(?:[-•]\s*)?Document source:\s*")
_NEW_DATE = re.compile(r"(?:[-•]\s*)?Date:\s*")
_NEW_ANCHOR = re.compile(r"(?:[-•]\s*)?(?:Document source|Date):")
_NEW_ABOVE = re.compile(r"(?:[-•]\s*)?Author:\s*\S|[-•]$")
# The titles that Refworld gives to reports in series: a year, and a country behind a dash.
_SERIES_TITLE = re.compile(r"(?=[^0-9]*[12][0-9]{3})([^|]{10,200})\s[-–]\s([^-–|]{3,60})")
# Titles that say what kind of document they are the title of.
_NAMED_FORM = re.compile(
    r"(?:[A-Z][a-z]+ ){0,3}(?:Note|Report|Paper|Guidelines|Conclusions?|Statement|Position|Study|"
    r"Guidance|Survey|Handbook|Memorandum|Recommendations?|Convention|Protocol|Declaration|"
    r"Considerations|Principles|Agreement)\s"
    r"(?:of|on|by|to|concerning|regarding|relating|for|between)\s(?:\S+\s){2}"
)
# Resolutions are known by their number before the organ that speaks, which opens the text.
_RESOLUTION = re.compile(r"\b(?:resolution|decision)s? [0-9]{1,4}(?:/[0-9]{1,4})?\b", re.IGNORECASE)
_ORGAN = re.compile(r"The [A-Z][A-Za-z' ]{3,80},")
# What follows a title where nothing else does.
_INTRODUCTION = re.compile(
    r"(?:[0-9IVX]{1,4}[.)]?\s+)?(?:Introduction|Summary|Executive Summary|Background|Overview|"
    r"Preface|Foreword)",
    re.IGNORECASE,
)
_ADOPTED = ("adopted by the General Assembly", "adopted by the Security Council")
_NO_TITLE_ENDS = (".", ",", ";", ":")
_REPEATED = 15
_FEWEST_WORDS = 3
_LANGUAGES = re.compile(
    r"\b(?:English|French|Français|Spanish|Español|Arabic|Russian|Chinese|Portuguese|German|"
    r"Italian|Turkish|Ukrainian|Greek|Persian|Dari|Pashto|Somali|Serbian|Albanian|Bosnian|"
    r"Croatian|Hungarian|Polish|Romanian|Bulgarian|Georgian|Armenian|Azerbaijani)\b"
    r"|\.pdf\b|\(pdf\)",
    re.IGNORECASE,
)
_TOP = 15
_DEEP = 100
_ATTACHMENT_LENGTH = 200
_NO_BODY_LENGTH = 3000
_SHORTEST_PROSE = 200
_PROSE_LINE = 80
_ERROR_LINE = 140
_LONGEST_CITATION = 1000
_LONGEST_TITLE = 300


@dataclass(frozen=True, slots=True)
class Layout:
    """The form of a page.

    Args:
        name: One of the nine forms; None for a page that is no document.
        rows: The header's rows, whatever their form.
        title: Index of the title's line.
        last_updated: Index of the `Last Updated:` line.
        after_header: Index of the first line of the body.
    """

    name: str | None
    rows: tuple[HeaderRow, ...] = ()
    title: int | None = None
    last_updated: int | None = None
    after_header: int = 0


def lay_out(lines: Sequence[Line], address: Address) -> Layout:
    """Returns the page's form; the words decide first, then the address, and nothing is assumed.

    Args:
        lines: The page's lines that are not blank.
        address: What its address says; of kind `other` where it has none.
    """
    updated = next((n for n, line in enumerate(lines[:5]) if is_last_updated(line.text)), None)
    is_listing = _is_listing(lines, address)
    header = find_header(lines)
    if header and not (is_listing and not _has_citation(header)):
        return _relaunched(lines, header, updated, address) or _labelled(lines, header, updated)
    if is_listing or _is_error_page(lines, updated):
        return Layout(None, last_updated=updated)
    start = 0 if updated is None else updated + 1
    cited = _cited(lines, start, updated, address)
    layout = (
        cited or _new(lines, start, updated, address) or _headerless(lines, start, updated, address)
    )
    if layout is None:
        return Layout(None, last_updated=updated)
    return layout if cited else _with_own_citation(lines, layout, address)


def _has_citation(header: Header) -> bool:
    return any(row.field == "cite_as" for row in header.rows)


def _is_listing(lines: Sequence[Line], address: Address) -> bool:
    depth = _TOP if address.kind == DOCUMENT_ADDRESS else _DEEP
    heads = [line.text for line in lines[:depth] if line.text[0] in _LISTING_HEADS]
    if any(_LISTING.match(text) for text in heads):
        return True
    return address.kind != DOCUMENT_ADDRESS and any(_ENTRY.match(text) for text in heads)


def _is_error_page(lines: Sequence[Line], updated: int | None) -> bool:
    start = 0 if updated is None else updated + 1
    heads = lines[start : start + 3]
    if len(lines) > _TOP or any(len(line.text) > _ERROR_LINE for line in lines):
        return False
    return any(_ERROR_PAGE.fullmatch(line.text) for line in heads)


def _relaunched(
    lines: Sequence[Line], header: Header, updated: int | None, address: Address
) -> Layout | None:
    """Returns the layout of a page whose header is the relaunched site's block, or None.

    That block has no Publisher row; its citation and disclaimer may follow under their labels.
    """
    if any(row.field == "publisher" for row in header.rows):
        return None
    block = _new(lines, 0 if updated is None else updated + 1, updated, address)
    if block is None:
        return None
    more = [row for row in header.rows if row.line >= block.after_header and row.field]
    after = more[-1].line + 1 if more else block.after_header
    return replace(block, rows=(*block.rows, *more), after_header=after)


def _labelled(lines: Sequence[Line], header: Header, updated: int | None) -> Layout:
    above = [n for n in range(header.first) if n != updated]
    candidates = [n for n in above if updated is not None and n > updated] or above
    return Layout(
        header.form, header.rows, _title_line(lines, header, candidates), updated, header.after
    )


def _title_line(lines: Sequence[Line], header: Header, candidates: list[int]) -> int | None:
    """Returns the line above the header that is the title: the one the citation repeats."""
    if len(candidates) < 2:
        return candidates[0] if candidates else None
    for row in header.rows:
        if row.field == "cite_as":
            cited = one_space(lines[row.line].text)
            named = [n for n in candidates if one_space(lines[n].text) in cited]
            if named:
                return max(named, key=lambda n: len(lines[n].text))
    return candidates[-1]


def _is_own_citation(text: str, address: Address) -> bool:
    """Returns whether a line cites the page itself: a whole citation, no note, no other id."""
    if not is_citation(text) or _NOTE.match(text):
        return False
    citation = parse_citation(text)
    end = max(part.end for part in (citation.uri, citation.accessed, citation.front) if part)
    if len(text.rstrip(" ].;")) > end or not (citation.uri or citation.accessed):
        return False
    uri = citation.uri
    cited = parse_address(text[uri.start : uri.end]) if uri else None
    if cited is None or cited.document_id is None or address.document_id is None:
        return True
    return cited.is_new != address.is_new or cited.document_id == address.document_id


def _cited(
    lines: Sequence[Line], start: int, updated: int | None, address: Address
) -> Layout | None:
    """Returns the layout of a page whose first line is its citation, or None."""
    head = lines[start : start + 3]
    if not head or not _is_own_citation(head[0].text, address):
        return None
    cite = HeaderRow("", "cite_as", start, 0, len(head[0].text))
    if len(head) > 1 and head[1].text.startswith("Disclaimer"):
        words = head[1].text
        if words.rstrip(" :|") == "Disclaimer" and len(head) > 2:
            row = HeaderRow("Disclaimer", "disclaimer", start + 2, 0, len(head[2].text))
            return Layout("print", (cite, row), None, updated, start + 3)
        at = len("Disclaimer") + len(words[10:]) - len(words[10:].lstrip(" :|"))
        row = HeaderRow("Disclaimer", "disclaimer", start + 1, at, len(words))
        return Layout("print", (cite, row), None, updated, start + 2)
    return Layout("citation", (cite,), None, updated, start + 1)


def _new(lines: Sequence[Line], start: int, updated: int | None, address: Address) -> Layout | None:
    """Returns the layout of a page with the relaunched site's block of author and date, or None.

    `Document source:` is printed by that site and no other, so it tells the block under an old
    address too, and where extraction took lines that every page repeats for noise. A lone `Date:`
    counts with one of the block's dashes, and not under an old address.
    """
    top = range(start, min(len(lines), start + _TOP))
    anchor = next((n for n in top if _NEW_ANCHOR.match(lines[n].text)), None)
    if anchor is None:
        return None
    first = anchor
    while first > start and _NEW_ABOVE.match(lines[first - 1].text):
        first -= 1
    rows, after, has_mark = _new_rows(lines, first)
    has_source = any(row.field == "document_source" for row in rows)
    is_old = address.kind == DOCUMENT_ADDRESS and not address.is_new
    if not (has_source or (has_mark and not is_old)):
        return None
    return Layout("new", rows, first - 1 if first > start else None, updated, after)


def _new_rows(lines: Sequence[Line], first: int) -> tuple[tuple[HeaderRow, ...], int, bool]:
    """Returns the rows of the block, the line behind it, and whether it has one of its marks."""
    rows: list[HeaderRow] = []
    has_mark = False
    for index in range(first, len(lines)):
        text = lines[index].text
        if text in _NEW_MARKS:
            has_mark = True
        elif match := _NEW_AUTHOR.match(text):
            rows.append(HeaderRow("Author", "author", index, match.end(), len(text)))
        elif match := _NEW_SOURCE.match(text):
            rows.append(
                HeaderRow("Document source", "document_source", index, match.end(), len(text))
            )
        elif _is_source_value(lines, index, rows):
            label = rows.pop().line
            rows.append(
                HeaderRow("Document source", "document_source", index, 0, len(text), False, label)
            )
        else:
            match = _NEW_DATE.match(text)
            date_row = _new_date(lines, index, match.end() if match else 0)
            has_mark = has_mark or (match is not None and text.startswith(_NEW_MARKS))
            after = date_row.line + 1 if date_row else index + bool(match)
            return (*rows, *([date_row] if date_row else [])), after, has_mark
    return tuple(rows), len(lines), has_mark


def _is_source_value(lines: Sequence[Line], index: int, rows: Sequence[HeaderRow]) -> bool:
    """Returns whether a line is the value of a label `Document source:` above it."""
    if not rows or rows[-1].field != "document_source" or rows[-1].start < rows[-1].end:
        return False
    return (
        rows[-1].line == index - 1
        and index + 1 < len(lines)
        and _NEW_DATE.match(lines[index].text) is None
        and normalize_date(lines[index].text) is None
        and _NEW_DATE.match(lines[index + 1].text) is not None
    )


def _new_date(lines: Sequence[Line], index: int, end: int) -> HeaderRow | None:
    text = lines[index].text
    if normalize_date(text[end:]):
        return HeaderRow("Date", "publication_date", index, end, len(text))
    if end == len(text) and index + 1 < len(lines) and normalize_date(lines[index + 1].text):
        length = len(lines[index + 1].text)
        return HeaderRow("Date", "publication_date", index + 1, 0, length)
    return None


def _headerless(
    lines: Sequence[Line], start: int, updated: int | None, address: Address
) -> Layout | None:
    """Returns the layout of a page whose header is gone.

    Its address says what it is. Prose that came without an address and without a mark of the site
    is taken for a document too, which leaves it readable: it is given no value but its words.
    """
    if address.kind == NO_ADDRESS and updated is None and _is_prose(lines):
        return Layout("bare")
    if address.kind != DOCUMENT_ADDRESS or len(lines) <= start:
        return None
    rows = _landing_rows(lines, start)
    if rows or (address.is_new and _has_no_body(lines[start:])):
        return Layout("new_pdf", rows, start, updated, start + 1)
    name = "new_bare" if address.is_new else "bare"
    # The line under `Last Updated:` is the title; else only what shows that it is one.
    is_title = updated is not None and _may_be_title(lines[start].text)
    if is_title or _is_title_by_form(lines, start, address):
        return Layout(name, (), start, updated, start + 1)
    return Layout(name, (), None, updated, start)


def _is_prose(lines: Sequence[Line]) -> bool:
    length = sum(len(line.text) for line in lines)
    return length >= _SHORTEST_PROSE and max(len(line.text) for line in lines) >= _PROSE_LINE


def _with_own_citation(lines: Sequence[Line], layout: Layout, address: Address) -> Layout:
    """Returns the layout with the line of the body in which the page cites itself, if one does.

    Footnotes cite other documents in the same form, so the line must give this page's own id, or
    its own title as its second part.
    """
    title = one_space(lines[layout.title].text) if layout.title is not None else None
    for index in range(layout.after_header, len(lines)):
        text = lines[index].text
        if len(text) > _LONGEST_CITATION or "[accessed " not in text or _NOTE.match(text):
            continue
        start = text.find("Cite as") + len("Cite as") if text.startswith("Cite as") else 0
        uri = parse_citation(text).uri
        cited_id = parse_address(text[uri.start : uri.end]).document_id if uri else None
        is_own_id = cited_id is not None and cited_id == address.document_id
        is_own_title = title is not None and cited_id is None and f", {title}," in one_space(text)
        if is_own_id or is_own_title:
            row = HeaderRow("Cite as" if start else "", "cite_as", index, start, len(text))
            return replace(layout, rows=(*layout.rows, row))
    return layout


def _has_no_body(lines: Sequence[Line]) -> bool:
    """Returns whether a page is a title with attachments and comments only."""
    if (
        len(lines) < 2
        or lines[0].text.endswith(".")
        or sum(len(line.text) for line in lines) > _NO_BODY_LENGTH
    ):
        return False
    attachments = [
        line
        for line in lines[1:]
        if len(line.text) <= _ATTACHMENT_LENGTH
        and not line.text.endswith((".", ";", ":"))
        and (len(line.text.split()) <= 8 or line.text.lower().endswith(("pdf", "pdf)")))
        and _LANGUAGES.search(line.text)
    ]
    # The first attachment has the document's name in its own language: the title once more.
    repeated = sum(line.text == lines[0].text for line in lines[1:])
    return bool(attachments) and len(lines) - 1 - len(attachments) - repeated <= 3


def _landing_rows(lines: Sequence[Line], start: int) -> tuple[HeaderRow, ...]:
    """Returns the rows of a page that stands before a PDF: labels alone, each over its value.

    There are rows only when the page is no more than its title, attachments and these.
    """
    rows: list[HeaderRow] = []
    index = start + 1
    end = min(len(lines), start + _TOP)
    while index < end and not (field := _landing_field(lines[index].text)):
        index += 1
    if index >= end or not _may_be_title(lines[start].text):
        return ()
    if any(len(line.text) > _ATTACHMENT_LENGTH for line in lines[start + 1 : index]):
        return ()
    while index + 1 < len(lines) and (field := _landing_field(lines[index].text)):
        value = len(lines[index + 1].text)
        rows.append(HeaderRow(field.capitalize(), field, index + 1, 0, value, label_line=index))
        index += 2
    return tuple(rows) if index >= len(lines) else ()


def _landing_field(text: str) -> str | None:
    label = text[:20].rstrip(" :").casefold()
    return label if label in ("comments", "disclaimer") and len(text) <= len(label) + 2 else None


def _is_title_by_form(lines: Sequence[Line], start: int, address: Address) -> bool:
    """Returns whether the first line of a page without its header shows that it is the title."""
    text = lines[start].text
    if _is_series_title(text):
        return True
    following = lines[start + 1] if start + 1 < len(lines) else None
    if not _may_be_title(text) or text.endswith(_NO_TITLE_ENDS) or following is None:
        return False
    if _is_repeated(text, lines[start + 1 : start + 6]):
        return True
    if not following.gap:
        return False
    head, _, rest = text.partition(":")
    if len(rest.split()) >= _FEWEST_WORDS and country_of_name(head):
        return True
    if _is_case(address) and PARTIES.search(text):
        return True
    if _RESOLUTION.search(text) and _ORGAN.fullmatch(following.text):
        return True
    if len(text.split()) > _FEWEST_WORDS and _INTRODUCTION.fullmatch(following.text):
        return True
    return _NAMED_FORM.match(text) is not None or text.endswith(_ADOPTED)


def _is_repeated(text: str, following: Sequence[Line]) -> bool:
    """Returns whether the next line, or the next few put together, print the words once more."""
    words = _letters(text)
    if len(words) < _REPEATED:
        return False
    if _letters(following[0].text[: 2 * _LONGEST_TITLE]).startswith(words):
        return True
    joined = ""
    for line in following:
        joined += _letters(line.text[:_LONGEST_TITLE])
        if joined == words or not words.startswith(joined):
            break
    return joined == words


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text)).casefold()


def _is_case(address: Address) -> bool:
    """Returns whether an address is that of a judgment: by its type, or its publisher, a court."""
    publisher = publisher_of_code(address.publisher_code) if address.publisher_code else None
    is_court = publisher is not None and publisher.kind == "court"
    return is_court or (address.type_code or "").lower() == "caselaw"


def _is_series_title(text: str) -> bool:
    if len(text) > _LONGEST_TITLE:
        return False
    if match := _SERIES_TITLE.fullmatch(text):
        return country_of_name(match[2]) is not None
    match = _REQUESTED.fullmatch(text)
    return match is not None and country_of_name(match[1]) is not None


def _may_be_title(text: str) -> bool:
    # A tier, a line in capitals, a numbered part: these head what follows, whatever stands above.
    is_main_heading = kind_of(Line(0, len(text), text, 0, 0), is_in_notes=False) == MAIN_HEADING
    is_sentence = text.endswith(".") and len(text) > 100
    return not (
        len(text) > _LONGEST_TITLE or is_sentence or is_main_heading or normalize_date(text)
    )


def has_trace(lines: Sequence[Line], address: Address) -> bool:
    """Returns whether anything shows that the text is Refworld's: its address or its marks."""
    if address.kind not in (OTHER_ADDRESS, NO_ADDRESS):
        return True
    return any(
        is_last_updated(line.text) or _LISTING.match(line.text) or is_disclaimer(line.text)
        for line in [*lines[:_TOP], *lines[-_TOP:]]
    )
