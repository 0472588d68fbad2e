"""Bytes to text that knows where each character came from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

import charset_normalizer

from transforms.records import Issue

# Leading bytes of formats that are no text, each with the name a person would use.
_MAGIC = {
    b"%PDF-": "PDF",
    b"PK\x03\x04": "zip",
    b"\x1f\x8b": "gzip",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"BZh": "bzip2",
    b"\xfd7zXZ": "xz",
    b"7z\xbc\xaf\x27\x1c": "7z",
    b"\x89PNG": "PNG",
    b"GIF8": "GIF",
    b"\xff\xd8\xff": "JPEG",
    b"\x7fELF": "ELF",
    b"\xd0\xcf\x11\xe0": "Office (OLE)",
    b"PAR1": "Parquet",
}
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\v\f\r")) + b"\x7f"
_PLAIN = bytes(set(range(128)) - set(_CONTROLS))
# One byte is one character in all of these, so that spans stay exact; in the order of preference.
_SINGLE_BYTE = ["cp1252", "cp1251", "cp1256"]
# Every single-byte encoding that HTML pages may name (WHATWG Encoding Standard, 4.2).
SINGLE_BYTE_CHARSETS = frozenset(
    "cp866 iso8859-2 iso8859-3 iso8859-4 iso8859-5 iso8859-6 iso8859-7 iso8859-8 iso8859-10 "
    "iso8859-13 iso8859-14 iso8859-15 iso8859-16 koi8-r koi8-u mac-roman mac-cyrillic cp874 cp1250 "
    "cp1251 cp1252 cp1253 cp1254 cp1255 cp1256 cp1257 cp1258".split()
)
_CONTROL_SHARE = 200
# Unicode's property Bidi_Control (UAX 9), and its other format characters without a width, the
# soft hyphen and a byte order mark within the text among them.
_UNSEEN = {
    "bidi_controls": "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069",
    "zero_width_marks": "\u00ad\u180e\u200b\u200c\u200d\u2060\u2061\u2062\u2063\u2064\ufeff",
}
_SAMPLE = 1 << 16
_STRIDE = 1 << 10
# Headers stand at the top: up to here, counting is quicker than keeping checkpoints of the page.
_NEAR = 4 << 10
_ESCAPE = "surrogateescape"
_ESCAPED = re.compile("[\udc80-\udcff]")


@dataclass(frozen=True)
class Rendition:
    """The text of a capture, to the character, with the byte offset of every character.

    For plain text it is the decoded payload itself, a byte order mark included. Bytes that are
    no UTF-8 in a text that otherwise is stand as one U+FFFD each.

    Args:
        text: The characters.
        charset: Python's name of the encoding.
        escaped: The same text with undecodable bytes as surrogate escapes (PEP 383), from which
            byte offsets are computed; `text` itself where there are none.
        is_of_bytes: Whether the characters are the payload's own bytes, decoded. Those of a PDF
            are drawn by it, and have no byte offsets.
    """

    text: str
    charset: str
    escaped: str
    is_of_bytes: bool = True

    @property
    def is_payload_in_utf_8(self) -> bool:
        """Whether the payload is this text in UTF-8, byte for byte."""
        return self.is_of_bytes and self.charset == "utf-8" and self.escaped is self.text

    def byte_at(self, char: int) -> int:
        """Returns the offset in the payload of the character at `char` (0 to the length)."""
        if self._width:
            return char * self._width
        if char < _NEAR:
            return self.byte_length(0, char)
        stride = char // _STRIDE
        return self._checkpoints[stride] + self.byte_length(stride * _STRIDE, char)

    def byte_length(self, start: int, end: int) -> int:
        """Returns how many bytes of the payload the characters from `start` to `end` take."""
        if self._width:
            return (end - start) * self._width
        return len(self.escaped[start:end].encode(self.charset, _ESCAPE))

    def byte_ends(self, chars: Sequence[int], texts: Iterable[str]) -> Sequence[int]:
        """Returns the offsets of characters given in order; what was given when they are equal.

        Args:
            chars: Characters, the last of them the length of the text or less.
            texts: What stands between them, from the beginning of the text.
        """
        if self._width:
            return chars if self._width == 1 else [char * self._width for char in chars]
        if self.escaped is self.text and self.charset == "utf-8":
            return list(accumulate(map(len, map(str.encode, texts))))
        return list(accumulate(map(self.byte_length, (0, *chars), chars)))

    def byte_span(self, start: int, end: int) -> tuple[int | None, int | None]:
        """Returns first byte and end of the characters from `start` to `end`, None of a PDF's."""
        if not self.is_of_bytes:
            return None, None
        first = self.byte_at(start)
        return first, first + self.byte_length(start, end)

    def byte_spans(
        self, starts: Sequence[int], ends: Sequence[int], texts: Sequence[str]
    ) -> tuple[Sequence[int | None], Sequence[int | None]]:
        """Returns first bytes and ends of stretches that tile the text, as two columns.

        Args:
            starts: First characters.
            ends: Ends in characters.
            texts: The characters of each.
        """
        if not self.is_of_bytes:
            return (None,) * len(ends), (None,) * len(ends)
        byte_ends = self.byte_ends(ends, texts)
        return (starts if byte_ends is ends else (0, *byte_ends[:-1])), byte_ends

    @cached_property
    def _width(self) -> int:
        if self.charset in SINGLE_BYTE_CHARSETS or self.text.isascii():
            return 2 if self.charset.startswith("utf-16") else 1
        return 0

    @cached_property
    def _checkpoints(self) -> list[int]:
        offsets = [0]
        for start in range(0, len(self.text), _STRIDE):
            offsets.append(offsets[-1] + self.byte_length(start, start + _STRIDE))
        return offsets


def decode(payload: bytes) -> tuple[Rendition | None, list[Issue]]:
    """Returns the payload's text, or None with the issue that says why it has none.

    The rules, in order: a byte order mark decides; known formats and payloads rich in control
    characters are no text; UTF-8 where it holds; UTF-16 where every other byte is zero; UTF-8
    with marked gaps where most of what is not ASCII is valid; else the likeliest of the Windows
    code pages, which is flagged.
    """
    if not payload:
        return None, [Issue("empty_payload", None, "0 bytes")]
    for magic, name in _MAGIC.items():
        if payload.startswith(magic):
            return None, [Issue("binary_payload", None, f"begins like a {name} file")]
    charset = _marked_charset(payload)
    if charset != "utf-8":
        return _decode_utf16(payload, charset)
    try:
        text = payload.decode("utf-8")
    except UnicodeDecodeError as error:
        return _decode_damaged(payload, error.start)
    return _check_controls(payload, Rendition(text, "utf-8", text), [])


def decode_as(payload: bytes, charset: str) -> tuple[Rendition | None, list[Issue]]:
    """Returns the text of a payload in a single-byte encoding that is known, or why it has none.

    Bytes that the encoding does not assign stand as U+FFFD, and are flagged.
    """
    escaped = payload.decode(charset, _ESCAPE)
    text, bad_count = _ESCAPED.subn("\ufffd", escaped)
    issues = [Issue("charset_disagrees", None, f"{bad_count} bytes that {charset} lacks")]
    rendition = Rendition(text, charset, escaped if bad_count else text)
    return _check_controls(payload, rendition, issues if bad_count else [], is_valid=False)


def _marked_charset(payload: bytes) -> str:
    if payload.startswith(b"\xff\xfe"):
        return "utf-16-le"
    if payload.startswith(b"\xfe\xff"):
        return "utf-16-be"
    head = payload[:_SAMPLE]
    if 0 in head and head.count(0) * 5 > len(head) * 2 and not payload.startswith(b"\xef\xbb\xbf"):
        return "utf-16-le" if head[1::2].count(0) > head[::2].count(0) else "utf-16-be"
    return "utf-8"


def _decode_utf16(payload: bytes, charset: str) -> tuple[Rendition | None, list[Issue]]:
    marked = payload[:2] in (b"\xff\xfe", b"\xfe\xff")
    issues = [] if marked else [Issue("charset_guessed", None, charset)]
    try:
        text = payload.decode(charset)
    except UnicodeDecodeError as error:
        code = "undecodable" if marked else "binary_payload"
        return None, [Issue(code, None, f"{charset}: {error.reason} at byte {error.start}")]
    return _check_controls(text.encode("utf-8"), Rendition(text, charset, text), issues)


def _decode_damaged(payload: bytes, first_bad: int) -> tuple[Rendition | None, list[Issue]]:
    escaped = payload.decode("utf-8", _ESCAPE)
    text, bad_count = _ESCAPED.subn("\ufffd", escaped)
    # Each valid sequence is one character of two to four bytes: what is missing from the count
    # of bytes belongs to sequences that did decode.
    has_valid_sequences = len(payload) - len(escaped) >= bad_count
    is_cut_at_end = bad_count <= 3 and first_bad >= len(payload) - 3
    if has_valid_sequences or is_cut_at_end:
        words = f"{bad_count} bytes, the first at byte {first_bad}"
        rendition = Rendition(text, "utf-8", escaped)
        issues = [Issue("invalid_utf8", None, words)]
        return _check_controls(payload, rendition, issues, is_valid=False)
    return _decode_code_page(payload, first_bad)


def _decode_code_page(payload: bytes, first_bad: int) -> tuple[Rendition | None, list[Issue]]:
    start = max(0, first_bad - _SAMPLE // 2)
    sample = payload[start : start + _SAMPLE]
    best = charset_normalizer.from_bytes(sample, cp_isolation=_SINGLE_BYTE).best()
    candidates = ([best.encoding] if best else []) + _SINGLE_BYTE
    for charset in candidates:
        try:
            text = payload.decode(charset)
        except UnicodeDecodeError:
            continue
        words = f"{charset}: {_around(payload, first_bad).decode(charset, 'replace')}"
        rendition = Rendition(text, charset, text)
        issues = [Issue("charset_guessed", None, words)]
        return _check_controls(payload, rendition, issues, is_valid=False)
    return None, [Issue("undecodable", None, f"no UTF-8 from byte {first_bad}")]


def _around(payload: bytes, position: int) -> bytes:
    return payload[max(0, position - 20) : position + 20]


def _check_controls(
    payload: bytes, rendition: Rendition, issues: list[Issue], is_valid: bool = True
) -> tuple[Rendition | None, list[Issue]]:
    """Returns what `decode` does; `is_valid` says that the payload is the text in UTF-8."""
    # Little is left of most pages, and of that each question is answered at once.
    odd = payload.translate(None, _PLAIN)
    wide = odd.translate(None, _CONTROLS)
    count = len(odd) - len(wide)
    if count * _CONTROL_SHARE > len(payload):
        return None, [Issue("binary_payload", None, f"{count} control characters")]
    if count:
        issues = [*issues, Issue("control_characters", None, f"{count}")]
    text = rendition.text
    unseen = _unseen(wide.decode("utf-8"), text[:1]) if is_valid else unseen_marks(text)
    return rendition, [*issues, *unseen]


def unseen_marks(text: str) -> list[Issue]:
    """Returns an issue for each kind of characters that are there and not seen, by their counts."""
    return _unseen(text.encode("utf-8").translate(None, _PLAIN).decode("utf-8"), text[:1])


def _unseen(wide: str, first: str) -> list[Issue]:
    """Returns what `unseen_marks` does, given what of the text is not ASCII, and its beginning."""
    if not wide:
        return []
    issues = []
    for code, marks in _UNSEEN.items():
        counts = {mark: wide.count(mark) for mark in marks if mark in wide}
        if first == "\ufeff" and first in counts:
            counts[first] -= 1
        words = ", ".join(f"U+{ord(mark):04X}: {n}" for mark, n in counts.items() if n)
        if words:
            issues.append(Issue(code, None, words))
    return issues
