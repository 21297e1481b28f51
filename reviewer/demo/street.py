"""The street: Aleksanterinkatu × Mikonkatu in Helsinki, in metres, simplified to boxes.

The street frame has its origin where the two streets' middle lines cross, x along Aleksanterinkatu (roughly east), y
along Mikonkatu (roughly north), z up. Origin and bearing are those of the base map's street lines; the facades and
everything on them are made up.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]  # n×3 metres in the street frame
Colour = tuple[int, int, int]  # blue, green, red

_ORIGIN = (60.168898, 24.945547)
_TURN = math.radians(2.76)  # x of the street frame points so far north of east
# Metres in a degree at this latitude (WGS 84 ellipsoid, series in cos nφ).
_PER_DEGREE_LAT = 111_415.0
_PER_DEGREE_LON = 55_518.0

NORTH_FACADE, SOUTH_FACADE = 11.0, -9.0
WEST_FACADE, EAST_FACADE = -8.0, 8.0
KERBS = (-5.6, 7.6)  # of Aleksanterinkatu, y
SIDE_KERBS = (-4.6, 4.6)  # of Mikonkatu, x
# The four blocks: which way from the crossing, and the corner of their house rows.
BLOCKS: tuple[tuple[float, float], ...] = ((1.0, 1.0), (-1.0, 1.0), (1.0, -1.0), (-1.0, -1.0))
END_X, END_Y = 150.0, 95.0  # where the streets end in the dusk

_PLASTER: tuple[Colour, ...] = (
    (83, 92, 103),
    (80, 70, 80),
    (69, 72, 79),
    (84, 95, 109),
    (88, 78, 72),
    (72, 80, 98),
)
DARK_PANE: Colour = (52, 45, 42)
LIT_PANE: Colour = (112, 172, 205)
SHOP_COLD: Colour = (155, 139, 123)
SHOP_WARM: Colour = (136, 182, 200)


def to_wgs84(x: float, y: float) -> tuple[float, float]:
    """Latitude and longitude, degrees, of a place in the street frame."""
    east = x * math.cos(_TURN) - y * math.sin(_TURN)
    north = x * math.sin(_TURN) + y * math.cos(_TURN)
    return _ORIGIN[0] + north / _PER_DEGREE_LAT, _ORIGIN[1] + east / _PER_DEGREE_LON


def bearing(dx: float, dy: float) -> float:
    """Degrees clockwise from true north of a direction in the street frame."""
    return math.degrees(math.pi / 2 - (math.atan2(dy, dx) + _TURN)) % 360


@dataclass(frozen=True, slots=True)
class Panes:
    """Quads of one colour on one facade: rows [start, stop) of `Facades.quads`."""

    start: int
    stop: int
    colour: Colour
    lit: bool


@dataclass(frozen=True, slots=True)
class Facade:
    """One house front. `wall` is its row in `Facades.quads`; `normal` points into the street."""

    wall: int
    panes: tuple[Panes, ...]
    colour: Colour
    middle: tuple[float, float, float]
    normal: tuple[float, float]
    block: int  # index into BLOCKS


@dataclass(frozen=True, slots=True)
class Facades:
    """All house fronts: `quads` is n×4×3, projected at once for each frame."""

    fronts: tuple[Facade, ...]
    quads: NDArray[np.float64]


class _Builder:
    def __init__(self, seed: int) -> None:
        self._rng = np.random.default_rng([seed, 7])
        self._quads: list[Points] = []
        self.fronts: list[Facade] = []

    def row(self, block: int, start: Points, along: Points, length: float, normal: tuple[float, float]) -> None:
        """Houses side by side, from a corner along a street."""
        done = 0.0
        while done < length - 4:
            width = min(length - done, float(self._rng.integers(4, 7)) * 3.4)
            if length - done - width < 8:
                width = length - done
            self._house(block, start + along * done, along, width, normal)
            done += width

    def _house(self, block: int, corner: Points, along: Points, width: float, normal: tuple[float, float]) -> None:
        rng = self._rng
        storeys = int(rng.integers(4, 6))
        ground, storey = 4.3, float(rng.uniform(3.3, 3.7))
        height = ground + storeys * storey + 0.8
        colour = _PLASTER[int(rng.integers(len(_PLASTER)))]
        wall = self._add([_quad(corner, along, 0, width, 0, height)])[0]
        bays = max(2, round(width / 2.7))
        bay = width / bays
        dark: list[Points] = []
        lit: list[Points] = []
        for level in range(storeys):
            low = ground + level * storey + 0.9
            for i in range(bays):
                pane = _quad(corner, along, (i + 0.26) * bay, (i + 0.74) * bay, low, low + 2.0)
                (lit if rng.random() < 0.2 else dark).append(pane)
        cold: list[Points] = []
        warm: list[Points] = []
        for i in range(0, bays, 2):
            end = min(i + 2, bays)
            shop = _quad(corner, along, i * bay + 0.35, end * bay - 0.35, 0.5, 3.5)
            (warm if rng.random() < 0.35 else cold).append(shop)
        ledges = [_quad(corner, along, 0, width, low, high) for low, high in ((3.85, 4.1), (height - 0.45, height))]
        ledge = (colour[0] - 16, colour[1] - 17, colour[2] - 18)
        groups = (
            (ledges, ledge, False),
            (dark, DARK_PANE, False),
            (lit, LIT_PANE, True),
            (cold, SHOP_COLD, True),
            (warm, SHOP_WARM, True),
        )
        panes = tuple(Panes(*self._add(quads), shade, shines) for quads, shade, shines in groups if quads)
        middle = corner + along * (width / 2)
        at = (float(middle[0]), float(middle[1]), height / 2)
        self.fronts.append(Facade(wall, panes, colour, at, normal, block))

    def _add(self, quads: list[Points]) -> tuple[int, int]:
        start = len(self._quads)
        self._quads.extend(quads)
        return start, len(self._quads)

    def facades(self) -> Facades:
        return Facades(tuple(self.fronts), np.array(self._quads))


def _quad(corner: Points, along: Points, a: float, b: float, low: float, high: float) -> Points:
    up = np.array([0.0, 0.0, 1.0])
    return np.array(
        [
            corner + along * a + up * low,
            corner + along * b + up * low,
            corner + along * b + up * high,
            corner + along * a + up * high,
        ]
    )


def corner_of(block: int) -> tuple[float, float]:
    """Where a block's two house rows meet."""
    x_sign, y_sign = BLOCKS[block]
    return EAST_FACADE if x_sign > 0 else WEST_FACADE, NORTH_FACADE if y_sign > 0 else SOUTH_FACADE


def hidden(x: float, y: float, points: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which blocks stand between a place in the street and points (n×2 or n×3): n×4, in the order of `BLOCKS`."""
    behind = np.zeros((len(points), len(BLOCKS)), dtype=bool)
    dx, dy = points[:, 0] - x, points[:, 1] - y
    for block, (x_sign, y_sign) in enumerate(BLOCKS):
        corner_x, corner_y = corner_of(block)
        low, high = np.zeros(len(points)), np.ones(len(points))
        # The way there is inside the block where it is beyond both walls' lines at once.
        for start, step, limit in (
            (x * x_sign, dx * x_sign, corner_x * x_sign),
            (y * y_sign, dy * y_sign, corner_y * y_sign),
        ):
            with np.errstate(divide="ignore", invalid="ignore"):
                crossing = np.where(step == 0, np.inf if start <= limit else -np.inf, (limit - start) / step)
            low = np.where(step >= 0, np.maximum(low, crossing), low)
            high = np.where(step < 0, np.minimum(high, crossing), high)
        behind[:, block] = high - low > 1e-6
    return behind


def build_facades(seed: int) -> Facades:
    """The eight house rows around the crossing; the same for the same seed."""
    build = _Builder(seed)
    for block, (x_sign, y_sign) in enumerate(BLOCKS):
        x, y = corner_of(block)
        corner = np.array([x, y, 0.0])
        build.row(block, corner, np.array([x_sign, 0.0, 0.0]), END_X - abs(x), (0.0, -y_sign))
        build.row(block, corner, np.array([0.0, y_sign, 0.0]), END_Y - abs(y), (-x_sign, 0.0))
    return build.facades()


def _strip(x0: float, y0: float, x1: float, y1: float) -> Points:
    return np.array([[x0, y0, 0.0], [x1, y0, 0.0], [x1, y1, 0.0], [x0, y1, 0.0]])


def _corner(x_sign: float, y_sign: float) -> Points:
    """The kerb of one corner: along Aleksanterinkatu, around a quarter circle, along Mikonkatu."""
    x, y = SIDE_KERBS[0 if x_sign < 0 else 1], KERBS[0 if y_sign < 0 else 1]
    radius = 2.2
    turns = np.linspace(0, math.pi / 2, 7)
    arc_x = x + x_sign * radius * (1 - np.sin(turns))
    arc_y = y + y_sign * radius * (1 - np.cos(turns))
    arc = np.stack([arc_x, arc_y, np.zeros(7)], axis=1)
    return np.vstack([[x_sign * END_X, y, 0.0], arc, [x, y_sign * END_Y, 0.0]])


def kerbs() -> list[Points]:
    """The edges of the four pavements, each as a chain of points."""
    return [_corner(*signs) for signs in BLOCKS]


def pavements() -> list[Points]:
    """The four corners' pavements as polygons on the ground; the houses stand on their inner parts."""
    return [np.vstack([_corner(x, y), [x * END_X, y * END_Y, 0.0]]) for x, y in BLOCKS]


def crossings() -> list[Points]:
    """The white bars of the zebra crossings over Aleksanterinkatu, either side of Mikonkatu."""
    bars = np.arange(KERBS[0] + 0.5, KERBS[1] - 0.4, 1.1)
    return [_strip(x, y, x + 2.6, y + 0.5) for x in (-12.0, 12.5) for y in bars.tolist()]


def rails() -> list[tuple[Points, float]]:
    """Each tram rail as a quad on the ground: two tracks along Aleksanterinkatu."""
    ys = (-2.5, -1.07, 1.0, 2.43)
    return [(_strip(-END_X, y - 0.032, END_X, y + 0.032), y) for y in ys]


def joints() -> list[Points]:
    """Lines across the paving, as two ends each."""
    lines = [np.array([[x, SOUTH_FACADE, 0], [x, NORTH_FACADE, 0]]) for x in np.arange(-84.0, 85.0, 7.0).tolist()]
    across = [np.array([[WEST_FACADE, y, 0], [EAST_FACADE, y, 0]]) for y in np.arange(16.0, 70.0, 7.0).tolist()]
    return lines + across + [line * np.array([1.0, -1.0, 1.0]) for line in across]


def wires() -> list[Points]:
    """The trams' overhead wires and the span wires that hold them, each as a chain of points."""
    chains = [np.array([[x, y, 6.0] for x in np.arange(-120.0, 121.0, 12.0).tolist()]) for y in (-1.78, 1.72)]
    for x in np.arange(-96.0, 97.0, 24.0).tolist():
        chains.append(np.array([[x, SOUTH_FACADE, 9.5], [x, -1.78, 6.3], [x, 1.72, 6.3], [x, NORTH_FACADE, 9.5]]))
    return chains


def lamps() -> list[tuple[float, float, float]]:
    """Street lamps: x, y of the foot, and which way its arm reaches (+1 north, −1 south)."""
    xs = (-74.0, -50.0, -26.0, 24.0, 48.0, 72.0)
    return [(x, KERBS[0] - 0.6, 1.0) for x in xs] + [(x + 9.0, KERBS[1] + 0.6, -1.0) for x in xs]
