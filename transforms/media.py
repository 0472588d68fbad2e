"""What kind of thing a payload is, by what is said of it and by how it begins."""

from __future__ import annotations

_PDF = ("application/pdf", "application/x-pdf")
# Readers of PDF look for its header so far into a file (ISO 32000-1, Annex H, note 13).
_HEADER_WITHIN = 1024
_TRAILER_WITHIN = 2048


def is_pdf(media_type: str, payload: bytes) -> bool:
    """Returns whether a payload is to be read as PDF: by its type, else by how it begins.

    Junk may stand before the header, but then the end must be a PDF's too: a text may speak of
    the format.
    """
    if media_type.partition(";")[0].strip().lower() in _PDF:
        return True
    at = payload.find(b"%PDF-", 0, _HEADER_WITHIN)
    return at == 0 or (at > 0 and b"startxref" in payload[-_TRAILER_WITHIN:])
