"""No regular expression is superlinear: each is fed the worst that its own pattern suggests."""

from __future__ import annotations

import ast
import importlib
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.hostile.attacks import Attack, attacks

_ROOT = Path(__file__).parents[2]
# Cubic ones are caught at the second length, exponential ones at the first.
_LENGTHS = (24, 256, 8192)
_SECONDS = 0.01  # what takes less is too short to be measured, and to do harm
_RATIO = 9.0  # for four times the length: 4 is linear, 16 quadratic
_PLAIN_RATIO = 36.0  # what no stall of the machine could make of a linear one
_TRIES = 4
# At one place of the words, or anywhere in them: to find all is to search, split or substitute.
_METHODS = {"match": "fullmatch", "fullmatch": "fullmatch"} | dict.fromkeys(
    ("search", "findall", "finditer", "split", "sub", "subn"), "findall"
)


def _sources() -> dict[str, ast.Module]:
    """Returns the program by the names of its modules."""
    paths = [
        path
        for name in ("transforms", "warehouse", "flows")
        for path in (_ROOT / name).rglob("*.py")
    ]
    return {
        ".".join(path.relative_to(_ROOT).with_suffix("").parts): ast.parse(path.read_text())
        for path in sorted(paths)
    }


def _patterns() -> dict[str, re.Pattern[Any]]:
    """Returns all expressions of the program by name, also those inside tables."""
    found: dict[str, re.Pattern[Any]] = {}
    for name, tree in SOURCES.items():
        if not any(_is_compile(node) for node in ast.walk(tree)):
            continue
        for attribute, value in vars(importlib.import_module(name)).items():
            for number, pattern in enumerate(_inside(value)):
                found[f"{name}.{attribute}" + (f"[{number}]" if number else "")] = pattern
    return found


def _is_compile(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and ast.unparse(node) == "re.compile"


def _uses() -> dict[str, set[str]]:
    """Returns by the names of expressions how the program lets them match.

    A name that a module uses is its own or, where the module has none, that of any other's.
    """
    uses: dict[str, set[str]] = {}
    for module, tree in SOURCES.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and node.attr in _METHODS:
                owner = ast.unparse(node.value).rpartition(".")[2]
                own = f"{module}.{owner}"
                uses.setdefault(own if own in PATTERNS else owner, set()).add(_METHODS[node.attr])
    return uses


def _methods_of(name: str) -> set[str]:
    """Returns how an expression is used; in all ways where that cannot be told."""
    found = USES.get(name, set()) | USES.get(name.rpartition(".")[2], set())
    # One that stands in a table is used by another name: it has to hold in both ways.
    return found or set(_METHODS.values())


def _inside(value: object) -> Iterator[re.Pattern[Any]]:
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, dict):
        for part in (*value.keys(), *value.values()):
            yield from _inside(part)
    elif isinstance(value, tuple | list | set | frozenset):
        for part in value:
            yield from _inside(part)


def _superlinear(pattern: re.Pattern[Any], methods: set[str]) -> str | None:
    """Returns the use and the attack under which a pattern grows faster than its input."""
    for method in sorted(methods):
        for attack in attacks(pattern):
            if any(_grows(pattern, getattr(pattern, method), attack, n) for n in _LENGTHS):
                return f"{method} of {attack}"
    return None


def _grows(
    pattern: re.Pattern[Any], method: Callable[[Any], Any], attack: Attack, length: int
) -> bool:
    many, few = (_typed(pattern, attack.words(n)) for n in (length, length // 4))
    # A stall of the machine does not come every time; a superlinear one does.
    for _ in range(_TRIES):
        slow = _seconds(method, many)
        fast = min(_seconds(method, few) for _ in range(3))
        if slow < _SECONDS or slow < _RATIO * fast:
            return False
        if slow > _PLAIN_RATIO * fast:
            return True
    return True


def _typed(pattern: re.Pattern[Any], words: str) -> str | bytes:
    return words if isinstance(pattern.pattern, str) else words.encode("utf-8", "replace")


def _seconds(method: Callable[[Any], Any], words: str | bytes) -> float:
    began = time.process_time()
    method(words)
    return time.process_time() - began


SOURCES = _sources()
PATTERNS = _patterns()
USES = _uses()


def test_all_expressions_are_compiled_at_the_top() -> None:
    for name, tree in SOURCES.items():
        functions = [part for part in ast.walk(tree) if isinstance(part, ast.FunctionDef)]
        inner = [node for part in functions for node in ast.walk(part)]
        calls = [ast.unparse(node.func) for node in inner if isinstance(node, ast.Call)]
        used = {call for call in calls if call.startswith("re.")}
        assert used <= {"re.escape"}, f"{name}: nothing tests this expression"


@pytest.mark.parametrize("name", PATTERNS)
def test_an_expression_is_linear_in_its_use(name: str) -> None:
    assert _superlinear(PATTERNS[name], _methods_of(name)) is None


SLOW_TO_FIND = (r"(?:a|a)*b", r"(?:[a-z]+,?)*;", r"x?.*\d.*!")


@pytest.mark.parametrize(
    "planted",
    [
        r"(a+)+$",
        r"\s*x\s*$",
        r"(?=.*y)z",
        r"\s+$",
        *(pytest.param(p, marks=pytest.mark.long) for p in SLOW_TO_FIND),
    ],
)
def test_a_planted_one_is_found(planted: str) -> None:
    assert _superlinear(re.compile(planted), set(_METHODS.values())) is not None
