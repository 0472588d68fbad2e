"""What the script of a package takes for the words of markup, also of hostile markup."""

from __future__ import annotations

import ast
import time
from pathlib import Path

import pytest

from flows.evidence import verify


def row(source: bytes, raw: str, char_start: int | None = 0) -> dict[str, object]:
    return {"byte_start": 0, "byte_end": len(source), "char_start": char_start, "raw": raw}


@pytest.mark.parametrize(
    ("source", "raw"),
    [
        (b"5&nbsp;June <b title='>'>2006</b>", "5 June 2006"),
        (b"one<!-- > two -->three", "onethree"),
        (b"a < b", "a < b"),
        (b"<td>one</td><td>two</td>", "one | two"),
    ],
)
def test_words_of_markup(source: bytes, raw: str) -> None:
    assert verify.stands(row(source, raw), "utf-8", source, is_markup=True)
    assert not verify.stands(row(source, raw + "x"), "utf-8", source, is_markup=True)


def test_an_attribute_keeps_what_looks_like_a_tag() -> None:
    source = b"Laws &amp; <b>Orders"
    assert verify.stands(row(source, "Laws & <b>Orders", None), "utf-8", source, is_markup=True)


@pytest.mark.parametrize("unit", [b"<a", b"<!--", b"<a '", b"<a \"'", b"<", b"&"])
def test_hostile_markup_takes_linear_time(unit: bytes) -> None:
    source = unit * (1_000_000 // len(unit))
    begun = time.process_time()
    verify.stands(row(source, "x"), "utf-8", source, is_markup=True)
    assert time.process_time() - begun < 2


def test_the_script_needs_the_standard_library_of_an_old_python_alone() -> None:
    source = Path(verify.__file__).read_text()
    ast.parse(source, feature_version=(3, 8))
    imported = {
        name.split(".")[0]
        for node in ast.walk(ast.parse(source))
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for name in (
            [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else [alias.name for alias in node.names]
        )
    }
    assert imported == {
        "__future__", "collections", "gzip", "hashlib", "html", "json", "pathlib", "re", "sys",
        "typing", "zlib",
    }  # fmt: skip
