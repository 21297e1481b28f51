"""Masks through time: where they lie on each frame, and their paths as fields of an entry."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.domain.drawing import ALL, Spot
from reviewer.domain.errors import MalformedDocument
from reviewer.domain.redaction import (
    STRETCH,
    Keyframe,
    Mask,
    MaskShape,
    MaskStyle,
    Proposed,
    Redaction,
    Target,
    keyframes,
    path_fields,
)
from reviewer.domain.timebase import SECOND, Utc

_START = Utc(1_780_000_000 * SECOND)
_spots = st.builds(Spot, st.integers(0, ALL), st.integers(0, ALL))
_frames = st.lists(
    st.builds(
        Keyframe,
        st.integers(0, 90 * SECOND).map(lambda since: Utc(_START + since)),
        st.lists(_spots, min_size=2, max_size=6).map(tuple),
        st.booleans(),
        st.integers(0, 1000),
    ),
    max_size=40,
    unique_by=lambda frame: frame.at,
)


def _mask(*frames: Keyframe, proposed: Proposed = Proposed.NO) -> Mask:
    end = Utc(_START + 60 * SECOND)
    kind = (Target.FACE, MaskShape.BOX, MaskStyle.SOLID)
    return Mask("m", "r", "cam", *kind, _START, end, frames, "third_party", proposed=proposed)


def _at(seconds: float, x: int, *, hidden: bool = False, sure: int = 1000) -> Keyframe:
    return Keyframe(Utc(_START + round(seconds * SECOND)), (Spot(x, 0), Spot(x + 100, 100)), hidden, sure)


@given(_frames)
def test_a_path_comes_back_from_its_fields_as_it_was(frames: list[Keyframe]) -> None:
    fields = path_fields(frames)
    assert keyframes(fields) == tuple(sorted(frames, key=lambda each: each.at))
    assert all("/" not in name for name in fields)
    assert len(fields) <= 90 * SECOND // STRETCH + 2


def test_a_region_moves_in_a_straight_line_between_keyframes_and_stands_outside_them() -> None:
    mask = _mask(_at(2, 1000), _at(4, 3000))
    places = [mask.region(Utc(_START + s * SECOND)) for s in (0, 2, 3, 4, 59)]
    assert [place.points[0].x for place in places if place is not None] == [1000, 1000, 2000, 3000, 3000]
    outside = (
        Utc(mask.end),
        Utc(_START - 1_000),
    )  # beyond what is forgiven of converted times
    assert [mask.region(at) for at in outside] == [None, None]


def test_it_hides_nothing_while_who_was_followed_is_out_of_the_picture() -> None:
    mask = _mask(_at(0, 0), _at(1, 500, hidden=True), _at(3, 900))
    found = [mask.region(Utc(_START + round(s * SECOND))) for s in (0.5, 1, 2.9, 3)]
    assert [place is not None for place in found] == [True, False, False, True]


def test_what_a_detector_proposed_counts_once_somebody_took_it() -> None:
    open_, taken = (_mask(_at(0, 0), proposed=each) for each in (Proposed.OPEN, Proposed.TAKEN))
    assert not open_.counts and taken.counts
    assert len(Redaction((open_, taken)).regions("cam", _START)) == 1
    assert Redaction((taken,)).regions("another", _START) == ()


def test_frames_that_following_was_not_sure_of_are_to_be_looked_at() -> None:
    assert _mask(_at(0, 0), _at(1, 0, sure=200), _at(2, 0, hidden=True, sure=0)).unsure == (Utc(_START + SECOND),)


@pytest.mark.parametrize("text", ["1", "x:1,2;3,4", "1:1,2", "1:1;2", "1:1,2;3,99999999", "1:1,2;3,4?x"])
def test_a_field_that_is_no_path_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(MalformedDocument, match="path"):
        keyframes({"t0": text})


def test_other_fields_are_no_part_of_a_path() -> None:
    assert keyframes({"withdrawn": "", "target": "face"}) == ()
