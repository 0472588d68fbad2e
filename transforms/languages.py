"""The language of a text, computed from its words."""

from __future__ import annotations

from functools import cache
from typing import Any

# Languages that documents on Refworld are written in; fewer rivals make fewer errors.
_LANGUAGES = (
    "am ar az be bg bn bs ca cs da de el en es et fa fi fr he hr hu hy id it ja ka ko ku ky lt lv "
    "mk ms my ne nl no pl ps pt ro ru si sk sl so sq sr sv sw ta th tr uk ur uz vi zh"
).split()
# Below this many letters the answer is chance; above the second more of them change nothing.
_FEWEST_LETTERS = 60
SAMPLE_LENGTH = 400
_LEAST_PROBABILITY = 0.9


def language_of(words: str) -> str | None:
    """Returns the ISO 639-1 code of the language of `words`, or None when they do not tell.

    Args:
        words: Running text; the first `SAMPLE_LENGTH` characters are read.
    """
    sample = words[:SAMPLE_LENGTH]
    if sum(map(str.isalpha, sample)) < _FEWEST_LETTERS:
        return None
    language, probability = _identifier().classify(sample)
    return str(language) if probability >= _LEAST_PROBABILITY else None


@cache
def _identifier() -> Any:
    # Loading the model takes most of a second: only those who read pay it.
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(_LANGUAGES)
    return identifier
