"""What the markup of a page adds to the reading of its text: title, kinds, head, links."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import urljoin

from transforms.addresses import Address, parse_address
from transforms.dates import PrintedDate, normalize_date
from transforms.kinds import Kind
from transforms.layouts import Layout
from transforms.lines import Line, one_space
from transforms.markup import MarkupPage
from transforms.markup_furniture import is_site_name
from transforms.markup_head import Evidence, Head
from transforms.records import Blocks, Issue, Link
from transforms.values import Notebook

# Names of the forms as HTML has them, by those of the text that they give.
LAYOUTS = {
    "plain": "old_html",
    "pipe": "old_html",
    "table": "old_html",
    "new": "new_html",
    "new_pdf": "new_html",
    "new_bare": "new_html",
    "print": "print_html",
    "citation": "print_html",
    "bare": "bare_html",
}
_MAIN_HEADING = Kind("heading", 1)
_BODY_KINDS = frozenset(("heading", "paragraph", "list_item", "table_row"))
_ISO = re.compile(
    r"([12][0-9]{3})(?:[-/]([01][0-9])(?:[-/]([0-3][0-9]))?)?(?:[T ][0-9:.+Z-]{1,20})?"
)
_OF_ADDRESS = ("address.", "authority.address_code")
_TITLE_DEPTH = 3
_LONGEST_TITLE = 300
_LONGEST_BASE = 2_000
_LONGEST_WORDS = 1_000


def with_heading_as_title(
    layout: Layout, lines: Sequence[Line], hints: Sequence[Kind | None]
) -> Layout:
    """Returns the layout with the page's main heading as its title where text alone cannot tell.

    Above the relaunched site's block that is the last main heading, whatever stands between; at
    the top of a page without a header it is the only one there is.
    """
    headings = [
        n
        for n, hint in enumerate(hints)
        if hint == _MAIN_HEADING
        and len(lines[n].text) <= _LONGEST_TITLE
        and not is_site_name(lines[n].text)
    ]
    if len(layout.rows) > 1 and layout.rows[0].line in headings:
        # A title that begins with a label's word, which its own element tells from a row.
        first, *rows = layout.rows
        rows = [
            row._replace(is_repeated=False) if row.field == first.field else row for row in rows
        ]
        return replace(layout, rows=tuple(rows), title=first.line)
    if layout.name == "new" and layout.rows:
        above = [n for n in headings if n < layout.rows[0].line]
        return replace(layout, title=above[-1]) if above else layout
    is_headless = layout.name in ("bare", "new_bare") and layout.title is None
    if is_headless and len(headings) == 1 and headings[0] < _TITLE_DEPTH:
        after = max(layout.after_header, headings[0] + 1)
        return replace(layout, title=headings[0], after_header=after)
    return layout


def with_hints(kinds: Sequence[Kind], hints: Sequence[Kind | None]) -> list[Kind]:
    """Returns the kinds of lines of the body as the markup says them, of the rest as they are."""
    return [
        hint if hint and kind.name in _BODY_KINDS else kind
        for kind, hint in zip(kinds, hints, strict=True)
    ]


def with_sides(page: MarkupPage, kinds: Sequence[Kind]) -> list[Kind]:
    """Returns the kinds of all lines, given those of the lines that the text readers saw."""
    content = iter(kinds)
    return [
        hint if is_side and hint else next(content)
        for hint, is_side in zip(page.hints, page.sides, strict=True)
    ]


def state_head(notebook: Notebook, page: MarkupPage) -> None:
    """States what the head says of fields that the text is silent on, and where they differ."""
    for field, evidence in page.head.values.items():
        place = page.rendition.bytes_of_source(evidence.start, evidence.end)
        if field == "publication_date":
            _state_date(notebook, evidence, place)
        elif field not in notebook.values:
            notebook.state_elsewhere(
                field, one_space(evidence.words), evidence.words, f"head.{field}", place
            )
        elif field == "title" and _differ(notebook.text("title") or "", evidence.words):
            notebook.signal("head_disagrees", field, evidence.words)


def state_own_address(notebook: Notebook, page: MarkupPage) -> None:
    """Gives the values read from the address in the head the bytes that they stand in."""
    found = page.head.address_words
    if found is None:
        return
    words = page.rendition.words_of_source(found.start, found.end)
    for number, statement in enumerate(notebook.statements):
        raw = statement.raw
        if raw is None or not statement.rule.startswith(_OF_ADDRESS):
            continue
        at = words.rfind(raw)
        place: tuple[int | None, int | None] = (None, None)
        if at >= 0:
            place = page.rendition.bytes_of_source(found.start + at, found.start + at + len(raw))
        notebook.statements[number] = replace(
            statement, byte_start=place[0], byte_end=place[1], rule=f"head.{statement.rule}"
        )


def own_address(head: Head, given: Address, target_uri: str | None) -> tuple[Address, str | None]:
    """Returns the page's address and its words: the capture's, else the one its head gives."""
    if target_uri is not None or head.address_words is None:
        return given, target_uri
    return head.address, head.address_words.words


def links_of(page: MarkupPage, blocks: Blocks, address: str | None) -> tuple[Link, ...]:
    """Returns the links of a page, but those that run a script."""
    base = page.head.base or ""
    base = _resolved(address or "", base) if base else address or ""
    base = base if len(base) <= _LONGEST_BASE else ""
    links = []
    for number, href in enumerate(page.hrefs):
        target = href.strip()
        if target.lower().startswith("javascript:"):
            continue
        links.append(_link(page, blocks, number, _resolved(base, target)))
    return tuple(links)


def unplaced_words(blocks: Blocks) -> Issue | None:
    """Returns the issue that some blocks have no stretch of source, with the first one's words."""
    missing = [
        text
        for kind, text, start in zip(blocks.kinds, blocks.texts, blocks.byte_starts, strict=True)
        if start is None and kind != "blank"
    ]
    if not missing:
        return None
    return Issue("span_unaligned", None, f"{len(missing)} blocks, the first: {missing[0]}"[:200])


def _state_date(
    notebook: Notebook, evidence: Evidence, place: tuple[int | None, int | None]
) -> None:
    found = _head_date(evidence.words)
    if found is None:
        return
    printed = notebook.text("publication_date")
    if printed is None:
        for name, value in (
            ("publication_date", found.edtf),
            ("publication_from", found.first),
            ("publication_to", found.last),
        ):
            notebook.state_elsewhere(name, value, evidence.words, "head.publication_date", place)
    elif not (printed.startswith(found.edtf) or found.edtf.startswith(printed)):
        notebook.signal("head_disagrees", "publication_date", evidence.words)


def _head_date(words: str) -> PrintedDate | None:
    """Returns the date that an attribute gives.

    Forms that ask for a whole date make a first of the month, or of January, of a partial one; so
    a first is not taken for more than its month, or its year.
    """
    match = _ISO.fullmatch(words.strip())
    if match is None:
        return normalize_date(words)
    year, month, day = match.groups()
    if day == "01":
        day = None
        month = None if month == "01" else month
    return normalize_date("-".join(part for part in (year, month, day) if part))


def _differ(one: str, other: str) -> bool:
    first, second = ("".join(words.split()).casefold() for words in (one, other))
    return not (first in second or second in first)


def _link(page: MarkupPage, blocks: Blocks, number: int, target: str) -> Link:
    folded = target[:_LONGEST_BASE].lower()
    is_near = "refworld" in folded or "unhcr" in folded
    document_id = parse_address(target).document_id if is_near else None
    start, end = page.rendition.link_spans.get(number, (0, 0))
    words = page.rendition.text[start:end]
    start += len(words) - len(words.lstrip())
    end = start + len(words.strip())
    if start >= end:
        return Link(None, "", target, document_id, None, None, None, None)
    block_seq = bisect_right(blocks.char_starts, start) - 1
    text = one_space(words)[:_LONGEST_WORDS]
    span = page.rendition.byte_span(start, end)
    return Link(block_seq, text, target, document_id, start, end, *span)


def _resolved(base: str, target: str) -> str:
    try:
        return urljoin(base, target)
    except ValueError:
        return target
