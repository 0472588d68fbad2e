"""Sketches: a function of the words alone, alike where texts are and else not."""

from __future__ import annotations

import subprocess
import sys
from random import Random
from textwrap import wrap

from hypothesis import given
from hypothesis import strategies as st

from tests.flows.conftest import command_environment
from tests.pdfs import column, pdf
from transforms.reading import read_page
from transforms.records import capture_of
from transforms.sketch import SKETCH_LENGTH
from transforms.sketch import sketch_of as sketch_of_bytes

LETTERS = "aeioustnrlpdm"


def sketch_of(words: str) -> tuple[int, ...] | None:
    return sketch_of_bytes(words.encode())


def prose(seed: int, count: int = 1_000, letters: str = LETTERS) -> list[str]:
    chance = Random(seed)
    return ["".join(chance.choices(letters, k=chance.randint(2, 9))) for _ in range(count)]


def resemblance(one: tuple[int, ...] | None, other: tuple[int, ...] | None) -> float:
    assert one is not None
    assert other is not None
    smallest = set(sorted({*one, *other})[:SKETCH_LENGTH])
    return len(smallest & {*one} & {*other}) / len(smallest)


def test_short_texts_have_none() -> None:
    assert sketch_of("") is None
    assert sketch_of("a page, put into a few plain words, past all doubt") is None
    # The same phrase again and again is one shingle.
    assert sketch_of("parts of one and the same long sentence, put down here: " * 50) is None
    # Nothing parts words here, so nothing says where shingles begin.
    assert sketch_of("国" * 5_000) is None


@given(st.text(), st.integers(0, 99))
def test_a_sketch_is_ascending_and_a_function_of_the_words(words: str, seed: int) -> None:
    text = " ".join([words, *prose(seed)]).encode("utf-8", "replace").decode()
    sketch = sketch_of(text)
    assert sketch is not None
    assert list(sketch) == sorted(set(sketch))
    assert len(sketch) == SKETCH_LENGTH
    assert all(0 <= value < 2**32 for value in sketch)
    assert resemblance(sketch, sketch_of(text)) == 1


def test_the_share_of_changed_words_shows_in_the_resemblance() -> None:
    words = prose(1)
    few, many = list(words), list(words)
    few[::200] = ["changed"] * len(few[::200])
    many[::4] = ["changed"] * len(many[::4])
    sketch = sketch_of(" ".join(words))
    assert resemblance(sketch, sketch_of(" ".join(few))) > 0.8
    assert resemblance(sketch, sketch_of(" ".join(["A", "new", "head", *words]))) == 1
    assert resemblance(sketch, sketch_of(" ".join(many))) < 0.3
    unrelated = [sketch_of(" ".join(prose(seed))) for seed in range(2, 40)]
    assert max(resemblance(sketch, other) for other in unrelated) == 0


def test_other_scripts_have_sketches_too() -> None:
    for letters in ("абвгдежзиклмнопрст", "ابتثجحخدذرزسشصضطظعغفقكلمنهوي", "αβγδεζηθικλμνοπρστ",
                    "აბგდევზთიკლმნოპჟრსტ"):  # fmt: skip
        assert sketch_of(" ".join(prose(1, letters=letters))) is not None


def test_a_text_and_what_other_tools_extract_of_it_are_alike() -> None:
    paragraphs = [" ".join(prose(seed, 80)) + "." for seed in range(12)]
    address = "https://www.refworld.org/docid/4680d8a81d.html"
    title = "A Report on the Treatment of Returned Persons"
    header = (
        f"Last Updated: Tuesday, 06 June 2023, 11:08 GMT\n\n{title}\n\nPublisher Human Rights "
        "Watch\nPublication Date 11 March 2016\nDisclaimer This is not a UNHCR publication.\n\n"
    )
    plain = header + "\n\n".join(paragraphs) + "\n\nSearch Refworld\n"
    bare = f"{title}\n" + "\n".join(paragraphs)
    html = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    page = f"<!doctype html><html><body><h1>{title}</h1>{html}</body></html>"
    printed = pdf(*(
        column(*wrap(paragraph, 70)) for paragraph in paragraphs
    ))  # fmt: skip
    reading, *others = [
        read_page(capture_of(payload, uri, media_type=media_type))
        for payload, uri, media_type in (
            (plain.encode(), address, "text/plain"),
            (bare.encode(), "file:///bare.txt", "text/plain"),
            (page.encode(), address, "text/html"),
            (printed, "https://www.refworld.org/pdfid/4680d8a81d.pdf", "application/pdf"),
        )
    ]
    assert [each.layout for each in (reading, *others)] == ["plain", "bare", "bare_html", "pdf"]
    assert min(resemblance(reading.sketch, each.sketch) for each in others) >= 0.85
    other = "\n\n".join(" ".join(prose(seed, 80)) + "." for seed in range(20, 32))
    unrelated = read_page(capture_of((header + other).encode(), address))
    assert resemblance(reading.sketch, unrelated.sketch) == 0


def test_what_is_no_document_has_none() -> None:
    text = "Showing 1-6 of 6 results\n" + " ".join(prose(1))
    assert read_page(capture_of(text.encode(), "file:///listing.txt")).sketch is None
    assert read_page(capture_of(b"", "file:///empty.txt")).sketch is None


def test_the_same_sketch_in_other_processes() -> None:
    body = " ".join(prose(1)).encode()
    program = f"from transforms.sketch import sketch_of; print(sketch_of({body!r}))"
    said = {
        subprocess.run(
            [sys.executable, "-c", program],
            env=command_environment(PYTHONHASHSEED=seed), capture_output=True, check=True,
        ).stdout
        for seed in ("1", "2")
    }  # fmt: skip
    assert said == {f"{sketch_of_bytes(body)}\n".encode()}
