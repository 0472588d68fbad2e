"""The records that travel from the reading of a page to its storage."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from operator import attrgetter
from typing import Self, overload

from transforms.warc_heads import Fields, field_of, head_fields, record_id_of

DOCUMENT = "document"
NOT_A_DOCUMENT = "not_a_document"
QUARANTINED = "quarantined"


@dataclass(frozen=True, slots=True)
class WarcRecord:
    """A WARC record (ISO 28500) as it came in, kept to the byte beside the payload read from it.

    Args:
        head: Version line and header fields as they stood, each with its line end, without the
            empty line that ends them.
        block: The content block, `Content-Length` bytes.
    """

    head: bytes
    block: bytes

    @property
    def fields(self) -> Fields:
        """The named fields of the head, in order."""
        return head_fields(self.head)

    def field(self, name: str) -> str | None:
        """Returns the first value of a field, or None."""
        return field_of(self.fields, name)


@dataclass(frozen=True, slots=True)
class Capture:
    r"""Bytes as they were taken in, with what is known of where they came from.

    Build one with `capture_of`, which computes the digests.

    Args:
        payload: The preserved bytes.
        payload_sha256: SHA-256 of the payload, hex.
        capture_id: SHA-256 (hex) of `<payload_sha256>\n<target_uri or nothing>`: the same bytes
            from the same address are one capture.
        source_uri: What the archive names as the record's target: the address, or for bytes
            without one a `file:///` URI of the path below the source they were found in.
        captured_at: When the bytes were captured, UTC, as said by whoever captured them.
        media_type: Internet media type of the payload.
        charset_said: Encoding that the server named for it (HTTP's `Content-Type`).
        http_status: Status that the server answered with (RFC 9110), where there was one.
        record: The WARC record that the payload came in; None for files and rows.
    """

    payload: bytes
    payload_sha256: str
    capture_id: str
    source_uri: str
    captured_at: datetime | None
    media_type: str
    charset_said: str | None = None
    http_status: int | None = None
    record: WarcRecord | None = None

    @property
    def target_uri(self) -> str | None:
        """The address the bytes were captured from, or None for a file without one."""
        return None if self.source_uri.startswith("file:") else self.source_uri

    @property
    def warc_type(self) -> str:
        """The type of the record that holds it: the incoming one's, else `resource`."""
        said = self.record.field("WARC-Type") if self.record else None
        return (said or "resource").lower()

    @property
    def warc_record_id(self) -> str | None:
        """The id of the incoming record, without its angle brackets."""
        return record_id_of(self.record.fields) if self.record else None


def capture_of(
    payload: bytes,
    source_uri: str,
    captured_at: datetime | None = None,
    media_type: str = "text/plain",
    charset_said: str | None = None,
    http_status: int | None = None,
    record: WarcRecord | None = None,
) -> Capture:
    """Returns the capture of `payload` from `source_uri`, with its digests computed."""
    payload_sha256 = hashlib.sha256(payload).hexdigest()
    target_uri = None if source_uri.startswith("file:") else source_uri
    return Capture(
        payload=payload,
        payload_sha256=payload_sha256,
        capture_id=capture_id_of(payload_sha256, target_uri),
        source_uri=source_uri,
        captured_at=captured_at,
        media_type=media_type,
        charset_said=charset_said,
        http_status=http_status,
        record=record,
    )


def capture_id_of(payload_sha256: str, target_uri: str | None) -> str:
    """Returns the id of the capture with this payload digest and address, 64 hex digits."""
    return hashlib.sha256(f"{payload_sha256}\n{target_uri or ''}".encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open stretch of the rendition, in characters."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of the rendition; the blocks of a page tile it without gap or overlap.

    Args:
        seq: Position in the page, from 0.
        kind: `header_field`, `title`, `heading`, `paragraph`, `list_item`, `table_row`,
            `footnote`, `caption`, `alternative_text`, `boilerplate` or `blank`.
        level: Depth of a heading or list item from 1, None for other kinds.
        section_seq: Number of the section the block stands in: 0 before the first heading,
            then 1, 2, ...; None outside the body.
        text: The characters themselves, `rendition[char_start:char_end]`.
        char_start: First character, counted from 0.
        char_end: One past the last character.
        byte_start: First byte of the payload; None where the text is no stretch of its bytes.
        byte_end: One past the last byte.
        page: Page of a PDF it stands on, from 1; None for text and HTML.
    """

    seq: int
    kind: str
    level: int | None
    section_seq: int | None
    text: str
    char_start: int
    char_end: int
    byte_start: int | None
    byte_end: int | None
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Blocks(Sequence[Block]):
    """The blocks of a page, kept as columns of equal length: a page has a hundred of them.

    Args:
        kinds: As in `Block`, like the other columns; a block's `seq` is its place in them.
        levels: Depths.
        section_seqs: Sections.
        texts: The characters.
        char_starts: First characters.
        char_ends: Ends in characters.
        byte_starts: First bytes.
        byte_ends: Ends in bytes.
        pages: Pages of a PDF.
    """

    kinds: Sequence[str] = ()
    levels: Sequence[int | None] = ()
    section_seqs: Sequence[int | None] = ()
    texts: Sequence[str] = ()
    char_starts: Sequence[int] = ()
    char_ends: Sequence[int] = ()
    byte_starts: Sequence[int | None] = ()
    byte_ends: Sequence[int | None] = ()
    pages: Sequence[int | None] = ()

    @classmethod
    def of(cls, blocks: Iterable[Block]) -> Self:
        """Returns single blocks as columns; their place decides their `seq`."""
        of_block = attrgetter(*Block.__slots__[1:])
        rows = [of_block(block) for block in blocks]
        return cls(*zip(*rows, strict=True)) if rows else cls()

    def __len__(self) -> int:
        return len(self.kinds)

    @overload
    def __getitem__(self, index: int) -> Block: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[Block, ...]: ...

    def __getitem__(self, index: int | slice) -> Block | tuple[Block, ...]:
        if isinstance(index, slice):
            return tuple(self[seq] for seq in range(*index.indices(len(self))))
        seq = range(len(self))[index]
        return Block(
            seq,
            self.kinds[seq],
            self.levels[seq],
            self.section_seqs[seq],
            self.texts[seq],
            self.char_starts[seq],
            self.char_ends[seq],
            self.byte_starts[seq],
            self.byte_ends[seq],
            self.pages[seq],
        )

    def __iter__(self) -> Iterator[Block]:
        return map(self.__getitem__, range(len(self)))


@dataclass(frozen=True, slots=True)
class Statement:
    """One normalized value beside the printed words it was read from.

    Args:
        field: Name of the value, a column of `document_versions` or a further header label.
        value: The normalized value as text.
        raw: The very words; None for computed values.
        char_start: First character of `raw` in the rendition; None when the words stand outside
            the rendition (in the page's address, in an attribute) or the value is computed.
        char_end: One past the last character.
        byte_start: First byte of `raw` in the payload; None where `raw` is no stretch of its bytes.
        byte_end: One past the last byte.
        rule: Dotted name of the rule that read the value.
    """

    field: str
    value: str
    raw: str | None
    char_start: int | None
    char_end: int | None
    byte_start: int | None
    byte_end: int | None
    rule: str


@dataclass(frozen=True, slots=True)
class Link:
    """A link of a page (HTML's `a` with `href`).

    Args:
        block_seq: The block that it begins in; None for a link without words.
        text: Its words, white space made single; empty for the link of an image.
        target_uri: Where it leads, resolved against the page's address where one is known.
        document_id: The document that this address names, if any.
        char_start: First character of its words in the rendition.
        char_end: One past the last.
        byte_start: First byte of its words in the payload; None where they are no stretch of it.
        byte_end: One past the last.
    """

    block_seq: int | None
    text: str
    target_uri: str
    document_id: str | None
    char_start: int | None
    char_end: int | None
    byte_start: int | None
    byte_end: int | None


@dataclass(frozen=True, slots=True)
class Mentions:
    """The countries that a page names, kept as columns of equal length, in order of their place.

    Args:
        block_seqs: The block that each stands in.
        country_codes: ISO 3166-1 alpha-3 codes, valid when the page was published; None where the
            words may be of several countries.
        kinds: `name`, or `demonym` for people and things of a country.
        words: The words as printed.
        char_starts: First characters in the rendition.
        char_ends: Ends in characters.
    """

    block_seqs: Sequence[int] = ()
    country_codes: Sequence[str | None] = ()
    kinds: Sequence[str] = ()
    words: Sequence[str] = ()
    char_starts: Sequence[int] = ()
    char_ends: Sequence[int] = ()

    def __len__(self) -> int:
        return len(self.kinds)


@dataclass(frozen=True, slots=True)
class Issue:
    """A signal about one capture: a code of `issue_codes`, the field, and the words seen."""

    code: str
    field: str | None
    words: str


@dataclass(frozen=True, slots=True)
class Document:
    """What one capture of a document says of it; the columns of `document_versions`.

    Values are as printed with white space at the ends trimmed and runs of it made one space, or
    canonical where the column says so; None wherever the page is silent.
    """

    document_id: str
    capture_id: str
    title: str | None
    publisher: str | None
    publisher_id: str | None
    author: str | None
    document_type: str | None
    language: str | None
    country_codes: tuple[str, ...] | None
    publication_date: str | None
    publication_from: date | None
    publication_to: date | None
    document_symbol: str | None
    reference: str | None
    related_documents: str | None
    comments: str | None
    cite_as: str | None
    cite_uri: str | None
    accessed_date: date | None
    last_updated: datetime | None
    disclaimer: str | None
    has_disclaimer: bool
    block_count: int
    word_count: int
    text_sha256: str


_NO_MENTIONS = Mentions()


@dataclass(frozen=True, slots=True)
class Reading:
    """All that one capture was read to say.

    Args:
        capture_id: The capture that was read.
        charset: Name of the encoding the payload was decoded with; None when it is no text.
        layout: Which form the page has (`plain`, `bare`, `pipe`, ...); None when unread.
        outcome: `document`, `not_a_document` or `quarantined`.
        document: The document's values, None for the other outcomes.
        blocks: The tiling of the rendition; empty unless the outcome is `document`.
        statements: Each value with its words.
        issues: What was odd.
        links: The links of a document, in order.
        sketch: Smallest hashes of the body's shingles, ascending; None for short ones.
        mentions: The countries that a document names.
    """

    capture_id: str
    charset: str | None
    layout: str | None
    outcome: str
    document: Document | None
    blocks: Blocks
    statements: tuple[Statement, ...]
    issues: tuple[Issue, ...]
    links: tuple[Link, ...] = ()
    sketch: tuple[int, ...] | None = None
    mentions: Mentions = _NO_MENTIONS
