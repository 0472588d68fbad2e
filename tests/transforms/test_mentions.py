"""Countries named in a text: which words name one, and which only seem to."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from time import process_time

import pycountry
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.linear import assert_linear
from transforms.countries import country_rows
from transforms.demonyms import AMBIGUOUS, DEMONYMS, forms_of
from transforms.mention_names import DEMONYM, NAME, entries_of
from transforms.mentions import mentions_of
from transforms.reading import read_page
from transforms.records import Block, Blocks, Mentions, capture_of

PAGE = """Last Updated: Wednesday, 31 May 2023, 15:44 GMT

2006 Trafficking in Persons Report - Peru

Publisher Government of Chad
Publication Date 5 June 2006
Cite as Government of Chad, 2006 Trafficking in Persons Report - Peru, 5 June 2006, \
available at: https://www.refworld.org/docid/4680d8a81d.html [accessed 2 June 2023]
DisclaimerThis is not a UNHCR publication. UNHCR is not responsible for, nor does it necessarily \
endorse, its content.

PERU (Tier 2)

“Peruvian” victims are taken to South\u00a0Sudan and to Côte d’Ivoire.

Copyright notice: Republic of Niger
"""


def found(
    text: str, language: str | None = "en", published: date | None = None
) -> list[tuple[str, str | None]]:
    kind = Block(0, "paragraph", None, 0, text, 0, len(text), None, None)
    mentions = mentions_of(text, Blocks.of([kind]), language, published)
    for words, start, end in zip(
        mentions.words, mentions.char_starts, mentions.char_ends, strict=True
    ):
        assert text[start:end] == words
    return list(zip(mentions.words, mentions.country_codes, strict=True))


@pytest.mark.parametrize(
    "text",
    [
        "Malinke, Chadwick, Omanson, Romans, Perugia, Togolandia and Cubanismo.",
        "turkey, china, jersey and guinea fowl; a polish, a finn and a pole.",
        "xPeru Peruvianize, PERUGIA, Somalialand and SOMALIALAND.",
        "The Gulf of Guinea, Benin City, Lake Chad, the Niger Delta and the River Jordan.",
        "New Mexico, New Jersey, New England, New Guinea and British Columbia.",
        "Latin Americans, African American men and the Organization of American States.",
        "In Atlanta, Georgia; on the Indian Ocean; by the South China Sea.",
        "A family reunion. FAMILY REUNION. Contact US.",
        "",
    ],
)
def test_what_only_looks_like_a_country(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Niger and Nigeria, Nigerien and Nigerian.", "NER NGA NER NGA"),
        ("Guinea, Guinea-Bissau, Equatorial Guinea, Papua New Guinea.", "GIN GNB GNQ PNG"),
        ("Dominica and the Dominican Republic.", "DMA DOM"),
        ("Sudan and South Sudan; Sudanese, South Sudanese.", "SDN SSD SDN SSD"),
        ("Democratic Republic of the Congo; Republic of the Congo.", "COD COG"),
        ("Congo (Kinshasa), Congo-Brazzaville, the DRC.", "COD COG COD"),
        ("North Korea, South Korea, North Koreans.", "PRK KOR PRK"),
        ("Georgia, Jordan and Mali; Mr. Chad.", "GEO JOR MLI TCD"),
        ("Ireland and Northern Ireland, Northern Irish.", "IRL GBR GBR"),
        ("Samoa and American Samoa.", "WSM ASM"),
        ("Peru's, Peru’s, Peru-Bolivia, (Peru), Peru.", "PER PER PER BOL PER PER"),
        ("PERU: PERUVIANS", "PER PER"),
        ("Peru1 and service.2 in Chile3.", "PER CHL"),
        ("Burma and Myanmar, Burmese.", "MMR MMR MMR"),
        ("Swaziland, Eswatini.", "SWZ SWZ"),
        ("Serbia and Montenegro; Serbia, and Montenegro.", "SCG SRB MNE"),
        ("Kosovo, Macau, Macao, Curaçao, Curacao, Western Sahara.", "XKX MAC MAC CUW CUW ESH"),
        ("the U.S. Government, the United States, U.S.A.", "USA USA USA"),
        ("St. Lucia, Saint Vincent & the Grenadines.", "LCA VCT"),
        ("Turkish Cypriots, East Germans, Soviets.", "CYP DDR SUN"),
        ("Türkiye, Turkey, Turkiye.", "TUR TUR TUR"),
        ("Trinidad and Tobago; Bosnia-Herzegovina.", "TTO BIH"),
    ],
)
def test_each_name_has_its_own_code(text: str, codes: str) -> None:
    assert [code for _, code in found(text)] == codes.split()


def test_what_may_be_of_several_countries_has_no_code() -> None:
    text = "Congolese, Koreans, Dominicans, Tajiks; Congo and KOREA; Indian nationals."
    words = ["Congolese", "Koreans", "Dominicans", "Tajiks", "Congo", "KOREA", "Indian"]
    assert found(text) == [(word, None) for word in words]
    assert found("ethnic Albanians and Albanians") == [("Albanians", None), ("Albanians", "ALB")]


def test_french_and_spanish_have_names_of_their_own() -> None:
    assert found("Le Pérou, l’Allemagne, PEROU, Maurice et DOMINIQUE; Île Maurice.", "fr") == [
        ("Pérou", "PER"), ("Allemagne", "DEU"), ("PEROU", "PER"), ("Île Maurice", "MUS"),
    ]  # fmt: skip
    assert found("España y Perú, en Granada; Mauricio; Guinea Ecuatorial.", "es") == [
        ("España", "ESP"), ("Perú", "PER"), ("Guinea Ecuatorial", "GNQ"),
    ]  # fmt: skip
    assert found("La France et le Japon.", "en") == [("France", "FRA")]
    assert found("In Peru und in Deutschland.", "de") == [("Peru", "PER")]


@pytest.mark.parametrize(
    ("words", "published", "code"),
    [
        ("Zaire", date(1995, 12, 31), "ZAR"),
        ("Zaire", date(2004, 1, 1), "COD"),
        ("Zaire", None, "COD"),
        ("Burma", date(1988, 1, 1), "BUR"),
        ("Zaire", date(1997, 7, 13), "ZAR"),
        ("Zaire", date(1997, 7, 14), "COD"),
        ("East Timor", date(2002, 1, 1), "TMP"),
        ("Curaçao", date(2008, 1, 1), "CUW"),
        ("Serbia", date(2004, 1, 1), "SRB"),
        ("Peru", date(1950, 1, 1), "PER"),
        ("Congo", date(1950, 1, 1), None),
    ],
)
def test_the_code_is_that_of_the_time(words: str, published: date | None, code: str) -> None:
    assert found(words, published=published) == [(words, code)]


def test_a_page_names_countries_in_its_title_and_body_alone() -> None:
    reading = read_page(capture_of(PAGE.encode(), "file:///page.txt"))
    mentions = reading.mentions
    where = [reading.blocks[seq].kind for seq in mentions.block_seqs]
    columns = (mentions.words, mentions.country_codes, mentions.kinds, where)
    assert list(zip(*columns, strict=True)) == [
        ("Peru", "PER", "name", "title"),
        ("PERU", "PER", "name", "heading"),
        ("Peruvian", "PER", "demonym", "paragraph"),
        ("South\u00a0Sudan", "SSD", "name", "paragraph"),
        ("Côte d’Ivoire", "CIV", "name", "paragraph"),
    ]  # fmt: skip
    for seq, words, start in zip(
        mentions.block_seqs, mentions.words, mentions.char_starts, strict=True
    ):
        block = reading.blocks[seq]
        assert block.text[start - block.char_start :].startswith(words)


def test_names_of_two_lines_are_not_one() -> None:
    text = "South\nSudan\n"
    blocks = Blocks.of(
        Block(seq, kind, None, 0, text[start:end], start, end, None, None)
        for seq, (kind, (start, end)) in enumerate(
            zip(
                ("paragraph", "blank", "paragraph", "blank"),
                pairwise((0, 5, 6, 11, 12)),
                strict=True,
            )
        )
    )
    mentions = mentions_of(text, blocks, "en", None)
    assert (mentions.words, mentions.block_seqs) == (("Sudan",), (2,))


def test_the_dictionary_is_of_known_countries_and_says_nothing_twice() -> None:
    codes = {row["country_code"] for row in country_rows()}
    assert set(DEMONYMS) <= codes
    listed = [
        form for words in DEMONYMS.values() for word in words.split() for form in forms_of(word)
    ]
    listed += [form for words in AMBIGUOUS for form in forms_of(words)]
    assert len(listed) == len(set(listed))
    entries = entries_of("en")
    assert {entry.country_code for entry in entries.values()} <= codes | {None}
    named = {e.country_code for e in entries.values() if e.kind == NAME}
    assert {country.alpha_3 for country in pycountry.countries} <= named
    sovereign_without_demonym = {"DMA", "COD", "COG", "KOR", "IND"}
    assert sovereign_without_demonym.isdisjoint(
        e.country_code for e in entries.values() if e.kind == DEMONYM and e.country_code != "KOR"
    )


@given(st.text(st.sampled_from("Peru Niga-’é\u00a0\U0001f600\ud800\n.'1"), max_size=60))
def test_whatever_the_text_the_spans_are_its_words(text: str) -> None:
    for words, code in found(text):
        assert code in ("PER", "NER", "NGA"), words


def test_time_is_linear_in_hostile_text() -> None:
    def seconds(count: int) -> float:
        text = "Guinea-Guinea Equatorial Gu’" * count
        started = process_time()
        assert len(found(text)) == 2 * count
        return process_time() - started

    assert_linear(seconds, 4_000, 40_000)


def test_nothing_found_is_nothing() -> None:
    assert mentions_of("", Blocks(), None, None) == Mentions()
