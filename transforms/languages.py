"""The language of a text, computed from its words."""

from __future__ import annotations

import pycld2

# Below this many letters the answer is chance; beyond the sample more of them change nothing.
_FEWEST_LETTERS = 40
SAMPLE_LENGTH = 600
_LEAST_PERCENT = 80
# Withdrawn codes that the detector still uses, and scripts that it tells apart.
_CODES = {"iw": "he", "in": "id", "jw": "jv", "ji": "yi", "zh-Hant": "zh"}


def language_of(words: str) -> str | None:
    """Returns the ISO 639-1 code of the language of `words`, or None when they do not tell.

    Args:
        words: Running text; the first `SAMPLE_LENGTH` characters are read.
    """
    sample = words[:SAMPLE_LENGTH]
    if not _has_letters(sample):
        return None
    try:
        is_reliable, _, found = pycld2.detect(sample.encode(), bestEffort=False)
    except pycld2.error:
        # The detector takes no text with control characters.
        return None
    _, code, percent, _ = found[0]
    code = _CODES.get(code, code)
    return code if is_reliable and percent >= _LEAST_PERCENT and len(code) == 2 else None


def _has_letters(sample: str) -> bool:
    # The beginning of a text has enough of them nearly always.
    head = sample[: 2 * _FEWEST_LETTERS]
    return any(sum(map(str.isalpha, part)) >= _FEWEST_LETTERS for part in (head, sample))
