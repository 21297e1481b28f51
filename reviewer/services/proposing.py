"""Following and face proposals as masks: what a worker's thread finds out, a person takes or refuses.

`follow_mask` and `propose` read footage and change nothing; what they give goes to `services/redaction.Redactions`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from reviewer.domain.drawing import Spot
from reviewer.domain.errors import ReviewerError
from reviewer.domain.redaction import UNSURE, Keyframe, Mask, MaskShape, MaskStyle, Proposed, Target
from reviewer.domain.timebase import TimeRange, Utc
from reviewer.media.camera import DeckCamera
from reviewer.media.faces import EVERY, LOOKS_A_SECOND, Face, Found, Track, find_faces
from reviewer.media.following import Followed, follow, simplified

LIMITS = (
    "The detector misses faces: small, turned away, in the dark, behind glass or cloth, upside down. "
    "Watch the whole recording before it is released."
)
"""Stands wherever proposals are shown, beside what `Proposals.said` says."""
PAD = 0.3
"""Of a face's box on every side: an ellipse in the grown box holds the whole box and a margin."""
_TOLERANCE = PAD / 4
_MISSED = 2 * EVERY + EVERY // 2  # between two looks that found a face lay two more at least that did not
_COVERED = 0.7  # of its looks: a face whose middle lies in another mask so often is covered by it


@dataclass(frozen=True, slots=True)
class Proposals:
    """`masks` for `Redactions.add(*masks)` (proposed OPEN, an ellipse each, padded); `left_out` faces are covered by
    masks already, or were refused. `said`: what was looked at, in a sentence or two, and what was not."""

    masks: tuple[Mask, ...]
    left_out: int
    said: str


def follow_mask(
    camera: DeckCamera,
    mask: Mask,
    at: Utc,
    until: Utc,
    *,
    progress: Callable[[float], None] = lambda _share: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Followed:
    """Follow what a mask hides on the frame of `at` to `until` (exclusive), forward or back
    (`media.following.follow`); lay the outcome by `Redactions.lay(mask, outcome.frames, outcome.over)`. `camera` is
    `Footage.deck_camera(signed=True)`, all times are stated. On a worker's thread. Raises ReviewerError where the mask
    has no region at `at`, UnreadableMedia, DecoderStopped, Cancelled."""
    region = mask.region(at)
    if region is None:
        raise ReviewerError("The mask is not on this frame.", "Go to a frame that it is on, or put it here first.")
    return follow(camera, region, at, until, progress=progress, cancelled=cancelled)


def propose(
    camera: DeckCamera,
    over: TimeRange,
    of: str,
    known: Sequence[Mask] = (),
    *,
    style: MaskStyle = MaskStyle.SOLID,
    progress: Callable[[float], None] = lambda _share: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Proposals:
    """Masks for the faces that the detector sees within `over`, stated time. `known`: the masks that there are already
    (`Redactions.masks(of, recording)`); what they cover, or what was refused before, is not proposed again. On a
    worker's thread. Raises UnreadableMedia where nothing can be read, Cancelled."""
    found = find_faces(camera, over, progress=progress, cancelled=cancelled)
    mine = [mask for mask in known if mask.recording == camera.key and mask.frames]
    new = [track for track in found.tracks if not any(_covers(mask, track) for mask in mine)]
    masks = tuple(_mask(track, of, camera.key, style) for track in new)
    left_out = len(found.tracks) - len(new)
    return Proposals(masks, left_out, _said(found, left_out))


def _mask(track: Track, of: str, recording: str, style: MaskStyle) -> Mask:
    frames = _path(track.faces)
    shape, face = MaskShape.ELLIPSE, Target.FACE
    start, end = track.over.start, track.over.end
    return Mask("", of, recording, face, shape, style, start, end, frames, proposed=Proposed.OPEN)


def _path(faces: Sequence[Face]) -> tuple[Keyframe, ...]:
    """Padded boxes; looks on a straight line between others are left out. Where looks between two found nothing, who
    knows which way it went: both are marked as not sure. The detector's score is no measure of where the face is."""
    after = [n for n in range(1, len(faces)) if faces[n].at - faces[n - 1].at > _MISSED]
    doubted = {n for gap in after for n in (gap - 1, gap)}
    grown = [_grown(face) for face in faces]
    edges = np.array([(a.x, a.y, b.x, b.y) for a, b in grown], np.float64)
    sides = np.array([(b.x - a.x, b.y - a.y) * 2 for a, b in (face.points for face in faces)], np.float64).min(axis=0)
    times = np.array([face.at for face in faces], np.float64)
    chosen = simplified(times, edges / np.maximum(sides * _TOLERANCE, 1), sorted({0, len(faces) - 1, *doubted}))
    return tuple(Keyframe(faces[n].at, grown[n], sure=UNSURE - 1 if n in doubted else 1000) for n in chosen)


def _grown(face: Face) -> tuple[Spot, Spot]:
    a, b = face.points
    x, y = round((b.x - a.x) * PAD), round((b.y - a.y) * PAD)
    return Spot(a.x - x, a.y - y), Spot(b.x + x, b.y + y)


def _covers(mask: Mask, track: Track) -> bool:
    """Whether a mask lies over the middle of most of a track's faces, and is no larger than what it stands for: the
    refused proposal of one face says nothing of another one behind it."""
    inside = 0
    for face in track.faces:
        region = mask.region(face.at)
        if region is None:
            continue
        xs, ys = [spot.x for spot in region.points], [spot.y for spot in region.points]
        a, b = face.points
        x, y = (a.x + b.x) / 2, (a.y + b.y) / 2
        refused = mask.proposed is Proposed.REFUSED
        like = (max(xs) - min(xs)) < 4 * (b.x - a.x) or not refused
        whole = refused or (min(xs) <= a.x and b.x <= max(xs) and min(ys) <= a.y and b.y <= max(ys))
        inside += min(xs) < x < max(xs) and min(ys) < y < max(ys) and like and whole
    return inside >= _COVERED * len(track.faces)


def _said(found: Found, left_out: int) -> str:
    said = [f"{found.looked:,} of {found.frames:,} frames were looked at, {LOOKS_A_SECOND} a second."]
    if left_out:
        said.append(f"{left_out} of {len(found.tracks)} faces are masked already, or were refused.")
    if found.unread:
        seconds = sum(each.duration for each in found.unread) / 1_000_000
        said.append(f"{seconds:.0f} s could not be read: nothing was looked for there.")
    return " ".join(said)
