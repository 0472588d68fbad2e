"""The coded vocabulary of signals: whatever is odd is said with one of these."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class IssueCode:
    """One entry of the vocabulary.

    Args:
        code: The name used in `issues` and `acquisitions`.
        severity: `error` (nothing could be read), `warning` (a value may be wrong or is
            missing), `info` (worth knowing; nothing is wrong).
        meaning: What was seen.
        advice: What a person can do.
    """

    code: str
    severity: str
    meaning: str
    advice: str


# What the door says: the input could not be taken in as it was given.
INTAKE_CODES: tuple[IssueCode, ...] = (
    IssueCode(
        "source_missing",
        "error",
        "A source that was named does not exist.",
        "Check the path; the run went on with the other sources.",
    ),
    IssueCode(
        "source_unsupported",
        "error",
        "A file's name ends in none of the forms that are taken in, and its bytes tell of none.",
        "Rename it, or convert it to a form that is taken in, as .txt, .html or .jsonl.",
    ),
    IssueCode(
        "source_unreachable",
        "error",
        "A source that is an address, or standard input, could not be read whole.",
        "Check the address and the permission to read it, then run again.",
    ),
    IssueCode(
        "unreadable",
        "error",
        "The operating system did not let the input be read.",
        "Check permissions and the disk, then run again.",
    ),
    IssueCode(
        "vanished",
        "error",
        "The input was there when the run began and gone when it was to be archived.",
        "Put it back and run again.",
    ),
    IssueCode(
        "changed_while_read",
        "error",
        "The input's bytes changed between two readings of one run; nothing of it was archived.",
        "Run again when nothing writes to it any more.",
    ),
    IssueCode(
        "digest_mismatch",
        "error",
        "The bytes do not have the SHA-256 that the manifest gives; nothing was archived.",
        "Fetch the file again from where it came, or correct the manifest.",
    ),
    IssueCode(
        "manifest_row",
        "error",
        "A row of manifest.csv cannot be used.",
        "Correct the row: path, target_uri, captured_at (RFC 3339), sha256 (64 hex digits).",
    ),
    IssueCode(
        "captured_at_unreadable",
        "warning",
        "The time of capture given with the input is no RFC 3339 time; it was left out.",
        "Give it as 2023-06-02T10:15:00Z; of a corpus, see whether --date-column is the right one.",
    ),
    IssueCode(
        "truncated_stream",
        "error",
        "A compressed file ends before its end or is damaged; whole rows and members before that "
        "are taken in, of a page nothing.",
        "Fetch the file again; what was taken in is not taken twice.",
    ),
    IssueCode(
        "capture_too_large",
        "error",
        "The input is larger than one capture may be; nothing of it was archived.",
        "If it is a page all the same, run again with a larger --max-capture-size.",
    ),
    IssueCode(
        "corpus_row_too_long",
        "error",
        "A line of a corpus is longer than a row may be; nothing of it was archived.",
        "See whether its line ends are lost; otherwise run again with a larger --max-row-size.",
    ),
    IssueCode(
        "corpus_column_missing",
        "error",
        "A corpus has no column of text or HTML that is known, or not the one that was named.",
        "Name the columns: --text-column, --html-column, --url-column, --date-column.",
    ),
    IssueCode(
        "package_damaged",
        "error",
        "A zip, tar or WACZ is damaged or cut; its members that are whole are taken in.",
        "Fetch the file again; what was taken in is not taken twice.",
    ),
    IssueCode(
        "package_bomb",
        "error",
        "A compressed file unpacks to more than it may, or has too many members; those before are "
        "taken in.",
        "If it is honest all the same, run again with a larger --max-unpacked-ratio, "
        "--max-unpacked-size or --max-members; of zstd, pack it again without --long.",
    ),
    IssueCode(
        "package_nested_too_deep",
        "error",
        "A package lies in three others; it was not opened.",
        "If it is honest all the same, unpack the outer ones and ingest what was in them.",
    ),
    IssueCode(
        "member_link",
        "error",
        "A member of a package is a link, which is never followed; nothing of it was taken in.",
        "None needed when what it leads to is in the package; otherwise pack the file itself.",
    ),
    IssueCode(
        "member_device",
        "error",
        "A member of a package is a device, a pipe or a socket; nothing of it was taken in.",
        "Ask who packed it: no saved page comes so.",
    ),
    IssueCode(
        "member_name_unsafe",
        "error",
        "A member's name leads out of its package or cannot be a file's; it was not taken in.",
        "Ask who packed it; if it is honest, pack the files again below one folder.",
    ),
    IssueCode(
        "member_duplicate",
        "warning",
        "A package has two members of one name; of a page both are taken in, of a corpus, package "
        "or manifest the first.",
        "See which of them is right.",
    ),
    IssueCode(
        "member_encrypted",
        "error",
        "A member of a package is encrypted; nothing of it was taken in.",
        "Pack the files again without a password.",
    ),
    IssueCode(
        "member_overlapping",
        "error",
        "Two members of a zip share bytes, as in bombs; the second was not taken in.",
        "Ask who packed it: no common program writes such a zip.",
    ),
    IssueCode(
        "member_damaged",
        "error",
        "A member of a package is damaged, or not what is said of it; nothing of it was taken in.",
        "Fetch the package again; what was taken in is not taken twice.",
    ),
    IssueCode(
        "member_unsupported",
        "error",
        "A member of a package is packed in a way that is not read; nothing of it was taken in.",
        "Unpack it with the program that packed it, and ingest the files.",
    ),
    IssueCode(
        "run_limit_reached",
        "error",
        "The run had taken as many bytes as it may; this input is left for the next one.",
        "Run the same command again: it goes on from here.",
    ),
)

# What the reading says: the page itself is odd.
READING_CODES: tuple[IssueCode, ...] = (
    IssueCode(
        "empty_payload",
        "error",
        "The capture holds no bytes.",
        "Fetch the page again.",
    ),
    IssueCode(
        "blank_text",
        "error",
        "The capture is text without a single word.",
        "Fetch the page again.",
    ),
    IssueCode(
        "binary_payload",
        "error",
        "The payload is no text.",
        "Extract its text with a tool for its format and ingest that.",
    ),
    IssueCode(
        "undecodable",
        "error",
        "The payload is text in no encoding that is tried.",
        "Convert it to UTF-8 and ingest that too.",
    ),
    IssueCode(
        "corpus_row_unreadable",
        "error",
        "A row of a corpus is no JSON object with a text.",
        "Correct the row; its bytes are kept as they came.",
    ),
    IssueCode(
        "reading_failed",
        "error",
        "The code that reads pages failed on this one.",
        "Report it with the capture's id; the bytes are kept.",
    ),
    IssueCode(
        "reading_timed_out",
        "error",
        "The reading of the capture took longer than it may, and was ended.",
        "Report it with the capture's id; the bytes are kept, and refworld rebuild tries again.",
    ),
    IssueCode(
        "reader_died",
        "error",
        "The process that read the capture died of it, twice.",
        "Report it with the capture's id; the bytes are kept, and refworld rebuild tries again.",
    ),
    IssueCode(
        "record_damaged",
        "error",
        "A record of a web archive is damaged; the bytes that there are of it are kept.",
        "Fetch the file again; the records before and after it are taken in.",
    ),
    IssueCode(
        "record_truncated",
        "error",
        "A record of a web archive has fewer bytes than it says; they are kept.",
        "Fetch the file again; the other records are taken in.",
    ),
    IssueCode(
        "revisit_unresolved",
        "error",
        "A revisit record refers to a capture that none of the sources holds; the record is kept.",
        "Ingest it together with the web archive that holds the capture.",
    ),
    IssueCode(
        "record_digest_mismatch",
        "warning",
        "A record does not have the digest that it says; it is taken in as it is.",
        "Fetch the file again, and compare with another capture.",
    ),
    IssueCode(
        "http_head_unreadable",
        "warning",
        "A response does not begin as HTTP does; all of it is taken as the page.",
        "Look at the beginning of the text.",
    ),
    IssueCode(
        "http_coding_absent",
        "info",
        "A response names a coding that its body does not have; the body is taken as it is.",
        "None needed when the text can be read: some crawlers take codings away.",
    ),
    IssueCode(
        "payload_truncated",
        "warning",
        "The page was cut short by its server or by whoever captured it.",
        "Look for a fuller capture of the document.",
    ),
    IssueCode(
        "http_status",
        "info",
        "The server did not answer with the page; status and new address are the words.",
        "None needed; for a redirect, look for the capture of the new address.",
    ),
    IssueCode(
        "media_type_unread",
        "info",
        "The capture is an image, a style sheet or the like, not a text.",
        "None needed; its bytes are kept.",
    ),
    IssueCode(
        "reading_out_of_memory",
        "error",
        "The reading of the capture took more memory than it may, and was ended.",
        "If it is sound all the same, run refworld rebuild with a larger --max-memory.",
    ),
    IssueCode(
        "pdf_unreadable",
        "error",
        "The payload is said to be PDF, and is damaged or something else.",
        "Fetch the file again; the bytes are kept.",
    ),
    IssueCode(
        "pdf_encrypted",
        "error",
        "The PDF does not open without a password.",
        "Ingest a copy without a password too; the bytes are kept.",
    ),
    IssueCode(
        "pdf_pages_unreadable",
        "warning",
        "Some pages of the PDF are damaged; their text is missing.",
        "Fetch the file again, or compare with another capture.",
    ),
    IssueCode(
        "pdf_characters_unknown",
        "warning",
        "The PDF does not say what some of its characters are; each stands as U+FFFD in the text.",
        "Look at the words in the file, and beware of searching in its text.",
    ),
    IssueCode(
        "pdf_without_text",
        "warning",
        "The PDF has no text: its pages are pictures, as a scanner makes them.",
        "Recognize its text with a tool for that, and ingest the result too.",
    ),
    IssueCode(
        "pdf_pages_without_text",
        "info",
        "Some pages of the PDF have no text: they are blank, or pictures.",
        "Look at those pages in the file.",
    ),
    IssueCode(
        "charset_guessed",
        "warning",
        "The payload is not UTF-8; its encoding was inferred from its bytes.",
        "Look at the names and accents in the text.",
    ),
    IssueCode(
        "invalid_utf8",
        "warning",
        "Some bytes are no UTF-8; each stands as U+FFFD in the text.",
        "Compare with another capture.",
    ),
    IssueCode(
        "charset_disagrees",
        "warning",
        "The encoding that the server or the page names is not that of the bytes, or they differ.",
        "Look at the names and accents in the text.",
    ),
    IssueCode(
        "parsers_disagree",
        "warning",
        "Two parsers of HTML find different words in the page, or in different order.",
        "Look at the page; the words of the one that follows the standard are kept.",
    ),
    IssueCode(
        "markup_excessive",
        "warning",
        "The page's markup is nested or repeated beyond all measure; no word of it is lost.",
        "Look whether the page is what it says it is.",
    ),
    IssueCode(
        "span_unaligned",
        "info",
        "Words of the page cannot be led back to one stretch of its bytes: its markup moves them.",
        "None needed; the words are right, their bytes are not given.",
    ),
    IssueCode(
        "head_disagrees",
        "warning",
        "The head of an HTML page says something else than its text.",
        "Compare both; the text's value counts.",
    ),
    IssueCode(
        "control_characters",
        "info",
        "The text holds control characters; they are kept.",
        "None needed.",
    ),
    IssueCode(
        "bidi_controls",
        "info",
        "The text holds marks that set the direction of writing; they are kept.",
        "Beware that the order in which words are shown may not be that in which they stand.",
    ),
    IssueCode(
        "zero_width_marks",
        "info",
        "The text holds characters that are not seen; they are kept.",
        "Beware that a search for a word does not find it with such a mark inside.",
    ),
    IssueCode(
        "no_document_evidence",
        "info",
        "Neither words nor address show a page of Refworld.",
        "Give its address in manifest.csv or the corpus row.",
    ),
    IssueCode(
        "unknown_label",
        "warning",
        "A row in the header has a label that is not known; it is kept verbatim.",
        "Report the label.",
    ),
    IssueCode(
        "repeated_label",
        "warning",
        "A label stands twice in the header; the first value counts.",
        "Compare with another capture.",
    ),
    IssueCode(
        "empty_value",
        "info",
        "A label in the header has no value.",
        "None needed.",
    ),
    IssueCode(
        "title_missing",
        "info",
        "The capture prints no title.",
        "Look for a fuller capture of the document.",
    ),
    IssueCode(
        "date_unreadable",
        "warning",
        "The publication date has no known form, or is no day of the calendar.",
        "Read the words; the date is left out.",
    ),
    IssueCode(
        "last_updated_unreadable",
        "warning",
        "The time of the last update has no known form.",
        "Read the words; the time is left out.",
    ),
    IssueCode(
        "tier_before_its_time",
        "warning",
        "A country is placed on a tier that did not exist in the year of the report.",
        "Compare the title's year with the preserved page.",
    ),
    IssueCode(
        "tier_disagrees",
        "warning",
        "A page places its country on one tier and on another.",
        "Read the words; the heading's is taken, and none where there is no heading.",
    ),
    IssueCode(
        "weekday_disagrees",
        "warning",
        "The printed weekday is not that of the printed date.",
        "Compare with another capture.",
    ),
    IssueCode(
        "accessed_date_unreadable",
        "warning",
        "The day of access in the citation is no full date.",
        "Read the words; the day is left out.",
    ),
    IssueCode(
        "citation_disagrees",
        "warning",
        "Citation and header say different things.",
        "Compare both; the header's value counts.",
    ),
    IssueCode(
        "citation_unsplit",
        "warning",
        "No anchor parts publisher and title in the citation.",
        "Read the citation; both are left out.",
    ),
    IssueCode(
        "cite_uri_missing",
        "info",
        "The citation gives no address.",
        "None needed; common on Refworld.",
    ),
    IssueCode(
        "document_id_missing",
        "info",
        "Neither citation nor address holds a Refworld id.",
        "Give the page's address in manifest.csv or the corpus row.",
    ),
    IssueCode(
        "document_id_disagrees",
        "warning",
        "Citation and address name different documents; the citation's id counts.",
        "Check which document the text is.",
    ),
    IssueCode(
        "unknown_publisher",
        "info",
        "The printed publisher is not in the authority table.",
        "Report the name; it is kept as printed.",
    ),
    IssueCode(
        "unknown_publisher_code",
        "info",
        "The publisher code in the address is not in the authority table.",
        "Report the code.",
    ),
    IssueCode(
        "publisher_disagrees",
        "warning",
        "The printed publisher and the code in the address differ; the printed one counts.",
        "Check which is right.",
    ),
    IssueCode(
        "unknown_country_code",
        "warning",
        "The country slot of the address holds no ISO 3166 code.",
        "Report the code.",
    ),
)

# Codes that are no function of the bytes: what the reading of the time said stands.
UNREPEATABLE_CODES = frozenset({"reading_timed_out", "reader_died", "reading_out_of_memory"})

ISSUE_CODES: dict[str, IssueCode] = {entry.code: entry for entry in INTAKE_CODES + READING_CODES}
