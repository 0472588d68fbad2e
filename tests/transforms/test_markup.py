"""HTML pages: their words, kinds, places, and what their heads say."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.linear import assert_linear
from tests.transforms.markup_checks import check_markup
from tests.transforms.test_properties import ADDRESSES, SENTENCE, check_reading
from transforms.markup_charset import charset_of, decode_markup, is_markup
from transforms.markup_references import references, unescaped
from transforms.markup_source import words_of_source
from transforms.reading import read, read_page
from transforms.records import Reading, capture_of

OLD = "https://www.refworld.org/docid/4680d8a81d.html"
NEW = "https://www.refworld.org/reference/countryrep/hrw/1998/en/12345"
PROSE = "The ferry did not run in winter, and nobody in the two villages could say why it had not."


def page(body: str, head: str = "") -> bytes:
    return f"<!doctype html><html><head>{head}</head><body>{body}</body></html>".encode()


def reading_of(payload: bytes, uri: str = OLD, charset_said: str | None = None) -> Reading:
    capture = capture_of(payload, uri, media_type="text/html", charset_said=charset_said)
    reading = read_page(capture)
    check_markup(capture, reading)
    return reading


def kinds(reading: Reading) -> list[tuple[str, int | None, str]]:
    return [(b.kind, b.level, b.text) for b in reading.blocks if b.kind != "blank"]


def test_elements_say_the_kinds_of_lines() -> None:
    reading = reading_of(
        page(
            f"<h1>The Ferry</h1><p>{PROSE}</p><h3>a heading it is</h3><ul><li>one<ul><li>two</ul>"
            "<li>three</ul><table><caption>Boats</caption><tr><td>Kept<td>4<tr><td>Lost<td>9"
            f"</table><p>{PROSE}<a href='#_ftn1' name=_ftnref1>1</a></p><img src=x alt='A boat'>"
            "<p><a name=_ftn1 href='#_ftnref1'>1</a> Seen by the harbour master.</p>"
        )
    )
    assert reading.issues == ()
    assert kinds(reading) == [
        ("title", None, "The Ferry"),
        ("paragraph", None, PROSE),
        ("heading", 3, "a heading it is"),
        ("list_item", 1, "one"),
        ("list_item", 2, "two"),
        ("list_item", 1, "three"),
        ("caption", None, "Boats"),
        ("table_row", None, "Kept | 4"),
        ("table_row", None, "Lost | 9"),
        ("paragraph", None, f"{PROSE}1"),
        ("alternative_text", None, "A boat"),
        ("footnote", None, "1 Seen by the harbour master."),
    ]


def test_line_ends_and_white_space_are_those_that_are_shown() -> None:
    reading = reading_of(
        page(f"<p>{PROSE}<p>a\n   b <b> c</b>d<br>e<br><br>f<pre>\n g\n  h\n\ni</pre>")
    )
    rendition = "".join(block.text for block in reading.blocks)
    assert rendition == f"{PROSE}\n\na b cd\ne\n\nf\n\n g\n  h\n\ni"


def test_furniture_is_kept_and_is_no_body() -> None:
    reading = reading_of(
        page(
            "<div class=topMenu><a href=/a>Home</a></div><form><p>Search this site</p></form>"
            f"<h1>The Ferry</h1><p>{PROSE}</p><div>Search Refworld</div><div>by keyword</div>"
            "<footer>Contact</footer>"
        )
    )
    furniture = [text for kind, _, text in kinds(reading) if kind == "boilerplate"]
    assert furniture == ["Home", "Search this site", "Search Refworld", "by keyword", "Contact"]
    assert reading.document
    assert reading.document.word_count == len(PROSE.split())


@pytest.mark.parametrize(
    "element", ["header", "form", 'div class="sidebar menu"', "div role=banner"]
)
def test_what_the_words_show_to_be_the_document_is_no_furniture(element: str) -> None:
    body = (
        f"<{element}><p>Site</p><p>Last Updated: Wednesday, 31 May 2023, 15:44 GMT</p>"
        "<h1>The Ferry</h1><table><tr><td>Publisher<td>Human Rights Watch<tr><td>Publication Date"
        f"<td>5 June 2006</table></{element.split()[0]}><p>{PROSE * 5}</p>"
    )
    document = reading_of(page(body)).document
    assert document
    assert (document.title, document.publisher) == ("The Ferry", "Human Rights Watch")
    assert document.publication_date == "2006-06-05"


def test_a_form_around_the_page_is_no_furniture() -> None:
    reading = reading_of(page(f"<div>A word</div><form class=search><p>{PROSE}</p></form>"))
    assert ("paragraph", None, PROSE) in kinds(reading)


def test_a_label_glued_to_its_value_by_elements_is_a_row() -> None:
    reading = reading_of(
        page(
            "<h1>The Ferry</h1><div><b>Publisher</b><a href=/p>Human Rights Watch</a></div><div><b>"
            f"Publication Date</b> 5 June 2006</div><p>{PROSE}</p>"
            "<p><b>Reference</b>s are many.</p>"
        )
    )
    assert reading.document
    assert reading.document.publisher == "Human Rights Watch"
    assert kinds(reading)[-1][2] == "References are many."


def test_links_lead_to_documents() -> None:
    reading = reading_of(
        page(
            f"<h1>The Ferry</h1><p>{PROSE} <a href='/docid/3ae6b5ee8.html'>An\n act</a>, "
            "<a href='https://example.org/?a=1&amp;b=2'>a map</a>, <a href='javascript:go()'>x</a>"
            "<a href='#top'><img src=y></a></p>"
        )
    )
    paragraph = next(block for block in reading.blocks if block.kind == "paragraph")
    assert [(n.text, n.target_uri, n.document_id, n.block_seq) for n in reading.links] == [
        ("An act", "https://www.refworld.org/docid/3ae6b5ee8.html", "3ae6b5ee8", paragraph.seq),
        ("a map", "https://example.org/?a=1&b=2", None, paragraph.seq),
        ("", f"{OLD}#top", "4680d8a81d", None),
    ]


def test_an_attack_by_a_long_base_does_not_multiply() -> None:
    payload = page(
        f"<h1>The Ferry</h1><p>{PROSE}" + "<a href=x>y</a>" * 50, f"<base href={'b' * 9000}>"
    )
    assert sum(len(link.target_uri) for link in reading_of(payload).links) < 100


def test_the_head_says_what_the_text_does_not() -> None:
    head = (
        f"<link rel=canonical href='{NEW}'><meta property=og:title content='The Ferry &amp; Us | "
        "Refworld'><meta name='dcterms.publisher' content='Human Rights Watch'>"
        "<meta name='dc.date' content='1998-06-01T12:00:00Z'>"
    )
    payload = page(f"<p>{PROSE}</p>" * 2, head)
    reading = reading_of(payload, "file:///saved.html")
    document = reading.document
    assert document
    assert (document.document_id, document.title) == ("new:12345", "The Ferry & Us")
    assert (document.publisher_id, document.document_type) == ("HRW", "countryrep")
    # A form that asks for a whole date has made up the first of the month.
    assert document.publication_date == "1998-06"
    found = {s.field: s for s in reading.statements}
    for name, words in (
        ("document_id", b"12345"),
        ("title", b"The Ferry &amp; Us"),
        ("publisher", b"Human Rights Watch"),
        ("document_type", b"countryrep"),
    ):
        statement = found[name]
        assert statement.char_start is None
        assert payload[statement.byte_start : statement.byte_end] == words
        assert statement.rule.startswith("head.")


@pytest.mark.parametrize(
    "comment",
    [
        f"saved from url=(0045){OLD} ",
        f"\n Page saved with SingleFile \n url: {OLD} \n saved date: Mon Jun 05 2023",
    ],
)
def test_the_address_in_the_comment_of_who_saved_it_names_the_document(comment: str) -> None:
    payload = f"<!DOCTYPE html>\n<!-- {comment}-->\n<html><body><p>{PROSE}</p>{PROSE}".encode()
    document = reading_of(payload, "file:///saved.html").document
    assert document
    assert document.document_id == "4680d8a81d"


def test_pages_that_are_no_documents_stay_so() -> None:
    listing = page("<h1>Peru</h1><p>Showing 1-6 of 6 results</p><ul><li><a href=/a>A</a></ul>")
    for uri in ("file:///a.html", "https://www.refworld.org/publisher,HRW,,PER,,0.html"):
        assert read_page(capture_of(listing, uri, media_type="text/html")).outcome != "document"


def test_what_begins_like_html_is_read_as_html() -> None:
    assert is_markup("text/plain", b"\xef\xbb\xbf \n<!-- a --><!DOCTYPE html><p>")
    assert is_markup("application/octet-stream", b"<?xml version='1.0'?>\n<html><p>")
    assert not is_markup("text/plain", b"a <html>")
    assert not is_markup("application/pdf", b"<html>")
    # What holds no tag is text, whatever it is called: its lines would be lost.
    assert not is_markup("text/html", b"Title\n\nPublisher X\n")
    assert is_markup("text/html", b"<p>a")


@pytest.mark.parametrize(
    ("payload", "said", "charset", "codes"),
    [
        (b"<meta charset=windows-1251><p>\xcf\xe5\xf0\xf3", None, "cp1251", []),
        (b"<meta http-equiv=Content-Type content='text/html; charset=ISO-8859-1'>\x92", None,
         "cp1252", []),
        (b"<p>\xcf\xe5\xf0\xf3", "windows-1251", "cp1251", []),
        (b"<meta charset=latin1><p>\xcf\xe5\xf0\xf3", "windows-1251", "cp1251",
         ["charset_disagrees"]),
        (b"<meta charset=latin1><p>\xd0\x9f", None, "utf-8", ["charset_disagrees"]),
        (b"<meta charset=utf-16><p>\xd0\x9f", None, "utf-8", []),
        (b"\xef\xbb\xbf<meta charset=latin1><p>\xd0\x9f", "latin1", "utf-8", []),
        (b"<meta charset=windows-1252><p>a\x81b", None, "cp1252", ["charset_disagrees"]),
        (b"<p>" + b" " * 1100 + b"<meta charset=windows-1251>ascii", None, "utf-8", []),
    ],
)  # fmt: skip
def test_charset_is_what_was_said_unless_bytes_tell(
    payload: bytes, said: str | None, charset: str, codes: list[str]
) -> None:
    rendition, issues = decode_markup(payload, said)
    assert rendition
    assert rendition.charset == charset
    assert [issue.code for issue in issues] == codes


def test_labels_of_encodings_mean_what_they_mean_to_browsers() -> None:
    assert charset_of("ISO-8859-1") == charset_of("us-ascii") == "cp1252"
    assert charset_of(" UTF8 ") == charset_of("utf-16") == "utf-8"
    assert charset_of("windows-874") == "cp874"
    assert charset_of("no such") is charset_of("gb2312") is None


def test_references_are_those_of_the_standard() -> None:
    source = "&amp;&ltx&notit;&#128;&#x2019;&#0;&#xD800;&#1114112;&unknown;&#;&"
    assert words_of_source(source) == "&<x¬it;€’\ufffd\ufffd\ufffd&unknown;&#;&"
    assert [source[start:end] for start, end, _ in references(source, 0, len(source))][:3] == [
        "&amp;", "&lt", "&not",
    ]  # fmt: skip
    assert unescaped("?a=1&copy=2&amp;b&notx&not;") == "?a=1&copy=2&b&notx¬"


SOUP = st.sampled_from(
    [
        "<div>", "</div>", "<p>", "</p>", "<table>", "<tr>", "<td>", "</table>", "<b>", "</b>",
        "<a href='/docid/3ae6b5ee8.html'>", "</a>", "<ul>", "<li>", "</ul>", "<h1>", "</h1>",
        "<h2>", "<br>", "<pre>", "</pre>", "<dl>", "<dt>", "<dd>", "</dl>", "<nav>", "</nav>",
        "<form>", "<select>", "<option>", "</select>", "<script>", "</script>", "<style>x</style>",
        "<title>", "</title>", "<textarea>", "</textarea>", "<noscript>", "</noscript>", "<svg>",
        "</svg>", "<math>", "<template>", "</template>", "<img alt='a &amp; b'>", "<img alt=\"",
        "<!--", "-->", "<![CDATA[", "]]>", "<!", "<?x", "</", "<", ">", "'", '"', "=", "&", "&amp;",
        "&lt;p&gt;", "&nbsp;", "&#13;", "&#0;", "&nope;", "\r\n", "\r", "\n", " ", "\u00a0", "\0",
        "<frameset>", "<body>", "</body>", "</html>", "<head>", "<span class=menu>", "</span>",
        "<plaintext>", "<div id=ftn1>", "<a name=fn2>", "<caption>", "<button>", "<object>",
        "<base href='http://x/'>", "<link rel=canonical href='" + NEW + "'>", "<td class=nav>",
        "<meta property=og:title content='A &lt; B'>", "<meta charset=latin1>",
        "Publisher", "Publication Date", "5 June 2006", "Cite as", SENTENCE, "Human Rights Watch",
        "Last Updated: Wednesday, 31 May 2023, 15:44 GMT", "Document source:", "Date:", PROSE,
        "Human Rights Watch, A, 5 June 2006, available at: " + OLD + " [accessed 2 June 2023]",
        "Search Refworld", "Disclaimer", "Author", "été", "𝔘𝔫𝔦", "\u2028", "\u202e", " | ", "•",
    ]
)  # fmt: skip
PAGES = st.lists(st.one_of(SOUP, st.text(max_size=12)), max_size=40).map("".join)


@settings(max_examples=300, deadline=None)
@given(PAGES, ADDRESSES)
@example("<table><tr><td>a<div>b</table>c<b>d<p>e</b>f", OLD)
@example("<table>a<b>b<tr><td>c</td></tr>d</table>e", OLD)
@example("<pre>\n\na</pre><textarea>x</textarea><select>b<option>c", OLD)
def test_any_soup_is_read_and_leads_back(soup: str, uri: str) -> None:
    payload = f"<html>{PROSE}{soup}".encode("utf-8", "replace")
    capture = capture_of(payload, uri, media_type="text/html")
    reading = read_page(capture)
    check_reading(capture, reading)
    assert reading == read(capture)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=60), PAGES, st.sampled_from(["utf-16", "cp1252", "cp1251", "utf-8-sig"]))
def test_any_bytes_are_read(head: bytes, soup: str, charset: str) -> None:
    for payload in (
        head + soup.encode(errors="replace"),
        f"<html>{soup}".encode(charset, "replace"),
    ):
        capture = capture_of(payload, OLD, media_type="text/html", charset_said=charset)
        check_reading(capture, read_page(capture))


HOSTILE = [
    "<div>", "<table><tr><td>", "<b>", "<p><font color=x>", "<a href=x>y", '<a href="', "<", "&",
    "<!--", "<script>", "<select><option>x", "<option>x", "<ul><li>", "<table>x<tr>", "<svg>",
    "<dl><dt>x<dd>y", "<img alt=x>", "<object><a href=x>y", "</p>", "<title>x</title>", "<li>x",
    "<div>Publisher</div><div>x</div>", "<table><b>x", "<i><p></i>", "&#9999999999", "\n x",
]  # fmt: skip


@pytest.mark.parametrize("unit", HOSTILE)
def test_no_nesting_takes_more_than_linear_time(unit: str) -> None:
    def seconds(count: int) -> float:
        payload = page(f"<h1>A</h1><p>{PROSE}" + unit * count)
        began = time.process_time()
        reading = read_page(capture_of(payload, OLD, media_type="text/html"))
        elapsed = time.process_time() - began
        assert reading.outcome == "document"
        assert sum(len(block.text) for block in reading.blocks) < 4 * len(payload)
        return elapsed

    assert_linear(seconds, 1_000, 8_000)


def test_options_without_end_take_linear_time() -> None:
    began = time.process_time()
    reading = reading_of(page(f"<p>{PROSE}<select>" + "<option>x" * 30_000))
    assert "markup_excessive" in {issue.code for issue in reading.issues}
    assert time.process_time() - began < 6


def test_attributes_without_end_take_linear_time() -> None:
    began = time.process_time()
    reading_of(page(f"<p>{PROSE}<a " + " ".join(f"x{n}=1" for n in range(50_000)) + ">y</a>"))
    assert time.process_time() - began < 2
