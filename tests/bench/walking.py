"""A few seconds of the demo's street as one of its cameras has it, and where everybody's head is on each frame."""

from __future__ import annotations

import io
import math
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, partial

import av
import cv2
import numpy as np

from reviewer.demo.camera import CAMERAS, pose_at, walk_of
from reviewer.demo.canvas import Image
from reviewer.demo.lens import Lens
from reviewer.demo.picture import Painter
from reviewer.demo.scene import Person, Scene, Schedule
from reviewer.domain.drawing import ALL, Spot
from reviewer.domain.redaction import UNSURE, Keyframe, Mask, MaskShape, MaskStyle, Region, Target
from reviewer.domain.timebase import SECOND, Micros, TimeModel, TimeRange, Utc
from reviewer.media.camera import DeckCamera, DeckPart
from reviewer.media.following import Followed

START = Utc(1_781_379_690_000_000)
_LENGTH, _SEED, _CAMERAS = Micros(90 * SECOND), 1, 4
_HEAD = (0.02, 1.68, 0.135)  # metres: ahead of the middle, above the ground, its radius (demo/figures)
_COLOUR = 40  # levels that a head's middle may be off its colour while it is not behind something


@dataclass(frozen=True, slots=True)
class Head:
    """Pixels of the picture; `shown`: nothing stands before it."""

    who: int
    x: float
    y: float
    radius: float
    shown: bool


@dataclass(frozen=True, slots=True)
class Street:
    """`heads` of each frame, by who has them; `camera` in stated time."""

    camera: DeckCamera
    times: tuple[Utc, ...]
    size: tuple[int, int]
    heads: tuple[dict[int, Head], ...]

    def mask(self, who: int, frame: int) -> Region:
        """A box around somebody's head, a quarter larger, as a person draws it."""
        head, (wide, high) = self.heads[frame][who], self.size
        r = head.radius * 1.25
        return Region(
            MaskShape.BOX,
            (_spot((head.x - r) / wide, (head.y - r) / high), _spot((head.x + r) / wide, (head.y + r) / high)),
        )


def _spot(x: float, y: float) -> Spot:
    return Spot(round(x * ALL), round(y * ALL))


@cache
def street(camera: int, since: float, seconds: float) -> Street:
    """From `since` seconds after the event's begin; `camera` counts from 0."""
    spec, schedule = CAMERAS[camera], Schedule(START, _LENGTH)
    walks = [walk_of(each, _LENGTH, _SEED) for each in CAMERAS[:_CAMERAS]]
    scene = Scene(schedule, walks, _SEED)
    painter = Painter(spec, scene, camera, _SEED)
    rate = 25
    times = tuple(Utc(START + int(since * SECOND) + n * SECOND // rate) for n in range(int(seconds * rate)))
    heads: list[dict[int, Head]] = []

    def pictures() -> Iterable[Image]:
        for at in times:
            picture = painter.frame(at)
            t = schedule.seconds(at)
            lens = Lens(pose_at(walks[camera], t, spec), spec.width, spec.height, spec.field_of_view)
            found = (_head(lens, n, person, picture) for n, person in enumerate(scene.at(t).people) if n != camera)
            heads.append({head.who: head for head in found if head is not None})
            yield picture

    data = encoded(pictures(), (spec.width, spec.height), rate)
    span = TimeRange(times[0], Utc(times[-1] + SECOND // rate))
    part = DeckPart(partial(partial, io.BytesIO, data), TimeModel(times[0], Micros(0)), span)
    return Street(DeckCamera("rec", (part,)), times, (spec.width, spec.height), tuple(heads))


def _head(lens: Lens, who: int, person: Person, picture: Image) -> Head | None:
    ahead, up, radius = _HEAD
    x, y = person.x + ahead * math.cos(person.facing), person.y + ahead * math.sin(person.facing)
    place = lens.point(x, y, up)
    if place is None:
        return None
    column, row, depth = place
    inside = 0 <= column < lens.width and 0 <= row < lens.height
    off = np.abs(picture[int(row), int(column)].astype(int) - np.array(person.head)).max() if inside else 255
    return Head(who, column, row, radius * lens.focal / depth, bool(off <= _COLOUR))


def encoded(pictures: Iterable[Image], size: tuple[int, int], rate: int, gop: int = 38) -> bytes:
    """Pictures (blue green red) as a camera records them."""
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as file:
        coding = {"preset": "ultrafast", "crf": "28", "g": str(gop), "sc_threshold": "0", "threads": "1"}
        stream = file.add_stream("libx264", rate=rate, options=coding)
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        stream.codec_context.time_base = Fraction(1, rate)
        for n, picture in enumerate(pictures):
            planes = np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2YUV_I420), np.uint8)
            frame = av.VideoFrame.from_ndarray(planes, format="yuv420p")
            frame.pts, frame.time_base = n, Fraction(1, rate)
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    return out.getvalue()


@dataclass(frozen=True, slots=True)
class Judged:
    """Frames that a followed mask was on: how many, on how many it covers the head (a pixel more or less, as the
    renderer's margin is larger), how many it is not sure of, and on which it says nothing and does not cover."""

    frames: int
    covered: int
    unsure: int
    pretended: tuple[int, ...]


def judged(made: Street, who: int, followed: Followed) -> Judged:
    """A head that something stands before need not be covered: it is not to be seen."""
    mask = a_mask(followed)
    frames = covered = unsure = 0
    pretended = []
    for n, at in enumerate(made.times):
        region, head = mask.region(at), made.heads[n].get(who)
        if region is None:
            continue
        frames += 1
        covers = head is None or not head.shown or _covers(region, head, made.size)
        doubt = _in_doubt(mask, at)
        covered, unsure = covered + covers, unsure + doubt
        if not covers and not doubt:
            pretended.append(n)
    return Judged(frames, covered, unsure, tuple(pretended))


def a_mask(followed: Followed) -> Mask:
    over, shape = followed.over, MaskShape.BOX
    return Mask("m", "r", "rec", Target.FACE, shape, MaskStyle.SOLID, over.start, over.end, followed.frames)


def _covers(region: Region, head: Head, size: tuple[int, int]) -> bool:
    (a, b), (wide, high) = region.points, size
    left, top, right, low = a.x * wide / ALL, a.y * high / ALL, b.x * wide / ALL, b.y * high / ALL
    over = max(left - head.x + head.radius, top - head.y + head.radius)
    return max(over, head.x + head.radius - right, head.y + head.radius - low) <= 1


def _in_doubt(mask: Mask, at: Utc) -> bool:
    """Whether a keyframe beside this frame is marked to be looked at."""
    before: Keyframe | None = None
    for frame in mask.frames:
        if frame.at >= at:
            return frame.sure < UNSURE or (before is not None and before.sure < UNSURE)
        before = frame
    return before is not None and before.sure < UNSURE
