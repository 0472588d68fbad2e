"""Packages for tests: honest ones by Python's own writers, attacks byte by byte."""

import io
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

PAGE = (
    b"Last Updated: Tuesday, 06 June 2023, 11:08 GMT\n\nA Title\n\nPublisher Human Rights Watch\n"
)


def zip_of(members: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Returns a zip as other programs write it."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as package:
        for name, content in members.items():
            package.writestr(zipfile.ZipInfo(name), content, method)
    return target.getvalue()


class Unseekable(io.RawIOBase):
    """A pipe: zipfile then writes the sizes behind each member."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, content: bytes) -> int:  # type: ignore[override]
        self.parts.append(bytes(content))
        return len(content)


def piped_zip_of(members: Mapping[str, bytes]) -> bytes:
    """Returns a zip that was written into a pipe."""
    target = Unseekable()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in members.items():
            package.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return b"".join(target.parts)


def tar_of(members: Mapping[str, bytes], form: int = tarfile.PAX_FORMAT) -> bytes:
    """Returns a tar as other programs write it."""
    infos = []
    for name, content in members.items():
        info = tarfile.TarInfo(name)
        info.size = len(content)
        infos.append((info, content))
    return tar_with(infos, form)


def tar_with(
    infos: Iterable[tuple[tarfile.TarInfo, bytes]], form: int = tarfile.PAX_FORMAT
) -> bytes:
    """Returns a tar of members of any kind."""
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w", format=form, errors="surrogateescape") as package:
        for info, content in infos:
            package.addfile(info, io.BytesIO(content))
    return target.getvalue()


def tar_header(name: bytes, kind: bytes, size: bytes, link: bytes = b"") -> bytes:
    """Returns a header whose size is any field of 12 bytes."""
    block = bytearray(512)
    block[: len(name)] = name
    block[100:108] = b"0000644\0"
    block[124:136] = size
    block[156:157] = kind
    block[157 : 157 + len(link)] = link
    block[257:265] = b"ustar\x0000"
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block)


def filled(content: bytes) -> bytes:
    """Returns `content` filled up to blocks of a tar."""
    return content + bytes(-len(content) % 512)


TAR_END = bytes(1024)


@dataclass
class Forged:
    """A member of a zip that may lie about itself.

    Args:
        name: Its name.
        content: Its content.
        method: 0 stored, 8 deflated, or any number.
        said: The length that the directory gives, when it lies.
        at: Where the directory says that it lies, when it lies.
        flags: Bit 0 is: encrypted.
        mode: Its Unix mode.
    """

    name: bytes
    content: bytes = b""
    method: int = 8
    said: int | None = None
    at: int | None = None
    flags: int = 0
    mode: int = 0o100644
    packed: bytes | None = None


def forged_zip(members: Iterable[Forged]) -> bytes:
    """Returns a zip, written to the letter as told."""
    body, directory = bytearray(), bytearray()
    count = 0
    for member in members:
        packed = member.packed
        if packed is None:
            deflater = zlib.compressobj(9, zlib.DEFLATED, -15)
            deflated = deflater.compress(member.content) + deflater.flush()
            packed = deflated if member.method == 8 else member.content
        crc = zlib.crc32(member.content)
        said = len(member.content) if member.said is None else member.said
        at = len(body) if member.at is None else member.at
        common = struct.pack(
            "<HHHHLLLHH", member.flags, member.method, 0, 0x21, crc, len(packed), said,
            len(member.name), 0,
        )  # fmt: skip
        if member.at is None:
            body += b"PK\x03\x04" + struct.pack("<H", 20) + common + member.name + packed
        directory += b"PK\x01\x02" + struct.pack("<HH", 0x0314, 20) + common
        directory += struct.pack("<HHHLL", 0, 0, 0, member.mode << 16, at) + member.name
        count += 1
    end = struct.pack("<HHHHLLH", 0, 0, min(count, 0xFFFF), min(count, 0xFFFF), len(directory),
                      len(body), 0)  # fmt: skip
    return bytes(body + directory) + b"PK\x05\x06" + end
