"""Masks, sounds and withheld stretches as fields of entries, and back. What cannot be read hides more, never less."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from enum import StrEnum
from typing import Any, TypeVar

from reviewer.domain.drawing import ALL, Spot
from reviewer.domain.errors import MalformedDocument, ReviewerError
from reviewer.domain.redaction import (
    Keyframe,
    Mask,
    MaskShape,
    MaskStyle,
    Proposed,
    SoundEdit,
    SoundWay,
    Target,
    Withheld,
    keyframes,
)
from reviewer.domain.thing import Thing
from reviewer.domain.timebase import Utc, format_rfc3339, parse_rfc3339
from reviewer.services.case import LONGEST_TEXT

EVER = Utc(-60_000_000_000_000_000), Utc(200_000_000_000_000_000)  # the years 68 to 8307
"""The range of what says no range that can be read: all of the recording."""
EVERYWHERE = (Spot(0, 0), Spot(ALL, ALL))
UNREADABLE = "This mask cannot be read; the whole picture is hidden. Take it off and mask again."
_MOST_CORNERS = 64
_MOST_STRETCHES = 20_000
_E = TypeVar("_E", bound=StrEnum)


class Stretches:
    """Keyframes of paths, read once: a screen asks for all masks after each change, and one that was followed for ten
    minutes has thousands. Whoever is done with a case lets go of this with it."""

    def __init__(self) -> None:
        self._read: dict[tuple[str, str], tuple[Keyframe, ...]] = {}

    def frames(self, path: Thing) -> tuple[Keyframe, ...]:
        """In order of time. Raises MalformedDocument."""
        found = (self._stretch(name, field.value) for name, field in path.fields.items() if field.value)
        return tuple(sorted((each for some in found for each in some), key=lambda frame: frame.at))

    def _stretch(self, name: str, value: str) -> tuple[Keyframe, ...]:
        known = self._read.get((name, value))
        if known is None:
            if len(self._read) >= _MOST_STRETCHES:
                self._read.clear()
            known = self._read[name, value] = keyframes({name: value})
        return known


def mask_of(thing: Thing, path: Thing | None, stretches: Stretches) -> Mask:
    """A mask as its entries make it. One whose path, shape or range cannot be read hides the whole picture."""
    start, end, whole = _range(thing)
    shape = _known(MaskShape, thing.get("shape"), None)
    frames: tuple[Keyframe, ...] = ()
    with suppress(MalformedDocument):
        frames = stretches.frames(path) if path is not None else ()
    words = thing.get("words")
    fits = shape is not None and all(_corners(shape, len(frame.points)) for frame in frames)
    if shape is None or not frames or not fits or not whole:
        shape, frames, words = MaskShape.BOX, (Keyframe(start, EVERYWHERE),), UNREADABLE
    return Mask(
        thing.id,
        thing.get("of"),
        thing.get("recording"),
        _known(Target, thing.get("target"), Target.OTHER),
        shape,
        _known(MaskStyle, thing.get("style"), MaskStyle.SOLID),
        start,
        end,
        frames,
        thing.get("reason"),
        words,
        _known(Proposed, thing.get("proposed"), Proposed.TAKEN),
        _times(thing),
        thing.whole("number") or 0,
    )


def sound_of(thing: Thing) -> SoundEdit:
    """A range of sound; without ends that can be read it is all of the recording's."""
    start, end, _whole = _range(thing)
    way = _known(SoundWay, thing.get("way"), SoundWay.MUTE)
    of, recording = thing.get("of"), thing.get("recording")
    reason, words, number = thing.get("reason"), thing.get("words"), thing.whole("number") or 0
    return SoundEdit(thing.id, of, recording, start, end, way, reason, words, number)


def withheld_of(thing: Thing) -> Withheld:
    """A withheld stretch; without ends that can be read it is all of the recording."""
    start, end, _whole = _range(thing)
    of, recording = thing.get("of"), thing.get("recording")
    reason, words, number = thing.get("reason"), thing.get("words"), thing.whole("number") or 0
    return Withheld(thing.id, of, recording, start, end, reason, words, number)


def _mask_fields(mask: Mask) -> dict[str, str]:
    looked = json.dumps([format_rfc3339(each) for each in mask.looked], separators=(",", ":")) if mask.looked else ""
    kinds = {"target": mask.target.value, "shape": mask.shape.value, "style": mask.style.value}
    return _common(mask) | kinds | {"proposed": mask.proposed.value, "looked": looked}


def _sound_fields(sound: SoundEdit) -> dict[str, str]:
    return _common(sound) | {"way": sound.way.value}


def _common(thing: Mask | SoundEdit | Withheld) -> dict[str, str]:
    ends = {"start": format_rfc3339(thing.start), "end": format_rfc3339(thing.end)}
    why = {"reason": thing.reason, "words": thing.words, "number": str(thing.number)}
    return {"of": thing.of, "recording": thing.recording} | ends | why


FIELDS: Mapping[type, Callable[[Any], dict[str, str]]] = {
    Mask: _mask_fields,
    SoundEdit: _sound_fields,
    Withheld: _common,
}
"""What an entry says of each; a mask's path is fields of another (`redaction.path_fields`)."""


def places_checked(mask: Mask) -> None:
    """Raises ReviewerError for a mask that has no place, or none that its shape can stand on."""
    if not mask.frames:
        raise ReviewerError("The mask has no place.", "Draw it on a frame.")
    for frame in mask.frames:
        points = frame.points
        if not _corners(mask.shape, len(points)) or len(set(points)) < len(points) - (mask.shape is MaskShape.POLYGON):
            raise ReviewerError("That is too small to hide anything.", "Draw it larger.")
        if not all(abs(v) <= 4 * ALL for spot in points for v in (spot.x, spot.y)):
            raise ReviewerError("The mask lies outside the picture.", "Draw it on the picture.")


def path_checked(fields: dict[str, str]) -> dict[str, str]:
    """The same. Raises ReviewerError where ten seconds of it are more than an entry may hold."""
    if any(len(value) > LONGEST_TEXT for value in fields.values()):
        raise ReviewerError("The mask has too many corners to be followed.", "Draw it with fewer, or as a box.")
    return fields


def _corners(shape: MaskShape, count: int) -> bool:
    return 3 <= count <= _MOST_CORNERS if shape is MaskShape.POLYGON else count == 2


def _range(thing: Thing) -> tuple[Utc, Utc, bool]:
    """Start, end, and whether both can be read."""
    start, end = thing.when("start"), thing.when("end")
    if start is None or end is None or end <= start:
        return *EVER, False
    return start, end, True


def _known(kind: type[_E], value: str, otherwise: Any) -> Any:  # noqa: ANN401 - a member, or what stands for none
    try:
        return kind(value)
    except ValueError:
        return otherwise


def _times(thing: Thing) -> tuple[Utc, ...]:
    found = []
    for text in thing.texts("looked"):
        with suppress(ValueError):
            found.append(parse_rfc3339(text))
    return tuple(sorted(found))
