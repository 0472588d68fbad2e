"""An evidence package: the bag on the disk, checked, and then the zip file that holds it."""

from __future__ import annotations

import hashlib
import logging
import tempfile
import zipfile
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from flows.evidence import verify
from flows.evidence.contents import README, STAMPED, files_of, json_bytes
from flows.evidence.crate import METADATA, crate_json
from flows.evidence.events import premis_events
from flows.evidence.gathering import EvidenceDamaged, Row, Version, versions_of
from flows.evidence.provenance import prov_json
from flows.evidence.report import report_html
from flows.evidence.stamp import time_stamp
from flows.looking.opened import Database
from warehouse import disk
from warehouse.bag import MANIFEST, PAYLOAD, write_bag
from warehouse.home import Home
from warehouse.query import current_snapshot

STAMP = f"{MANIFEST}.tsr"
_TOP = "evidence"
_MOMENT = (1980, 1, 1, 0, 0, 0)
_CHUNK = 1 << 20

Files = dict[str, tuple[int, str]]


def write_package(
    home: Home, database: Database, document_ids: Sequence[str], out: Path, url: str | None = None
) -> int:
    """Writes the evidence package of documents, whole or not at all; returns how many files.

    Args:
        home: The data home.
        database: Its published database.
        document_ids: The documents; each once, however often it is named.
        out: The zip file, which takes the place of one that is there.
        url: Server of time stamps (RFC 3161), if one is to be asked.

    Raises:
        NoDocument: One of the ids is none.
        ArchiveDamaged: The archive does not hold what it must.
        EvidenceDamaged: It does not say what the database says.
        NoTimeStamp: The server gave none.
        OSError: The file cannot be written.
    """
    snapshot = current_snapshot(database)
    with tempfile.TemporaryDirectory(prefix="refworld-evidence-") as place:
        bag = Path(place) / _TOP
        files: Files = {}
        versions: list[Version] = []
        for document_id in dict.fromkeys(document_ids):
            for version in versions_of(home, database, document_id):
                for name, content in files_of(version):
                    _put(bag, files, name, content)
                versions.append(replace(version, payload=b"", record=b""))
        _describe(bag, files, versions, snapshot)
        write_bag(bag, _info(versions, snapshot), lambda manifest: _tags(manifest, url))
        _check(bag)
        return _zip(bag, out)


def _describe(bag: Path, files: Files, versions: Sequence[Version], snapshot: Row) -> None:
    _put(bag, files, "events.json", json_bytes(premis_events(versions)))
    _put(bag, files, "provenance.json", prov_json(versions).encode())
    _put(bag, files, "report.html", report_html(versions, snapshot).encode())
    _put(bag, files, METADATA, crate_json(versions, snapshot, files))


def _put(bag: Path, files: Files, name: str, content: bytes) -> None:
    path = bag / PAYLOAD / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    files[name] = (len(content), hashlib.sha256(content).hexdigest())


def _info(versions: Sequence[Version], snapshot: Row) -> dict[str, str]:
    ids = dict.fromkeys(version.row["document_id"] for version in versions)
    return {
        "Bagging-Date": snapshot["published_at"].date().isoformat(),
        "Bag-Software-Agent": "refworld-archive",
        "External-Description": f"Evidence package of documents {', '.join(ids)}.",
        "Internal-Sender-Identifier": f"snapshot {snapshot['snapshot_id']}",
    }


def _tags(manifest: bytes, url: str | None) -> dict[str, bytes]:
    script = Path(verify.__file__).read_bytes()
    stamp = STAMPED.format(url=url) if url else ""
    tags = {"README.txt": README.format(stamp=stamp).encode(), "verify.py": script}
    return {**tags, STAMP: time_stamp(manifest, url)} if url else tags


def _check(bag: Path) -> None:
    """Holds the bag to what a stranger will hold it to, before anybody gets it."""
    import bagit

    logging.getLogger("bagit").setLevel(logging.ERROR)
    bagit.Bag(str(bag)).validate()
    if found := list(verify.faults(bag, Counter())):
        raise EvidenceDamaged(f"the package does not bear its own check: {found[0]}")


def _zip(bag: Path, out: Path) -> int:
    paths = sorted(path for path in bag.rglob("*") if path.is_file())
    draft = out.with_name(f".{out.name}{disk.DRAFT_SUFFIX}")
    try:
        with zipfile.ZipFile(draft, "w", zipfile.ZIP_STORED) as package:
            for path in paths:
                # What a zip says of a member besides its name is the same for all, whoever packs.
                member = zipfile.ZipInfo(path.relative_to(bag.parent).as_posix(), _MOMENT)
                member.create_system, member.external_attr = 3, 0o100644 << 16
                member.file_size = path.stat().st_size
                with package.open(member, "w") as target, path.open("rb") as source:
                    while chunk := source.read(_CHUNK):
                        target.write(chunk)
        disk.sync_file(draft)
        disk.replace(draft, out)
    finally:
        with suppress(OSError):
            disk.remove_file(draft)
    return len(paths)
