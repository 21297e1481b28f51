"""Where in a document: read as people write it, written as it is read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.domain.paper_place import PaperPlace, paper_place


@pytest.mark.parametrize(
    ("words", "place"),
    [
        ("p. 2", PaperPlace(page=2)),
        ("page 12, at the foot", PaperPlace(page=12)),
        ("pp. 3–5", PaperPlace(page=3)),
        ("line 14", PaperPlace(line=14)),
        ("Line 14 on p. 2", PaperPlace(line=14)),
        ("7", PaperPlace(page=7)),
        ("", PaperPlace()),
        ("the second paragraph", PaperPlace()),
        ("٣", PaperPlace()),
    ],
)
def test_it_is_read_as_people_write_it(words: str, place: PaperPlace) -> None:
    assert paper_place(words) == place


@given(st.integers(1, 99_999), st.booleans())
def test_it_comes_back_as_it_was_written(number: int, is_page: bool) -> None:
    place = PaperPlace(page=number) if is_page else PaperPlace(line=number)
    assert paper_place(place.words) == place


@given(st.text())
def test_nothing_that_is_written_is_an_error(words: str) -> None:
    assert paper_place(words).page >= 0
