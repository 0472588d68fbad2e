"""Every table and column, declared once.

The Arrow schemas (`lake`), the DDL with its comments (`ddl`), the data dictionary and the content
digests are all derived from `TABLES`; a name, a type or a description stands nowhere else.

Homes outlive this file: tables and columns of a release are added to and never taken away. What was
derived by an older schema is derived anew (`DERIVED_SCHEMA_ID` tells); what was recorded is
read for ever as it was written, `Column.absent` in the place of what it lacks.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from typing import Any

DERIVED = "derived"
RECORDED = "recorded"
REFERENCE = "reference"


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    Args:
        name: Column name.
        type: `text`, `int32`, `int64`, `float64`, `bool`, `date`, `timestamp` (UTC,
            microseconds, without zone), `text[]` or `int64[]`.
        description: One sentence, in words a user of the table understands.
        nullable: Whether a row may lack the value.
        is_placement: Whether the value says where something lies in this home rather than what it
            is; such columns stay out of the content digests.
    """

    name: str
    type: str
    description: str
    nullable: bool = False
    is_placement: bool = False

    @property
    def absent(self) -> Any:
        """What it is in a row that was written before there was the column.

        Null; where that may not be, nothing of its type: 0, false, an empty text or list. For
        a date or time there is none, so that one which is added later must be nullable.
        """
        return None if self.nullable else _NOTHING.get(self.type)


_SEQ = "seq"
_NOTHING = {"text": "", "int32": 0, "int64": 0, "float64": 0.0, "bool": False, "text[]": []}


@dataclass(frozen=True, slots=True)
class Table:
    """One table: its kind (`derived`, `recorded`, `reference`), key and columns.

    Two rows of one key are never published. Where the key is numbered with `seq` the check
    `keys_unique` sees to it, elsewhere DuckDB: it holds primary keys in memory as a whole.
    """

    name: str
    kind: str
    description: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]

    @property
    def column_names(self) -> tuple[str, ...]:
        """The names of the columns, in order."""
        return tuple(column.name for column in self.columns)

    @property
    def has_primary_key(self) -> bool:
        """Whether DuckDB itself keeps the key unique."""
        return _SEQ not in self.key


@dataclass(frozen=True, slots=True)
class View:
    """A view, whose query stands in `views/<name>.sql`; its columns in order."""

    name: str
    description: str
    columns: tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class Macro:
    """A table macro, whose query stands in `macros/<name>.sql`; the columns it gives in order."""

    name: str
    parameters: tuple[str, ...]
    description: str
    columns: tuple[Column, ...]

    @property
    def signature(self) -> str:
        """How it is called."""
        return f"{self.name}({', '.join(self.parameters)})"


def _opt(name: str, type_: str, description: str) -> Column:
    return Column(name, type_, description, nullable=True)


_CAPTURE_ID = Column(
    "capture_id",
    "text",
    "The capture: SHA-256 (hex) of its payload digest, a line feed, and its address or nothing.",
)

_SPAN = (
    _opt("char_start", "int64", "First character of the words in the rendition, from 0."),
    _opt("char_end", "int64", "One past their last character."),
    _opt(
        "byte_start",
        "int64",
        "First byte of the words in the preserved payload, from 0; null for PDF, which draws them.",
    ),
    _opt("byte_end", "int64", "One past their last byte."),
)

CAPTURES = Table(
    "captures",
    DERIVED,
    "Preserved records: bytes as they were taken in, one row each.",
    ("capture_id",),
    (
        _CAPTURE_ID,
        Column("payload_sha256", "text", "SHA-256 of the preserved payload, hex."),
        Column("byte_length", "int64", "Length of the payload in bytes."),
        Column("media_type", "text", "Internet media type of the payload."),
        _opt("charset", "text", "Encoding the payload was decoded with; null when it is no text."),
        _opt("target_uri", "text", "Address the bytes were captured from, where one is known."),
        _opt("captured_at", "timestamp", "When the bytes were captured (UTC), where it is known."),
        _opt("http_status", "int32", "Status that the server answered with, where there was one."),
        Column("warc_type", "text", "response, resource, conversion or revisit (ISO 28500)."),
        _opt("warc_record_id", "text", "Id of the WARC record that it came in, where in one."),
        _opt(
            "layout",
            "text",
            "Which form of a Refworld page it has. Text: plain, pipe, table, print, citation, new, "
            "new_pdf, bare, new_bare. HTML: old_html (labelled header), new_html (relaunched "
            "site), print_html (citation first), bare_html (no header). PDF: pdf.",
        ),
        Column("outcome", "text", "document, not_a_document or quarantined."),
        _opt(
            "sketch",
            "int64[]",
            "The 16 smallest hashes of a document's shingles, ascending, by which texts that share "
            "most of their words are found (view same_text); null for short ones.",
        ),
        Column("warc_file", "text", "WARC file below archive/ that holds it.", is_placement=True),
        Column(
            "warc_offset", "int64", "Byte offset of its record in that file.", is_placement=True
        ),
    ),
)

DOCUMENT_VERSIONS = Table(
    "document_versions",
    DERIVED,
    "What each capture of a document says of it; a document captured twice has two versions.",
    ("capture_id",),
    (
        Column(
            "document_id",
            "text",
            "Refworld id found in the page's own words or address; new:<number> for addresses of "
            "the relaunched site; sha256:<16 hex> when the capture carries none.",
        ),
        _CAPTURE_ID,
        _opt("title", "text", "Title as printed."),
        _opt("publisher", "text", "Publisher as printed."),
        _opt("publisher_id", "text", "The publisher in `publishers`, from its name or address."),
        _opt("author", "text", "Author as printed."),
        _opt("document_type", "text", "Type of document as the address or page says, lower case."),
        _opt("language", "text", "Language of the body, ISO 639-1, computed from its words."),
        _opt("country_codes", "text[]", "Countries the document is about, ISO 3166-1 alpha-3."),
        _opt("publication_date", "text", "Publication date as precise as printed (EDTF level 0)."),
        _opt("publication_from", "date", "First day that date spans."),
        _opt("publication_to", "date", "Last day that date spans."),
        _opt("document_symbol", "text", "Citation or document symbol as printed."),
        _opt("reference", "text", "Reference as printed."),
        _opt("related_documents", "text", "Related documents as printed."),
        _opt("comments", "text", "Comments in the header as printed."),
        _opt("cite_as", "text", "Citation as printed."),
        _opt("cite_uri", "text", "Address given in the citation."),
        _opt("accessed_date", "date", "Day of access printed at the end of the citation."),
        _opt("last_updated", "timestamp", "The site's last update printed on the page (UTC)."),
        _opt("disclaimer", "text", "Disclaimer as printed."),
        Column("has_disclaimer", "bool", "Whether the page carries a disclaimer."),
        Column("block_count", "int32", "Number of blocks of the rendition, blank ones included."),
        Column(
            "word_count", "int32", "Words of the body: headings, paragraphs, lists, tables, notes."
        ),
        Column("text_sha256", "text", "SHA-256 (hex) of those words, parted by a space."),
    ),
)

BLOCKS = Table(
    "blocks",
    DERIVED,
    "The whole rendition of each document in stretches that tile it to the character.",
    ("capture_id", "seq"),
    (
        _CAPTURE_ID,
        Column("seq", "int32", "Position in the page, from 0."),
        Column(
            "kind",
            "text",
            "header_field, title, heading, paragraph, list_item, table_row, footnote, caption, "
            "alternative_text (of an image, not counted as words), boilerplate or blank.",
        ),
        _opt("level", "int32", "Depth of a heading or list item, from 1."),
        _opt("section_seq", "int32", "Section it stands in: 0 before the first heading."),
        Column("text", "text", "The characters themselves."),
        Column("char_start", "int64", "First character in the rendition, from 0."),
        Column("char_end", "int64", "One past the last character."),
        _opt(
            "byte_start",
            "int64",
            "First byte in the preserved payload, from 0; of HTML the source that the text comes "
            "from, null where it is no one stretch of it; null for PDF.",
        ),
        _opt("byte_end", "int64", "One past the last byte."),
        _opt("page", "int32", "Page of a PDF, from 1; null for other forms."),
    ),
)

STATEMENTS = Table(
    "statements",
    DERIVED,
    "Each normalized value beside the printed words it was read from and where they stand.",
    ("capture_id", "seq"),
    (
        Column("document_id", "text", "The document the value is about."),
        _CAPTURE_ID,
        Column("seq", "int32", "Position among the capture's statements, from 0."),
        Column(
            "field",
            "text",
            "Column of document_versions, a further header label, or what only some documents "
            "say: tip_placement, tip_country, tip_report_year, tip_history, series, series_year, "
            "series_country.",
        ),
        Column("value", "text", "The normalized value."),
        _opt("raw", "text", "The very words; null for computed values."),
        *_SPAN,
        Column("rule", "text", "Name of the rule that read the value."),
    ),
)

LINKS = Table(
    "links",
    DERIVED,
    "Links of documents captured as HTML, those that run scripts left out.",
    ("capture_id", "seq"),
    (
        _CAPTURE_ID,
        Column("seq", "int32", "Position among the document's links, from 0."),
        _opt("block_seq", "int32", "Block that it begins in; null for a link without words."),
        Column(
            "text", "text", "Its words, shortened to 1,000 characters; empty for a linked image."
        ),
        Column("target_uri", "text", "Where it leads, resolved against the page's address."),
        _opt("document_id", "text", "Document of Refworld that this address names."),
        *_SPAN,
    ),
)

MENTIONS = Table(
    "mentions",
    DERIVED,
    "Countries named in the titles and bodies of documents, each where it stands: names, and words "
    "for people and things of a country. Words are found, not judged: a person called Jordan too.",
    ("capture_id", "seq"),
    (
        _CAPTURE_ID,
        Column("seq", "int32", "Position among the capture's mentions, from 0."),
        Column("block_seq", "int32", "The block that it stands in."),
        _opt(
            "country_code",
            "text",
            "The country, ISO 3166-1 alpha-3, by the code valid when the document was published; "
            "null where the words may be of several (Congo, Korean).",
        ),
        Column("kind", "text", "name, or demonym for people and things of a country (Peruvian)."),
        Column("words", "text", "The words as printed."),
        Column("char_start", "int64", "First character of the words in the rendition, from 0."),
        Column("char_end", "int64", "One past their last character."),
    ),
)

ISSUES = Table(
    "issues",
    DERIVED,
    "Signals about captures: what is odd, by code, with the words seen.",
    ("capture_id", "seq"),
    (
        _CAPTURE_ID,
        Column("seq", "int32", "Position among the capture's issues, from 0."),
        Column("code", "text", "Code of `issue_codes`."),
        _opt("field", "text", "The field it is about."),
        Column("words", "text", "The words seen, shortened to 200 characters."),
    ),
)

_RUN_ID = Column("run_id", "text", "The run: UTC start time and a random suffix.")

RUNS = Table(
    "runs",
    RECORDED,
    "What was done: one row per run of a flow, failed and killed runs included.",
    ("run_id",),
    (
        _RUN_ID,
        Column(
            "kind", "text", "ingest, fetch, rebuild, verify, replicate, repair, compact or export."
        ),
        Column("started_at", "timestamp", "Start (UTC)."),
        _opt("ended_at", "timestamp", "End (UTC); null when the process died."),
        _opt("duration_seconds", "float64", "Wall time in seconds."),
        Column("state", "text", "completed, failed, or crashed (the process died)."),
        _opt("exit_code", "int32", "0 all well, 1 some inputs quarantined, 2 the run failed."),
        Column("code_version", "text", "Version of the code with a digest of its sources."),
        _opt("flow_run_id", "text", "Prefect's id of the flow run."),
        Column("arguments", "text", "Arguments of the run as JSON."),
        Column("input_count", "int64", "Inputs seen."),
        Column("input_bytes", "int64", "Their bytes."),
        Column("new_count", "int64", "New captures that are documents."),
        Column("new_bytes", "int64", "Their bytes."),
        Column("unchanged_count", "int64", "Inputs that an earlier run had preserved."),
        Column("unchanged_bytes", "int64", "Their bytes."),
        Column("duplicate_count", "int64", "Inputs seen twice in this run."),
        Column("duplicate_bytes", "int64", "Their bytes."),
        Column("not_a_document_count", "int64", "New captures of pages that are no documents."),
        Column("not_a_document_bytes", "int64", "Their bytes."),
        Column("quarantined_count", "int64", "Inputs that could not be taken in or read."),
        Column("quarantined_bytes", "int64", "Their bytes."),
        _opt(
            "passed_over_count",
            "int64",
            "Files of other forms, and records and members that were not wanted; not inputs. Null "
            "in runs of before they were counted, as is the next.",
        ),
        _opt("passed_over_bytes", "int64", "Bytes of such records and members."),
        Column("batch_count", "int64", "Batches committed."),
        _opt("stage_seconds", "text", "Seconds spent in each stage, as JSON."),
        _opt("error", "text", "What made the run fail."),
    ),
)

ACQUISITIONS = Table(
    "acquisitions",
    RECORDED,
    "What was seen: one row per input of each ingest, with its outcome.",
    ("run_id", "seq"),
    (
        _RUN_ID,
        Column("seq", "int64", "Position among the run's inputs, from 0."),
        Column(
            "source",
            "text",
            "Path of the file, with #<row> for a row of a corpus or a record of a web archive.",
        ),
        _opt("target_uri", "text", "Address given with the input."),
        _opt("captured_at", "timestamp", "Time of capture given with the input (UTC)."),
        Column("seen_at", "timestamp", "When the input was read (UTC)."),
        Column("byte_length", "int64", "Bytes read of it."),
        _opt("payload_sha256", "text", "SHA-256 of those bytes, hex."),
        _opt("capture_id", "text", "The capture it is; null when nothing was archived."),
        Column(
            "outcome", "text", "new, unchanged, duplicate, not_a_document or quarantined (ledger)."
        ),
        _opt("issue_code", "text", "Code of `issue_codes` when the input itself was odd."),
        _opt("words", "text", "What was seen then."),
    ),
)

FETCHES = Table(
    "fetches",
    RECORDED,
    "What was asked of the web: one row per address of each fetch, with what became of it and the "
    "record that proves it.",
    ("run_id", "seq"),
    (
        _RUN_ID,
        Column("seq", "int64", "Position in the run's WARC file, from 0."),
        Column("target_uri", "text", "The address that was asked for."),
        _opt("via_uri", "text", "The address whose redirect led here; null when none did."),
        Column("fetched_at", "timestamp", "When it was asked for (UTC)."),
        Column(
            "outcome",
            "text",
            "new, changed, unchanged, vanished (gone where a page was before), absent (nothing was "
            "there before either), redirected, refused (never asked) or failed.",
        ),
        _opt("http_status", "int32", "Status of the answer (RFC 9110); null when there was none."),
        _opt(
            "payload_sha256",
            "text",
            "SHA-256 (hex) of the answer's body, its transfer encoding undone; after 304 Not "
            "Modified that of the page it confirms.",
        ),
        _opt("byte_length", "int64", "Bytes of the body."),
        _opt("capture_id", "text", "The capture that the page is, when it was there."),
        _opt("previous_capture_id", "text", "The last capture of this address before."),
        _opt("etag", "text", "ETag of the answer, which the next fetch gives back."),
        _opt("last_modified", "text", "Last-Modified of the answer, to the letter."),
        _opt("redirect_uri", "text", "Where the answer pointed."),
        Column("attempt_count", "int32", "How often it was asked for until this came of it."),
        _opt("words", "text", "Why it was refused, failed or counts as vanished."),
        Column(
            "warc_file", "text", "WARC file below fetched/ with the evidence.", is_placement=True
        ),
        Column(
            "warc_offset",
            "int64",
            "Byte offset of the record of the answer in that file; of "
            "the metadata where there was none.",
            is_placement=True,
        ),
    ),
)

FIXITY_CHECKS = Table(
    "fixity_checks",
    RECORDED,
    "What was checked: one row per file of each verification.",
    ("run_id", "seq"),
    (
        _RUN_ID,
        Column("seq", "int64", "Position among the run's checks, from 0."),
        Column("checked_at", "timestamp", "When (UTC)."),
        Column("file", "text", "Path below the data home."),
        _opt("expected_sha256", "text", "Digest recorded for it; null where none can be read."),
        _opt("actual_sha256", "text", "Digest found; null when the file is gone or not hashed."),
        Column("is_intact", "bool", "Whether nothing was found wrong with its bytes."),
        _opt(
            "is_faithful",
            "bool",
            "Whether a new reading of the preserved bytes agrees; null when there was none, or "
            "when other code had read them.",
        ),
    ),
)

BATCHES = Table(
    "batches",
    RECORDED,
    "The committed batches that this database holds.",
    ("batch_id",),
    (
        Column("batch_id", "text", "Digest over the ids of its captures."),
        Column("commit_sha256", "text", "SHA-256 of its commit.json."),
        Column("code_version", "text", "Version of the code that derived it."),
        Column("capture_count", "int64", "Captures in it."),
    ),
)

_NUMBER = Column("number", "int64", "The published state: 1, 2, 3 in the order of publishing.")
_COMMIT_SHA256 = Column("commit_sha256", "text", "SHA-256 of the commit.json of that reading.")

SNAPSHOTS = Table(
    "snapshots",
    RECORDED,
    "The published states: one row each time other content took the database's place.",
    ("number",),
    (
        _NUMBER,
        Column(
            "snapshot_id",
            "text",
            "What it holds: first 16 hex of the SHA-256 over its batches with their commits and "
            "over its runs.",
        ),
        _opt("previous_id", "text", "The snapshot before it."),
        Column("published_at", "timestamp", "When it was put together (UTC)."),
        Column("batch_count", "int64", "Batches in it."),
        Column("capture_count", "int64", "Captures in it."),
        Column("document_count", "int64", "Documents in it."),
        Column("version_count", "int64", "Versions of documents in it."),
        Column("run_count", "int64", "Runs in it."),
    ),
)

SNAPSHOT_BATCHES = Table(
    "snapshot_batches",
    RECORDED,
    "What came into a snapshot: batches that are new, or read anew, against the one before. "
    "None ever leaves: a snapshot holds each batch as the latest row up to it says.",
    ("number", "batch_id"),
    (
        _NUMBER,
        Column("batch_id", "text", "The batch."),
        _COMMIT_SHA256,
        Column("code_version", "text", "Version of the code that derived it."),
    ),
)

SNAPSHOT_RUNS = Table(
    "snapshot_runs",
    RECORDED,
    "Which snapshot a run came into.",
    ("run_id",),
    (_NUMBER, _RUN_ID),
)

SUPERSEDED_READINGS = Table(
    "superseded_readings",
    RECORDED,
    "What an earlier code read in captures that have been read anew since; nothing of a reading "
    "but its words and spans is given up.",
    ("commit_sha256", "capture_id"),
    (
        Column("batch_id", "text", "The batch of the capture."),
        _COMMIT_SHA256,
        Column("code_version", "text", "Version of the code that read it so."),
        _CAPTURE_ID,
        Column("outcome", "text", "document, not_a_document or quarantined, as it was then."),
        *(
            replace(column, nullable=True)
            for column in DOCUMENT_VERSIONS.columns
            if column.name != "capture_id"
        ),
    ),
)

SAVED_QUERIES = Table(
    "saved_queries",
    RECORDED,
    "Queries that were saved to be proven later; in the lake alone, below events/query-<name>/.",
    ("name",),
    (
        Column("name", "text", "Name it was saved under."),
        Column("sql", "text", "The query, to the letter."),
        Column("saved_at", "timestamp", "When it was saved (UTC)."),
        Column("snapshot_id", "text", "The snapshot that answered it."),
        Column("snapshot_number", "int64", "Number of that snapshot."),
        Column("code_version", "text", "Version of the code that asked."),
        Column("columns", "text[]", "Names of the answer's columns."),
        Column("types", "text[]", "DuckDB's types of them."),
        Column("row_count", "int64", "Rows of the answer."),
        Column(
            "rows_sha256",
            "text",
            "SHA-256 (hex) over columns, types and the rows as JSON lines, sorted: the order of "
            "rows is no part of it.",
        ),
        Column(
            "basis",
            "text",
            "Which captures it rests on: capture_id or document_id, those that this column of the "
            "answer names; snapshot, all that the snapshot held.",
        ),
        Column("capture_ids", "text[]", "These captures, ascending; none listed where it is all."),
    ),
)

SAVED_ROWS = Table(
    "saved_rows",
    RECORDED,
    "The answers of saved queries, beside them in the lake.",
    ("seq",),
    (
        Column("seq", "int64", "Position among the sorted rows, from 0."),
        Column("row", "text", "The row as a JSON array."),
    ),
)

PUBLISHERS = Table(
    "publishers",
    REFERENCE,
    "Publisher authority: who publishes on Refworld.",
    ("publisher_id",),
    (
        Column("publisher_id", "text", "Refworld's code for the publisher, or one of our own."),
        Column("name", "text", "Usual name."),
        Column("kind", "text", "government, un, intergovernmental, ngo, court, media, academic."),
        _opt("country_code", "text", "ISO 3166-1 alpha-3 code of its state, where it has one."),
        Column("names", "text[]", "Printed names that mean it."),
        Column("address_codes", "text[]", "Codes that mean it in addresses."),
    ),
)

COUNTRIES = Table(
    "countries",
    REFERENCE,
    "Countries and territories: ISO 3166-1, and withdrawn codes of ISO 3166-3.",
    ("country_code",),
    (
        Column("country_code", "text", "ISO 3166-1 alpha-3 code."),
        _opt("alpha_2", "text", "ISO 3166-1 alpha-2 code."),
        Column("name", "text", "Short English name in the standard."),
        Column("names", "text[]", "Printed names that mean it."),
        _opt("withdrawn", "text", "When the code was withdrawn (EDTF), for former countries."),
        _opt("successor_codes", "text[]", "Codes of today of what a former country became."),
    ),
)

ISSUE_CODES = Table(
    "issue_codes",
    REFERENCE,
    "The vocabulary of signals.",
    ("code",),
    (
        Column("code", "text", "Name of the signal."),
        Column("severity", "text", "error, warning or info."),
        Column("meaning", "text", "What was seen."),
        Column("advice", "text", "What a person can do."),
    ),
)

DICTIONARY = Table(
    "dictionary",
    REFERENCE,
    "The data dictionary: every column of every table.",
    ("table_name", "column_name"),
    (
        Column("table_name", "text", "Table or view."),
        Column("column_name", "text", "Column."),
        Column("position", "int32", "Position in the table, from 1."),
        Column("type", "text", "Type in DuckDB."),
        Column("is_nullable", "bool", "Whether a row may lack it."),
        Column("is_key", "bool", "Whether it is part of the key."),
        Column("description", "text", "What it means."),
    ),
)

COOKBOOK = Table(
    "cookbook",
    REFERENCE,
    "Questions that users come with, each as a query that can be run as it is and changed.",
    ("name",),
    (
        Column("name", "text", "Name of the recipe."),
        Column("title", "text", "What it is about."),
        Column("question", "text", "The question."),
        Column("sql", "text", "The query that answers it."),
    ),
)

TABLES: tuple[Table, ...] = (
    CAPTURES,
    DOCUMENT_VERSIONS,
    BLOCKS,
    STATEMENTS,
    LINKS,
    MENTIONS,
    ISSUES,
    RUNS,
    ACQUISITIONS,
    FETCHES,
    FIXITY_CHECKS,
    BATCHES,
    SNAPSHOTS,
    SNAPSHOT_BATCHES,
    SNAPSHOT_RUNS,
    SUPERSEDED_READINGS,
    PUBLISHERS,
    COUNTRIES,
    ISSUE_CODES,
    DICTIONARY,
    COOKBOOK,
)

DERIVED_TABLES: tuple[Table, ...] = tuple(table for table in TABLES if table.kind == DERIVED)


def _identified(tables: tuple[Table, ...]) -> str:
    """Returns what tells one version of some tables from another: 16 hex digits.

    Names, keys, types and nulls count; descriptions do not.
    """
    columns = [
        {k: v for k, v in asdict(column).items() if k != "description"} | {"table": table.name}
        for table in tables
        for column in table.columns
    ]
    keys = {table.name: table.key for table in tables}
    return hashlib.sha256(json.dumps([keys, columns]).encode()).hexdigest()[:16]


# The version of the derived tables, which each batch's commit names.
DERIVED_SCHEMA_ID = _identified(DERIVED_TABLES)
EVENT_TABLES: tuple[Table, ...] = (RUNS, ACQUISITIONS, FETCHES, FIXITY_CHECKS)
# Of the lake alone: they are not loaded into the database.
SAVED_TABLES: tuple[Table, ...] = (SAVED_QUERIES, SAVED_ROWS)
SNAPSHOT_TABLES: tuple[Table, ...] = (SNAPSHOTS, SNAPSHOT_BATCHES, SNAPSHOT_RUNS)

_VERSION_COUNT = Column("version_count", "int64", "How many captures of the document there are.")

DOCUMENTS = View(
    "documents",
    "Documents, each by its best version: one with a title before one without, then the latest "
    "last_updated, accessed_date and captured_at, then the smallest capture_id.",
    (*DOCUMENT_VERSIONS.columns, _VERSION_COUNT),
)

SECTIONS = View(
    "sections",
    "Sections of documents: each heading with the text that follows it.",
    (
        _CAPTURE_ID,
        Column("section_seq", "int32", "Number of the section: 0 before the first heading."),
        _opt("heading", "text", "The heading, trimmed; null before the first heading."),
        Column("text", "text", "The section's other blocks, put together in order and trimmed."),
    ),
)

_KNOWN = (
    Column(
        "known_from",
        "date",
        "First day on which this version is proven to have existed: captured or accessed, "
        "whichever came first; where neither is known, the day it was taken in.",
        nullable=True,
    ),
    _opt("known_by", "text", "What proves it: captured_at, accessed_date or first_seen_at."),
)

VERSION_TIMES = View(
    "version_times",
    "The three clocks of each version: what the page says, when it was captured, when it was "
    "taken in.",
    (
        _CAPTURE_ID,
        Column("document_id", "text", "The document."),
        _opt("publication_from", "date", "The page says: first day of its publication date."),
        _opt("publication_to", "date", "The page says: last day of its publication date."),
        _opt("last_updated", "timestamp", "The page says: last updated (UTC)."),
        _opt("accessed_date", "date", "The page says: accessed on this day."),
        _opt("captured_at", "timestamp", "When the bytes were captured (UTC)."),
        _opt("first_seen_at", "timestamp", "When the bytes were first taken in (UTC)."),
        *_KNOWN,
    ),
)

SAME_TEXT = View(
    "same_text",
    "Captures of different documents that say the same, or nearly: a pair is evidence that both "
    "may be of one document, and nothing else is made of it.",
    (
        replace(_CAPTURE_ID, description="The one capture, the smaller id of the two."),
        Column("other_capture_id", "text", "The other capture."),
        Column("document_id", "text", "The one's document."),
        Column("other_document_id", "text", "The other's document, which is another."),
        Column(
            "resemblance",
            "float64",
            "Share of the text that both have: 1 for the same words, else estimated from the "
            "sketches in steps of 1/16; at least 0.5.",
        ),
    ),
)

CURRENT_SNAPSHOT = View(
    "current_snapshot", "The snapshot that this database is.", SNAPSHOTS.columns
)

_TIER = "Tier 1, Tier 2, Tier 2 Watch List, Tier 3 or Special Case."
_PRINTED = Column("printed", "text", "The very words.")

TIP_PLACEMENTS = View(
    "tip_placements",
    "Trafficking in Persons reports: the tier on which each country page places its country.",
    (
        Column("document_id", "text", "The document."),
        _CAPTURE_ID,
        _opt("country_code", "text", "The country, ISO 3166-1 alpha-3, where it is known."),
        _opt("report_year", "int32", "Year of the report by its title, not of its publication."),
        Column("tier", "text", _TIER),
        _PRINTED,
        *_SPAN,
        Column("rule", "text", "trafficking.heading or trafficking.sentence."),
    ),
)

TIP_HISTORY = View(
    "tip_history",
    "Trafficking in Persons reports: what their pages tell of the tiers of other years.",
    (
        Column("document_id", "text", "The document."),
        _CAPTURE_ID,
        Column("seq", "int32", "Position among the capture's statements."),
        _opt("told_year", "int32", "The year that the words name, where they name one."),
        Column("tier", "text", _TIER),
        _PRINTED,
        *_SPAN,
    ),
)

TIP_TIMELINE = View(
    "tip_timeline",
    "Trafficking in Persons reports: each country's tier by year, from the best versions.",
    (
        Column("country_code", "text", "The country, ISO 3166-1 alpha-3."),
        _opt("country", "text", "Its name."),
        Column("report_year", "int32", "Year of the report."),
        _opt("tier", "text", f"{_TIER} Null where documents disagree."),
        Column("is_contested", "bool", "Whether documents place it on different tiers."),
        Column("document_ids", "text[]", "The documents that say so."),
    ),
)

CORPUS_OVERVIEW = View(
    "corpus_overview",
    "How many documents there are by publisher, year, type, language and country.",
    (
        _opt("publisher_id", "text", "The publisher in `publishers`."),
        _opt("publication_year", "int64", "Year of the first day that the publication date spans."),
        _opt("document_type", "text", "Type of document."),
        _opt("language", "text", "Language, ISO 639-1."),
        _opt("country_code", "text", "A country that the documents are about."),
        Column("document_count", "int64", "Documents."),
        Column("word_count", "int64", "Words of their bodies."),
    ),
)

CITATIONS = View(
    "citations",
    "The citation of each version as printed, beside the capture that it stands in.",
    (
        Column("document_id", "text", "The document."),
        _CAPTURE_ID,
        _opt("cite_as", "text", "Citation as printed."),
        _opt("cite_uri", "text", "Address given in it."),
        _opt("accessed_date", "date", "Day of access given in it."),
        _opt("target_uri", "text", "Address the bytes were captured from."),
        _opt("captured_at", "timestamp", "When the bytes were captured (UTC)."),
        Column("payload_sha256", "text", "SHA-256 of the preserved payload, hex."),
        Column(
            "is_latest", "bool", "Whether no other version was updated, accessed or captured later."
        ),
        Column("version_count", "int64", "How many captures of the document there are."),
    ),
)

ISSUES_BY_CODE = View(
    "issues_by_code",
    "How often each signal was given, with its meaning and what can be done.",
    (
        Column("code", "text", "Code of `issue_codes`."),
        Column("severity", "text", "error, warning or info."),
        Column("issue_count", "int64", "How often it was given."),
        Column("capture_count", "int64", "To how many captures."),
        Column("meaning", "text", "What was seen."),
        Column("advice", "text", "What a person can do."),
    ),
)

ROLES = View(
    "roles",
    "Who stands behind each document: its publisher, its author, and who hosted it, kept apart.",
    (
        Column("document_id", "text", "The document."),
        _CAPTURE_ID,
        _opt("publisher", "text", "Publisher as printed."),
        _opt("publisher_id", "text", "The publisher in `publishers`."),
        _opt("author", "text", "Author as printed."),
        _opt(
            "is_unhcr_publication",
            "bool",
            "Whether it is UNHCR's own: not where a disclaimer says otherwise or another published "
            "it; null where the page does not tell.",
        ),
        _opt("decided_by", "text", "What tells so: disclaimer or publisher."),
        _opt(
            "host",
            "text",
            "UNHCR where the document was had from Refworld or is cited there; hosting makes "
            "nobody its author.",
        ),
    ),
)

SERIES = View(
    "series",
    "Report families: the series that each capture's title names, with year and country.",
    (
        Column("document_id", "text", "The document."),
        _CAPTURE_ID,
        Column("series", "text", "Usual name of the series, as Freedom in the World."),
        _opt("series_year", "int32", "Year that the title prints; the first of 2014/15."),
        _opt("edition", "text", "The same as it is printed."),
        _opt("country_code", "text", "The one country that the title names, ISO 3166-1 alpha-3."),
        Column("printed", "text", "The very words that name the series."),
        _opt("printed_year", "text", "The very words of the year."),
        *_SPAN,
        Column("rule", "text", "series.title or, for Responses to Information Requests, .symbol."),
    ),
)

SERIES_SECTIONS = View(
    "series_sections",
    "Sections of the documents of a series on a country, lined up by their headings from year to "
    "year.",
    (
        Column("series", "text", "The series."),
        Column("country_code", "text", "The country, ISO 3166-1 alpha-3."),
        Column(
            "heading_key",
            "text",
            "The heading in lower case without its number; empty before the first heading.",
        ),
        Column("occurrence", "int64", "Which of a document's sections of that heading, from 1."),
        Column("series_year", "int32", "Year of the report, as its title prints it."),
        Column("document_id", "text", "The document."),
        _CAPTURE_ID,
        Column("section_seq", "int32", "Number of the section in it."),
        _opt("heading", "text", "The heading as it stands."),
        Column("text", "text", "The text of the section."),
        _opt("previous_year", "int32", "The last year before that has this section."),
        _opt("previous_capture_id", "text", "The capture that has it."),
        _opt("is_as_before", "bool", "Whether the text is the same as in that year."),
    ),
)

VIEWS: tuple[View, ...] = (
    DOCUMENTS,
    SECTIONS,
    VERSION_TIMES,
    SAME_TEXT,
    CURRENT_SNAPSHOT,
    CORPUS_OVERVIEW,
    CITATIONS,
    ISSUES_BY_CODE,
    ROLES,
    TIP_PLACEMENTS,
    TIP_HISTORY,
    TIP_TIMELINE,
    SERIES,
    SERIES_SECTIONS,
)

DOCUMENTS_AS_OF = Macro(
    "documents_as_of",
    ("day",),
    "Documents as they could be known on a day (inclusive, UTC): each by the best of the versions "
    "proven to have existed by then.",
    (*DOCUMENT_VERSIONS.columns, _VERSION_COUNT, *_KNOWN),
)

DOCUMENTS_IN_SNAPSHOT = Macro(
    "documents_in_snapshot",
    ("id",),
    "Documents as `documents` gave them in a snapshot, read by the code of that time; given by "
    "its snapshot_id or number.",
    (*DOCUMENT_VERSIONS.columns, _VERSION_COUNT),
)

PROVENANCE = Macro(
    "provenance",
    ("id",),
    "Every value of a document's versions, with the words, the bytes, the rule and the code it "
    "comes from, and the runs that saw them; given by its document_id.",
    (
        *STATEMENTS.columns,
        Column("code_version", "text", "Version of the code that read it."),
        Column("payload_sha256", "text", "SHA-256 of the preserved payload, hex."),
        Column("warc_file", "text", "WARC file below archive/ that holds it."),
        Column("warc_offset", "int64", "Byte offset of its record in that file."),
        _opt("target_uri", "text", "Address the bytes were captured from."),
        _opt("captured_at", "timestamp", "When the bytes were captured (UTC)."),
        Column("run_ids", "text[]", "The runs that saw the capture."),
    ),
)

MACROS: tuple[Macro, ...] = (DOCUMENTS_AS_OF, DOCUMENTS_IN_SNAPSHOT, PROVENANCE)
