"""Finding marks as somebody types."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.services.mark_search import MarkSearch, plain

KNOWN = {
    "b1": ("First words to the driver.", "Speech", "K. Salo", "22:40:31.0"),
    "b2": ("Arm taken behind the back; “I’m not resisting”", "Force", "T. Mäkelä", "A1 supports", "22:42:05.0"),
    "b3": ("מילים ראשונות", "Question", "K. Salo", "22:43:00.0"),
}


@pytest.fixture
def search() -> MarkSearch:
    made = MarkSearch()
    for id_, said in KNOWN.items():
        made.put(id_, said)
    return made


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("arm back", {"b2"}),
        ("BACK ARM", {"b2"}),
        ("makela", {"b2"}),
        ("mäkelä", {"b2"}),
        ("salo", {"b1", "b3"}),
        ("salo speech", {"b1"}),
        ("22:42", {"b2"}),
        ("a1", {"b2"}),
        ("i'm not", {"b2"}),
        ('"not resisting"', {"b2"}),
        ('"resisting not"', set()),
        ("ראשונות", {"b3"}),
        ("nothing of the kind", set()),
    ],
)
def test_every_word_has_to_be_there_in_any_order_and_spelling(search: MarkSearch, typed: str, found: set[str]) -> None:
    assert search.find(typed) == found


@pytest.mark.parametrize("typed", ["", "   ", '"', '""', "\t\n"])
def test_nothing_typed_is_no_search(search: MarkSearch, typed: str) -> None:
    assert search.find(typed) is None


def test_what_changed_is_found_by_what_it_is_now(search: MarkSearch) -> None:
    search.put("b1", ("Last words", "Speech", "K. Salo", "22:40:31.0"))
    assert search.find("first words") == set() and search.find("last words") == {"b1"}
    search.put("b1", None)
    assert search.find("words") == set() and "b1" not in search and "b2" in search
    search.clear()
    assert search.find("arm") == set()


@given(st.text(max_size=40))
def test_whatever_is_typed_finds_a_mark_that_says_just_that(text: str) -> None:
    made = MarkSearch()
    made.put("b", (text,))
    found = made.find('"' + text.replace('"', " ") + '"') if '"' not in plain(text) else None
    assert found in (None, {"b"})
