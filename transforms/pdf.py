"""PDF files to the lines that their pages print, each with its place on the page.

PDFium decides the words: which glyph is which character, which of them stand on one line, and in
which order lines come, that of the file. The fonts of the machine are kept out of it, so that a
file that does not bring its own gives the same words everywhere. Annotations, form fields,
attachments and scripts are not read.
"""

from __future__ import annotations

import ctypes
import re
from collections.abc import Mapping
from dataclasses import dataclass

import pypdfium2.raw as pdfium
from pypdfium2 import PdfDocument, PdfiumError

from transforms.pdf_lines import Turned, printed_lines
from transforms.printed import PrintedPage

_NEEDS_PASSWORD = (pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY)
# What the file says of itself (ISO 32000-1, 14.3.3); it is about the file, seldom the document.
_INFO = ("Title", "Author", "CreationDate")
_SURROGATE = re.compile("[\ud800-\udfff]")


class PdfFault(Exception):
    """A file that cannot be read, with the issue code for it and the words seen."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(f"{code}: {words}")
        self.code = code
        self.words = words


@dataclass(frozen=True, slots=True)
class Pdf:
    """What a file prints, and what it says of itself (`Title`, `Author`, `CreationDate`)."""

    pages: tuple[PrintedPage, ...]
    info: Mapping[str, str]


def read_pdf(payload: bytes) -> Pdf:
    """Returns what the pages of a PDF file print.

    Raises:
        PdfFault: It needs a password (`pdf_encrypted`) or is damaged (`pdf_unreadable`).
    """
    try:
        document = PdfDocument(payload)
    except PdfiumError as error:
        if error.err_code in _NEEDS_PASSWORD:
            raise PdfFault("pdf_encrypted", str(error)) from error
        raise PdfFault("pdf_unreadable", f"begins {payload[:20]!r}; {error}") from error
    with document:
        if not len(document):
            raise PdfFault("pdf_unreadable", "it has no pages")
        pages = tuple(_read_page(document, number) for number in range(len(document)))
        if not any(page.is_readable for page in pages):
            raise PdfFault("pdf_unreadable", f"none of its {len(pages)} pages can be read")
        info = {name: _clean(document.get_metadata_value(name)).strip() for name in _INFO}
    return Pdf(pages, {name: words for name, words in info.items() if words})


def _use_no_fonts_of_the_machine() -> None:
    """Starts PDFium anew with an empty list of folders for fonts, in place of the system's."""
    pdfium.FPDF_DestroyLibrary()
    no_folders = ctypes.pointer(ctypes.POINTER(ctypes.c_char)())
    kind = dict(pdfium.FPDF_LIBRARY_CONFIG._fields_)["m_pUserFontPaths"]
    config = pdfium.FPDF_LIBRARY_CONFIG(version=2, m_pUserFontPaths=ctypes.cast(no_folders, kind))
    pdfium.FPDF_InitLibraryWithConfig(config)


_use_no_fonts_of_the_machine()


def _read_page(document: PdfDocument, index: int) -> PrintedPage:
    try:
        page = document[index]
    except PdfiumError:
        return PrintedPage(0.0, (), is_readable=False)
    text = pdfium.FPDFText_LoadPage(page)
    try:
        if not text:
            return PrintedPage(0.0, (), is_readable=False)
        turned = Turned(page)
        return PrintedPage(turned.height, tuple(printed_lines(text, turned)))
    finally:
        if text:
            pdfium.FPDFText_ClosePage(text)
        page.close()


def _clean(words: str) -> str:
    return _SURROGATE.sub("\ufffd", " ".join(words.split()))
