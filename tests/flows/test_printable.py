from flows.printable import printable, printable_lines, shortened


def test_controls_of_a_terminal_are_escaped() -> None:
    assert printable("a\x1b[2Jb\x9bc\r\n\tü") == "a\\x1b[2Jb\\x9bc\\x0d\\n\\x09ü"


def test_marks_that_reorder_text_and_lone_surrogates_are_escaped() -> None:
    assert printable("a\u202eb\udcff\u2066") == "a\\u202eb\\udcff\\u2066"


def test_lines_keep_their_ends_and_tabs() -> None:
    assert printable_lines("a\n\tb\x07") == "a\n\tb\\x07"


def test_shortened_text_is_as_long_as_asked() -> None:
    assert shortened("abcdef", 4) == "abc…"
    assert shortened("abcd", 4) == "abcd"
