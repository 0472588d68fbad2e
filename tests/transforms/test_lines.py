"""Lines, and white space made one."""

import sys

from hypothesis import given
from hypothesis import strategies as st

from transforms.lines import lines_of, one_space, spaced

SPACES = [char for char in map(chr, range(sys.maxunicode + 1)) if char.isspace()]
WORDS = st.lists(st.sampled_from([*SPACES, "  ", "a", "é", "漢", "\u200b"])).map("".join)


@given(WORDS)
def test_every_white_space_is_made_one(words: str) -> None:
    assert one_space(words) == " ".join(words.split())


@given(st.lists(WORDS.map(str.strip).filter(len)))
def test_words_put_together_have_one_space_between(texts: list[str]) -> None:
    assert spaced(texts).decode() == " ".join(" ".join(texts).split())


def test_words_of_long_texts_are_put_together_alike() -> None:
    for space in SPACES:
        words = f"é{space}" * 300 + "b"
        assert one_space(words) == spaced([words]).decode() == " ".join(words.split())


def test_no_kind_of_space_is_overlooked() -> None:
    for space in SPACES:
        assert one_space(f"é{space}{space}b{space}") == "é b"
        assert one_space(f"a{space}b") == "a b"


def test_marks_at_the_ends_belong_to_no_line() -> None:
    (line,) = lines_of("\ufeff  Words\u200b\n\u200e\n")
    assert (line.start, line.end, line.text, line.gap) == (3, 8, "Words", 0)
