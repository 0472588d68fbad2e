"""Made-up HTML pages in the form of both sites, each with what a reader should get out of it.

The pages are those of `benchmarks.pages`, dressed: menus, search boxes, scripts and footers around
a header of labels and values and a body of paragraphs, headings, lists, tables and notes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html import escape
from random import Random

from benchmarks.facts import Facts, facts_of
from benchmarks.pages import address_of, header_rows, last_updated

_NEW = frozenset({"new", "new_bare", "new_pdf"})
_MENU = ("Home", "About", "Topics", "Countries", "Publishers", "Legal", "Policy", "Search tips")
_SCRIPT = "var page = {rows: 4 < 5, name: '<p>'};\n" * 120


@dataclass(frozen=True, slots=True)
class HtmlPage:
    """One page.

    Args:
        payload: Its bytes, UTF-8.
        target_uri: Its address.
        words: The words of its body.
        values: Its header's values as printed, by field.
    """

    payload: bytes
    target_uri: str
    words: list[str]
    values: dict[str, str]


def html_page(seed: int, number: int, mean_bytes: int) -> HtmlPage:
    """Returns page `number` of the corpus of `seed`, half of them in the new site's form."""
    rng = Random(f"{seed}:html:{number}")
    facts = facts_of(Random(f"{seed}:page:{number}"), mean_bytes)
    captured = datetime(2012, 1, 1, tzinfo=UTC) + timedelta(seconds=rng.randrange(375_000_000))
    body = "\n".join(_block(part) for part in facts.parts)
    is_new = facts.layout in _NEW or rng.random() < 0.3
    make = _new if is_new else _old
    html, values = make(facts, rng, captured, body)
    words = " ".join(facts.parts).split()
    address = address_of(facts, rng) or f"https://www.refworld.org/docid/{facts.old_id}.html"
    return HtmlPage(html.encode(), address, words, values)


def _block(part: str) -> str:
    lines = part.split("\n")
    text = "<br>\n".join(escape(line, quote=False) for line in lines)
    if len(part) < 80 and not part.endswith("."):
        return f"<h3>{text}</h3>"
    if part.lstrip().startswith("•"):
        items = "".join(f"\n <li>{escape(line, quote=False)}</li>" for line in lines)
        return f"<ul>{items}\n</ul>"
    return f'<p class="text">{text}</p>'


def _old(facts: Facts, rng: Random, captured: datetime, body: str) -> tuple[str, dict[str, str]]:
    rows = header_rows(facts, rng, captured)
    table = "\n".join(
        f"<tr><td><b>{label}</b></td><td>{escape(value, quote=False)}</td></tr>"
        for label, value in rows
    )
    menu = "".join(f'<td><a href="/{name.lower()}.html">{name}</a></td>' for name in _MENU)
    html = f"""<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "xhtml1.dtd">
<html><head><title>Refworld</title>
<meta http-equiv="Content-Type" content="text/html; charset=utf-8">
<script type="text/javascript">{_SCRIPT}</script></head><body>
<table class="top"><tr>{menu}</tr></table>
<form action="/search"><input name="q"><input type="submit" value="Search"></form>
<table width="100%"><tr><td width="20%"><a href="/a">Countries</a><br><a href="/b">Topics</a></td>
<td><p>{last_updated(captured)}</p><h1>{escape(facts.title)}</h1>
<table>{table}</table>
{body}
<div>Search Refworld</div><div>Countries</div></td></tr></table>
<div class="footer"><a href="/legal">Terms of use</a></div></body></html>"""
    names = {"Publisher": "publisher", "Author": "author", "Publication Date": "publication_date"}
    names |= {"Cite as": "cite_as", "Citation / Document Symbol": "document_symbol"}
    values = {names[label]: value for label, value in rows if label in names}
    return html, {"title": facts.title, **values}


def _new(facts: Facts, rng: Random, captured: datetime, body: str) -> tuple[str, dict[str, str]]:
    author = f"<li>Author: {escape(facts.author)}</li>" if facts.author else ""
    menu = "".join(f'<li><a href="/{name.lower()}">{name}</a></li>' for name in _MENU)
    html = f"""<!DOCTYPE html><html lang="en" dir="ltr"><head><meta charset="utf-8" />
<title>{escape(facts.title)} | Refworld</title><script>{_SCRIPT}</script></head><body>
<a href="#main" class="visually-hidden">Skip to main content</a><header><nav><ul>{menu}</ul></nav>
</header><main id="main"><nav class="breadcrumb"><ol><li><a href="/">Home</a></li></ol></nav>
<article><h1><span>{escape(facts.title)}</span></h1><ul>{author}<li>Document source:</li>
<li><div>Date:</div><div>{facts.published}</div></li></ul><div class="body">{body}</div>
</article></main><footer><ul>{menu}</ul><p>Captured {captured:%Y}, {rng.randrange(9)}</p></footer>
</body></html>"""
    values = {"title": facts.title, "publication_date": facts.published}
    return html, values | ({"author": facts.author} if facts.author else {})
