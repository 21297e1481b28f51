"""Plain text: its lines keep their numbers, its pages are ours, whatever the letters are."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.domain.errors import UnreadablePaper
from reviewer.papers.text import CHARACTERS, LARGEST, LINES, TextPaper


def paper(data: bytes) -> TextPaper:
    return TextPaper(io.BytesIO(data), "Statement.txt")


def test_lines_keep_their_numbers_across_pages() -> None:
    found = paper("\n".join(f"line {n}" for n in range(1, 131)).encode())
    assert found.sheets().pages == 3
    second = found.text(2).lines
    assert (second[0].number, second[0].text) == (LINES + 1, f"line {LINES + 1}")
    assert found.text(3).lines[-1].number == 130


@pytest.mark.parametrize("code", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_letters_come_out_as_they_were_written(code: str) -> None:
    assert paper("Er fiel über den Zaun.\r\nDann Ruhe.".encode(code)).text(1).lines[0].text == "Er fiel über den Zaun."


def test_right_to_left_letters_stay_in_their_order() -> None:
    assert paper("הוא נפל לאחור".encode()).text(1).lines[0].text == "הוא נפל לאחור"


def test_a_line_without_end_is_broken_into_pages_and_keeps_one_number() -> None:
    found = paper(b"x" * (3 * CHARACTERS + 5) + b"\nafter it")
    numbers = [line.number for page in range(1, found.sheets().pages + 1) for line in found.text(page).lines]
    assert numbers == [1, 0, 0, 0, 2]


def test_words_are_found_where_they_stand() -> None:
    found = paper(("nothing\n" * 70 + "and then: Hands Up! hands up").encode())
    hits = found.find("HANDS up", 1, 2)
    assert [(hit.page, hit.line, hit.at, hit.length) for hit in hits] == [(2, 11, 10, 8), (2, 11, 20, 8)]


def test_more_than_a_person_reads_is_refused() -> None:
    with pytest.raises(UnreadablePaper, match="20 MB"):
        paper(b"a" * (LARGEST + 1))


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), min_size=1))
def test_nothing_of_a_text_is_lost(text: str) -> None:
    found = paper(text.encode())
    pieces = [line for page in range(1, found.sheets().pages + 1) for line in found.text(page).lines]
    lines: list[str] = []
    for each in pieces:
        if each.number:
            lines.append(each.text)
        else:
            lines[-1] += each.text
    plain = text.encode().decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n").rstrip("\n")
    assert "\n".join(lines) == plain
