"""Cards, and the words about pictures, drawn with the program's own fonts. No footage is at hand here."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import av
import numpy as np
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter
from PIL import Image as Pictures
from PIL import ImageDraw, ImageFont

from reviewer.config import resource
from reviewer.domain.render import RenderPlan, Scene
from reviewer.media.framing import Box, bars, name_height

_GROUND = (14, 17, 20)
_BAR = (27, 31, 37)
_TILE = (33, 38, 45)
_INK = (236, 239, 242)
_QUIET = (178, 186, 194)
_MOST_LINES = 14
_MATRICES = {1: Colorspace.ITU709, 5: Colorspace.ITU601, 6: Colorspace.ITU601, 7: Colorspace.SMPTE240M}
_FULL = 2
_HD = 720


def card(lines: Sequence[str], width: int, height: int) -> Pictures.Image:
    """A card: the first line as its title, the others beneath it, in the middle."""
    sheet = Pictures.new("RGB", (width, height), _GROUND)
    draw = ImageDraw.Draw(sheet)
    room = round(width * 0.8)
    size = max(14, min(width, round(height * 16 / 9)) // 28)
    head = [
        (line, _font("SemiBold", round(size * 1.5)), _INK)
        for line in _wrapped(lines[:1], "SemiBold", round(size * 1.5), room)
    ]
    rest = [(line, _font("Regular", size), _QUIET) for line in _wrapped(lines[1:], "Regular", size, room)]
    drawn = [*head, *rest][:_MOST_LINES]
    heights = [round(font.size * 1.5) for _, font, _ in drawn]
    y = (height - sum(heights)) // 2
    for (line, font, ink), high in zip(drawn, heights, strict=True):
        draw.text((width // 2, y + high // 2), line, ink, font, anchor="mm")
        y += high
    return sheet


def surroundings(
    plan: RenderPlan, scene: Scene, size: tuple[int, int], rooms: Sequence[Box], missing: Sequence[str]
) -> Pictures.Image:
    """A scene's frame without its pictures, which come to stand in `rooms`: title and names above, caption beneath.
    `missing`: for each source, what its room says instead of a picture, "" where there is one."""
    height = size[1]
    sheet = Pictures.new("RGB", size, _GROUND)
    draw = ImageDraw.Draw(sheet)
    for room, said in zip(rooms, missing, strict=False):
        if said:
            draw.rectangle((room.left, room.top, room.left + room.width - 1, room.top + room.height - 1), _TILE)
            _middle(draw, room, said, max(12, height // 36))
    if bars(plan, height):
        _words(draw, plan, scene, size, rooms)
    return sheet


def _words(
    draw: ImageDraw.ImageDraw, plan: RenderPlan, scene: Scene, size: tuple[int, int], rooms: Sequence[Box]
) -> None:
    width, height = size
    bar, line = bars(plan, height), name_height(plan, scene, height)
    pad, text = bar // 4, round(bar * 0.42)
    draw.rectangle((0, 0, width, bar - 1), _BAR)
    one = scene.sources[0].name if len(scene.sources) == 1 else ""
    taken = _width(one, "Regular", round(text * 0.8)) + pad if one else 0
    title = _fitting(scene.title, "SemiBold", text, width - 2 * pad - taken)
    draw.text((pad, bar // 2), title, _INK, _font("SemiBold", text), anchor="lm")
    if one:
        draw.text((width - pad, bar // 2), one, _QUIET, _font("Regular", round(text * 0.8)), anchor="rm")
    for room, source in zip(rooms, scene.sources, strict=False):
        if line and source.name:
            name = _fitting(source.name, "Regular", round(line * 0.6), room.width - pad)
            draw.text(
                (room.left, room.top - line // 2),
                name,
                _QUIET,
                _font("Regular", round(line * 0.6)),
                anchor="lm",
            )
    if scene.caption:
        lines = _wrapped([scene.caption], "Medium", text, width - 2 * pad)
        if len(lines) > 1:
            text = round(bar * 0.3)
            lines = _wrapped([scene.caption], "Medium", text, width - 2 * pad)[:2]
        for n, each in enumerate(lines):
            y = height - bar // 2 + round((n - (len(lines) - 1) / 2) * text * 1.35)
            draw.text((width // 2, y), each, _INK, _font("Medium", text), anchor="mm")


def matrix_of(matrix: int, height: int) -> Colorspace:
    """The matrix of a picture that is marked so (ITU-T H.273), or, unmarked, by custom has it."""
    return _MATRICES.get(matrix, Colorspace.ITU709 if height >= _HD else Colorspace.ITU601)


def to_frame(sheet: Pictures.Image, pixels: str, matrix: int, range_: int) -> av.VideoFrame:
    """A drawn sheet as YUV 4:2:0, in the file's own matrix and range."""
    rgb = av.VideoFrame.from_ndarray(np.asarray(sheet), format="rgb24")
    return VideoReformatter().reformat(
        rgb,
        format=pixels,
        dst_colorspace=matrix_of(matrix, sheet.height),
        dst_color_range=ColorRange.JPEG if range_ == _FULL else ColorRange.MPEG,
        interpolation=Interpolation.BICUBIC,
    )


def _middle(draw: ImageDraw.ImageDraw, room: Box, words: str, size: int) -> None:
    lines = _wrapped([words], "Regular", size, round(room.width * 0.9))
    for n, line in enumerate(lines):
        y = room.top + room.height // 2 + round((n - (len(lines) - 1) / 2) * size * 1.4)
        draw.text((room.left + room.width // 2, y), line, _QUIET, _font("Regular", size), anchor="mm")


@lru_cache(maxsize=32)
def _font(weight: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(
        str(resource("fonts", f"Inter-{weight}.otf")), max(8, size), layout_engine=ImageFont.Layout.BASIC
    )


def _width(words: str, weight: str, size: int) -> int:
    return round(_font(weight, size).getlength(words))


def _fitting(words: str, weight: str, size: int, room: int) -> str:
    """As much as there is room for."""
    if _width(words, weight, size) <= room:
        return words
    while words and _width(f"{words}…", weight, size) > room:
        words = words[:-1]
    return f"{words.rstrip()}…"


def _wrapped(lines: Sequence[str], weight: str, size: int, room: int) -> list[str]:
    found: list[str] = []
    for line in (part for each in lines for part in each.splitlines()):
        now = ""
        for word in line.split():
            wider = f"{now} {word}".strip()
            if now and _width(wider, weight, size) > room:
                found.append(now)
                now = word
            else:
                now = wider
        found.append(_fitting(now, weight, size, room))
    return found
