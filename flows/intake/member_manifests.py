"""The manifests that lie in a package, each of which speaks of the members below its folder."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from pathlib import Path

from flows.intake.forms import form_of
from flows.intake.manifests import Entry, Manifest, parse_manifest

MANIFEST_BYTES = 64 << 20
_NO_ENTRY = Entry()


class MemberManifests:
    """Manifests by the folder that they lie in."""

    def __init__(self, most_rows: int) -> None:
        self._rows_left = most_rows
        self._manifests: dict[str, tuple[str, Manifest]] = {}

    def add(self, name: str, content: bytes) -> None:
        """Takes up the manifest `name`; of one with more rows than there may be members, nothing.

        The rows of all manifests of a package are counted together.
        """
        self._rows_left -= content.count(b"\n") + content.count(b"\r")
        if self._rows_left < 0:
            manifest = Manifest(Path(name), problems=("it has more rows than it may",))
        else:
            manifest = parse_manifest(Path(name), content)
        self._manifests[posixpath.dirname(name)] = (name, manifest)

    def said(self, name: str) -> Entry:
        """Returns what the nearest manifest that names a member says of it."""
        folder = name
        while folder and self._manifests:
            folder = posixpath.dirname(folder)
            if folder in self._manifests:
                below = name.removeprefix(f"{folder}/") if folder else name
                entry = self._manifests[folder][1].entries.get(below)
                if entry is not None:
                    return entry
        return _NO_ENTRY

    def problems(self, taken: set[str]) -> Iterator[tuple[str, str]]:
        """Yields manifest and words for each row that cannot be used, or names what is not there.

        Args:
            taken: Names of the members that are taken in.
        """
        for folder, (path, manifest) in sorted(self._manifests.items()):
            for words in manifest.problems:
                yield path, words
            for name in sorted(manifest.entries):
                if posixpath.join(folder, name) not in taken or form_of(name) is None:
                    yield path, f"names a member that is not there to be taken in: {name!r}"
