"""The second parser: libxml2's, which shares no code with the first, must find the same words."""

from __future__ import annotations

from collections.abc import Sequence

from lxml import etree

from transforms.markup_source import NO_TEXT

_CONTEXT = 60
_SKIPPED = tuple(sorted(NO_TEXT | {"plaintext"}))


def disagreement(source: str, nodes: Sequence[str]) -> str | None:
    """Returns the first words in which the two parsers differ, or None when they agree.

    White space is left aside: the two drop it in different places between elements.

    Args:
        source: The source that the first parser was given.
        nodes: The text nodes it found, but those of scripts, styles and the like.
    """
    ours = "".join("".join(nodes).split())
    theirs = "".join(_text(source).split())
    if ours == theirs:
        return None
    at = _first_difference(ours, theirs)
    begin = max(0, at - _CONTEXT // 3)
    return f"{ours[begin : at + _CONTEXT]!r} and {theirs[begin : at + _CONTEXT]!r}"


def _text(source: str) -> str:
    parser = etree.HTMLParser(
        encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True
    )
    root = etree.fromstring(source.encode("utf-8", "replace"), parser) if source.strip() else None
    if root is None:
        return ""
    etree.strip_elements(root, *_SKIPPED, with_tail=False)
    return str(root.xpath("string()"))


def _first_difference(one: str, other: str) -> int:
    """Returns the first place at which two texts differ, found by halving."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low
