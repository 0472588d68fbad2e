"""The values of a document, each stated with the words it was read from."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime

from transforms.addresses import Address, parse_address
from transforms.citation import Citation, CitationFront, parse_citation, split_front
from transforms.countries import code_at, country_of_code, country_of_name
from transforms.dates import PrintedDate, normalize_date, normalize_last_updated
from transforms.decoding import Rendition
from transforms.header import HeaderRow
from transforms.labels import LAST_UPDATED, is_disclaimer
from transforms.layouts import Layout
from transforms.lines import Line, one_space
from transforms.markup_rendition import MarkupRendition
from transforms.publishers import publisher_of_code, publisher_of_name
from transforms.records import Issue, Span, Statement

Value = str | date | datetime | bool | int | tuple[str, ...]

_LONGEST_WORDS = 200
_QUALIFIER = re.compile(r"[:(\[]")
# Titles that end in the country they are about.
_ABOUT = re.compile(r".{8,300} in ([^,;:()\[\]]{3,60})")
_DASH = re.compile(r"\s[-–—]\s")
# Header fields whose value is kept as printed.
_VERBATIM = (
    "author",
    "document_symbol",
    "reference",
    "related_documents",
    "comments",
    "topics",
    "other_languages",
    "decision_type",
    "judicial_body",
    "country",
    "printed_document_type",
    "document_source",
)


@dataclass(slots=True)
class Notebook:
    """What has been read of one page so far: values, statements and issues.

    Args:
        rendition: The page's text, from which every statement's words are taken.
        values: Normalized values by field.
        statements: One for each value, in the order read.
        issues: What was odd.
        sketch: The sketch of the body's words, once they are known.
    """

    rendition: Rendition | MarkupRendition
    values: dict[str, Value] = field(default_factory=dict)
    statements: list[Statement] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)
    sketch: tuple[int, ...] | None = None

    def state(self, name: str, value: Value, span: Span, rule: str) -> None:
        """Keeps a value read from the words at `span`."""
        self.values[name] = value
        words = self.rendition.text[span.start : span.end]
        start, end = self.rendition.byte_span(span.start, span.end)
        self.statements.append(
            Statement(name, value_text(value), words, span.start, span.end, start, end, rule)
        )

    def state_elsewhere(
        self,
        name: str,
        value: Value,
        raw: str | None,
        rule: str,
        place: tuple[int | None, int | None] = (None, None),
    ) -> None:
        """Keeps a value that was computed, or read from words outside the rendition.

        Args:
            name: The field.
            value: Its value.
            raw: The words.
            rule: The rule.
            place: First byte and end of the words where they stand in the payload all the same.
        """
        self.values[name] = value
        self.statements.append(Statement(name, value_text(value), raw, None, None, *place, rule))

    def state_again(self, name: str, value: Value, other: Statement, rule: str) -> None:
        """Keeps a value read from the words of another statement, wherever they stand."""
        if other.char_start is not None and other.char_end is not None:
            self.state(name, value, Span(other.char_start, other.char_end), rule)
        else:
            place = (other.byte_start, other.byte_end)
            self.state_elsewhere(name, value, other.raw, rule, place)

    def signal(self, code: str, name: str | None, words: str) -> None:
        """Keeps an issue with the words seen, shortened."""
        self.issues.append(Issue(code, name, words[:_LONGEST_WORDS]))

    def text(self, name: str) -> str | None:
        """Returns the value of a textual field, or None where there is none."""
        value = self.values.get(name)
        return value if isinstance(value, str) else None

    def day(self, name: str) -> date | None:
        """Returns the value of a field that is a day, or None where there is none."""
        value = self.values.get(name)
        return value if isinstance(value, date) else None


def value_text(value: Value) -> str:
    """Returns a value as the text that `statements` holds: ISO 8601 for dates and times."""
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds") + "Z"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool):
        return "true" if value else "false"
    return " ".join(value) if isinstance(value, tuple) else str(value)


def read_values(
    notebook: Notebook,
    lines: list[Line],
    layout: Layout,
    address: Address,
    state_more: Callable[[], None] | None = None,
) -> None:
    """Reads all values of a document's header, title, citation and address into the notebook.

    Args:
        notebook: Where they are kept.
        lines: The page's lines that are not blank.
        layout: The page's form.
        address: What its address says.
        state_more: States what other evidence has for fields that the text is silent on, before
            values are derived from them.
    """
    if layout.last_updated is not None:
        _read_last_updated(notebook, lines[layout.last_updated])
    if layout.title is not None:
        line = lines[layout.title]
        span = Span(line.start, line.end)
        notebook.state("title", one_space(line.text), span, f"{layout.name}.title")
    for row in layout.rows:
        _read_row(notebook, lines[row.line], row, layout.name or "")
    _read_trailing_disclaimer(notebook, lines, layout)
    cite = next((row for row in layout.rows if row.field == "cite_as"), None)
    if cite:
        _read_citation(notebook, lines[cite.line], cite, lines, layout)
    if state_more:
        state_more()
    _read_document_id(notebook, address)
    _read_publisher_id(notebook, address)
    _read_countries(notebook, address)
    _read_document_type(notebook, address)
    if "title" not in notebook.values:
        notebook.signal("title_missing", "title", layout.name or "")


def _read_last_updated(notebook: Notebook, line: Line) -> None:
    match = LAST_UPDATED.match(line.text)
    span = line.span(match.end() if match else 0, len(line.text))
    words = notebook.rendition.text[span.start : span.end]
    moment, is_weekday_right = normalize_last_updated(words)
    if moment is None:
        notebook.signal("last_updated_unreadable", "last_updated", words)
        return
    notebook.state("last_updated", moment, span, "last_updated")
    if not is_weekday_right:
        notebook.signal("weekday_disagrees", "last_updated", words)


def _read_row(notebook: Notebook, line: Line, row: HeaderRow, form: str) -> None:
    span = line.span(row.start, row.end)
    words = notebook.rendition.text[span.start : span.end]
    if row.field is None:
        whole = Span(line.start, line.end)
        notebook.signal("unknown_label", None, line.text)
        notebook.state("header_row", one_space(line.text), whole, f"{form}.unknown_label")
    elif row.is_repeated:
        notebook.signal("repeated_label", row.field, line.text)
    elif not words:
        # The relaunched site prints this label on every page; extraction leaves its value out.
        if row.field != "document_source":
            notebook.signal("empty_value", row.field, row.label)
    elif row.field == "publication_date":
        _read_date(notebook, words, span, f"{form}.publication_date")
    elif row.field == "title":
        if "title" not in notebook.values:
            notebook.state("title", one_space(words), span, f"{form}.title_row")
    elif row.field == "disclaimer":
        notebook.state("disclaimer", one_space(words), span, f"{form}.disclaimer")
    elif row.field in _VERBATIM or row.field in ("publisher", "cite_as"):
        notebook.state(row.field, one_space(words), span, f"{form}.{row.field}")
        # The relaunched site's word for who publishes.
        if row.field == "document_source" and "publisher" not in notebook.values:
            notebook.state("publisher", one_space(words), span, f"{form}.document_source")


def _read_date(notebook: Notebook, words: str, span: Span, rule: str) -> PrintedDate | None:
    found = normalize_date(words)
    if found is None:
        notebook.signal("date_unreadable", "publication_date", words)
        return None
    notebook.state("publication_date", found.edtf, span, rule)
    notebook.state("publication_from", found.first, span, rule)
    notebook.state("publication_to", found.last, span, rule)
    return found


def _read_trailing_disclaimer(notebook: Notebook, lines: list[Line], layout: Layout) -> None:
    if "disclaimer" in notebook.values:
        return
    for line in reversed(lines[max(layout.after_header, len(lines) - 6) :]):
        if is_disclaimer(line.text):
            label = "Disclaimer" if line.text.startswith("Disclaimer") else ""
            rest = line.text[len(label) :]
            span = line.span(len(line.text) - len(rest.lstrip(" :|")), len(line.text))
            words = notebook.rendition.text[span.start : span.end]
            notebook.state("disclaimer", one_space(words), span, "trailer.disclaimer")
            return


def _read_citation(
    notebook: Notebook, line: Line, row: HeaderRow, lines: list[Line], layout: Layout
) -> None:
    base = line.start + row.start
    words = line.text[row.start : row.end]
    citation = parse_citation(words)
    _read_cite_uri(notebook, citation, words, base)
    _read_accessed(notebook, citation, words, base)
    front = split_front(
        words,
        citation.front,
        notebook.text("title") or _title_by_repetition(lines, layout, words),
        notebook.text("publisher"),
        notebook.text("publication_date"),
    )
    if "title" not in notebook.values or layout.name in ("print", "citation"):
        _read_front(notebook, front, words, base)
        if front.publisher is None and front.country is None:
            notebook.signal("citation_unsplit", "cite_as", words)
    else:
        _compare_front(notebook, front, words, base)


def _title_by_repetition(lines: list[Line], layout: Layout, words: str) -> str | None:
    """Returns the first body line that the citation repeats, which makes it the title."""
    for line in lines[layout.after_header : layout.after_header + 3]:
        if 10 <= len(line.text) <= 400 and f", {line.text}, " in words:
            return line.text
    return None


def _read_cite_uri(notebook: Notebook, citation: Citation, words: str, base: int) -> None:
    if citation.uri is None:
        notebook.signal("cite_uri_missing", "cite_uri", words[citation.front.end :])
        return
    span = _shifted(citation.uri, base)
    uri = words[citation.uri.start : citation.uri.end]
    notebook.state("cite_uri", uri, span, "citation.uri")


def _read_accessed(notebook: Notebook, citation: Citation, words: str, base: int) -> None:
    if citation.accessed is None:
        return
    printed = words[citation.accessed.start : citation.accessed.end]
    found = normalize_date(printed)
    if found and found.first == found.last:
        span = _shifted(citation.accessed, base)
        notebook.state("accessed_date", found.first, span, "citation.accessed")
    else:
        notebook.signal("accessed_date_unreadable", "accessed_date", printed)


def _read_front(notebook: Notebook, front: CitationFront, words: str, base: int) -> None:
    """Takes from the citation what no line of the page's own says."""
    for name in ("publisher", "title", "document_symbol"):
        part = front.symbol if name == "document_symbol" else getattr(front, name)
        if part and name not in notebook.values:
            value = one_space(words[part.start : part.end])
            notebook.state(name, value, _shifted(part, base), f"citation.{name}")
    if front.date and "publication_date" not in notebook.values:
        printed = words[front.date.start : front.date.end]
        _read_date(notebook, printed, _shifted(front.date, base), "citation.date")
    if front.country:
        _state_country(notebook, front.country, words, base)


def _compare_front(notebook: Notebook, front: CitationFront, words: str, base: int) -> None:
    """Takes what the header lacks from the citation, and says where the two disagree."""
    title, edtf = notebook.text("title"), notebook.text("publication_date")
    if title and _squeezed(title) not in _squeezed(words):
        notebook.signal("citation_disagrees", "title", words)
    if edtf and front.date:
        cited = normalize_date(words[front.date.start : front.date.end])
        if cited and cited.edtf != edtf:
            notebook.signal("citation_disagrees", "publication_date", words[front.date.start :])
    publisher = notebook.text("publisher")
    is_named = front.publisher or front.title or front.country
    if publisher and not is_named and _squeezed(publisher) not in _squeezed(words):
        notebook.signal("citation_disagrees", "publisher", words)
    _read_front(notebook, front, words, base)


def _state_country(notebook: Notebook, part: Span, words: str, base: int) -> None:
    code = country_of_name(words[part.start : part.end])
    if code:
        notebook.state("cited_country", code, _shifted(part, base), "citation.country")


def _read_document_id(notebook: Notebook, address: Address) -> None:
    cite_uri = notebook.text("cite_uri")
    cited = parse_address(cite_uri) if cite_uri else None
    if cite_uri and cited and cited.document_id and cited.id_words:
        statement = next(s for s in notebook.statements if s.field == "cite_uri")
        start = (statement.char_start or 0) + cite_uri.rfind(cited.id_words)
        span = Span(start, start + len(cited.id_words))
        notebook.state("document_id", cited.document_id, span, "citation.document_id")
        is_same_kind = address.is_new == cited.is_new
        if address.document_id and is_same_kind and address.document_id != cited.document_id:
            words = f"{cited.document_id} in the citation, {address.document_id} in the address"
            notebook.signal("document_id_disagrees", "document_id", words)
    elif address.document_id:
        notebook.state_elsewhere(
            "document_id", address.document_id, address.id_words, "address.document_id"
        )
    else:
        notebook.signal("document_id_missing", "document_id", cite_uri or "no address")


def _read_publisher_id(notebook: Notebook, address: Address) -> None:
    printed = notebook.text("publisher")
    named = publisher_of_name(printed) if printed else None
    coded = publisher_of_code(address.publisher_code) if address.publisher_code else None
    if address.publisher_code and coded is None:
        notebook.signal("unknown_publisher_code", "publisher_id", address.publisher_code)
    if printed and named:
        statement = next(s for s in notebook.statements if s.field == "publisher")
        notebook.state_again("publisher_id", named.publisher_id, statement, "authority.name")
    elif printed:
        notebook.signal("unknown_publisher", "publisher_id", printed)
    elif coded:
        notebook.state_elsewhere(
            "publisher_id", coded.publisher_id, address.publisher_code, "authority.address_code"
        )
    if named and coded and named != coded:
        notebook.signal(
            "publisher_disagrees", "publisher_id", f"{printed}; {address.publisher_code}"
        )


def _read_countries(notebook: Notebook, address: Address) -> None:
    """States each country that the title, a header row, a law's citation or the address names.

    Its code is the one that was valid when the document was published.
    """
    found: dict[str, tuple[Span | None, str, str]] = {}
    published = notebook.day("publication_to")
    for name in ("title", "country"):
        for statement in [s for s in notebook.statements if s.field == name]:
            for start, end in _country_places(statement.raw or "", name):
                words = (statement.raw or "")[start:end]
                if code := country_of_name(words):
                    at = statement.char_start
                    span = None if at is None else _shifted(Span(start, end), at)
                    found.setdefault(code_at(code, published), (span, words, f"{name}.country"))
    cited = next((s for s in notebook.statements if s.field == "cited_country"), None)
    if cited and cited.char_start is not None and cited.char_end is not None:
        span = Span(cited.char_start, cited.char_end)
        found.setdefault(
            code_at(cited.value, published), (span, cited.raw or "", "citation.country")
        )
        notebook.statements.remove(cited)
    if address.country_code:
        if code := country_of_code(address.country_code):
            found.setdefault(
                code_at(code, published), (None, address.country_code, "address.country")
            )
        else:
            notebook.signal("unknown_country_code", "country_codes", address.country_code)
    for code in sorted(found):
        place, words, rule = found[code]
        if place:
            notebook.state("country_codes", code, place, rule)
        else:
            notebook.state_elsewhere("country_codes", code, words, rule)
    if found:
        notebook.values["country_codes"] = tuple(sorted(found))


def _country_places(words: str, name: str) -> list[tuple[int, int]]:
    """Returns where a country's name may stand: a row's parts, a title's last part or head."""
    if name == "country":
        places, start = [], 0
        for part in words.replace(";", "/").replace("|", "/").split("/"):
            places.append(_trimmed_place(words, start, start + len(part)))
            start += len(part) + 1
        return [*places, (0, len(words))]
    places = []
    if dashes := list(_DASH.finditer(words)):
        places += _narrowed(words, dashes[-1].end(), len(words))
    if (colon := words.find(":")) > 0:
        places += _narrowed(words, 0, colon)
        places.append(_trimmed_place(words, words.rfind(":") + 1, len(words)))
    if about := _ABOUT.fullmatch(words):
        places.append(about.span(1))
    return places


def _narrowed(words: str, start: int, end: int) -> list[tuple[int, int]]:
    """Returns a part of a title: whole, else up to what qualifies it, its bracket, its halves."""
    start, end = _trimmed_place(words, start, end)
    if country_of_name(words[start:end]):
        return [(start, end)]
    places = []
    if cut := _QUALIFIER.search(words, start, end):
        places.append(_trimmed_place(words, start, cut.start()))
    if words[start:end].rstrip().endswith("]") and (at := words.rfind("[", start, end)) > 0:
        places.append(_trimmed_place(words, at + 1, words.rfind("]", start, end)))
    for mark in "-/":
        if (at := words.find(mark, start, end)) > 0:
            halves = [_trimmed_place(words, start, at), _trimmed_place(words, at + 1, end)]
            if all(country_of_name(words[first:last]) for first, last in halves):
                places += halves
    return places


def _trimmed_place(words: str, start: int, end: int) -> tuple[int, int]:
    part = words[start:end]
    start += len(part) - len(part.lstrip())
    return start, start + len(part.strip())


def _read_document_type(notebook: Notebook, address: Address) -> None:
    if address.type_code:
        notebook.state_elsewhere(
            "document_type", address.type_code.lower(), address.type_code, "address.document_type"
        )
    elif printed := notebook.text("printed_document_type"):
        statement = next(s for s in notebook.statements if s.field == "printed_document_type")
        span = Span(statement.char_start or 0, statement.char_end or 0)
        notebook.state("document_type", printed.lower(), span, "header.document_type")


def _shifted(span: Span, base: int) -> Span:
    return Span(base + span.start, base + span.end)


def _squeezed(words: str) -> str:
    """Returns words without white space, for comparing across stray spaces before commas."""
    return "".join(words.split()).casefold()
