"""Members of a tar, streamed: each is read while it passes by, and nothing is sought."""

from __future__ import annotations

from collections.abc import Iterator

from flows.intake.allowances import Allowance
from flows.intake.members import Member
from flows.intake.refusals import MemberRefused, SourceBroken
from flows.intake.tar_headers import (
    BLOCK_BYTES,
    EXTENDED_BYTES,
    Header,
    HeaderDamaged,
    Said,
    parse_header,
)
from flows.intake.unpacking import BLOCK

_EMPTY = bytes(BLOCK_BYTES)


class Stream:
    """Blocks of any size, read in the sizes that are asked for."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self._blocks = blocks
        self._block = b""
        self._at = 0

    def read(self, most: int) -> bytes:
        """Returns `most` bytes, or what there is left before the end."""
        parts = []
        while most > 0:
            if self._at == len(self._block):
                self._block, self._at = next(self._blocks, b""), 0
                if not self._block:
                    break
            part = self._block[self._at : self._at + most]
            self._at += len(part)
            most -= len(part)
            parts.append(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)


def tar_members(blocks: Iterator[bytes], allowance: Allowance) -> Iterator[Member]:
    """Yields the members of a tar; those behind its end as well, where several were put together.

    Args:
        blocks: The tar, unpacked; each is taken off the allowance.
        allowance: What there may be of it.

    Raises SourceBroken where it is damaged or cut.
    """
    stream = Stream(allowance.taking(blocks))
    said = Said()
    try:
        while (header := _next_header(stream, said)) is not None:
            allowance.take_member(header.name)
            body = _Body(stream, header.length)
            code, words = header.fault()
            if not header.is_folder:
                yield Member(header.name, body.content(), header.length, code, words)
            body.pass_over()
    except HeaderDamaged as damaged:
        raise SourceBroken("package_damaged", str(damaged)) from damaged


def _next_header(stream: Stream, said: Said) -> Header | None:
    """Returns the header of the next member, None behind the last one."""
    has_ended = False
    while block := stream.read(BLOCK_BYTES):
        if block == _EMPTY[: len(block)]:
            has_ended = True
            continue
        if len(block) < BLOCK_BYTES:
            break
        try:
            header = parse_header(block)
        except HeaderDamaged:
            if has_ended:
                return None  # what some programs fill their last block with
            raise
        if not header.is_extension:
            header = said.applied(header)
            if header.is_sparse_old:
                _pass_over_holes(stream)
            return header
        said.add(header, _extended(stream, header.length))
    if not has_ended:
        raise HeaderDamaged("it is cut: the mark of its end is missing")
    return None


def _extended(stream: Stream, length: int) -> bytes:
    if length > EXTENDED_BYTES:
        raise HeaderDamaged(f"an extended header of {length} bytes, {EXTENDED_BYTES} at most")
    content = stream.read(length)
    stream.read(-length % BLOCK_BYTES)
    return content


def _pass_over_holes(stream: Stream) -> None:
    """Reads the blocks that go on with the holes of a sparse file (GNU's old form)."""
    while (block := stream.read(BLOCK_BYTES)) and len(block) == BLOCK_BYTES and block[504]:
        pass


class _Body:
    """What follows a header: the content, filled up to whole blocks."""

    def __init__(self, stream: Stream, length: int) -> None:
        self._stream = stream
        self._left = length
        self._length = length

    def content(self) -> Iterator[bytes]:
        """Yields the content; raises MemberRefused where the tar ends within it."""
        while self._left:
            block = self._stream.read(min(self._left, BLOCK))
            self._left -= len(block)
            if not block:
                read = self._length - self._left
                words = f"it says that it has {self._length} bytes; the package ends behind {read}"
                raise MemberRefused("member_damaged", words, read)
            yield block

    def pass_over(self) -> None:
        """Reads what is left of it, and what fills it up."""
        while self._left and (block := self._stream.read(min(self._left, BLOCK))):
            self._left -= len(block)
        self._stream.read(-self._length % BLOCK_BYTES)
