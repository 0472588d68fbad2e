"""The reading of one capture: bytes in, everything that they say out."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from transforms.addresses import NO_ADDRESS, Address, parse_address
from transforms.blocks import blocks_of, body_words, line_kinds
from transforms.country_heading import read_country_heading
from transforms.decoding import Rendition, decode, unseen_marks
from transforms.kinds import Kind
from transforms.languages import SAMPLE_LENGTH, language_of
from transforms.layouts import Layout, has_trace, lay_out
from transforms.lines import Line, lines_of
from transforms.markup import render
from transforms.markup_charset import decode_markup, is_markup
from transforms.markup_reading import (
    LAYOUTS,
    links_of,
    own_address,
    state_head,
    state_own_address,
    unplaced_words,
    with_heading_as_title,
    with_hints,
    with_sides,
)
from transforms.media import is_pdf
from transforms.mentions import mentions_of
from transforms.record_captures import WARC_RECORD
from transforms.record_issues import reason_unread, record_fault, record_issues
from transforms.records import (
    DOCUMENT,
    NOT_A_DOCUMENT,
    QUARANTINED,
    Blocks,
    Capture,
    Document,
    Issue,
    Link,
    Mentions,
    Reading,
)
from transforms.series import read_series
from transforms.sketch import sketch_of
from transforms.trafficking import read_placement
from transforms.values import Notebook, read_values

CORPUS_ROW = "application/json"
_LONGEST_WORDS = 200
_PROSE = frozenset(("paragraph", "list_item"))


def read(capture: Capture) -> Reading:
    """Returns what a capture says; never raises.

    A capture that cannot be read, even by a fault of this code, is quarantined with an issue that
    says why, so that one page cannot stop the others.
    """
    try:
        return read_page(capture)
    except MemoryError:
        # How much there was at the time is left out: the words are the same on any machine.
        return quarantined(capture, "reading_out_of_memory", "there was no more memory for it")
    except Exception as error:
        return quarantined(capture, "reading_failed", f"{type(error).__name__}: {error}")


def read_page(capture: Capture) -> Reading:
    """Returns what a capture says, as `read` does, but lets a fault of this code be seen."""
    if capture.media_type == WARC_RECORD and capture.record is None:
        return _quarantined(capture, None, [record_fault(capture.payload)])
    reading = _read_payload(capture)
    odd = record_issues(capture)
    return replace(reading, issues=(*reading.issues, *odd)) if odd else reading


def _read_payload(capture: Capture) -> Reading:
    if capture.media_type == CORPUS_ROW and capture.record is None:
        words = capture.payload[:_LONGEST_WORDS].decode("utf-8", "replace")
        return _quarantined(capture, None, [Issue("corpus_row_unreadable", None, words)])
    if unread := reason_unread(capture):
        return _not_a_document(capture, None, [unread])
    if is_pdf(capture.media_type, capture.payload):
        return _read_pdf(capture)
    if is_markup(capture.media_type, capture.payload):
        return _read_markup(capture)
    rendition, issues = decode(capture.payload)
    if rendition is None:
        return _quarantined(capture, None, issues)
    lines = lines_of(rendition.text)
    if not lines:
        return _quarantined(capture, rendition.charset, [*issues, _blank(capture)])
    uri = capture.target_uri
    address = parse_address(uri) if uri else Address(NO_ADDRESS)
    layout = _laid_out(lines, address, issues)
    if layout.name is None:
        return _not_a_document(capture, rendition.charset, issues)
    notebook = Notebook(rendition, issues=issues)
    read_values(notebook, lines, layout, address)
    kinds = line_kinds(lines, layout)
    read_placement(notebook, lines, kinds, layout.after_header)
    read_country_heading(notebook, lines, kinds, layout.after_header)
    blocks = blocks_of(rendition, lines, kinds)
    _compute_values(notebook, lines, kinds, blocks, capture, layout.name != "new_pdf")
    return _reading_of(capture, rendition.charset, layout.name, notebook, blocks)


def _read_markup(capture: Capture) -> Reading:
    """Returns what an HTML page says: its text is read as text, the markup adds what it knows."""
    source, issues = decode_markup(capture.payload, capture.charset_said)
    if source is None:
        return _quarantined(capture, None, issues)
    page = render(source)
    lines = page.content
    if not lines:
        return _quarantined(capture, source.charset, [*issues, _blank(capture)])
    issues = [*issues, *page.issues, *unseen_marks(page.rendition.text)]
    uri = capture.target_uri
    address, words = own_address(page.head, parse_address(uri) if uri else Address(NO_ADDRESS), uri)
    layout = _laid_out(lines, address, issues)
    if layout.name is None:
        return _not_a_document(capture, source.charset, issues)
    layout = with_heading_as_title(layout, lines, page.content_hints)
    notebook = Notebook(page.rendition, issues=issues)
    read_values(notebook, lines, layout, address, lambda: state_head(notebook, page))
    if uri is None:
        state_own_address(notebook, page)
    content_kinds = with_hints(line_kinds(lines, layout), page.content_hints)
    read_placement(notebook, lines, content_kinds, layout.after_header)
    read_country_heading(notebook, lines, content_kinds, layout.after_header)
    kinds = with_sides(page, content_kinds)
    blocks = blocks_of(page.rendition, page.lines, kinds)
    if missing := unplaced_words(blocks):
        notebook.issues.append(missing)
    _compute_values(notebook, page.lines, kinds, blocks, capture, layout.name != "new_pdf")
    links = links_of(page, blocks, words)
    name = LAYOUTS[layout.name or ""]
    return _reading_of(capture, source.charset, name, notebook, blocks, links)


def _read_pdf(capture: Capture) -> Reading:
    # PDFium is loaded where a PDF is met: most runs have none, and wait for nothing.
    from transforms.pdf import PdfFault
    from transforms.pdf_document import read_pdf_document

    try:
        pdf = read_pdf_document(capture)
    except PdfFault as fault:
        return quarantined(capture, fault.code, fault.words)
    if pdf.layout is None:
        return _not_a_document(capture, None, pdf.notebook.issues)
    _compute_values(pdf.notebook, pdf.lines, pdf.kinds, pdf.blocks, capture, has_body=True)
    return _reading_of(capture, None, pdf.layout, pdf.notebook, pdf.blocks)


def _laid_out(lines: Sequence[Line], address: Address, issues: list[Issue]) -> Layout:
    """Returns the layout of a page, with an issue where nothing shows that it is Refworld's."""
    layout = lay_out(lines, address)
    if layout.name in (None, "bare") and not has_trace(lines, address):
        issues.append(Issue("no_document_evidence", None, lines[0].text[:_LONGEST_WORDS]))
    return layout


def _reading_of(
    capture: Capture,
    charset: str | None,
    layout: str,
    notebook: Notebook,
    blocks: Blocks,
    links: tuple[Link, ...] = (),
) -> Reading:
    return Reading(
        capture.capture_id,
        charset,
        layout,
        DOCUMENT,
        _document(capture, notebook.values),
        blocks,
        tuple(notebook.statements),
        tuple(notebook.issues),
        links,
        notebook.sketch,
        _mentions(capture, notebook, blocks),
    )


def _mentions(capture: Capture, notebook: Notebook, blocks: Blocks) -> Mentions:
    rendition = notebook.rendition
    is_payload = isinstance(rendition, Rendition) and rendition.is_payload_in_utf_8
    return mentions_of(
        rendition.text,
        blocks,
        notebook.text("language"),
        notebook.day("publication_to"),
        capture.payload if is_payload else None,
    )


def _not_a_document(capture: Capture, charset: str | None, issues: list[Issue]) -> Reading:
    return Reading(
        capture.capture_id, charset, None, NOT_A_DOCUMENT, None, Blocks(), (), tuple(issues)
    )


def _blank(capture: Capture) -> Issue:
    return Issue("blank_text", None, f"{len(capture.payload)} bytes")


def quarantined(capture: Capture, code: str, words: str) -> Reading:
    """Returns the reading of a capture that is not to be read, with the issue that says why."""
    return _quarantined(capture, None, [Issue(code, None, words)])


def _quarantined(capture: Capture, charset: str | None, issues: list[Issue]) -> Reading:
    shortened = tuple(Issue(i.code, i.field, i.words[:_LONGEST_WORDS]) for i in issues)
    return Reading(capture.capture_id, charset, None, QUARANTINED, None, Blocks(), (), shortened)


def _compute_values(
    notebook: Notebook,
    lines: Sequence[Line],
    kinds: Sequence[Kind],
    blocks: Blocks,
    capture: Capture,
    has_body: bool,
) -> None:
    read_series(notebook)
    if "document_id" not in notebook.values:
        document_id = f"sha256:{capture.payload_sha256[:16]}"
        notebook.state_elsewhere("document_id", document_id, None, "computed.payload_sha256")
    # A page that stands before a PDF has no running text: its lines name files and translations.
    if has_body and (language := language_of(_sample(lines, kinds))):
        notebook.state_elsewhere("language", language, None, "computed.language")
    _state_disclaimer_presence(notebook)
    body = body_words(lines, kinds)
    word_count = body.count(b" ") + 1 if body else 0
    digest = hashlib.sha256(body).hexdigest()
    notebook.state_elsewhere("block_count", len(blocks), None, "computed.block_count")
    notebook.state_elsewhere("word_count", word_count, None, "computed.word_count")
    notebook.state_elsewhere("text_sha256", digest, None, "computed.text_sha256")
    notebook.sketch = sketch_of(body) if has_body else None


def _state_disclaimer_presence(notebook: Notebook) -> None:
    found = next((s for s in notebook.statements if s.field == "disclaimer"), None)
    notebook.state_elsewhere("has_disclaimer", found is not None, None, "computed.has_disclaimer")


def _sample(lines: Sequence[Line], kinds: Sequence[Kind]) -> str:
    """Returns the beginning of the running text, without lines in capitals that lack accents."""
    taken: list[str] = []
    length = 0
    for line, kind in zip(lines, kinds, strict=True):
        if kind.name in _PROSE and not line.text.isupper():
            taken.append(line.text[:SAMPLE_LENGTH])
            length += len(taken[-1])
            if length > SAMPLE_LENGTH:
                break
    return " ".join(taken)


def _document(capture: Capture, values: dict[str, Any]) -> Document:
    found: dict[str, Any] = {name: values.get(name) for name in _DOCUMENT_FIELDS}
    return Document(capture_id=capture.capture_id, **found)


_DOCUMENT_FIELDS = tuple(name for name in Document.__slots__ if name != "capture_id")
