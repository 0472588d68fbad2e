"""Countries that a text names, and words for their people and things, each where it stands.

A dictionary is looked for in one pass over the page (Aho and Corasick, 1975): of the words that
begin first the longest count, so that `Guinea-Bissau` is not `Guinea` and the `Dominican Republic`
not Dominican. Words count whole and as they are written: `turkey` is a bird, and `Mali` is not in
`Malinke`. What is meant is not judged: a person called Jordan is found like the kingdom.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import cache

from ahocorasick_rs import BytesAhoCorasick, Implementation, MatchKind

from transforms.countries import LAST_SUCCESSION, code_at
from transforms.mention_names import DEMONYM, LANGUAGES, Entry, entries_of
from transforms.records import Blocks, Mentions

# The page's own words; what stands in its header and in the site's furniture is not told by it.
_KINDS = frozenset(
    ("title", "heading", "paragraph", "list_item", "table_row", "footnote", "caption")
)
_DEFAULT_LANGUAGE = "en"
_NO_BREAK_SPACE = "\u00a0"
_OF_PEOPLE = ("ethnic ", "Ethnic ")
_Match = tuple[int, int]
_Pattern = tuple[str | None, str | None, int]


def mentions_of(
    text: str,
    blocks: Blocks,
    language: str | None,
    published: date | None,
    encoded: bytes | None = None,
) -> Mentions:
    """Returns the countries named in a page's title and body, in order of their place.

    Args:
        text: The rendition.
        blocks: The blocks that tile it.
        language: ISO 639-1 code of its language; French and Spanish have names of their own, in
            all others English ones are looked for.
        published: The last day on which it may have been published, which decides between the
            codes that a country had one after the other; None for those of today.
        encoded: The same text in UTF-8, where it is at hand.
    """
    patterns, matcher = _matcher(language if language in LANGUAGES else _DEFAULT_LANGUAGE)
    if encoded is None:
        encoded = text.encode("utf-8", "surrogatepass")
    matches = matcher.find_matches_as_indexes(encoded)
    found: Iterable[_Match] = ((index, start) for index, start, _ in matches)
    if len(encoded) != len(text):
        found = _in_characters(matches, encoded, patterns)
    rows = []
    block_starts, block_kinds = blocks.char_starts, blocks.kinds
    for index, start in found:
        kind, code, length = patterns[index]
        end = start + length
        if kind is None or text[start - 1 : start].isalnum() or text[end : end + 1].isalpha():
            continue  # A number behind words is the mark of a note; a letter makes them others.
        block = bisect_right(block_starts, start) - 1
        if block_kinds[block] in _KINDS:
            if kind == DEMONYM and text[max(0, start - 7) : start] in _OF_PEOPLE:
                code = None  # `ethnic Albanians` are not said to be of the state.
            rows.append((block, code, kind, text[start:end], start, end))
    mentions = Mentions(*zip(*rows, strict=True)) if rows else Mentions()
    if published is not None and published < LAST_SUCCESSION:
        codes = tuple(code and code_at(code, published) for code in mentions.country_codes)
        return replace(mentions, country_codes=codes)
    return mentions


def _in_characters(
    matches: Iterable[tuple[int, int, int]], encoded: bytes, patterns: Sequence[_Pattern]
) -> Iterator[_Match]:
    """Yields matches with their places in characters, given those in bytes of UTF-8."""
    at = characters = 0
    for index, start, end in matches:
        characters += len(encoded[at:start].decode("utf-8", "surrogatepass"))
        yield index, characters
        characters += patterns[index][2]
        at = end


@cache
def _matcher(language: str) -> tuple[Sequence[_Pattern], BytesAhoCorasick]:
    """Returns kind, code and length of each pattern, and the automaton that finds them."""
    entries: dict[str, Entry] = entries_of(language)
    # Pages have no-break spaces in names. This form of automaton is made in a seventh of the time
    # of the quickest one, which only ten thousand pages would make up for.
    entries |= {words.replace(" ", _NO_BREAK_SPACE): entry for words, entry in entries.items()}
    matcher = BytesAhoCorasick(
        [words.encode() for words in entries],
        MatchKind.LeftmostLongest,
        Implementation.ContiguousNFA,
    )
    patterns = [(of.kind, of.country_code, len(words)) for words, of in entries.items()]
    return patterns, matcher
