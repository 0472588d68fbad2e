"""A disk that loses its power: what may be on it is computed from the effects on a real folder.

Bytes that were not synced may be missing, cut short or zeros. A name that was given or taken
away may have been or not, each by itself, until its folder is synced; only a rename within one
folder is one step. DuckDB's own writes are not seen: a file of its is known from its first sync.
"""

from __future__ import annotations

import copy
import os
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.durability.layer import Effect


@dataclass
class File:
    """A file: what the program wrote, and what of it is synced."""

    content: bytes = b""
    synced: bytes = b""


@dataclass
class Folder:
    """A folder: its names, those that are durable, and the changes that may yet be lost."""

    names: dict[str, File | Folder] = field(default_factory=dict)
    durable: dict[str, File | Folder] = field(default_factory=dict)
    pending: list[dict[str, File | Folder | None]] = field(default_factory=list)

    def change(self, names: dict[str, File | Folder | None]) -> None:
        """Gives names and takes them away (None), in one step that is not durable yet."""
        _apply(self.names, names)
        self.pending.append(names)

    def sync(self) -> None:
        """Makes all names durable."""
        self.durable = dict(self.names)
        self.pending = []


class Platter:
    """Follows all effects below a folder, as the layer under the store."""

    def __init__(
        self, base: Path, is_left_out: Callable[[Path], bool] = lambda _path: False
    ) -> None:
        self.base = base
        self.root = Folder()
        self.moments: Callable[[str], None] = lambda _name: None
        self._is_left_out = is_left_out
        self._open: dict[int, File] = {}

    def __call__(
        self, name: str, effect: Effect, arguments: tuple[Any, ...], options: dict[str, Any]
    ) -> Any:
        """Does an effect, follows it, and lets `moments` look at what is there now."""
        result = effect(*arguments, **options)
        if name.startswith("sync") and self._is_left_out(_synced_path(arguments[0])):
            return result
        getattr(self, f"_{name}")(*arguments, result=result, **options)
        self.moments(name)
        return result

    def take_over(self) -> None:
        """Takes what stands below the folder already for durable."""
        _take_over(self.root, self.base)

    def lose_power(self) -> Callable[[Path, random.Random | str], None]:
        """Returns what makes, as a new folder, what is on the disk after a loss of power now.

        It is told what survives: `nothing` of what is not synced, all `names` but no bytes, or
        what a generator says.
        """
        root = copy.deepcopy(self.root)
        return lambda target, choice: _lay_down(root, target, choice)

    def _folder(self, path: Path) -> Folder:
        folder = self.root
        for part in path.relative_to(self.base).parts:
            found = folder.names[part]
            assert isinstance(found, Folder)
            folder = found
        return folder

    def _create(self, path: Path, *, is_new: bool, result: int) -> None:
        folder = self._folder(path.parent)
        file = folder.names.get(path.name)
        if not isinstance(file, File):
            file = File()
            folder.change({path.name: file})
        file.content = b""
        self._open[result] = file

    def _write(self, descriptor: int, content: bytes, *, result: int) -> None:
        self._open[descriptor].content += bytes(content[:result])

    def _sync_file(self, descriptor: int, *, result: None) -> None:
        path = _synced_path(descriptor)
        folder = self._folder(path.parent)
        file = folder.names.get(path.name)
        if not isinstance(file, File):
            file = File()
            folder.change({path.name: file})
        # Read anew: DuckDB writes without our seeing it.
        file.content = file.synced = path.read_bytes()

    def _sync_folder(self, path: Path, *, result: None) -> None:
        self._folder(path).sync()

    def _rename(self, source: Path, target: Path, *, result: None) -> None:
        left, right = self._folder(source.parent), self._folder(target.parent)
        # A file of DuckDB's that was never synced is seen here first.
        moved = left.names.get(source.name) or File(target.read_bytes())
        if left is right:
            left.change({source.name: None, target.name: moved})
        else:
            right.change({target.name: moved})
            left.change({source.name: None})

    def _copy(self, source: Path, target: Path, *, result: None) -> None:
        self._folder(target.parent).change({target.name: File(source.read_bytes())})

    def _make_folder(self, path: Path, *, result: None) -> None:
        self._folder(path.parent).change({path.name: Folder()})

    def _remove_file(self, path: Path, *, result: None) -> None:
        self._folder(path.parent).change({path.name: None})

    def _remove_tree(self, path: Path, *, result: None) -> None:
        folder = self._folder(path)
        for name in sorted(folder.names):
            if isinstance(folder.names[name], Folder):
                self._remove_tree(path / name, result=None)
            else:
                folder.change({name: None})
        self._folder(path.parent).change({path.name: None})


def _take_over(folder: Folder, place: Path) -> None:
    for path in place.iterdir():
        if path.is_dir():
            folder.names[path.name] = below = Folder()
            _take_over(below, path)
        else:
            content = path.read_bytes()
            folder.names[path.name] = File(content, content)
    folder.durable = dict(folder.names)


def _synced_path(what: int | Path) -> Path:
    return what if isinstance(what, Path) else Path(os.readlink(f"/proc/self/fd/{what}"))


def _apply(names: dict[str, File | Folder], change: dict[str, File | Folder | None]) -> None:
    for name, what in change.items():
        if what is None:
            names.pop(name, None)
        else:
            names[name] = what


def _lay_down(folder: Folder, target: Path, choice: random.Random | str) -> None:
    target.mkdir(parents=True)
    names = dict(folder.durable)
    for change in folder.pending:
        if choice == "names" or (isinstance(choice, random.Random) and choice.random() < 0.5):
            _apply(names, change)
    for name, what in names.items():
        if isinstance(what, Folder):
            _lay_down(what, target / name, choice)
        else:
            (target / name).write_bytes(_surviving(what, choice))


def _surviving(file: File, choice: random.Random | str) -> bytes:
    if file.content == file.synced or choice == "nothing":
        return file.synced
    if choice == "names":
        return bytes(len(file.content))
    assert isinstance(choice, random.Random)
    kept = file.content[: choice.randint(0, len(file.content))]
    return kept + bytes(choice.choice((0, len(file.content) - len(kept))))
