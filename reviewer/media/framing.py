"""Where the pictures of a scene stand in a file's frame, and where its words do. Pure, in pixels.

With `bars` a tenth of the height above and one beneath belong to words, and each of several pictures has a line of its
own over it; nothing of ours stands on a picture. Without bars there are no words at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from reviewer.domain.render import Layout, RenderPlan, Scene
from reviewer.media.index import FrameIndex

_BAR = 12  # the height's twelfth
_NAME = 24
_GAP = 270  # the height's part between two pictures


@dataclass(frozen=True, slots=True)
class Box:
    """All even: chroma has one sample for two pixels each way."""

    left: int
    top: int
    width: int
    height: int


def bars(plan: RenderPlan, height: int) -> int:
    """How high the bar above the picture is; the one beneath is as high."""
    return _even(height // _BAR) if plan.bars else 0


def name_height(plan: RenderPlan, scene: Scene, height: int) -> int:
    """How high the line over each of several pictures is."""
    named = plan.bars and scene.layout is not Layout.ONE and any(source.name for source in scene.sources)
    return _even(height // _NAME) if named else 0


def cells(plan: RenderPlan, scene: Scene, width: int, height: int) -> tuple[Box, ...]:
    """The room of each source in a frame of `width` × `height`, its name's line left out."""
    bar, line = bars(plan, height), name_height(plan, scene, height)
    across = 1 if scene.layout is Layout.ONE else 2
    down = 2 if scene.layout is Layout.QUAD else 1
    gap = _even(height // _GAP) if across > 1 else 0
    wide = _even((width - gap * (across - 1)) // across)
    high = _even((height - 2 * bar - gap * (down - 1)) // down)
    return tuple(
        Box(n % across * (wide + gap), bar + n // across * (high + gap) + line, wide, high - line)
        for n in range(min(len(scene.sources), across * down))
    )


def fitted(cell: Box, width: int, height: int, aspect: Fraction = Fraction(1)) -> Box:
    """Where in its room a picture of `width` × `height` pixels of this shape stands: whole, as large as it can be, in
    the middle. `width` and `height` as it is shown, turned; `aspect` likewise."""
    shown = Fraction(width) * aspect
    scale = min(Fraction(cell.width) / shown, Fraction(cell.height, height))
    wide = min(cell.width, max(2, 2 * round(shown * scale / 2)))
    high = min(cell.height, max(2, 2 * round(height * scale / 2)))
    return Box(cell.left + _even((cell.width - wide) // 2), cell.top + _even((cell.height - high) // 2), wide, high)


def standing(cell: Box, index: FrameIndex) -> Box:
    """Where in its room the picture of a part stands."""
    if index.rotation % 180:
        return fitted(cell, index.height, index.width, 1 / index.aspect)
    return fitted(cell, index.width, index.height, index.aspect)


def _even(length: int) -> int:
    return length & ~1
