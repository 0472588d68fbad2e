"""The publishers, countries and kinds of document that generated pages name."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Publisher:
    """One publisher as pages print it and as addresses code it.

    Args:
        name: The printed name.
        code: The slot of old addresses.
        source: The slot of new addresses.
        has_disclaimer: False for UNHCR's own texts.
    """

    name: str
    code: str
    source: str
    has_disclaimer: bool = True


PUBLISHERS: tuple[Publisher, ...] = (
    Publisher("United States Department of State", "USDOS", "usdos"),
    Publisher("Canada: Immigration and Refugee Board of Canada", "IRBC", "irb"),
    Publisher("Human Rights Watch", "HRW", "hrw"),
    Publisher("Amnesty International", "AMNESTY", "amnesty"),
    Publisher("Freedom House", "FREEHOU", "freehou"),
    Publisher("UN High Commissioner for Refugees (UNHCR)", "UNHCR", "unhcr", has_disclaimer=False),
    Publisher("National Legislative Bodies / National Authorities", "NATLEGBOD", "natlegbod"),
    Publisher("Radio Free Europe/Radio Liberty", "RFERL", "rferl"),
    Publisher("Reporters Without Borders", "RSF", "rsf"),
    Publisher("Internal Displacement Monitoring Centre (IDMC)", "IDMC", "idmc"),
    Publisher("International Crisis Group", "ICG", "icg"),
    Publisher("Minority Rights Group International", "MRGI", "mrgi"),
    Publisher("UN Human Rights Committee (HRC)", "HRC", "hrc"),
    Publisher("UN Committee on the Rights of the Child (CRC)", "CRC", "crc"),
    Publisher("Council of Europe: European Court of Human Rights", "ECHR", "echr"),
    Publisher(
        "United Kingdom: Asylum and Immigration Tribunal / Immigration Appellate Authority",
        "GBR_AIT",
        "gbrait",
    ),
    Publisher("Australia: Refugee Review Tribunal", "AUS_RRT", "ausrrt"),
    Publisher("France: Cour nationale du droit d’asile", "FRA_CNDA", "cnda"),
    Publisher("UN Children’s Fund (UNICEF)", "UNICEF", "unicef"),
    Publisher("Committee to Protect Journalists", "CPJ", "cpj"),
)

COUNTRIES: tuple[tuple[str, str], ...] = (
    ("Afghanistan", "AFG"),
    ("Algeria", "DZA"),
    ("Bangladesh", "BGD"),
    ("Belarus", "BLR"),
    ("Benin", "BEN"),
    ("Burundi", "BDI"),
    ("Chad", "TCD"),
    ("Colombia", "COL"),
    ("Congo, Democratic Republic of the", "COD"),
    ("Cuba", "CUB"),
    ("Egypt", "EGY"),
    ("Eritrea", "ERI"),
    ("Ethiopia", "ETH"),
    ("Georgia", "GEO"),
    ("Guinea-Bissau", "GNB"),
    ("Haiti", "HTI"),
    ("Iran", "IRN"),
    ("Iraq", "IRQ"),
    ("Kenya", "KEN"),
    ("Laos", "LAO"),
    ("Mali", "MLI"),
    ("Nepal", "NPL"),
    ("Nigeria", "NGA"),
    ("Peru", "PER"),
    ("Russia", "RUS"),
    ("Rwanda", "RWA"),
    ("Senegal", "SEN"),
    ("Somalia", "SOM"),
    ("Sudan", "SDN"),
    ("Syria", "SYR"),
    ("Turkey", "TUR"),
    ("Ukraine", "UKR"),
    ("Yemen", "YEM"),
)

# (slot of old addresses, category of new addresses, slot of new addresses)
KINDS: tuple[tuple[str, str, str], ...] = (
    ("COUNTRYREP", "reference", "countryrep"),
    ("ANNUALREPORT", "reference", "annualreport"),
    ("QUERYRESPONSE", "reference", "queryresponse"),
    ("COUNTRYNEWS", "reference", "news"),
    ("CASELAW", "jurisprudence", "caselaw"),
    ("LEGISLATION", "legal", "legislation"),
    ("POSITION", "policy", "position"),
)
