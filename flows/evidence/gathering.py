"""What the archive holds of a document, gathered for a package and held against its bytes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flows.evidence.verify import stands
from flows.looking.opened import Database
from transforms.preserved import preserved_words
from transforms.records import Statement
from warehouse.archive import cut_record, read_record
from warehouse.home import Home
from warehouse.query import blocks_of, evidence_rows, evidence_versions

Row = dict[str, Any]
_ENDINGS = {
    "text/plain": "txt",
    # Archived pages are data: a browser that opens the file shows its source and runs nothing.
    "text/html": "html.txt",
    "application/xhtml+xml": "html.txt",
    "application/pdf": "pdf",
    "application/x-pdf": "pdf",
}


class EvidenceDamaged(Exception):
    """The preserved bytes do not say what the database says they do."""


class NoDocument(Exception):
    """There is no document of an id."""


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a document with all that proves it.

    Args:
        row: Its row, as `evidence_versions` gives it, with `payload_file` and `is_markup`.
        payload: The preserved bytes.
        record: The gzip members of the archive file that hold it, as they stand there.
        rendition: The text that was read from it.
        statements: Its values with their words and spans, and `is_plain`: whether the words stand
            at their bytes in a way that needs no reader of HTML; None for values without bytes.
        acquisitions: The inputs that were this capture, with their runs.
        checks: The fixity checks of the archive file.
    """

    row: Row
    payload: bytes
    record: bytes
    rendition: str
    statements: list[Row]
    acquisitions: list[Row]
    checks: list[Row]

    @property
    def folder(self) -> str:
        """Where its files lie in the payload of the bag."""
        named = "".join(c if c.isalnum() else "-" for c in self.row["document_id"])
        return f"documents/{named}/{self.row['capture_id'][:16]}"


def versions_of(home: Home, database: Database, document_id: str) -> Iterator[Version]:
    """Yields the versions of a document, the best first.

    Raises:
        NoDocument: There is none of this id.
        ArchiveDamaged: A record cannot be read.
        EvidenceDamaged: Words do not stand where the database says they do.
    """
    rows = evidence_versions(database, document_id)
    if not rows:
        raise NoDocument(f"there is no document {document_id} in {home.root}")
    for row in rows:
        capture_id, warc_file = row["capture_id"], row["warc_file"]
        path = home.archive / warc_file
        capture = read_record(path, row["warc_offset"])
        if (capture.capture_id, capture.payload_sha256) != (capture_id, row["payload_sha256"]):
            raise EvidenceDamaged(f"{path} holds another capture at byte {row['warc_offset']}")
        media_type = row["media_type"].partition(";")[0].strip().lower()
        row["payload_file"] = f"payload.{_ENDINGS.get(media_type, 'bin')}"
        row["is_markup"] = (row["layout"] or "").endswith("_html")
        rendition = "".join(block["text"] for block in blocks_of(database, capture_id))
        found = evidence_rows(database, capture_id, warc_file)
        for statement in found["statements"]:
            statement["is_plain"] = _checked(statement, row, capture.payload, rendition)
        yield Version(
            row,
            capture.payload,
            cut_record(path, row["warc_offset"]),
            rendition,
            found["statements"],
            found["acquisitions"],
            found["checks"],
        )


def _checked(statement: Mapping[str, Any], row: Row, payload: bytes, rendition: str) -> bool | None:
    """Returns whether a value's words stand plainly at their bytes; None where it has no bytes."""
    raw, start, end = statement["raw"], statement["char_start"], statement["char_end"]
    if start is not None and rendition[start:end] != raw:
        raise _fault(statement, "in the text")
    if statement["byte_start"] is None:
        return None
    charset, is_markup = row["charset"] or "utf-8", row["is_markup"]
    spanned = Statement(
        statement["field"], statement["value"], raw, start, end,
        statement["byte_start"], statement["byte_end"], statement["rule"],
    )  # fmt: skip
    if preserved_words(payload, charset, spanned, raw or "", is_markup) != raw:
        raise _fault(statement, "in the preserved bytes")
    return stands(dict(statement), charset, payload, is_markup)


def _fault(statement: Mapping[str, Any], where: str) -> EvidenceDamaged:
    named = f"{statement['field']} of document {statement['document_id']}"
    return EvidenceDamaged(f"{named}: its words do not stand {where}; `refworld verify` says more")
