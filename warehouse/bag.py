"""A BagIt bag (RFC 8493) around a copy of archive and lake that lies in its data/ already.

`bagit.txt` is written last: a folder without it is no bag yet.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path

from warehouse import disk

DECLARATION = "bagit.txt"
MANIFEST = "manifest-sha256.txt"
PAYLOAD = "data"
_INFO = "bag-info.txt"
_TAG_MANIFEST = "tagmanifest-sha256.txt"
_VERSION = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
TAG_FILES = (MANIFEST, _INFO, _TAG_MANIFEST, DECLARATION)


def write_bag(
    folder: Path,
    info: Mapping[str, str],
    more_tags: Callable[[bytes], Mapping[str, bytes]] = lambda manifest: {},
) -> int:
    """Makes a bag of a folder whose data/ is complete, and returns how many files it holds.

    Args:
        folder: The bag.
        info: What `bag-info.txt` is to say besides Payload-Oxum and External-Identifier, which is
            the SHA-256 of the manifest: bags of the same content have the same.
        more_tags: Given the manifest, returns further files beside it, by name.
    """
    disk.remove_file(folder / DECLARATION)
    paths = sorted(path for path in (folder / PAYLOAD).rglob("*") if path.is_file())
    manifest = _manifest(folder, paths)
    size = sum(path.stat().st_size for path in paths)
    said = {
        **info,
        "External-Identifier": f"sha256:{hashlib.sha256(manifest).hexdigest()}",
        "Payload-Oxum": f"{size}.{len(paths)}",
    }
    lines = [f"{name}: {' '.join(value.split())}\n" for name, value in sorted(said.items())]
    disk.write_whole(folder / MANIFEST, manifest)
    disk.write_whole(folder / _INFO, "".join(lines).encode())
    more = more_tags(manifest)
    for name, content in more.items():
        disk.write_whole(folder / name, content)
    # The declaration is listed before it stands, because it is to be the last file written.
    tags = {
        **more,
        MANIFEST: manifest,
        _INFO: "".join(lines).encode(),
        DECLARATION: _VERSION.encode(),
    }
    listed = [f"{hashlib.sha256(tags[name]).hexdigest()}  {name}\n" for name in sorted(tags)]
    disk.write_whole(folder / _TAG_MANIFEST, "".join(listed).encode())
    disk.write_whole(folder / DECLARATION, _VERSION.encode())
    return len(paths)


def _manifest(folder: Path, paths: list[Path]) -> bytes:
    """Returns the manifest of the payload, in the form that `sha256sum -c` takes as well."""
    lines = [f"{disk.sha256_of(path)}  {path.relative_to(folder).as_posix()}\n" for path in paths]
    return "".join(lines).encode()
