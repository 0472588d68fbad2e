"""`refworld search` as a person types it."""

from __future__ import annotations

import json
from pathlib import Path

from tests.flows.conftest import SEED, Command
from warehouse.home import Home


def test_the_first_search_builds_the_index_and_each_says_of_what_it_is(
    refworld: Command, home: Home, tmp_path: Path
) -> None:
    none = refworld("search", "exploitation", "--data", home.root)
    assert none.returncode == 2
    assert "has no database yet" in none.stderr
    assert refworld("ingest", SEED, "--data", home.root, "--workers", 1).returncode == 0

    done = refworld(
        "search", '"sexual exploitation" trafficked', "--country", "PE", "--from", 2004,
        "--publisher", "USDOS", "--data", home.root,
    )  # fmt: skip
    assert done.returncode == 0
    assert "Building the search index" in done.stderr
    assert "1. U.S. Department of State 2006 Trafficking in Persons Report - Peru" in done.stdout
    assert "[[sexual]] [[exploitation]]" in done.stdout
    assert "refworld show 4680d8a81d" in done.stdout
    assert "as of snapshot 1" in done.stderr

    rows = refworld("search", "traffickers", "--json", "--limit", 2, "--data", home.root)
    hits = [json.loads(line) for line in rows.stdout.splitlines()]
    assert len(hits) == 2
    payload = (SEED / next(p.name for p in SEED.iterdir())).read_bytes()
    for hit in hits:
        assert payload[hit["byte_start"] : hit["byte_end"]].decode() == hit["text"]
    assert (
        refworld("search", "x", "--country", "Peru", "--from", 2007, "--data", home.root).stdout
        == ""
    )

    (tmp_path / "more.txt").write_text("Nothing of it.\n")
    refworld("ingest", tmp_path / "more.txt", "--data", home.root, "--workers", 1)
    stale = refworld("search", "traffickers", "--data", home.root)
    assert "published since: snapshot 2" in stale.stderr
    fresh = refworld("search", "traffickers", "--fresh", "--data", home.root)
    assert "as of snapshot 2" in fresh.stderr
    indexed = refworld("search-index", "--data", home.root)
    assert "as of snapshot 2" in indexed.stdout
    verified = refworld("verify", "--data", home.root)
    assert verified.returncode == 0, verified.stdout


def test_what_cannot_be_looked_for_is_said(refworld: Command, seed_home: Home) -> None:
    for words, said in (
        (("the",), "stands nearly everywhere"),
        (("...",), "no word to look for"),
        (("x", "--country", "Atlantis"), "is no country"),
    ):
        done = refworld("search", *words, "--data", seed_home.root)
        assert done.returncode == 2, words
        assert said in done.stderr
