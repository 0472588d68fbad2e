"""A PDF as a document: its rendition, its layout, and the values that it prints."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from transforms.addresses import DOCUMENT_ADDRESS, NO_ADDRESS, Address, parse_address
from transforms.blocks import blocks_of, line_kinds
from transforms.country_heading import read_country_heading
from transforms.decoding import Rendition, unseen_marks
from transforms.kinds import BOILERPLATE, TABLE_ROW, Kind
from transforms.layouts import Layout, has_trace, lay_out
from transforms.lines import Line, lines_of
from transforms.pdf import Pdf, read_pdf
from transforms.pdf_lines import UNKNOWN
from transforms.pdf_text import PdfText, pdf_text
from transforms.records import Blocks, Capture, Issue
from transforms.trafficking import read_placement
from transforms.values import Notebook, read_values

LAYOUT = "pdf"
# Forms whose title a text's first lines show; what a page of a PDF begins with shows none.
_WITHOUT_HEADER = frozenset(("bare", "new_bare", "new_pdf"))
_INFO_FIELDS = {
    "Title": "pdf_title",
    "Author": "pdf_author",
    "CreationDate": "pdf_creation_date",
}
_FROM_SIZE = frozenset(("paragraph", "heading"))
_CONTROLS = dict.fromkeys([*range(32), 127])
_KEPT_CONTROLS = "\t\n\f"


@dataclass(frozen=True, slots=True)
class PdfReading:
    """What a PDF says: its lines with their kinds, its blocks, and its values.

    Args:
        layout: `pdf`, or None when nothing shows that it is a document.
        lines: The lines of its rendition that are not blank.
        kinds: The kind of each.
        blocks: The tiling of the rendition.
        notebook: Values, statements and issues.
    """

    layout: str | None
    lines: Sequence[Line]
    kinds: Sequence[Kind]
    blocks: Blocks
    notebook: Notebook


def read_pdf_document(capture: Capture) -> PdfReading:
    """Returns what a PDF says.

    Title, publisher, dates and the like are read where it prints them in one of the forms in which
    pages do: a header with labels, or its own citation. What the file says of itself is stated in
    fields of its own (`pdf_title`, ...): it is often that of a template or of another text.

    Raises:
        PdfFault: It cannot be read.
    """
    pdf = read_pdf(capture.payload)
    printed = pdf_text(pdf.pages)
    lines = lines_of(printed.text)
    own = [line for line in lines if printed.line_at(line.start) not in printed.furniture]
    uri = capture.target_uri
    address = parse_address(uri) if uri else Address(NO_ADDRESS)
    notebook = Notebook(Rendition(printed.text, "utf-8", printed.text, is_of_bytes=False))
    notebook.issues += [*_page_issues(pdf), *_mark_issues(printed.text)]
    layout = _layout(own, address)
    if (layout is None or not layout.rows) and not has_trace(own, address):
        notebook.signal("no_document_evidence", None, own[0].text if own else "no text")
    if layout is None:
        return PdfReading(None, lines, (), Blocks(), notebook)
    read_values(notebook, own, layout, address)
    _state_info(notebook, pdf.info)
    own_kinds = line_kinds(own, layout)
    read_placement(notebook, own, own_kinds, layout.after_header)
    read_country_heading(notebook, own, own_kinds, layout.after_header)
    kinds = _kinds(lines, own, own_kinds, printed)
    blocks = blocks_of(notebook.rendition, lines, kinds)
    pages = [printed.page_of(start) for start in blocks.char_starts]
    return PdfReading(LAYOUT, lines, kinds, replace(blocks, pages=pages), notebook)


def _layout(lines: list[Line], address: Address) -> Layout | None:
    """Returns where the header stands, None for what is no document.

    A scan has no words, so its address alone says whether it is one.
    """
    if not lines:
        return Layout(LAYOUT) if address.kind == DOCUMENT_ADDRESS else None
    found = lay_out(lines, address)
    if found.name is None:
        return None
    if found.name in _WITHOUT_HEADER:
        cited = tuple(row for row in found.rows if row.field == "cite_as")
        return Layout(LAYOUT, cited, last_updated=found.last_updated)
    return replace(found, name=LAYOUT)


def _kinds(
    lines: Iterable[Line], own: Sequence[Line], own_kinds: Sequence[Kind], printed: PdfText
) -> list[Kind]:
    """Returns the kind of each line; size of type and wide spaces tell more than the words do."""
    by_words = {line.start: kind for line, kind in zip(own, own_kinds, strict=True)}
    kinds = []
    for line in lines:
        kind = by_words.get(line.start, BOILERPLATE)
        if kind.name in _FROM_SIZE:
            level = printed.levels.get(printed.line_at(line.start))
            if level is not None:
                kind = Kind("heading", level)
            elif "\t" in line.text:
                kind = TABLE_ROW
        kinds.append(kind)
    return kinds


def _page_issues(pdf: Pdf) -> list[Issue]:
    lost = [n for n, page in enumerate(pdf.pages, 1) if not page.is_readable]
    empty = [n for n, page in enumerate(pdf.pages, 1) if page.is_readable and not page.lines]
    of_all = f"of {len(pdf.pages)}"
    issues = []
    if lost:
        issues.append(Issue("pdf_pages_unreadable", None, f"{_ranges(lost)} {of_all}"))
    if len(empty) + len(lost) == len(pdf.pages):
        issues.append(Issue("pdf_without_text", None, f"0 pages with text {of_all}"))
    elif empty:
        issues.append(Issue("pdf_pages_without_text", None, f"{_ranges(empty)} {of_all}"))
    return issues


def _mark_issues(text: str) -> list[Issue]:
    controls = len(text) - len(text.translate(_CONTROLS)) - sum(map(text.count, _KEPT_CONTROLS))
    issues = [Issue("control_characters", None, f"{controls}")] if controls else []
    if unknown := text.count(UNKNOWN):
        issues.append(Issue("pdf_characters_unknown", None, f"{unknown} of {len(text)}"))
    return issues + unseen_marks(text)


def _state_info(notebook: Notebook, info: Mapping[str, str]) -> None:
    for name, field in _INFO_FIELDS.items():
        if words := info.get(name):
            notebook.state_elsewhere(field, words, words, f"pdf.info.{name}")


def _ranges(numbers: Sequence[int]) -> str:
    """Returns page numbers in words, runs of them by their ends."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and runs[-1][1] == number - 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    said = ", ".join(f"{a}" if a == b else f"{a}-{b}" for a, b in runs)
    return f"pages {said}" if len(numbers) > 1 else f"page {said}"
