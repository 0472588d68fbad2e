"""Seeded text with the word frequencies, sentences and paragraphs of prose."""

from __future__ import annotations

import sys
from array import array
from functools import cache
from random import Random

TABLE_SIZE = 65_536
VOCABULARY_SIZE = 12_000

_FUNCTION_WORDS = {
    "en": (
        "the of and to in a that is was for on as with by were he be at from his it had are which "
        "not or have an they their who been has this but more after when would one also all its "
        "government police report people country court law may no during other rights under year"
    ),
    "fr": (
        "de la le et les des en du à que dans une un par pour sur est au qui pas plus avec ce se "
        "sont ne été aux il ou sa cette leur après mais ont comme son elle droit loi pays cour "
        "police année personnes gouvernement"
    ),
    "es": (
        "de la que el en y a los se del las un por con no una su para es al lo como más o pero sus "
        "le ha fue sobre entre cuando ser este también han ley derecho país gobierno policía año "
        "personas tribunal"
    ),
}
_ONSETS = tuple("bcdfghlmnprstv") * 3 + ("br", "cl", "cr", "dr", "fl", "gr", "pl", "pr", "st", "tr")
_VOWELS = tuple("aeiou") * 4 + ("ai", "ea", "io", "ou")
_CODAS = ("",) * 12 + ("n", "r", "s", "l", "t", "nd", "st", "m")


@cache
def vocabulary(language: str) -> tuple[str, ...]:
    """Returns the words of a language, commonest first: function words, then invented ones.

    Args:
        language: `en`, `fr` or `es`.
    """
    rng = Random(f"vocabulary:{language}")
    words = dict.fromkeys(_FUNCTION_WORDS[language].split())
    while len(words) < VOCABULARY_SIZE:
        syllables = rng.choices((1, 2, 3, 4), weights=(1, 5, 3, 1))[0]
        parts = (
            rng.choice(_ONSETS) + rng.choice(_VOWELS) + rng.choice(_CODAS) for _ in range(syllables)
        )
        words["".join(parts)] = None
    return tuple(words)


@cache
def _frequency_table(language: str) -> tuple[str, ...]:
    """Returns `TABLE_SIZE` words, each as often as Zipf's law has it and once at least."""
    words = vocabulary(language)
    weights = [1.0 / (rank + 2.7) for rank in range(len(words))]
    scale = (TABLE_SIZE - len(words)) / sum(weights)
    table: list[str] = []
    for word, weight in zip(words, weights, strict=True):
        table.extend([word] * (1 + int(weight * scale)))
    table.extend(words[: TABLE_SIZE - len(table)])
    return tuple(table)


def words_of(rng: Random, count: int, language: str = "en") -> list[str]:
    """Returns `count` words drawn by frequency."""
    draws = array("H", rng.randbytes(2 * count))
    if sys.byteorder == "big":
        draws.byteswap()
    return list(map(_frequency_table(language).__getitem__, draws))


def paragraph(rng: Random, word_count: int, language: str = "en") -> str:
    """Returns sentences of 8 to 28 words, about `word_count` words in all."""
    words = words_of(rng, word_count, language)
    draw = rng.random
    start = 0
    while start < word_count:
        end = start + 8 + int(draw() * 21)
        if word_count - end < 8:
            end = word_count
        words[start] = words[start].capitalize()
        if end - start > 14:
            words[start + 6 + int(draw() * 6)] += ","
        words[end - 1] += "."
        start = end
    return " ".join(words)


def heading(rng: Random, language: str = "en") -> str:
    """Returns a short line in Title Case, capitals, or with a number before it."""
    words = words_of(rng, rng.randint(1, 5), language)
    line = " ".join(word.capitalize() for word in words)
    form = rng.random()
    if form < 0.2:
        return line.upper()
    if form < 0.4:
        return f"{rng.randint(1, 9)}. {line}"
    if form < 0.5:
        return f"{rng.randint(1, 9)}.{rng.randint(1, 9)} {line}"
    return line


def _list(rng: Random, language: str) -> str:
    items = (
        " ".join(words_of(rng, rng.randint(6, 16), language)) for _ in range(rng.randint(3, 6))
    )
    return "\n".join(f"  • {item};" for item in items)


def body(rng: Random, size: int, language: str = "en") -> list[str]:
    """Returns paragraphs, headings, lists and footnotes of about `size` characters in all.

    Args:
        rng: The source of chance; the same state gives the same text.
        size: Characters wanted; the last paragraph may go over it.
        language: `en`, `fr` or `es`.
    """
    parts: list[str] = []
    notes = 0
    left = size
    while left > 0:
        if rng.random() < 0.2:
            parts.append(heading(rng, language))
        text = paragraph(rng, min(rng.randint(60, 120), max(8, left // 5)), language)
        if rng.random() < 0.1:
            notes += 1
            text += str(notes)
        parts.append(text)
        if rng.random() < 0.06 and left > 1_000:
            parts.append(_list(rng, language))
        left -= len(text)
    parts.extend(f"[{note + 1}] {paragraph(rng, 9, language)}" for note in range(notes))
    return parts
