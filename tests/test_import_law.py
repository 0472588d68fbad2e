"""Bytes come in, become values, become tables, and never go back."""

from __future__ import annotations

import ast
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FORBIDDEN = {
    "transforms": {
        "flows",
        "warehouse",
        "prefect",
        "pyarrow",
        "duckdb",
        "logging",
        "pathlib",
        "os",
        "io",
        "shutil",
        "tempfile",
        "time",
        "random",
        "subprocess",
        "socket",
        "rich",
        "typer",
    },
    "warehouse": {"flows", "prefect", "rich", "typer"},
    "flows": {"pyarrow", "duckdb"},
    "benchmarks": set(),
}
# What the warehouse may know of the reading: the records and the issue codes.
KNOWN_TO_WAREHOUSE = {"transforms.records", "transforms.issue_codes"}
IMPURE_CALLS = {"open", "print", "input", "now", "today", "utcnow"}


def modules(package: str) -> list[Path]:
    return sorted((ROOT / package).rglob("*.py"))


def imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


@pytest.mark.parametrize("package", ["transforms", "warehouse", "flows"])
def test_no_arrow_runs_backwards(package: str) -> None:
    assert modules(package)
    for path in modules(package):
        wrong = {name for name in imports(path) if name.split(".")[0] in FORBIDDEN[package]}
        assert not wrong, f"{path.relative_to(ROOT)} imports {sorted(wrong)}"


def test_the_warehouse_never_interprets() -> None:
    for path in modules("warehouse"):
        known = {name for name in imports(path) if name.split(".")[0] == "transforms"}
        assert known <= KNOWN_TO_WAREHOUSE, f"{path.name} imports {sorted(known)}"


def test_transforms_touch_neither_files_nor_the_clock() -> None:
    for path in modules("transforms"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                assert name not in IMPURE_CALLS, f"{path.name}:{node.lineno} calls {name}"


def test_package_docstrings_are_all_that_init_files_hold() -> None:
    for package in ("transforms", "warehouse", "flows"):
        body = ast.parse((ROOT / package / "__init__.py").read_text()).body
        assert len(body) == 1
        assert isinstance(body[0], ast.Expr)


def test_one_module_tells_the_disk_what_to_do() -> None:
    """What a test puts under `warehouse/effects.py` must see every write, and in its order."""
    telling = {"write_bytes", "write_text", "unlink", "rename", "mkdir", "rmdir", "touch", "fsync"}
    for path in modules("warehouse"):
        if path.name == "effects.py":
            continue
        source = path.read_text()
        known = {alias.name for node in ast.walk(ast.parse(source)) for alias in names_of(node)}
        assert "effects" not in known or path.name == "disk.py", path.name
        assert "shutil" not in imports(path), path.name
        if path.name != "disk.py":
            called = {n.attr for n in ast.walk(ast.parse(source)) if isinstance(n, ast.Attribute)}
            assert not called & telling, f"{path.name} calls {sorted(called & telling)}"


def names_of(node: ast.AST) -> list[ast.alias]:
    return node.names if isinstance(node, ast.Import | ast.ImportFrom) else []


def test_every_package_is_in_the_wheel() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    listed = set(settings["tool"]["setuptools"]["packages"])
    marks = (
        path
        for top in ("flows", "transforms", "warehouse")
        for path in (ROOT / top).rglob("__init__.py")
    )
    assert {".".join(path.parent.relative_to(ROOT).parts) for path in marks} <= listed
