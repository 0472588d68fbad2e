"""Made-up pages in every layout, each a pure function of a seed and its number in the corpus."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

from benchmarks.facts import Facts, facts_of, printed_date
from benchmarks.prose import heading, paragraph

RECAPTURE_SHARE = 0.04
DISCLAIMER = (
    "This is not a UNHCR publication. UNHCR is not responsible for, nor does it necessarily "
    "endorse, its content. Any views expressed are solely those of the author or publisher and do "
    "not necessarily reflect those of UNHCR, the United Nations or its Member States."
)
_NEW_LAYOUTS = frozenset({"new", "new_bare", "new_pdf"})
_SITE = "https://www.refworld.org"


@dataclass(frozen=True, slots=True)
class Page:
    """One generated page: its text, its address if it has one, and when it was captured."""

    text: str
    target_uri: str | None
    captured_at: datetime


def page(seed: int, number: int, mean_bytes: int) -> Page:
    """Returns page `number` of the corpus of `seed`.

    Args:
        seed: The corpus's seed.
        number: The page's place in the corpus, from 0; its text depends on no other page but the
            one that it may be a later capture of.
        mean_bytes: The mean size of the corpus's pages.
    """
    rng = Random(f"{seed}:capture:{number}")
    facts = facts_of(Random(f"{seed}:page:{_origin(seed, number)}"), mean_bytes)
    captured = datetime(2012, 1, 1, tzinfo=UTC) + timedelta(seconds=rng.randrange(375_000_000))
    if facts.layout == "listing":
        return Page(_listing(facts, captured), _listing_address(facts), captured)
    return Page(_LAYOUTS[facts.layout](facts, rng, captured), address_of(facts, rng), captured)


def _origin(seed: int, number: int) -> int:
    """Returns the number of the page that page `number` is a capture of, most often itself."""
    while number > 0:
        rng = Random(f"{seed}:origin:{number}")
        if rng.random() >= RECAPTURE_SHARE:
            break
        number = rng.randrange(number)
    return number


def _cited_address(facts: Facts) -> str:
    return f"{_SITE}/docid/{facts.old_id}.html"


def _citation(facts: Facts, rng: Random, captured: datetime) -> str:
    accessed = captured + timedelta(days=rng.randrange(3))
    address = "" if rng.random() < 0.4 else f"{_cited_address(facts)}\u00a0"
    symbol = f", {facts.symbol}" if facts.symbol else ""
    return (
        f"{facts.publisher.name}, {facts.title}, {facts.published}{symbol},\u00a0available at: "
        f"{address}[accessed {accessed.day} {accessed:%B %Y}]"
    )


def header_rows(facts: Facts, rng: Random, captured: datetime) -> list[tuple[str, str]]:
    """Returns the labels and values of the old site's header."""
    rows = [("Publisher", facts.publisher.name)]
    if facts.author:
        rows.append(("Author", facts.author))
    rows.append(("Publication Date", facts.published))
    if facts.symbol:
        rows.append(("Citation / Document Symbol", facts.symbol))
    rows.append(("Cite as", _citation(facts, rng, captured)))
    if facts.publisher.has_disclaimer:
        rows.append(("Disclaimer", DISCLAIMER))
    return rows


def last_updated(captured: datetime) -> str:
    """Returns the line that the old site's pages begin with."""
    return f"Last Updated: {captured - timedelta(hours=30):%A, %d %B %Y, %H:%M} GMT"


def _plain(facts: Facts, rng: Random, captured: datetime) -> str:
    rows = "\n".join(
        label + ("" if label == "Disclaimer" else " ") + value
        for label, value in header_rows(facts, rng, captured)
    )
    parts = [last_updated(captured), facts.title, rows, *facts.parts, "Search Refworld"]
    return "\n\n".join([*parts, "Countries"]) + "\n"


def _bare(facts: Facts, rng: Random, captured: datetime) -> str:
    first = [facts.title] if rng.random() < 0.3 else []
    return "\n\n".join(first + facts.parts) + "\n"


def _pipe(facts: Facts, rng: Random, captured: datetime) -> str:
    rows = [f"{label} | {value} |" for label, value in header_rows(facts, rng, captured)]
    return "\n".join([facts.title, *rows, *facts.parts]) + "\n"


def _table(facts: Facts, rng: Random, captured: datetime) -> str:
    rows = [f"| {label} | {value} |" for label, value in header_rows(facts, rng, captured)]
    return "\n".join([facts.title, *rows]) + "\n\n" + "\n\n".join(facts.parts) + "\n"


def _print(facts: Facts, rng: Random, captured: datetime) -> str:
    head = f"{_citation(facts, rng, captured)}\nDisclaimer\n{DISCLAIMER}\n"
    return head + "\n\n".join(facts.parts) + "\n"


def _cited(facts: Facts, rng: Random, captured: datetime) -> str:
    return "\n\n".join([_citation(facts, rng, captured), *facts.parts]) + "\n"


def _new(facts: Facts, rng: Random, captured: datetime) -> str:
    author = [f"- Author: {facts.author}"] if facts.author else []
    head = [facts.title, *author, "- Document source:", "-", "Date:", facts.published]
    return "\n".join(head + facts.parts) + "\n"


def _new_pdf(facts: Facts, rng: Random, captured: datetime) -> str:
    return "\n".join([facts.title, "English", "French", paragraph(rng, 12)]) + "\n"


_LAYOUTS: dict[str, Callable[[Facts, Random, datetime], str]] = {
    "plain": _plain,
    "bare": _bare,
    "new_bare": _bare,
    "pipe": _pipe,
    "table": _table,
    "print": _print,
    "citation": _cited,
    "new": _new,
    "new_pdf": _new_pdf,
}


def address_of(facts: Facts, rng: Random) -> str | None:
    """Returns an address of a document in one of its forms, or None for a page without one."""
    if facts.layout in _NEW_LAYOUTS:
        _, category, kind = facts.kind
        source = facts.publisher.source
        place = f"{category}/{kind}/{source}/{facts.year}/{facts.language}"
        return f"{_SITE}/{place}/{facts.new_id}"
    kind, code, coi = facts.kind[0], facts.publisher.code, facts.country[1]
    forms = (
        f"{_SITE}/docid/{facts.old_id}.html",
        f"http://www.unhcr.org/refworld/docid/{facts.old_id}.html",
        f"{_SITE}/publisher,{code},{kind},{coi},{facts.old_id},0.html",
        f"{_SITE}/type,{kind},{code},{coi},{facts.old_id},0.html",
        f"{_SITE}/cgi-bin/texis/vtx/rwmain?page=printdoc&docid={facts.old_id}",
    )
    address = rng.choice(forms)
    if facts.layout != "bare" and rng.random() < 0.1:
        return None
    if rng.random() < 0.2:
        return f"https://webarchive.archive.unhcr.org/20230521104512mp_/{address}"
    return address


def _listing(facts: Facts, captured: datetime) -> str:
    rng = Random(facts.old_id)
    count = rng.randint(3, 20)
    entries = [
        f"{heading(rng)} - {facts.country[0]}\n\n{printed_date(rng)[0]} | "
        f"Publisher: {facts.publisher.name} | Document type: Country Reports"
        for _ in range(count)
    ]
    top = [last_updated(captured), facts.publisher.name, f"Showing 1-{count} of {count} results"]
    return "\n\n".join([*top, "Selected filters:", facts.country[0], *entries]) + "\n"


def _listing_address(facts: Facts) -> str:
    code, coi = facts.publisher.code, facts.country[1]
    return f"{_SITE}/publisher,{code},,{coi},{facts.old_id}0c,,0.html"
