"""The tree of an HTML page, walked in document order, as lines.

Walked without recursion: pages may be nested deeper than any stack.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from selectolax.lexbor import LexborHTMLParser, LexborNode

from transforms.kinds import FOOTNOTE, Kind
from transforms.markup_lines import GENERATED, Draft
from transforms.markup_regions import Region, common_region, region_name
from transforms.markup_source import NO_TEXT
from transforms.markup_tables import Grid

CAPTION = Kind("caption")
ALTERNATIVE_TEXT = Kind("alternative_text")
_SKIPPED = NO_TEXT | {"head", "plaintext"}
_HEADINGS = {f"h{level}": Kind("heading", level) for level in range(1, 7)}
# Elements parted from what stands around them by a blank line, and those by a line end only.
_APART = frozenset(
    "p h1 h2 h3 h4 h5 h6 table dl pre listing blockquote hr section article header footer nav main "
    "aside form fieldset figure details address dialog".split()
)
_LINES = _APART | frozenset(
    "html body div center ul ol menu dir li dt dd tr td th thead tbody tfoot caption figcaption "
    "option optgroup select legend summary frameset search hgroup".split()
)
_INLINE = frozenset("b i u em strong font big small tt code s strike sup sub nobr".split())
_LISTS = frozenset(("ul", "ol", "menu", "dir"))
_NOTE = re.compile(
    r"_?(?:ftn|fn|edn|footnote|endnote|note|sdfootnote|sdendnote)[-_:.]?[0-9ivx*]{1,4}(?:sym)?",
    re.IGNORECASE,
)
_DEEPEST_LIST = 5
_LONGEST_MARK = 8


@dataclass(slots=True)
class Walked:
    """What the walk of a page gave.

    Args:
        lines: The lines in document order.
        nodes: The text of each text node outside of what is no text.
        regions: The stretches that the markup calls furniture; the first is the page.
        hrefs: The `href` of each link, in document order.
        images: The alternative text of each image, in document order.
    """

    lines: list[Draft] = field(default_factory=list)
    nodes: list[str] = field(default_factory=list)
    regions: list[Region] = field(default_factory=lambda: [Region(0, "")])
    hrefs: list[str] = field(default_factory=list)
    images: list[str] = field(default_factory=list)


def walk(source: str) -> Walked:
    """Returns the lines of a page as its tree has them."""
    walker = _Walker()
    root = LexborHTMLParser(source).root
    if root is not None:
        walker.walk(root)
    return walker.found


class _Walker:
    def __init__(self) -> None:
        self.found = Walked()
        self._line: Draft | None = None
        self._gap = False
        self._region = 0
        self._kinds: list[Kind | None] = [None]
        self._link: int | None = None
        self._depth = 0
        self._item: Kind | None = None
        self._verbatim = 0
        self._grids: list[Grid] = []
        self._images: list[Draft] = []

    def walk(self, root: LexborNode) -> None:
        """Goes through the tree from the root."""
        open_elements: list[tuple[str, int, int | None, bool]] = []
        node: LexborNode | None = root
        while node is not None:
            tag = node.tag
            if tag == "-text":
                self._add_text(node.text_content or "")
            elif tag is not None and tag[0] != "-" and tag not in _SKIPPED:
                opened = self._open(node, tag)
                child = node.first_child
                if child is not None:
                    open_elements.append(opened)
                    node = child
                    continue
                self._close(*opened)
            following = node.next if open_elements else None
            while following is None and open_elements:
                node = node.parent if node is not None else None
                self._close(*open_elements.pop())
                following = node.next if node is not None and open_elements else None
            node = following
        self._end_line()

    def _open(self, node: LexborNode, tag: str) -> tuple[str, int, int | None, bool]:
        """Begins an element; returns what `_close` needs to know."""
        opened = (tag, self._region, self._link, False)
        if tag in _INLINE:
            return opened
        if tag in _LINES:
            self._part(tag in _APART or (tag in _LISTS and not self._depth))
        elif tag == "br":
            # Two in a row, or one behind the end of a line, leave a blank line.
            self._part(self._line is None)
            return opened
        attributes = node.attributes
        if name := region_name(tag, attributes):
            self.found.regions.append(Region(self._region, name))
            self._region = len(self.found.regions) - 1
        has_kind = self._begin(tag, attributes)
        return tag, opened[1], opened[2], has_kind

    def _begin(self, tag: str, attributes: dict[str, str | None]) -> bool:
        """Does what an element asks for; returns whether it gives its lines a kind."""
        if tag == "a" and attributes.get("href"):
            self.found.hrefs.append(attributes["href"] or "")
            self._link = len(self.found.hrefs) - 1
        elif tag in _LISTS:
            self._depth += 1
        elif tag == "li":
            self._item = Kind("list_item", min(max(self._depth, 1), _DEEPEST_LIST))
        elif tag in ("pre", "listing"):
            self._verbatim += 1
        elif tag == "img" and (words := (attributes.get("alt") or "").strip()):
            self._add_image(words)
        elif tag in ("table", "dl"):
            self._release_grid()
            self._grids.append(Grid())
        elif self._grids and tag in ("tr", "td", "th", "dt", "dd"):
            grid = self._grids[-1]
            if tag in ("tr", "dt"):
                grid.begin_row()
            if tag != "tr":
                grid.begin_cell()
        kind = _HEADINGS.get(tag) or (CAPTION if tag in ("caption", "figcaption") else None)
        if self._is_note(attributes):
            if tag in _LINES:
                kind = FOOTNOTE
            elif self._line is None or self._line.length <= _LONGEST_MARK:
                self._current().kind = FOOTNOTE
        if kind:
            self._kinds.append(kind)
        return kind is not None

    def _close(self, tag: str, region: int, link: int | None, has_kind: bool) -> None:
        if tag in _INLINE or tag == "br":
            return
        if tag in _LINES:
            self._part(tag in _APART)
        if has_kind:
            self._kinds.pop()
        if tag in _LISTS:
            self._depth -= 1
        elif tag == "li":
            self._item = None
        elif tag in ("pre", "listing"):
            self._verbatim -= 1
        elif tag in ("table", "dl"):
            grid = self._grids.pop()
            if grid.is_open:
                self.found.lines += grid.lines()
        elif self._grids and tag in ("tr", "td", "th", "dd"):
            self._grids[-1].is_in_cell = False
        self._region, self._link = region, link

    def _is_note(self, attributes: dict[str, str | None]) -> bool:
        return any(
            name in attributes and _NOTE.fullmatch(attributes[name] or "")
            for name in ("id", "name")
        )

    def _add_text(self, text: str) -> None:
        number = len(self.found.nodes)
        self.found.nodes.append(text)
        if self._verbatim:
            self._add_verbatim(text, number)
        elif not text.isspace() or "\u00a0" in text:
            self._current().add(text, number, self._link)
        elif self._line is not None:
            self._line.has_space = True

    def _add_verbatim(self, text: str, number: int) -> None:
        start = 0
        for part in text.split("\n"):
            if start:
                is_blank = self._line is None
                self._end_line()
                self._gap = self._gap or is_blank
            if part:
                self._current().add_verbatim(part, number, start, self._link)
            start += len(part) + 1

    def _add_image(self, words: str) -> None:
        self.found.images.append(words)
        image = len(self.found.images) - 1
        line = Draft(False, self._region, ALTERNATIVE_TEXT, image=image)
        line.pieces.append((" ".join(words.split()), GENERATED, 0, None))
        self._images.append(line)
        if self._line is None:
            self._end_line()

    def _current(self) -> Draft:
        """Returns the line that is being written, a new one where there is none."""
        if self._line is None:
            kind = self._kinds[-1] or self._item
            self._line = Draft(self._gap, self._region, kind)
            self._gap = False
            self._item = None
        elif self._line.region != self._region:
            self._line.region = common_region(self.found.regions, self._line.region, self._region)
        return self._line

    def _part(self, is_apart: bool) -> None:
        """Ends the line, and sees to the blank line behind it."""
        self._end_line()
        self._gap = self._gap or is_apart

    def _end_line(self) -> None:
        if self._line is not None and self._line.pieces:
            self._keep(self._line)
        elif self._line is not None:
            self._gap = self._gap or self._line.gap
        self._line = None
        for image in self._images:
            self._keep(image)
        self._images = []

    def _keep(self, line: Draft) -> None:
        if self._grids and self._grids[-1].is_open:
            self._grids[-1].add(line)
        else:
            self.found.lines.append(line)

    def _release_grid(self) -> None:
        """Lets a table around this one go: it arranges the page."""
        if self._grids and self._grids[-1].is_open:
            self.found.lines += self._grids[-1].release()
