"""One sound file in the place of one that is lacking or damaged; damaged bytes are kept aside."""

from __future__ import annotations

from pathlib import Path

from warehouse import disk
from warehouse.fixity import check_entry
from warehouse.home import Home
from warehouse.staging import FileEntry


def put_aside(home: Home, path: Path, label: str) -> None:
    """Moves a damaged file to damaged/<label>/, under the path it had below the home."""
    if not path.exists():
        return
    target = home.damaged / label / path.relative_to(home.root)
    disk.make_folder(target.parent)
    disk.replace(path, target)


def bring(source: Home, target: Home, entry: FileEntry, label: str) -> bool:
    """Puts a file of one home in its place in another, and returns whether it could.

    It cannot where the source's own bytes are not those of the entry; the target is then left as
    it is. Damaged bytes that stood in its place are kept aside under `label`.

    Raises:
        OSError: The bytes that arrived are not those sent, or cannot be written.
    """
    if check_entry(source, entry).fault:
        return False
    place = target.root / entry.path
    put_aside(target, place, label)
    return disk.copy_verified(source.root / entry.path, place, entry.sha256)
