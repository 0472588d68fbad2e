"""A page of HTML as lines that the readers of text understand, and what its markup adds to them.

The text readers see the lines of the document: no furniture, no alternative texts. What is left
out comes back as blocks of its own kind, so that the blocks tile the whole rendition.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from transforms.decoding import Rendition
from transforms.kinds import BOILERPLATE, Kind
from transforms.lines import Line, lines_of
from transforms.markup_align import align
from transforms.markup_furniture import furniture
from transforms.markup_head import Head, read_head
from transforms.markup_labels import part_label, with_joined_labels
from transforms.markup_lines import Draft
from transforms.markup_rendition import MarkupRendition
from transforms.markup_source import MarkupSource, read_source
from transforms.markup_tree import ALTERNATIVE_TEXT, walk
from transforms.markup_words import disagreement
from transforms.records import Issue

_LONGEST_HEADING = 300
_LONGEST_WORDS = 200


@dataclass(frozen=True, slots=True)
class MarkupPage:
    """What an HTML page gives the readers of text.

    Args:
        rendition: Its text.
        lines: All its lines that are not blank.
        hints: For each line the kind that the markup gives it, None where it is silent.
        sides: For each line whether it is furniture or an alternative text.
        hrefs: The `href` of each link; its place is in the rendition's `link_spans`.
        head: What its head says.
        issues: What is odd about its markup.
    """

    rendition: MarkupRendition
    lines: list[Line]
    hints: list[Kind | None]
    sides: list[bool]
    hrefs: Sequence[str]
    head: Head
    issues: list[Issue]

    @property
    def content(self) -> list[Line]:
        """The lines that the readers of text see."""
        return [line for line, is_side in zip(self.lines, self.sides, strict=True) if not is_side]

    @property
    def content_hints(self) -> list[Kind | None]:
        """The hints of these lines."""
        return [hint for hint, is_side in zip(self.hints, self.sides, strict=True) if not is_side]


def render(source: Rendition) -> MarkupPage:
    """Returns the page that decoded HTML is; never refuses, in time linear in its length."""
    words = read_source(source.text)
    walked = walk(words.source)
    issues = _issues(words, walked.nodes)
    for line in walked.lines:
        part_label(line)
    drafts = with_joined_labels(walked.lines)
    places = align(walked.nodes, words)
    images = _image_places(words, walked.images)
    rendition = MarkupRendition(drafts, places, words, source, images)
    lines = lines_of(rendition.text)
    found = [drafts[bisect_right(rendition.draft_starts, line.start) - 1] for line in lines]
    is_furniture = furniture(lines, found, walked.regions)
    hints = [
        _hint(line, draft, marked)
        for line, draft, marked in zip(lines, found, is_furniture, strict=True)
    ]
    sides = [hint is BOILERPLATE or hint is ALTERNATIVE_TEXT for hint in hints]
    return MarkupPage(rendition, lines, hints, sides, walked.hrefs, read_head(words), issues)


def _hint(line: Line, draft: Draft, is_furniture: bool) -> Kind | None:
    if draft.image is not None:
        return ALTERNATIVE_TEXT
    if is_furniture:
        return BOILERPLATE
    kind = draft.kind
    if kind and kind.name == "heading" and len(line.text) > _LONGEST_HEADING:
        return None
    return kind


def _issues(words: MarkupSource, nodes: Sequence[str]) -> list[Issue]:
    issues = []
    if words.is_defused:
        issues.append(Issue("markup_excessive", None, "tags beyond the limits were passed over"))
    if different := disagreement(words.source, nodes):
        issues.append(Issue("parsers_disagree", None, different[:_LONGEST_WORDS]))
    return issues


def _image_places(words: MarkupSource, images: Sequence[str]) -> list[tuple[int, int] | None]:
    """Returns the tag of each image; trees keep images in the order of the source."""
    tags = [(t, (words.value(t, "alt") or "").strip()) for t in words.tags if t.name == "img"]
    places: list[tuple[int, int] | None] = []
    at = 0
    for alternative in images:
        while at < len(tags) and tags[at][1] != alternative:
            at += 1
        places.append((tags[at][0].start, tags[at][0].end) if at < len(tags) else None)
        at += 1
    return places
