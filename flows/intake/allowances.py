"""What a source may unpack to: counted as it is unpacked, because what it says may be a lie."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flows.intake.refusals import SourceBroken
from flows.intake.walk import Found
from flows.limits import Limits

# Where little is packed, a high ratio does no harm, and may be that of a page of blanks.
FREE_BYTES = 256 << 20
# What a member costs besides its bytes: an input is kept of each, even of an empty one.
_MEMBER_BYTES = 1024
_NAME_BYTES = 256


@dataclass(slots=True)
class Allowance:
    """What is left of what a source may unpack to.

    Args:
        left: Bytes, those of members within members included.
        most: Bytes at the beginning.
        members: Members.
        names: Bytes of their names together.
    """

    left: int
    most: int
    members: int
    names: int

    def take(self, byte_length: int) -> None:
        """Takes bytes off; raises SourceBroken (`package_bomb`) when there are not so many left."""
        self.left -= byte_length
        if self.left < 0:
            words = f"it unpacks to more than the {self.most} bytes that it may"
            raise SourceBroken("package_bomb", words)

    def take_member(self, name: str) -> None:
        """Takes a member off; raises SourceBroken (`package_bomb`) when there are too many."""
        self.members -= 1
        self.names -= len(name)
        if self.members < 0 or self.names < 0:
            words = "it has more members than it may" if self.members < 0 else "its names are long"
            raise SourceBroken("package_bomb", words)
        self.take(_MEMBER_BYTES)

    def take_row(self) -> None:
        """Takes a row of a table off, of which many may stand in a few bytes."""
        self.take(_MEMBER_BYTES)

    def taking(self, blocks: Iterator[bytes]) -> Iterator[bytes]:
        """Yields `blocks`, each taken off; raises SourceBroken when there are too many."""
        for block in blocks:
            self.take(len(block))
            yield block


def allowance_of(source: Found, limits: Limits) -> Allowance:
    """Returns what a source may unpack to: by its size, or for what lies in another its share.

    Raises OSError when its size cannot be told.
    """
    most = source.allowance
    if most is None:
        by_ratio = os.stat(source.path).st_size * limits.package_ratio
        most = min(limits.package_bytes, max(FREE_BYTES, by_ratio))
    members = limits.package_members
    return Allowance(most, most, members, members * _NAME_BYTES)


def shares(left: int, sizes: Sequence[int]) -> list[int]:
    """Returns how much of `left` each nested source may unpack to, in proportion to its bytes.

    So all that lies within a source, however deep, unpacks to no more than the source may, and
    what one of them may does not depend on when the others are read.
    """
    total = sum(sizes) or 1
    return [left * size // total for size in sizes]
