"""The labels of header rows, and how a row is told from a line that only begins like one."""

from __future__ import annotations

import re
from typing import NamedTuple

from transforms.dates import PRINTED_DATE, normalize_date

# Printed label (lower case) to field. Fields that are no column of `document_versions` are kept
# as statements under the name given here.
LABELS = {
    "publisher": "publisher",
    "author": "author",
    "authors": "author",
    "title": "title",
    "publication date": "publication_date",
    "date of publication": "publication_date",
    "citation / document symbol": "document_symbol",
    "citation/document symbol": "document_symbol",
    "document symbol": "document_symbol",
    "related document(s)": "related_documents",
    "related documents": "related_documents",
    "related document": "related_documents",
    "reference": "reference",
    "cite as": "cite_as",
    "comments": "comments",
    "disclaimer": "disclaimer",
    "country": "country",
    "countries": "country",
    "topics": "topics",
    "topic": "topics",
    "other languages / attachments": "other_languages",
    "other languages/attachments": "other_languages",
    "other languages": "other_languages",
    "attachments": "other_languages",
    "type of decision": "decision_type",
    "judicial body": "judicial_body",
    "document type": "printed_document_type",
    "type of document": "printed_document_type",
    "document source": "document_source",
    "source": "document_source",
    "date": "publication_date",
}
# Labels of the bar forms that would be ordinary words at the start of a plain line.
_BARS_ONLY = {"date", "source", "attachments", "countries", "topic", "authors", "other languages"}
# Labels that no prose line begins with.
_UNAMBIGUOUS = {"document_symbol", "related_documents", "other_languages", "decision_type"}

_PLAIN = re.compile(
    "("
    + "|".join(re.escape(name) for name in sorted(LABELS, key=len, reverse=True))
    + r")(?=[\s:]|$)\s*(?::\s*)?",
    re.IGNORECASE,
)
_GLUED_DISCLAIMER = re.compile(r"Disclaimer:?\s*(?=[A-Z]|$)")
# Words that go on with a sentence: behind them a label's word was only its beginning.
_PROSE = re.compile(
    r"(?:of|on|is|was|are|were|has|have|had|made|to|by|in|from|and|or|that|which|who|should|will|"
    r"may|must|can|for|with|at)\s"
)
# White space is counted: three unbounded runs of it in a row would be tried in every division.
_BARS = re.compile(r"(\|?)\s{0,20}([^|]{1,60}?)\s{0,20}:?\s{0,20}\|")
_LEADING_DATE = re.compile(PRINTED_DATE)
LAST_UPDATED = re.compile(r"Last Updated\s*:\s*", re.IGNORECASE)
_DISCLAIMER_WORDS = "not a unhcr publication"


class LabelMatch(NamedTuple):
    """A line that begins with a label.

    Args:
        label: The label as printed.
        field: The field it stands for; None for a label that is not known.
        start: Where the value begins in the line.
        end: Where the value ends.
    """

    label: str
    field: str | None
    start: int
    end: int


def match_plain(text: str) -> LabelMatch | None:
    """Returns the label and value of a `Label value` line, or None."""
    if glued := _GLUED_DISCLAIMER.match(text):
        return LabelMatch("Disclaimer", "disclaimer", glued.end(), len(text))
    match = _PLAIN.match(text)
    if match is None or not text[0].isupper() or match[1].lower() in _BARS_ONLY:
        return None
    if text[match.end() : match.end() + 1] == "|" or _PROSE.match(text, match.end()):
        return None
    return LabelMatch(match[1], LABELS[match[1].lower()], match.end(), len(text))


def match_bars(text: str) -> LabelMatch | None:
    """Returns the label and value of a `Label | value |` or `| Label | value |` line, or None.

    The field is None where the label is not known.
    """
    if glued := _GLUED_DISCLAIMER.match(text):
        start = glued.end() + (len(text) - glued.end() - len(text[glued.end() :].lstrip("| ")))
        return LabelMatch("Disclaimer", "disclaimer", start, _end_before_bar(text))
    match = _BARS.match(text)
    if match is None:
        return None
    end = max(match.end(), _end_before_bar(text))
    return LabelMatch(match[2], LABELS.get(match[2].lower()), match.end(), end)


def is_certain(match: LabelMatch, text: str) -> bool:
    """Returns whether the line cannot be prose that merely begins with the label's word."""
    value = text[match.start : match.end]
    if match.field == "publication_date":
        return _LEADING_DATE.match(value.strip()) is not None
    if match.field == "cite_as":
        return is_citation(value)
    if match.field == "disclaimer":
        return _DISCLAIMER_WORDS in value.lower()
    return match.field in _UNAMBIGUOUS


def is_last_updated(text: str) -> bool:
    """Returns whether a line says when the site was updated, which it gives to the minute.

    Documents have a line of the same words for a day of their own: `Last updated: May 2011`.
    """
    match = LAST_UPDATED.match(text)
    return match is not None and normalize_date(text[match.end() :]) is None


def is_citation(words: str) -> bool:
    """Returns whether the words have the marks of a citation: where to find it, when accessed."""
    folded = " ".join(words.lower().split())
    return "available at:" in folded or "[accessed " in folded


def is_disclaimer(words: str) -> bool:
    """Returns whether the words are UNHCR's disclaimer."""
    start = words[:200].lower().removeprefix("disclaimer").lstrip(": |")
    return start.startswith("this is " + _DISCLAIMER_WORDS)


def _end_before_bar(text: str) -> int:
    return len(text.rstrip().removesuffix("|").rstrip())
