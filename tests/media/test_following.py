"""A region is followed as long as it shows; what is not sure is said, and where it is lost it ends."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from functools import cache, partial

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.domain.drawing import ALL, Spot
from reviewer.domain.errors import Cancelled, ReviewerError, UnreadableMedia
from reviewer.domain.redaction import UNSURE, MaskShape, Region
from reviewer.domain.tile import TileState
from reviewer.domain.timebase import SECOND, Micros, TimeModel, TimeRange, Utc
from reviewer.media.camera import Absence, DeckCamera, DeckPart
from reviewer.media.following import Followed, follow, simplified
from tests.bench.walking import a_mask, encoded, judged, street

START = Utc(1_781_379_737_000_000)
SIZE = (320, 180)
RATE = 25
FRAME = SECOND // RATE


def at(frame: int) -> Utc:
    return Utc(START + frame * FRAME)


def place(frame: int) -> tuple[float, float]:
    """Where the ball's middle is."""
    return 40 + 2.4 * frame, 90 + 30 * np.sin(frame / 12)


def pictures(count: int, *, wall: bool = False, first: int = 0) -> Iterator[np.ndarray]:
    """A ball with a pattern goes over a ground with a pattern; `wall`: behind a wall at the right."""
    rng = np.random.default_rng(4)
    ground = cv2.GaussianBlur(rng.uniform(40, 160, (180, 320, 3)), (0, 0), 5).astype(np.uint8)
    for n in range(first, first + count):
        picture = ground.copy()
        x, y = (round(v) for v in place(n))
        cv2.circle(picture, (x, y), 16, (70, 120, 220), -1, cv2.LINE_AA)
        cv2.circle(picture, (x - 5, y - 4), 4, (20, 20, 20), -1, cv2.LINE_AA)
        cv2.circle(picture, (x + 6, y - 3), 4, (240, 240, 240), -1, cv2.LINE_AA)
        if wall:
            cv2.rectangle(picture, (180, 0), (320, 180), (90, 90, 88), -1)
        yield picture


@cache
def part(count: int = 70, first: int = 0, *, wall: bool = False) -> DeckPart:
    data = encoded(pictures(count, wall=wall, first=first), SIZE, RATE, gop=20)
    span = TimeRange(at(first), at(first + count))
    return DeckPart(partial(partial, io.BytesIO, data), TimeModel(at(first), Micros(0)), span)


def around(frame: int, reach: float = 20) -> Region:
    x, y = place(frame)
    a = Spot(round((x - reach) / SIZE[0] * ALL), round((y - reach) / SIZE[1] * ALL))
    b = Spot(round((x + reach) / SIZE[0] * ALL), round((y + reach) / SIZE[1] * ALL))
    return Region(MaskShape.BOX, (a, b))


def uncovered(found: Followed, first: int, last: int) -> list[int]:
    """Frames on which the ball looks out of the mask."""
    mask, out = a_mask(found), []
    for n in range(first, last):
        region = mask.region(at(n))
        x, y = place(n)
        if region is None:
            out.append(n)
            continue
        a, b = region.points
        left, right = a.x * SIZE[0] / ALL, b.x * SIZE[0] / ALL
        top, low = a.y * SIZE[1] / ALL, b.y * SIZE[1] / ALL
        if not (left <= x - 15 and x + 15 <= right and top <= y - 15 and y + 15 <= low):
            out.append(n)
    return out


def test_it_follows_forward_frame_by_frame() -> None:
    heard: list[float] = []
    found = follow(DeckCamera("one", (part(),)), around(5), at(5), at(60), progress=heard.append)
    assert found.lost == ""
    assert found.over == TimeRange(at(5), at(60))
    assert uncovered(found, 5, 60) == []
    assert a_mask(found).region(at(4)) is None
    assert found.frames_seen == 54
    assert len(found.frames) < 45
    assert heard == sorted(heard)
    assert heard[-1] > 0.95


def test_and_back_over_more_than_one_key() -> None:
    found = follow(DeckCamera("one", (part(),)), around(65), at(65), at(2))
    assert found.lost == ""
    assert found.over == TimeRange(at(2), at(65))
    assert uncovered(found, 2, 65) == []


def test_the_marked_keyframe_is_the_persons_own() -> None:
    found = follow(DeckCamera("one", (part(),)), around(5), at(5), at(30))
    assert found.frames[0].at == at(5)
    assert found.frames[0].points == around(5).points
    assert found.frames[0].sure == 1000
    assert all(frame.sure < 1000 for frame in found.frames[1:])


def test_behind_a_wall_it_is_lost_and_nothing_is_pretended() -> None:
    found = follow(DeckCamera("one", (part(90, wall=True),)), around(5), at(5), at(90))
    assert found.lost.startswith("It was lost")
    gone = (180 + 16 - 40) / 2.4
    assert found.over.end <= at(round(gone) + 3)
    assert found.over.end >= at(40)
    assert uncovered(found, 5, 45) == []
    assert any(frame.sure < UNSURE for frame in found.frames)


def test_out_of_the_picture_it_ends() -> None:
    found = follow(DeckCamera("one", (part(150),)), around(80), at(80), at(150))
    assert found.lost
    assert at(105) <= found.over.end <= at(130)


def test_it_goes_on_into_the_next_file_and_says_that_it_guessed() -> None:
    both = DeckCamera("one", (part(30), part(40, 30)))
    found = follow(both, around(5), at(5), at(60))
    assert found.lost == ""
    assert uncovered(found, 5, 60) == []
    assert at(30) in a_mask(found).unsure
    back = follow(both, around(60), at(60), at(5))
    assert back.over == TimeRange(at(5), at(60))
    assert uncovered(back, 5, 60) == []
    assert at(29) in a_mask(back).unsure


def test_it_ends_before_a_hole_and_before_what_is_not_here() -> None:
    missing = DeckPart(partial(partial, io.BytesIO, b""), TimeModel(at(30), Micros(0)), TimeRange(at(30), at(60)))
    absent = DeckPart(
        missing.source, missing.model, missing.range, absence=Absence(TileState.NOT_DOWNLOADED, "Not downloaded.")
    )
    for camera in (DeckCamera("one", (part(30), part(40, 60))), DeckCamera("one", (part(30), absent))):
        found = follow(camera, around(5), at(5), at(90))
        assert "hole" in found.lost
        assert found.over == TimeRange(at(5), at(30))


def test_what_cannot_be_followed_is_said_first() -> None:
    camera = DeckCamera("one", (part(),))
    with pytest.raises(ReviewerError, match="too small"):
        follow(camera, around(5, reach=1), at(5), at(30))
    with pytest.raises(ReviewerError, match="too small"):
        follow(camera, Region(MaskShape.BOX, (Spot(-50_000, 0), Spot(10, ALL))), at(5), at(30))
    with pytest.raises(UnreadableMedia, match="no picture"):
        follow(camera, around(5), at(500), at(530))


def test_who_cancels_has_nothing() -> None:
    stop = threading.Event()
    with pytest.raises(Cancelled):
        follow(
            DeckCamera("one", (part(),)),
            around(5),
            at(5),
            at(70),
            progress=lambda _share: stop.set(),
            cancelled=stop.is_set,
        )


def test_a_polygon_goes_with_its_corners() -> None:
    a, b = around(5).points
    region = Region(MaskShape.POLYGON, (a, Spot(b.x, a.y), b, Spot(a.x, b.y)))
    found = follow(DeckCamera("one", (part(),)), region, at(5), at(40))
    assert all(len(frame.points) == 4 for frame in found.frames)
    box = follow(DeckCamera("one", (part(),)), around(5), at(5), at(40))
    assert [f.points[::2] for f in found.frames] == [f.points for f in box.frames]


@pytest.mark.parametrize(("camera", "since", "who"), [(2, 44.0, 15), (3, 21.5, 8)])
def test_on_the_demos_street_it_covers_a_walkers_head_or_says_that_it_is_not_sure(
    camera: int, since: float, who: int
) -> None:
    """Virtanen sees the subject stand with her arm; Laine a passer-by who goes behind others."""
    made = street(camera, since, 3.0)
    found = follow(made.camera, made.mask(who, 0), made.times[0], Utc(made.times[-1] + 1))
    outcome = judged(made, who, found)
    assert outcome.frames >= 20
    assert len(outcome.pretended) <= outcome.frames / 100, outcome


@given(st.lists(st.floats(-50, 50), min_size=2, max_size=60), st.data())
def test_a_simplified_path_is_nowhere_further_off_than_it_may(values: list[float], data: st.DataObject) -> None:
    times = np.cumsum([data.draw(st.integers(1, 90)) for _ in values]).astype(np.float64)
    given_ = np.array(values)[:, None]
    kept = simplified(times, given_, [0, len(values) - 1])
    again = np.interp(times, times[kept], given_[kept, 0])
    assert np.abs(again - given_[:, 0]).max() <= 1 + 1e-6
    assert kept[0] == 0
    assert kept[-1] == len(values) - 1
