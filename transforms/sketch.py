"""Sketches of texts, by which texts that share most of their words are found among many.

A sketch holds the smallest hashes of a text's shingles (Broder, On the resemblance and containment
of documents, 1997): of two texts, the share of common ones among the smallest of both estimates
which share of all their shingles they have in common. It is evidence that two captures may be of
one document, and never identity.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from zlib import crc32

SKETCH_LENGTH = 16
# Shorter texts have so few shingles that a common phrase makes them alike.
_FEWEST_SHINGLES = 8
# A shingle is some 30 characters, or five words. The text itself says where shingles begin, so that
# words put in or left out move no others: at words with a certain first letter, some every
# twentieth. In ASCII that is the p; elsewhere it is any letter whose code point is divisible by
# eight, which the last byte of its UTF-8 tells. Scripts beyond put no spaces between words.
_ASCII_STARTS = (b" p", b" P")
_ASCII_LENGTH = 32
_EIGHTH = rb"[\x80\x88\x90\x98\xa0\xa8\xb0\xb8]"
_OTHER = re.compile(rb" (?=([\xc3-\xdf]%b.{58}|[\xe0\xe1][\x80-\xbf]%b.{87}))" % (_EIGHTH, _EIGHTH))


def sketch_of(body: bytes) -> tuple[int, ...] | None:
    """Returns the sketch of a text, ascending; None for one that is too short to have one.

    Args:
        body: The words of a text in UTF-8, one space between, as `body_words` gives them.
    """
    shingles = {shingle for start in _ASCII_STARTS for shingle in _shingles(body, start)}
    if len(shingles) < _FEWEST_SHINGLES:
        shingles.update(_OTHER.findall(body))
        if len(shingles) < _FEWEST_SHINGLES:
            return None
    return tuple(sorted(set(map(crc32, shingles)))[:SKETCH_LENGTH])


def _shingles(body: bytes, start: bytes) -> Iterator[bytes]:
    """Yields the shingles that begin so, without the space before; looking for them is quick."""
    at = body.find(start, 0, 1 - _ASCII_LENGTH)
    while at >= 0:
        yield body[at + 1 : at + 1 + _ASCII_LENGTH]
        at = body.find(start, at + 2, 1 - _ASCII_LENGTH)
