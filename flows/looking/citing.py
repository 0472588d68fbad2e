"""A version of a document as a reference: CSL-JSON, BibTeX, RIS, or the citation as printed.

Nothing is made up for a style's sake: a date is as precise as it is printed, and a part that the
page does not have is left out. The archived copy is named by the digest of its bytes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

Version = Mapping[str, Any]

REPORT, CASE, LAW, DOCUMENT = "report", "case", "law", "document"
_CSL_TYPES = {REPORT: "report", CASE: "legal_case", LAW: "legislation", DOCUMENT: "document"}
_RIS_TYPES = {REPORT: "RPRT", CASE: "CASE", LAW: "STAT", DOCUMENT: "GEN"}
_LEGISLATORS = "NATLEGBOD"
# What pybtex leaves as it is, though BibTeX counts braces even where they are escaped, takes a
# dollar for mathematics and a backslash for a command.
_BIBTEX_MARKS = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "{": r"\textbraceleft{}",
        "}": r"\textbraceright{}",
        "$": r"\$",
    }
)


def kind_of_reference(version: Version) -> str:
    """Returns what a version is to a style, by its type, its publisher and its title's words."""
    words = (version["document_type"] or "").lower()
    if version["publisher_kind"] == "court" or words == "caselaw":
        return CASE
    if version["publisher_id"] == _LEGISLATORS or words == "legislation":
        return LAW
    is_report = "report" in words or "report" in (version["title"] or "").lower().split()
    return REPORT if is_report else DOCUMENT


def as_printed(version: Version) -> str:
    """Returns the citation as the page prints it, with a note on the archived copy.

    Raises:
        ValueError: The page prints none.
    """
    if version["cite_as"] is None:
        raise ValueError("the page prints no citation; --style csl-json, bibtex or ris makes one")
    return f"{version['cite_as']}\n{note_of(version)}\n"


def as_csl_json(version: Version) -> str:
    """Returns the reference as CSL-JSON (schema 1.0.2): an array of one item."""
    item: dict[str, Any] = {
        "id": version["document_id"],
        "type": _CSL_TYPES[kind_of_reference(version)],
        "title": version["title"],
        "author": [{"literal": name}] if (name := _author(version)) else None,
        "publisher": version["publisher"],
        "number": version["document_symbol"],
        "issued": _csl_date(version["publication_date"]),
        "accessed": _csl_date(_accessed(version)),
        "URL": address_of(version),
        "language": version["language"],
        "archive": "refworld-archive",
        "archive_location": f"sha256:{version['payload_sha256']}",
        "note": note_of(version),
    }
    kept = {name: value for name, value in item.items() if value is not None}
    return json.dumps([kept], ensure_ascii=False, indent=2) + "\n"


def as_bibtex(version: Version) -> str:
    """Returns the reference as one BibTeX entry."""
    from pybtex.database import BibliographyData, Entry, Person

    issued = (version["publication_date"] or "").split("-")
    fields = {
        "title": version["title"],
        "institution" if kind_of_reference(version) == REPORT else "publisher": version[
            "publisher"
        ],
        "number": version["document_symbol"],
        "year": issued[0],
        "month": issued[1] if len(issued) > 1 else None,
        "day": issued[2] if len(issued) > 2 else None,
        "url": address_of(version),
        "urldate": _accessed(version),
        "language": version["language"],
        "note": note_of(version),
    }
    name = _author(version)
    entry = Entry(
        "techreport" if kind_of_reference(version) == REPORT else "misc",
        [(key, value.translate(_BIBTEX_MARKS)) for key, value in fields.items() if value],
        # In braces, so that no comma or "and" parts the name of an institution.
        {"author": [Person(last=f"{{{name.translate(_BIBTEX_MARKS)}}}")]} if name else {},
    )
    return str(BibliographyData({_key(version): entry}).to_string("bibtex"))


def as_ris(version: Version) -> str:
    """Returns the reference as one RIS record."""
    import rispy

    issued = (version["publication_date"] or "").split("-")
    entry = {
        "type_of_reference": _RIS_TYPES[kind_of_reference(version)],
        "title": version["title"],
        "authors": [name] if (name := _author(version)) else None,
        "publisher": version["publisher"],
        "number": version["document_symbol"],
        "year": issued[0],
        # RIS writes a date as year/month/day/other, with what is not known left empty.
        "date": "/".join([*issued, *[""] * (4 - len(issued))]) if issued[0] else None,
        "access_date": (_accessed(version) or "").replace("-", "/"),
        "urls": [uri] if (uri := address_of(version)) else None,
        "language": version["language"],
        "id": version["document_id"],
        "accession_number": f"sha256:{version['payload_sha256']}",
        "notes": [note_of(version)],
    }
    text: str = rispy.dumps([{name: value for name, value in entry.items() if value}])
    # The library numbers its records, which is no part of the format.
    return text[text.index("TY  - ") :].rstrip() + "\n"


def address_of(version: Version) -> str | None:
    """Returns the address to cite: the one that the page gives, else the one it was got from."""
    uri: str | None = version["cite_uri"] or version["target_uri"]
    return uri


def note_of(version: Version) -> str:
    """Returns the note on the archived copy, and on later captures that have other words."""
    note = f"Archived copy: sha256:{version['payload_sha256']}"
    captured_at: datetime | None = version["captured_at"]
    if captured_at is not None:
        note += f", captured {captured_at:%Y-%m-%dT%H:%M:%SZ}"
    if later := version["later_capture_ids"]:
        note += f". A later capture has other words: {', '.join(later)}"
    return f"{note}."


def _accessed(version: Version) -> str | None:
    """Returns the day on which these bytes were seen (ISO 8601): captured, else as printed."""
    captured_at: datetime | None = version["captured_at"]
    accessed: date | None = captured_at.date() if captured_at else version["accessed_date"]
    return accessed.isoformat() if accessed else None


def _author(version: Version) -> str | None:
    name: str | None = version["author"] or version["publisher"]
    return name


def _csl_date(edtf: str | None) -> dict[str, list[list[int]]] | None:
    return {"date-parts": [[int(part) for part in edtf.split("-")]]} if edtf else None


def _key(version: Version) -> str:
    return "refworld-" + "".join(c if c.isalnum() else "-" for c in version["document_id"])


STYLES = {"printed": as_printed, "csl-json": as_csl_json, "bibtex": as_bibtex, "ris": as_ris}
