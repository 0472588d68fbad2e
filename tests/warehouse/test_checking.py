"""Every check lets good data pass and names the rows that break its rule."""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from tests.warehouse.pages import (
    CODE_VERSION,
    acquisition_row,
    commit_batch,
    page,
    publish_all,
    reading_of,
    run_row,
)
from transforms.records import Block, Blocks, Capture, Issue, Link, Mentions, Reading, Statement
from warehouse import checking, commits, lake, schema
from warehouse.checking import CheckFailed, PublishFailed, checks
from warehouse.events import write_event_tables
from warehouse.home import Home

PAGE = page(1)

SIZE = len(PAGE.payload)


def blocks(change: Callable[[Block], Block | None], seq: int) -> Reading:
    reading = reading_of(PAGE)
    changed = (change(block) if block.seq == seq else block for block in reading.blocks)
    return dataclasses.replace(reading, blocks=Blocks.of(block for block in changed if block))


def pages(*numbers: int | None) -> Reading:
    """Returns a reading whose blocks stand on these pages and have no bytes."""
    reading = reading_of(PAGE)
    placed = [
        dataclasses.replace(block, page=page, byte_start=None, byte_end=None)
        for block, page in zip(reading.blocks, numbers, strict=True)
    ]
    return dataclasses.replace(reading, layout="pdf", blocks=Blocks.of(placed))


def statement(field: str, **changes: Any) -> Reading:
    reading = reading_of(PAGE)
    changed = tuple(
        dataclasses.replace(stated, **changes) if stated.field == field else stated
        for stated in reading.statements
    )
    return dataclasses.replace(reading, statements=changed)


def unstated(field: str, value: str | None = None) -> Reading:
    reading = reading_of(PAGE)
    kept = tuple(s for s in reading.statements if s.field != field or value not in (None, s.value))
    return dataclasses.replace(reading, statements=kept)


def version(**changes: Any) -> Reading:
    return reading_of(PAGE, **changes)


def linked(**changes: Any) -> Reading:
    link = Link(0, "Report", "https://example.org/", None, 0, 6, 0, 6)
    links = (dataclasses.replace(link, **changes),)
    return dataclasses.replace(reading_of(PAGE), links=links)


def mentioning(
    block_seq: int = 0, code: str | None = "PER", words: str = "Report", start: int = 0
) -> Reading:
    mentions = Mentions([block_seq], [code], ["name"], [words], [start], [start + 6])
    return dataclasses.replace(reading_of(PAGE), mentions=mentions)


def of_html(reading: Reading) -> Reading:
    return dataclasses.replace(reading, layout="old_html")


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with a published database in which no batch is; not to be changed."""
    home = Home(tmp_path_factory.mktemp("published") / "data")
    publish_all(home)
    return home


@pytest.fixture
def home(published: Home, tmp_path: Path) -> Home:
    """Such a home, whose database is built upon: to make all tables takes most of the time."""
    return Home(shutil.copytree(published.root, tmp_path / "data"))


BROKEN: list[tuple[str, Reading]] = [
    ("blocks_tile", blocks(lambda b: dataclasses.replace(b, char_start=6, char_end=7), 1)),
    ("blocks_tile", blocks(lambda b: dataclasses.replace(b, byte_start=6, byte_end=7), 1)),
    ("blocks_tile", blocks(lambda b: dataclasses.replace(b, byte_start=None, byte_end=None), 1)),
    ("blocks_tile", blocks(lambda b: dataclasses.replace(b, page=1), 1)),
    ("blocks_tile", pages(2, 2, 1, 2)),
    ("blocks_tile", pages(1, 1, None, 2)),
    ("blocks_span_text", blocks(lambda b: dataclasses.replace(b, byte_end=None), 3)),
    ("blocks_span_text", of_html(blocks(lambda b: dataclasses.replace(b, byte_end=None), 1))),
    ("blocks_span_text", blocks(lambda b: dataclasses.replace(b, text="longer"), 1)),
    ("blocks_span_text", blocks(lambda b: dataclasses.replace(b, text="", char_end=7), 1)),
    ("blocks_counted", blocks(lambda _: None, 3)),
    ("blocks_counted", dataclasses.replace(version(), blocks=Blocks())),
    ("blocks_counted", version(block_count=0)),
    ("versions_of_documents", dataclasses.replace(version(), outcome="quarantined")),
    (
        "versions_of_documents",
        dataclasses.replace(version(), document=None, blocks=Blocks(), statements=()),
    ),
    ("statements_span_raw", statement("title", raw="Repor")),
    ("statements_span_raw", statement("title", raw=None)),
    ("statements_span_raw", statement("title", byte_end=None)),
    ("statements_span_raw", statement("title", char_end=None)),
    ("statements_span_raw", statement("title", byte_start=None, byte_end=None)),
    ("statements_span_raw", of_html(statement("title", char_start=None, char_end=None, raw=None))),
    ("links_stand_in_blocks", linked(block_seq=1)),
    ("links_stand_in_blocks", linked(block_seq=None)),
    ("links_stand_in_blocks", linked(byte_end=None)),
    ("mentions_stand_in_blocks", mentioning(block_seq=1)),
    ("mentions_stand_in_blocks", mentioning(block_seq=99)),
    ("mentions_stand_in_blocks", mentioning(words="Rep")),
    ("mentions_stand_in_blocks", mentioning(start=2)),
    ("references_known", mentioning(code="XYZ")),
    ("statements_agree", statement("country_codes", value="GBR")),
    ("statements_agree", statement("last_updated", value="2023-05-31T15:44:00")),
    ("statements_agree", statement("has_disclaimer", value="False")),
    ("values_stated", unstated("title")),
    ("values_stated", unstated("country_codes")),
    ("values_stated", unstated("country_codes", "PER")),
    ("values_stated", dataclasses.replace(version(), statements=())),
    ("dates_valid", version(publication_date="2006-13")),
    ("dates_valid", version(publication_date="2006-02-30")),
    ("dates_valid", version(publication_date="5 June 2006")),
    ("dates_valid", version(publication_date=None)),
    ("dates_valid", version(publication_from=date(2006, 6, 2))),
    ("dates_valid", version(publication_to=date(2006, 7, 1))),
    ("dates_valid", version(publication_to=None)),
    ("references_known", version(publisher_id="NOBODY")),
    ("references_known", version(country_codes=("PER", "XYZ"))),
    (
        "references_known",
        dataclasses.replace(version(), issues=(Issue("unheard_of", None, "x"),)),
    ),
]


def ids(case: object) -> str | None:
    return case if isinstance(case, str) else ""


@pytest.mark.parametrize(("check", "reading"), BROKEN, ids=ids)
def test_a_broken_rule_is_named_with_its_rows(home: Home, check: str, reading: Reading) -> None:
    commits.commit(home, commits.stage(home, [PAGE], [reading], CODE_VERSION))
    with pytest.raises(CheckFailed) as failed:
        publish_all(home)
    assert check == failed.value.check
    assert failed.value.rows
    assert PAGE.capture_id in str(failed.value)


@pytest.mark.parametrize(
    "reading",
    [
        linked(),
        mentioning(),
        mentioning(code=None),
        linked(block_seq=None, char_start=None, char_end=None, byte_start=None, byte_end=None),
        of_html(blocks(lambda b: dataclasses.replace(b, byte_start=None, byte_end=None), 1)),
        of_html(statement("title", byte_start=None, byte_end=None)),
        of_html(statement("title", char_start=None, char_end=None)),
    ],
    ids=[
        "link",
        "mention",
        "shared name",
        "link of an image",
        "moved block",
        "moved words",
        "attribute",
    ],
)
def test_what_stands_in_its_place_passes(home: Home, reading: Reading) -> None:
    commits.commit(home, commits.stage(home, [PAGE], [reading], CODE_VERSION))
    publish_all(home)


def test_every_column_agrees_with_its_statement(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each column has a page of its own whose statement for it says something else."""
    monkeypatch.setattr(checking, "_MAX_ROWS", 100)
    names = [name for name in schema.DOCUMENT_VERSIONS.column_names if name != "capture_id"]
    captures = [page(number) for number in range(len(names))]
    readings = [misstated(*case) for case in zip(captures, names, strict=True)]
    commits.commit(home, commits.stage(home, captures, readings, CODE_VERSION))
    with pytest.raises(CheckFailed) as failed:
        publish_all(home)
    assert failed.value.check == "statements_agree"
    named = str(failed.value)
    for capture, name in zip(captures, names, strict=True):
        rows = [line for line in named.splitlines() if capture.capture_id in line]
        assert rows
        assert all(f"field '{name}'" in row for row in rows)


def misstated(capture: Capture, name: str) -> Reading:
    full = reading_of(capture, **{
        name: "x"
        for name in (c.name for c in schema.DOCUMENT_VERSIONS.columns if c.type == "text")
        if name not in ("capture_id", "title", "publisher_id", "publication_date")
    }, accessed_date=date(2023, 6, 2))  # fmt: skip
    changed = tuple(
        dataclasses.replace(s, value="other", raw=None, char_start=None, char_end=None,
                            byte_start=None, byte_end=None)
        if s.field == name else s for s in full.statements
    )  # fmt: skip
    assert changed != full.statements
    return dataclasses.replace(full, statements=changed)


@pytest.mark.parametrize(
    "reading",
    [
        version(),
        version(publication_date="2006", publication_from=date(2006, 1, 1),
                publication_to=date(2006, 12, 31)),
        version(publication_date="2008-02", publication_from=date(2008, 2, 1),
                publication_to=date(2008, 2, 29)),
        version(publication_date="2006-06-05", publication_from=date(2006, 6, 5),
                publication_to=date(2006, 6, 5)),
        version(publication_date=None, publication_from=None, publication_to=None),
        version(country_codes=None, publisher_id=None, title=None, last_updated=None),
        dataclasses.replace(version(), statements=(
            *version().statements,
            Statement("topics", "x", "Rep", 0, 3, 0, 3, "header.topics"),
            Statement("topics", "in the address", "x", None, None, None, None, "address.topics"),
        )),
        dataclasses.replace(version(block_count=0), blocks=Blocks()),
        dataclasses.replace(pages(1, 1, 2, 4), statements=tuple(
            dataclasses.replace(s, byte_start=None, byte_end=None) for s in version().statements
        ), layout="pdf"),
    ],
)  # fmt: skip
def test_good_data_pass(home: Home, reading: Reading) -> None:
    commits.commit(home, commits.stage(home, [PAGE], [reading], CODE_VERSION))
    publish_all(home)


def lake_edit(home: Home, table: str, column: str, change: Callable[[Any], Any]) -> None:
    """Writes other values into the lake, as no commit of ours would."""
    (commit,) = commits.read_commits(home)
    path = commit.table_path(home, table)
    rows = lake.read_table(path)
    index = rows.schema.get_field_index(column)
    changed = [change(value) for value in rows.column(index).to_pylist()]
    values = pa.array(changed, rows.schema.field(index).type)
    path.write_bytes(lake.parquet_bytes(rows.set_column(index, rows.schema.field(index), values)))


@pytest.mark.parametrize(
    ("check", "table", "column"),
    [
        ("captures_named", "captures", "payload_sha256"),
        ("captures_named", "captures", "target_uri"),
        ("captures_of_rows", "issues", "capture_id"),
        ("statements_have_version", "statements", "document_id"),
    ],
)
def test_rows_of_the_lake_that_belong_nowhere_are_named(
    home: Home, check: str, table: str, column: str
) -> None:
    commit_batch(home, [page(1, "Odd!")])
    lake_edit(home, table, column, lambda _: "0" * 64)
    with pytest.raises(CheckFailed) as failed:
        publish_all(home)
    assert failed.value.check == check


@pytest.mark.parametrize("table", ["statements", "issues"])
def test_two_rows_of_one_key_are_named(home: Home, table: str) -> None:
    commit_batch(home, [page(1, "Odd!")])
    lake_edit(home, table, "seq", lambda _: 1)
    (commit,) = commits.read_commits(home)
    path = commit.table_path(home, table)
    path.write_bytes(lake.parquet_bytes(pa.concat_tables([lake.read_table(path)] * 2)))
    with pytest.raises(CheckFailed) as failed:
        publish_all(home)
    assert failed.value.check == "keys_unique"
    assert f"kind '{table}'" in str(failed.value)


def test_an_input_told_twice_is_named(home: Home) -> None:
    row = acquisition_row("r1", 0, PAGE)
    commit_batch(home, [PAGE])
    run = run_row("r1", state="failed", input_count=2)
    write_event_tables(home, "r1", {"runs": [run], "acquisitions": [row, row]})
    with pytest.raises(CheckFailed) as failed:
        publish_all(home)
    assert failed.value.check == "keys_unique"


def test_a_batch_of_captures_that_are_there_is_refused(home: Home) -> None:
    commit_batch(home, [PAGE])
    publish_all(home)
    commit_batch(home, [PAGE, page(2)])
    with pytest.raises(PublishFailed, match="duplicates"):
        publish_all(home)


def test_blocks_out_of_their_order_are_named(home: Home) -> None:
    commit_batch(home, [PAGE])
    lake_edit(home, "blocks", "seq", lambda seq: 9 if seq == 3 else seq)
    with pytest.raises(CheckFailed) as failed:
        publish_all(home)
    assert failed.value.check == "blocks_tile"


BALANCED = {"input_count": 1, "input_bytes": SIZE, "new_count": 1, "new_bytes": SIZE}


@pytest.mark.parametrize(
    ("check", "row", "seen"),
    [
        ("ledger_balances", {"input_count": 2}, {}),
        ("ledger_balances", {"input_bytes": SIZE + 1}, {}),
        ("ledger_balances", {"new_count": 0, "unchanged_count": 1}, {}),
        ("ledger_balances", {}, {"outcome": "unchanged"}),
        ("ledger_balances", {}, {"byte_length": SIZE + 1}),
        ("ledger_balances", {}, None),
        ("captures_of_rows", {}, {"capture_id": "0" * 64}),
        ("references_known", {}, {"issue_code": "unheard_of"}),
        (None, {}, {}),
        (None, {"state": "failed", "input_count": 2}, {"capture_id": "0" * 64}),
        (None, {"kind": "verify", "input_count": 0, "input_bytes": 0, "new_count": 0,
                "new_bytes": 0}, None),
    ],
)  # fmt: skip
def test_the_ledger_of_a_completed_run_balances(
    home: Home, check: str | None, row: dict[str, Any], seen: dict[str, Any] | None
) -> None:
    commit_batch(home, [PAGE])
    acquisitions = [] if seen is None else [acquisition_row("r1", 0, PAGE, **seen)]
    write_event_tables(
        home,
        "r1",
        {"runs": [run_row("r1", **(BALANCED | row))], "acquisitions": acquisitions},
    )
    if check is None:
        publish_all(home)
        return
    with pytest.raises(CheckFailed) as failed:
        publish_all(home)
    assert failed.value.check == check


def test_every_check_says_its_rule_and_has_a_case() -> None:
    found = {check.name: check for check in checks()}
    tried = {name for name, _ in BROKEN} | {
        "captures_named",
        "captures_of_rows",
        "keys_unique",
        "statements_have_version",
        "ledger_balances",
    }
    assert set(found) == tried
    for check in found.values():
        assert check.rule.endswith("."), check.name
