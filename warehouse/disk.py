"""The one module that writes to the file system.

Whatever must outlive a loss of power is written here, in this order: the file's bytes reach the
disk, then the file gets its name, then the folder that holds the name reaches the disk. What the
disk is told to do, one operation at a time, is in `warehouse/effects.py`.
"""

from __future__ import annotations

import errno
import hashlib
import io
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from warehouse import effects

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

DRAFT_SUFFIX = ".draft"
_CHUNK = 1 << 20


@contextmanager
def durable_file(path: Path) -> Iterator[BinaryIO]:
    """Opens a new file whose bytes are on the disk when the block ends.

    Its name is durable only after `sync_folder`, or a `replace`, of the folder.

    Raises:
        FileExistsError: Something of that name is there.
    """
    with _opened(path, is_new=True) as stream:
        yield stream


def write_whole(path: Path, content: bytes) -> None:
    """Writes a file that is there whole or not at all, in place of one that was there before.

    A draft that a killed writer left beside it is written over.
    """
    draft = path.with_name(f".{path.name}{DRAFT_SUFFIX}")
    with _opened(draft, is_new=False) as stream:
        stream.write(content)
    replace(draft, path)


def sync_file(path: Path) -> None:
    """Waits until the bytes of a file are on the disk."""
    with path.open("rb") as stream:
        effects.sync_file(stream.fileno())


def sync_folder(folder: Path) -> None:
    """Waits until the names in a folder are on the disk."""
    effects.sync_folder(folder)


def make_folder(folder: Path) -> None:
    """Makes a folder with all that lead to it, durably; one that exists is left alone."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    with suppress(FileExistsError):  # another writer was quicker
        effects.make_folder(folder)
    sync_folder(folder.parent)


def make_draft_folder(parent: Path, prefix: str) -> Path:
    """Makes a folder in `parent` under a name that nothing else has, and returns it."""
    make_folder(parent)
    folder = parent / f"{prefix}-{secrets.token_hex(4)}"
    effects.make_folder(folder)
    return folder


def replace(source: Path, target: Path) -> None:
    """Moves a file, or a folder to a free place, in one step and waits until that is durable."""
    effects.rename(source, target)
    sync_folder(target.parent)
    if source.parent != target.parent:
        sync_folder(source.parent)


def copy(source: Path, target: Path) -> None:
    """Copies a file's bytes; they are durable only after `sync_file`."""
    effects.copy(source, target)


def copy_hashed(source: Path, target: Path) -> str:
    """Copies a file's bytes and returns the SHA-256 of what was copied, hex; not durable yet."""
    digest = hashlib.sha256()
    with source.open("rb") as read, target.open("wb") as written:
        while chunk := read.read(_CHUNK):
            digest.update(chunk)
            written.write(chunk)
    return digest.hexdigest()


def remove_file(path: Path) -> None:
    """Removes a file durably; one that is not there is no error."""
    if path.is_symlink() or path.exists():
        effects.remove_file(path)
        sync_folder(path.parent)


def remove_tree(path: Path) -> None:
    """Removes a file, or a folder with all in it, durably; nothing there is no error."""
    if path.is_dir() and not path.is_symlink():
        effects.remove_tree(path)
        sync_folder(path.parent)
    else:
        remove_file(path)


def sha256_of(path: Path, on_read: Callable[[int], None] | None = None) -> str:
    """Returns the SHA-256 of a file's bytes, hex; `on_read` is told the length of each piece."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
            if on_read:
                on_read(len(chunk))
    return digest.hexdigest()


def copy_verified(source: Path, target: Path, sha256: str) -> bool:
    """Copies a file in place of `target` if it has that digest, and returns whether it had.

    The draft is read again from the disk, as far as the system lets go of what it holds in memory,
    before it takes the name.

    Raises:
        OSError: The bytes that arrived are not those that were sent, or cannot be written.
    """
    make_folder(target.parent)
    draft = target.with_name(f".{target.name}{DRAFT_SUFFIX}")
    copy(source, draft)
    sync_file(draft)
    _forget_cached(draft)
    if sha256_of(draft) != sha256:
        is_sound = sha256_of(source) == sha256
        remove_file(draft)
        if is_sound:
            raise OSError(errno.EIO, "the bytes that arrived are not those sent", str(target))
        return False
    replace(draft, target)
    return True


def _forget_cached(path: Path) -> None:
    with path.open("rb") as stream:
        os.posix_fadvise(stream.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


class _Descriptor(io.RawIOBase):
    """An open file whose every write is an effect."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._descriptor

    def write(self, content: ReadableBuffer) -> int:
        return effects.write(self._descriptor, memoryview(content))

    def close(self) -> None:
        if not self.closed:
            super().close()
            os.close(self._descriptor)


@contextmanager
def _opened(path: Path, *, is_new: bool) -> Iterator[BinaryIO]:
    raw = _Descriptor(effects.create(path, is_new=is_new))
    with io.BufferedWriter(raw, _CHUNK) as stream:
        yield cast(BinaryIO, stream)
        stream.flush()
        effects.sync_file(raw.fileno())
