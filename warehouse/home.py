"""Where things lie in a data home."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Home:
    """A data home: the folder that holds one archive with all that is derived from it.

    Args:
        root: The folder.
        address: Of the home on object storage of which the folder is the working copy.
    """

    root: Path
    address: str | None = None

    @property
    def name(self) -> str:
        """What the home is called: what stands behind `--data`."""
        return self.address or str(self.root)

    @property
    def archive(self) -> Path:
        """Preserved bytes: WARC files."""
        return self.root / "archive"

    @property
    def fetched(self) -> Path:
        """What fetches got, to the byte: one WARC file per run, listed among the run's events."""
        return self.root / "fetched"

    @property
    def derived(self) -> Path:
        """Parquet derived from the archive, one folder per batch."""
        return self.root / "lake" / "derived"

    @property
    def events(self) -> Path:
        """Parquet of what happened, one folder per run."""
        return self.root / "lake" / "events"

    @property
    def database(self) -> Path:
        """The published database."""
        return self.root / "refworld.duckdb"

    @property
    def database_digest(self) -> Path:
        """The digest of the published database, as `sha256sum --check` reads it."""
        return self.root / "refworld.duckdb.sha256"

    @property
    def prefect(self) -> Path:
        """PREFECT_HOME of the embedded server."""
        return self.root / "prefect"

    @property
    def staging(self) -> Path:
        """What is not yet in its place; emptied at the start of each run."""
        return self.root / "staging"

    @property
    def damaged(self) -> Path:
        """Damaged bytes that a repair has replaced, one folder per run."""
        return self.root / "damaged"

    @property
    def lock(self) -> Path:
        """The file whose operating-system lock makes one writer."""
        return self.root / "writer.lock"

    @property
    def search_index(self) -> Path:
        """The full-text index of a snapshot: disposable, always whole."""
        return self.root / "search.duckdb"

    @property
    def search_lock(self) -> Path:
        """The file whose operating-system lock makes one builder of that index."""
        return self.root / "search.lock"
