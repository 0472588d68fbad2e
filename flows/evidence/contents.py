"""The files that a version has in a package, and the words that go with them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence

from flows.evidence.gathering import Row, Version
from flows.looking.cells import defused, json_value
from flows.looking.citing import as_csl_json, as_printed

_STATEMENT = (
    "document_id",
    "capture_id",
    "seq",
    "field",
    "value",
    "raw",
    "char_start",
    "char_end",
    "byte_start",
    "byte_end",
    "rule",
    "is_plain",
    "code_version",
)


def files_of(version: Version) -> Iterator[tuple[str, bytes]]:
    """Yields the files of a version, by their paths in the payload of the bag."""
    folder, row = version.folder, version.row
    statements = [
        {name: {**statement, "code_version": row["code_version"]}[name] for name in _STATEMENT}
        for statement in version.statements
    ]
    yield f"{folder}/{row['payload_file']}", version.payload
    yield f"{folder}/record.warc.gz", version.record
    yield f"{folder}/rendition.txt", version.rendition.encode()
    yield f"{folder}/version.json", json_bytes({k: v for k, v in row.items() if k != "seen_at"})
    yield f"{folder}/statements.json", json_bytes(statements)
    yield f"{folder}/statements.csv", _csv_bytes(statements)
    yield f"{folder}/citation.csl.json", as_csl_json(row).encode()
    if row["cite_as"] is not None:
        yield f"{folder}/citation.txt", as_printed(row).encode()


def json_bytes(value: object) -> bytes:
    """Returns a value as the bytes of a JSON file for people and programs."""
    return (json.dumps(json_value(value), ensure_ascii=False, indent=1) + "\n").encode()


def _csv_bytes(rows: Sequence[Row]) -> bytes:
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    writer.writerow(_STATEMENT)
    writer.writerows([defused(row[name]) for name in _STATEMENT] for row in rows)
    return stream.getvalue().encode()


README = """\
This folder is an evidence package: documents as they were archived, what was read in them, and
what proves it. It was made by refworld-archive, and can be checked without it.

Begin with data/report.html, which any browser shows. It says what is here and where it comes from.

To check it, unpack the zip file, and in this folder give one of these commands:

    sha256sum -c manifest-sha256.txt
    python3 verify.py

The first shows that no file of data/ has changed (on macOS: shasum -a 256 -c manifest-sha256.txt).
The second shows this too, and besides that each preserved payload is what its WARC record holds,
and that the printed words of each value stand at their place in it. It needs Python 3.8 or newer.
{stamp}
The folder is a BagIt bag (RFC 8493); bag-info.txt has, as External-Identifier, the SHA-256 of
manifest-sha256.txt, which stands for all of data/. Who gives you the package can tell you that
one number by another way.

Per document and version, in data/documents/<document>/<beginning of the capture's id>/:

    payload.*           the preserved bytes, to the byte; archived HTML ends in .html.txt, so that
                        no browser runs it
    record.warc.gz      the WARC records (ISO 28500) in which the archive keeps them, to the byte
    rendition.txt       the text that was read from them
    statements.csv      each value with its printed words, their place (characters of the text,
    statements.json     bytes of the payload), and the rule and version of the code that read it;
                        in CSV an apostrophe stands before what a spreadsheet would calculate
    version.json        what is known of this version
    citation.txt        the citation as printed, where there is one; citation.csl.json as data

In data/: events.json (who saw it and checked it when, in the terms of PREMIS), provenance.json
(the way from bytes to values, W3C PROV-JSON), ro-crate-metadata.json (RO-Crate).
"""
STAMPED = """
manifest-sha256.txt.tsr is a time stamp (RFC 3161) by {url}: it proves that the manifest existed at
that time. With the certificates of that server in ca.pem:

    openssl ts -verify -data manifest-sha256.txt -in manifest-sha256.txt.tsr -CAfile ca.pem
"""
