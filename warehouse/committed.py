"""What is committed: batches whose tables lie in a folder of their own, or together in packs.

A batch exists if its `commit.json` stands in its folder, or if a pack holds that file's bytes: a
folder with the merged tables of several batches and a `pack.json`, which was written last. A batch
that has a folder of its own is what that folder says, whatever a pack says of it; and a pack says
nothing any more when another pack that stands names it among those it replaces.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from warehouse import lake
from warehouse.home import Home
from warehouse.schema import DERIVED_SCHEMA_ID
from warehouse.sealed import rendered, sealed, unsealed
from warehouse.staging import WARC_SUFFIX, FileEntry, Staged

COMMIT = "commit.json"
PACK = "pack.json"
PACK_PREFIX = "pack-"
_FORMAT = 3
_UNSEALED_FORMAT = 1  # of homes made before commits were sealed
_UNVERSIONED_FORMAT = 2  # of homes made before commits named the version of their tables
_PACK_FORMAT = 1
_NEWER = "{}, which a newer version of this program has written; use that version for this home"


@dataclass(frozen=True, slots=True)
class InPack:
    """Where the tables of a batch are that lie together with those of others.

    Args:
        pack_id: Name of the pack's folder below lake/derived/.
        member_count: How many batches the pack was made of.
        tables: Its Parquet files.
    """

    pack_id: str
    member_count: int
    tables: tuple[FileEntry, ...]


@dataclass(frozen=True, slots=True)
class Commit:
    """A committed batch; `sha256` is the digest of its commit.json.

    `schema_id` is the version of its tables, None where the commit is older than that. `files` are
    those it was committed with; where it lies `in_pack`, of these only the WARC file is there.
    """

    batch_id: str
    code_version: str
    files: tuple[FileEntry, ...]
    sha256: str
    schema_id: str | None
    in_pack: InPack | None = None

    @property
    def is_current(self) -> bool:
        """Whether its tables are those that this code writes."""
        return self.schema_id == DERIVED_SCHEMA_ID

    def has_table(self, table: str) -> bool:
        """Returns whether it has the table at all: an older schema may not have known it."""
        return any(Path(file.path).stem == table for file in self.files)

    @property
    def archived(self) -> FileEntry:
        """Its WARC file."""
        return next(file for file in self.files if file.path.endswith(WARC_SUFFIX))

    @property
    def tables(self) -> tuple[FileEntry, ...]:
        """The Parquet files that have its rows, be they also those of others."""
        own = tuple(file for file in self.files if not file.path.endswith(WARC_SUFFIX))
        return self.in_pack.tables if self.in_pack else own

    @property
    def capture_count(self) -> int:
        """How many captures the batch holds."""
        return self.archived.row_count

    @property
    def warc_name(self) -> str:
        """Name of its WARC file, by which its captures are told from others of a pack."""
        return Path(self.archived.path).name

    @property
    def folder_name(self) -> str:
        """Name of the folder below lake/derived/ in which its tables lie."""
        return self.in_pack.pack_id if self.in_pack else self.batch_id

    def folder(self, home: Home) -> Path:
        """The folder in which its tables lie."""
        return home.derived / self.folder_name

    def table_path(self, home: Home, table: str) -> Path:
        """The Parquet file with the rows of one of the batch's tables."""
        return self.folder(home) / f"{table}.parquet"


@dataclass(frozen=True, slots=True)
class Pack:
    """The tables of several batches together.

    Args:
        pack_id: Name of its folder below lake/derived/.
        contents: The bytes of the commit.json of each batch it was made of, by batch.
        tables: Its Parquet files.
        replaces: Packs whose rows it has taken over.
    """

    pack_id: str
    contents: Mapping[str, bytes]
    tables: tuple[FileEntry, ...]
    replaces: tuple[str, ...]

    @property
    def members(self) -> list[Commit]:
        """The batches it was made of."""
        place = InPack(self.pack_id, len(self.contents), self.tables)
        # The seal of the pack is one over each of them too.
        return [
            replace(_commit(json.loads(content), content), in_pack=place)
            for content in self.contents.values()
        ]

    @property
    def content(self) -> bytes:
        """The bytes of its pack.json."""
        return sealed({
            "format": _PACK_FORMAT,
            "pack_id": self.pack_id,
            "commits": {name: data.decode("ascii") for name, data in self.contents.items()},
            "tables": [asdict(file) for file in self.tables],
            "replaces": list(self.replaces),
        })  # fmt: skip


class CommitDamaged(Exception):
    """A committed batch cannot be read; the message names the file and what to do."""


class HomeIsNewer(Exception):
    """Newer code has written to the home what this code does not know, and would lose."""


def read_commits(home: Home) -> list[Commit]:
    """Returns the committed batches in order of their ids.

    Raises:
        CommitDamaged: A commit.json or a pack.json cannot be read.
    """
    found = {path.parent.name: read_commit(path) for path in commit_paths(home)}
    for pack in standing_packs(home):
        found |= {entry.batch_id: entry for entry in pack.members if entry.batch_id not in found}
    return [found[batch_id] for batch_id in sorted(found)]


def readable_commits(home: Home) -> list[Commit]:
    """Returns the committed batches, but for those whose commit cannot be read."""
    found = packed_commits(home)
    for path in commit_paths(home):
        with suppress(CommitDamaged, OSError):
            found[path.parent.name] = read_commit(path)
    return [found[batch_id] for batch_id in sorted(found)]


def commit_paths(home: Home) -> list[Path]:
    """Returns the commit.json of each batch that has a folder of its own, in order of their ids."""
    return sorted(home.derived.glob(f"*/{COMMIT}"))


def pack_paths(home: Home) -> list[Path]:
    """Returns the pack.json of each pack, also of those that say nothing any more."""
    return sorted(home.derived.glob(f"*/{PACK}"))


def standing_packs(home: Home) -> list[Pack]:
    """Returns the packs that no other pack replaces, in order of their ids.

    Raises:
        CommitDamaged: A pack.json cannot be read.
    """
    return _standing([read_pack(path) for path in pack_paths(home)])


def live_members(home: Home, pack: Pack) -> list[Commit]:
    """Returns the batches of a pack that have no folder of their own."""
    live = _live_ids(home, pack)
    return [entry for entry in pack.members if entry.batch_id in live]


def spent_packs(home: Home) -> list[Path]:
    """Returns the folders of packs that say nothing any more, those that are replaced first.

    One that cannot be read is none of them.
    """
    packs = _readable_packs(home)
    standing = {pack.pack_id for pack in _standing(packs)}
    replaced = [pack for pack in packs if pack.pack_id not in standing]
    shadowed = [p for p in packs if p.pack_id in standing and not _live_ids(home, p)]
    return [home.derived / pack.pack_id for pack in (*replaced, *shadowed)]


def packed_commits(home: Home) -> dict[str, Commit]:
    """Returns the batches that lie in packs and have no folder of their own, by their ids.

    What a pack.json that cannot be read has said is not among them.
    """
    packs = _standing(_readable_packs(home))
    return {entry.batch_id: entry for pack in packs for entry in live_members(home, pack)}


def find_commit(home: Home, batch_id: str) -> Commit | None:
    """Returns a committed batch; None where there is none, or its commit cannot be read."""
    path = home.derived / batch_id / COMMIT
    if path.exists():
        with suppress(CommitDamaged, OSError):
            return read_commit(path)
        return None
    return packed_commits(home).get(batch_id)


def read_commit(path: Path) -> Commit:
    """Returns the commit that a commit.json tells of.

    Raises:
        CommitDamaged: It cannot be read.
        HomeIsNewer: It is sound, and of a format that only newer code knows.
    """
    return commit_of(path.read_bytes(), str(path))


def commit_of(content: bytes, name: str) -> Commit:
    """Returns the commit that the bytes of a commit.json tell of; `name` is for the errors.

    Raises:
        CommitDamaged: It cannot be read.
        HomeIsNewer: It is sound, and of a format that only newer code knows.
    """
    try:
        return _commit(_fields(content), content)
    except (ValueError, KeyError, TypeError) as error:
        raise CommitDamaged(f"{name}: {error}; `refworld repair` mends it") from error


def read_pack(path: Path) -> Pack:
    """Returns the pack that a pack.json tells of.

    Raises:
        CommitDamaged: It cannot be read, or one of its commits cannot.
        HomeIsNewer: It is sound, and of a format that only newer code knows.
    """
    content = path.read_bytes()
    try:
        fields = unsealed(content)
        if fields["format"] != _PACK_FORMAT:
            raise HomeIsNewer(_NEWER.format(f"{path} has the format {fields['format']}"))
        pack = Pack(
            pack_id=fields["pack_id"],
            contents={name: text.encode("ascii") for name, text in fields["commits"].items()},
            tables=tuple(FileEntry(**file) for file in fields["tables"]),
            replaces=tuple(fields["replaces"]),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise CommitDamaged(f"{path}: {error}; `refworld repair` mends it") from error
    if pack.pack_id != path.parent.name:
        raise CommitDamaged(f"{path}: it is the pack.json of {pack.pack_id}")
    return pack


def pack_id_of(commits: Iterable[Commit], replaces: Sequence[str]) -> str:
    """Returns the id of the pack of these batches that replaces these packs."""
    words = [*sorted(entry.sha256 for entry in commits), "", *sorted(replaces)]
    return PACK_PREFIX + hashlib.sha256("\n".join(words).encode()).hexdigest()[:32]


def commit_bytes(staged: Staged) -> bytes:
    """Returns what the commit.json of a staged batch will hold."""
    content = {
        "format": _FORMAT,
        "batch_id": staged.batch_id,
        "code_version": staged.code_version,
        "schema_id": DERIVED_SCHEMA_ID,
        "files": [asdict(file) for file in sorted(staged.files, key=lambda file: file.path)],
    }
    return sealed(content)


def known_capture_ids(home: Home) -> set[bytes]:
    """Returns the ids of all committed captures, 32 bytes each.

    Raises:
        CommitDamaged: A batch's table of captures cannot be read.
    """
    known: set[bytes] = set()
    for path in table_paths_of(home, read_commits(home), "captures"):
        try:
            ids = lake.read_table(path, ["capture_id"]).column(0).to_pylist()
        except (OSError, ValueError) as error:
            raise CommitDamaged(f"{path}: {error}; `refworld rebuild` derives it anew") from error
        known.update(map(bytes.fromhex, ids))
    return known


def table_paths_of(home: Home, commits: Iterable[Commit], table: str) -> list[Path]:
    """Returns the files that have the rows of a table of these batches, each once.

    Those of a pack have the rows of its other batches too.
    """
    return list(dict.fromkeys(entry.table_path(home, table) for entry in commits))


def uncommitted_archives(home: Home) -> list[Path]:
    """Returns the WARC files that no commit lists, in order of their names."""
    packs = _standing(_readable_packs(home))
    packed = {batch_id for pack in packs for batch_id in pack.contents}
    return [
        path
        for path in sorted(home.archive.glob(f"*{WARC_SUFFIX}"))
        if (batch_id := path.name.removesuffix(WARC_SUFFIX)) not in packed
        and not (home.derived / batch_id / COMMIT).exists()
    ]


def unknown_format(name: object) -> HomeIsNewer:
    """Returns the error for what only newer code knows."""
    return HomeIsNewer(_NEWER.format(name))


def _commit(fields: Mapping[str, Any], content: bytes) -> Commit:
    return Commit(
        batch_id=fields["batch_id"],
        code_version=fields["code_version"],
        files=tuple(FileEntry(**file) for file in fields["files"]),
        sha256=hashlib.sha256(content).hexdigest(),
        schema_id=fields["schema_id"] if fields["format"] == _FORMAT else None,
    )


def _live_ids(home: Home, pack: Pack) -> set[str]:
    return {name for name in pack.contents if not (home.derived / name / COMMIT).exists()}


def _standing(packs: Sequence[Pack]) -> list[Pack]:
    replaced = {name for pack in packs for name in pack.replaces}
    return [pack for pack in packs if pack.pack_id not in replaced]


def _readable_packs(home: Home) -> list[Pack]:
    packs = []
    for path in pack_paths(home):
        with suppress(CommitDamaged, OSError):
            packs.append(read_pack(path))
    return packs


def _fields(content: bytes) -> dict[str, Any]:
    fields: dict[str, Any] = json.loads(content)
    if fields["format"] != _UNSEALED_FORMAT:
        fields = unsealed(content)
        if fields["format"] not in (_FORMAT, _UNVERSIONED_FORMAT):
            raise HomeIsNewer(_NEWER.format(f"a commit has the format {fields['format']}"))
        return fields
    if rendered(fields) != content or "seal" in fields:
        raise ValueError("its bytes are not those that were written")
    return fields
