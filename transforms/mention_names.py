"""The names that countries are called by in running text, and what only looks like one.

The names of the standard and of `countries` are taken, each in the forms in which it is printed:
with and without accents, with either apostrophe, in capitals. What is added here, and what is left
out, has its reason beside it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from transforms.countries import names_in
from transforms.demonyms import AMBIGUOUS, DEMONYMS, forms_of

NAME = "name"
DEMONYM = "demonym"
LANGUAGES = ("en", "fr", "es")

# Names in common use that are not the standard's, nor printed as what a document is about.
_MORE_NAMES: dict[str, dict[str, list[str]]] = {
    "en": {
        "DEU": ["Federal Republic of Germany", "West Germany"],
        "FLK": ["Falkland Islands"],
        "GBR": ["England", "Scotland", "Wales", "Northern Ireland", "U.K."],
        "HKG": ["Hongkong"],
        "KHM": ["Democratic Kampuchea", "Kampuchea"],
        "MAF": ["Saint Martin (French part)"],
        "NLD": ["Holland"],
        "PSE": ["Gaza Strip", "Gaza", "West Bank"],
        "SXM": ["Sint Maarten"],
        "USA": ["United States", "U.S.", "U.S.A."],
        "VGB": ["British Virgin Islands"],
        "VIR": ["U.S. Virgin Islands", "US Virgin Islands", "United States Virgin Islands"],
    },
    "fr": {
        "BOL": ["Bolivie"],
        "BLR": ["Biélorussie"],
        "COD": ["République démocratique du Congo", "RDC", "Zaïre"],
        "GBR": ["Grande-Bretagne", "Angleterre"],
        "IRN": ["Iran"],
        "KOR": ["Corée du Sud", "République de Corée"],
        "LAO": ["Laos"],
        "MDA": ["Moldavie", "Moldova"],
        "MKD": ["Macédoine"],
        "MMR": ["Myanmar"],
        "MUS": ["Île Maurice"],
        "PRK": ["Corée du Nord"],
        "PSE": ["Palestine", "Bande de Gaza", "Gaza", "Cisjordanie"],
        "REU": ["La Réunion", "Île de la Réunion"],
        "RUS": ["Russie", "Fédération de Russie"],
        "SLV": ["El Salvador"],
        "SYR": ["Syrie", "République arabe syrienne"],
        "TWN": ["Taïwan", "Taiwan"],
        "TZA": ["Tanzanie"],
        "USA": ["États-Unis d'Amérique"],
        "VEN": ["Venezuela"],
        "VNM": ["Vietnam"],
        "XKX": ["Kosovo"],
        "CIV": ["Côte d'Ivoire"],
    },
    "es": {
        "BGD": ["Bangladesh"],
        "BHR": ["Bahréin"],
        "BOL": ["Bolivia"],
        "BFA": ["Burkina Faso"],
        "CIV": ["Costa de Marfil"],
        "COD": ["República Democrática del Congo", "Zaire"],
        "DZA": ["Argelia"],
        "GBR": ["Gran Bretaña", "Inglaterra"],
        "IRN": ["Irán"],
        "KEN": ["Kenya"],
        "KOR": ["Corea del Sur", "República de Corea"],
        "LAO": ["Laos"],
        "MDA": ["Moldavia", "Moldova"],
        "MKD": ["Macedonia"],
        "MMR": ["Myanmar"],
        "PRK": ["Corea del Norte"],
        "PSE": ["Palestina", "Franja de Gaza", "Gaza", "Cisjordania"],
        "QAT": ["Qatar"],
        "ROU": ["Rumania"],
        "RUS": ["Rusia", "Federación de Rusia"],
        "RWA": ["Rwanda"],
        "SAU": ["Arabia Saudita"],
        "SYR": ["Siria", "República Árabe Siria"],
        "TUN": ["Túnez"],
        "TWN": ["Taiwán"],
        "TZA": ["Tanzania", "Tanzanía"],
        "USA": ["Estados Unidos de América", "EE.UU.", "EE. UU."],
        "VEN": ["Venezuela"],
        "VNM": ["Viet Nam"],
        "XKX": ["Kosovo"],
    },
}
# Names that two countries share: they are found and have no code.
_SHARED_NAMES: dict[str, list[str]] = {
    "en": ["Congo", "Korea", "Virgin Islands", "Saint Martin", "St. Martin"],
    "fr": ["Congo", "Corée", "Saint-Martin"],
    "es": ["Congo", "Corea", "San Martín"],
}
# Words and first names which a text means far more often than the island or state.
_LEFT_OUT = {
    "en": {"Reunion", "REUNION", "US", "Rusia", "Russie", "Siria", "Syrie", "Turquie", "Turquía"},
    "fr": {"Maurice", "Dominique", "Grenade"},
    "es": {"Mauricio", "Granada", "Reunión", "San Martín"},
}
# Places, peoples and things with a country's name in them that are not that country: nothing is
# found in them. `Benin City` is in Nigeria, the `Gulf of Guinea` no state.
_OTHERS: dict[str, str] = {
    "en": """
        African American+; Afro-American+; Latin American+; Native American+; North American+
        South American+; Central American+; Inter-American; Organization of American States
        Organisation of American States; American Indian+; West Indian+; Indian Ocean
        Bank of England; New England; New South Wales; Prince of Wales; New Jersey; New Mexico
        Belize City; Benin City; Djibouti City; Guatemala City; Kuwait City; Luxembourg City
        Mexico City; Panama City; Atlanta, Georgia; State of Georgia; Georgia, U.S.; Georgia, USA
        Bight of Benin; Gulf of Guinea; Gulf of Mexico; Gulf of Oman; Gulf of Thailand
        East China Sea; South China Sea; Sea of Japan; Mozambique Channel; Lake Chad; Lake Malawi
        Congo River; River Congo; Congo Basin; Gambia River; River Gambia; Senegal River
        Jordan River; River Jordan; Jordan Valley; Niger Delta; Niger River; River Niger
        Niger State; Niger Basin; British Columbia; New Guinea; New Guinean+; Guinea pig+
        Guinea fowl; Guinea worm; Dominican friar+; Dominican order
    """,
    "fr": """
        Golfe de Guinée; golfe de Guinée; Nouvelle-Guinée; lac Tchad; Lac Tchad; bassin du Congo
        delta du Niger; Delta du Niger; fleuve Congo; Saint-Maurice
    """,
    "es": """
        Golfo de Guinea; golfo de Guinea; Golfo de México; golfo de México; Ciudad de México
        Ciudad de Guatemala; Ciudad de Panamá; Nueva Guinea; Nuevo México; lago Chad; Lago Chad
    """,
}


@dataclass(frozen=True, slots=True)
class Entry:
    """What a form of words is.

    Args:
        kind: `name` or `demonym`; None for what only has a country's name in it.
        country_code: ISO 3166-1 alpha-3; None where it may be of several countries.
    """

    kind: str | None
    country_code: str | None


def entries_of(language: str) -> dict[str, Entry]:
    """Returns what each printed form is, in the order of the forms.

    Args:
        language: `en`, `fr` or `es`; demonyms are known in English alone, because in the others
            they are written like any word.
    """
    found: dict[str, Entry] = {}
    for words in _OTHERS[language].replace("\n", ";").split(";"):
        _add(found, forms_of(words.strip()), Entry(None, None))
    for name in _SHARED_NAMES[language]:
        _add(found, [name], Entry(NAME, None))
    for code, names in (*_MORE_NAMES[language].items(), *names_in(language).items()):
        _add(found, [n for n in names if n not in _LEFT_OUT[language]], Entry(NAME, code))
    if language == "en":
        for words, country_code in _demonyms():
            _add(found, forms_of(words), Entry(DEMONYM, country_code))
    kept = [words for words in found if words and words not in _LEFT_OUT[language]]
    return {words: found[words] for words in sorted(kept)}


def _demonyms() -> Iterator[tuple[str, str | None]]:
    yield from ((words, None) for words in AMBIGUOUS)
    yield from ((word, code) for code, words in DEMONYMS.items() for word in words.split())


def _add(found: dict[str, Entry], names: list[str], entry: Entry) -> None:
    """Adds names in the forms in which they are printed; what was added before stays."""
    for name in names:
        for words in _printed_forms(name):
            found.setdefault(words, entry)


def _printed_forms(name: str) -> Iterator[str]:
    spelt = [name]
    if name.startswith("Saint "):
        spelt += [f"St. {name[6:]}", f"St {name[6:]}"]
    spelt += [words.replace(" and ", " & ") for words in spelt]
    spelt += [words.replace("'", "’") for words in spelt]
    spelt += [_without_accents(words) for words in spelt]
    yield from dict.fromkeys(spelt)
    yield from dict.fromkeys(words.upper() for words in spelt)


def _without_accents(words: str) -> str:
    parts = unicodedata.normalize("NFD", words)
    return "".join(part for part in parts if not unicodedata.combining(part))
