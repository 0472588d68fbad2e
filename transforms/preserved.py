"""What the preserved bytes themselves say at a span, to be held against the words stated."""

from __future__ import annotations

import re

from transforms.markup_references import unescaped
from transforms.markup_source import read_source, words_of_source
from transforms.records import Block, Link, Statement

# Bytes that are no text in their encoding stand as one replacement character each in a rendition.
_ESCAPED = re.compile("[\udc80-\udcff]")
_MADE = str.maketrans("|", " ")


def preserved_words(
    payload: bytes, charset: str, spanned: Block | Statement | Link, raw: str, is_markup: bool
) -> str:
    """Returns what the bytes of a span say: `raw` itself where they say it.

    Text is decoded. The source of HTML is rendered as a fragment, white space and the bars between
    cells apart, which the rendition makes; an attribute's value has only its references replaced,
    and an image says its alternative text.

    Args:
        payload: The preserved bytes.
        charset: Encoding they were decoded with.
        spanned: What has the span.
        raw: The words stated.
        is_markup: Whether the payload was read as HTML.
    """
    stretch = payload[spanned.byte_start : spanned.byte_end]
    try:
        source = _ESCAPED.sub("\ufffd", stretch.decode(charset, "surrogateescape"))
    except UnicodeDecodeError as error:
        return f"undecodable: {error.reason}"
    if not is_markup:
        return source
    words = unescaped(source) if spanned.char_start is None else words_of_source(source)
    if not words and (images := [tag for tag in read_source(source).tags if tag.name == "img"]):
        words = read_source(source).value(images[0], "alt") or ""
    return raw if _squeezed(words) == _squeezed(raw) else words


def _squeezed(words: str) -> str:
    return "".join(words.replace("\0", "\ufffd").translate(_MADE).split())
