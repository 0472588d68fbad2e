"""The making of the migrated database at set-up: `python -m flows.server_template`."""

from __future__ import annotations

import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

from flows.prefect_home import DATABASE, copy_template, template_folder
from flows.server import start_server


def make_template(folder: Path) -> None:
    """Makes the template in `folder` by letting a server migrate an empty database."""
    with tempfile.TemporaryDirectory() as scratch:
        prefect_home = Path(scratch)
        server = start_server(prefect_home)
        try:
            server.wait()
        finally:
            server.stop()
        with closing(sqlite3.connect(prefect_home / DATABASE)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.execute("VACUUM")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        folder.mkdir(parents=True, exist_ok=True)
        copy_template(prefect_home, folder)


def main() -> None:
    """Makes the template where it is looked for, unless it is there already."""
    folder = template_folder()
    if not (folder / DATABASE).exists():
        make_template(folder)


if __name__ == "__main__":
    main()
