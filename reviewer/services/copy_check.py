"""A finished file is read again before it gets its name: does it carry what its plan says, and nothing else?

The check shares nothing with the renderer but the words of the plan (`domain/render`, `domain/redaction`) and which
frame stands where (`media/schedule`). A fault of the renderer is then not a fault of the check too. Each look runs in a
process apart: the file's structure without any footage at hand, then its picture and its sound beside the originals.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from reviewer.domain.errors import Cancelled, ReviewerError
from reviewer.domain.render import Purpose, RenderPlan
from reviewer.domain.timebase import TimeRange, Utc
from reviewer.media import apart
from reviewer.media.camera import DeckCamera, Source
from reviewer.media.copy_check import read_pictures, read_sounds, read_structure
from reviewer.media.copy_check_said import Said, Step
from reviewer.media.copy_check_structure import NO_COPY
from reviewer.media.index import FrameIndex
from reviewer.media.still import read_index
from reviewer.services.faces_left import faces_left, faces_left_words

_WHAT = "The copy"
_STRUCTURE, _PICTURES, _SOUNDS = 0.02, 0.9, 0.08  # shares of the work


@dataclass(frozen=True, slots=True)
class Checked:
    """What reading a file again found. `problems`: why it may not be given, each one sentence that a person
    understands; none for a good file. `checks`: what was looked at and found right, in words, for the log
    and the index. `warnings`: what a person should look at before the file is given; no reason to throw it away."""

    problems: tuple[str, ...]
    checks: tuple[str, ...]
    warnings: tuple[str, ...] = ()

    @property
    def good(self) -> bool:
        return not self.problems


def check_copy(
    path: Path,
    plan: RenderPlan,
    cameras: Mapping[str, DeckCamera],
    cancelled: Callable[[], bool] = lambda: False,
    progress: Callable[[float], object] = lambda _: None,
) -> Checked:
    """Read the file at `path` against its plan. `cameras`: every recording of the plan by its id, in stated time
    (`footage.deck_camera(camera, signed=True)`). `progress` hears shares from 0 to 1 on the calling thread. Takes about
    as long as decoding the file and its originals: never on the GUI's thread.

    What cannot be read as a copy is a problem, not an error. Raises Cancelled, and what opening an original raises.
    """
    said = [apart.call(read_structure, path, gives=Said, what=_WHAT, cancelled=cancelled)]
    progress(_STRUCTURE)
    if said[0].problems and not _readable(said[0]):
        return _together(said)
    opened = tuple(_opened(plan, cameras[key], cancelled) for key in plan.recordings)
    looks = ((read_pictures, _STRUCTURE, _PICTURES), (read_sounds, _STRUCTURE + _PICTURES, _SOUNDS))
    for look, begin, share in looks:
        for step in apart.pieces(look, path, plan, opened, gives=Step, what=_WHAT, cancelled=cancelled):
            progress(begin + step.share * share)
            said += [step.said] if step.said is not None else []
    progress(1.0)
    found = _together(said)
    hides = plan.purpose is not Purpose.CLIP and found.good
    return replace(found, warnings=(*found.warnings, *_faces(path, cancelled))) if hides else found


def _faces(path: Path, cancelled: Callable[[], bool]) -> tuple[str, ...]:
    """What a person should look at: faces that still show, where the detector sees any."""
    try:
        words = faces_left_words(faces_left(path, cancelled=cancelled))
    except Cancelled:
        raise
    except ReviewerError as wrong:
        words = f"Nobody looked for faces that still show: {wrong.message}"
    return (words,) if words else ()


def _readable(said: Said) -> bool:
    """Whether more is to be found than that it is no file of ours."""
    return NO_COPY not in said.problems


def _together(said: Sequence[Said]) -> Checked:
    problems = tuple(dict.fromkeys(each for one in said for each in one.problems))
    checks = () if problems else tuple(each for one in said for each in one.checks)
    return Checked(problems, checks, tuple(dict.fromkeys(each for one in said for each in one.warnings)))


def _opened(plan: RenderPlan, camera: DeckCamera, cancelled: Callable[[], bool]) -> DeckCamera:
    """The camera as another process opens it: parts that the plan takes of have their index, the others no source."""
    wanted = _wanted(plan, camera)
    parts = []
    for number, part in enumerate(camera.parts):
        plain = replace(part, source=_nothing, proxies=None, doubted=None)
        if part.absence is None and any(each.overlap(part.range) for each in wanted):
            name = f"Part {number + 1}"
            source = part.source()
            index = part.index or apart.call(read_index, source, name, gives=FrameIndex, what=name, cancelled=cancelled)
            plain = replace(plain, source=partial(_given, source), index=index)
        parts.append(plain)
    return DeckCamera(camera.key, tuple(parts))


def _wanted(plan: RenderPlan, camera: DeckCamera) -> list[TimeRange]:
    """The stated times of a recording that the plan takes of."""
    if plan.rate is None:
        found = [*plan.stretches] or [camera.range]
    else:
        places = [(scene, source) for scene in plan.scenes for source in scene.sources]
        found = [
            TimeRange(source.start, Utc(source.start + scene.lasts))
            for scene, source in places
            if source.recording == camera.key
        ]
    return list(found)


def _given(source: Source) -> Source:
    """A source that was opened in the app, for another process."""
    return source


def _nothing() -> Source:
    raise ReviewerError("This part is not needed.", "Check the copy again.")
