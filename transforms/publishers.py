"""The publisher authority: printed names and address codes to one publisher."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from transforms.publisher_table import PUBLISHERS

_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "´": "'", "–": "-", "—": "-"})
_SPACE_BEFORE = re.compile(r" ([:/,])")
_MOST_KEPT = 4096
_LONGEST_KEPT = 200


@dataclass(frozen=True, slots=True)
class Publisher:
    """One publisher.

    Args:
        publisher_id: Refworld's code for it where one is known, else one of our own.
        name: Usual name.
        kind: `government`, `un`, `intergovernmental`, `ngo`, `court`, `media` or `academic`.
        country_code: ISO 3166-1 alpha-3 code of its state, where it has one.
        names: Printed names that mean it.
        address_codes: Codes that mean it in addresses, upper case.
    """

    publisher_id: str
    name: str
    kind: str
    country_code: str | None
    names: tuple[str, ...]
    address_codes: tuple[str, ...]


def publisher_of_name(words: str) -> Publisher | None:
    """Returns the publisher these printed words name, all of them."""
    return _known(words) if len(words) <= _LONGEST_KEPT else _named(words)


def publisher_of_code(code: str) -> Publisher | None:
    """Returns the publisher that a code in an address means."""
    return _by_code().get(code.upper().replace("_", ""))


def publisher_prefix(words: str) -> int:
    """Returns the length of the publisher's name that `words` begin with before a comma, or 0."""
    comma, longest = words.find(","), 0
    # A name holds at most three commas; what stands behind more of them is no name.
    for _ in range(4):
        if comma < 0:
            break
        if publisher_of_name(words[:comma]):
            longest = comma
        comma = words.find(",", comma + 1)
    return longest


def publisher_rows() -> list[dict[str, Any]]:
    """Returns the rows of the `publishers` table, sorted by id."""
    return [
        {
            "publisher_id": publisher.publisher_id,
            "name": publisher.name,
            "kind": publisher.kind,
            "country_code": publisher.country_code,
            "names": list(publisher.names),
            "address_codes": list(publisher.address_codes),
        }
        for publisher in sorted(_publishers(), key=lambda entry: entry.publisher_id)
    ]


def _named(words: str) -> Publisher | None:
    return _by_name().get(_folded(words))


# The same few names stand in most pages.
_known = lru_cache(_MOST_KEPT)(_named)


@cache
def _publishers() -> tuple[Publisher, ...]:
    return tuple(
        Publisher(id_, name, kind, country, (name, *names), (id_, *codes))
        for id_, name, kind, country, names, codes in PUBLISHERS
    )


@cache
def _by_name() -> dict[str, Publisher]:
    return {_folded(name): publisher for publisher in _publishers() for name in publisher.names}


@cache
def _by_code() -> dict[str, Publisher]:
    # The relaunched site writes the same codes without their underscores.
    return {
        code.replace("_", ""): publisher
        for publisher in _publishers()
        for code in publisher.address_codes
    }


def _folded(words: str) -> str:
    folded = " ".join(words.translate(_APOSTROPHES).casefold().split()).removeprefix("the ")
    return _SPACE_BEFORE.sub(r"\1", folded).strip(" .,:")
