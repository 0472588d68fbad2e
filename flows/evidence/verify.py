"""Checks an evidence package: python3 verify.py, in its folder, with Python 3.8 or newer alone.

Every file must have the SHA-256 in the manifests, each preserved payload its own and be in its WARC
record, the printed words of each value stand at their bytes. It ends with code 0, or names faults.
"""

from __future__ import annotations

import gzip
import hashlib
import html
import json
import re
import sys
import zlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

MANIFESTS = ("manifest-sha256.txt", "tagmanifest-sha256.txt")
_TAG = re.compile("<(?=[A-Za-z/!?])")
_TAG_MARK = re.compile("[>\"']")
_ESCAPED = re.compile("[\udc80-\udcff]")


def main() -> int:
    """Checks the package in which this file lies and returns the exit code."""
    folder = Path(__file__).resolve().parent
    counts: Counter[str] = Counter()
    found = list(faults(folder, counts))
    for fault in found:
        sys.stdout.write(f"FAULT {fault}\n")
    told = ", ".join(f"{number} {name}" for name, number in counts.items())
    sys.stdout.write(f"Checked: {told}.\n{len(found) or 'No'} faults.\n")
    return 1 if found else 0


def faults(folder: Path, counts: Counter[str]) -> Iterator[str]:
    """Yields what is wrong with a package in words, and counts what was checked."""
    yield from _file_faults(folder, counts)
    for path in sorted((folder / "data").glob("documents/*/*/version.json")):
        try:
            yield from _version_faults(path.parent, counts)
        except (OSError, ValueError, KeyError, TypeError, EOFError, zlib.error) as error:
            yield f"{path} cannot be checked: {type(error).__name__}: {error}"


def _file_faults(folder: Path, counts: Counter[str]) -> Iterator[str]:
    listed: set[str] = set()
    for manifest in MANIFESTS:
        try:
            lines = (folder / manifest).read_text(encoding="utf-8").splitlines()
        except (OSError, ValueError) as error:
            yield f"{manifest} cannot be read: {error}"
            continue
        for line in lines:
            digest, _, name = line.partition("  ")
            listed.add(name)
            counts["files"] += 1
            is_there = ".." not in Path(name).parts and (folder / name).is_file()
            found = _sha256((folder / name).read_bytes()) if is_there else "none: it is missing"
            if found != digest:
                yield f"{name}: its SHA-256 is {found}, not {digest} as in {manifest}"
    for path in sorted((folder / "data").rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and name not in listed:
            yield f"{name} is in no manifest"


def _version_faults(folder: Path, counts: Counter[str]) -> Iterator[str]:
    version: dict[str, Any] = json.loads((folder / "version.json").read_text(encoding="utf-8"))
    payload = (folder / version["payload_file"]).read_bytes()
    text = (folder / "rendition.txt").read_bytes().decode("utf-8")
    where = f"{version['document_id']}, payload"
    digest = version["payload_sha256"]
    if _sha256(payload) != digest:
        yield f"{where}: its SHA-256 is {_sha256(payload)}, not {digest}"
    named = f"{digest}\n{version['target_uri'] or ''}"
    if _sha256(named.encode("utf-8", "surrogatepass")) != version["capture_id"]:
        yield f"{where}: the capture's id is not made of its digest and address"
    counts.update(["payloads", "WARC records"])
    if payload not in gzip.decompress((folder / "record.warc.gz").read_bytes()):
        yield f"{where}: the WARC record does not hold it"
    for row in json.loads((folder / "statements.json").read_text(encoding="utf-8")):
        yield from _statement_faults(row, version, payload, text, counts)


def _statement_faults(
    row: dict[str, Any], version: dict[str, Any], payload: bytes, text: str, counts: Counter[str]
) -> Iterator[str]:
    counts["values"] += 1
    where = f"{version['document_id']}, value {row['seq']} ({row['field']})"
    if row["char_start"] is not None and text[row["char_start"] : row["char_end"]] != row["raw"]:
        yield f"{where}: its printed words do not stand in rendition.txt"
    if row["byte_start"] is None:
        return
    if row["is_plain"] is False:
        counts["values in markup that only the project's reader unravels"] += 1
    elif not stands(row, version["charset"] or "utf-8", payload, version["is_markup"]):
        span = f"bytes {row['byte_start']} to {row['byte_end']} of the payload"
        yield f"{where}: its printed words do not stand at {span}"
    else:
        counts["printed words at their bytes"] += 1


def stands(row: dict[str, Any], charset: str, payload: bytes, is_markup: bool) -> bool:
    """Returns whether the printed words of a value stand at its bytes of the payload."""
    stretch = payload[row["byte_start"] : row["byte_end"]]
    words = _ESCAPED.sub("\ufffd", stretch.decode(charset, "surrogateescape"))
    if not is_markup:
        return bool(words == row["raw"])
    if row["char_start"] is not None:
        words = "".join(_outside_tags(words))
    return _squeezed(html.unescape(words)) == _squeezed(row["raw"])


def _outside_tags(source: str) -> Iterator[str]:
    at = 0
    while True:
        tag = _TAG.search(source, at)
        yield source[at : tag.start() if tag else len(source)]
        if tag is None:
            return
        at = _end_of_tag(source, tag.start())


def _end_of_tag(source: str, at: int) -> int:
    if source.startswith("<!--", at):
        end = source.find("-->", at + 4)
        return end + 3 if end >= 0 else len(source)
    mark = _TAG_MARK.search(source, at)
    while mark and mark.group() != ">":
        end = source.find(mark.group(), mark.end())
        mark = _TAG_MARK.search(source, end + 1) if end >= 0 else None
    return mark.end() if mark else len(source)


def _squeezed(words: str) -> str:
    return "".join(words.replace("\0", "\ufffd").replace("|", " ").split())


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


if __name__ == "__main__":
    sys.exit(main())
