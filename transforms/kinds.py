"""What a line of the body is: heading, list item, table row, footnote, boilerplate or paragraph."""

from __future__ import annotations

import re
from typing import NamedTuple

from transforms.dates import MONTH, normalize_date
from transforms.labels import is_disclaimer
from transforms.lines import Line

_LONGEST_HEADING = 120
_MOST_HEADING_WORDS = 14

_TRAILER = re.compile(r"Copyright notice\s*:|©|\(c\) Copyright", re.IGNORECASE)
_TRAILER_WORDS = {
    "search refworld",
    "countries",
    "topics",
    "regions",
    "back to top",
    "print",
    "share",
    "disclaimer",
    "refworld",
}
_BULLET = re.compile(r"(?:[•·●▪■◦‣∙*§]|[-–—o](?=\s))\s*(?=\S)")
_CENTRED = re.compile(r"[-–—]\s.{3,80}\s[-–—]")
_TABLE = re.compile(r"\|")
_GLUED_ROW = re.compile(r"[A-Z][^\d\n|.;:]{2,80}[a-z)][0-9][0-9,. %]*")
_GLUE = re.compile(r"[A-Z][^\n|.;:!?]{2,80}?[a-z)](?=[0-9A-Z])")
_LONGEST_GLUED = 200
_BRACKET_NOTE = re.compile(r"\[(?:[0-9]{1,3}|[ivxl]{1,5}|\*)\]\s*\S")
_STAR_NOTE = re.compile(r"\*{1,3}(?=[A-Z\"“(])|\*{2,3}\s")
_NUMBER_NOTE = re.compile(r"([0-9]{1,3})\.?\s+(?=\S)")
_NOTES_HEADING = re.compile(r"(?:Foot|End)?notes(?: and references)?:?", re.IGNORECASE)
_LONGEST_NOTES_HEADING = len("footnotes and references:")
_CITING = re.compile(
    r"(?:See|Ibid|Id\.|Cf\.|UN |UNHCR|Supra|Above|Available|http|Interview|Art\.|Article|Op\. ?cit"
    r"|Voir|Ibidem)\b"
)
_NUMBERED = re.compile(r"(?P<number>[0-9]{1,2}(?:\.[0-9]{1,2}){0,4})\.?\)?\s+(?=\S)")
_LETTERED = re.compile(r"\(?[a-zA-Z][.)]\s+(?=\S)")
_ROMAN = re.compile(r"(?=[IVXLC])[IVXLC]{1,6}[.)]\s+(?=\S)")
_DIVISIONS = (
    r"Part|Title|Chapter|Section|Annex|Appendix|Article|Art\.|Rule|Chapitre|Titre|Annexe|Artículo"
    r"|Capítulo"
)
_DIVISION = re.compile(
    rf"({_DIVISIONS})\s+(?:[0-9]{{1,4}}(?:bis|ter)?|[IVXLC]{{1,6}}|[A-Z]|premier|one|first)"
    r"(?:[a-z]{0,3}\b|(?=[.: ]|$))",
    re.IGNORECASE,
)
# How lines begin that are symbols, divisions, or have a number or letter before them.
_MARKED = re.compile(rf"[A-Z]{{2}}|[0-9]|\(?[a-zA-Z][.)]|(?i:{_DIVISIONS})\s")
_TIER_WORDS = r"(?:Tier\s?[123](?:\s?[-–:]?\s?Watch\s?List)?|Special Case)"
_PLACE = r"(?:[^.;:|()!?]|\bSt\.){2,70}"
_MARKS = r"[*†0-9]{0,3}"
_TIER = re.compile(
    rf"{_PLACE}(?:\([^()]{{1,50}}\)\s?)?\(\s?{_TIER_WORDS}[^()]{{0,20}}\){_MARKS}"
    rf"(?:\s?[\[(][^\[\]()]{{1,60}}[\])])?"
    rf"|{_PLACE}(?:\([^()]{{1,50}}\)\s?)?(?::|\s[-–])\s?{_TIER_WORDS}{_MARKS}"
    rf"|Special Case\s?[:–-]\s{_PLACE}(?:\([^()]{{1,50}}\))?{_MARKS}"
    rf"|\(?{_TIER_WORDS}\)?{_MARKS}",
    re.IGNORECASE,
)
_DATED = re.compile(r"[0-9]{1,2} [A-Z][a-z]+ [12][0-9]{3}|[A-Z][a-z]+ [0-9]{1,2}, [12][0-9]{3}")
# Words that make a short line a sentence or a credit.
_VERBS = frozenset(
    "is are was were be been has have had does did will would can could may might must shall "
    "should said says adds told reported that he she they it we est sont était fue son".split()
)
_LAST_WORDS = frozenset("that and or the of a an to in by with for".split())
# How short lines begin that head nothing: who issued a text, what time it covers, file numbers.
_HEADS_NOTHING = re.compile(
    r"(?:Released|Prepared|Published|Issued|Submitted|Enacted|Adopted|Compiled|Translated) by\b"
    r"|Cover(?:s|ing) (?:events|the period)\b|Research Directorate, |Nos?\. ?[A-Z]{0,2}[0-9]"
    r"|(?:Last updated|Updated|Adopted|Done|Signed|Dated|Posted|Heard|Delivered|Decided)"
    rf"(?::|\s(?:at|in|on|as|(?:{MONTH})\s))",
)
# A year that begins a heading: `2004 Scores`.
_YEAR_BEFORE = re.compile(r"(?:19|20)[0-9]{2}\s(?=[A-Z])")
_DIGITS = frozenset("0123456789")
_RANGE = re.compile(r"\s[-–]\s")
# A document's symbol alone on a line.
_LONE_SYMBOL = re.compile(r"[A-Z]{2}[A-Z/.-]*[0-9][A-Z0-9/.()-]*")
_SENTENCE_END = (".", ";", ",", "!", "…", "”", '."', ".'")
_SMALL_WORDS = frozenset(
    "a an and as at by de del der des di du el en et for from in into la las le les los of on or "
    "the to und van von with without y al aux dans par pour sur über".split()
)


class Kind(NamedTuple):
    """The kind of a line and, for headings and list items, its depth from 1."""

    name: str
    level: int | None = None


PARAGRAPH = Kind("paragraph")
MAIN_HEADING = Kind("heading", 1)
BOILERPLATE = Kind("boilerplate")
FOOTNOTE = Kind("footnote")
TABLE_ROW = Kind("table_row")


def kind_of(line: Line, is_in_notes: bool) -> Kind:
    """Returns the kind of a body line by its own words.

    Args:
        line: The line.
        is_in_notes: Whether it stands behind a heading that announces notes.
    """
    text = line.text
    if len(text) > _LONGEST_HEADING and text[0].isupper() and "|" not in text and not is_in_notes:
        return PARAGRAPH
    if _BRACKET_NOTE.match(text) or (is_in_notes and _is_note(text)):
        return FOOTNOTE
    if "|" in text and _is_table_row(text):
        return TABLE_ROW
    if bullet := _BULLET.match(text):
        if text[0] == "*" and _STAR_NOTE.match(text) and not line.indent:
            return FOOTNOTE
        if bullet.end() < len(text) and not _CENTRED.fullmatch(text):
            return Kind("list_item", 1 + min(line.indent // 4, 4))
    if len(text) <= _LONGEST_HEADING:
        return _short_kind(text)
    return PARAGRAPH


def is_trailer(text: str) -> bool:
    """Returns whether a line is furniture of the site that stands under a document."""
    if text.casefold().rstrip(" :") in _TRAILER_WORDS or is_disclaimer(text):
        return True
    return _TRAILER.match(text) is not None


def announces_notes(text: str) -> bool:
    """Returns whether a line is the heading of the notes."""
    return len(text) <= _LONGEST_NOTES_HEADING and _NOTES_HEADING.fullmatch(text) is not None


def is_bracket_note(text: str) -> bool:
    """Returns whether a line begins with a number in brackets, as notes and paragraphs do."""
    return _BRACKET_NOTE.match(text) is not None


def is_glued_row(text: str) -> bool:
    """Returns whether a line is a table row whose label and number are glued together."""
    if len(text) > _LONGEST_HEADING or text[-1] not in "0123456789,. %":
        return False
    return _GLUED_ROW.fullmatch(text) is not None


def may_be_glued_row(text: str) -> bool:
    """Returns whether a line's beginning is glued to what follows, as label and value are."""
    if is_glued_row(text):
        return True
    return len(text) <= _LONGEST_GLUED and _GLUE.match(text) is not None


def note_number(text: str) -> int | None:
    """Returns the number a line begins with when the words behind it cite a source."""
    match = _NUMBER_NOTE.match(text)
    if match and _CITING.match(text, match.end()):
        return int(match[1])
    return None


def is_tier_heading(text: str) -> bool:
    """Returns whether a line places a country on a tier, as pages of that report begin."""
    return len(text) <= _LONGEST_HEADING and _TIER.fullmatch(text) is not None


def is_plain_heading(text: str) -> bool:
    """Returns whether words behind a number head what follows, though only their first is capital.

    French and British headings are written so; a numbered sentence ends in a stop or has a verb.
    """
    words = text.split()
    return (
        2 <= len(words) <= _MOST_HEADING_WORDS
        and text[0].isupper()
        # Behind a stop, digits are the mark of a note.
        and not text.rstrip("0123456789").endswith((*_SENTENCE_END, ":", "?"))
        and ": " not in text
        and not _is_sentence(text, words)
    )


def _is_note(text: str) -> bool:
    return _NUMBER_NOTE.match(text) is not None or text.startswith("*")


def _is_table_row(text: str) -> bool:
    return text.startswith("|") or text.endswith("|") or " | " in text or "\t" in text


def _short_kind(text: str) -> Kind:
    folded = text.lower()
    if ("tier" in folded or "special" in folded) and is_tier_heading(text):
        return MAIN_HEADING
    if text.rstrip(".,")[-1:] in _DIGITS and all(map(normalize_date, _RANGE.split(text))):
        return PARAGRAPH
    if _MARKED.match(text) and (kind := _marked_kind(text)):
        return kind
    year = _YEAR_BEFORE.match(text)
    if _is_heading(text[year.end() :] if year else text, 2):
        return Kind("heading", 1 if text.isupper() else 2)
    return PARAGRAPH


def _marked_kind(text: str) -> Kind | None:
    if _LONE_SYMBOL.fullmatch(text):
        return PARAGRAPH
    if division := _DIVISION.match(text):
        return _division(text, division)
    if roman := _ROMAN.match(text):
        return Kind("heading", 1) if _is_heading(text[roman.end() :], 1) else PARAGRAPH
    if numbered := _NUMBERED.match(text):
        level = 1 + numbered["number"].count(".")
        words = text[numbered.end() :]
        is_heading = _is_heading(words, level) or is_plain_heading(words)
        return Kind("heading", level) if is_heading else PARAGRAPH
    if lettered := _LETTERED.match(text):
        is_heading = text[0] != "(" and _is_heading(text[lettered.end() :], 3)
        return Kind("heading", 3) if is_heading else PARAGRAPH
    return None


def _division(text: str, match: re.Match[str]) -> Kind:
    rest = text[match.end() :].lstrip(" .:-–")
    level = 2 if match[1].lower() in ("article", "art.", "rule", "artículo") else 1
    is_sentence = rest.endswith((".", ";", ",")) and len(rest.split()) > 3
    if is_sentence or (rest and not rest[0].isupper() and text[match.end() :][:1] == " "):
        return PARAGRAPH
    return Kind("heading", level)


def _is_heading(text: str, level: int) -> bool:
    """Returns whether short words standing alone on a line head what follows."""
    if not text or text.endswith(_SENTENCE_END) or not (text[0].isupper() or text[0] in "\"“«¿'‘"):
        return False
    words = text.split()
    if len(words) > _MOST_HEADING_WORDS or not any(map(str.isalpha, text)):
        return False
    if text.endswith(":"):
        return len(words) <= 6 and not _is_sentence(text, words)
    if ": " in text and not text.isupper():
        return False
    if "http" in text or "@" in text:
        return False
    if _is_sentence(text, words):
        return False
    if text.endswith("?") or len(words) <= 3:
        return True
    weighty = [word for word in words if word.lower() not in _SMALL_WORDS and word[0].isalpha()]
    capitals = sum(1 for word in weighty if word[0].isupper())
    share = 5 if len(words) <= 5 else 6
    return bool(weighty) and capitals * 10 >= len(weighty) * share


def _is_sentence(text: str, words: list[str]) -> bool:
    """Returns whether a short line is a sentence, a dateline or a credit."""
    if text.isupper():
        return False
    folded = [word.casefold() for word in words]
    if folded[-1] in _LAST_WORDS or folded[0] == "by" or _DATED.search(text):
        return True
    if _HEADS_NOTHING.match(text):
        return True
    return not text.endswith("?") and not _VERBS.isdisjoint(folded)
