"""Corpora in columns: the names of public ones, odd values, damage, and tables that are bombs."""

import gzip
import json
import tracemalloc
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet as pq

from flows.intake import allowances
from flows.intake.corpora import parse_row
from flows.intake.discovery import Discovery, discover
from flows.intake.options import DEFAULT_OPTIONS, Options
from flows.intake.payloads import Payloads
from flows.intake.times import parse_time
from flows.limits import Limits

WHEN = datetime(2023, 6, 2, 10, 15, tzinfo=UTC)
STAMP = "2023-06-02T10:15:00Z"
PAGE = {"url": "http://x/1", "captured_at": WHEN, "payload": b"page"}

# One row as each public corpus gives it.
CORPORA: dict[str, dict[str, Any]] = {
    "ours": {"text": "page", "url": "http://x/1", "captured_at": STAMP},
    "fineweb": {"text": "page", "id": "<urn:uuid:1>", "dump": "CC-MAIN-2023-23",
                "url": "http://x/1", "date": STAMP, "file_path": "s3://a/b.warc.gz"},
    "c4": {"text": "page", "timestamp": STAMP, "url": "http://x/1"},
    "c4 typed": {"text": "page", "timestamp": WHEN.replace(tzinfo=None), "url": "http://x/1"},
    "refinedweb": {"content": "page", "url": "http://x/1", "timestamp": WHEN, "dump": "a"},
    "redpajama": {"raw_content": "page", "url": "http://x/1", "date_download": STAMP,
                  "source_domain": "x"},
    "redpajama 1": {"text": "page", "meta": {"url": "http://x/1", "timestamp": STAMP}},
    "oscar": {"content": "page", "warc_headers": {"warc-target-uri": "http://x/1",
                                                  "warc-date": STAMP}},
    "oscar 2": {"text": "page", "meta": {"warc_headers": {"warc-target-uri": "http://x/1",
                                                         "warc-date": STAMP}}},
    "dolma": {"id": "1", "text": "page", "source": "cc", "added": "2024-01-01T00:00:00Z",
              "metadata": {"url": "http://x/1", "warc_date": STAMP, "warc_url": "s3://a"}},
    "capitals": {"Text": "page", "WARC-Target-URI": "http://x/1", "WARC-Date": STAMP},
    "unix": {"body": "page", "link": "http://x/1", "fetch_time": 1685700900},
    "milliseconds": {"page_content": "page", "source_url": "http://x/1",
                     "crawl_date": 1685700900000},
    "stamp": {"plain_text": "page", "uri": "http://x/1", "crawl_timestamp": "20230602101500"},
}  # fmt: skip


def found_at(
    tmp_path: Path, sources: Sequence[Path], options: Options = DEFAULT_OPTIONS
) -> Discovery:
    spool = tmp_path / "spool"
    spool.mkdir(exist_ok=True)
    with ThreadPoolExecutor(1) as executor:
        names = [str(source) for source in sources]
        return discover(names, executor, spool, lambda count: None, options)


def found_in(
    tmp_path: Path, table: pa.Table, options: Options = DEFAULT_OPTIONS, **how: Any
) -> Discovery:
    pq.write_table(table, tmp_path / "a.parquet", **how)
    return found_at(tmp_path, [tmp_path / "a.parquet"], options)


def pages(found: Discovery) -> list[dict[str, Any]]:
    with Payloads() as reader:
        return [
            {
                "url": seen.target_uri,
                "captured_at": seen.captured_at,
                "payload": reader.read(seen),
            }
            for seen in found.inputs
            if seen.capture_id is not None
        ]


@pytest.mark.parametrize("name", CORPORA)
def test_the_columns_of_public_corpora_are_found(tmp_path: Path, name: str) -> None:
    table = pa.Table.from_pylist([CORPORA[name]])
    found = found_in(tmp_path, table)
    assert pages(found) == [PAGE]
    assert (found.inputs[0].source, found.inputs[0].row) == (f"{tmp_path}/a.parquet#1", 1)
    if not any(isinstance(value, datetime) for value in CORPORA[name].values()):
        (tmp_path / "b.json.gz").write_bytes(gzip.compress(json.dumps(CORPORA[name]).encode()))
        assert pages(found_at(tmp_path, [tmp_path / "b.json.gz"])) == [PAGE]


@pytest.mark.parametrize("ending", ["arrow", "feather", "arrows"])
def test_arrow_files_and_streams_give_the_same(tmp_path: Path, ending: str) -> None:
    table = pa.Table.from_pylist([CORPORA["dolma"]] * 40)
    path = tmp_path / f"a.{ending}"
    if ending == "feather":
        options = pa.ipc.IpcWriteOptions(compression="zstd")
        writer = pa.ipc.new_file(path, table.schema, options=options)
    else:
        make = pa.ipc.new_file if ending == "arrow" else pa.ipc.new_stream
        writer = make(path, table.schema)
    with writer:
        writer.write_table(table, max_chunksize=17)
    found = found_at(tmp_path, [path])
    assert pages(found) == [PAGE] * 40
    assert [seen.row for seen in found.inputs] == list(range(1, 41))


def test_html_comes_before_the_text_that_was_made_of_it(tmp_path: Path) -> None:
    rows = [
        {"text": "words", "html": "<p>words", "url": "http://x/1"},
        {"text": "words", "html": "", "url": "http://x/2"},
        {"text": None, "html": "<p>é", "url": None},
    ]
    (tmp_path / "b.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    for found in (
        found_in(tmp_path, pa.Table.from_pylist(rows)),
        found_at(tmp_path, [tmp_path / "b.jsonl"]),
    ):
        assert [page["payload"] for page in pages(found)] == [
            b"<p>words",
            b"words",
            "<p>é".encode(),
        ]
        assert [seen.media_type for seen in found.inputs] == [
            "text/html",
            "text/plain",
            "text/html",
        ]
    assert found_in(tmp_path, pa.Table.from_pylist(rows)).inputs[2].source_uri == (
        "file:///a.parquet#3"
    )


def test_what_lies_in_a_column_that_is_null_is_not_read(tmp_path: Path) -> None:
    hidden = pa.StructArray.from_arrays(
        [pa.array(["http://hidden"])], ["url"], mask=pa.array([True])
    )
    table = pa.table({"text": ["page"], "metadata": hidden})
    with pa.ipc.new_file(tmp_path / "a.arrow", table.schema) as writer:
        writer.write_table(table)
    assert found_at(tmp_path, [tmp_path / "a.arrow"]).inputs[0].target_uri is None


def test_binary_columns_are_the_page_to_the_byte(tmp_path: Path) -> None:
    for kind in (pa.binary(), pa.large_binary(), pa.string(), pa.large_string()):
        content = b"caf\xe9" if "binary" in str(kind) else b"cafe"
        table = pa.table({"html": pa.array([content], pa.binary()).cast(kind)})
        assert [page["payload"] for page in pages(found_in(tmp_path, table))] == [content]


def test_columns_that_are_named_are_taken(tmp_path: Path) -> None:
    row = {"text": "other", "words": "page", "m": {"where": "http://x/1", "when": STAMP}}
    named = Options(text_column="words", url_column="m.where", date_column="m.when")
    assert pages(found_in(tmp_path, pa.Table.from_pylist([row]), named)) == [PAGE]
    (tmp_path / "b.jsonl").write_text(json.dumps(row))
    assert pages(found_at(tmp_path, [tmp_path / "b.jsonl"], named)) == [PAGE]


@pytest.mark.parametrize(
    "options",
    [Options(text_column="gone"), Options(url_column="gone"), Options(date_column="url.x")],
)
def test_a_named_column_that_is_not_there_is_said(tmp_path: Path, options: Options) -> None:
    found = found_in(tmp_path, pa.table({"text": ["page"], "url": ["http://x/1"]}), options)
    assert [seen.issue_code for seen in found.inputs] == ["corpus_column_missing"]
    assert "there are: text, url" in (found.inputs[0].words or "")


def test_rows_without_text_are_kept_as_json(tmp_path: Path) -> None:
    table = pa.table(
        {
            "text": ["page", "", None, "page", "page"],
            "url": pa.array([b"http://x/1", b"http://x/2", None, b"\xff", b""], pa.binary()),
            "date": [1, 2, 3, 4, None],
        }
    )
    found = found_in(tmp_path, table)
    assert [seen.media_type for seen in found.inputs] == [
        "text/plain", *["application/json"] * 3, "text/plain"]  # fmt: skip
    assert pages(found)[1]["payload"] == b'{"text":"","url":"http://x/2","date":2}'
    assert [seen.issue_code for seen in found.inputs] == ["captured_at_unreadable"] + [None] * 4


@pytest.mark.parametrize(
    ("value", "time"),
    [
        (STAMP, WHEN),
        (WHEN, WHEN),
        (WHEN.replace(tzinfo=None), WHEN),
        (1685700900, WHEN),
        (1685700900.0, WHEN),
        ("1685700900", WHEN),
        (1685700900000, WHEN),
        (20230602101500, WHEN),
        ("20230602101500", WHEN),
        ("20230602", None),
        ("20231302101500", None),
        (date(2023, 6, 2), None),
        ("2023-06-02", None),
        ("2023-06-02 10:15:00", None),
        ("2023/06/02 10:15:00", None),
        (True, None),
        (0, None),
        (-1685700900, None),
        (1e300, None),
        (float("nan"), None),
        (float("inf"), None),
        ("9" * 5000, None),
        ([STAMP], None),
        (b"2023", None),
    ],
)
def test_only_a_time_is_a_time_of_capture(value: object, time: datetime | None) -> None:
    assert parse_time(value) == time


@pytest.mark.parametrize("unit", ["s", "us"])
def test_times_of_tables_beyond_the_calendar_are_left_out(tmp_path: Path, unit: str) -> None:
    column = pa.array([1 << 60, None, -(1 << 60)], pa.timestamp(unit))
    table = pa.table({"text": ["a", "b", "c"], "date": column})
    with pa.ipc.new_file(tmp_path / "a.arrow", table.schema) as writer:
        writer.write_table(table)
    found = found_at(tmp_path, [tmp_path / "a.arrow"])
    assert [seen.captured_at for seen in found.inputs] == [None] * 3
    assert [seen.issue_code for seen in found.inputs] == [
        "captured_at_unreadable", None, "captured_at_unreadable"]  # fmt: skip


def test_a_time_of_nanoseconds_is_read(tmp_path: Path) -> None:
    column = pa.array([1685700900 * 10**9 + 1], pa.timestamp("ns", "Europe/Paris"))
    found = found_in(tmp_path, pa.table({"text": ["page"], "date": column}))
    assert found.inputs[0].captured_at == WHEN


def test_a_row_reads_the_same_by_the_same_columns() -> None:
    line = json.dumps({"text": "a", "html": "<b>", "meta": {"url": "http://x"}}).encode()
    assert parse_row(line) == parse_row(line)
    named = parse_row(line, Options(html_column="none").columns)
    assert (named.payload, named.url) == (b"a", "http://x")


def test_damaged_tables_give_the_rows_before(tmp_path: Path) -> None:
    table = pa.table({"text": [f"page {number} " * 50 for number in range(400)]})
    path = tmp_path / "a.parquet"
    pq.write_table(table, path, row_group_size=100, compression="none", use_dictionary=False,
                   write_statistics=False)  # fmt: skip
    content = bytearray(path.read_bytes())
    content[len(content) // 2 : len(content) // 2 + 4000] = b"\xff" * 4000
    path.write_bytes(content)
    found = found_at(tmp_path, [path])
    codes = {seen.issue_code for seen in found.inputs}
    assert codes == {None, "truncated_stream"} or len(pages(found)) == 400
    for end in (0, 3, 4, 100, len(content) - 4):
        path.write_bytes(content[:end])
        assert [s.issue_code for s in found_at(tmp_path, [path]).inputs] == ["truncated_stream"]
    stream = tmp_path / "b.arrows"
    with pa.ipc.new_stream(stream, table.schema) as writer:
        writer.write_table(table, max_chunksize=100)
    stream.write_bytes(stream.read_bytes()[:-30000])
    found = found_at(tmp_path, [stream])
    assert len(pages(found)) == 300
    assert [s.issue_code for s in found.inputs if s.issue_code] == ["truncated_stream"]


def test_a_table_of_one_long_value_is_a_bomb(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(allowances, "FREE_BYTES", 8 << 20)
    value = pa.array(["x" * (1 << 20)])
    column = pa.DictionaryArray.from_arrays(pa.array([0] * 10_000, pa.int32()), value)
    options = Options(Limits(package_ratio=10))
    pq.write_table(pa.table({"text": column}), tmp_path / "a.parquet", write_statistics=False)
    tracemalloc.start()
    found = found_at(tmp_path, [tmp_path / "a.parquet"], options)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found.inputs[0].issue_code == "package_bomb"
    assert 1 < len(found.inputs) < 12
    assert peak < 48 << 20
    empty = pa.DictionaryArray.from_arrays(pa.array([None] * 10_000, pa.int32()), value)
    found = found_in(tmp_path, pa.table({"text": empty}), options)
    assert found.inputs[0].issue_code == "package_bomb"


def test_rows_that_are_too_large_are_refused_and_the_others_taken_in(tmp_path: Path) -> None:
    table = pa.table({"text": ["page", "p" * 100, "page"]})
    found = found_in(tmp_path, table, Options(replace(Limits(), capture_bytes=50)))
    assert sorted(str(seen.issue_code) for seen in found.inputs) == [
        "None", "None", "capture_too_large"]  # fmt: skip
    assert [page["payload"] for page in pages(found)] == [b"page", b"page"]
    assert [seen.source[-2:] for seen in found.inputs if seen.issue_code] == ["#2"]
