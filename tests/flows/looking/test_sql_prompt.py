"""SQL without a query on the command line: from standard input, from a prompt, or only names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from flows.cli import app
from flows.looking import sql
from flows.looking.sql_prompt import Completer, ask_on
from tests.warehouse.pages import commit_batch, page, publish_all
from warehouse.home import Home
from warehouse.naming import Relation

KNOWN = [
    Relation("blocks", "table", "Blocks.", (("capture_id", "VARCHAR", "It."), ("text", "x", "y"))),
    Relation("documents", "view", "Documents.", (("title", "VARCHAR", "Its title."),)),
    Relation("provenance(id)", "macro", "Provenance.", (("value", "VARCHAR", "It."),)),
]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(tmp_path_factory.mktemp("prompt") / "data")
    commit_batch(home, [page(1, "Report\x1b[31m"), page(2)])
    publish_all(home)
    return home


@pytest.fixture(autouse=True)
def history(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path / "state" / "refworld" / "sql_history"


def run(home: Home, *words: str, given: str | None = None) -> Result:
    return CliRunner().invoke(app, ["sql", *words, "--data", str(home.root)], input=given)


def test_a_query_is_read_from_standard_input(home: Home) -> None:
    done = run(home, "--format", "csv", given="SELECT count(*) AS n\nFROM documents;\n")
    assert (done.exit_code, done.stdout.split()) == (0, ["n", "2"])


@pytest.mark.parametrize("given", ["", " \n"])
def test_no_query_at_all_is_refused(home: Home, given: str) -> None:
    done = run(home, given=given)
    assert done.exit_code == 2
    assert "There is no query" in done.stderr


def test_tables_are_listed_with_what_they_hold(home: Home) -> None:
    done = run(home, "--tables")
    assert done.exit_code == 0
    for words in ("documents_as_of(day)", "mentions", "macro", "view"):
        assert words in done.stdout


def test_one_table_is_shown_with_its_columns(home: Home) -> None:
    done = run(home, "--tables", "Mentions")
    assert done.exit_code == 0
    assert done.stdout.startswith("mentions (table)\n")
    assert "country_code" in done.stdout
    assert "VARCHAR" in done.stdout
    wrong = run(home, "--tables", "mentionz\x1b")
    assert wrong.exit_code == 2
    assert "nearest: mentions" in wrong.stderr
    assert "\x1b" not in wrong.stderr


@pytest.mark.parametrize(
    ("text", "line", "found"),
    [
        ("doc", "FROM doc", ["documents"]),
        ("DOC", "FROM DOC", ["documents"]),
        ("documents.", "SELECT documents.", ["documents.title"]),
        ("blocks.te", "SELECT blocks.te", ["blocks.text"]),
        ("b.", "FROM blocks AS b WHERE b.", ["b.capture_id", "b.text"]),
        ("b.t", "FROM documents, blocks b WHERE b.t", ["b.text"]),
        ("x.", "FROM blocks WHERE x.", []),
        ("prov", "FROM prov", ["provenance"]),
        ("wh", "FROM blocks wh", ["when ", "where "]),
        ("WHE", "FROM blocks WHE", ["WHEN ", "WHERE "]),
        ("do", ".tables do", ["documents"]),
        ("zz", "zz", []),
    ],
)
def test_names_are_completed(text: str, line: str, found: list[str]) -> None:
    assert Completer(KNOWN).completions(text, line) == found


def typed(lines: Sequence[str | type[BaseException]]) -> Iterator[tuple[str, str]]:
    """Yields each query that a prompt hands on, given the lines that are typed."""
    left = iter(lines)
    asked: list[tuple[str, str]] = []
    prompts: list[str] = []

    def read_line(prompt: str) -> str:
        prompts.append(prompt)
        line = next(left, EOFError)
        if isinstance(line, str):
            return line
        raise line

    def answer(query: str) -> None:
        asked.append((query, prompts[-1]))
        if "fail" in query:
            raise ValueError("it \x1b[31m failed")
        if "stop" in query:
            raise KeyboardInterrupt

    ask_on(Home(Path("nowhere")), KNOWN, answer, read_line)
    yield from asked


def test_a_prompt_hands_on_each_query_and_outlives_its_failure(
    capsys: pytest.CaptureFixture[str],
) -> None:
    lines = ["SELECT 1;", "", "SELECT", "", "  2 ;  ", "SELECT fail;", "SELECT stop;", "SELECT 3;"]
    asked = [query for query, _ in typed(lines)]
    assert asked == ["SELECT 1;", "SELECT\n\n  2 ;  ", "SELECT fail;", "SELECT stop;", "SELECT 3;"]
    said = capsys.readouterr().err
    assert "it \\x1b[31m failed" in said
    assert "The query was stopped." in said


def test_an_interrupt_drops_what_was_begun_and_quit_ends(
    capsys: pytest.CaptureFixture[str],
) -> None:
    lines = ["SELECT", KeyboardInterrupt, "SELECT 4;", ".tables", ".nix", ".quit", "SELECT 5;"]
    assert [query for query, _ in typed(lines)] == ["SELECT 4;"]
    assert "provenance(id)" in capsys.readouterr().out
    list(typed([".tables blockz"]))
    assert "blocks (table)" in capsys.readouterr().out


def test_what_was_typed_is_kept_for_its_user_alone(history: Path) -> None:
    list(typed(["SELECT 1;"]))
    assert history.stat().st_mode & 0o777 == 0o600


def test_a_place_that_cannot_be_written_keeps_nothing_and_hurts_nobody(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    assert len(list(typed(["SELECT 1;"]))) == 1


def test_in_a_terminal_questions_are_asked_for(
    home: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = iter(["SELECT count(*) AS n FROM documents;", "SELECT titel FROM documents;", "SET x;"])

    def read_line(_: str) -> str:
        line = next(lines, None)
        if line is None:
            raise EOFError
        return line

    monkeypatch.setattr("flows.looking.sql_prompt.ask_on.__defaults__", (read_line,))
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    assert sql.sql_command(home, None, "csv", None) == 0
    seen = capsys.readouterr()
    assert seen.out.split() == ["n", "2"]
    assert "documents.title: " in seen.err
