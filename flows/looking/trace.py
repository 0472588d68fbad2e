"""`refworld trace`: from a value back to the bytes it was read from."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.text import Text

from flows.looking.homes import read_capture
from flows.looking.opened import opened, refuse
from flows.outcomes import ALL_WELL, RUN_FAILED
from flows.printable import printable, shortened
from transforms.preserved import preserved_words
from transforms.records import Blocks, Capture, Statement
from warehouse.home import Home
from warehouse.query import documents_by_id, trace_rows

_CONTEXT = 60
_VALUE = 400
_RUNS = 5
_OF_FILE = "pdf.info."

Row = Mapping[str, Any]


def trace_command(home: Home, document_id: str, field: str | None) -> int:
    """Prints where the values of a document were read; returns the exit code.

    The words are those of the preserved bytes, read from the WARC file now; that they are the
    words the database has is checked, and a difference said and returned as 2.
    """
    with opened(home) as database:
        rows = trace_rows(database, document_id, field)
        if not rows:
            versions = documents_by_id(database, document_id)
            refuse(_nothing(home, document_id, field, versions))
        first = rows[0]
        capture = read_capture(home, first["warc_file"], first["warc_offset"])
    console = Console(highlight=False, markup=False)
    _print_capture(console, document_id, first, capture)
    rendition = _rendition(capture, rows)
    are_same = [_print_statement(console, row, capture, rendition) for row in rows]
    return ALL_WELL if all(are_same) else RUN_FAILED


def _nothing(
    home: Home, document_id: str, field: str | None, versions: list[dict[str, Any]]
) -> str:
    if not versions:
        return f"No document {document_id!r} in {home.name}."
    if field in versions[0]:
        return f"The page says nothing of {field}: document {document_id} has no such value."
    return f"No statement about {field!r}. Leave the field out to see all of {document_id}."


def _print_capture(console: Console, document_id: str, row: Row, capture: Capture) -> None:
    runs = row["run_ids"]
    more = f" and {len(runs) - _RUNS} more" if len(runs) > _RUNS else ""
    for name, value in (
        ("document", document_id),
        ("capture", row["capture_id"]),
        ("payload", f"sha256:{row['payload_sha256']} ({len(capture.payload)} bytes)"),
        ("WARC record", f"archive/{row['warc_file']} at byte {row['warc_offset']}"),
        *([("came as", _origin(capture))] if capture.record else []),
        ("address", row["target_uri"] or f"none; taken in as {capture.source_uri}"),
        ("captured", f"{row['captured_at']} UTC" if row["captured_at"] else "time not known"),
        ("read by code", row["code_version"]),
        ("seen by runs", ", ".join(runs[:_RUNS]) + more),
    ):
        console.print(Text(f"{name:<14}{printable(value)}"), soft_wrap=True)


def _rendition(capture: Capture, rows: Sequence[Row]) -> Blocks:
    """Returns the rendition read from the preserved bytes now, where words stand only there."""
    has_words_only_there = any(
        row["char_start"] is not None and row["byte_start"] is None for row in rows
    )
    if not has_words_only_there:
        return Blocks()
    from transforms.reading import read

    return read(capture).blocks


def _origin(capture: Capture) -> str:
    """Returns what is to be said of the record that a capture came in, and where its payload is."""
    block = capture.record.block if capture.record else b""
    where = "the payload stands in the conversion record after it"
    if block.endswith(capture.payload):
        where = f"the payload begins at byte {len(block) - len(capture.payload)} of its block"
    return f"{capture.warc_type} record {capture.warc_record_id or 'without an id'}; {where}"


def _print_statement(console: Console, row: Row, capture: Capture, rendition: Blocks) -> bool:
    """Prints one statement; returns whether the preserved bytes say what it says they do."""
    console.print()
    console.print(Text(printable(row["field"]), "bold"))
    _print_line(console, "value", Text(shortened(row["value"], _VALUE)))
    is_same = True
    if row["char_start"] is not None or row["byte_start"] is not None:
        before, words, after = (
            words_in_context(capture.payload, row)
            if row["byte_start"] is not None
            else words_in_rendition(rendition, row)
        )
        shown = Text.assemble(
            printable(before), (printable(words), "bold reverse"), printable(after)
        )
        if not console.is_terminal:
            shown = Text(f"{printable(before)}[[{printable(words)}]]{printable(after)}")
        _print_line(console, "words", shown)
        _print_line(console, *_place(row, rendition))
        is_same = words == row["raw"]
        if not is_same:
            warning = f"NOT what the database has: {shortened(row['raw'], _VALUE)}. refworld verify"
            _print_line(console, "fault", Text(warning, "bold red"))
    elif row["raw"] is not None:
        where = (
            "what the file says of itself" if row["rule"].startswith(_OF_FILE) else "the address"
        )
        _print_line(console, "words", Text(f"{printable(row['raw'])} (in {where})"))
    else:
        _print_line(console, "words", Text("none: computed from the whole text"))
    _print_line(console, "rule", Text(row["rule"]))
    return is_same


def words_in_context(payload: bytes, row: Row) -> tuple[str, str, str]:
    """Returns what stands before the bytes of a statement, in them, and after them.

    Of HTML the words around are those of the rendition, and of an attribute there are none.
    """
    charset = row["charset"] or "utf-8"
    start, end = row["byte_start"], row["byte_end"]
    if (row["layout"] or "").endswith("_html"):
        spanned = Statement(
            row["field"], row["value"], row["raw"], row["char_start"], row["char_end"], start, end,
            row["rule"],
        )  # fmt: skip
        words = preserved_words(payload, charset, spanned, row["raw"] or "", is_markup=True)
        return (row["before"] or "")[-_CONTEXT:], words, (row["after"] or "")[:_CONTEXT]
    # Four bytes hold a character in every charset here; a cut one at the far ends is dropped.
    before = payload[:start].decode(charset, "replace")[-_CONTEXT:]
    after = payload[end : end + 4 * _CONTEXT].decode(charset, "ignore")[:_CONTEXT]
    return before, payload[start:end].decode(charset, "replace"), after


def words_in_rendition(rendition: Blocks, row: Row) -> tuple[str, str, str]:
    """Returns what stands before the characters of a statement, in them, and after them."""
    text = "".join(rendition.texts)
    start, end = row["char_start"], row["char_end"]
    return text[max(0, start - _CONTEXT) : start], text[start:end], text[end : end + _CONTEXT]


def _place(row: Row, rendition: Blocks) -> tuple[str, Text]:
    """Returns where the words of a statement stand: in bytes, or on a page."""
    if row["byte_start"] is not None:
        place = "" if row["char_start"] is not None else ", in its markup"
        return "bytes", Text(f"{row['byte_start']} to {row['byte_end']} of the payload{place}")
    characters = f"characters {row['char_start']} to {row['char_end']} of the text"
    at = bisect_right(rendition.char_starts, row["char_start"]) - 1
    page = rendition.pages[at] if at >= 0 else None
    return "place", Text(characters if page is None else f"page {page}, {characters}")


def _print_line(console: Console, name: str, words: Text) -> None:
    console.print(Text.assemble(f"  {name:<8}", words), soft_wrap=True)
