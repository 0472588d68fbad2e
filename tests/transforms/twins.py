"""HTML twins of text pages: pages that a text could be extracted from, in the form of both sites.

The furniture around the document is made up in the manner of such sites.
"""

from __future__ import annotations

import re
from html import escape

from transforms.labels import match_bars, match_plain
from transforms.reading import read_page
from transforms.records import Reading, capture_of

BULLET = re.compile(r"(?:[•·●▪■◦‣∙*§]|[-–—o](?=\s))\s*")
OLD_FORMS = ("table", "dl", "lines", "blocks")


def twin_of(payload: bytes, target_uri: str | None, form: str) -> bytes:
    """Returns a text page as HTML of the old site (`table`, `dl`, …) or the new one (`new`)."""
    capture = capture_of(payload, target_uri or "file:///page.txt")
    reading = read_page(capture)
    head, body = _parts(reading, form)
    frame = _NEW_FRAME if form == "new" else _OLD_FRAME
    html = frame.replace("@HEAD@", "\n".join(head)).replace("@BODY@", "\n".join(body))
    return html.encode("utf-8")


def words(reading: Reading) -> list[str]:
    """Returns the words of the body, without the marks before list items and between cells."""
    body = ("heading", "paragraph", "list_item", "table_row", "footnote", "caption")
    texts = []
    for block in reading.blocks:
        if block.kind in body:
            text = BULLET.sub("", block.text, count=1) if block.kind == "list_item" else block.text
            texts.append(text.replace("|", " "))
    return " ".join(texts).split()


def _parts(reading: Reading, form: str) -> tuple[list[str], list[str]]:
    head: list[str] = []
    rows: list[tuple[str, str]] = []
    body: list[str] = []
    is_headed = form in OLD_FORMS
    for block in reading.blocks:
        text = escape(block.text, quote=False)
        if block.kind == "blank":
            continue
        if block.kind == "title":
            head.append(f"<h1>{text}</h1>")
        elif block.kind == "header_field" and not body:
            match = match_bars(block.text) if "|" in block.text else match_plain(block.text)
            if is_headed and match and reading.layout in ("plain", "pipe", "table"):
                label = match.label or block.text[: match.start].strip(" |:")
                rows.append((label, escape(block.text[match.start : match.end], quote=False)))
            else:
                head.append(f"<p>{text}</p>" if form != "new" else f"<div>{text}</div>")
        else:
            body.append(_block(block.kind, block.text))
    return head + (_FORMS[form](rows) if rows else []), body


def _block(kind: str, words: str) -> str:
    text = escape(words, quote=False)
    match kind:
        case "heading":
            return f"<h3>{text}</h3>"
        case "list_item":
            return f"<ul>\n <li>{escape(BULLET.sub('', words, count=1), quote=False)}</li></ul>"
        case "footnote":
            return f'<div id="ftn1"><p>{text}</p></div>'
        case "table_row" if "|" in words:
            cells = "".join(f"<td>{part.strip()}</td>" for part in text.strip("| ").split("|"))
            return f"<table><tr>{cells}</tr></table>"
        case "boilerplate" | "table_row":
            return f"<div>{text}</div>"
    # Sources are wrapped anywhere, and full of tags that say nothing.
    broken = re.sub(r"(?<=\w) (?=\w{6})", "\n    ", text, count=3)
    return f"<p><span lang=en>{broken[:9]}</span><b></b>{broken[9:]}</p>"


def _table(rows: list[tuple[str, str]]) -> list[str]:
    made = [f"<tr><td><b>{label}</b></td><td>{value}</td></tr>" for label, value in rows]
    return ["<table border=0>", *made, "</table>"]


def _list(rows: list[tuple[str, str]]) -> list[str]:
    return ["<dl>", *(f"<dt>{label}</dt> <dd>{value}</dd>" for label, value in rows), "</dl>"]


def _lines(rows: list[tuple[str, str]]) -> list[str]:
    return [f"<div><strong>{label}</strong> <span>{value}</span></div>" for label, value in rows]


def _blocks(rows: list[tuple[str, str]]) -> list[str]:
    return [f"<div><div>{label}</div><div>{value}</div></div>" for label, value in rows]


_FORMS = {"table": _table, "dl": _list, "lines": _lines, "blocks": _blocks, "new": _lines}

_OLD_FRAME = """<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "x.dtd">
<html><head><title>Refworld</title><style>p { color: red }</style>
<script>if (1 < 2) document.write("<p>Publisher Nobody</p>");</script></head>
<body><!-- a page --><div id="topMenu"><ul><li><a href="/home.html">Home</a></li>
<li><a href="/about.html">About us</a></li><li><a href="/topics.html">Topics</a></li></ul></div>
<form action="/search"><input name=q><select><option>Peru<option>Chad</select>
<input type=submit value=Search></form>
<table class=layout><tr><td width=20%><a href="/a">Countries</a><br><a href="/b">Publishers</a></td>
<td><table><tr><td>@HEAD@
@BODY@</td></tr></table></td></tr></table>
<noscript><p>Switch scripts on.</p></noscript>
<div class="footer">Copyright and more <a href="/legal">Legal</a></div></body></html>
"""
_NEW_FRAME = """<!DOCTYPE html><html lang="en" dir="ltr"><head><meta charset="utf-8" />
<title>Refworld</title></head><body class="path-node"><a class="visually-hidden skip" href="#main">
Skip to main content</a><div role="dialog" class="cookies"><h2>We use cookies</h2>
<p>We use cookies on this site, to see how it is used and what might be made better; by going on
you agree to it, and to all that we may think of later, as is the custom everywhere.</p></div>
<header><a href="/"><img src="logo.svg" alt="The site's home"></a><nav><ul><li>
<a href="/x">Legal</a></li><li><a href="/y">Policy</a></li></ul></nav></header>
<main id=main><nav class="breadcrumb"><ol><li>Home</li><li>Documents</li></ol></nav>
<article>@HEAD@
<div class="field--name-body">@BODY@</div></article></main>
<aside><h2>Related documents</h2><ul><li><a href="/z">Another one</a></li></ul></aside>
<footer><p>About</p><p>Contact</p></footer></body></html>
"""
