from __future__ import annotations

import pytest

from transforms.countries import codes_through_time, country_of_code, country_of_name, country_rows
from transforms.publishers import (
    _folded,
    publisher_of_code,
    publisher_of_name,
    publisher_prefix,
    publisher_rows,
)

KINDS = {"government", "un", "intergovernmental", "court", "ngo", "academic", "media"}


@pytest.mark.parametrize("words", ["", "Gate Keepers", "Human Rights Watch and others", "Canada:"])
def test_what_is_no_publisher_is_none(words: str) -> None:
    assert publisher_of_name(words) is None


@pytest.mark.parametrize(
    ("words", "publisher_id"),
    [
        ("United States Department of State", "USDOS"),
        ("Canada: Immigration and Refugee Board of Canada", "IRBC"),
        ("Canada : Immigration  and Refugee Board of Canada", "IRBC"),
        ("National Legislative Bodies / National Authorities", "NATLEGBOD"),
        ("UN Children’s Fund (UNICEF)", "UNICEF"),
        ("The Guardian", "GUARDIAN"),
        ("HUMAN RIGHTS WATCH", "HRW"),
    ],
)
def test_printed_names_mean_one_publisher(words: str, publisher_id: str) -> None:
    found = publisher_of_name(words)
    assert found is not None
    assert found.publisher_id == publisher_id


def test_codes_of_both_sites_mean_one_publisher() -> None:
    for code in ("USA_CA_9", "usaca9", "usdos", "UKHO"):
        assert publisher_of_code(code) is not None
    assert publisher_of_code("GATEKEEP") is None


def test_the_longest_name_before_a_comma_counts() -> None:
    words = "United Nations, Treaty Series, On Nets"
    assert words[: publisher_prefix(words)] == "United Nations, Treaty Series"
    assert publisher_prefix("Human Rights Watch") == 0


def test_no_name_or_code_means_two_and_none_is_written_twice() -> None:
    rows = publisher_rows()
    for column, fold in (("names", _folded), ("address_codes", lambda c: c.replace("_", ""))):
        values = [(fold(value), row["publisher_id"]) for row in rows for value in row[column]]
        assert len({value for value, _ in values}) == len(values)
    assert {row["kind"] for row in rows} <= KINDS
    codes = [row["country_code"] for row in rows if row["country_code"]]
    assert all(country_of_code(code) == code for code in codes)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("", None),
        ("Elsewhere", None),
        ("PER", None),
        ("Peru", "PER"),
        ("PERU", "PER"),
        ("Côte d’Ivoire", "CIV"),
        ("Burma", "MMR"),
        ("Laos", "LAO"),
        ("Congo, Democratic Republic of the", "COD"),
        ("Kosovo", "XKX"),
        ("Serbia and Montenegro", "SCG"),
        ("Algérie", "DZA"),
        ("España", "ESP"),
        ("St. Lucia", "LCA"),
        ("The Gambia", "GMB"),
    ],
)
def test_countries_by_printed_name(words: str, code: str | None) -> None:
    assert country_of_name(words) == code


def test_withdrawn_codes_are_known_and_said_to_be() -> None:
    rows = {row["country_code"]: row for row in country_rows()}
    assert rows["YUG"]["withdrawn"]
    assert rows["PER"]["withdrawn"] is None
    assert rows["YUG"]["successor_codes"] == ["BIH", "HRV", "MKD", "MNE", "SRB", "SVN"]
    assert rows["ZAR"]["successor_codes"] == ["COD"]
    assert rows["PER"]["successor_codes"] is None
    named = {code for row in rows.values() for code in row["successor_codes"] or ()}
    assert all(rows[code]["withdrawn"] is None for code in named)
    assert country_of_code("yug") == "YUG"
    assert codes_through_time("SRB") == ["SRB", "SCG", "YUG"]
    assert codes_through_time("PER") == ["PER"]
    assert country_of_code("QQQ") is None
