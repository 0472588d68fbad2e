"""Rows of corpora under the names that others give their columns, from JSON, Parquet and Arrow."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from flows.intake.columns import Columns, row_of
from flows.intake.discovery import Discovery, discover
from flows.intake.options import Options
from flows.intake.payloads import Payloads
from flows.limits import Limits

SEEN = datetime(2023, 6, 2, 10, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    "values",
    [
        {"text": "a", "url": "http://x/", "captured_at": "2023-06-02T10:15:00Z"},
        {"text": "a", "url": "http://x/", "timestamp": "2023-06-02T10:15:00Z"},
        {"text": "a", "url": "http://x/", "date": "2023-06-02T10:15:00Z", "language": "en"},
        {"raw_content": "a", "url": "http://x/", "date_download": "2023-06-02T12:15:00+02:00"},
        {"content": "a", "warc_headers": {"warc-target-uri": "http://x/",
                                          "warc-date": "2023-06-02T10:15:00Z"}},
        {"text": "a", "metadata": {"url": "http://x/", "timestamp": "2023-06-02T10:15:00Z"}},
        {"text": "a", "uri": "http://x/", "timestamp": 1685700900},
        {"text": "a", "uri": "http://x/", "timestamp": 1685700900000},
        {"text": "a", "link": "http://x/", "timestamp": "20230602101500"},
        {"text": "a", "url": "http://x/",
         "date": SEEN.astimezone(timezone(timedelta(hours=5)))},
    ],
)  # fmt: skip
def test_the_names_of_public_corpora_are_known(values: dict[str, Any]) -> None:
    row = row_of(values)
    assert row is not None
    assert (row.payload, row.media_type, row.url) == (b"a", "text/plain", "http://x/")
    assert (row.captured_at, row.unread_time) == (SEEN, None)


@pytest.mark.parametrize(
    "words",
    ["2023-06-02", "2023/06/02 10:15:00", "soon", 7, True, datetime(2023, 6, 2), "20231399101500"],
)
def test_what_is_no_time_with_its_offset_is_told_and_left_out(words: object) -> None:
    row = row_of({"text": "a", "date": words})
    assert row is not None
    assert (row.captured_at, row.unread_time) == (None, str(words))


def test_html_goes_before_text_and_named_columns_before_all() -> None:
    values = {"text": "t", "html": "<p>h", "body": "b", "page": "p", "url": "u", "where": "w"}
    assert row_of(values) == row_of(values, Columns(html="html"))
    assert (row := row_of(values)) is not None
    assert (row.payload, row.media_type) == (b"<p>h", "text/html")
    named = row_of(values, Columns(text="page", url="where"))
    assert named is not None
    assert (named.payload, named.media_type, named.url) == (b"p", "text/plain", "w")


@pytest.mark.parametrize(
    "values",
    [{}, {"text": ""}, {"text": 1}, {"html": None}, {"text": "\ud800"}, {"text": "a", "url": 1}],
)
def test_a_row_without_text_is_none(values: dict[str, Any]) -> None:
    assert row_of(values) is None


ROWS = [
    {"url": "http://x/1", "html": "<p>one", "timestamp": SEEN, "n": 1},
    {"url": "http://x/2", "html": "<p>zwei é", "timestamp": None, "n": 2},
    {"url": None, "html": None, "timestamp": SEEN, "n": 3},
]


def write_parquet(table: pa.Table, path: Path) -> None:
    pq.write_table(table, path, row_group_size=1)


def write_arrow(table: pa.Table, path: Path) -> None:
    with pa.ipc.new_file(path, table.schema) as writer:
        writer.write_table(table, max_chunksize=2)


def write_stream(table: pa.Table, path: Path) -> None:
    with pa.ipc.new_stream(path, table.schema) as writer:
        writer.write_table(table)


def found_in(tmp_path: Path, sources: Sequence[Path], options: Options = Options()) -> Discovery:  # noqa: B008
    spool = tmp_path / "spool"
    spool.mkdir(exist_ok=True)
    with ThreadPoolExecutor(1) as executor:
        return discover([str(s) for s in sources], executor, spool, lambda count: None, options)


@pytest.mark.parametrize(
    ("name", "write"),
    [("a.parquet", write_parquet), ("a.arrow", write_arrow), ("a.feather", write_arrow),
     ("a.arrows", write_stream)],
)  # fmt: skip
def test_rows_of_a_table_are_captures(
    tmp_path: Path, name: str, write: Callable[[pa.Table, Path], None]
) -> None:
    write(pa.Table.from_pylist(ROWS), tmp_path / name)
    inputs = found_in(tmp_path, [tmp_path / name]).inputs
    assert [(seen.row, seen.target_uri, seen.captured_at, seen.media_type) for seen in inputs] == [
        (1, "http://x/1", SEEN, "text/html"),
        (2, "http://x/2", None, "text/html"),
        (3, None, None, "application/json"),
    ]
    assert inputs[2].source == f"{tmp_path / name}#3"
    with Payloads() as payloads:
        read = [payloads.read(seen) for seen in inputs]
    assert read[:2] == [b"<p>one", "<p>zwei é".encode()]
    assert json.loads(read[2])["html"] is None


def test_a_table_gives_the_captures_that_the_same_rows_of_json_give(tmp_path: Path) -> None:
    rows = [{"url": f"http://x/{n}", "text": f"page {n}"} for n in range(2500)]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    write_parquet(pa.Table.from_pylist(rows[:20]), tmp_path / "b.parquet")
    write_arrow(pa.Table.from_pylist(rows), tmp_path / "c.arrow")
    one, two, three = (
        [seen.capture_id for seen in found_in(tmp_path, [tmp_path / name]).inputs]
        for name in ("a.jsonl", "b.parquet", "c.arrow")
    )
    assert one[:20] == two
    assert one == three


def test_named_columns_are_read_again_as_they_were(tmp_path: Path) -> None:
    rows = [{"where": "http://x/1", "page": "words", "text": "other"}]
    (tmp_path / "a.jsonl").write_text(json.dumps(rows[0]) + "\n")
    write_parquet(pa.Table.from_pylist(rows), tmp_path / "b.parquet")
    options = Options(text_column="page", url_column="where")
    one, two = found_in(tmp_path, [tmp_path / "a.jsonl", tmp_path / "b.parquet"], options).inputs
    assert one.capture_id == two.capture_id
    with Payloads() as payloads:
        assert [payloads.read(one), payloads.read(two)] == [b"words"] * 2


def test_a_table_that_is_damaged_gives_the_rows_before(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    rows = [{"text": f"page {n} " * 400} for n in range(5)]
    pq.write_table(pa.Table.from_pylist(rows), path, row_group_size=1, compression="none",
                   use_dictionary=False)  # fmt: skip
    content = bytearray(path.read_bytes())
    at = content.index(b"page 3")
    content[at - 20 : at] = b"\xff" * 20
    path.write_bytes(content)
    *taken, damage = sorted(found_in(tmp_path, [path]).inputs, key=lambda s: s.issue_code or "")
    assert damage.issue_code == "corpus_damaged"
    assert len(taken) == 3


def test_rows_that_are_too_large_are_refused_one_by_one(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    write_parquet(pa.Table.from_pylist([{"text": "small"}, {"text": "large " * 9}]), path)
    inputs = found_in(tmp_path, [path], Options(Limits(capture_bytes=20))).inputs
    assert [(seen.row, seen.issue_code) for seen in inputs] == [(1, None), (2, "capture_too_large")]
    assert inputs[1].capture_id is None
