"""How a picture looks on a stage with everything hidden that a copy will hide: what `StageView.veil` is set to."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import replace

from reviewer.domain.redaction import Redaction
from reviewer.domain.tile import TileState
from reviewer.domain.timebase import Utc
from reviewer.media.camera import TilePicture
from reviewer.media.masking import hide_image

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


def _hidden(redaction: Redaction, key: str, picture: TilePicture, at: Utc, seed: int) -> TilePicture:
    if picture.image is None:
        return picture
    if any(at in each.range for each in redaction.withheld):
        return replace(picture, state=TileState.COVERED, image=None, note=_WITHHELD)
    image = hide_image(picture.image, redaction.regions(key, at), seed, picture.turn)
    return picture if image is picture.image else replace(picture, image=image)
