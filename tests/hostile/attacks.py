"""The worst words for a regular expression, read off its own pattern."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from re import _compiler, _constants, _parser  # type: ignore[attr-defined]
from typing import Any, NamedTuple

# One of each sort first, so that a class shows its different sorts in few characters.
_CANDIDATES = "a1 A.-,/:|[](\"'\n\u00a0é\ud800\x00" + "".join(map(chr, range(33, 127)))
_SORTS = 5
_REPEATS = (_constants.MAX_REPEAT, _constants.MIN_REPEAT, _constants.POSSESSIVE_REPEAT)
_ONE_CHARACTER = (
    _constants.LITERAL, _constants.NOT_LITERAL, _constants.IN, _constants.ANY,
)  # fmt: skip
_TAILS = ("", "\x00")


class Attack(NamedTuple):
    """Words to be blown up: what leads to a repeat, what it repeats, what spoils the match."""

    lead: str
    pump: str
    tail: str

    def words(self, length: int) -> str:
        """Returns the attack with so many characters of what is repeated."""
        return self.lead + self.pump * (length // len(self.pump)) + self.tail


def attacks(pattern: re.Pattern[Any]) -> list[Attack]:
    """Returns the attacks on a pattern, of text or bytes: for each repeat in it, and the whole."""
    words = pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode()
    tree = _parser.parse(words, pattern.flags & ~re.UNICODE)
    pumps = list(_pumps(tree, tree.state, ""))
    whole = _sample(tree, tree.state)
    pumps += [("", lead + pump) for lead, pump in pumps if lead] + [("", whole), ("", whole + " ")]
    return [
        Attack(lead, pump, tail) for lead, pump in dict.fromkeys(pumps) if pump for tail in _TAILS
    ]


def _pumps(nodes: Iterable[Any], state: Any, lead: str) -> Iterator[tuple[str, str]]:
    """Yields for each repeat the words that lead to it and those that it may repeat."""
    for node in nodes:
        kind, value = node
        if kind in _REPEATS:
            fewest, _, body = value
            yield from ((lead, words) for words in _bodies(body, state))
            yield from _pumps(body, state, lead)
            lead += _sample(body, state) * fewest
            continue
        for part in _parts(kind, value):
            yield from _pumps(part, state, lead)
        lead += _sample([node], state)


def _bodies(body: Any, state: Any) -> Iterator[str]:
    if len(body) == 1 and body[0][0] in _ONE_CHARACTER:
        yield from _characters(body[0], state)[:_SORTS]
    else:
        yield _sample(body, state)
        yield from (_sample(part, state) for node in body for part in _parts(*node))


def _parts(kind: Any, value: Any) -> list[Any]:
    """Returns the patterns inside a node that is no repeat."""
    if kind is _constants.BRANCH:
        return list(value[1])
    if kind is _constants.SUBPATTERN:
        return [value[3]]
    if kind in (_constants.ASSERT, _constants.ASSERT_NOT):
        return [value[1]]
    return [value] if kind is _constants.ATOMIC_GROUP else []


def _sample(nodes: Iterable[Any], state: Any) -> str:
    """Returns words that the nodes match, each repeat once where it may."""
    words = ""
    for node in nodes:
        kind, value = node
        if kind in _REPEATS:
            words += _sample(value[2], state) * max(value[0], 1)
        elif kind in _ONE_CHARACTER:
            words += _characters(node, state)[0]
        elif kind not in (_constants.ASSERT, _constants.ASSERT_NOT):
            words += "".join(_sample(part, state) for part in _parts(kind, value)[:1])
    return words


def _characters(node: Any, state: Any) -> str:
    """Returns characters that a node of one character matches, the candidates first."""
    if node[0] is _constants.LITERAL:
        return chr(node[1])
    one = _compiler.compile(_parser.SubPattern(state, [node]), state.flags)
    found = [char for char in _CANDIDATES if one.fullmatch(char)]
    return "".join(found) or next(c for c in map(chr, range(0x110000)) if one.fullmatch(c))
