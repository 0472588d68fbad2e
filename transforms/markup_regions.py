"""Stretches of a page that its markup calls furniture: menus, search boxes, banners, footers.

Names of classes change with every redesign, so they only propose; `markup_furniture` decides by
what the text says.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

_ELEMENTS = frozenset(
    ("nav", "header", "footer", "aside", "form", "dialog", "menu", "select", "button")
)
_ROLES = frozenset(
    ("navigation", "search", "banner", "contentinfo", "complementary", "menu", "menubar", "dialog",
     "alertdialog", "toolbar")
)  # fmt: skip
_WORDS = frozenset(
    "menu nav navbar navigation breadcrumb breadcrumbs footer skip skiplink cookie cookies consent "
    "sidebar search share sharing social toolbar tools pager pagination hidden banner topbar "
    "addthis language lang switcher feedback newsletter related".split()
)
_WORD = re.compile(r"[A-Z]?[a-z]+")
_HIDDEN = re.compile(r"display\s{0,3}:\s{0,3}none", re.IGNORECASE)
_LONGEST = 200


class Region(NamedTuple):
    """A stretch of the page: the one around it, and the element or word that names it."""

    parent: int
    name: str


def region_name(tag: str, attributes: Mapping[str, str | None]) -> str | None:
    """Returns what names an element as furniture, or None where nothing does."""
    if tag in _ELEMENTS:
        return tag
    if not attributes:
        return None
    role = (attributes.get("role") or "").lower()
    if role in _ROLES:
        return role
    if "hidden" in attributes or _HIDDEN.search((attributes.get("style") or "")[:_LONGEST]):
        return "hidden"
    if tag in ("html", "body", "main", "article"):
        return None
    for name in ("class", "id"):
        value = attributes.get(name)
        if value:
            for word in _WORD.findall(value[:_LONGEST]):
                if word.lower() in _WORDS:
                    return str(word.lower())
    return None


def common_region(regions: Sequence[Region], one: int, other: int) -> int:
    """Returns the innermost region that both are in; a region stands behind those around it."""
    while one != other:
        if one > other:
            one = regions[one].parent
        else:
            other = regions[other].parent
    return one
