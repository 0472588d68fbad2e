"""A comparison as a page of HTML that stands by itself: nothing in it runs or is loaded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any

from flows.printable import printable
from transforms.comparing import (
    ADDED,
    DROPPED,
    REWORDED,
    SAME,
    Change,
    SectionChange,
    compare_words,
)

_STYLE = """
body { font: 15px/1.5 Georgia, serif; color: #1a1a1a; max-width: 52rem; margin: 2rem auto;
  padding: 0 1rem; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.1rem; border-top: 1px solid #ccc; padding-top: .6rem; }
ins { background: #ddf4dd; text-decoration: none; } del { background: #fbdcdc; }
.same { color: #777; } .kind { font-size: .8rem; color: #456; }
"""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
_KINDS = {
    SAME: "as before",
    ADDED: "this section is new",
    DROPPED: "this section is gone",
    REWORDED: "changed",
}


def comparison_html(
    one: Mapping[str, Any], other: Mapping[str, Any], changes: Sequence[SectionChange]
) -> str:
    """Returns the page.

    Args:
        one: The document before: document_id, capture_id, title, publication_date.
        other: The document after.
        changes: What became of its sections.
    """
    return "".join(_page(one, other, changes))


def _page(
    one: Mapping[str, Any], other: Mapping[str, Any], changes: Sequence[SectionChange]
) -> Iterator[str]:
    yield (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        f"<title>Comparison</title><style>{_STYLE}</style></head><body>\n<h1>Comparison</h1>\n"
        f"<p><del>{_named(one)}</del><br><ins>{_named(other)}</ins></p>\n"
        "<p class=kind>Words only the first has are <del>struck out</del>, words only the second "
        "has are <ins>marked</ins>, and what both have is grey.</p>\n"
    )
    for section in changes:
        heading = section.after if section.kind != DROPPED else section.before
        words = _text(heading or "Before the first heading")
        yield f"<h2>{words} <span class=kind>{_KINDS[section.kind]}</span></h2>\n"
        if section.kind == REWORDED and section.before != section.after:
            was = _text(section.before or "none")
            yield f"<p class=kind>The heading was <del>{was}</del></p>\n"
        yield from (_sentence(change) for change in section.changes)
    yield "</body></html>\n"


def _sentence(change: Change) -> str:
    match change.kind:
        case "added":
            return f"<p><ins>{_text(change.after)}</ins></p>\n"
        case "dropped":
            return f"<p><del>{_text(change.before)}</del></p>\n"
        case "same":
            return f"<p class=same>{_text(change.after)}</p>\n"
        case _:
            parts = compare_words(change.before or "", change.after or "")
            return f"<p>{' '.join(map(_words, parts))}</p>\n"


def _words(part: Change) -> str:
    words = _text(part.after or part.before)
    tag = {ADDED: "ins", DROPPED: "del"}.get(part.kind)
    return f"<{tag}>{words}</{tag}>" if tag else words


def _named(row: Mapping[str, Any]) -> str:
    date = f", {row['publication_date']}" if row["publication_date"] else ""
    return _text(f"{row['title'] or 'Without title'}{date} ({row['document_id']})")


def _text(words: str | None) -> str:
    return escape(printable(words or ""))
