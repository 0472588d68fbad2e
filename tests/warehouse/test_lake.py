"""Records to Parquet: the declared types, no null where none may be, the same bytes always."""

from __future__ import annotations

import dataclasses
import json
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from tests.warehouse.pages import REFERENCE, page, reading_of, run_row
from transforms.records import NOT_A_DOCUMENT, Block, Blocks, capture_of
from warehouse import lake, schema


def tables(numbers: range = range(5), **changes: Any) -> dict[str, pa.Table]:
    captures = sorted((page(n) for n in numbers), key=lambda capture: capture.capture_id)
    readings = [reading_of(capture, **changes) for capture in captures]
    return lake.derived_tables(captures, readings, "x.warc.gz", list(range(len(captures))))


@pytest.mark.parametrize("table", schema.TABLES, ids=lambda table: table.name)
def test_every_table_has_the_declared_fields_with_their_descriptions(table: schema.Table) -> None:
    found = lake.arrow_schema(table)
    assert tuple(found.names) == table.column_names
    for column in table.columns:
        field = found.field(column.name)
        assert field.nullable == column.nullable
        assert field.metadata == {b"description": column.description.encode()}
    descriptions = json.loads(found.metadata[b"descriptions"])
    assert descriptions == {column.name: column.description for column in table.columns}


def test_rows_are_those_of_the_records() -> None:
    found = tables(range(1))
    reading = reading_of(page(0))
    assert reading.document
    version = {
        name: list(value) if isinstance(value := getattr(reading.document, name), tuple) else value
        for name in schema.DOCUMENT_VERSIONS.column_names
    }
    assert found["document_versions"].to_pylist() == [version]
    blocks = [
        {"capture_id": reading.capture_id, **dataclasses.asdict(block)} for block in reading.blocks
    ]
    assert found["blocks"].to_pylist() == blocks
    statements = found["statements"].to_pylist()
    assert [row["field"] for row in statements] == [s.field for s in reading.statements]
    assert [row["seq"] for row in statements] == list(range(len(statements)))
    assert {row["document_id"] for row in statements} == {reading.document.document_id}
    assert found["captures"].to_pylist() == [
        {
            "capture_id": reading.capture_id,
            "payload_sha256": page(0).payload_sha256,
            "byte_length": len(page(0).payload),
            "media_type": "text/plain",
            "charset": "utf-8",
            "target_uri": "https://www.refworld.org/docid/000000000.html",
            "captured_at": None,
            "http_status": None,
            "warc_type": "resource",
            "warc_record_id": None,
            "layout": "plain",
            "outcome": "document",
            "sketch": None,
            "warc_file": "x.warc.gz",
            "warc_offset": 0,
        }
    ]


def test_a_file_without_an_address_has_none() -> None:
    capture = capture_of(b"\nno title", "file:///a/b.txt")
    found = lake.derived_tables([capture], [reading_of(capture)], "x", [0])
    assert found["captures"].column("target_uri").to_pylist() == [None]
    assert found["captures"].column("outcome").to_pylist() == [NOT_A_DOCUMENT]
    assert found["issues"].column("code").to_pylist() == ["odd"]
    assert found["blocks"].num_rows == found["statements"].num_rows == 0


def test_times_are_stored_in_utc() -> None:
    eastern = datetime(2023, 5, 31, 17, 44, tzinfo=timezone(timedelta(hours=2)))
    found = tables(range(1), last_updated=eastern)["document_versions"]
    assert found.column("last_updated").to_pylist() == [datetime(2023, 5, 31, 15, 44)]


def test_equal_tables_give_equal_bytes_that_hold_them(tmp_path: Path) -> None:
    for name, table in tables().items():
        content = lake.parquet_bytes(table)
        assert content == lake.parquet_bytes(tables()[name])
        (tmp_path / "x.parquet").write_bytes(content)
        found = lake.read_table(tmp_path / "x.parquet")
        assert found.equals(table, check_metadata=True)


def test_duckdb_sees_nulls_types_and_descriptions(tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    path.write_bytes(lake.parquet_bytes(tables()["document_versions"]))
    with duckdb.connect() as connection:
        fields = dict(
            connection.execute(
                "SELECT name, repetition_type FROM parquet_schema(?)", [str(path)]
            ).fetchall()
        )
        assert fields["document_id"] == "REQUIRED"
        assert fields["title"] == "OPTIONAL"
        found = connection.execute(
            "SELECT publication_from, country_codes, last_updated FROM read_parquet(?)", [str(path)]
        ).fetchone()
        assert found == (date(2006, 6, 1), ["PER", "USA"], datetime(2023, 5, 31, 15, 44))
        ((words,),) = connection.execute(
            "SELECT decode(value) FROM parquet_kv_metadata(?) WHERE decode(key) = 'descriptions'",
            [str(path)],
        ).fetchall()
        assert json.loads(words)["title"] == "Title as printed."


@pytest.mark.parametrize("text", ["a\x00b", "\U0010ffff", "\u00a0", ""])
def test_any_character_reaches_duckdb(tmp_path: Path, text: str) -> None:
    path = tmp_path / "x.parquet"
    path.write_bytes(lake.parquet_bytes(tables(range(1), title=text)["document_versions"]))
    with duckdb.connect() as connection:
        found = connection.execute("SELECT title FROM read_parquet(?)", [str(path)]).fetchone()
    assert found == (text,)


def test_a_missing_value_is_refused() -> None:
    with pytest.raises(ValueError, match=r"document_versions\.document_id lacks a value in 5 rows"):
        tables(document_id=None)


def test_another_captures_reading_is_refused() -> None:
    with pytest.raises(ValueError, match="given for capture"):
        lake.derived_tables([page(1)], [reading_of(page(2))], "x", [0])


def test_blocks_without_a_document_are_refused() -> None:
    block = Block(0, "paragraph", None, None, "x", 0, 1, 0, 1)
    capture = capture_of(b"\n", "file:///x")
    reading = dataclasses.replace(reading_of(capture), blocks=Blocks.of([block]))
    with pytest.raises(ValueError, match="but no document"):
        lake.derived_tables([capture], [reading], "x", [0])


def test_rows_given_as_mappings_are_put_in_order_of_the_key() -> None:
    rows = list(reversed(REFERENCE["countries"]))
    found = lake.rows_table(schema.COUNTRIES, rows)
    assert found.to_pylist() == REFERENCE["countries"]


@pytest.mark.parametrize("change", [{"more": 1}, {"run_id": None}])
def test_rows_that_do_not_fit_are_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="runs"):
        lake.rows_table(schema.RUNS, [{**run_row("r"), **change}])
    lacking = {name: value for name, value in run_row("r").items() if name != "kind"}
    with pytest.raises(ValueError, match="kind"):
        lake.rows_table(schema.RUNS, [lacking])


def test_times_with_a_zone_are_stored_in_utc() -> None:
    row = run_row("r", started_at=datetime(2026, 1, 1, tzinfo=UTC))
    found = lake.rows_table(schema.RUNS, [row]).column("started_at").to_pylist()
    assert found == [datetime(2026, 1, 1)]


def test_a_file_name_that_is_no_text_is_stored_escaped() -> None:
    row = run_row("r", arguments="caf\udce9.txt")
    found = lake.rows_table(schema.RUNS, [row]).column("arguments").to_pylist()
    assert found == ["caf\\udce9.txt"]
