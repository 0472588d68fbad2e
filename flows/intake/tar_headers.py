"""Headers of tar (POSIX.1-2001 `ustar` and `pax`, and GNU's): what one block says of a member.

Python's own module reads extended headers of any size into memory, and some of its versions turn
in circles on sizes below zero.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from flows.intake.members import decode_name

BLOCK_BYTES = 512
EXTENDED_BYTES = 1 << 20
_CHECKSUM = slice(148, 156)
_LINKS = {b"1": "a hard link", b"2": "a symbolic link"}
_DEVICES = {b"3": "a character device", b"4": "a block device", b"6": "a named pipe"}
_LONG_NAMES = {b"L": "path", b"K": "linkpath"}
_PAX = (b"x", b"X", b"g")
_MOST_BYTES = 1 << 60
_SPARSE = "GNU.sparse"
# Kinds without content of their own, whatever size they say.
_BODILESS = frozenset({b"1", b"2", b"3", b"4", b"5", b"6"})


class HeaderDamaged(Exception):
    """A block is no header of tar, or says what cannot be."""


@dataclass(frozen=True, slots=True)
class Header:
    """What a header says of its member.

    Args:
        name: The name.
        kind: The type flag.
        length: Bytes that follow, filled up to blocks of 512.
        link: What it links to.
        is_sparse_old: Whether further blocks say where its holes are (GNU).
    """

    name: str
    kind: bytes
    length: int
    link: str = ""
    is_sparse_old: bool = False

    @property
    def is_extension(self) -> bool:
        """Whether it only tells of the next member."""
        return self.kind in _PAX or self.kind in _LONG_NAMES

    @property
    def is_folder(self) -> bool:
        """Whether it is a folder, or a note of the program that wrote it: nothing to take in."""
        is_old = self.kind in (b"0", b"\0") and self.name.endswith("/")
        return is_old or self.kind in (b"5", b"V", b"D")

    def fault(self) -> tuple[str | None, str]:
        """Returns code and words of why the member cannot be taken in; no code when it can."""
        if self.kind in _LINKS:
            return "member_link", f"{_LINKS[self.kind]} to {self.link[:200]!r}"
        if self.kind in _DEVICES:
            return "member_device", _DEVICES[self.kind]
        if self.kind in (b"S", b"M", b"N"):
            return "member_unsupported", "it has holes, or is a part of several"
        return None, ""


@dataclass(slots=True)
class Said:
    """What extended headers say: of the next member, and of all that follow."""

    next: dict[str, str] = field(default_factory=dict)
    all: dict[str, str] = field(default_factory=dict)

    def add(self, header: Header, content: bytes) -> None:
        """Takes up an extended header; raises HeaderDamaged when its records cannot be read."""
        if (key := _LONG_NAMES.get(header.kind)) is not None:
            self.next[key] = decode_name(content.partition(b"\0")[0])
        else:
            (self.all if header.kind == b"g" else self.next).update(_pax_records(content))

    def applied(self, header: Header) -> Header:
        """Returns a member's header with what was said of it; the next one's begins anew."""
        said = self.all | self.next
        self.next = {}
        kind = b"S" if any(key.startswith(_SPARSE) for key in said) else header.kind
        length = header.length
        if kind not in _BODILESS and "size" in said:
            length = _whole_number(said["size"])
        return Header(
            said.get("path", header.name), kind, length, said.get("linkpath", header.link),
            header.is_sparse_old,
        )  # fmt: skip


def parse_header(block: bytes) -> Header:
    """Returns what a block of 512 bytes says; raises HeaderDamaged when it is no header."""
    said = _octal(block[_CHECKSUM])
    total = sum(block) - sum(block[_CHECKSUM]) + 8 * ord(" ")
    if said != total:
        raise HeaderDamaged("a header does not have its checksum")
    name = block[:100].partition(b"\0")[0]
    kind = block[156:157]
    prefix = block[345:500].partition(b"\0")[0]
    # GNU's own header has other things where `ustar` has the beginning of long names.
    if prefix and block[257:263] == b"ustar\0" and kind not in _LONG_NAMES:
        name = prefix + b"/" + name
    length = 0 if kind in _BODILESS else _number(block[124:136])
    link = decode_name(block[157:257].partition(b"\0")[0])
    is_sparse = kind == b"S"
    return Header(decode_name(name), kind, length, link, is_sparse and block[482] != 0)


def _pax_records(content: bytes) -> dict[str, str]:
    """Returns the records `<length> <key>=<value>` that matter."""
    said = {}
    at = 0
    while at < len(content) and content[at] != 0:
        digits = content[at : at + 8].partition(b" ")[0]
        length = int(digits) if digits.isdigit() else 0
        record = content[at + len(digits) + 1 : at + length]
        key, equals, value = record.partition(b"=")
        if not equals or not record.endswith(b"\n") or at + length > len(content):
            raise HeaderDamaged("an extended header is damaged")
        if key in (b"path", b"linkpath", b"size") or key.startswith(_SPARSE.encode()):
            said[key.decode("ascii", "replace")[:40]] = decode_name(value[:-1])
        at += length
    return said


def _number(field: bytes) -> int:
    """Returns a size: octal digits, or with its first bit set the bytes themselves (GNU)."""
    if field[0] == 0x80:
        return _possible(int.from_bytes(field[1:], "big"))
    if field[0] & 0x80:
        raise HeaderDamaged("a header says a size below zero")
    return _octal(field)


def _octal(field: bytes) -> int:
    digits = field.strip(b" \0") or b"0"
    if any(digit not in b"01234567" for digit in digits):
        raise HeaderDamaged("a header holds a number that is none")
    return int(digits, 8)


def _whole_number(words: str) -> int:
    if not words.isascii() or not words.isdigit() or len(words) > 20:
        raise HeaderDamaged(f"an extended header says a size that is none: {words[:40]!r}")
    return _possible(int(words))


def _possible(length: int) -> int:
    if length > _MOST_BYTES:
        raise HeaderDamaged(f"a header says a size that cannot be: {length} bytes")
    return length
