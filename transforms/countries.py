"""Countries and territories: ISO 3166 codes and the names they are printed under."""

from __future__ import annotations

import gettext
import re
import unicodedata
from functools import cache, lru_cache
from typing import Any

import pycountry

_SAINT = re.compile(r"\bst\.?\s")
# Printed names that the standard does not hold, each an established English or French form.
_PRINTED_NAMES = {
    "BHS": ["Bahamas, The", "The Bahamas"],
    "BIH": ["Bosnia-Herzegovina", "Bosnia & Herzegovina"],
    "ARE": ["UAE"],
    "BOL": ["Bolivia", "Bolivia (Plurinational State of)"],
    "BRN": ["Brunei"],
    "CAF": ["République centrafricaine"],
    "CIV": ["Côte d'Ivoire", "Cote d'Ivoire", "Ivory Coast"],
    "COD": [
        "Democratic Republic of the Congo",
        "Democratic Republic of Congo",
        "Congo (Kinshasa)",
        "Congo-Kinshasa",
        "Congo, Democratic Republic of the",
        "Congo, Democratic Republic of",
        "DR Congo",
        "DRC",
        "Zaire",
        "République démocratique du Congo",
    ],
    "COG": [
        "Congo (Brazzaville)",
        "Congo-Brazzaville",
        "Republic of the Congo",
        "Republic of Congo",
        "Congo, Republic of the",
        "Congo, Republic of",
    ],
    "CPV": ["Cape Verde"],
    "CZE": ["Czech Republic"],
    "FSM": ["Micronesia", "Federated States of Micronesia"],
    "GBR": ["United Kingdom", "Great Britain", "UK"],
    "GMB": ["The Gambia", "Gambia, The"],
    "GNB": ["Guinea Bissau"],
    "HKG": ["Hong Kong", "China (Hong Kong)", "Hong Kong SAR", "China: Hong Kong"],
    "IRN": ["Iran", "Islamic Republic of Iran", "Iran (Islamic Republic of)"],
    "KOR": ["South Korea", "Republic of Korea", "Korea, South", "Korea (South)"],
    "LAO": ["Laos", "Lao PDR", "Lao People's Democratic Republic"],
    "MAC": ["Macau", "China (Macau)", "Macau SAR", "Macao SAR"],
    "MDA": ["Moldova", "Republic of Moldova"],
    "MKD": [
        "Macedonia",
        "The former Yugoslav Republic of Macedonia",
        "Former Yugoslav Republic of Macedonia",
        "The FYR Macedonia",
        "FYR Macedonia",
        "Macedonia, Former Yugoslav Republic of",
        "Macedonia, the former Yugoslav Republic of",
    ],
    "MMR": ["Burma", "Burma (Myanmar)", "Myanmar (Burma)"],
    "NLD": ["The Netherlands"],
    "PRK": [
        "North Korea",
        "Democratic People's Republic of Korea",
        "Korea, North",
        "Korea (North)",
    ],
    "PSE": [
        "Occupied Palestinian Territory",
        "Occupied Palestinian Territories",
        "Palestinian Territories",
        "West Bank and Gaza",
        "State of Palestine",
        "Palestine",
        "Israel/Palestine (Palestinian Authority)",
        "Palestinian Authority",
    ],
    "RUS": ["Russia", "Russie", "Rusia"],
    "STP": ["São Tomé and Príncipe", "Sao Tome & Principe"],
    "SUR": ["Surinam"],
    "SVK": ["Slovak Republic"],
    "SWZ": ["Swaziland", "Kingdom of eSwatini"],
    "SYR": ["Syria", "Syrie", "Siria"],
    "TLS": ["East Timor", "Timor Leste"],
    "TTO": ["Trinidad & Tobago"],
    "TUR": ["Turkey", "Turquie", "Turquía"],
    "TWN": ["Taiwan", "China (Taiwan)", "Taiwan, Republic of China"],
    "TZA": ["Tanzania", "United Republic of Tanzania"],
    "USA": ["United States of America", "USA"],
    "VAT": ["Holy See", "Vatican"],
    "VEN": ["Venezuela", "Venezuela (Bolivarian Republic of)"],
    "VNM": ["Vietnam", "Viet Nam", "Viêt-nam"],
    "XKX": ["Kosovo"],
}
# Not in the standard, in common use (user-assigned code): printed often enough to be needed.
# French and Spanish names come from the same tables as the English ones.
_LANGUAGES = ("fr", "es")
_USER_ASSIGNED = {"XKX": ("XK", "Kosovo")}
# Former countries that documents are still about, with the names they were printed under.
_FORMER_NAMES = {
    "SCG": ["Serbia and Montenegro"],
    "YUG": ["Yugoslavia", "Federal Republic of Yugoslavia", "Former Yugoslavia"],
    "SUN": ["Soviet Union", "USSR", "Union of Soviet Socialist Republics"],
    "CSK": ["Czechoslovakia"],
    "DDR": ["German Democratic Republic", "East Germany"],
}
_MOST_KEPT = 4096
_LONGEST_KEPT = 100


def country_rows() -> list[dict[str, Any]]:
    """Returns the rows of the `countries` table, sorted by code."""
    return sorted(_entries().values(), key=lambda row: str(row["country_code"]))


def country_of_name(words: str) -> str | None:
    """Returns the ISO 3166-1 alpha-3 code of the country these words name, all of them."""
    return _known(words) if len(words) <= _LONGEST_KEPT else _code_of(words)


def country_of_code(words: str) -> str | None:
    """Returns the alpha-3 code when `words` are one, current or withdrawn, else None."""
    code = words.strip().upper()
    return code if code in _entries() else None


def country_meant(words: str) -> str | None:
    """Returns the alpha-3 code of what a person asks for: a name, or a code of two or three."""
    return country_of_code(words) or _by_alpha_2().get(words.strip().upper()) or _code_of(words)


@cache
def _by_alpha_2() -> dict[str, str]:
    """Returns the alpha-3 code by alpha-2 code; where one was given twice, the country of today."""
    former_first = sorted(_entries().values(), key=lambda row: row["withdrawn"] is None)
    return {row["alpha_2"]: row["country_code"] for row in former_first if row["alpha_2"]}


def _code_of(words: str) -> str | None:
    return _codes_by_name().get(_folded(words))


# The same few names stand in most pages.
_known = lru_cache(_MOST_KEPT)(_code_of)


@cache
def _entries() -> dict[str, dict[str, Any]]:
    entries = {}
    for country in pycountry.countries:
        names = [country.name, *_other_names(country), *_PRINTED_NAMES.get(country.alpha_3, [])]
        entries[country.alpha_3] = _row(country.alpha_3, country.alpha_2, country.name, names, None)
    for code, (alpha_2, name) in _USER_ASSIGNED.items():
        entries[code] = _row(code, alpha_2, name, _PRINTED_NAMES[code], None)
    for country in pycountry.historic_countries:
        if country.alpha_3 not in entries:
            names = [country.name, *_FORMER_NAMES.get(country.alpha_3, [])]
            entries[country.alpha_3] = _row(
                country.alpha_3,
                getattr(country, "alpha_2", None),
                country.name,
                names,
                getattr(country, "withdrawal_date", None),
            )
    return entries


def _other_names(country: Any) -> list[str]:
    keys = ("common_name", "official_name")
    found = [name for key in keys if (name := getattr(country, key, None))]
    for language in _LANGUAGES:
        translate = _translation(language).gettext
        found += [translate(name) for name in (country.name, *found[:1])]
    return found


@cache
def _translation(language: str) -> gettext.NullTranslations:
    return gettext.translation("iso3166-1", pycountry.LOCALES_DIR, languages=[language])


def _row(
    code: str, alpha_2: str | None, name: str, names: list[str], withdrawn: str | None
) -> dict[str, Any]:
    return {
        "country_code": code,
        "alpha_2": alpha_2,
        "name": name,
        "names": list(dict.fromkeys(names)),
        "withdrawn": withdrawn,
    }


@cache
def _codes_by_name() -> dict[str, str]:
    codes: dict[str, str] = {}
    rows = sorted(_entries().values(), key=lambda row: row["withdrawn"] is not None)
    for row in rows:
        for name in row["names"]:
            codes.setdefault(_folded(name), row["country_code"])
    return codes


def _folded(words: str) -> str:
    plain = unicodedata.normalize("NFKD", words.replace("’", "'").replace("‘", "'"))
    bare = "".join(char for char in plain if not unicodedata.combining(char)).casefold()
    spelt = _SAINT.sub("saint ", bare.replace("&", " and "))
    return " ".join(spelt.split()).removeprefix("the ")
