from __future__ import annotations

import pytest

from transforms.decoding import decode

FRENCH = "Les frontières ont été fermées; près de l'hôtel, à midi. " * 20
RUSSIAN = "Правительство закрыло границы и объявило чрезвычайное положение. " * 20


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        (b"", "empty_payload"),
        (b"PK\x03\x04abc", "binary_payload"),
        (bytes(range(256)) * 4, "binary_payload"),
        (b"\xff\xfea\x00\x00\xd8b\x00", "undecodable"),
    ],
)
def test_what_is_no_text_has_no_rendition(payload: bytes, code: str) -> None:
    rendition, issues = decode(payload)
    assert rendition is None
    assert [issue.code for issue in issues] == [code]


@pytest.mark.parametrize(
    ("payload", "charset", "text", "codes"),
    [
        (FRENCH.encode(), "utf-8", FRENCH, []),
        (FRENCH.encode("utf-8-sig"), "utf-8", "\ufeff" + FRENCH, []),
        (("\ufeff" + FRENCH).encode("utf-16-le"), "utf-16-le", "\ufeff" + FRENCH, []),
        (("\ufeff" + FRENCH).encode("utf-16-be"), "utf-16-be", "\ufeff" + FRENCH, []),
        (FRENCH.encode("utf-16-be"), "utf-16-be", FRENCH, ["charset_guessed"]),
        (FRENCH.encode("cp1252"), "cp1252", FRENCH, ["charset_guessed"]),
        (RUSSIAN.encode("cp1251"), "cp1251", RUSSIAN, ["charset_guessed"]),
        (b"\xc3\xa9t\xc3\xa9 \xff", "utf-8", "été \ufffd", ["invalid_utf8"]),
        (("a" * 50 + "é").encode()[:-1], "utf-8", "a" * 50 + "\ufffd", ["invalid_utf8"]),
        (b"a" * 300 + b"\x07", "utf-8", "a" * 300 + "\x07", ["control_characters"]),
    ],
)
def test_stated_rules_decode(payload: bytes, charset: str, text: str, codes: list[str]) -> None:
    rendition, issues = decode(payload)
    assert rendition is not None
    assert (rendition.charset, rendition.text) == (charset, text)
    assert [issue.code for issue in issues] == codes


@pytest.mark.parametrize("charset", ["utf-8", "utf-16-le", "cp1252"])
def test_byte_offsets_are_those_of_the_payload(charset: str) -> None:
    text = ("é" * 1500 + "a€" * 700 + "\n") * 2
    payload = text.encode(charset)
    rendition, _ = decode(b"\xff\xfe" + payload if charset == "utf-16-le" else payload)
    assert rendition is not None
    assert rendition.text.lstrip("\ufeff") == text
    shift = len(rendition.text) - len(text)
    for char in (0, 1, 1023, 1024, 1025, 1500, 2048, 2901, len(text)):
        expected = len((("\ufeff" * shift) + text)[: char + shift].encode(charset))
        assert rendition.byte_at(char + shift) == expected
