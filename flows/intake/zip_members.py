"""Members of a zip, in the order in which they lie there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from flows.intake.allowances import Allowance
from flows.intake.members import Member
from flows.intake.refusals import SourceBroken
from flows.intake.zip_content import LOCAL, LOCAL_MAGIC, content_of, fault_of
from flows.intake.zip_directories import (
    Directory,
    DirectoryDamaged,
    Entry,
    find_directory,
    read_entries,
)
from flows.intake.zip_salvage import salvaged

_DIRECTORY_BYTES = 256  # for each member


def zip_members(file: BinaryIO, file_size: int, allowance: Allowance) -> Iterator[Member]:
    """Yields the members of a zip.

    Where its directory is damaged, they are found by their own headers, from the first one on.
    Raises SourceBroken behind the last one when there are more that cannot be read, or may not.
    """
    try:
        directory = find_directory(file, file_size)
        if directory.size > allowance.members * _DIRECTORY_BYTES:
            words = f"its directory has {directory.size} bytes, more than its members may need"
            raise SourceBroken("package_bomb", words)
        entries, bomb = _entries(file, directory, allowance)
    except DirectoryDamaged as damaged:
        yield from salvaged(file, file_size, allowance)
        raise SourceBroken("package_damaged", str(damaged)) from damaged
    free = 0
    for entry in sorted(entries, key=lambda entry: entry.offset):
        member, end = _opened(file, entry, directory, free, allowance)
        free = max(free, end)
        if not entry.is_folder:
            yield member
    if bomb is not None:
        raise bomb


def _entries(
    file: BinaryIO, directory: Directory, allowance: Allowance
) -> tuple[list[Entry], SourceBroken | None]:
    """Returns the entries, and what is to be said where there are more than there may be."""
    entries = []
    try:
        for entry in read_entries(file, directory):
            allowance.take_member(entry.name)
            entries.append(entry)
    except SourceBroken as bomb:
        return entries, bomb
    return entries, None


def _opened(
    file: BinaryIO, entry: Entry, directory: Directory, free: int, allowance: Allowance
) -> tuple[Member, int]:
    """Returns a member and where it ends, refused where its bytes are not its own."""
    file.seek(min(entry.offset, directory.start))
    head = file.read(LOCAL.size)
    code, words = fault_of(entry)
    start = end = entry.offset
    length = 0
    if len(head) < LOCAL.size or not head.startswith(LOCAL_MAGIC):
        code, words = "member_damaged", "it does not lie where the directory says"
    else:
        name_length, extra_length = LOCAL.unpack(head)[-2:]
        start = entry.offset + LOCAL.size + name_length + extra_length
        if entry.offset < free:
            code, words = "member_overlapping", "its bytes are another member's as well"
        elif start + entry.packed > directory.start:
            code, words = "member_damaged", "it reaches into the directory"
        else:
            end, length = start + entry.packed, entry.packed
    content = allowance.taking(content_of(file, entry, start))
    return Member(entry.name, content, length, code, words), end
