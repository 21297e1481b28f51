"""A pinhole camera: where a point of the street frame falls in the picture."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

NEAR = 0.35  # metres; nothing nearer is drawn


@dataclass(frozen=True, slots=True)
class Pose:
    """Where a chest camera is and looks: metres in the street frame, radians (yaw counter-clockwise from x)."""

    x: float
    y: float
    z: float
    yaw: float
    pitch: float = 0.0
    roll: float = 0.0


class Lens:
    """One frame's projection. `focal` is in pixels, the principal point in the middle of the picture."""

    def __init__(self, pose: Pose, width: int, height: int, field_of_view: float) -> None:
        self.pose = pose
        self.width, self.height = width, height
        self.focal = width / 2 / math.tan(math.radians(field_of_view) / 2)
        self.origin = np.array([pose.x, pose.y, pose.z])
        cos, sin = math.cos(pose.yaw), math.sin(pose.yaw)
        up, down = math.cos(pose.pitch), math.sin(pose.pitch)
        forward = np.array([cos * up, sin * up, down])
        right = np.array([sin, -cos, 0.0])
        lift = np.cross(right, forward)
        tilt, lean = math.cos(pose.roll), math.sin(pose.roll)
        self._axes = np.array([right * tilt + lift * lean, right * lean - lift * tilt, forward]).T
        self._middle = np.array([width / 2, height / 2])

    def view(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Points (…×3) in the camera's own frame: right, down, forward; metres."""
        seen: NDArray[np.float64] = (points - self.origin) @ self._axes
        return seen

    def flatten(self, seen: NDArray[np.float64]) -> NDArray[np.float64]:
        """Pixels (…×2) of points in the camera's own frame, which must lie in front of it."""
        flat: NDArray[np.float64] = seen[..., :2] * (self.focal / seen[..., 2:]) + self._middle
        return flat

    def polygon(self, points: NDArray[np.float64]) -> NDArray[np.float64] | None:
        """Pixels of a polygon (n×3), cut where it comes behind the camera; None if nothing of it is in front."""
        seen = self.view(points)
        depth = seen[:, 2]
        if depth.min() < NEAR:
            if depth.max() < NEAR:
                return None
            seen = _cut(seen)
        flat = self.flatten(seen)
        low, high = flat.min(axis=0), flat.max(axis=0)
        if high[0] < 0 or high[1] < 0 or low[0] > self.width or low[1] > self.height:
            return None
        return flat

    def point(self, x: float, y: float, z: float) -> tuple[float, float, float] | None:
        """Pixel and depth (m) of one point, or None behind the camera."""
        seen = self.view(np.array([x, y, z]))
        if seen[2] < NEAR:
            return None
        flat = self.flatten(seen)
        return float(flat[0]), float(flat[1]), float(seen[2])

    def depth(self, x: float, y: float) -> float:
        """How far ahead (m) a place on the ground is."""
        return float((x - self.pose.x) * math.cos(self.pose.yaw) + (y - self.pose.y) * math.sin(self.pose.yaw))


def _cut(seen: NDArray[np.float64]) -> NDArray[np.float64]:
    """What of a polygon lies in front of the near plane (Sutherland-Hodgman against one plane)."""
    kept: list[NDArray[np.float64]] = []
    for here, ahead in zip(seen, np.roll(seen, -1, axis=0), strict=True):
        inside, next_inside = here[2] >= NEAR, ahead[2] >= NEAR
        if inside:
            kept.append(here)
        if inside != next_inside:
            kept.append(here + (ahead - here) * ((NEAR - here[2]) / (ahead[2] - here[2])))
    return np.array(kept)
