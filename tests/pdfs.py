"""Writes small PDF files (ISO 32000-1) as tests need them, to the byte the same each time."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 595, 842
LEFT, TOP, STEP = 72, 700, 12


@dataclass(frozen=True, slots=True)
class Words:
    """Words printed at a place, in points from the lower left corner."""

    text: str
    x: float = LEFT
    y: float = TOP
    size: float = 10
    is_bold: bool = False


def column(*lines: str, x: float = LEFT, y: float = TOP, step: float = STEP, size: float = 10,
           indent: float = 0) -> list[Words]:  # fmt: skip
    """Returns lines below each other, the first of them indented; an empty one leaves space."""
    return [
        Words(text, x + (indent if not n else 0), y - n * step, size)
        for n, text in enumerate(lines)
        if text
    ]


def content(words: Sequence[Words]) -> bytes:
    """Returns the content stream that prints words in their order."""
    return b"\n".join(
        b"BT /F%d %g Tf %g %g Td (%s) Tj ET"
        % (2 if each.is_bold else 1, each.size, each.x, each.y, _escaped(each.text))
        for each in words
    )


def _escaped(text: str) -> bytes:
    for mark in "\\()":
        text = text.replace(mark, f"\\{mark}")
    return text.encode("cp1252")


def pdf(
    *pages: Sequence[Words] | bytes,
    info: Mapping[str, str] | None = None,
    page_entries: bytes = b"",
    trailer: bytes = b"",
) -> bytes:
    """Returns a file of these pages, each given by its words or by its content stream as it is.

    Args:
        pages: The pages.
        info: Its information dictionary.
        page_entries: Further entries of each page.
        trailer: Further entries of the trailer.
    """
    fonts = b" ".join(
        b"/F%d << /Type /Font /Subtype /Type1 /BaseFont /%s /Encoding /WinAnsiEncoding >>" % pair
        for pair in ((1, b"Helvetica"), (2, b"Helvetica-Bold"))
    )
    bodies = [b"<< /Type /Catalog /Pages 2 0 R >>", b""]
    kids = []
    for page in pages:
        drawn = page if isinstance(page, bytes) else content(page)
        bodies.append(stream(drawn))
        kids.append(b"%d 0 R" % (len(bodies) + 1))
        bodies.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %d %d] /Contents %d 0 R "
            b"/Resources << /Font << %s >> >> %s >>"
            % (WIDTH, HEIGHT, len(bodies), fonts, page_entries)
        )
    bodies[1] = b"<< /Type /Pages /Count %d /Kids [%s] >>" % (len(kids), b" ".join(kids))
    if info:
        entries = b" ".join(b"/%s (%s)" % (k.encode(), v.encode()) for k, v in info.items())
        bodies.append(b"<< %s >>" % entries)
        trailer += b" /Info %d 0 R" % len(bodies)
    return of_objects(bodies, trailer)


def stream(data: bytes, entries: bytes = b"") -> bytes:
    """Returns a stream object."""
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(data), entries, data)


def of_objects(bodies: Sequence[bytes], trailer: bytes = b"") -> bytes:
    """Returns a file of these objects, the first of them its catalogue."""
    file = bytearray(b"%PDF-1.4\n")
    offsets = []
    for number, body in enumerate(bodies, 1):
        offsets.append(len(file))
        file += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(file)
    file += b"xref\n0 %d\n0000000000 65535 f \n" % (len(bodies) + 1)
    file += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    file += b"trailer\n<< /Size %d /Root 1 0 R %s >>\n" % (len(bodies) + 1, trailer)
    return bytes(file) + b"startxref\n%d\n%%%%EOF\n" % start


def bomb(megabytes: int, fill: bytes = b" ") -> bytes:
    """Returns a file of one page, whose content is `fill` over and over and unpacks to megabytes.

    Packed twice it is a few kilobytes.
    """
    packer = zlib.compressobj(1)
    piece = fill * (1_000_000 // len(fill))
    data = b"".join(packer.compress(piece) for _ in range(megabytes)) + packer.flush()
    page = pdf(b"BOMB")
    packed = stream(zlib.compress(data, 1), b"/Filter [/FlateDecode /FlateDecode]")
    return page.replace(stream(b"BOMB"), packed)
