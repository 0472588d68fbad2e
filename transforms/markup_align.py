"""Where the words of a parser's text nodes stand in the source.

The source's own text (`markup_source`) has all text nodes end to end, but for white space that
tree construction drops and text that it moves (out of tables), which is searched for.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from transforms.markup_source import MarkupSource

_SPACES = " \t\n\f\r"
_SPACE = re.compile(r"[ \t\n\f\r]*+")
# How much may be searched for text that was moved, as a multiple of the page.
_SEARCHED = 16


def align(nodes: Sequence[str], source: MarkupSource) -> list[int | None]:
    """Returns for each text node where its first character stands in the source's text.

    None stands for white space, and for words that are not found or not within the work that is
    allowed: linear in the page.
    """
    text = source.text
    budget = _SEARCHED * len(text) + 10_000
    places: list[int | None] = []
    # `front` stays where text was passed over that may come later; `behind` follows the last match.
    front = behind = 0
    for node in nodes:
        words = node.lstrip(_SPACES)
        place = _here(text, words, behind) if words else None
        is_in_order = front == behind
        if words and place is None and not is_in_order:
            place = _here(text, words, front)
            is_in_order = place is not None
        if words and place is None and budget > 0:
            place = text.find(words, front)
            budget -= (place if place >= 0 else len(text)) - front + len(words)
            place, is_in_order = (place if place >= 0 else None), False
        if place is None:
            places.append(None)
            continue
        behind = place + len(words)
        front = behind if is_in_order else front
        places.append(place - len(node) + len(words))
    return places


def _here(text: str, words: str, at: int) -> int | None:
    if text.startswith(words, at):
        return at
    match = _SPACE.match(text, at)
    behind = match.end() if match else at
    return behind if behind != at and text.startswith(words, behind) else None
