"""Full-text search: what is found and what is not, and an index that is always whole."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from string import Template
from time import process_time

import duckdb
import pytest

from flows.reference import reference_rows
from tests.linear import assert_linear
from tests.warehouse.pages import CODE_VERSION
from transforms.countries import codes_through_time
from transforms.reading import read
from transforms.records import Capture, capture_of
from warehouse import search_index
from warehouse.commits import commit, stage
from warehouse.database import publish
from warehouse.home import Home
from warehouse.query import NoDatabase
from warehouse.search import NothingAsked, SearchFilters, search
from warehouse.search_index import NoIndex, build_search_index, load_fts, open_search_index

HEAD = "Last Updated: Wednesday, 31 May 2023, 15:44 GMT\n\n"
FRENCH = (
    "Les personnes déplacées vivent dans des régions isolées. Elles n'ont pas de papiers, et les "
    "autorités de la préfecture ne leur en donnent que rarement, disent les associations."
)
RUSSIAN = (
    "Беженцы живут в отдалённых районах страны, и власти не выдают им документов. Об этом "
    "сообщают организации, которые работают с беженцами в этих районах."
)


def document(
    number: int, country: str, year: int, *paragraphs: str, publisher: str = ""
) -> Capture:
    publisher = publisher or "United States Department of State"
    title = f"{year} Report of Made-up Things - {country}"
    body = "\n\n".join(paragraphs)
    return capture_of(
        (
            f"{HEAD}{title}\n\nPublisher {publisher}\nPublication Date 5 June {year}\n"
            f"Cite as {publisher}, {title}, 5 June {year}, available at: "
            f"https://www.refworld.org/docid/46{number:08x}.html [accessed 2 June 2023]\n"
            "Disclaimer This is not a UNHCR publication about unicorns.\n\n"
            f"Background\n\n{body}\n"
        ).encode(),
        f"file:///{number}.txt",
    )


PAGES = [
    document(
        1, "Peru", 2004,
        "Debt bondage is common on 37 farms of the plain, and the bonded workers are seldom freed.",
        "The debts are large; bondage is the word that nobody uses there.",
    ),
    document(2, "Chad", 2006, "Workers are in debt, and many more workers are in bondage."),
    document(3, "Peru", 2006, "Nothing of the kind was seen, said the ministry of labour.",
             publisher="Human Rights Watch"),
    document(4, "Chad", 2008, FRENCH),
    document(5, "Belarus", 2009, RUSSIAN),
    document(6, "Zaire", 1995, "Diggers owe what they have dug."),
]  # fmt: skip


def commit_read(home: Home, captures: Sequence[Capture]) -> None:
    """Commits pages as they are really read."""
    commit(home, stage(home, captures, [read(capture) for capture in captures], CODE_VERSION))


@pytest.fixture(scope="module")
def indexed(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(tmp_path_factory.mktemp("indexed") / "data")
    commit_read(home, PAGES)
    publish(home, reference_rows())
    build_search_index(home)
    return home


@pytest.fixture
def index(indexed: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    with closing(open_search_index(indexed)) as connection:
        yield connection


def found(index: duckdb.DuckDBPyConnection, words: str, **filters: object) -> list[str]:
    answer = search(index, words, SearchFilters(**filters), limit=100)  # type: ignore[arg-type]
    assert answer.found_count == len(answer.hits)
    return [hit.document_id[-1] for hit in answer.hits]


def test_english_is_found_by_its_stems(index: duckdb.DuckDBPyConnection) -> None:
    assert sorted(found(index, "worker bonds")) == ["1"]
    assert sorted(found(index, "WORKERS")) == ["1", "2"]
    assert found(index, "ministries") == ["3"]
    assert found(index, "zebras") == []


def test_numbers_and_accents_are_no_hindrance(index: duckdb.DuckDBPyConnection) -> None:
    assert found(index, "37 farms") == ["1"]
    assert found(index, "deplacees") == ["4"]
    assert found(index, "DÉPLACÉES prefecture") == ["4"]


def test_other_languages_are_found_word_by_word(index: duckdb.DuckDBPyConnection) -> None:
    assert found(index, "беженцы") == ["5"]
    assert found(index, "беженец") == []
    assert found(index, "association") == []  # only English is stemmed


def test_all_words_or_any(index: duckdb.DuckDBPyConnection) -> None:
    assert found(index, "ministry farms") == []
    assert sorted(found(index, "ministry farms", has_any=True)) == ["1", "3"]


def test_the_rare_word_weighs_more(index: duckdb.DuckDBPyConnection) -> None:
    answer = search(index, "debt workers seldom", SearchFilters(has_any=True))
    assert answer.hits[0].document_id.endswith("1")
    scores = [hit.score for hit in answer.hits]
    assert scores == sorted(scores, reverse=True)


def test_scores_are_those_of_the_extension(index: duckdb.DuckDBPyConnection) -> None:
    rows = index.execute(
        "SELECT block_seq, document_id,"
        " fts_main_stemmed.match_bm25(passage_id, 'debt workers') AS s"
        " FROM stemmed JOIN passages USING (passage_id) JOIN documents USING (document_number)"
        " WHERE s IS NOT NULL AND is_content"
    ).fetchall()
    ours = search(index, "debt workers", SearchFilters(has_any=True), limit=100).hits
    assert {(hit.block_seq, hit.document_id): pytest.approx(hit.score) for hit in ours} == {
        (seq, document_id): score for seq, document_id, score in rows
    }


def test_a_phrase_stands_as_it_is_asked(index: duckdb.DuckDBPyConnection) -> None:
    assert sorted(found(index, "debt bondage")) == ["1", "1", "2"]
    assert found(index, '"debt bondage"') == ["1"]
    assert found(index, '"DEBT, bondage" farms') == ["1"]
    assert found(index, '"bondage debt"') == []
    assert found(index, '"ebt bondag"') == []
    assert found(index, '"des régions isolées"') == ["4"]


def test_filters(index: duckdb.DuckDBPyConnection) -> None:
    assert set(found(index, "debt", countries=["PER"])) == {"1"}
    assert not found(index, "diggers", countries=["COD"])
    assert found(index, "diggers", countries=codes_through_time("COD")) == ["6"]
    assert set(found(index, "debt", first_year=2005)) == {"2"}
    assert set(found(index, "debt", last_year=2004)) == {"1"}
    assert found(index, "ministry", publisher="HRW") == ["3"]
    assert found(index, "ministry", publisher="USDOS") == []
    assert found(index, "régions", language="fr") == ["4"]
    assert found(index, "debt", type="' OR true --") == []


def test_what_is_said_of_every_page_is_left_out(index: duckdb.DuckDBPyConnection) -> None:
    assert found(index, "unicorns") == []
    assert len(found(index, "unicorns", is_all=True)) == len(PAGES)


def test_a_hit_leads_to_its_words_and_bytes(index: duckdb.DuckDBPyConnection) -> None:
    (hit,) = search(index, '"debt bondage"').hits
    capture = next(page for page in PAGES if page.capture_id == hit.capture_id)
    assert hit.section_heading == "Background"
    assert [hit.text[start:end] for start, end in hit.marks] == ["Debt", "bondage"]
    text = "".join(read(capture).blocks.texts)
    assert text[hit.char_start : hit.char_end] == hit.text
    assert hit.byte_start is not None
    assert capture.payload[hit.byte_start : hit.byte_end].decode() == hit.text


def test_pages_of_an_answer_make_the_whole(index: duckdb.DuckDBPyConnection) -> None:
    whole = search(index, "debt workers", SearchFilters(has_any=True), limit=100)
    parts = [
        search(index, "debt workers", SearchFilters(has_any=True), limit=1, offset=number).hits
        for number in range(whole.found_count)
    ]
    assert tuple(hit for part in parts for hit in part) == whole.hits


@pytest.mark.parametrize("words", ["", "  ", '""', "!?", "the of and", "'; DROP TABLE x"])
def test_what_cannot_be_looked_for_is_said(index: duckdb.DuckDBPyConnection, words: str) -> None:
    if "DROP" in words:
        assert found(index, words) == []
        return
    with pytest.raises(NothingAsked):
        search(index, words)


def test_the_index_says_of_what_it_is_and_is_built_anew(home: Home) -> None:
    with pytest.raises(NoDatabase):
        build_search_index(home)
    commit_read(home, PAGES[:1])
    publish(home, reference_rows())
    with pytest.raises(NoIndex, match="search-index"):
        open_search_index(home)
    first = build_search_index(home)
    assert (first.snapshot_number, first.document_count) == (1, 1)
    commit_read(home, PAGES[1:])
    publish(home, reference_rows())
    with closing(open_search_index(home)) as old:
        second = build_search_index(home)
        assert (second.snapshot_number, second.document_count) == (2, len(PAGES))
        assert search(old, "ministry").hits == ()  # who has it open keeps what was there
    with closing(open_search_index(home)) as new:
        assert search(new, "ministry").index == second


def test_a_damaged_or_older_index_is_said_and_mended(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit_read(home, PAGES)
    publish(home, reference_rows())
    build_search_index(home)
    for content in (b"", b"no database", home.search_index.read_bytes()[:20_000]):
        home.search_index.write_bytes(content)
        with pytest.raises(NoIndex, match="search-index"):
            open_search_index(home).close()
        build_search_index(home)
    monkeypatch.setattr(search_index, "INDEX_VERSION", 99)
    with pytest.raises(NoIndex, match="another version"):
        open_search_index(home)


KILLED = """
import os, sys
from pathlib import Path
from warehouse import search_index
from warehouse.commits import commit, stage
from warehouse.home import Home
real = search_index._index
def dying(*arguments):
    real(*arguments)
    os.kill(os.getpid(), 9)
search_index._index = dying
search_index.build_search_index(Home(Path(sys.argv[1])))
"""


def test_a_killed_builder_leaves_nothing_that_needs_a_person(home: Home) -> None:
    commit_read(home, PAGES)
    publish(home, reference_rows())
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(home.root)],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        check=False,
    )
    assert done.returncode == -9
    assert not home.search_index.exists()
    assert list(home.root.glob(".search-*"))
    build_search_index(home)
    assert not list(home.root.glob(".search-*"))
    with closing(open_search_index(home)) as connection:
        assert search(connection, "ministry").found_count == 1


def test_the_extension_comes_from_its_package() -> None:
    with closing(duckdb.connect()) as connection:
        load_fts(connection)
        row = connection.execute("SELECT stem('running', 'english')").fetchone()
        assert row == ("run",)


def test_a_block_of_very_many_words_is_parted_in_linear_time() -> None:
    def seconds(count: int) -> float:
        with duckdb.connect() as connection:
            connection.execute("CREATE SCHEMA work; CREATE SCHEMA fts_main_t")
            connection.execute("CREATE TABLE words AS SELECT 'other' AS word, 1 AS termid")
            connection.execute(
                "CREATE TABLE work.passages AS SELECT 1 AS passage_id, true AS is_stemmed,"
                " repeat('other détention — ', $count // 2) AS text",
                {"count": count},
            )
            sql = Template(search_index._sql("terms")).substitute(
                table="t", tokens=search_index._TOKENS, is_stemmed="true"
            )
            began = process_time()
            connection.execute(sql)
            return process_time() - began

    assert_linear(seconds, 50_000, 800_000)
