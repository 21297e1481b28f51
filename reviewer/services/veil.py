"""How footage looks and sounds on a stage with everything hidden that a copy will hide: what `StageView.veil` is set
to, and what `Playback.veil_sound` is given."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from dataclasses import replace

from reviewer.domain.redaction import Redaction, SoundWay
from reviewer.domain.tile import TileState
from reviewer.domain.timebase import Micros, TimeRange, Utc
from reviewer.media.camera import DeckCamera, TilePicture
from reviewer.media.masking import hide_image
from reviewer.media.sound_veil import HiddenSound, SoundVeil

_WITHHELD = "Withheld: a card stands here in the copy."


def veil_of(redaction: Redaction, stated: Callable[[str, Utc], Utc]) -> Callable[[str, TilePicture], TilePicture]:
    """A veil by this redaction. `stated(recording, wall time)` is `Stage.stated`: set a new veil where clocks or the
    redaction change. Proposals that nobody decided on are not hidden by it. The last picture of each camera is kept,
    so a stage that stands costs nothing."""
    last: dict[str, tuple[TilePicture, TilePicture]] = {}
    seed = secrets.randbits(32)  # what looks coarse on one screen tells nothing of how a copy will look
    parts: dict[str, Redaction] = {}

    def veil(key: str, picture: TilePicture) -> TilePicture:
        known = last.get(key)
        if known is None or known[0] is not picture:
            mine = parts.setdefault(key, redaction.of(key))
            known = last[key] = picture, _hidden(mine, key, picture, stated(key, picture.at), seed)
        return known[1]

    return veil


def sound_veil_of(
    redaction: Redaction, wall_time: Callable[[str, Utc], Utc], seed: int, *, voices: bool = False
) -> Callable[[DeckCamera], SoundVeil]:
    """What is hidden of a camera's sound by this redaction. `wall_time(recording, stated)` is `Stage.wall_time`, by the
    clocks that the camera stands by; `voices`: every voice is changed. `seed`: give the same for all of one screen, and
    never a copy's."""

    def veil(camera: DeckCamera) -> SoundVeil:
        mine = redaction.of(camera.key)
        ways: list[tuple[TimeRange, SoundWay | None]] = [(each.range, each.way) for each in mine.sounds]
        ways += [(each.range, None) for each in mine.withheld]
        found: list[HiddenSound] = []
        for stated, way in ways:
            low, high = (wall_time(camera.key, at) for at in (stated.start, stated.end))
            found += _in_parts(camera, TimeRange(low, high), way)
        return SoundVeil(tuple(found), voices, seed)

    return veil


def _in_parts(camera: DeckCamera, wall: TimeRange, way: SoundWay | None) -> Iterator[HiddenSound]:
    """Where a stretch lies in each part's own time; a microsecond more each way, as in a render."""
    for number, part in enumerate(camera.parts):
        here = wall.overlap(part.range)
        if here is not None:
            begin, end = part.model.to_stream(here.start) - 1, part.model.to_stream(here.end) + 1
            yield HiddenSound(number, Micros(begin), Micros(end), way)


def _hidden(redaction: Redaction, key: str, picture: TilePicture, at: Utc, seed: int) -> TilePicture:
    if picture.image is None:
        return picture
    if any(at in each.range for each in redaction.withheld):
        return replace(picture, state=TileState.COVERED, image=None, note=_WITHHELD)
    image = hide_image(picture.image, redaction.regions(key, at), seed, picture.turn)
    return picture if image is picture.image else replace(picture, image=image)
