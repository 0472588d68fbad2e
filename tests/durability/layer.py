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
Effect = Callable[..., Any]
# Takes the effect's name, the effect and its arguments, and does it, or not.
Layer = Callable[[str, Effect, tuple[Any, ...], dict[str, Any]], Any]


class Killed(BaseException):
    """The process is dead: nothing it does from here reaches the disk."""


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
    """Disturbs effect number `at`; `length` says how much of a write is done (0 to 1)."""

    def __init__(self, at: int, error: int | None = None, length: float | None = None) -> None:
        self.at = at
        self.error = error
        self.length = length
        self.count = 0
        self.is_dead = False

    @property
    def has_struck(self) -> bool:
        """Whether the effect that was to be disturbed was reached."""
        return self.count > self.at

    def __call__(
        self, name: str, effect: Effect, arguments: tuple[Any, ...], options: dict[str, Any]
    ) -> Any:
        if self.is_dead:
            raise Killed
        is_turn = self.count == self.at
        self.count += 1
        if not is_turn:
            return effect(*arguments, **options)
        if self.length is not None:
            self._do_in_part(name, effect, arguments, options)
        if self.error is not None:
            raise OSError(self.error, os.strerror(self.error))
        self.is_dead = True
        raise Killed

    def _do_in_part(
        self, name: str, effect: Effect, arguments: tuple[Any, ...], options: dict[str, Any]
    ) -> None:
        assert self.length is not None
        if name == "write":
            descriptor, content = arguments
            effect(descriptor, content[: int(len(content) * self.length)])
        elif name == "copy":
            source, target = arguments
            content = Path(source).read_bytes()
            Path(target).write_bytes(content[: int(len(content) * self.length)])
        elif self.length == 1:
            effect(*arguments, **options)
