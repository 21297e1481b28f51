"""References in a text: what is stored names things, what is read is what they are called now."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.domain.reference import Piece, Reference, Referred, Target, parse, plain, references, render
from reviewer.domain.timebase import Micros, Utc

E3 = Reference(Referred.EXHIBIT, "9fa0")
AT = Utc(1_781_380_934_900_000)
_IDS = st.text(st.characters(exclude_categories=("Z", "C"), exclude_characters="{}"), min_size=1, max_size=60)
_ANY = st.builds(
    Reference, st.sampled_from(tuple(Referred)), _IDS, st.from_regex(r"([0-9]{1,9} ?[0-9]{1,9})?", fullmatch=True)
)


def called(_reference: Reference) -> Target | None:
    return Target("E3")


def test_a_reference_reads_as_the_thing_is_called() -> None:
    text = f"The arm is behind the back ({E3.token})."
    assert plain(text, called) == "The arm is behind the back (E3)."
    assert render(text, called)[1] == Piece("E3", E3, Target("E3"))


def test_it_follows_what_it_names_and_says_that_it_went() -> None:
    assert plain(E3.token, lambda _: Target("E4b")) == "E4b"
    assert plain(E3.token, lambda _: Target("E3", stands=False)) == "E3 (withdrawn)"
    assert plain(E3.token, lambda _: None) == "[exhibit not in this case]"


@pytest.mark.parametrize(
    "text",
    [
        "{exhibit:}",
        "{exhibit}",
        "{exhibit: a}",
        "{nobody:abc}",
        "{exhibit:a",
        "exhibit:a}",
        "{{}}",
        "{exhibit:a\n}",
        "{}",
    ],
)
def test_what_is_no_whole_token_is_text(text: str) -> None:
    assert parse(text) == (Piece(text),)
    assert plain(text, called) == text


def test_braces_around_a_token_stay() -> None:
    assert plain("{{exhibit:a}}", called) == "{E3}"


def test_each_is_cited_once_in_order() -> None:
    other = Reference(Referred.DOCUMENT, "d1", "2")
    assert references(f"{other.token} {E3.token} {other.token}") == (other, E3)


def test_a_place_in_footage_and_a_time_are_read_back() -> None:
    assert Reference.footage("rec-1", 2, Micros(734_000_000)).place == (2, 734_000_000)
    assert Reference.time(AT).at == AT
    assert Reference.line("t1", "k9").of_line == ("t1", "k9")
    assert Reference(Referred.FOOTAGE, "rec-1", "two 7").place is None
    assert Reference(Referred.FOOTAGE, "rec-1", "1 99999999999999999").place is None
    assert Reference(Referred.TIME, "yesterday").at is None
    assert Reference(Referred.TIME, "2026-06-13T19:42:14").at is None  # whose clock?
    assert E3.place is None and E3.at is None and E3.of_line is None


@pytest.mark.parametrize("id_", ["", "a b", "a}", "{", "x" * 201])
def test_an_id_that_no_token_can_hold_is_refused(id_: str) -> None:
    with pytest.raises(ValueError, match="no reference"):
        _ = Reference(Referred.MARK, id_).token


@given(st.lists(st.one_of(st.text(max_size=30), _ANY), max_size=8))
def test_pieces_are_the_text_again(parts: list[str | Reference]) -> None:
    text = "".join(part if isinstance(part, str) else part.token for part in parts)
    assert "".join(piece.text for piece in parse(text)) == text
    assert all(piece.text == piece.reference.token for piece in parse(text) if piece.reference is not None)


@given(_ANY, st.text(alphabet="ab {}\n", max_size=10), st.text(alphabet="ab {}\n", max_size=10))
def test_a_token_is_found_whatever_stands_around_it(reference: Reference, before: str, after: str) -> None:
    assert reference in references(before + reference.token + after)
