"""How a picture looks on a stage with everything hidden that a copy will hide: what `StageView.veil` is set to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from reviewer.domain.drawing import ALL, Spot
from reviewer.domain.redaction import Redaction, Region
from reviewer.domain.tile import TileState
from reviewer.domain.timebase import Utc
from reviewer.media.camera import TilePicture
from reviewer.media.masking import hide_image

_WITHHELD = "Withheld: a card stands here in the copy."


def veil_of(redaction: Redaction, stated: Callable[[str, Utc], Utc]) -> Callable[[str, TilePicture], TilePicture]:
    """A veil by this redaction. `stated(recording, wall time)` is `Stage.stated`: set a new veil where clocks or the
    redaction change. The last picture of each camera is kept, so a stage that stands costs nothing."""
    last: dict[str, tuple[TilePicture, TilePicture]] = {}

    def veil(key: str, picture: TilePicture) -> TilePicture:
        known = last.get(key)
        if known is None or known[0] is not picture:
            known = last[key] = picture, _hidden(redaction, key, picture, stated(key, picture.at))
        return known[1]

    return veil


def _hidden(redaction: Redaction, key: str, picture: TilePicture, at: Utc) -> TilePicture:
    if picture.image is None:
        return picture
    if any(at in each.range for each in redaction.withheld if each.recording == key):
        return replace(picture, state=TileState.COVERED, image=None, note=_WITHHELD)
    regions = redaction.regions(key, at)
    if not regions:
        return picture
    turned = tuple((turned_region(region, picture.turn), style) for region, style in regions)
    return replace(picture, image=hide_image(picture.image, turned, seed=picture.pts))


def turned_region(region: Region, turn: int) -> Region:
    """A region of the picture as recorded, on the picture turned clockwise by `turn` degrees (a multiple of 90)."""
    return Region(region.shape, tuple(turned_spot(spot, turn) for spot in region.points))


def turned_spot(spot: Spot, turn: int) -> Spot:
    """A place on the recorded picture, on the picture turned clockwise by `turn` degrees. By `-turn` it leads back."""
    for _ in range(turn // 90 % 4):
        spot = Spot(ALL - spot.y, spot.x)
    return spot


