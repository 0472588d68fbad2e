"""`refworld trace`: from a value back to the bytes it was read from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.text import Text

from flows.looking.opened import opened, refuse
from flows.outcomes import ALL_WELL, RUN_FAILED
from flows.printable import printable, shortened
from transforms.records import Capture
from warehouse.archive import read_record
from warehouse.home import Home
from warehouse.query import documents_by_id, trace_rows

_CONTEXT = 60
_VALUE = 400
_RUNS = 5

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
        capture = read_record(home.archive / first["warc_file"], first["warc_offset"])
    console = Console(highlight=False, markup=False)
    _print_capture(console, document_id, first, capture)
    are_same = [_print_statement(console, row, capture) for row in rows]
    return ALL_WELL if all(are_same) else RUN_FAILED


def _nothing(
    home: Home, document_id: str, field: str | None, versions: list[dict[str, Any]]
) -> str:
    if not versions:
        return f"No document {document_id!r} in {home.root}."
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


def _origin(capture: Capture) -> str:
    """Returns what is to be said of the record that a capture came in, and where its payload is."""
    block = capture.record.block if capture.record else b""
    where = "the payload stands in the conversion record after it"
    if block.endswith(capture.payload):
        where = f"the payload begins at byte {len(block) - len(capture.payload)} of its block"
    return f"{capture.warc_type} record {capture.warc_record_id or 'without an id'}; {where}"


def _print_statement(console: Console, row: Row, capture: Capture) -> bool:
    """Prints one statement; returns whether the preserved bytes say what it says they do."""
    console.print()
    console.print(Text(printable(row["field"]), "bold"))
    _print_line(console, "value", Text(shortened(row["value"], _VALUE)))
    is_same = True
    if row["byte_start"] is not None:
        before, words, after = words_in_context(capture.payload, row)
        shown = Text.assemble(
            printable(before), (printable(words), "bold reverse"), printable(after)
        )
        if not console.is_terminal:
            shown = Text(f"{printable(before)}[[{printable(words)}]]{printable(after)}")
        _print_line(console, "words", shown)
        _print_line(
            console, "bytes", Text(f"{row['byte_start']} to {row['byte_end']} of the payload")
        )
        is_same = words == row["raw"]
        if not is_same:
            warning = f"NOT what the database has: {shortened(row['raw'], _VALUE)}. refworld verify"
            _print_line(console, "fault", Text(warning, "bold red"))
    elif row["raw"] is not None:
        _print_line(console, "words", Text(f"{printable(row['raw'])} (in the address)"))
    else:
        _print_line(console, "words", Text("none: computed from the whole text"))
    _print_line(console, "rule", Text(row["rule"]))
    return is_same


def words_in_context(payload: bytes, row: Row) -> tuple[str, str, str]:
    """Returns what stands before the bytes of a statement, in them, and after them."""
    charset = row["charset"] or "utf-8"
    start, end = row["byte_start"], row["byte_end"]
    # Four bytes hold a character in every charset here; a cut one at the far ends is dropped.
    before = payload[:start].decode(charset, "replace")[-_CONTEXT:]
    after = payload[end : end + 4 * _CONTEXT].decode(charset, "ignore")[:_CONTEXT]
    return before, payload[start:end].decode(charset, "replace"), after


def _print_line(console: Console, name: str, words: Text) -> None:
    console.print(Text.assemble(f"  {name:<8}", words), soft_wrap=True)
