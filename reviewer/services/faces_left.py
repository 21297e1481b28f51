"""Faces that still show on a finished copy: said before it is given, no reason to throw it away.

A face that the detector sees on the copy itself is one that no mask covers. Whether it may show (the officer's own, the
requester's) only a person knows; and that it sees none proves nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from reviewer.domain.timebase import SECOND, Micros, TimeModel, TimeRange, Utc
from reviewer.media.camera import DeckCamera, DeckPart, Source
from reviewer.media.faces import find_faces
from reviewer.services.apart import file_source

_SAID = 5  # places that a sentence names
_LONGEST = Utc(1 << 50)


def faces_left(
    path: Path,
    *,
    progress: Callable[[float], None] = lambda _share: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> tuple[Micros, ...]:
    """Where in a finished file, from its begin, the detector begins to see a face: it looks once a second, in full
    size. On a worker's thread; a second of 1920×1080 takes about as long. Raises UnreadableMedia, Cancelled, and
    ReviewerError where the detector is not installed."""
    part = DeckPart(partial(_given, file_source(path)), TimeModel(Utc(0), Micros(0)), TimeRange(Utc(0), _LONGEST))
    whole = DeckCamera(path.name, (part,))
    found = find_faces(whole, part.range, every=SECOND, progress=progress, cancelled=cancelled)
    return tuple(Micros(track.faces[0].at) for track in found.tracks)


def faces_left_words(places: tuple[Micros, ...]) -> str:
    """The same as a warning; "" where there are none."""
    if not places:
        return ""
    named = ", ".join(_clock(place) for place in places[:_SAID])
    more = f" and {len(places) - _SAID} more places" if len(places) > _SAID else ""
    return f"The detector sees a face that nothing hides at {named}{more}. Look there before the copy is given."


def _clock(place: Micros) -> str:
    minutes, seconds = divmod(place // SECOND, 60)
    return f"{minutes}:{seconds:02d}"


def _given(source: Source) -> Source:
    return source
