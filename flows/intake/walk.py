"""Files below the sources that a user named."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from flows.intake.forms import PAGE, Form, form_of
from flows.intake.inputs import TEXT, Input, refused
from flows.intake.manifests import MANIFEST, Entry, Manifest, read_manifest
from flows.intake.sniffing import sniff

_TEXT_FORM = Form(PAGE, TEXT)
_NO_ENTRY = Entry()
_Manifests = tuple[tuple[str, Manifest], ...]  # from the source down, each with its folder


@dataclass(frozen=True, slots=True)
class Found:
    """A file to be taken in, or a member of one that lies in a file unpacked for this run.

    Args:
        path: File that holds the bytes.
        name: Name below the source; that of a member is behind its package's and `!/`.
        entry: What a manifest says of it.
        form: What it holds.
        source: Path as recorded in `acquisitions`; the file's own when empty.
        depth: In how many packages it lies.
        allowance: Bytes that it may unpack to, where it lies in a package; else by its size.
    """

    path: str
    name: str
    entry: Entry = _NO_ENTRY
    form: Form = _TEXT_FORM
    source: str = ""
    depth: int = 0
    allowance: int | None = None

    @property
    def origin(self) -> str:
        """The path that `acquisitions` records."""
        return self.source or self.path


@dataclass(slots=True)
class Walk:
    """What lies below the sources.

    Args:
        pages: Files that are one input each.
        sources: Files that hold several.
        refused: What cannot be taken in, and why.
        passed_over_count: Files in folders whose names end in none of the forms taken in.
    """

    pages: list[Found] = field(default_factory=list)
    sources: list[Found] = field(default_factory=list)
    refused: list[Input] = field(default_factory=list)
    passed_over_count: int = 0

    def add(self, more: Walk) -> None:
        """Adds what was found elsewhere."""
        self.pages += more.pages
        self.sources += more.sources
        self.refused += more.refused
        self.passed_over_count += more.passed_over_count


def walk(sources: Sequence[str], seen_at: datetime, settled_before: float | None = None) -> Walk:
    """Returns the files below `sources`, files or folders, without opening any but manifests.

    Args:
        sources: Files and folders.
        seen_at: When that is, UTC.
        settled_before: Files in folders changed after this (seconds since the epoch) are passed
            over.
    """
    found = Walk()
    for source in sorted({os.path.abspath(source) for source in sources}):
        path = Path(source)
        if path.is_dir():
            _Folders(found, source, seen_at, settled_before).walk()
        elif not os.path.lexists(source):
            found.refused.append(
                refused(path.name, source, "source_missing", "no such file or folder", seen_at)
            )
        else:
            _walk_file(found, path, seen_at)
    return found


def _walk_file(found: Walk, path: Path, seen_at: datetime) -> None:
    if path.name == MANIFEST:
        return  # named by a shell's `folder/*`; read with the files it speaks of
    manifest = read_manifest(path.parent)
    entry = manifest.entries.get(path.name, _NO_ENTRY) if manifest else _NO_ENTRY
    form = form_of(path.name) or _sniffed(path)
    if not _add(found, str(path), path.name, entry, seen_at, form):
        words = f"the name ends in {path.suffix or 'nothing'}"
        found.refused.append(refused(path.name, str(path), "source_unsupported", words, seen_at))


def _sniffed(path: Path) -> Form | None:
    """Returns the form of a file that a person has named, told by its bytes.

    Without a mark of its own it is text only where it has no ending, which would speak of another.
    """
    try:
        return sniff(str(path), is_text_taken=not path.suffix) if path.is_file() else None
    except OSError:
        return None


def _add(
    found: Walk, path: str, name: str, entry: Entry, seen_at: datetime, form: Form | None
) -> bool:
    """Adds a file to those of its form; returns False when it has none that is taken in."""
    if form is None:
        return False
    if entry.problem is not None:
        found.refused.append(refused(name, path, "manifest_row", entry.problem, seen_at))
    elif not os.path.isfile(path):
        words = "it is no file, or a link to nothing"
        found.refused.append(refused(name, path, "unreadable", words, seen_at))
    else:
        (found.pages if form.kind == PAGE else found.sources).append(Found(path, name, entry, form))
    return True


@dataclass(frozen=True, slots=True)
class _Folders:
    """One walk below one folder."""

    found: Walk
    source: str
    seen_at: datetime
    settled_before: float | None

    def walk(self) -> None:
        """Adds the files below the source; a folder that cannot be listed is refused."""
        waiting: list[tuple[str, _Manifests]] = [("", ())]
        while waiting:
            folder, manifests = waiting.pop()
            here = os.path.join(self.source, folder)
            try:
                with os.scandir(here) as listing:
                    entries = list(listing)
            except OSError as error:
                self._refuse(folder.rstrip("/"), "unreadable", error.strerror or str(error))
                continue
            manifest = read_manifest(Path(here))
            if manifest is not None:
                manifests = (*manifests, (folder, manifest))
                self._refuse_rows(folder, manifest)
            for entry in entries:
                if entry.name.startswith(".") or entry.name == MANIFEST:
                    continue
                name = folder + entry.name
                if entry.is_dir(follow_symlinks=False):
                    waiting.append((f"{name}/", manifests))
                elif self._is_unsettled(entry):
                    self.found.passed_over_count += 1
                else:
                    said, form = _said(name, manifests), form_of(name)
                    if not _add(self.found, entry.path, name, said, self.seen_at, form):
                        self.found.passed_over_count += 1

    def _is_unsettled(self, entry: os.DirEntry[str]) -> bool:
        """Returns whether a file was changed so lately that it may still be written."""
        try:
            return self.settled_before is not None and entry.stat().st_mtime > self.settled_before
        except OSError:
            return False  # said when it is opened

    def _refuse_rows(self, folder: str, manifest: Manifest) -> None:
        """Refuses the rows that could not be read, or that name what is not taken in."""
        absent = [
            f"names a file that is not there to be taken in: {name!r}"
            for name in sorted(manifest.entries)
            if not os.path.lexists(os.path.join(self.source, folder, name)) or form_of(name) is None
        ]
        for words in (*manifest.problems, *absent):
            self._refuse(folder + MANIFEST, "manifest_row", words)

    def _refuse(self, name: str, code: str, words: str) -> None:
        path = os.path.join(self.source, name) if name else self.source
        name = name or posixpath.basename(self.source)
        self.found.refused.append(refused(name, path, code, words, self.seen_at))


def _said(name: str, manifests: _Manifests) -> Entry:
    """Returns what the nearest manifest that names the file says of it."""
    for folder, manifest in reversed(manifests):
        entry = manifest.entries.get(name.removeprefix(folder))
        if entry is not None:
            return entry
    return _NO_ENTRY
