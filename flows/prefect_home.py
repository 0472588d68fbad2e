"""A fresh PREFECT_HOME, given a migrated database so that the server need not make one.

Migrating an empty database takes the server's first start from 6 to 15 seconds and more;
`server_template` makes one at set-up, of which each fresh data home gets a copy.
"""

from __future__ import annotations

import sys
from importlib.metadata import version
from pathlib import Path

from warehouse import disk

DATABASE = "prefect.db"


def template_folder() -> Path:
    """Returns where the template of the installed Prefect lies in this Python's environment."""
    return Path(sys.prefix) / "share" / "refworld-archive" / f"prefect-{version('prefect')}"


def seed_prefect_home(prefect_home: Path) -> None:
    """Gives a PREFECT_HOME without a database the template's; without one the server migrates."""
    if not (prefect_home / DATABASE).exists():
        copy_template(template_folder(), prefect_home)


def copy_template(source: Path, target: Path) -> None:
    """Copies the database of a template if there is one, whole or not at all."""
    if (source / DATABASE).exists():
        draft = target / f".{DATABASE}.draft"
        disk.copy(source / DATABASE, draft)
        disk.sync_file(draft)
        disk.replace(draft, target / DATABASE)
