"""Why reading stops: of one member of a source, or of all that is left of it."""

from __future__ import annotations


class MemberRefused(Exception):
    """One member cannot be taken in; the next one may be.

    Args:
        code: The issue code.
        words: What was seen.
        byte_length: Bytes of it that had been read.
    """

    def __init__(self, code: str, words: str, byte_length: int = 0) -> None:
        super().__init__(f"{code}: {words}")
        self.code = code
        self.words = words
        self.byte_length = byte_length

    def kept(self) -> MemberRefused:
        """Returns it without what led to it, whose frames would hold what they had read."""
        return MemberRefused(self.code, self.words, self.byte_length)


class SourceBroken(Exception):
    """Nothing more of a source can be read, or may be; what was read before stands."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(f"{code}: {words}")
        self.code = code
        self.words = words

    def kept(self) -> SourceBroken:
        """Returns it without what led to it, whose frames would hold what they had read."""
        return SourceBroken(self.code, self.words)
