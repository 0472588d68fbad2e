"""Pages that hang the reader or kill its process, in the real command: only they are set aside."""

from contextlib import closing
from pathlib import Path

from flows.outcomes import SOME_QUARANTINED
from tests.flows.conftest import ROOT, page, run_here
from tests.flows.processes import start
from warehouse.commits import read_commits
from warehouse.home import Home
from warehouse.query import open_database

# Read by every Python that is started below: the workers' reader then hangs or dies on a marker.
_READER = """
import os, signal, time
from transforms import reading
_read = reading.read

def read(capture):
    if b"HANG-HERE" in capture.payload:
        time.sleep(600)
    if b"DIE-HERE" in capture.payload:
        os.kill(os.getpid(), signal.SIGKILL)
    return _read(capture)

reading.read = read
"""


def test_only_the_culprits_are_quarantined(tmp_path: Path, prefect_api: str) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "sitecustomize.py").write_text(_READER)
    pages = tmp_path / "pages"
    pages.mkdir()
    marks = {3: "HANG-HERE", 6: "DIE-HERE", 9: "HANG-HERE"}
    for number in range(12):
        (pages / f"{number:02}.txt").write_text(page(number) + marks.get(number, ""))
    home = Home(tmp_path / "data")
    settings = {"PYTHONPATH": f"{tmp_path / 'site'}:{ROOT}"}
    limits = ("--workers", "1", "--max-seconds", "1.5")
    process = start(home, pages, *limits, settings=settings, api_url=prefect_api)
    said, complaints = process.communicate(timeout=150)
    assert process.returncode == SOME_QUARANTINED, complaints
    assert "Traceback" not in said + complaints
    with closing(open_database(home)) as database:
        odd = database.execute(
            "SELECT source, issue_code, capture_id IS NOT NULL FROM acquisitions "
            "WHERE outcome <> 'new' ORDER BY source"
        ).fetchall()
        counts = database.execute(
            "SELECT input_count, new_count, quarantined_count FROM runs"
        ).fetchall()
    assert [(Path(source).name, code, kept) for source, code, kept in odd] == [
        ("03.txt", "reading_timed_out", True),
        ("06.txt", "reader_died", True),
        ("09.txt", "reading_timed_out", True),
    ]
    assert counts == [(12, 9, 3)]
    assert [commit.capture_count for commit in read_commits(home)] == [12]
    assert run_here("verify", "--data", home.root).returncode == 0
    # A reader that is mended reads them from the archive.
    assert run_here("rebuild", "--data", home.root).returncode == 0
    with closing(open_database(home)) as database:
        assert database.execute("SELECT count(*) FROM documents").fetchone() == (12,)
