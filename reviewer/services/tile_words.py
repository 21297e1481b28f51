"""What stands in a tile that has no picture of its own now, and when a tile shows what is right."""

from __future__ import annotations

from dataclasses import replace

from reviewer.domain.tile import Fidelity, TileState
from reviewer.domain.timebase import Micros, TimeRange, Utc, merge
from reviewer.media.camera import DeckCamera, DeckPart, TilePicture

_UNSETTLED = (TileState.LATE, TileState.OPENING)


def rolling(camera: DeckCamera) -> tuple[TimeRange, ...]:
    return merge(p.range for p in camera.parts if _may_come(p))


def _may_come(part: DeckPart) -> bool:
    """Whether pictures of it may come while the deck has it so; nobody announces what nobody may see."""
    shut = (TileState.NO_PERMISSION, TileState.RESTRICTED)
    return part.absence is None or part.absence.state not in shut


def is_settled(picture: TilePicture, playing: bool) -> bool:
    if picture.state in _UNSETTLED:
        return False
    return playing or picture.image is None or picture.fidelity is Fidelity.ORIGINAL


def cover(at: Utc, why: str) -> TilePicture:
    return TilePicture(TileState.COVERED, None, -1, 0, at, at, note=why)


def as_it_is(at: Utc, picture: TilePicture) -> TilePicture:
    """A picture that had to stay, because no entry covers the next one yet, says that it is late."""
    if picture.state is not TileState.PLAYING or picture.late or picture.at <= at < picture.until:
        return picture
    return replace(picture, state=TileState.LATE, late=Micros(abs(at - picture.at)))


def waiting(at: Utc) -> TilePicture:
    """For the few milliseconds until the log has written that this is about to be shown."""
    return TilePicture(TileState.OPENING, None, -1, 0, at, at)
