"""The source of an HTML page, read once from its beginning to its end: which of it is words.

Parsers of HTML give a tree and forget where its words stood. Here the tokens of the source are
found by the tokenizer's rules of the HTML standard (13.2.5) without building a tree, so that every
character of the text keeps its place; `markup_align` then matches the parser's text with it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field

from transforms.markup_defusing import Fuse
from transforms.markup_references import references, unescaped

# Elements whose content is no text of the page; their tags inside are no tags.
NO_TEXT = frozenset(
    ("script", "style", "title", "textarea", "xmp", "iframe", "noembed", "noframes", "noscript",
     "template")
)  # fmt: skip
_KEPT_TAGS = frozenset(("meta", "link", "base", "img"))
_TAG = re.compile(
    r"""<(/?)([A-Za-z][^ \t\n\f/>]*+)"""
    r"""((?:[^>"'=]++|=[ \t\n\f]*+(?:"[^"]*+(?:"|\Z)|'[^']*+(?:'|\Z))?+|["'])*+)(?:>|\Z)"""
)
_ATTRIBUTE = re.compile(
    r"""([^ \t\n\f/>=]++)"""
    r"""(?:[ \t\n\f]*+=[ \t\n\f]*+(?:"([^"]*+)"?|'([^']*+)'?|([^ \t\n\f>]*+)))?+"""
)
# What a tag, a comment or a declaration begins with; another `<` is text.
_BEGINNING = re.compile(r"<(?:[A-Za-z!?]|/.)", re.DOTALL)
_COMMENT_END = re.compile(r"--!?>")
_ENDS = {name: re.compile(rf"</{name}(?=[ \t\n\f/>])", re.IGNORECASE) for name in NO_TEXT}


@dataclass(frozen=True, slots=True)
class Tag:
    """A start tag whose attributes matter.

    Args:
        name: Lower case.
        start: First character in the source.
        end: One past the last.
        attributes: By lower-case name, begin and end of each value in the source.
    """

    name: str
    start: int
    end: int
    attributes: dict[str, tuple[int, int]]


@dataclass(slots=True)
class MarkupSource:
    """The words of a source with their places.

    Args:
        source: The source with line ends and NUL replaced by characters of the same length, and
            with the tags blanked that would make a parser's work superlinear.
        text: The text outside of tags, references replaced, in the order of the source.
        run_starts: Where in `text` each run begins.
        runs: Begin and end of each run in the source, and whether it is one reference, whose
            characters all stand in the whole of it.
        tags: The tags `meta`, `link`, `base` and `img`.
        comments: Begin and end of what stands in comments before the first text.
        titles: Begin and end of the content of `title` elements.
        is_defused: Whether tags were blanked.
    """

    source: str
    text: str = ""
    run_starts: list[int] = field(default_factory=list)
    runs: list[tuple[int, int, bool]] = field(default_factory=list)
    tags: list[Tag] = field(default_factory=list)
    comments: list[tuple[int, int]] = field(default_factory=list)
    titles: list[tuple[int, int]] = field(default_factory=list)
    is_defused: bool = False

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Returns begin and end in the source of the characters of `text` from start to end."""
        first = bisect_right(self.run_starts, start) - 1
        last = bisect_right(self.run_starts, end - 1) - 1
        begin, _, is_one = self.runs[first]
        behind, behind_end, is_last_one = self.runs[last]
        return (
            begin if is_one else begin + start - self.run_starts[first],
            behind_end if is_last_one else behind + end - self.run_starts[last],
        )

    def value(self, tag: Tag, name: str) -> str | None:
        """Returns an attribute's value with its references replaced, None where there is none."""
        span = tag.attributes.get(name)
        return None if span is None else unescaped(self.source[span[0] : span[1]])


def read_source(source: str) -> MarkupSource:
    """Returns what is text in `source`; never refuses, and takes time linear in its length."""
    fuse = Fuse()
    found = _read(_of_one_length(source), fuse)
    if not fuse.is_blown:
        return found
    # What stands for the tags that were blanked is white space, here and for the parsers.
    found = _read(fuse.defused(found.source), Fuse())
    found.is_defused = True
    return found


def _read(source: str, fuse: Fuse) -> MarkupSource:
    found = MarkupSource(source)
    parts: list[str] = []
    length = at = 0
    end = len(source)
    while at < end:
        opening = source.find("<", at)
        begin = end if opening < 0 else opening
        if begin < end and not _BEGINNING.match(source, begin):
            begin += 1
            length = _add_text(found, parts, length, at, begin)
            at = begin
            continue
        if begin > at:
            length = _add_text(found, parts, length, at, begin)
        if begin == end:
            break
        at = _read_tag(found, fuse, begin)
    found.text = "".join(parts)
    return found


def words_of_source(fragment: str) -> str:
    """Returns the text of a stretch of source, white space as it stands."""
    return read_source(fragment).text


def _of_one_length(source: str) -> str:
    if "\r" in source:
        source = source.replace("\r\n", " \n").replace("\r", "\n")
    return source.replace("\0", "\ufffd") if "\0" in source else source


def _add_text(found: MarkupSource, parts: list[str], length: int, start: int, end: int) -> int:
    """Adds a stretch outside of tags to the text; returns the length of all text then."""
    source = found.source
    at = start
    if source.find("&", start, end) >= 0:
        for begin, behind, characters in references(source, start, end):
            if begin > at:
                length = _add_run(found, parts, length, source[at:begin], (at, begin, False))
            length = _add_run(found, parts, length, characters, (begin, behind, True))
            at = behind
    if end > at:
        length = _add_run(found, parts, length, source[at:end], (at, end, False))
    return length


def _add_run(
    found: MarkupSource, parts: list[str], length: int, words: str, run: tuple[int, int, bool]
) -> int:
    found.run_starts.append(length)
    found.runs.append(run)
    parts.append(words)
    return length + len(words)


def _read_tag(found: MarkupSource, fuse: Fuse, begin: int) -> int:
    """Reads the tag, comment or declaration at `begin`; returns where it ends."""
    source = found.source
    match = _TAG.match(source, begin)
    if match is None:
        return _read_declaration(found, begin)
    name = match[2].lower()
    end = match.end()
    if match[1]:
        fuse.leave(name, begin, end)
        return end
    fuse.enter(name, begin, end)
    if len(match[3]) > fuse.LONG_TAG:
        fuse.shorten(begin, end, _ATTRIBUTE.finditer(source, match.start(3), match.end(3)))
    if name in _KEPT_TAGS:
        found.tags.append(Tag(name, begin, end, _attributes(source, match)))
    if name == "plaintext":
        return len(source)
    if name not in NO_TEXT:
        return end
    closing = _ENDS[name].search(source, end)
    behind = closing.start() if closing else len(source)
    if name == "title":
        found.titles.append((end, behind))
    return behind


def _read_declaration(found: MarkupSource, begin: int) -> int:
    source = found.source
    if source.startswith("<!--", begin):
        # `<!-->` and `<!--->` are whole comments: the two hyphens may be those of the beginning.
        match = _COMMENT_END.search(source, begin + 2)
        if match is None:
            return len(source)
        if not found.runs or len(found.comments) < 8:
            found.comments.append((begin + 4, max(begin + 4, match.start())))
        return match.end()
    end = source.find(">", begin)
    return len(source) if end < 0 else end + 1


def _attributes(source: str, match: re.Match[str]) -> dict[str, tuple[int, int]]:
    found: dict[str, tuple[int, int]] = {}
    for attribute in _ATTRIBUTE.finditer(source, match.start(3), match.end(3)):
        group = next((n for n in (2, 3, 4) if attribute[n] is not None), None)
        if group:
            found.setdefault(attribute[1].lower(), attribute.span(group))
    return found
