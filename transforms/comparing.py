"""Two texts compared: which sections and sentences were added, dropped or reworded.

Everything takes near-linear time, whatever the texts: equal things are paired by their order of
occurrence, and of these pairs the longest run that keeps both orders is kept. That may find less in
common than the longest common subsequence, and never what is not.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass

from transforms.lines import one_space

SAME, ADDED, DROPPED, REWORDED = "same", "added", "dropped", "reworded"
_NUMBER = re.compile(
    r"(?:section )?(?:[0-9]{1,3}(?:\.[0-9]{1,3}){0,3}|[ivx]{1,6}|[a-z])[.)] ?", re.IGNORECASE
)
_END = re.compile(r"[.!?][\"'”’)\]]*+ ")
_NO_END = frozenset(
    "mr mrs ms dr prof no nos art arts st cf vs e.g i.e para paras u.s u.n gen col".split()
)
_LONGEST_WORD = 8
# So many sentences ahead a reworded one is looked for, by so many of its words.
_AHEAD = 8
_WORDS_COMPARED = 300
_ALIKE = 0.5


@dataclass(frozen=True, slots=True)
class Change:
    """What became of a sentence, or of some words: `same`, `added`, `dropped` or `reworded`."""

    kind: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class SectionChange:
    """What became of a section.

    Args:
        kind: `same`, `added`, `dropped`, or `reworded` where heading or sentences differ.
        before: Its heading before; None without one.
        after: Its heading after.
        changes: What became of its sentences, in order.
    """

    kind: str
    before: str | None
    after: str | None
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A section to compare: its heading, where it has one, and its text."""

    heading: str | None
    text: str


def compare_sections(before: Sequence[Section], after: Sequence[Section]) -> list[SectionChange]:
    """Returns what became of the sections of one text in another, in the order of the other.

    Sections with the same heading (number, case and end marks apart) belong together, the first to
    the first; of the others those of the same text. What was dropped stands where it was.
    """
    pairs = _paired(before, after)
    kept = set(pairs.values())
    found: list[SectionChange] = []
    told = 0
    for at, section in enumerate(after):
        partner = pairs.get(at)
        if partner is None:
            found.append(_whole(ADDED, section))
            continue
        found += _dropped(before, kept, told, partner)
        told = max(told, partner + 1)
        found.append(_compared(before[partner], section))
    return [*found, *_dropped(before, kept, told, len(before))]


def heading_key(heading: str | None) -> str:
    """Returns what a heading is known by in any year: without its number, case and end marks."""
    words = one_space(heading or "").lower()
    number = _NUMBER.match(words)
    return words[number.end() if number else 0 :].strip(" .:;,*")


def compare_sentences(before: str, after: str) -> list[Change]:
    """Returns what became of each sentence of a text in another, in order."""
    old, new = list(sentences(before)), list(sentences(after))
    found: list[Change] = []
    i = j = 0
    for here, there in [*aligned(old, new), (len(old), len(new))]:
        found += _gap(old[i:here], new[j:there])
        if here < len(old):
            found.append(Change(SAME, old[here], new[there]))
        i, j = here + 1, there + 1
    return found


def compare_words(before: str, after: str) -> list[Change]:
    """Returns what became of the words of a sentence in another: same, dropped and added runs."""
    old, new = before.split(), after.split()
    found: list[Change] = []
    same: list[str] = []
    i = j = 0
    for here, there in [*aligned(old, new), (len(old), len(new))]:
        if i < here or j < there:
            if same:
                found.append(Change(SAME, " ".join(same), " ".join(same)))
                same = []
            if i < here:
                found.append(Change(DROPPED, " ".join(old[i:here]), None))
            if j < there:
                found.append(Change(ADDED, None, " ".join(new[j:there])))
        same += old[here : here + 1]
        i, j = here + 1, there + 1
    return [*found, Change(SAME, " ".join(same), " ".join(same))] if same else found


def sentences(text: str) -> Iterator[str]:
    """Yields the sentences of a text, white space made single; a line's end ends one as well."""
    for line in text.splitlines():
        words = one_space(line)
        start = 0
        for end in _END.finditer(words):
            if _is_end(words, end):
                yield words[start : end.end() - 1]
                start = end.end()
        if start < len(words):
            yield words[start:]


def aligned(before: Sequence[Hashable], after: Sequence[Hashable]) -> list[tuple[int, int]]:
    """Returns the places of equal things that keep their order in both, ascending."""
    places: dict[Hashable, list[int]] = defaultdict(list)
    for place, thing in enumerate(after):
        places[thing].append(place)
    seen: Counter[Hashable] = Counter()
    pairs = []
    for place, thing in enumerate(before):
        if seen[thing] < len(places.get(thing, ())):
            pairs.append((place, places[thing][seen[thing]]))
        seen[thing] += 1
    return _rising(pairs)


def _rising(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Returns the longest run of pairs whose second places rise (by patience sorting)."""
    tops: list[int] = []
    last: list[int] = []
    previous: list[int] = []
    for number, (_, place) in enumerate(pairs):
        pile = bisect_left(tops, place)
        previous.append(last[pile - 1] if pile else -1)
        tops[pile : pile + 1] = [place]
        last[pile : pile + 1] = [number]
    run = []
    number = last[-1] if last else -1
    while number >= 0:
        run.append(pairs[number])
        number = previous[number]
    return run[::-1]


def _paired(before: Sequence[Section], after: Sequence[Section]) -> dict[int, int]:
    """Returns the section before for each section after that has one, by their places."""
    old, new = _keyed(before), _keyed(after)
    pairs = {place: old[key] for key, place in new.items() if key in old}
    free = {
        before[place].text: place
        for place in set(range(len(before))) - set(pairs.values())
        if before[place].text
    }
    for place, section in enumerate(after):
        if place not in pairs and section.text in free:
            pairs[place] = free.pop(section.text)
    return pairs


def _keyed(sections: Sequence[Section]) -> dict[tuple[str, int], int]:
    seen: Counter[str] = Counter()
    keyed = {}
    for place, section in enumerate(sections):
        key = heading_key(section.heading)
        keyed[key, seen[key]] = place
        seen[key] += 1
    return keyed


def _dropped(
    before: Sequence[Section], kept: set[int], start: int, end: int
) -> list[SectionChange]:
    return [_whole(DROPPED, before[at]) for at in range(start, end) if at not in kept]


def _whole(kind: str, section: Section) -> SectionChange:
    is_added = kind == ADDED
    changes = tuple(
        Change(kind, None if is_added else words, words if is_added else None)
        for words in sentences(section.text)
    )
    heading = section.heading
    return SectionChange(
        kind, None if is_added else heading, heading if is_added else None, changes
    )


def _compared(before: Section, after: Section) -> SectionChange:
    changes = tuple(compare_sentences(before.text, after.text))
    is_same = heading_key(before.heading) == heading_key(after.heading) and all(
        change.kind == SAME for change in changes
    )
    return SectionChange(SAME if is_same else REWORDED, before.heading, after.heading, changes)


def _gap(old: Sequence[str], new: Sequence[str]) -> Iterator[Change]:
    """Yields what became of sentences between two that are the same, none of which is the same."""
    bags = [_bag(words) for words in new] if old else []
    j = 0
    for words in old:
        bag = _bag(words)
        likenesses = [_likeness(bag, other) for other in bags[j : j + _AHEAD]]
        best = max(likenesses, default=0.0)
        if best < _ALIKE:
            yield Change(DROPPED, words, None)
            continue
        partner = j + likenesses.index(best)
        yield from (Change(ADDED, None, added) for added in new[j:partner])
        yield Change(REWORDED, words, new[partner])
        j = partner + 1
    yield from (Change(ADDED, None, added) for added in new[j:])


def _bag(words: str) -> Counter[str]:
    return Counter(words.lower().split(None, _WORDS_COMPARED)[:_WORDS_COMPARED])


def _likeness(one: Counter[str], other: Counter[str]) -> float:
    """Returns the share of the words of two sentences that both have (Dice)."""
    return 2 * (one & other).total() / ((one.total() + other.total()) or 1)


def _is_end(words: str, end: re.Match[str]) -> bool:
    following = words[end.end() : end.end() + 2].lstrip("\"'“‘([")
    if not following or not (following[0].isupper() or following[0].isdigit()):
        return False
    start = words.rfind(" ", max(0, end.start() - _LONGEST_WORD), end.start()) + 1
    last = words[start : end.start()].lower().lstrip("\"'“‘([")
    is_short = len(last) == 1 and last.isalpha()
    return words[end.start()] != "." or not (is_short or last in _NO_END)
