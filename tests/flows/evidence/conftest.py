"""A home with documents of each form of capture, which no test may change."""

from __future__ import annotations

import gzip
import shutil
from pathlib import Path

import pytest

from benchmarks.plain import ingest_plainly
from tests.flows.conftest import SEED, page
from tests.flows.intake.warcs import http, warc, written
from tests.transforms.twins import twin_of
from warehouse.home import Home

TEXT, MARKUP, CODED, RESPONSE = "4680d8a81d", "4680d8a81e", "400000002", "400000001"
HOSTILE = "4680d8a81f"


def uri(document_id: str) -> str:
    return f"https://www.refworld.org/docid/{document_id}.html"


@pytest.fixture(scope="session")
def evidence_home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The seed in two versions, the same as HTML, a hostile title, and records of a crawl."""
    folder = tmp_path_factory.mktemp("evidence")
    sources = folder / "sources"
    shutil.copytree(SEED, sources)
    (seed,) = SEED.glob("*.txt")
    content = seed.read_bytes()
    (sources / "later.txt").write_bytes(
        content.replace(b"31 May 2023", b"07 June 2023").replace(b"Peru is", b"Peru was")
    )
    markup = twin_of(content.replace(TEXT.encode(), MARKUP.encode()), None, "table")
    (sources / "page.html").write_bytes(markup)
    hostile = page(7).replace("400000007", HOSTILE)
    hostile = hostile.replace("A Report", "=A <script>alert(1)</script> \u202eReport")
    (sources / "hostile.txt").write_text(hostile, encoding="utf-8")
    texts = {number: page(number).encode() for number in (1, 2)}
    packed = http(gzip.compress(texts[2], mtime=0), ("Content-Encoding", "gzip"))
    records = [
        warc("response", uri(RESPONSE), http(texts[1])),
        warc("response", uri(CODED), packed),
    ]
    written(sources / "crawl.warc.gz", records)
    shutil.copy(Path(__file__).parents[2] / "pdf" / "two_pages.pdf", sources / "two_pages.pdf")
    home = Home(folder / "data")
    ingest_plainly(str(sources), home, 1)
    return home
