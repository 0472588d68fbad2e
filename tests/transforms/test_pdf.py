"""PDF files: their words, page by page, as paragraphs, headings and furniture; nothing invented."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.flows.conftest import command_environment
from tests.pdfs import (
    HEIGHT,
    LEFT,
    STEP,
    TOP,
    WIDTH,
    Words,
    column,
    content,
    of_objects,
    pdf,
    stream,
)
from transforms.media import is_pdf
from transforms.pdf_text import pdf_text
from transforms.printed import PrintedLine, PrintedPage
from transforms.reading import read, read_page
from transforms.records import DOCUMENT, NOT_A_DOCUMENT, QUARANTINED, Reading, capture_of

SAMPLES = Path(__file__).parent.parent / "pdf"
ADDRESS = "https://www.refworld.org/pdfid/4680d8a81d.pdf"
FIRST = "The observers described the situation of persons in the northern"
SECOND = "district, and told of what they had seen there in the winter and"
LAST = "of the answers they were given."


def reading_of(payload: bytes, uri: str = ADDRESS) -> Reading:
    reading = read_page(capture_of(payload, uri, media_type="application/pdf"))
    check(reading)
    return reading


def check(reading: Reading) -> None:
    """Fails unless blocks tile the rendition, pages ascend, and words stand where it is said."""
    at, page = 0, 1
    for block in reading.blocks:
        assert (block.char_start, block.byte_start, block.byte_end) == (at, None, None)
        assert len(block.text) == block.char_end - block.char_start > 0
        assert block.page is not None
        assert block.page >= page
        assert (block.kind == "blank") == (not block.text.strip())
        at, page = block.char_end, block.page
    rendition = "".join(block.text for block in reading.blocks)
    for statement in reading.statements:
        assert statement.byte_start is statement.byte_end is None
        if statement.char_start is not None:
            assert rendition[statement.char_start : statement.char_end] == statement.raw


def blocks(reading: Reading) -> list[tuple[int | None, str, str]]:
    return [(b.page, b.kind, b.text) for b in reading.blocks if b.kind != "blank"]


def texts(*pages: list[Words]) -> list[str]:
    return [text for _, _, text in blocks(reading_of(pdf(*pages)))]


def codes(reading: Reading) -> set[str]:
    return {issue.code for issue in reading.issues}


# What cannot be read.


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        (b"", "pdf_unreadable"),
        (b"<html><body>Not found</body></html>", "pdf_unreadable"),
        (b"%PDF-1.7\n%%EOF", "pdf_unreadable"),
        (pdf([Words("x")])[:200], "pdf_unreadable"),
        (pdf(), "pdf_unreadable"),
        (of_objects([b"<< /Type /Catalog /Pages 2 0 R >>",
                     b"<< /Type /Pages /Count 3 /Kids [9 0 R 9 0 R 9 0 R] >>"]), "pdf_unreadable"),
    ],
)  # fmt: skip
def test_what_is_no_readable_pdf_is_quarantined(payload: bytes, code: str) -> None:
    found = reading_of(payload)
    assert found.outcome == QUARANTINED
    assert codes(found) == {code}


@pytest.mark.parametrize("scale", [f"{'9' * 38} 0 0 {'9' * 38}", "0 0 0 0", "-1 0 0 -.0001"])
def test_type_of_any_size_is_read(scale: str) -> None:
    words = content([*column(FIRST, SECOND), Words("x y", 1, 1)])
    found = reading_of(pdf(b"q %s\n%s\nQ" % (b"%s 0 0 cm " % scale.encode() * 2, words)))
    assert found.outcome == DOCUMENT


def test_a_page_tree_that_bites_its_tail_ends() -> None:
    loop = of_objects(
        [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Count 9 /Kids [2 0 R] >>"]
    )
    assert codes(reading_of(loop)) == {"pdf_unreadable"}


@pytest.mark.parametrize("mark", ["\u2022", "\u2013", "\u00a7 1\u00b0"])
def test_a_line_of_marks_without_a_letter_is_read(mark: str) -> None:
    page = [*column(FIRST, SECOND, LAST), Words(mark, y=TOP - 8 * STEP)]
    assert mark in texts(page)[-1]


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_damaged_files_are_read_or_named(data: st.DataObject) -> None:
    whole = bytearray(
        pdf(column(FIRST, SECOND, LAST), column("Another page."), info={"Title": "T"})
    )
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(whole) - 1))
        whole[at : at + data.draw(st.integers(0, 9))] = data.draw(st.binary(max_size=6))
    capture = capture_of(bytes(whole), ADDRESS, media_type="application/pdf")
    reading = read_page(capture)
    check(reading)
    assert reading == read(capture)


# What is a PDF, and what a document.


def test_the_payload_decides_where_the_type_does_not() -> None:
    made = pdf([Words("x")])
    assert is_pdf("text/html", made)
    assert is_pdf("application/octet-stream", b"\r\n junk \n" + made)
    assert is_pdf("Application/PDF; charset=binary", b"")
    assert is_pdf("application/x-pdf", b"")
    assert not is_pdf("text/plain", b"The file began with %PDF-1.4, they said.")
    assert not is_pdf("text/html", b" " * 1020 + made)
    reading = read_page(capture_of(made, ADDRESS, media_type="text/plain"))
    assert (reading.outcome, reading.layout, reading.charset) == (DOCUMENT, "pdf", None)


@pytest.mark.parametrize(
    "uri",
    [
        ADDRESS,
        "http://www.unhcr.org/refworld/pdfid/4680d8a81d.pdf",
        "http://www.refworld.org/cgi-bin/texis/vtx/rwmain/opendocpdf.pdf?reldoc=y&docid=4680d8a81d",
        "https://webarchive.archive.unhcr.org/20230521104512mp_/" + ADDRESS,
    ],
)
def test_the_address_names_the_document(uri: str) -> None:
    document = reading_of(pdf(column("1. Some words.")), uri).document
    assert document is not None
    assert document.document_id == "4680d8a81d"


def test_a_scan_is_a_document_only_by_its_address() -> None:
    scan = pdf(b"0 0 9 9 re f", b"0 0 9 9 re f")
    known = reading_of(scan)
    assert known.outcome == DOCUMENT
    assert "pdf_without_text" in codes(known)
    assert known.document is not None
    assert known.document.word_count == 0
    assert [(b.page, b.kind, b.text) for b in known.blocks] == [(1, "blank", "\f")]
    unknown = reading_of(scan, "file:///scan.pdf")
    assert unknown.outcome == NOT_A_DOCUMENT
    assert codes(unknown) == {"pdf_without_text", "no_document_evidence"}


def test_prose_without_an_address_is_kept_readable_and_flagged() -> None:
    found = reading_of(pdf(column(*[FIRST, SECOND] * 3)), "file:///a.pdf")
    assert found.outcome == DOCUMENT
    assert {"no_document_evidence", "document_id_missing"} <= codes(found)
    elsewhere = reading_of(pdf(column(*[FIRST, SECOND] * 3)), "https://example.org/a.pdf")
    assert (elsewhere.outcome, elsewhere.document) == (NOT_A_DOCUMENT, None)


# Paragraphs.


def test_lines_are_put_together_only_where_the_print_shows_it() -> None:
    full = [FIRST, SECOND, LAST]
    one = " ".join(full)
    assert texts(column(*full)) == [one]
    # Space between, an indent, a list's marker, a short line: each begins a paragraph.
    assert texts(column(*full, "", *full)) == [one, one]
    inset = ["The observers described the situation of persons in the", SECOND, LAST]
    assert texts([*column(*inset, indent=20), *column(*inset, y=664, indent=20)]) == [
        " ".join(inset),
        " ".join(inset),
    ]
    assert texts(column(*full, "(a) another thing altogether", *full))[1].startswith("(a) another")
    assert texts([*column(FIRST, SECOND), *column(*inset, y=676, indent=20)]) == [
        f"{FIRST} {SECOND}",
        " ".join(inset),
    ]
    assert len(texts(column("Case Postale 2500", "1211 Geneva", "Switzerland"))) == 3
    assert texts(column("Case Postale 2500", "1211 Geneva", "Switzerland", FIRST)) == [
        "Case Postale 2500", "1211 Geneva", "Switzerland", FIRST,
    ]  # fmt: skip
    # Another column is no next line, nor is another page.
    assert texts([*column(FIRST, SECOND), *column(LAST, x=400)]) == [f"{FIRST} {SECOND}", LAST]
    assert texts(column(FIRST), column(LAST)) == [FIRST, LAST]


def test_a_list_item_whose_words_hang_is_one() -> None:
    item = [Words("•", 72, 700), *column(FIRST, SECOND, LAST, x=90), Words("•", 72, 660),
            *column("Second point.", x=90, y=660)]  # fmt: skip
    found = blocks(reading_of(pdf(item)))
    assert [kind for _, kind, _ in found] == ["list_item", "list_item"]
    assert found[0][2] == f"• {FIRST} {SECOND} {LAST}"


def test_hyphens_at_line_ends_stay() -> None:
    lines = ["They spoke of persons who had come there undocu-",
             "mented, of a well-", "known place, and of pre-", "2006 claims."]  # fmt: skip
    (text, *rest) = texts(column(*lines))
    assert text.startswith(
        "They spoke of persons who had come there undocu-mented, of a well-known"
    )
    assert " ".join([text, *rest]).endswith("2006 claims.")


def test_lines_read_from_the_right_fill_to_the_left() -> None:
    words = "ذهب المراقبون الى الشمال وكتبوا عن حال الناس هناك"
    lines = [
        PrintedLine(words, 72, 500, 700, 10, False),
        PrintedLine(words, 300, 500, 688, 10, False),
        PrintedLine(words, 72, 500, 676, 10, False),
        PrintedLine("وعادوا", 470, 500, 664, 10, False),
    ]
    found = pdf_text([PrintedPage(842, tuple(lines))])
    assert found.text.split("\n") == [f"{words} {words}", f"{words} وعادوا"]


# Headings, tables, furniture.


def test_larger_type_makes_headings_and_their_depth() -> None:
    page = [
        *column("A Report on the Northern District", "and on Its Neighbours", size=18, step=20),
        *column("Findings of the mission in spring", y=640, size=14),
        *column(*[FIRST, SECOND] * 3, y=610),
    ]
    found = reading_of(pdf(page))
    kinds = [(b.kind, b.level, b.section_seq) for b in found.blocks if b.kind != "blank"]
    assert kinds == [("heading", 1, 1), ("heading", 2, 2), ("paragraph", None, 2)]
    assert found.blocks[0].text == "A Report on the Northern District and on Its Neighbours"


def test_wide_spaces_make_cells() -> None:
    row = [Words("Northern district", 72, 500), Words("1,200", 300, 500), Words("3", 400, 500),
           Words("1.", 72, 480), Words("A numbered paragraph of words.", 110, 480)]  # fmt: skip
    assert blocks(reading_of(pdf(row))) == [
        (1, "table_row", "Northern district\t1,200\t3"),
        (1, "paragraph", "1. A numbered paragraph of words."),
    ]


def test_running_heads_and_page_numbers_are_furniture() -> None:
    pages = [
        [Words("Report on the North", 72, 800, 8), *column(FIRST, SECOND, LAST),
         # As a title, once, in the margin too.
         *([Words("Report on the North", 72, 760, 8)] if n == 1 else []),
         Words("Report on the North", 72, 650), Words(f"Page {n} of 11", 280, 30, 8)]
        for n in range(1, 12)
    ]  # fmt: skip
    found = reading_of(pdf(*pages))
    furniture = [(page, text) for page, kind, text in blocks(found) if kind == "boilerplate"]
    expected = []
    for n in range(1, 12):
        expected += [(n, "Report on the North"), (n, f"Page {n} of 11")]
    assert furniture == expected
    assert found.document is not None
    words = f"{FIRST} {SECOND} {LAST} Report on the North".split()
    assert found.document.word_count == 11 * len(words) + 4


def test_numbers_of_the_text_are_no_page_numbers() -> None:
    page = [Words("1,200", 72, 40), Words("340", 72, 60), *column(FIRST)]
    assert {kind for _, kind, _ in blocks(reading_of(pdf(page, page)))} == {"paragraph"}


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_a_page_that_is_turned_reads_the_same(turn: int) -> None:
    # What stands upright on the page as it is shown, written on the page as it is kept.
    matrix = {0: "1 0 0 1 0 0", 90: f"0 1 -1 0 {WIDTH} 0", 180: f"-1 0 0 -1 {WIDTH} {HEIGHT}",
              270: f"0 -1 1 0 0 {HEIGHT}"}[turn]  # fmt: skip
    words = [*column(FIRST, SECOND, LAST, y=500), Words("7", 300, 20, 8)]
    drawn = b"q %s cm\n%s\nQ" % (matrix.encode(), content(words))
    made = pdf(drawn, page_entries=b"/Rotate %d" % turn)
    assert [(kind, text) for _, kind, text in blocks(reading_of(made))] == [
        ("paragraph", f"{FIRST} {SECOND} {LAST}"), ("boilerplate", "7"),
    ]  # fmt: skip


# Values.


def test_what_the_file_says_of_itself_is_not_said_of_the_document() -> None:
    info = {"Title": "Microsoft Word - wp3.doc", "Author": "jsmith", "CreationDate": "D:20060605"}
    found = reading_of(pdf(column(FIRST), info=info))
    assert found.document is not None
    assert (found.document.title, found.document.author) == (None, None)
    assert found.document.publication_date is None
    stated = {s.field: (s.value, s.raw, s.rule) for s in found.statements if s.field[:4] == "pdf_"}
    assert stated == {
        "pdf_title": ("Microsoft Word - wp3.doc", "Microsoft Word - wp3.doc", "pdf.info.Title"),
        "pdf_author": ("jsmith", "jsmith", "pdf.info.Author"),
        "pdf_creation_date": ("D:20060605", "D:20060605", "pdf.info.CreationDate"),
    }


def test_a_page_of_the_site_that_was_printed_has_its_header_read() -> None:
    title = "A Report on the Treatment of Returned Persons"
    cite = (
        f"Human Rights Watch, {title}, 11 March 2016,",
        "available at: https://www.refworld.org/docid/4680d8a81d.html [accessed 7 June 2023]",
    )
    page = column(
        "Last Updated: Tuesday, 06 June 2023, 11:08 GMT", "", title, "",
        "Publisher Human Rights Watch", "Publication Date 11 March 2016", f"Cite as {cite[0]}",
        cite[1], "", FIRST, SECOND, LAST,
    )  # fmt: skip
    document = reading_of(pdf(page), "file:///printed.pdf").document
    assert document is not None
    assert (document.document_id, document.title) == ("4680d8a81d", title)
    assert (document.publisher, document.publication_date) == ("Human Rights Watch", "2016-03-11")
    assert document.cite_as == " ".join(cite)


def test_a_title_by_its_form_alone_is_not_believed() -> None:
    page = column("2006 Report on International Religious Freedom - Peru", "", FIRST, SECOND, LAST)
    text = "\n".join(words.text for words in page)
    as_text = read_page(capture_of(text.encode(), ADDRESS)).document
    as_pdf = reading_of(pdf(page)).document
    assert as_text is not None
    assert as_pdf is not None
    assert as_text.title is not None
    assert as_pdf.title is None


def test_the_placement_of_a_country_is_read() -> None:
    page = [Words("Report 2007", 72, 800, 8), *column("PERU (Tier 2)", "", FIRST, SECOND, LAST)]
    found = reading_of(pdf(page, [Words("Report 2007", 72, 800, 8), *column(FIRST)]))
    placed = [(s.raw, s.value) for s in found.statements if s.field == "tip_placement"]
    assert placed == [("PERU (Tier 2)", "Tier 2")]


# Another tool's file, other processes, other machines.


def test_a_file_of_another_tool_is_read() -> None:
    found = reading_of((SAMPLES / "two_pages.pdf").read_bytes())
    seen = blocks(found)
    headings = [(page, text) for page, kind, text in seen if kind == "heading"]
    assert headings[:4] == [
        (1, "A Made-up Report on Displacement in Ruritania"),
        (1, "1. Introduction"),
        (1, "2. Findings"),
        (1, "2.1 The Northern District"),
    ]
    furniture = [text for _, kind, text in seen if kind == "boilerplate"]
    assert furniture == [
        "Ruritania: A Made-up Report",
        "Page 1",
        "Ruritania: A Made-up Report",
        "Page 2",
    ]
    paragraphs = [text for _, kind, text in seen if kind == "paragraph"]
    assert len(paragraphs) == 8
    assert all(text.startswith("The situation") and text.endswith(" time.") for text in paragraphs)
    rows = [text for _, kind, text in seen if kind == "table_row"]
    assert rows == ["District\tPersons", "Northern\t1,200", "Southern\t340"]


def test_the_same_words_in_other_processes() -> None:
    program = (
        "import sys; from pathlib import Path\n"
        "from transforms.reading import read_page; from transforms.records import capture_of\n"
        "payload = Path(sys.argv[1]).read_bytes()\n"
        "reading = read_page(capture_of(payload, 'file:///a.pdf', media_type='application/pdf'))\n"
        "print(repr(reading))"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", program, str(SAMPLES / "two_pages.pdf")],
            env=command_environment(PYTHONHASHSEED=seed), capture_output=True, check=True,
        ).stdout
        for seed in ("1", "2")
    }  # fmt: skip
    assert len(said) == 1
    assert b"Ruritania" in said.pop()


@pytest.mark.skipif(shutil.which("strace") is None, reason="nothing shows what is opened")
def test_no_font_of_the_machine_is_looked_at(tmp_path: Path) -> None:
    program = (
        "from transforms.pdf import read_pdf; from tests.pdfs import pdf, Words\n"
        "made = pdf([Words('Wide words')]).replace(b'/Type1', b'/TrueType')\n"
        "read_pdf(made.replace(b'/Helvetica', b'/DejaVuSans'))\n"
    )
    opened = tmp_path / "opened"
    subprocess.run(
        ["strace", "-f", "-e", "trace=openat", "-o", str(opened), sys.executable, "-c", program],
        env=command_environment(), check=True,
    )  # fmt: skip
    assert "libpdfium" in opened.read_text()
    assert "/fonts" not in opened.read_text()


def test_characters_beyond_the_basic_plane_halves_and_none() -> None:
    unicode = (
        b"/CIDInit /ProcSet findresource begin begincmap 1 begincodespacerange <00> <ff> "
        b"endcodespacerange 3 beginbfchar <41> <D835DD18> <42> <D835> <43> <0000> endbfchar "
        b"endcmap end"
    )
    made = of_objects(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
            b"/Resources << /Font << /F1 5 0 R >> >> >>",
            stream(b"BT /F1 10 Tf %d 700 Td (xABCy) Tj ET" % LEFT),
            b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /ToUnicode 6 0 R >>",
            stream(unicode),
        ]
    )
    found = reading_of(made)
    assert [block.text for block in found.blocks] == ["x\U0001d518\ufffd\ufffdy"]
    assert "pdf_characters_unknown" in codes(found)
