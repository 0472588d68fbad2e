"""What holds for any text whatever."""

from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.transforms.markup_checks import check_markup
from transforms.dates import MONTHS, normalize_date
from transforms.reading import read, read_page
from transforms.records import Capture, Reading, capture_of

SENTENCE = (
    "DisclaimerThis is not a UNHCR publication. UNHCR is not responsible for, nor does it "
    "necessarily endorse, its content."
)
FRAGMENTS = st.sampled_from(
    [
        "\n",
        "\n\n",
        "\r\n",
        "\r",
        "\u2028",
        " ",
        "\u00a0",
        "\ufeff",
        "|",
        " | ",
        "- ",
        "-\n",
        "Date:\n",
        "  • Author: UN General Assembly\n",
        "Document source:\n",
        "Comments:\n",
        "Disclaimer:\n",
        "[1] ",
        "New displacement0\n",
        "Causes of displacementArmed conflict\n",
        "Last Updated: Tuesday, 06 June 2023, 11:08 GMT\n",
        "Last Updated: Friday, 31 February 2023, 25:08 GMT\n",
        "Publisher Human Rights Watch\n",
        "Publisher | Human Rights Watch |\n",
        "| Publisher | Human Rights Watch |\n",
        "Publication Date 31 February 2006\n",
        "Publication Date July 2018\n",
        "Cite as Human Rights Watch, A, b, 5 June 2006, available at:\u00a0",
        "https://www.refworld.org/docid/4680d8a81d.html ",
        "[accessed 2 June 2023]",
        "[accessed June 2023]\n",
        SENTENCE,
        "Search Refworld\n",
        "• item\n",
        "1. Overview\n",
        "Peru (Tier 2)\n",
        "Côte d’Ivoire, South\u00a0Sudan and Türkiye\n",
        "[1] See above\n",
        "- Document source:\n",
        "Showing 1-6 of 6 results\n",
        "A title - Peru",
        "Citation / Document Symbol ABC12345.E\n",
        "New displacement0\n",
        "été",
        "Россия",
        "𝔘𝔫𝔦",
        "\x00",
        "\ud7ff",
    ]
)
PAGES = st.lists(st.one_of(FRAGMENTS, st.text(max_size=40)), max_size=30).map("".join)
ADDRESSES = st.one_of(
    st.sampled_from(
        [
            "file:///a.txt",
            "http://www.refworld.org/docid/4680d8a81d.html",
            "https://www.refworld.org/legal/legislation/natlegbod/1968/en/12345",
            "http://www.refworld.org/publisher,USDOS,,PER,4680d8a81d,0.html",
        ]
    ),
    st.text(max_size=60),
)


def check_reading(capture: Capture, reading: Reading) -> None:
    """Fails unless blocks tile the rendition and every statement leads back to its bytes."""
    if reading.document is None:
        return
    check_mentions(reading)
    if (reading.layout or "").endswith("_html"):
        check_markup(capture, reading)
        return
    charset = reading.charset or ""
    position = byte = 0
    for seq, block in enumerate(reading.blocks):
        assert (block.seq, block.char_start, block.byte_start) == (seq, position, byte)
        assert len(block.text) == block.char_end - block.char_start > 0
        assert decoded(capture.payload[block.byte_start : block.byte_end], charset) == block.text
        has_words = any(
            not (char.isspace() or char in "\ufeff\u200b\u200e\u200f") for char in block.text
        )
        assert (block.kind == "blank") == (not has_words)
        position, byte = block.char_end, block.byte_end
    rendition = "".join(block.text for block in reading.blocks)
    assert byte == len(capture.payload)
    assert rendition == decoded(capture.payload, charset)
    for statement in reading.statements:
        if statement.char_start is not None:
            assert rendition[statement.char_start : statement.char_end] == statement.raw
            words = capture.payload[statement.byte_start : statement.byte_end]
            assert decoded(words, charset) == statement.raw
    stated = {statement.field for statement in reading.statements}
    document = reading.document
    for name in document.__slots__:
        if name != "capture_id" and getattr(document, name) is not None:
            assert name in stated, name


def check_mentions(reading: Reading) -> None:
    """Fails unless each mention stands in its block, and they are in order."""
    mentions, at = reading.mentions, 0
    for seq, words, start, end in zip(
        mentions.block_seqs, mentions.words, mentions.char_starts, mentions.char_ends, strict=True
    ):
        block = reading.blocks[seq]
        assert block.text[start - block.char_start : end - block.char_start] == words
        assert at <= start < end <= block.char_end
        at = end


def decoded(words: bytes, charset: str) -> str:
    """Returns bytes as text, each undecodable one as U+FFFD."""
    text = words.decode(charset, "surrogateescape")
    return "".join("\ufffd" if "\udc80" <= char <= "\udcff" else char for char in text)


@settings(max_examples=400, deadline=None)
@given(PAGES, ADDRESSES)
@example("Publisher X\nPublication Date 2007\n", "file:///a.txt")
def test_blocks_tile_and_statements_lead_back(text: str, uri: str) -> None:
    capture = capture_of(text.encode("utf-8", "surrogatepass"), uri)
    check_reading(capture, read_page(capture))


@settings(max_examples=200, deadline=None)
@given(PAGES, st.sampled_from(["utf-16", "utf-16-be", "cp1252", "cp1251", "utf-8-sig"]))
def test_other_encodings_lead_back_too(text: str, charset: str) -> None:
    capture = capture_of(
        text.encode(charset, "replace"), "http://www.refworld.org/docid/abcdef123.html"
    )
    check_reading(capture, read_page(capture))


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=300), st.binary(max_size=20), PAGES)
def test_any_bytes_are_read(head: bytes, tail: bytes, text: str) -> None:
    for payload in (
        head,
        head + text.encode("utf-8", "replace") + tail,
        text.encode("utf-8", "replace")[1:],
    ):
        capture = capture_of(payload, "http://www.refworld.org/docid/abcdef123.html")
        reading = read_page(capture)
        check_reading(capture, reading)
        assert reading == read(capture)


@given(
    st.integers(1000, 2999),
    st.one_of(st.none(), st.integers(1, 12)),
    st.one_of(st.none(), st.integers(1, 31)),
)
def test_dates_never_gain_precision(year: int, month: int | None, day: int | None) -> None:
    words = f"{year}"
    if month:
        words = f"{MONTHS[month - 1]} {words}"
        words = f"{day} {words}" if day else words
    found = normalize_date(words)
    if found is None:
        assert day is not None
        assert day > 28
        return
    parts = 3 if month and day else 2 if month else 1
    assert len(found.edtf.split("-")) == parts
    assert found.first <= found.last
    assert found.first.year == found.last.year == year
    assert (found.first == found.last) == (parts == 3)
