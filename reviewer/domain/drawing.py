"""What somebody drew on a frame, beside a mark: shapes in the picture's own coordinates, never in the footage.

A drawing is a thing of the case (`case_acts.DrawingSet`) with the mark's id for its own; each shape is a field of it,
so two people's shapes lie beside each other and each can be taken back alone. It is shown over the picture of just
that frame, and only while somebody asks for it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import hypot

from reviewer.domain import codec
from reviewer.domain.errors import MalformedDocument, ReviewerError
from reviewer.domain.thing import WITHDRAWN, Thing
from reviewer.domain.timebase import Micros

ALL = 1_000_000
"""The picture's width, and its height, in which places on it are said: from the upper left corner of the picture as
the recording has it, not turned."""
LONGEST_TEXT = 200
MOST_POINTS = 400
MOST_SHAPES = 60
_NEAR = 1_500  # of ALL: a free line's points need not lie closer


class Form(StrEnum):
    ARROW = "arrow"
    BOX = "box"
    ELLIPSE = "ellipse"
    LINE = "line"
    TEXT = "text"

    @property
    def corners(self) -> bool:
        """Whether two points make it: tail and head, or two corners."""
        return self in (Form.ARROW, Form.BOX, Form.ELLIPSE)


@dataclass(frozen=True, slots=True)
class Spot:
    """A point of a picture, 0 to ALL across and down."""

    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Shape:
    """One shape on the frame with this `pts` (the container's) of `part`, which lies at `stream` (µs from the part's
    start). `points`: two for an arrow (tail, head), a box and an ellipse (opposite corners), one for a text (its lower
    left), two or more for a free line."""

    form: Form
    recording: str
    part: int
    pts: int
    stream: Micros
    points: tuple[Spot, ...]
    text: str = ""

    @property
    def value(self) -> str:
        """As the field of a drawing holds it."""
        return json.dumps(codec.encode(self), sort_keys=True, separators=(",", ":"))


def shape_of(value: str) -> Shape | None:
    """A field of a drawing; None for one that was taken back, and for what this version does not know or cannot
    draw."""
    try:
        shape = codec.decode(Shape, json.loads(value)) if value else None
    except (MalformedDocument, ValueError, RecursionError):
        return None
    return shape if shape is not None and _drawable(shape) else None


def shapes_of(thing: Thing | None) -> dict[str, Shape]:
    """The shapes of a drawing that stand, by their id, in the order in which they were drawn."""
    if thing is None or not thing.stands:
        return {}
    named = sorted(thing.fields.items(), key=lambda each: each[1].order)
    found = ((name, shape_of(field.value)) for name, field in named if name != WITHDRAWN)
    return {name: shape for name, shape in found if shape is not None}


def checked(shape: Shape) -> Shape:
    """What may be recorded: inside the picture, a free line without needless points. Raises ReviewerError for too long
    a text, or for what is no shape."""
    text = " ".join(shape.text.split())
    if len(text) > LONGEST_TEXT:
        raise ReviewerError(f"The text has {len(text)} characters.", f"Shorten it to {LONGEST_TEXT}.")
    points = tuple(Spot(_inside(each.x), _inside(each.y)) for each in shape.points)
    points = thinned(points) if shape.form is Form.LINE else points
    made = Shape(shape.form, shape.recording, shape.part, shape.pts, shape.stream, points, text)
    if not _drawable(made):
        raise ReviewerError("That is too small to be seen.", "Draw it larger.")
    return made


def thinned(points: Sequence[Spot]) -> tuple[Spot, ...]:
    """A free line with at most MOST_POINTS points, without those that lie on top of the one before."""
    kept = list(points[:1])
    for each in points[1:]:
        if hypot(each.x - kept[-1].x, each.y - kept[-1].y) >= _NEAR:
            kept.append(each)
    if points and kept[-1] != points[-1]:
        kept.append(points[-1])
    if len(kept) <= MOST_POINTS:
        return tuple(kept)
    step = (len(kept) - 1) / (MOST_POINTS - 1)
    return tuple(kept[round(i * step)] for i in range(MOST_POINTS))


def _drawable(shape: Shape) -> bool:
    """Whether it has the points that its form needs, not all in one place, and words where it is words."""
    if not all(0 <= each.x <= ALL and 0 <= each.y <= ALL for each in shape.points):
        return False
    if shape.form is Form.TEXT:
        return len(shape.points) == 1 and bool(shape.text) and len(shape.text) <= LONGEST_TEXT
    enough = len(shape.points) == 2 if shape.form.corners else 2 <= len(shape.points) <= MOST_POINTS
    return enough and len(set(shape.points)) > 1


def _inside(value: int) -> int:
    return min(max(value, 0), ALL)
