"""Where the map looks: the middle, the zoom, and the way between degrees, world units and pixels."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from reviewer.maps import mercator

MIN_ZOOM = 3.0
MAX_ZOOM = 20.0


@dataclass(frozen=True, slots=True)
class MapView:
    """`x`, `y`: the middle in world units (maps/mercator); `zoom` as in 256 px tiles; `width`, `height` in px."""

    x: float
    y: float
    zoom: float
    width: int
    height: int

    @property
    def scale(self) -> float:
        """Px for one world unit."""
        return mercator.world_px(self.zoom)

    def to_px(self, x: float, y: float) -> tuple[float, float]:
        return (x - self.x) * self.scale + self.width / 2, (y - self.y) * self.scale + self.height / 2

    def to_world(self, px: float, py: float) -> tuple[float, float]:
        return self.x + (px - self.width / 2) / self.scale, self.y + (py - self.height / 2) / self.scale

    def px_per_metre(self) -> float:
        lat, _ = mercator.to_degrees(self.x, self.y)
        return self.scale / mercator.metres_per_unit(lat)

    def moved(self, dx: float, dy: float) -> MapView:
        """Dragged by so many px."""
        return replace(self, x=self.x - dx / self.scale, y=min(1.0, max(0.0, self.y - dy / self.scale)))

    def zoomed(self, steps: float, px: float, py: float) -> MapView:
        """Zoomed by `steps` (1 = twice as large), the point under (px, py) staying where it is."""
        zoom = min(MAX_ZOOM, max(MIN_ZOOM, self.zoom + steps))
        x, y = self.to_world(px, py)
        factor = 2.0 ** (self.zoom - zoom)
        return replace(self, x=x + (self.x - x) * factor, y=y + (self.y - y) * factor, zoom=zoom)

    def fitted(self, left: float, top: float, right: float, bottom: float, margin: int = 36) -> MapView:
        """Showing the whole rectangle (world units), no closer than a street's width is useful."""
        wide = max((right - left) / max(1, self.width - 2 * margin), (bottom - top) / max(1, self.height - 2 * margin))
        zoom = 17.5 if wide <= 0 else math.log2(1 / (wide * mercator.TILE))
        middle_x, middle_y = (left + right) / 2, (top + bottom) / 2
        return replace(self, x=middle_x, y=middle_y, zoom=min(17.5, max(MIN_ZOOM, zoom)))

    def contains(self, x: float, y: float, inset: float) -> bool:
        """Whether a point stands at least `inset` (share of the smaller side) inside."""
        px, py = self.to_px(x, y)
        edge = inset * min(self.width, self.height)
        return edge <= px <= self.width - edge and edge <= py <= self.height - edge


def round_metres(at_most: float) -> int:
    """The longest of 1, 2, 5, 10, 20, 50 … metres that is not longer; at least 1."""
    power = int(10 ** max(0, math.floor(math.log10(max(1.0, at_most)))))
    return next((step * power for step in (5, 2, 1) if step * power <= at_most), max(1, power // 2))
