"""`refworld show`: one document to read."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.text import Text

from flows.looking.opened import opened, refuse
from flows.outcomes import ALL_WELL
from flows.printable import printable
from warehouse.home import Home
from warehouse.query import blocks_of, documents_by_id

_WIDTH = 96
_EXAMPLE = "SELECT document_id, title FROM documents"
_ABOVE_TEXT = (
    "title",
    "publisher",
    "author",
    "document_type",
    "language",
    "country_codes",
    "publication_date",
    "document_symbol",
    "reference",
    "related_documents",
    "comments",
    "last_updated",
    "accessed_date",
    "cite_uri",
    "target_uri",
)

Row = Mapping[str, Any]


def show_command(home: Home, document_id: str) -> int:
    """Prints a document: metadata, citation, text, versions; returns the exit code."""
    with opened(home) as database:
        versions = documents_by_id(database, document_id)
        if not versions:
            refuse(
                f"No document {document_id!r} in {home.root}. "
                f'To find one: refworld sql "{_EXAMPLE}"'
            )
        blocks = blocks_of(database, versions[0]["capture_id"])
    console = Console(highlight=False, markup=False)
    width = min(_WIDTH, console.width)
    _print_metadata(console, versions[0], width)
    for line in reflowed(blocks, width):
        console.print(line, soft_wrap=True)
    _print_versions(console, versions)
    return ALL_WELL


def reflowed(blocks: Sequence[Row], width: int) -> Iterator[Text]:
    """Yields the lines of a document's text for a screen of `width` characters.

    The header's rows are left out, having been printed as metadata.
    """
    last_kind = ""
    for block in blocks:
        kind = block["kind"]
        words = printable(" ".join(block["text"].split()))
        if kind in ("header_field", "blank") or not words:
            continue
        if kind not in ("list_item", "table_row") or kind != last_kind:
            yield Text()
        last_kind = kind
        style, first, rest = _manner(kind, block["level"])
        for line in textwrap.wrap(words, width, initial_indent=first, subsequent_indent=rest):
            yield Text(line, style)


def _manner(kind: str, level: int | None) -> tuple[str, str, str]:
    """Returns style, first indent and further indent of a kind of block."""
    match kind:
        case "title" | "heading":
            return "bold", "", ""
        case "list_item":
            indent = "  " * (level or 1)
            return "", indent, f"{indent}  "
        case "footnote" | "boilerplate":
            return "dim", "", "  "
        case _:
            return "", "", ""


def _print_metadata(console: Console, version: Row, width: int) -> None:
    console.print(Text(f"document_id        {printable(version['document_id'])}"))
    for name in _ABOVE_TEXT:
        value = version[name]
        if value is not None:
            _print_field(console, name, _in_words(value), width)
    if version["cite_as"] is not None:
        console.print()
        _print_field(console, "cite_as", version["cite_as"], width)
    if version["disclaimer"] is not None:
        _print_field(console, "disclaimer", version["disclaimer"], width)


def _in_words(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(value)
    return f"{value:%Y-%m-%d %H:%M} UTC" if isinstance(value, datetime) else str(value)


def _print_field(console: Console, name: str, words: str, width: int) -> None:
    label = f"{name:<19}"
    lines = textwrap.wrap(
        printable(words), width, initial_indent=label, subsequent_indent=" " * len(label)
    )
    console.print(Text("\n".join(lines)), soft_wrap=True)


def _print_versions(console: Console, versions: Sequence[Row]) -> None:
    console.print()
    console.print(Text(f"{len(versions)} version(s), the best first:", "bold"))
    for version in versions:
        said = [
            f"capture {version['capture_id'][:16]}",
            f"last updated {_in_words(version['last_updated'] or '-')}",
            f"captured {_in_words(version['captured_at'] or '-')}",
            f"layout {version['layout'] or '-'}",
            printable(version["target_uri"] or "no address"),
        ]
        console.print(Text("  " + "  ".join(said)), soft_wrap=True)
