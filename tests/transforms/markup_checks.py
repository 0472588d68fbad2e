"""What holds for the reading of any HTML whatever."""

from __future__ import annotations

from transforms.markup_references import unescaped
from transforms.markup_source import read_source, words_of_source
from transforms.records import Capture, Reading


def check_markup(capture: Capture, reading: Reading) -> None:
    """Fails unless blocks tile the rendition and the source's stretches render to their words."""
    if reading.document is None:
        assert not reading.links
        return
    if not (reading.layout or "").endswith("_html"):
        return  # without a tag it is text, and the checks of text are others'
    position = 0
    for seq, block in enumerate(reading.blocks):
        assert (block.seq, block.char_start) == (seq, position)
        assert len(block.text) == block.char_end - block.char_start > 0
        position = block.char_end
        if block.byte_start is not None and block.byte_end is not None:
            stretch = source_of(capture, reading, block.byte_start, block.byte_end)
            words = words_of_source(stretch)
            if block.kind == "alternative_text":
                tag = read_source(stretch).tags[0]
                words = read_source(stretch).value(tag, "alt") or ""
            assert squeezed(words) == squeezed(block.text)
    rendition = "".join(block.text for block in reading.blocks)
    for statement in reading.statements:
        if statement.char_start is not None:
            assert rendition[statement.char_start : statement.char_end] == statement.raw
        if statement.byte_start is not None and statement.byte_end is not None:
            stretch = source_of(capture, reading, statement.byte_start, statement.byte_end)
            is_in_text = statement.char_start is not None
            words = words_of_source(stretch) if is_in_text else unescaped(stretch)
            assert squeezed(words) == squeezed(statement.raw or "")
    for link in reading.links:
        if link.char_start is not None and link.block_seq is not None:
            assert " ".join(rendition[link.char_start : link.char_end].split()).startswith(
                link.text
            )
            block = reading.blocks[link.block_seq]
            assert block.char_start <= link.char_start < block.char_end
    stated = {statement.field for statement in reading.statements}
    for name in reading.document.__slots__:
        if name != "capture_id" and getattr(reading.document, name) is not None:
            assert name in stated, name


def source_of(capture: Capture, reading: Reading, start: int, end: int) -> str:
    stretch = capture.payload[start:end].decode(reading.charset or "", "surrogateescape")
    return "".join("\ufffd" if "\udc80" <= char <= "\udcff" else char for char in stretch)


def squeezed(words: str) -> str:
    """Returns words without white space and the bars between cells; a NUL is U+FFFD in HTML."""
    return "".join(words.replace("|", " ").replace("\0", "\ufffd").split())
