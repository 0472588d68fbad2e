"""Members of a zip whose directory is damaged or cut off, found by their own headers."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from flows.intake.allowances import Allowance
from flows.intake.members import Member, decode_name
from flows.intake.refusals import MemberRefused
from flows.intake.unpacking import BLOCK
from flows.intake.zip_content import DEFLATED, LOCAL, LOCAL_MAGIC, content_of, fault_of
from flows.intake.zip_directories import Entry, widened

_SEARCHED = 1 << 20
_STEP = 64 << 10
_SIZES_BEHIND = 8
_DESCRIPTOR_MAGIC = b"PK\x07\x08"
_DESCRIPTORS = (struct.Struct("<3L"), struct.Struct("<L2Q"))
_LONGEST_DESCRIPTOR = 24


def salvaged(file: BinaryIO, file_size: int, allowance: Allowance) -> Iterator[Member]:
    """Yields the members of a zip from its first local header to the last that can be followed."""
    position = _next_header(file, 0, _SEARCHED)
    while position is not None:
        entry, start = _local_entry(file, position)
        if start > file_size:
            return
        allowance.take_member(entry.name)
        code, words = fault_of(entry)
        if entry.is_folder:
            end: int | None = start
        elif entry.flags & _SIZES_BEHIND and not entry.packed:
            walked = _Walked(file, start)
            content = allowance.taking(walked.content())
            if code is None and entry.method != DEFLATED:
                code, words = "member_damaged", "where it ends cannot be told"
            yield Member(entry.name, content, 0, code, words)
            if code is None or (entry.method == DEFLATED and code != "member_encrypted"):
                _drain(content)
            end = walked.end
        else:
            end = start + entry.packed if start + entry.packed <= file_size else None
            if end is None:
                code, words = "member_damaged", "the zip ends within it"
            content = allowance.taking(content_of(file, entry, start))
            yield Member(entry.name, content, 0 if end is None else entry.packed, code, words)
        if end is None:
            return
        position = _next_header(file, end, LOCAL.size + _LONGEST_DESCRIPTOR)


def _next_header(file: BinaryIO, position: int, searched: int) -> int | None:
    """Returns where a whole local header begins near `position`, None when none does."""
    file.seek(position)
    at = file.read(searched).find(LOCAL_MAGIC)
    if at < 0:
        return None
    file.seek(position + at)
    return position + at if len(file.read(LOCAL.size)) == LOCAL.size else None


def _local_entry(file: BinaryIO, position: int) -> tuple[Entry, int]:
    """Returns what a local header says, and where the content behind it begins."""
    file.seek(position)
    _, _, flags, method, _, _, crc, packed, length, name_length, extra_length = LOCAL.unpack(
        file.read(LOCAL.size)
    )
    name, extra = file.read(name_length), file.read(extra_length)
    length, packed = widened(extra, length, packed)
    entry = Entry(decode_name(name), flags, method, crc, packed, length, position, 0)
    return entry, position + LOCAL.size + name_length + extra_length


class _Walked:
    """A deflated member whose end only its own bytes tell."""

    def __init__(self, file: BinaryIO, start: int) -> None:
        self.end: int | None = None
        self._file = file
        self._start = start

    def content(self) -> Iterator[bytes]:
        """Yields the content; raises MemberRefused where what stands behind it does not agree."""
        decoder = zlib.decompressobj(-zlib.MAX_WBITS)
        position, length, crc = self._start, 0, 0
        try:
            while not decoder.eof:
                self._file.seek(position)
                waiting = self._file.read(_STEP)
                if not waiting:
                    raise MemberRefused("member_damaged", "the zip ends within it", length)
                position += len(waiting)
                while waiting and not decoder.eof:
                    block = decoder.decompress(waiting, BLOCK)
                    waiting = decoder.unconsumed_tail
                    length += len(block)
                    crc = zlib.crc32(block, crc)
                    yield block
        except zlib.error as error:
            raise MemberRefused("member_damaged", str(error), length) from error
        self.end = self._descriptor_end(position - len(decoder.unused_data), crc, length)

    def _descriptor_end(self, position: int, crc: int, length: int) -> int:
        self._file.seek(position)
        behind = self._file.read(_LONGEST_DESCRIPTOR)
        first = len(_DESCRIPTOR_MAGIC) if behind.startswith(_DESCRIPTOR_MAGIC) else 0
        for form in _DESCRIPTORS:
            if len(behind) >= first + form.size:
                said_crc, _, said_length = form.unpack_from(behind, first)
                if (said_crc, said_length) == (crc, length):
                    return position + first + form.size
        raise MemberRefused("member_damaged", "its checksum is not that of its bytes", length)


def _drain(content: Iterator[bytes]) -> None:
    """Reads what is left of a member, so that its end is known."""
    try:
        for _ in content:
            pass
    except MemberRefused:
        pass
