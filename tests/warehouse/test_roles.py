"""Whose words a document's are: publisher, author and host are not mixed up."""

from __future__ import annotations

import pytest

from tests.warehouse.test_tip_views import published, rows
from transforms.records import capture_of
from warehouse.home import Home

DISCLAIMER = (
    "Disclaimer This is not a UNHCR publication. UNHCR is not responsible for, nor does it "
    "necessarily endorse, its content.\n"
)


def page(publisher: str, disclaimer: str = "") -> bytes:
    said = f"Publisher {publisher}\n" if publisher else ""
    cited = f"{publisher}, A Report" if publisher else "A Report"
    return (
        f"Last Updated: Wednesday, 31 May 2023, 15:44 GMT\n\nA Report\n\n{said}"
        f"Author A Clerk\nPublication Date 2006\nCite as {cited}, 2006, "
        "available at: https://www.refworld.org/docid/4680d6a13.html [accessed 2 June 2023]\n"
        f"{disclaimer}\nThe clerks wrote down every complaint.\n"
    ).encode()


@pytest.mark.parametrize(
    ("publisher", "disclaimer", "expected"),
    [
        ("UN High Commissioner for Refugees (UNHCR)", "", (True, "publisher")),
        ("UN High Commissioner for Refugees (UNHCR)", DISCLAIMER, (False, "disclaimer")),
        ("Human Rights Watch", "", (False, "publisher")),
        ("Human Rights Watch", DISCLAIMER, (False, "disclaimer")),
        ("Society of Ferrymen", "", (False, "publisher")),
        ("UNHCR Office at the Ferry", "", (None, None)),
        ("UNHCR Executive Committee", "", (None, None)),
        ("", "", (None, None)),
        ("", DISCLAIMER, (False, "disclaimer")),
    ],
)
def test_who_is_said_to_publish(
    publisher: str, disclaimer: str, expected: tuple[bool | None, str | None], home: Home
) -> None:
    with published(home, capture_of(page(publisher, disclaimer), "file:///page.txt")) as database:
        query = "SELECT is_unhcr_publication, decided_by, author, host FROM roles"
        assert rows(database, query) == [(*expected, "A Clerk", "UNHCR")]


@pytest.mark.parametrize(
    ("uri", "host"),
    [
        ("https://www.refworld.org/docid/4680d6a13.html", "UNHCR"),
        ("http://www.unhcr.org/refworld/docid/4680d6a13.html", "UNHCR"),
        ("https://web.archive.org/web/20200101000000/https://www.refworld.org/docid/4680d6a13.html",
         "UNHCR"),
        ("https://elsewhere.example/refworld.org.html", None),
        ("https://refworld.org.example/4680d6a13", None),
    ],
)  # fmt: skip
def test_the_host_is_where_it_was(uri: str, host: str | None, home: Home) -> None:
    text = page("Human Rights Watch").replace(
        b"available at: https://www.refworld.org/docid/4680d6a13.html ", b"available at: "
    )
    with published(home, capture_of(text, uri)) as database:
        assert rows(database, "SELECT host FROM roles") == [(host,)]
