"""Which code derived a table: its version and a digest of its sources."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import transforms
import warehouse

DISTRIBUTION = "refworld-archive"
_DIGEST_LENGTH = 12


def code_version() -> str:
    """Returns `<version>+<digest>`, which changes with any source that derived values depend on.

    The digest is over the sources of `transforms/` and `warehouse/`; those of `flows/` decide
    when and where values are derived, never what they are.
    """
    digest = hashlib.sha256()
    for name, path in _sources():
        digest.update(f"{name}\n".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return f"{distribution_version()}+{digest.hexdigest()[:_DIGEST_LENGTH]}"


def _sources() -> Iterator[tuple[str, Path]]:
    for package in (transforms, warehouse):
        root = Path(package.__path__[0])
        named = {
            f"{root.name}/{path.relative_to(root).as_posix()}": path
            for suffix in ("*.py", "*.sql")
            for path in root.rglob(suffix)
        }
        yield from sorted(named.items())


def distribution_version() -> str:
    """Returns the version of the program as it is installed."""
    try:
        return version(DISTRIBUTION)
    except PackageNotFoundError:
        return "0"  # run from a source tree that nobody installed; the digest says which
