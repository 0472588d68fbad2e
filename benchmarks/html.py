"""HTML reading beside other readers of HTML on the same pages: speed, words and values kept.

Each reader gets the same made-up pages in one process, timed by the processor's clock. A word of
the body is kept when the reader gives it, in any order; of what it gives, the share that is body
tells what it took along. A header value is told when it is the value of its field, dates by what
they mean; readers of text alone have no fields.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.html_pages import HtmlPage, html_page
from transforms.dates import normalize_date
from transforms.reading import read_page
from transforms.records import capture_of

_BODY = ("heading", "paragraph", "list_item", "table_row", "footnote", "caption")


@dataclass(frozen=True, slots=True)
class Given:
    """What a reader gives of a page: its text, and values by field."""

    text: str
    values: dict[str, str]


def ours(page: HtmlPage) -> Given:
    """Reads a page as an ingest does: words, blocks, values, statements with their bytes, links."""
    reading = read_page(capture_of(page.payload, page.target_uri, media_type="text/html"))
    kinds, texts = reading.blocks.kinds, reading.blocks.texts
    body = [text for kind, text in zip(kinds, texts, strict=True) if kind in _BODY]
    return Given(" ".join(body), {s.field: s.value for s in reading.statements})


def by_trafilatura(page: HtmlPage) -> Given:
    """Reads a page by trafilatura, with its metadata."""
    from trafilatura import bare_extraction

    found = bare_extraction(page.payload.decode(), with_metadata=True)
    if found is None:
        return Given("", {})
    said = found if isinstance(found, dict) else found.as_dict()
    names = {"title": "title", "author": "author", "publication_date": "date"}
    names["publisher"] = "sitename"
    values = {field: said[name] for field, name in names.items() if said[name]}
    return Given(said["text"] or "", values)


def by_resiliparse(page: HtmlPage) -> Given:
    """Reads a page by resiliparse's extraction of the main content."""
    from resiliparse.extract.html2text import extract_plain_text

    return Given(extract_plain_text(page.payload.decode(), main_content=True), {})


def by_selectolax(page: HtmlPage) -> Given:
    """Takes all text of a page by selectolax, which knows of no furniture."""
    from selectolax.lexbor import LexborHTMLParser

    tree = LexborHTMLParser(page.payload.decode())
    tree.strip_tags(["script", "style"])
    return Given(tree.body.text(separator=" ") if tree.body else "", {})


READERS: dict[str, Callable[[HtmlPage], Given]] = {
    "ours": ours,
    "trafilatura": by_trafilatura,
    "resiliparse": by_resiliparse,
    "selectolax": by_selectolax,
}


@dataclass(frozen=True, slots=True)
class Result:
    """Pages a second of processor time; shares of the body's words, of its output, of values."""

    speed: float
    words_kept: float
    is_body: float
    values_kept: float


def measure(read: Callable[[HtmlPage], Given], pages: list[HtmlPage]) -> Result:
    """Returns how a reader does on some pages; the first is read once before, to load its code."""
    read(pages[0])
    began = time.process_time()
    given = [read(page) for page in pages]
    seconds = time.process_time() - began
    kept = wanted = total = values = held = 0
    for page, found in zip(pages, given, strict=True):
        words = Counter(page.words)
        words_found = Counter(found.text.split())
        kept += (words & words_found).total()
        wanted += words.total()
        total += words_found.total()
        values += len(page.values)
        held += sum(_is_told(found, name, value) for name, value in page.values.items())
    return Result(len(pages) / seconds, kept / wanted, kept / max(total, 1), held / values)


def _is_told(found: Given, name: str, value: str) -> bool:
    told, wanted = (" ".join(words.split()) for words in (found.values.get(name, ""), value))
    date = normalize_date(wanted) if name == "publication_date" else None
    return told == (date.edtf if date else wanted)


def compare(count: int, seed: int, mean_bytes: int) -> dict[str, Result]:
    """Returns the result of each reader on the same `count` pages."""
    pages = [html_page(seed, number, mean_bytes) for number in range(count)]
    return {name: measure(read, pages) for name, read in READERS.items()}


def main() -> None:
    """Runs the comparison from a command line; fails where trafilatura is ahead."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.html", description=__doc__)
    parser.add_argument("--count", type=int, default=400)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--mean-bytes", type=int, default=15_000)
    given = parser.parse_args()
    results = compare(given.count, given.seed, given.mean_bytes)
    print(f"{given.count} pages, {given.mean_bytes} bytes of text each on average, one process\n")
    print(f"{'':12} {'pages/s':>8} {'words kept':>11} {'of it body':>11} {'values told':>12}")
    for name, r in results.items():
        shares = f"{r.words_kept:>11.1%} {r.is_body:>11.1%} {r.values_kept:>12.1%}"
        print(f"{name:12} {r.speed:>8.0f} {shares}")
    mine, other = results["ours"], results["trafilatura"]
    if mine.speed <= other.speed or mine.words_kept < other.words_kept:
        parser.exit(1, "trafilatura is ahead\n")
    if mine.values_kept <= other.values_kept:
        parser.exit(1, "trafilatura tells more header values\n")


if __name__ == "__main__":
    main()
