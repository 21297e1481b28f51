"""Shapes on a frame: what may be recorded, and what is read back of whatever somebody recorded."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.domain.drawing import (
    ALL,
    LONGEST_TEXT,
    MOST_POINTS,
    Form,
    Shape,
    Spot,
    checked,
    shape_of,
    shapes_of,
    thinned,
)
from reviewer.domain.errors import ReviewerError
from reviewer.domain.thing import WITHDRAWN, Field, Thing
from reviewer.domain.timebase import Micros, Utc

SPOTS = st.builds(Spot, st.integers(-50, ALL + 50), st.integers(-50, ALL + 50))


def _shape(form: Form, *points: Spot, text: str = "") -> Shape:
    return Shape(form, "rec-1", 0, 90_000, Micros(1_000_000), points, text)


@given(st.sampled_from([form for form in Form if form is not Form.TEXT]), st.lists(SPOTS, min_size=2, max_size=900))
def test_what_may_be_recorded_is_read_back_as_it_was(form: Form, points: list[Spot]) -> None:
    drawn = _shape(form, *(points if form is Form.LINE else points[:2]))
    try:
        shape = checked(drawn)
    except ReviewerError as refused:
        assert "too small" in str(refused)
        return
    assert shape_of(shape.value) == shape
    assert len(shape.points) <= MOST_POINTS and len(shape.value) < 20_000
    assert all(0 <= each.x <= ALL and 0 <= each.y <= ALL for each in shape.points)


@given(st.text(max_size=LONGEST_TEXT).filter(lambda text: text.split()))
def test_words_are_read_back_on_one_line(text: str) -> None:
    shape = checked(_shape(Form.TEXT, Spot(5, 5), text=text))
    assert shape.text == " ".join(text.split()) and shape_of(shape.value) == shape


@given(st.lists(SPOTS, min_size=1, max_size=2_000))
def test_a_thinned_line_begins_and_ends_where_it_was_drawn(points: list[Spot]) -> None:
    kept = thinned(points)
    assert kept[0] == points[0] and kept[-1] == points[-1] and len(kept) <= max(MOST_POINTS, 2)


ARROW = json.loads(_shape(Form.ARROW, Spot(0, 0), Spot(9, 9)).value)


@pytest.mark.parametrize(
    "value",
    [
        "",
        "no json",
        "[]",
        "3",
        "[" * 100_000,
        json.dumps({**ARROW, "form": "spiral"}),
        json.dumps({**ARROW, "points": [{"x": 1, "y": 1}]}),
        json.dumps({**ARROW, "points": [{"x": 1, "y": 1}, {"x": 1, "y": 1}]}),
        json.dumps({**ARROW, "points": [{"x": -1, "y": 1}, {"x": 9, "y": 1}]}),
        json.dumps({**ARROW, "points": [{"x": 0.5, "y": 1}, {"x": 9, "y": 1}]}),
        json.dumps({**ARROW, "form": "text"}),
        json.dumps({**ARROW, "form": "line", "points": [{"x": n, "y": n} for n in range(5_000)]}),
    ],
)
def test_what_cannot_be_drawn_is_left_out(value: str) -> None:
    assert shape_of(value) is None


def test_shapes_come_in_the_order_in_which_they_were_drawn_without_those_that_were_taken_back() -> None:
    arrow, box = (_shape(form, Spot(0, 0), Spot(9, 9)) for form in (Form.ARROW, Form.BOX))
    said = {"b": (box.value, 1), "a": (arrow.value, 2), "gone": ("", 3), WITHDRAWN: ("", 4)}
    fields = {name: Field(value, "salo", Utc(0), at, "origin", at) for name, (value, at) in said.items()}
    assert shapes_of(Thing("mark", fields)) == {"b": box, "a": arrow}
    gone = {**fields, WITHDRAWN: Field("yes", "salo", Utc(0), 5, "origin", 5)}
    assert shapes_of(Thing("mark", gone)) == {} and shapes_of(None) == {}
