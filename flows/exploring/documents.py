"""A document to read: its values, their words in the text, its captures, its bytes."""

from __future__ import annotations

from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from flows.exploring import asking
from flows.exploring.asking import Endpoint
from flows.exploring.marking import marked_blocks
from flows.exploring.rendering import Site
from flows.looking.citing import STYLES
from flows.looking.history import changes
from flows.looking.opened import Database
from flows.looking.trace import words_in_context
from transforms.records import Capture
from warehouse import browsing
from warehouse.archive import ArchiveDamaged, read_record
from warehouse.query import cite_rows, documents_by_id, reading_rows, version_rows

_PART = 60_000  # characters of a text on one page
_MOST_PARTS = 100_000
_MOST_STATEMENTS = 1_000_000
_TYPES = {
    "csl-json": ("application/vnd.citationstyles.csl+json", "json"),
    "bibtex": ("application/x-bibtex", "bib"),
    "ris": ("application/x-research-info-systems", "ris"),
    "printed": ("text/plain", "txt"),
}

Row = dict[str, Any]


def page(site: Site) -> Endpoint:
    """Returns what answers with a document, or a certain capture of it."""

    def answer(request: Request) -> Response:
        document_id = request.path_params["document_id"]
        number = asking.number(request, "value", _MOST_STATEMENTS)
        with site.database() as database:
            versions = documents_by_id(database, document_id)
            version = _version(versions, asking.words(request, "capture"))
            capture_id = version["capture_id"]
            capture = browsing.capture_of(database, capture_id)
            statements = browsing.statements_of(database, capture_id)
            chosen = next((row for row in statements if row["seq"] == number), None)
            part = _part_of(request, chosen)
            if capture is None:
                raise HTTPException(404, "This capture is not there.")
            blocks = browsing.text_blocks(database, capture_id, part * _PART, (part + 1) * _PART)
            whole = [_cut(block, part * _PART, (part + 1) * _PART) for block in blocks]
            history = version_rows(database, document_id)
            return site.show(
                "document.html",
                database,
                version=version,
                versions=versions,
                capture=capture,
                statements=statements,
                chosen=chosen,
                proof=_proof(site, capture, chosen) if chosen is not None else None,
                blocks=list(marked_blocks(whole, statements, chosen)),
                headings=browsing.headings(database, capture_id),
                issues=browsing.issues_of(database, capture_id),
                history=history,
                changes=list(changes(history, reading_rows(database, document_id)))[:200],
                styles=[style for style in STYLES if style != "printed" or version["cite_as"]],
                part=part,
                part_count=-(-(capture["char_count"] or 0) // _PART),
                part_size=_PART,
            )

    return answer


def payload(site: Site) -> Endpoint:
    """Returns what answers with the preserved bytes, to be kept and never shown by the browser."""

    def answer(request: Request) -> Response:
        with site.database() as database:
            row = _asked(request, database)
        capture = _preserved(site, row)
        name = f"{capture.payload_sha256}.bin"
        headers = {
            "Content-Disposition": f'attachment; filename="{name}"',
            "X-Payload-Digest": f"sha256:{capture.payload_sha256}",
        }
        return Response(capture.payload, media_type="application/octet-stream", headers=headers)

    return answer


def text(site: Site) -> Endpoint:
    """Returns what answers with the words of a document."""

    def answer(request: Request) -> Response:
        with site.database() as database:
            row = _asked(request, database)
            span = (0, row["char_count"] or 0)
            blocks = browsing.text_blocks(database, row["capture_id"], *span)
        words = "".join(block["text"] for block in blocks)
        name = f"{row['capture_id'][:16]}.txt"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        # Lone surrogates, which text in JSON may hold, cannot be written.
        return Response(words.encode("utf-8", "replace"), 200, headers, "text/plain; charset=utf-8")

    return answer


def citation(site: Site) -> Endpoint:
    """Returns what answers with the citation in one of the styles."""

    def answer(request: Request) -> Response:
        style = request.path_params["style"]
        if style not in STYLES:
            raise HTTPException(404, f"There is no such style; there are: {', '.join(STYLES)}.")
        with site.database() as database:
            rows = cite_rows(database, request.path_params["document_id"])
        version = _version(rows, asking.words(request, "capture"))
        try:
            words = STYLES[style](version)
        except ValueError as error:
            raise HTTPException(404, str(error)) from error
        media_type, ending = _TYPES[style]
        headers = {
            "Content-Disposition": f'attachment; filename="{version["capture_id"][:16]}.{ending}"'
        }
        return PlainTextResponse(words, headers=headers, media_type=media_type)

    return answer


def _version(versions: list[Row], capture_id: str | None) -> Row:
    """Returns the version asked for, the best one unless a capture is named."""
    for version in versions:
        if capture_id is None or version["capture_id"] == capture_id:
            return version
    raise HTTPException(404, "There is no such document, or no such capture of it.")


def _asked(request: Request, database: Database) -> Row:
    """Returns the capture that is asked for."""
    versions = documents_by_id(database, request.path_params["document_id"])
    version = _version(versions, asking.words(request, "capture"))
    found = browsing.capture_of(database, version["capture_id"])
    if found is None:
        raise HTTPException(404, "This capture is not there.")
    return found


def _preserved(site: Site, row: Row) -> Capture:
    try:
        return read_record(site.home.archive / row["warc_file"], row["warc_offset"])
    except (ArchiveDamaged, OSError) as error:
        raise HTTPException(
            503, f"The preserved bytes cannot be read: {error}. `refworld verify` says more."
        ) from error


def _part_of(request: Request, chosen: Row | None) -> int:
    """Returns the number of the part of the text to show: that of the chosen words, if any."""
    asked = asking.number(request, "part", _MOST_PARTS)
    if asked is None and chosen is not None and chosen["char_start"] is not None:
        return int(chosen["char_start"] // _PART)
    return asked or 0


def _cut(block: Row, start: int, end: int) -> Row:
    """Returns the part of a block that lies between two characters of the rendition."""
    first, last = max(start, block["char_start"]), min(end, block["char_end"])
    words = block["text"][first - block["char_start"] : last - block["char_start"]]
    return {**block, "text": words, "char_start": first, "char_end": last}


def _proof(site: Site, row: Row, chosen: Row) -> Row | None:
    """Returns what the preserved bytes say now where a statement says its words stand."""
    if chosen["byte_start"] is None:
        return None
    capture = _preserved(site, row)
    told = {**chosen, "charset": row["charset"], "layout": row["layout"], "before": "", "after": ""}
    before, words, after = words_in_context(capture.payload, told)
    return {"before": before, "words": words, "after": after, "is_same": words == chosen["raw"]}
