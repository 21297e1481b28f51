"""Faces become masks that a person decides on, once; a mask is followed from where it lies."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from reviewer.domain.drawing import ALL, Spot
from reviewer.domain.errors import ReviewerError
from reviewer.domain.redaction import Keyframe, Mask, MaskShape, MaskStyle, Proposed, Region, Target
from reviewer.domain.timebase import SECOND, TimeRange, Utc
from reviewer.media.camera import DeckCamera
from reviewer.media.faces import EVERY, Face, Found, Track
from reviewer.services.proposing import LIMITS, follow_mask, propose
from tests.bench.faces_drawn import Floats
from tests.media.faces_made import COUNT, RATE, SIZE, START, at, part, scenes

OVER = TimeRange(START, at(COUNT))


def camera() -> DeckCamera:
    return DeckCamera("rec", (part(),))


def hides(region: Region | None, marks: Floats) -> bool:
    """Whether all that makes a face somebody's lies within an ellipse."""
    if region is None:
        return False
    (a, b), places = region.points, marks / SIZE * ALL
    middle, half = np.array([a.x + b.x, a.y + b.y]) / 2, np.array([b.x - a.x, b.y - a.y]) / 2
    return bool(((((places - middle) / half) ** 2).sum(axis=1) <= 1).all())


def test_each_face_is_a_mask_that_hides_it_and_waits_for_a_person() -> None:
    found = propose(camera(), OVER, "r1")
    assert len(found.masks) == 2
    assert all(mask.proposed is Proposed.OPEN and not mask.counts for mask in found.masks)
    assert {(mask.of, mask.recording, mask.target, mask.shape) for mask in found.masks} == {
        ("r1", "rec", Target.FACE, MaskShape.ELLIPSE)
    }
    first, second = sorted(found.masks, key=lambda mask: mask.start)
    for n in range(COUNT):
        marks = scenes()[n][1]
        assert hides(first.region(at(n)), marks[0]), n
        if n >= RATE:
            assert hides(second.region(at(n)), marks[1]), n
    assert len(first.frames) < 6
    assert found.said == "11 of 50 frames were looked at, 5 a second."
    assert "misses faces" in LIMITS


@pytest.mark.parametrize("verdict", [Proposed.TAKEN, Proposed.REFUSED, Proposed.OPEN])
def test_what_a_person_decided_on_or_has_before_them_is_not_proposed_again(verdict: Proposed) -> None:
    once = propose(camera(), OVER, "r1")
    known = tuple(replace(mask, id=str(n), proposed=verdict) for n, mask in enumerate(once.masks))
    again = propose(camera(), OVER, "r1", known)
    assert again.masks == ()
    assert again.left_out == 2
    assert "2 of 2 faces are masked already" in again.said
    assert len(propose(camera(), OVER, "r1", known[:1]).masks) == 1


def test_a_mask_of_another_recording_or_over_half_a_face_covers_nothing() -> None:
    once = propose(camera(), OVER, "r1")
    elsewhere = tuple(replace(mask, recording="other", proposed=Proposed.TAKEN) for mask in once.masks)
    assert len(propose(camera(), OVER, "r1", elsewhere).masks) == 2
    halves = tuple(replace(mask, frames=tuple(map(_half, mask.frames))) for mask in once.masks)
    assert len(propose(camera(), OVER, "r1", halves).masks) == 2


def _half(frame: Keyframe) -> Keyframe:
    a, b = frame.points
    return replace(frame, points=(a, Spot(b.x, (a.y + b.y) // 2 + 2_000)))


def test_a_mask_is_followed_from_where_it_lies_and_not_from_where_it_is_not() -> None:
    x, y = np.mean(scenes()[5][1][0], axis=0) / SIZE * ALL
    points = Spot(round(x - 70_000), round(y - 130_000)), Spot(round(x + 70_000), round(y + 130_000))
    kind = Target.FACE, MaskShape.BOX, MaskStyle.SOLID
    mask = Mask("m", "r1", "rec", *kind, at(5), Utc(at(5) + 1), (Keyframe(at(5), points),))
    found = follow_mask(camera(), mask, at(5), at(20))
    assert found.over == TimeRange(at(5), at(20))
    followed = replace(mask, frames=found.frames, start=found.over.start, end=found.over.end)
    for n in range(5, 20):
        region = followed.region(at(n))
        assert region is not None
        a, b = region.points
        low, high = scenes()[n][1][0].min(axis=0) / SIZE * ALL, scenes()[n][1][0].max(axis=0) / SIZE * ALL
        assert a.x < low[0] and a.y < low[1] and high[0] < b.x and high[1] < b.y, n
    with pytest.raises(ReviewerError, match="not on this frame"):
        follow_mask(camera(), mask, at(30), at(40))


def test_where_looks_found_nothing_on_the_way_the_mask_is_not_sure(monkeypatch: pytest.MonkeyPatch) -> None:
    def look(n: int) -> Face:
        return Face(Utc(START + n * EVERY), (Spot(n * 9_000, 0), Spot(n * 9_000 + 90_000, 90_000)), 900)

    faces = tuple(look(n) for n in (0, 1, 2, 4, 5, 9, 10))
    found = Found((Track(faces, TimeRange(START, Utc(START + 3 * SECOND))),), 11, 50)
    monkeypatch.setattr("reviewer.services.proposing.find_faces", lambda *_args, **_more: found)
    (mask,) = propose(camera(), OVER, "r1").masks
    assert mask.unsure == (faces[4].at, faces[5].at)


def test_a_second_has_five_looks() -> None:
    found = propose(camera(), TimeRange(START, Utc(START + SECOND)), "r1")
    assert found.said.startswith("6 of 25 frames")
