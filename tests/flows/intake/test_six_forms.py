"""One document in six forms: the same metadata and words, and each value leads to its bytes."""

from __future__ import annotations

import gzip
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from flows.reference import reference_rows
from tests.flows.intake.packs import zip_of
from tests.flows.intake.warcs import captures, found_in, http, warc
from tests.transforms.test_twins import values
from tests.transforms.twins import twin_of, words
from tests.warehouse.pages import CODE_VERSION
from transforms.preserved import preserved_words
from transforms.reading import read_page
from transforms.records import Capture, Reading, capture_of
from warehouse.archive import read_record
from warehouse.commits import commit, stage
from warehouse.database import publish
from warehouse.home import Home
from warehouse.query import open_database, trace_rows

(SEED,) = (Path(__file__).parents[3] / "seeds").glob("*.txt")
ADDRESS = "https://www.refworld.org/docid/4680d8a81d.html"
ARCHIVED = f"https://web.archive.org/web/20230602101500/{ADDRESS}"


@pytest.fixture(scope="module")
def forms(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Capture, Reading]]:
    """The captures of the six forms, through the door, each with its reading."""
    folder = tmp_path_factory.mktemp("forms")
    text = SEED.read_bytes()
    old, new = (twin_of(text, None, form) for form in ("table", "new"))
    body = gzip.compress(old, mtime=0)
    packed = http(body, ("Content-Encoding", "gzip"), media_type="text/html; charset=utf-8")
    (folder / "a.txt").write_bytes(text)
    (folder / "b.html").write_bytes(old)
    (folder / "c.html").write_bytes(new)
    (folder / "d.warc.gz").write_bytes(gzip.compress(warc("response", ADDRESS, packed), mtime=0))
    whole = http(new, media_type="text/html")
    within = gzip.compress(warc("response", ARCHIVED, whole), mtime=0)
    wacz = zip_of({"archive/data.warc.gz": within, "pages/pages.jsonl": b"{}\n"})
    (folder / "e.zip").write_bytes(zip_of({"saved/f.wacz": wacz}))
    rows = pa.Table.from_pylist([{"url": ADDRESS, "text": text.decode()}])
    pq.write_table(rows, folder / "g.parquet")
    sources = [path for path in sorted(folder.iterdir()) if path.is_file()]
    found = captures(found_in(folder, *sources).inputs)
    assert len(found) == 6
    return {
        source.name: (capture, read_page(capture))
        for source, capture in zip(sources, found, strict=True)
    }


def test_all_say_the_same(forms: dict[str, tuple[Capture, Reading]]) -> None:
    expected = read_page(capture_of(SEED.read_bytes(), "file:///seed.txt"))
    for name, (_, reading) in forms.items():
        assert values(reading.document) == values(expected.document), name
        assert words(reading) == words(expected), name
        assert [s.value for s in reading.statements if s.field == "tip_placement"] == [
            "Tier 2 Watch List"
        ], name
    media_types = [capture.media_type for capture, _ in forms.values()]
    assert media_types.count("text/html") == 4


def test_all_are_versions_of_one_document_whose_values_lead_to_their_bytes(
    forms: dict[str, tuple[Capture, Reading]], tmp_path: Path
) -> None:
    home = Home(tmp_path / "data")
    taken, readings = zip(*forms.values(), strict=True)
    commit(home, stage(home, taken, readings, CODE_VERSION))
    publish(home, reference_rows())
    with open_database(home) as database:
        found = database.execute("SELECT document_id, version_count FROM documents").fetchall()
        traced = trace_rows(database, "4680d8a81d", "publication_date")
        places = database.execute(
            "SELECT capture_id, warc_file, warc_offset, layout, charset FROM captures"
        ).fetchall()
    assert found == [("4680d8a81d", 6)]
    assert traced
    by_id = {reading.capture_id: reading for reading in readings}
    for capture_id, warc_file, offset, layout, charset in places:
        kept = read_record(home.archive / warc_file, offset)
        stated = [s for s in by_id[capture_id].statements if s.byte_start is not None]
        assert len(stated) > 10
        for statement in stated:
            said = preserved_words(
                kept.payload, charset, statement, statement.raw or "", layout.endswith("_html")
            )
            assert said == statement.raw
