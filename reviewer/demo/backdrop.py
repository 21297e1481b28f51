"""What stands still in the street: sky, ground, houses, wires, lamps; back to front."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from reviewer.demo import canvas, street
from reviewer.demo.canvas import Image
from reviewer.demo.lens import NEAR, Lens
from reviewer.demo.street import Colour, Facade
from reviewer.demo.thing import Thing, by_block

_SKY: tuple[tuple[float, Colour], ...] = (
    (-0.75, (84, 56, 40)),
    (-0.45, (97, 67, 56)),
    (-0.22, (95, 75, 76)),
    (-0.06, (93, 82, 98)),
    (0.0, (96, 92, 116)),
)
HAZE: Colour = (88, 80, 96)
_ROAD: Colour = (62, 54, 51)
_PAVEMENT: Colour = (88, 83, 82)
_KERB: Colour = (112, 104, 102)
_JOINT: Colour = (72, 66, 64)
_RAIL: Colour = (128, 116, 110)
_BAR: Colour = (112, 108, 108)
_WIRE: Colour = (38, 30, 28)
_LAMP: Colour = (170, 214, 240)
_HAZE_AT = 210.0  # metres at which a wall would be all haze


class Backdrop:
    """The still parts for one seed; `paint` draws them for one lens."""

    def __init__(self, seed: int) -> None:
        self._facades = street.build_facades(seed)
        self._pavements = street.pavements()
        self._kerbs = np.concatenate([np.stack([edge[:-1], edge[1:]], axis=1) for edge in street.kerbs()])
        self._bars = np.array(street.crossings())
        self._rails = [quad for quad, _ in street.rails()]
        self._joints = np.array(street.joints())
        self._wires = np.concatenate([np.stack([chain[:-1], chain[1:]], axis=1) for chain in street.wires()])
        self._lamps = [_Lamp(*lamp) for lamp in street.lamps()]

    def paint(self, image: Image, lens: Lens, movers: list[Thing]) -> None:
        """Draw the street with what moves in it, each thing before the houses that hide it."""
        self._sky(image, lens)
        self._ground(image, lens)
        self._ends(image, lens)
        order = sorted(range(len(street.BLOCKS)), key=lambda block: -self._away(street.corner_of(block), lens))
        wires = self._wire_layers(lens, order)
        lamps = [Thing(lens.depth(lamp.x, lamp.y), np.array([[lamp.x, lamp.y]]), lamp) for lamp in self._lamps]
        things = by_block(movers + lamps, lens, order)
        quads = self._project(lens)
        for i in range(len(order) + 1):
            _segments(image, lens, wires[i], _WIRE, lens.height / 500)
            for thing in things[i]:
                thing.paint(image, lens)
            if i < len(order):
                self._houses(image, lens, order[i], quads)

    def _sky(self, image: Image, lens: Lens) -> None:
        """A gradient that stays with the horizon; above and below its ends it goes on."""
        horizon = lens.height / 2 + np.tan(lens.pose.pitch) * lens.focal
        rows = (np.arange(lens.height) - horizon) / lens.height
        stops, shades = [s for s, _ in _SKY], np.array([c for _, c in _SKY], dtype=float)
        column = np.stack([np.interp(rows, stops, shades[:, i]) for i in range(3)], axis=1).astype(np.uint8)
        below = min(lens.height, int(horizon) + round(lens.height * 0.03))
        if below > 0:
            cv2.resize(column[:below, None], (lens.width, below), dst=image[:below], interpolation=cv2.INTER_NEAREST)
        cv2.rectangle(image, (0, max(0, below)), (lens.width, lens.height), _ROAD, -1)

    def _ground(self, image: Image, lens: Lens) -> None:
        far = 400.0
        road = lens.polygon(np.array([[-far, -far, 0], [far, -far, 0], [far, far, 0], [-far, far, 0]]))
        if road is not None:
            canvas.polygon(image, road, _ROAD)
        for corners in self._pavements:
            flat = lens.polygon(corners)
            if flat is not None:
                canvas.polygon(image, flat, _PAVEMENT)
        _segments(image, lens, self._kerbs, _KERB, lens.height / 420)
        _segments(image, lens, self._joints, _JOINT, lens.height / 900)
        for quad in self._bars:
            flat = lens.polygon(quad)
            if flat is not None:
                canvas.polygon(image, flat, _BAR)
        for quad in self._rails:
            flat = lens.polygon(quad)
            if flat is not None:
                canvas.polygon(image, flat, _RAIL)

    def _ends(self, image: Image, lens: Lens) -> None:
        """Far blocks at the ends of the streets, so that no street runs into nothing."""
        x, y = street.END_X, street.END_Y
        for corners in (((x, -40), (x, 40)), ((-x, -40), (-x, 40)), ((-40, y), (40, y)), ((-40, -y), (40, -y))):
            (x0, y0), (x1, y1) = corners
            flat = lens.polygon(np.array([[x0, y0, 0], [x1, y1, 0], [x1, y1, 13], [x0, y0, 13]], dtype=float))
            if flat is not None:
                canvas.polygon(image, flat, HAZE)

    def _project(self, lens: Lens) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """Every quad of the houses in pixels (n×4×2), and which of them are in the picture."""
        seen = lens.view(self._facades.quads)
        flat = lens.flatten(np.maximum(seen, _FLOOR))
        across = flat[:, :, 0]
        ahead = seen[:, :, 2].min(axis=1) > NEAR
        return flat, ahead & (across.max(axis=1) > 0) & (across.min(axis=1) < lens.width)

    def _houses(
        self, image: Image, lens: Lens, block: int, quads: tuple[NDArray[np.float64], NDArray[np.bool_]]
    ) -> None:
        """One block's house fronts, far to near."""
        flat, shown = quads
        fronts = [f for f in self._facades.fronts if f.block == block and self._faces(f, lens)]
        for front in sorted(fronts, key=lambda f: -self._away(f.middle, lens)):
            wall = lens.polygon(self._facades.quads[front.wall])
            if wall is None:
                continue
            away = self._away(front.middle, lens)
            haze = min(0.8, away / _HAZE_AT)
            canvas.polygon(image, wall, canvas.mix(front.colour, HAZE, haze))
            for panes in front.panes:
                rows = np.flatnonzero(shown[panes.start : panes.stop]) + panes.start
                colour = canvas.mix(panes.colour, HAZE, haze * (0.35 if panes.lit else 0.8))
                canvas.polygons(image, flat[rows], colour)

    @staticmethod
    def _faces(front: Facade, lens: Lens) -> bool:
        across, along = lens.pose.x - front.middle[0], lens.pose.y - front.middle[1]
        return across * front.normal[0] + along * front.normal[1] > 0.05

    @staticmethod
    def _away(place: tuple[float, ...], lens: Lens) -> float:
        return math.hypot(place[0] - lens.pose.x, place[1] - lens.pose.y)

    def _wire_layers(self, lens: Lens, order: list[int]) -> list[NDArray[np.float64]]:
        """The pieces of wire (n×2×3) to draw before each block of `order`, and last those that no block hides."""
        behind = street.hidden(lens.pose.x, lens.pose.y, self._wires.reshape(-1, 3))
        one, other = behind[0::2], behind[1::2]  # the two ends
        hidden_by = (one | other)[:, order]
        layer = np.where(hidden_by.any(axis=1), hidden_by.argmax(axis=1), len(order))
        layer[one.any(axis=1) & other.any(axis=1)] = -1
        return [self._wires[layer == i] for i in range(len(order) + 1)]


@dataclass(frozen=True, slots=True)
class _Lamp:
    x: float
    y: float
    reach: float

    def __call__(self, image: Image, lens: Lens) -> None:
        foot, top = lens.point(self.x, self.y, 0), lens.point(self.x, self.y, 5.2)
        tip = lens.point(self.x, self.y + self.reach * 1.3, 5.4)
        if foot is None or top is None or tip is None:
            return
        size = lens.focal / foot[2]
        canvas.line(image, np.array([foot[:2], top[:2], tip[:2]]), _WIRE, 0.11 * size)
        canvas.disc(image, tip[0], tip[1], 0.19 * size, _LAMP)
        canvas.glow(image, tip[0], tip[1], 1.6 * size, 1.6 * size, (38, 62, 78))


def _segments(image: Image, lens: Lens, ends: NDArray[np.float64], colour: Colour, thickness: float) -> None:
    """Lines in space (n×2×3); what of them is behind the camera is cut off."""
    seen = lens.view(ends)
    seen = seen[seen[:, :, 2].max(axis=1) > NEAR]
    for here, there in ((0, 1), (1, 0)):
        behind = seen[:, here, 2] < NEAR
        a, b = seen[behind, here], seen[behind, there]
        seen[behind, here] = a + (b - a) * ((NEAR - a[:, 2]) / (b[:, 2] - a[:, 2]))[:, None]
    flat = lens.flatten(seen)
    low, high = flat.min(axis=1), flat.max(axis=1)
    inside = (high[:, 0] > 0) & (low[:, 0] < lens.width) & (high[:, 1] > 0) & (low[:, 1] < lens.height)
    canvas.lines(image, flat[inside], colour, thickness)


_FLOOR = np.array([-np.inf, -np.inf, NEAR])
