"""What the face detector finds, by size, with what it misses; and whether a followed mask stays on a head.

The package that ships the detector ships no pictures, so the set is drawn (`faces_drawn`): nobody's faces, in turns,
light, blur and dress that no threshold was chosen on (HELD_OUT). It says how the detector does on these. On people in
real footage recall is another number, most likely a lower one: never read it as "all faces are found".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from statistics import fmean
from typing import Any

import cv2
import numpy as np

from reviewer.domain.timebase import Utc
from reviewer.media.face_process import FINEST, WIDEST, Detector, Seen
from reviewer.media.faces import BEGINS
from reviewer.media.following import follow
from reviewer.services.proposing import PAD
from tests.bench.faces_drawn import Floats, Look, Picture, put, street
from tests.bench.walking import judged
from tests.bench.walking import street as walked

TUNED, HELD_OUT = 7, 2026
SIZE = 1920, 1080
_TURNS = (0.0, 0.0, 15.0, -20.0, 30.0, -35.0, 45.0, -50.0, 60.0, -65.0, 80.0)
_QUALITY = 60  # JPEG


@dataclass(frozen=True, slots=True)
class Extent:
    """How much is measured: so many faces of each size (hairline to chin, pixels of 1920×1080), pictures without any,
    and people of the demo's street (camera, seconds since its begin, who) who are followed for so long."""

    faces: int = 60
    sizes: tuple[int, ...] = (20, 30, 40, 60, 80, 120, 160, 200)
    empty: int = 20
    walkers: tuple[tuple[int, float, int], ...] = (
        *((0, 42.0, 15), (0, 42.0, 7), (0, 42.0, 10), (0, 82.0, 15), (1, 5.0, 12), (1, 45.0, 15), (2, 42.0, 15)),
        *((2, 42.0, 3), (3, 21.5, 8), (3, 51.0, 15)),
    )
    seconds: float = 5.0


QUICK = Extent(4, (20, 200), 1, ((2, 44.0, 15),), 1.0)


def measure(extent: Extent, say: Callable[[str], object]) -> dict[str, Any]:
    """`face_recall` is the mean over the sizes, of looks in full size, as `face_recall_by_size` has them; `…_usual` are
    those at `WIDEST`, four of five. A face is found where a proposed ellipse hides all that makes it somebody's.
    `face_false_a_look`: what is proposed where no face is. `follow_honest`: of the frames on which a followed mask
    was, those on which it covers the head or says that it is not sure."""
    return _faces(extent, say) | _following(extent, say)


def looks(count: int, seed: int) -> Iterator[Look]:
    """Faces to be found, each another."""
    for n in range(count):
        rng = np.random.default_rng([seed, n])
        worn = rng.random(4) < (0.25, 0.25, 0.12, 0.2)
        yield Look(
            seed * 1_000 + n,
            turn=float(rng.choice(_TURNS)),
            nod=float(rng.uniform(-20, 25)),
            tilt=float(rng.uniform(-15, 15)),
            light=float(rng.uniform(-85, 85)),
            ambient=float(rng.choice([0.1, 0.2, 0.35, 0.55])),
            skin=int(rng.integers(6)),
            hair=int(rng.integers(6)),
            beard=bool(worn[0]),
            glasses=bool(worn[1]),
            covered=bool(worn[2]),
            cap=bool(worn[3]),
        )


def _faces(extent: Extent, say: Callable[[str], object]) -> dict[str, Any]:
    detector, every = Detector(), tuple(looks(extent.faces, HELD_OUT))
    fine: dict[str, float] = {}
    usual: dict[str, float] = {}
    missed: list[str] = []
    for size in extent.sizes:
        found = {FINEST: 0, WIDEST: 0}
        for picture, drawn in _pictures(every, size):
            for longest in found:
                seen = _seen(detector, picture, longest)
                hits = [_hidden(marks, seen, size) for _, marks in drawn]
                found[longest] += sum(hits)
                if longest == FINEST:
                    missed += [_words(look, size) for (look, _), hit in zip(drawn, hits, strict=True) if not hit]
        fine[str(size)], usual[str(size)] = (round(found[each] / len(every), 3) for each in (FINEST, WIDEST))
        say(f"{size} px: {fine[str(size)]:.1%} in full size, {usual[str(size)]:.1%} at {WIDEST}")
    empty = (_finished(street(*SIZE, 9_000 + n), n) for n in range(extent.empty))
    false = [len(_seen(detector, picture, FINEST)) for picture in empty]
    return {
        "face_recall": round(fmean(fine.values()), 3),
        "face_recall_by_size": fine,
        "face_recall_by_size_usual": usual,
        "face_misses": missed,
        "face_false_a_look": round(fmean(false), 2),
    }


def _pictures(every: Iterable[Look], size: int) -> Iterator[tuple[Picture, list[tuple[Look, Floats]]]]:
    """Pictures with the faces side by side, as a camera would have them."""
    pitch = max(90, round(size * 2.2))
    columns, rows = SIZE[0] // pitch, (SIZE[1] - size) // pitch
    todo = list(every)
    for n in range(0, len(todo), columns * rows):
        picture = street(*SIZE, HELD_OUT + size * 100 + n)
        drawn = []
        for place, look in enumerate(todo[n : n + columns * rows]):
            middle = ((place % columns + 0.5) * pitch, (place // columns + 0.5) * pitch)
            drawn.append((look, put(picture, look, middle, size)))
        yield _finished(picture, size + n), drawn


def _finished(picture: Picture, seed: int) -> Picture:
    """Out of focus by up to a pixel, with noise, compressed."""
    rng = np.random.default_rng([HELD_OUT, seed])
    soft = cv2.GaussianBlur(picture, (0, 0), float(rng.uniform(0.3, 1.0)))
    noisy = np.clip(soft + rng.normal(0, 5, soft.shape), 0, 255).astype(np.uint8)
    _, packed = cv2.imencode(".jpg", noisy, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    return np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR), np.uint8)


def _seen(detector: Detector, picture: Picture, longest: int) -> tuple[Seen, ...]:
    if longest < SIZE[0]:
        high = round(SIZE[1] * longest / SIZE[0])
        picture = np.asarray(cv2.resize(picture, (longest, high), interpolation=cv2.INTER_AREA), np.uint8)
    return detector.faces(picture, BEGINS / 1000)


def _hidden(marks: Floats, seen: Iterable[Seen], size: int) -> bool:
    """Whether all marks lie in the ellipse that would be proposed for one of these, which is no wall of a mask."""
    places = marks / SIZE
    for left, top, right, low, _score in seen:
        middle = np.array([left + right, top + low]) / 2
        half = np.array([right - left, low - top]) / 2 * (1 + 2 * PAD)
        if half[1] * 2 * SIZE[1] < 4 * size and ((((places - middle) / half) ** 2).sum(axis=1) <= 1).all():
            return True
    return False


def _words(look: Look, size: int) -> str:
    worn = [name for name in ("beard", "glasses", "covered", "cap") if getattr(look, name)]
    said = f"{size} px: turned {look.turn:.0f}°, nod {look.nod:.0f}°, light {look.ambient:g} from {look.light:.0f}°"
    return ", ".join([said, f"skin {look.skin}", *worn])


def _following(extent: Extent, say: Callable[[str], object]) -> dict[str, Any]:
    frames = covered = unsure = pretended = ended = 0
    for camera, since, who in extent.walkers:
        made = walked(camera, since, extent.seconds)
        followed = follow(made.camera, made.mask(who, 0), made.times[0], Utc(made.times[-1] + 1))
        seen = judged(made, who, followed)
        frames, covered, unsure = frames + seen.frames, covered + seen.covered, unsure + seen.unsure
        pretended, ended = pretended + len(seen.pretended), ended + bool(followed.lost)
        say(f"camera {camera + 1}, {who}: {seen} {followed.lost}")
    return {
        "follow_honest": round(1 - pretended / frames, 4),
        "follow_covered": round(covered / frames, 4),
        "follow_unsure": round(unsure / frames, 4),
        "follow_ended_early": ended,
        "follow_frames": frames,
    }
