"""Timelines and map sketches of a report as a few strokes, for paper and for SVG alike. Units are millimetres."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from xml.sax.saxutils import escape

from reviewer.domain.report import MapSketch, Timeline
from reviewer.domain.timebase import Utc

_LABEL = 46.0  # width of the lanes' names
_LANE, _FLAGGED, _BAR = 6.0, 9.0, 4.0
_MAP = 90.0  # height of a map
_SCALES = (5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 50_000, 100_000)  # metres
_CHARACTER = 1.6  # mm, of a small letter, about: labels that would touch are left out
_DASH = 1.5
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 has no place for (2.2 Characters)."""


@dataclass(frozen=True, slots=True)
class Stroke:
    """From (x, y) to (u, v)."""

    x: float
    y: float
    u: float
    v: float
    dashed: bool = False
    heavy: bool = False


@dataclass(frozen=True, slots=True)
class Box:
    x: float
    y: float
    width: float
    height: float
    full: bool = True


@dataclass(frozen=True, slots=True)
class Words:
    """`y` is the line that the letters stand on."""

    x: float
    y: float
    text: str


Mark = Stroke | Box | Words


@dataclass(frozen=True, slots=True)
class Drawn:
    """`width` × `height` mm of marks, in the order in which they are drawn."""

    width: float
    height: float
    marks: tuple[Mark, ...]


def drawn(of: Timeline | MapSketch, width: float) -> Drawn:
    """The drawing, as wide as that (mm)."""
    return _timeline(of, width) if isinstance(of, Timeline) else _map(of, width)


def _timeline(of: Timeline, width: float) -> Drawn:
    room = width - _LABEL
    whole = max(1, of.span.duration)
    tops = [6.0]
    for lane in of.lanes:
        tops.append(tops[-1] + (_FLAGGED if lane.flags else _LANE))
    height = tops[-1]

    def x(at: Utc) -> float:
        return _LABEL + room * min(1.0, max(0.0, (at - of.span.start) / whole))

    marks: list[Mark] = []
    free = _LABEL
    for at, words in of.ticks:
        marks.append(Stroke(x(at), 4.5, x(at), height))
        if x(at) >= free:
            marks.append(Words(x(at), 3.5, words))
            free = x(at) + _CHARACTER * (len(words) + 1)
    for top, lane in zip(tops, of.lanes, strict=False):
        marks.append(Words(0, top + 3.4, lane.label))
        for bars, full in ((lane.hollow, False), (lane.bars, True)):
            marks += [Box(x(b.start), top, max(0.3, x(b.end) - x(b.start)), _BAR, full) for b in bars]
        free = 0.0
        for at, words in lane.flags:
            marks.append(Stroke(x(at), top - 1, x(at), top + _BAR + 1, heavy=True))
            if x(at) >= free:
                marks.append(Words(x(at) + 0.6, top + _BAR + 2.4, words))
                free = x(at) + _CHARACTER * (len(words) + 1)
    return Drawn(width, height, tuple(marks))


def _map(of: MapSketch, width: float) -> Drawn:
    points = [p for way in of.ways for p in way.points] + [(east, north) for east, north, _ in of.spots]
    if not points:
        return Drawn(width, 0.0, ())
    easts, norths = [p[0] for p in points], [p[1] for p in points]
    across, up = max(20, max(easts) - min(easts)), max(20, max(norths) - min(norths))
    scale = min((width - 40) / across, (_MAP - 14) / up)  # mm a metre; room for the last labels
    left = (width - across * scale) / 2

    def at(east: int, north: int) -> tuple[float, float]:
        return left + (east - min(easts)) * scale, 4 + (max(norths) - north) * scale

    height = 4 + up * scale + 10
    marks: list[Mark] = [Box(0, 0, width, height, full=False)]
    for way in of.ways:
        ends = [at(*point) for point in way.points]
        marks += [Stroke(*one, *other, dashed=way.dashed, heavy=True) for one, other in pairwise(ends)]
        if ends:
            marks.append(Words(ends[-1][0] + 1, ends[-1][1], way.label))
    for east, north, words in of.spots:
        x, y = at(east, north)
        marks += [Box(x - 1, y - 1, 2, 2), Words(x + 1.6, y + 1, words)]
    metres = max((m for m in _SCALES if m * scale <= 60), default=_SCALES[0])
    foot = height - 3
    marks += [Stroke(4, foot, 4 + metres * scale, foot, heavy=True), Words(4, foot - 1.2, f"{metres:,} m")]
    marks += [Stroke(width - 6, foot, width - 6, foot - 6, heavy=True), Words(width - 7, foot - 7, "N")]
    return Drawn(width, height, tuple(marks))


def to_svg(of: Drawn, alt: str) -> str:
    """The same as SVG 1.1, to stand inside a page."""
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {of.width:.1f} {of.height:.1f}">',
        f"<title>{escape(writable(alt))}</title>",
    ]
    for mark in of.marks:
        match mark:
            case Stroke():
                more = f' stroke-dasharray="{_DASH}"' if mark.dashed else ""
                ends = f'x1="{mark.x:.2f}" y1="{mark.y:.2f}" x2="{mark.u:.2f}" y2="{mark.v:.2f}"'
                grey = "#151b23" if mark.heavy else "#d3dae2"
                lines.append(f'<line {ends} stroke="{grey}" stroke-width="0.4"{more}/>')
            case Box():
                size = f'x="{mark.x:.2f}" y="{mark.y:.2f}" width="{mark.width:.2f}" height="{mark.height:.2f}"'
                fill = "#14315c" if mark.full else "none"
                lines.append(f'<rect {size} fill="{fill}" stroke="#74808d" stroke-width="0.2"/>')
            case Words():
                at, words = f'x="{mark.x:.2f}" y="{mark.y:.2f}"', escape(writable(mark.text))
                lines.append(f'<text {at} font-size="3">{words}</text>')
    return "\n".join([*lines, "</svg>"])


def writable(words: str) -> str:
    """The words as XML can have them: a mark stands for what it has no place for."""
    return _NOT_XML.sub("�", words)
