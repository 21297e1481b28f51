"""The patrol van and the trams: extruded outlines, the faces that look at the camera drawn far to near."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from reviewer.demo import canvas
from reviewer.demo.canvas import Image
from reviewer.demo.lens import Lens
from reviewer.demo.scene import Van
from reviewer.demo.street import Colour

Outline = tuple[tuple[float, float], ...]  # (ahead, up) metres, once around

_WHITE: Colour = (214, 209, 204)
_STRIPE: Colour = (142, 70, 28)
_PANE: Colour = (100, 88, 70)
_TYRE: Colour = (27, 23, 22)
_SHADOW: Colour = (44, 38, 36)
_BLUE_ON: Colour = (255, 150, 60)
_BLUE_OFF: Colour = (128, 66, 34)
_GREEN: Colour = (72, 100, 42)
_CREAM: Colour = (170, 200, 208)
_TRAM_PANE: Colour = (182, 172, 160)

_VAN_BODY: Outline = ((-2.5, 0.42), (2.5, 0.42), (2.5, 1.02), (1.75, 1.2), (1.2, 1.98), (-2.4, 1.98), (-2.5, 1.8))
_VAN_HALF = 0.95
_VAN_SIDE: tuple[tuple[Outline, Colour], ...] = (
    (((-2.5, 0.82), (2.5, 0.82), (2.5, 1.02), (2.1, 1.1), (-2.5, 1.1)), _STRIPE),
    (((-2.1, 1.24), (0.35, 1.24), (0.35, 1.8), (-2.1, 1.8)), _PANE),
    (((0.55, 1.24), (1.56, 1.24), (1.14, 1.8), (0.55, 1.8)), _PANE),
)
_TRAM_HALF = 1.2


class _Frame:
    """A place and a heading: (ahead, left, up) of a vehicle into the street."""

    def __init__(self, x: float, y: float, heading: float) -> None:
        cos, sin = math.cos(heading), math.sin(heading)
        self._axes = np.array([[cos, sin, 0], [-sin, cos, 0], [0, 0, 1]])
        self._at = np.array([x, y, 0.0])

    def place(self, points: list[tuple[float, float, float]]) -> NDArray[np.float64]:
        there: NDArray[np.float64] = np.array(points) @ self._axes + self._at
        return there

    def side(self, outline: Outline, left: float) -> NDArray[np.float64]:
        return self.place([(ahead, left, up) for ahead, up in outline])


def _fill(image: Image, lens: Lens, points: NDArray[np.float64], colour: Colour) -> None:
    flat = lens.polygon(points)
    if flat is not None:
        canvas.polygon(image, flat, colour)


def _looks_here(lens: Lens, points: NDArray[np.float64], inside: NDArray[np.float64]) -> bool:
    """Whether a face of a convex body shows its outer side; `inside` is a point within the body."""
    (ax, ay, az), (bx, by, bz) = (points[1] - points[0]).tolist(), (points[2] - points[1]).tolist()
    normal = (ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx)  # np.cross costs ten times as much here
    out, here = (points[0] - inside).tolist(), (lens.origin - points[0]).tolist()
    outward: float = sum(n * o for n, o in zip(normal, out, strict=True))
    towards: float = sum(n * h for n, h in zip(normal, here, strict=True))
    return bool(outward * towards > 0)


def paint_van(image: Image, lens: Lens, van: Van) -> None:
    """The patrol van, its wheels and stripe, and the two blue lights on its roof as they shine at this instant."""
    frame = _Frame(van.x, van.y, van.heading)
    inside = frame.place([(0, 0, 1.0)])[0]
    _fill(image, lens, frame.place([(-2.6, -1.1, 0), (2.6, -1.1, 0), (2.6, 1.1, 0), (-2.6, 1.1, 0)]), _SHADOW)
    for left in (_VAN_HALF, -_VAN_HALF):
        if not _looks_here(lens, frame.side(_VAN_BODY, left), inside):
            _wheels(image, lens, frame, left * 0.9)
    for i, (a, b) in enumerate(zip(_VAN_BODY, (*_VAN_BODY[1:], _VAN_BODY[0]), strict=True)):
        face = frame.place([(a[0], -0.95, a[1]), (b[0], -0.95, b[1]), (b[0], 0.95, b[1]), (a[0], 0.95, a[1])])
        if _looks_here(lens, face, inside):
            _fill(image, lens, face, _VAN_FACES[i])
            _face_details(image, lens, frame, i)
    for left in (_VAN_HALF, -_VAN_HALF):
        side = frame.side(_VAN_BODY, left)
        if _looks_here(lens, side, inside):
            _fill(image, lens, side, canvas.mix(_WHITE, (150, 140, 136), 0.12))
            for outline, colour in _VAN_SIDE:
                _fill(image, lens, frame.side(outline, left), colour)
            _wheels(image, lens, frame, left)
    _light_bar(image, lens, frame, van)


_VAN_FACES: tuple[Colour, ...] = (
    _SHADOW,
    (200, 194, 188),  # nose
    (208, 202, 197),  # bonnet
    _PANE,  # windscreen
    (196, 190, 186),  # roof
    (190, 184, 178),
    (198, 192, 188),  # back
)
_NOSE, _BACK = 1, 6


def _face_details(image: Image, lens: Lens, frame: _Frame, face: int) -> None:
    if face == _NOSE:
        band: list[tuple[float, float, float]] = [
            (2.51, s, u) for s, u in ((-0.95, 0.8), (0.95, 0.8), (0.95, 0.97), (-0.95, 0.97))
        ]
        _fill(image, lens, frame.place(band), _STRIPE)
        for left in (-0.72, 0.72):
            _lamp(image, lens, frame, (2.53, left, 0.74), 0.1, (200, 244, 255), 0.9)
    elif face == _BACK:
        pane: list[tuple[float, float, float]] = [
            (-2.51, s, u) for s, u in ((-0.75, 1.2), (0.75, 1.2), (0.72, 1.7), (-0.72, 1.7))
        ]
        _fill(image, lens, frame.place(pane), _PANE)
        for left in (-0.82, 0.82):
            _lamp(image, lens, frame, (-2.52, left, 0.9), 0.09, (48, 40, 220), 0.5)


def _wheels(image: Image, lens: Lens, frame: _Frame, left: float) -> None:
    for ahead in (-1.55, 1.55):
        turns = np.linspace(0, math.tau, 20, endpoint=False).tolist()
        rim = [(ahead + 0.4 * math.cos(a), left * 1.005, 0.4 + 0.4 * math.sin(a)) for a in turns]
        hub = [(ahead + 0.17 * math.cos(a), left * 1.01, 0.4 + 0.17 * math.sin(a)) for a in turns]
        _fill(image, lens, frame.place(rim), _TYRE)
        _fill(image, lens, frame.place(hub), (92, 88, 86))


def _light_bar(image: Image, lens: Lens, frame: _Frame, van: Van) -> None:
    """Each light glows over the van and onto the road while it shines."""
    lights = [(0.5, van.left_light), (-0.5, van.right_light)]
    lights.sort(key=lambda light: -lens.depth(*frame.place([(0.6, light[0], 2)])[0][:2].tolist()))
    for left, shines in lights:
        colour = _BLUE_ON if shines else _BLUE_OFF
        low, high, back, front = 1.98, 2.17, 0.42, 0.78
        a, b = left - 0.36, left + 0.36
        inside = frame.place([((back + front) / 2, left, 2.05)])[0]
        faces = (
            [(front, a, low), (front, b, low), (front, b, high), (front, a, high)],
            [(back, a, low), (back, b, low), (back, b, high), (back, a, high)],
            [(back, a, low), (front, a, low), (front, a, high), (back, a, high)],
            [(back, b, low), (front, b, low), (front, b, high), (back, b, high)],
            [(back, a, high), (front, a, high), (front, b, high), (back, b, high)],
        )
        for face in faces:
            points = frame.place(face)
            if _looks_here(lens, points, inside):
                _fill(image, lens, points, colour)
        if shines:
            _lamp(image, lens, frame, (0.6, left, 2.08), 0.13, (255, 236, 214), 2.6, (150, 70, 18))
            _pool(image, lens, frame, left)


def _pool(image: Image, lens: Lens, frame: _Frame, left: float) -> None:
    """Blue light on the road beside the van."""
    x, y = frame.place([(0.6, math.copysign(2.2, left), 0)])[0][:2].tolist()
    at = lens.point(x, y, 0.0)
    if at is not None and at[2] > 2.0:
        size = lens.focal / at[2]
        flat = max(0.08, lens.pose.z / at[2])
        canvas.glow(image, at[0], at[1], 4.5 * size, 4.5 * size * flat, (72, 30, 8))


def _lamp(
    image: Image,
    lens: Lens,
    frame: _Frame,
    place: tuple[float, float, float],
    radius: float,
    colour: Colour,
    reach: float,
    light: Colour = (60, 70, 76),
) -> None:
    at = lens.point(*frame.place([place])[0].tolist())
    if at is not None:
        size = lens.focal / at[2]
        canvas.disc(image, at[0], at[1], radius * size, colour)
        canvas.glow(image, at[0], at[1], reach * size, reach * size, light)


def paint_tram(image: Image, lens: Lens, x: float, y: float) -> None:
    """A green and cream tram standing along the track at y, its middle at x."""
    half = 9.0
    frame = _Frame(x, y, 0.0)
    inside = frame.place([(0, 0, 1.7)])[0]
    _fill(image, lens, frame.place([(-9, -1.3, 0), (9, -1.3, 0), (9, 1.3, 0), (-9, 1.3, 0)]), _SHADOW)
    for left in (_TRAM_HALF, -_TRAM_HALF):
        side = frame.side(((-half, 0.3), (half, 0.3), (half, 3.35), (-half, 3.35)), left)
        if _looks_here(lens, side, inside):
            _fill(image, lens, side, _GREEN)
            _fill(image, lens, frame.side(((-half, 0.9), (half, 0.9), (half, 1.6), (-half, 1.6)), left), _CREAM)
            for ahead in np.arange(-half + 0.7, half - 1.5, 2.2).tolist():
                pane = ((ahead, 1.75), (ahead + 1.8, 1.75), (ahead + 1.8, 2.85), (ahead, 2.85))
                _fill(image, lens, frame.side(pane, left), _TRAM_PANE)
    for end in (half, -half):
        _tram_end(image, lens, frame, end, inside)
    _pantograph(image, lens, frame)


def _tram_end(image: Image, lens: Lens, frame: _Frame, end: float, inside: NDArray[np.float64]) -> None:
    def quad(low: float, high: float, side: float) -> NDArray[np.float64]:
        return frame.place([(end, -side, low), (end, side, low), (end, side, high), (end, -side, high)])

    front = quad(0.3, 3.35, _TRAM_HALF)
    if not _looks_here(lens, front, inside):
        return
    _fill(image, lens, front, _GREEN)
    _fill(image, lens, quad(0.75, 1.55, 1.2), _CREAM)
    _fill(image, lens, quad(1.7, 2.8, 1.0), _TRAM_PANE)
    _fill(image, lens, quad(2.95, 3.2, 0.55), (40, 44, 34))
    for left in (-0.8, 0.8):
        _lamp(image, lens, frame, (end, left, 1.05), 0.13, (190, 236, 250), 1.0)


def _pantograph(image: Image, lens: Lens, frame: _Frame) -> None:
    ends = [lens.point(*p.tolist()) for p in frame.place([(0, -0.7, 4.5), (0, 0, 3.4), (0, 0.7, 4.5)])]
    if all(end is not None for end in ends):
        flat = np.array([end[:2] for end in ends if end is not None])
        canvas.line(image, flat, (38, 44, 30), lens.focal / lens.depth(*frame.place([(0, 0, 0)])[0][:2].tolist()) * 0.1)
