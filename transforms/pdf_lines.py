"""The lines of a page of PDF: characters that PDFium puts in a row, with where they stand.

A hyphen at the end of a line is kept as one; a space too wide to part words is a tab.
"""

from __future__ import annotations

import ctypes
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pypdfium2.raw as pdfium
from pypdfium2 import PdfPage

from transforms.printed import PrintedLine

# PDFium's mark for a hyphen behind which a word goes on in the next line, and for characters of
# which the file does not say what they are.
_HYPHEN = "\ufffe"
UNKNOWN = "\ufffd"
_LINE_END = re.compile("\r\n|[\r\n\ufffe]")
_SPACES = str.maketrans(dict.fromkeys("\t\v\f\x1c\x1d\x1e\x1f\x85\u2028\u2029", " "))
_SURROGATE = re.compile("[\ud800-\udfff]")
# A wider space than this (in type sizes) parts cells or columns, not words.
_WIDEST_SPACE = 1.5
_MARKER = re.compile(r"\W?\w{0,4}\W{0,2}")


class Turned:
    """Where the places of a page lie as it is shown, which may be turned by right angles."""

    def __init__(self, page: PdfPage) -> None:
        self._angle = page.get_rotation() % 360
        left, bottom, right, top = page.get_bbox()
        corners = [self._turn(left, bottom), self._turn(right, top)]
        self._x, self._y = (min(each) for each in zip(*corners, strict=True))
        self.height = max(y for _, y in corners) - self._y

    def place(self, x: float, y: float) -> tuple[float, float]:
        """Returns a place as it is shown, from the lower left corner."""
        x, y = self._turn(x, y)
        return x - self._x, y - self._y

    def _turn(self, x: float, y: float) -> tuple[float, float]:
        return {0: (x, y), 90: (y, -x), 180: (-x, -y), 270: (-y, x)}[self._angle]


def printed_lines(text_page: pdfium.FPDF_TEXTPAGE, turned: Turned) -> Iterator[PrintedLine]:
    """Yields the lines of a page that carry words, in the order of the file."""
    units = _units(text_page)
    start = 0
    for match in [*_LINE_END.finditer(units), None]:
        end = match.start() if match else len(units)
        raw = units[start:end]
        if raw.strip():
            first = start + len(raw) - len(raw.lstrip())
            goes_on = match is not None and match[0] == _HYPHEN
            yield _line(text_page, turned, raw.strip(), first, goes_on)
        start = match.end() if match else end


def _units(text_page: pdfium.FPDF_TEXTPAGE) -> str:
    """Returns a page's text, one character for each unit of UTF-16, as PDFium counts them."""
    count = pdfium.FPDFText_CountChars(text_page)
    if count <= 0:
        return ""
    buffer = (ctypes.c_ushort * (2 * count + 1))()
    length = pdfium.FPDFText_GetText(text_page, 0, count, buffer)
    units = list(map(chr, buffer[: max(length - 1, 0)]))
    for at, unit in enumerate(units):
        if unit == _HYPHEN:
            index = pdfium.FPDFText_GetCharIndexFromTextIndex(text_page, at)
            if pdfium.FPDFText_IsHyphen(text_page, index) != 1:
                units[at] = UNKNOWN
    return "".join(units)


def _line(
    text_page: pdfium.FPDF_TEXTPAGE, turned: Turned, raw: str, first: int, goes_on: bool
) -> PrintedLine:
    """Returns the line whose units of text begin at `first`."""
    last = first + len(raw) - 1
    # A mark set high or low may stand at either end: the letter between is as most of them are.
    found = [_glyph(text_page, turned, at) for at in (first, (first + last) // 2, last)]
    seen = [glyph for glyph in found if glyph] or [_Glyph(0.0, 0.0, 0.0, 0.0)]
    size = _middle([glyph.size for glyph in seen])
    characters = list(raw.translate(_SPACES))
    for at in _wide_spaces(text_page, turned, raw, first, size):
        characters[at] = "\t"
    return PrintedLine(
        _joined("".join(characters)) + ("-" if goes_on else ""),
        min(glyph.left for glyph in seen),
        max(glyph.right for glyph in seen),
        _middle([glyph.base for glyph in seen]),
        size,
        goes_on,
    )


def _wide_spaces(
    text_page: pdfium.FPDF_TEXTPAGE, turned: Turned, raw: str, first: int, size: float
) -> Iterator[int]:
    """Yields the places of spaces too wide to part words, but for one behind a list's marker."""
    at = raw.find(" ")
    while at >= 0:
        before = _extent(text_page, turned, first + at - 1)
        after = _extent(text_page, turned, first + at + 1)
        is_wide = before and after and after[0] - before[1] > _WIDEST_SPACE * size
        if is_wide and not _MARKER.fullmatch(raw, 0, at):
            yield at
        at = raw.find(" ", at + 1)


@dataclass(frozen=True, slots=True)
class _Glyph:
    left: float
    right: float
    base: float
    size: float


def _glyph(text_page: pdfium.FPDF_TEXTPAGE, turned: Turned, unit: int) -> _Glyph | None:
    """Returns the character of a unit of the text as it stands; None for one that has no place."""
    extent = _extent(text_page, turned, unit)
    index = pdfium.FPDFText_GetCharIndexFromTextIndex(text_page, unit)
    x, y = ctypes.c_double(), ctypes.c_double()
    if extent is None or not pdfium.FPDFText_GetCharOrigin(text_page, index, x, y):
        return None
    size = abs(pdfium.FPDFText_GetFontSize(text_page, index))
    matrix = pdfium.FS_MATRIX()
    if pdfium.FPDFText_GetMatrix(text_page, index, matrix):
        size *= math.hypot(matrix.c, matrix.d)
    return _Glyph(*extent, turned.place(x.value, y.value)[1], size)


def _extent(
    text_page: pdfium.FPDF_TEXTPAGE, turned: Turned, unit: int
) -> tuple[float, float] | None:
    """Returns where the character of a unit of the text begins and ends on its line."""
    index = pdfium.FPDFText_GetCharIndexFromTextIndex(text_page, unit)
    box = pdfium.FS_RECTF()
    if index < 0 or not pdfium.FPDFText_GetLooseCharBox(text_page, index, box):
        return None
    one, _ = turned.place(box.left, box.bottom)
    other, _ = turned.place(box.right, box.top)
    return min(one, other), max(one, other)


def _middle(lengths: list[float]) -> float:
    return sorted(lengths)[(len(lengths) - 1) // 2]


def _joined(units: str) -> str:
    """Returns units of UTF-16 as characters, halves of pairs without the other as U+FFFD."""
    if _SURROGATE.search(units):
        return units.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return units
