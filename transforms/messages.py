"""HTTP messages (RFC 9110, 9112) as crawlers keep them: from the block to what was sent.

Crawlers differ in what they keep: some have taken an encoding away and left the header that
names it, some cut the body short. A body that is not in the encoding that its header names is
taken as it is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from transforms.content_codings import CodingFault, TooLarge, decode_chunks, decode_coding
from transforms.records import Issue
from transforms.warc_heads import Fields, field_of, head_fields

_STATUS = re.compile(
    rb"(?:\r?\n){0,2}(?:HTTP(?:/[0-9](?:\.[0-9])?)?|ICY)[ \t]{1,8}([0-9]{3})(?![0-9])"
)
_END = re.compile(rb"\n\r?\n")
_MOST_HEAD = 1 << 20
_MOST_CODINGS = 5
_NO_CODING = frozenset(("", "identity", "none", "binary", "utf-8"))
_MEDIA_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]{1,80}/[a-z0-9!#$&^_.+-]{1,100}")
_CHARSET = re.compile(r"charset[ \t]*=[ \t]*[\"']?([A-Za-z0-9._:+-]{1,40})", re.IGNORECASE)
_HTML_STARTS = (b"<!doctype html", b"<html", b"<head", b"<!--")


@dataclass(frozen=True, slots=True)
class Message:
    """An HTTP response.

    Args:
        status: Its status; None when the block does not begin like a response.
        fields: Its header fields.
        body: What follows them, as it was kept.
        content: The body without transfer coding.
        payload: The body without transfer and content codings.
        issues: What is odd with it.
    """

    status: int | None
    fields: Fields
    body: bytes
    content: bytes
    payload: bytes
    issues: tuple[Issue, ...] = ()


def parse_message(block: bytes, most: int) -> Message:
    """Returns the response that a block holds; one that is none is a payload as a whole.

    Args:
        block: The content block of a record.
        most: Bytes that the payload may have.

    Raises:
        TooLarge: It has more.
    """
    status, fields, body = split_message(block)
    if status is None:
        words = block[:80].decode("ascii", "backslashreplace")
        return Message(None, (), block, block, block, (Issue("http_head_unreadable", None, words),))
    issues: list[Issue] = []
    content = _without_transfer_codings(fields, body, most, issues)
    payload = _decoded(content, _codings(fields, "Content-Encoding"), most, issues)
    if len(payload) > most:
        raise TooLarge
    issues += _cut_short(fields, status, body)
    return Message(status, fields, body, content, payload, tuple(issues))


def split_message(block: bytes) -> tuple[int | None, Fields, bytes]:
    """Returns status, header fields and body of a response as they stand; no status if it is none.

    Line ends are those of the standard or line feeds alone.
    """
    found = _STATUS.match(block)
    if found is None:
        return None, (), block
    end = _END.search(block, found.end(), _MOST_HEAD)
    head = block[: end.start() + 1] if end else block[:_MOST_HEAD]
    return int(found[1]), head_fields(head.lstrip(b"\r\n")), block[end.end() :] if end else b""


def media_type_of(content_type: str | None, payload: bytes) -> str:
    """Returns the media type that a server names, or where it names none, one by the first bytes.

    Only HTML and PDF are told by their bytes; what is neither is called plain text, and the reading
    says when it is no text.
    """
    named = (content_type or "").partition(";")[0].strip().lower()
    if _MEDIA_TYPE.fullmatch(named):
        return named
    start = payload[:1024].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if start.startswith(_HTML_STARTS):
        return "text/html"
    return "application/pdf" if start.startswith(b"%pdf-") else "text/plain"


def charset_of(content_type: str | None) -> str | None:
    """Returns the encoding that a Content-Type names."""
    found = _CHARSET.search((content_type or "").partition(";")[2])
    return found[1] if found else None


def _codings(fields: Fields, name: str) -> list[str]:
    """Returns the codings that all fields of this name list, in the order of their application."""
    values = [value for key, value in fields if key == name.lower()]
    named = [word.strip().lower() for word in ",".join(values).split(",")]
    return [word for word in named if word not in _NO_CODING]


def _without_transfer_codings(fields: Fields, body: bytes, most: int, issues: list[Issue]) -> bytes:
    codings = _codings(fields, "Transfer-Encoding")
    if "chunked" not in codings or not body:
        return _decoded(body, codings, most, issues)
    decoded = decode_chunks(body)
    if decoded is None:
        issues.append(_not_in("chunked"))
        return body
    content, is_whole = decoded
    if not is_whole:
        issues.append(Issue("payload_truncated", None, "the last chunk is lacking"))
    return _decoded(content, [word for word in codings if word != "chunked"], most, issues)


def _decoded(content: bytes, codings: list[str], most: int, issues: list[Issue]) -> bytes:
    """Returns the content without its codings, the one applied last taken away first."""
    if len(codings) > _MOST_CODINGS:
        issues.append(_not_in(f"{len(codings)} codings"))
        return content
    for coding in reversed(codings):
        if not content:
            break
        try:
            decoded, is_whole = decode_coding(coding, content, most)
        except CodingFault:
            issues.append(_not_in(coding))
            break
        if not is_whole:
            issues.append(Issue("payload_truncated", None, f"{coding} ends before its end"))
        content = decoded
    return content


def _not_in(coding: str) -> Issue:
    return Issue("http_coding_absent", None, coding[:80])


def _cut_short(fields: Fields, status: int, body: bytes) -> list[Issue]:
    if status == 206:
        said = field_of(fields, "Content-Range") or "no range is named"
        return [Issue("payload_truncated", None, f"206 Partial Content: {said[:100]}")]
    length = field_of(fields, "Content-Length") or ""
    is_chunked = "chunked" in _codings(fields, "Transfer-Encoding")
    if not (length.isascii() and length.isdigit()) or len(length) > 15 or is_chunked:
        return []
    # Where an encoding was taken away, the body may have become shorter or longer than was said.
    if len(body) >= int(length) or _codings(fields, "Content-Encoding") or status == 304:
        return []
    return [Issue("payload_truncated", None, f"Content-Length: {length}, {len(body)} bytes")]
