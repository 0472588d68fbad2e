"""Which lines of an HTML page are the site's furniture, decided by what the text says.

Elements and classes propose (`markup_regions`); the words decide: a stretch that holds the header,
the title, the citation or most of the page's text is no furniture whatever it is called, and what
stands above the first line of the document, or below the line that ends its page, is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from transforms.kinds import is_trailer
from transforms.labels import LAST_UPDATED, is_certain, is_citation, is_disclaimer, match_plain
from transforms.lines import Line
from transforms.markup_lines import Draft
from transforms.markup_regions import Region

_NEW_BLOCK = re.compile(r"(?:[-•]\s*)?(?:Author|Document source|Date):")
_SITE_NAMES = re.compile(
    r"(?:UNHCR(?:['’]s)?|Refworld|The UN Refugee Agency|The Leader in Refugee Decision Support"
    r"|Global Law (?:and|&) Policy Database|[\s|:–-])+",
    re.IGNORECASE,
)
_LONGEST_FURNITURE = 200
# Lines above a header that its reader may need: navigation is short, a title is among the last.
_MOST_ABOVE = 8
_LONGEST_MENU = 80
_TOP = 400
_ENDS = ("search refworld", "copyright notice")
_ALWAYS = frozenset(("nav", "navigation", "menu", "menubar", "select", "button", "hidden"))
# What is never the page itself, however little else there is.
_ASIDE = frozenset(("aside", "complementary", "footer", "contentinfo", "dialog", "alertdialog"))


def furniture(
    lines: Sequence[Line], drafts: Sequence[Draft], regions: Sequence[Region]
) -> list[bool]:
    """Returns for each line whether it is furniture.

    Args:
        lines: The page's lines that are not blank.
        drafts: What the markup says of each of them.
        regions: The stretches that the markup calls furniture.
    """
    evidence = [_is_evidence(line.text, draft) for line, draft in zip(lines, drafts, strict=True)]
    is_furniture = _in_regions(lines, drafts, regions, evidence)
    _mark_above(lines, drafts, evidence, is_furniture)
    _mark_below(lines, is_furniture)
    _mark_links(lines, drafts, is_furniture)
    if all(is_furniture):
        return [False] * len(lines)
    return is_furniture


def is_site_name(text: str) -> bool:
    """Returns whether words are no more than the names of the site."""
    return _SITE_NAMES.fullmatch(text) is not None


def _is_evidence(text: str, draft: Draft) -> bool:
    """Returns whether a line belongs to a document's own header, wherever it stands."""
    if LAST_UPDATED.match(text) or is_disclaimer(text) or _NEW_BLOCK.match(text):
        return True
    if draft.kind is not None and draft.kind == ("heading", 1):
        return not is_site_name(text)
    match = match_plain(text)
    if match is not None and match.field == "publisher":
        return len(text) > len("Publisher ")
    is_row = match is not None and match.start < len(text) and is_certain(match, text)
    return is_row or "[accessed " in text


def _in_regions(
    lines: Sequence[Line],
    drafts: Sequence[Draft],
    regions: Sequence[Region],
    evidence: Sequence[bool],
) -> list[bool]:
    """Returns which lines stand in a stretch that is furniture by name and not saved by words."""
    sizes = [0] * len(regions)
    firsts = [len(lines)] * len(regions)
    for number, (line, draft) in enumerate(zip(lines, drafts, strict=True)):
        sizes[draft.region] += len(line.text)
        if evidence[number]:
            firsts[draft.region] = min(firsts[draft.region], number)
    # Children stand behind their parents: from the last on, each adds itself to its parent.
    for number in range(len(regions) - 1, 0, -1):
        parent = regions[number].parent
        if regions[number].name not in _ALWAYS:
            sizes[parent] += sizes[number]
            firsts[parent] = min(firsts[parent], firsts[number])
    # The first line that is no furniture, for each stretch; those around it have a say.
    begins = [0] * len(regions)
    for number in range(1, len(regions)):
        region = regions[number]
        if region.name in _ALWAYS:
            begins[number] = len(lines)
        elif sizes[number] * 2 > sizes[0] and region.name not in _ASIDE:
            begins[number] = begins[region.parent]
        else:
            begins[number] = max(firsts[number], begins[region.parent])
    return [number < begins[draft.region] for number, draft in enumerate(drafts)]


def _mark_above(
    lines: Sequence[Line],
    drafts: Sequence[Draft],
    evidence: Sequence[bool],
    is_furniture: list[bool],
) -> None:
    """Marks what stands above the document: short lines before the first that shows it."""
    kept = [n for n, marked in enumerate(is_furniture) if not marked]
    place = next((n for n, at in enumerate(kept[:_TOP]) if evidence[at]), None)
    if place is None or any(len(lines[at].text) > _LONGEST_FURNITURE for at in kept[:place]):
        return
    first = kept[place]
    text = lines[first].text
    is_top = LAST_UPDATED.match(text) or (
        drafts[first].kind is not None and drafts[first].kind == ("heading", 1)
    )
    if is_citation(text) and not match_plain(text):
        is_top = True
    # A title stands above its header.
    above = place if is_top else max(0, place - _MOST_ABOVE)
    for at in kept[:above]:
        is_furniture[at] = True
    for at in kept[above:place]:
        if is_site_name(lines[at].text):
            is_furniture[at] = True


def _mark_below(lines: Sequence[Line], is_furniture: list[bool]) -> None:
    """Marks what stands below the lines that end a page: `Copyright notice: …`, `Search …`."""
    kept = [n for n, marked in enumerate(is_furniture) if not marked]
    length = sum(len(lines[at].text) for at in kept)
    below = 0
    for place in range(len(kept) - 1, -1, -1):
        text = lines[kept[place]].text
        below += len(text)
        if len(text) > _LONGEST_FURNITURE or below * 4 > length:
            return
        if is_trailer(text) and not is_disclaimer(text) and text.casefold().startswith(_ENDS):
            for at in kept[place + 1 :]:
                is_furniture[at] = True
            return


def _mark_links(lines: Sequence[Line], drafts: Sequence[Draft], is_furniture: list[bool]) -> None:
    """Marks lines of nothing but links at both ends of the page, where they are its menus."""
    kept = [n for n, marked in enumerate(is_furniture) if not marked]
    for places, fewest in ((kept, 1), (kept[::-1], 2)):
        count = 0
        while count < len(places) and _is_menu_line(lines[places[count]], drafts[places[count]]):
            count += 1
        if fewest <= count < len(places):
            for at in places[:count]:
                is_furniture[at] = True


def _is_menu_line(line: Line, draft: Draft) -> bool:
    if len(line.text) > _LONGEST_MENU or (draft.kind and draft.kind.name != "list_item"):
        return False
    is_address = "://" in line.text or line.text.startswith("www.")
    is_linked = all(link is not None for words, _, _, link in draft.pieces if not words.isspace())
    return is_linked and not is_address
