"""What the store does to a disk: a few plain operations, each one call to the operating system.

`warehouse/disk.py` puts them in an order that survives a loss of power, and is the only caller.
They stand apart so that a test can put a disk that fails, or that forgets, in their place.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path


def create(path: Path, *, is_new: bool) -> int:
    """Opens a file to be written, and returns its descriptor.

    Args:
        path: The file.
        is_new: Whether one that is there is refused; otherwise it is emptied.

    Raises:
        FileExistsError: It is to be new, and something of that name is there.
    """
    how = os.O_EXCL if is_new else os.O_TRUNC
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC | how, 0o666)


def write(descriptor: int, content: bytes | memoryview) -> int:
    """Writes to an open file and returns how many bytes were taken, which may be fewer."""
    return os.write(descriptor, content)


def sync_file(descriptor: int) -> None:
    """Waits until the bytes of an open file are on the disk."""
    os.fsync(descriptor)


def sync_folder(folder: Path) -> None:
    """Waits until the names in a folder are on the disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def rename(source: Path, target: Path) -> None:
    """Gives a file or a folder another name, in one step."""
    os.replace(source, target)


def copy(source: Path, target: Path) -> None:
    """Copies the bytes of a file."""
    shutil.copyfile(source, target)


def make_folder(folder: Path) -> None:
    """Makes a folder in one that exists."""
    os.mkdir(folder)


def remove_file(path: Path) -> None:
    """Removes the name of a file."""
    os.unlink(path)


def remove_tree(folder: Path) -> None:
    """Removes a folder with all in it, in no order that could be relied on."""
    shutil.rmtree(folder)
