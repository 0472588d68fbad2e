"""The reading of one capture: bytes in, everything that they say out."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from transforms.addresses import NO_ADDRESS, Address, parse_address
from transforms.blocks import blocks_of, body_words, line_kinds
from transforms.decoding import decode
from transforms.kinds import Kind
from transforms.languages import SAMPLE_LENGTH, language_of
from transforms.layouts import has_trace, lay_out
from transforms.lines import Line, lines_of
from transforms.records import (
    DOCUMENT,
    NOT_A_DOCUMENT,
    QUARANTINED,
    Blocks,
    Capture,
    Document,
    Issue,
    Reading,
)
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
    except Exception as error:
        return quarantined(capture, "reading_failed", f"{type(error).__name__}: {error}")


def read_page(capture: Capture) -> Reading:
    """Returns what a capture says, as `read` does, but lets a fault of this code be seen."""
    if capture.media_type == CORPUS_ROW:
        words = capture.payload[:_LONGEST_WORDS].decode("utf-8", "replace")
        return _quarantined(capture, None, [Issue("corpus_row_unreadable", None, words)])
    rendition, issues = decode(capture.payload)
    if rendition is None:
        return _quarantined(capture, None, issues)
    lines = lines_of(rendition.text)
    if not lines:
        blank = Issue("blank_text", None, f"{len(capture.payload)} bytes")
        return _quarantined(capture, rendition.charset, [*issues, blank])
    uri = capture.target_uri
    address = parse_address(uri) if uri else Address(NO_ADDRESS)
    layout = lay_out(lines, address)
    if layout.name in (None, "bare") and not has_trace(lines, address):
        issues.append(Issue("no_document_evidence", None, lines[0].text[:_LONGEST_WORDS]))
    if layout.name is None:
        return Reading(
            capture.capture_id,
            rendition.charset,
            None,
            NOT_A_DOCUMENT,
            None,
            Blocks(),
            (),
            tuple(issues),
        )
    notebook = Notebook(rendition, issues=issues)
    read_values(notebook, lines, layout, address)
    kinds = line_kinds(lines, layout)
    blocks = blocks_of(rendition, lines, kinds)
    has_body = layout.name != "new_pdf"
    _compute_values(notebook, lines, kinds, blocks, capture, has_body)
    return Reading(
        capture.capture_id,
        rendition.charset,
        layout.name,
        DOCUMENT,
        _document(capture, notebook.values),
        blocks,
        tuple(notebook.statements),
        tuple(notebook.issues),
    )


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
