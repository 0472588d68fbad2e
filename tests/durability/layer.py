"""What stands in the place of `warehouse.effects`: it counts, records, fails or dies."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from warehouse import effects

NAMES = (
    "create", "write", "sync_file", "sync_folder", "rename", "copy", "make_folder",
    "remove_file", "remove_tree",
)  # fmt: skip
DIED = 9
Effect = Callable[..., Any]
# Takes the effect's name, the effect and its arguments, and does it, or not.
Layer = Callable[[str, Effect, tuple[Any, ...], dict[str, Any]], Any]


@contextmanager
def under(layer: Layer) -> Iterator[None]:
    """Puts a layer between the store and the disk."""
    plain = {name: getattr(effects, name) for name in NAMES}

    def through(name: str) -> Effect:
        return lambda *arguments, **options: layer(name, plain[name], arguments, options)

    for name in NAMES:
        setattr(effects, name, through(name))
    try:
        yield
    finally:
        for name in NAMES:
            setattr(effects, name, plain[name])


class Faulty:
    """Disturbs one effect: does all, a part or nothing of it, and then refuses it or dies.

    Args:
        at: Number of the effect, from 0.
        error: Error number that is raised; without one the process dies, as `kill -9` ends it.
        part: Of a write's or copy's length in bytes, how much of it is done.
        is_done: Whether the effect is done, whatever it is.
        among: Names of the effects that are counted; all, unless given.
    """

    def __init__(
        self,
        at: int,
        error: int | None = None,
        part: Callable[[int], int] | None = None,
        is_done: bool = False,
        among: tuple[str, ...] = NAMES,
    ) -> None:
        self.at = at
        self.error = error
        self.part = part
        self.is_done = is_done
        self.among = among
        self.count = 0

    @property
    def has_struck(self) -> bool:
        """Whether the effect that was to be disturbed was reached."""
        return self.count > self.at

    def __call__(
        self, name: str, effect: Effect, arguments: tuple[Any, ...], options: dict[str, Any]
    ) -> Any:
        """Does the effect, or disturbs it."""
        if name not in self.among:
            return effect(*arguments, **options)
        is_turn = self.count == self.at
        self.count += 1
        if not is_turn:
            return effect(*arguments, **options)
        if self.is_done:
            effect(*arguments, **options)
        elif self.part:
            _do_part(name, effect, arguments, self.part)
        if self.error is not None:
            raise OSError(self.error, os.strerror(self.error))
        os._exit(DIED)


def _do_part(
    name: str, effect: Effect, arguments: tuple[Any, ...], part: Callable[[int], int]
) -> None:
    if name == "write":
        descriptor, content = arguments
        effect(descriptor, content[: part(len(content))])
    elif name == "copy":
        source, target = arguments
        content = Path(source).read_bytes()
        Path(target).write_bytes(content[: part(len(content))])
