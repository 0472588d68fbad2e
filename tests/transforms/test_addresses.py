from __future__ import annotations

from datetime import datetime

import pytest

from transforms.addresses import captured_at_of, parse_address

W = "http://www.refworld.org"


@pytest.mark.parametrize(
    ("uri", "kind"),
    [
        ("", "other"),
        ("http://[::1", "other"),
        ("file:///docid/4680d8a81d.html", "other"),
        ("http://www.example.org/docid/4680d8a81d.html", "other"),
        ("http://refworld.org.example.com/docid/4680d8a81d.html", "other"),
        ("http://www.unhcr.org/docs/4680d8a81d.html", "other"),
        (W, "site"),
        (f"{W}/help.html", "site"),
        (f"{W}/search?keywords=a,b", "site"),
        (f"{W}/docid/", "site"),
        (f"{W}/publisher,USDOS,,PER,,0.html", "listing"),
        (f"{W}/type,COUNTRYREP,USDOS,PER,,0.html", "listing"),
        (f"{W}/topic,50ffbce524d,50ffbce525c,,0,,,.html", "listing"),
        (f"{W}/cgi-bin/texis/vtx/rwmain?page=country&rid=4562d8cf2&docid=&skip=0", "listing"),
        (f"{W}/legal/legislation/natlegbod", "listing"),
        (f"{W}/reference/annualreport/usdos/2006/en/", "listing"),
    ],
)
def test_no_id_where_there_is_none(uri: str, kind: str) -> None:
    address = parse_address(uri)
    assert (address.kind, address.document_id) == (kind, None)


@pytest.mark.parametrize(
    ("uri", "document_id", "codes"),
    [
        (f"{W}/docid/4680d8a81d.html", "4680d8a81d", (None, None, None)),
        ("https://www.refworld.org/docid/3ae6aaa34.html", "3ae6aaa34", (None, None, None)),
        (f"{W}/pdfid/502cb7332.pdf", "502cb7332", (None, None, None)),
        ("http://www.unhcr.org/refworld/docid/469f3881c.html", "469f3881c", (None, None, None)),
        (
            "http://www.unhcr.org/cgi-bin/texis/vtx/rwmain?docid=4a55d9352",
            "4a55d9352",
            (None, None, None),
        ),
        (
            f"{W}/cgi-bin/texis/vtx/rwmain?page=country&docid=4a55d9352&skip=0&coi=PER"
            "&rid=4562d8cf2&publisher=USDOS&type=",
            "4a55d9352",
            ("USDOS", None, "PER"),
        ),
        (
            f"{W}/cgi-bin/texis/vtx/rwmain/opendocpdf.pdf?reldoc=y&docid=502cb7332",
            "502cb7332",
            (None, None, None),
        ),
        (
            f"{W}/publisher,USDOS,ANNUALREPORT,PER,4680d8a81d,0.html",
            "4680d8a81d",
            ("USDOS", "ANNUALREPORT", "PER"),
        ),
        (
            f"{W}/type,COUNTRYREP,USDOS,PER,1234567890,0.html",
            "1234567890",
            ("USDOS", "COUNTRYREP", "PER"),
        ),
        (f"{W}/category,COI,USDOS,,PER,4680d8a81d,0.html", "4680d8a81d", ("USDOS", None, "PER")),
        (
            f"{W}/country,COI,USDOS,,PER,4562d8cf2,4680d8a81d,0.html",
            "4680d8a81d",
            ("USDOS", None, "PER"),
        ),
        (
            f"{W}/topic,50ffbce524d,50ffbce525c,4680d8a81d,0,USDOS,,PER.html",
            "4680d8a81d",
            ("USDOS", None, "PER"),
        ),
        (
            "http://refworld.org//publisher%2CUSDOS%2C%2CPER%2C4680d8a81d%2C0.html",
            "4680d8a81d",
            ("USDOS", None, "PER"),
        ),
        (f"{W}/cases,GBR_HL,41c17ebf4.html", "41c17ebf4", ("GBR_HL", None, None)),
        (
            "https://www.refworld.org/legal/legislation/natlegbod/1968/fr/12345",
            "new:12345",
            ("NATLEGBOD", "legislation", None),
        ),
        ("www.refworld.org/docid/4680d8a81d.html", "4680d8a81d", (None, None, None)),
    ],
)
def test_every_form_gives_its_id_and_codes(
    uri: str, document_id: str, codes: tuple[str | None, ...]
) -> None:
    for prefix in ("", "https://webarchive.archive.unhcr.org/20230521104512mp_/"):
        address = parse_address(prefix + uri)
        assert address.kind == "document"
        assert address.document_id == document_id
        assert (address.publisher_code, address.type_code, address.country_code) == codes
        assert address.id_words in uri


def test_time_of_crawl_comes_from_the_archives_prefix() -> None:
    stamp = datetime(2023, 5, 21, 10, 45, 12)
    for prefix in (
        "https://webarchive.archive.unhcr.org/20230521104512mp_/",
        "https://web.archive.org/web/20230521104512/",
    ):
        assert captured_at_of(f"{prefix}{W}/docid/4680d8a81d.html") == stamp
    assert captured_at_of("https://web.archive.org/web/20231321104512/http://a.org/") is None
    assert captured_at_of(f"{W}/docid/20230521104512.html") is None
