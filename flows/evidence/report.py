"""The custody report: one page of HTML for a person who does not know this project.

All that comes from pages is escaped, controls and marks of direction shown as such; no script is in
it, nothing is loaded from anywhere, and its policy forbids both.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from html import escape
from itertools import groupby

from flows.evidence.events import premis_events
from flows.evidence.gathering import Row, Version
from flows.looking.citing import as_printed
from flows.printable import printable
from flows.quantities import counted

_WORDS = 300
_STYLE = """
body { font: 15px/1.5 Georgia, serif; color: #1a1a1a; max-width: 60rem; margin: 2rem auto;
  padding: 0 1rem; }
h1 { font-size: 1.6rem; margin-bottom: .2rem; } h2 { font-size: 1.25rem; margin-top: 2.2rem;
  border-top: 2px solid #234; padding-top: .6rem; } h3 { font-size: 1rem; margin: 1.4rem 0 .3rem; }
table { border-collapse: collapse; width: 100%; font-size: 13px; }
th, td { text-align: left; vertical-align: top; padding: .25rem .6rem .25rem 0;
  border-bottom: 1px solid #ddd; overflow-wrap: anywhere; }
th { white-space: nowrap; color: #456; font-weight: 600; }
code { font: 12px/1.4 monospace; overflow-wrap: anywhere; } q { quotes: none; background: #fff6c8; }
.whose { padding: .5rem .8rem; background: #eef3f8; border-left: 4px solid #246; }
td:first-child { white-space: nowrap; } td:last-child code { display: block; min-width: 8rem; }
.quiet { color: #666; } pre { background: #f4f4f4; padding: .6rem .8rem; }
@media print { body { margin: 0; font-size: 11px; } }
"""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
_INTRODUCTION = (
    "This page says what the documents in this package are, where the archive got them from, who "
    "has checked them since, and from which printed words each value was read. The preserved bytes "
    "themselves lie beside it, so that none of this needs to be taken on trust."
)
_EVENTS = {
    "capture": "Captured from the web",
    "ingestion": "Taken into the archive",
    "fixity check": "Checked for damage",
}
_OUTCOMES = {
    "new": "new to the archive; preserved",
    "unchanged": "the same bytes again; already preserved",
    "duplicate": "the same bytes again in the same run",
    "pass": "the bytes are what they were",
    "fail": "damage was found",
}


def report_html(versions: Sequence[Version], snapshot: Row) -> str:
    """Returns the page.

    Args:
        versions: What is in the package, those of each document together and the best first.
        snapshot: The row of `snapshots` that it was made from.
    """
    return "".join(_page(versions, snapshot))


def _page(versions: Sequence[Version], snapshot: Row) -> Iterator[str]:
    groups = [list(group) for _, group in groupby(versions, lambda v: v.row["document_id"])]
    yield (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        f"<title>Custody report</title><style>{_STYLE}</style></head><body>\n"
        f"<h1>Custody report</h1>\n<p class=quiet>{counted(len(groups), 'document')}, "
        f"{counted(len(versions), 'archived version')}. State of the archive: "
        f"{_time(snapshot['published_at'])} (snapshot {_code(snapshot['snapshot_id'])}).</p>\n"
        f"<p>{_INTRODUCTION}</p>\n"
    )
    for group in groups:
        yield from _document(group)
    yield from _checking()
    yield "</body></html>\n"


def _document(versions: Sequence[Version]) -> Iterator[str]:
    best = versions[0].row
    yield f"<h2>{_text(best['title'] or 'Document ' + best['document_id'])}</h2>\n"
    yield f"<p class=whose>{_whose(best)}</p>\n<table>\n"
    for name, value in (
        ("Refworld id", best["document_id"]),
        ("Publisher", best["publisher"]),
        ("Author", best["author"]),
        ("Published", best["publication_date"]),
        ("Symbol", best["document_symbol"]),
        ("Disclaimer", best["disclaimer"]),
    ):
        if value is not None:
            yield _row(name, _text(value))
    yield "</table>\n<h3>How to cite it</h3>\n"
    if best["cite_as"] is None:
        yield "<p class=quiet>The page prints no citation; citation.csl.json has its parts.</p>\n"
    else:
        yield "".join(f"<p>{_text(line)}</p>\n" for line in as_printed(best).splitlines())
    for number, version in enumerate(versions, 1):
        yield from _version(version, number, len(versions))


def _whose(row: Row) -> str:
    name = _text(row["author"] or row["publisher"] or "")
    if row["is_unhcr_publication"] is None:
        return (
            "The page does not say who published it, nor whether it is a publication of UNHCR. It "
            "must not be attributed to UNHCR for having been on Refworld."
        )
    if row["is_unhcr_publication"]:
        return "This is a publication of UNHCR, which also hosted it on Refworld."
    words = f": its words are those of {name}" if name else ""
    return f"This is not a publication of UNHCR{words}. UNHCR hosted it on Refworld."


def _version(version: Version, number: int, count: int) -> Iterator[str]:
    row = version.row
    which = f"Archived version {number} of {count}" if count > 1 else "The archived copy"
    best = " (the best)" if count > 1 and number == 1 else ""
    yield f"<h3>{which}{best}</h3>\n<table>\n"
    yield _row("File", _code(f"{version.folder}/{row['payload_file']}"))
    yield _row("Length", f"{row['byte_length']:,} bytes, {_text(row['media_type'])}")
    yield _row("SHA-256 of it", _code(row["payload_sha256"]))
    yield _row("Address", _text(row["target_uri"] or "not known; it was taken in as a file"))
    yield _row("Captured", _time(row["captured_at"]) if row["captured_at"] else "time not known")
    if row["known_from"]:
        proof = {"accessed_date": "the day of access that it prints", "captured_at": "its capture",
                 "first_seen_at": "its arrival in the archive"}[row["known_by"]]  # fmt: skip
        yield _row("Existed by", f"{row['known_from']}, proven by {proof}")
    place = f"archive/{row['warc_file']}, byte {row['warc_offset']}"
    yield _row("Kept in", f"{_code(place)}; cut out as {_code(f'{version.folder}/record.warc.gz')}")
    yield _row("Read by", f"refworld-archive {_code(row['code_version'])}")
    yield "</table>\n<h3>What happened to it</h3>\n"
    yield "<table>\n<tr><th>When (UTC)<th>What<th>Outcome<th>Details</tr>\n"
    for event in premis_events([version]):
        outcome = _OUTCOMES.get(event["eventOutcome"], event["eventOutcome"])
        yield (
            f"<tr><td>{_text(event['eventDateTime'][:19].replace('T', ' '))}"
            f"<td>{_EVENTS[event['eventType']]}<td>{_text(outcome)}"
            f"<td>{_text(event['eventDetail'])}</tr>\n"
        )
    yield "</table>\n<h3>What was read in it, and from which words</h3>\n"
    yield "<table>\n<tr><th>Value of<th>Value<th>Printed words<th>Where they stand<th>Rule</tr>\n"
    for statement in version.statements:
        yield _statement(statement)
    yield "</table>\n"


def _statement(row: Row) -> str:
    words = f"<q>{_text(row['raw'])}</q>" if row["raw"] is not None else ""
    if row["byte_start"] is not None:
        place = f"bytes {row['byte_start']} to {row['byte_end']}"
    elif row["char_start"] is not None:
        place = f"characters {row['char_start']} to {row['char_end']} of the text"
    else:
        place = "not in the text" if row["raw"] is not None else "computed from all of it"
    return (
        f"<tr><td>{_text(row['field'])}<td>{_text(row['value'])}<td>{words}<td>{place}"
        f"<td>{_code(row['rule']).replace('.', '.<wbr>').replace('_', '_<wbr>')}</tr>\n"
    )


def _checking() -> Iterator[str]:
    yield (
        "<h2>How to check this yourself</h2>\n<p>Unpack the zip file, open a terminal in its "
        "folder <code>evidence</code> and give one of these commands. The first needs nothing that "
        "Linux does not have; the second needs Python and finds each printed word in the preserved "
        "bytes as well. Both name what is wrong.</p>\n"
        "<pre>sha256sum -c manifest-sha256.txt\npython3 verify.py</pre>\n"
        "<p>Bytes are counted from 0, and the second number is one past the last. The WARC records "
        "can be read by any program for web archives (ISO 28500), the folder by any for BagIt "
        "(RFC 8493). README.txt says what every file is.</p>\n"
    )


def _row(name: str, words: str) -> str:
    return f"<tr><th>{name}<td>{words}</tr>\n"


def _text(words: str | None) -> str:
    if words is None:
        return ""
    shown = words if len(words) <= _WORDS else words[: _WORDS - 1] + "…"
    return escape(printable(shown))


def _code(words: str | None) -> str:
    return f"<code>{_text(words)}</code>"


def _time(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC"
