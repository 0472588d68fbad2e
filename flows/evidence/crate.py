"""The payload of a package described as an RO-Crate."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from flows.evidence.events import utc_text
from flows.evidence.gathering import Row, Version

METADATA = "ro-crate-metadata.json"
_TYPES = {
    "json": "application/json",
    "csv": "text/csv",
    "txt": "text/plain",
    "gz": "application/warc",
    "html": "text/html",
    "pdf": "application/pdf",
}
_RIGHTS = "Rights in the documents remain with their publishers; each document names its own."


def crate_json(
    versions: Sequence[Version], snapshot: Row, files: Mapping[str, tuple[int, str]]
) -> bytes:
    """Returns the metadata file of the crate.

    Args:
        versions: What is in the package.
        snapshot: The row of `snapshots` that it was made from.
        files: Length in bytes and SHA-256 (hex) of each file, by its path.
    """
    from rocrate.model.contextentity import ContextEntity
    from rocrate.rocrate import ROCrate

    crate = ROCrate()
    ids = sorted({version.row["document_id"] for version in versions})
    root = crate.root_dataset
    root["name"] = f"Evidence package: {', '.join(ids)}"
    root["description"] = (
        "Archived documents with the values read from them and what proves each value, from "
        f"snapshot {snapshot['snapshot_id']}."
    )
    root["datePublished"] = utc_text(snapshot["published_at"])
    root["license"] = _RIGHTS
    for path, (length, sha256) in sorted(files.items()):
        said = {
            "encodingFormat": _TYPES.get(path.rpartition(".")[2], "application/octet-stream"),
            "contentSize": str(length),
            "sha256": sha256,
        }
        crate.add_file(dest_path=path, properties=said)
    for version in versions:
        row = version.row
        code = crate.add(ContextEntity(crate, f"#code-{row['code_version']}", _code(row)))
        payload = crate.dereference(f"{version.folder}/{row['payload_file']}")
        for name, value in _of_payload(row).items():
            payload[name] = value
        results = [
            crate.dereference(f"{version.folder}/{name}")
            for name in ("rendition.txt", "statements.json", "statements.csv")
        ]
        said = {"@type": "CreateAction", "name": f"Reading of capture {row['capture_id']}"}
        action = crate.add(ContextEntity(crate, f"#reading-{row['capture_id']}", said))
        action["instrument"], action["object"], action["result"] = code, payload, results
        root.append_to("mentions", action)
    return (json.dumps(crate.metadata.generate(), ensure_ascii=False, indent=1) + "\n").encode()


def _code(row: Row) -> dict[str, Any]:
    said = {"name": "refworld-archive", "softwareVersion": row["code_version"]}
    return {"@type": "SoftwareApplication", **said}


def _of_payload(row: Row) -> dict[str, Any]:
    said = {
        "name": row["title"],
        "identifier": row["document_id"],
        "encodingFormat": row["media_type"],
        "url": row["cite_uri"] or row["target_uri"],
        "dateCreated": utc_text(row["captured_at"]),
        "datePublished": row["publication_date"],
        "inLanguage": row["language"],
    }
    return {name: value for name, value in said.items() if value is not None}
