"""The cameras of the demo: who wears them, what they are, what is odd about each, and where they point.

They differ as real ones do. Spans and gaps are shares of the event's length. The first four have every feature that
the demo promises; five to nine are for a fuller wall.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from reviewer.demo.lens import Pose
from reviewer.demo.walk import Walk
from reviewer.domain.timebase import Micros

_CHEST = 1.38  # metres above the ground
_RIGHT = Micros(0)
Way = tuple[tuple[float, float, float], ...]  # shares of the event's length and the place then, metres


@dataclass(frozen=True, slots=True)
class DockCheck:
    """The dock compared the camera's clock with its own. `missing` is what it found has to be added to the camera's
    clock (µs, UTC minus camera), not exactly the truth; `uncertainty` is one standard deviation."""

    missing: Micros
    uncertainty: Micros


@dataclass(frozen=True, slots=True)
class CameraSpec:
    """One camera. `rate` is None for a variable one; `clock_error` is its clock minus UTC; `gap` is when it was off,
    `span` when it ran at all; `aim` is the place it points at; `track` is the sidecar's format; `track_gap` when the
    GPS was out; `fix` False means that the receiver never had one."""

    number: int
    name: str
    officer: str
    badge: str
    make: str
    model: str
    way: Way
    width: int
    height: int
    rate: Fraction | None
    time_base: Fraction
    field_of_view: float = 68.0
    aim: tuple[float, float] = (0.0, 0.6)
    b_frames: int = 0
    faststart: bool = False
    span: tuple[float, float] = (0.0, 1.0)
    gap: tuple[float, float] | None = None
    clock_error: Micros = _RIGHT
    checked: DockCheck | None = None
    track: str = "csv"
    track_gap: tuple[float, float] | None = None
    fix: bool = True
    buffer: bool = False
    stills: int = 0
    sample_rate: int = 48_000
    channels: int = 1
    gain: float = 1.0
    noise: float = 0.004
    stop_reason: str = "incident over"

    @property
    def directory(self) -> str:
        return f"{self.name.lower()}-{self.badge}"

    @property
    def serial(self) -> str:
        return f"{self.model.replace(' ', '')}-{self.badge}{self.number:02d}"


_30 = Fraction(30)
_NTSC = Fraction(30_000, 1_001)
_25 = Fraction(25)
_TB_30, _TB_NTSC, _TB_25, _TB_ANY = Fraction(1, 15_360), Fraction(1, 30_000), Fraction(1, 12_800), Fraction(1, 90_000)

CAMERAS: tuple[CameraSpec, ...] = (
    CameraSpec(
        1,
        "Niemi",
        "Ofc. A. Niemi",
        "2214",
        "AXIS",
        "W110",
        ((0.0, -40.0, -3.4), (0.46, -7.4, -3.0), (1.0, -5.6, -2.6)),
        1920,
        1080,
        _30,
        _TB_30,
        faststart=True,
        clock_error=Micros(118_000),
        checked=DockCheck(Micros(-121_000), Micros(20_000)),
        buffer=True,
        track_gap=(0.62, 0.79),
        gain=1.0,
        noise=0.003,
    ),
    CameraSpec(
        2,
        "Korhonen",
        "Ofc. L. Korhonen",
        "1873",
        "AXIS",
        "W120",
        ((0.0, 33.0, -4.3), (0.5, 6.8, -4.3), (1.0, 5.2, -4.2)),
        1920,
        1080,
        _NTSC,
        _TB_NTSC,
        field_of_view=76.0,
        aim=(1.0, 1.7),
        b_frames=2,
        span=(0.03, 0.985),
        gap=(0.425, 0.47),
        clock_error=Micros(-406_000),
        checked=DockCheck(Micros(411_000), Micros(22_000)),
        track="gpx",
        channels=2,
        gain=0.7,
        noise=0.005,
    ),
    CameraSpec(
        3,
        "Virtanen",
        "Ofc. M. Virtanen",
        "2051",
        "Reveal",
        "D5",
        ((0.0, -2.2, 42.0), (0.5, -3.4, 8.4), (1.0, -4.2, 6.4)),
        1280,
        720,
        _25,
        _TB_25,
        field_of_view=82.0,
        aim=(1.3, 0.8),
        span=(0.015, 0.81),
        clock_error=Micros(37_214_000),
        gain=1.25,
        noise=0.007,
        stop_reason="battery low",
    ),
    CameraSpec(
        4,
        "Laine",
        "Ofc. S. Laine",
        "1940",
        "Handset",
        "X6",
        ((0.15, -2.4, -38.0), (0.52, -2.8, -7.4), (1.0, -2.4, -5.9)),
        1280,
        720,
        None,
        _TB_ANY,
        field_of_view=64.0,
        faststart=True,
        span=(0.22, 1.0),
        clock_error=Micros(83_000),
        checked=DockCheck(Micros(-51_000), Micros(250_000)),
        fix=False,
        stills=3,
        sample_rate=44_100,
        gain=0.85,
        noise=0.006,
    ),
    CameraSpec(
        5,
        "Heikkinen",
        "Ofc. P. Heikkinen",
        "1765",
        "AXIS",
        "W110",
        ((0.0, -34.0, 9.0), (0.5, -13.5, 9.2), (1.0, -10.6, 8.9)),
        1920,
        1080,
        _30,
        _TB_30,
        faststart=True,
        span=(0.06, 0.97),
        clock_error=Micros(27_000),
        checked=DockCheck(Micros(-30_000), Micros(20_000)),
    ),
    CameraSpec(
        6,
        "Saarinen",
        "Sgt. T. Saarinen",
        "1012",
        "AXIS",
        "W120",
        ((0.0, 30.0, -7.4), (0.55, 13.5, -7.6), (1.0, 11.8, -7.2)),
        1280,
        720,
        _NTSC,
        _TB_NTSC,
        span=(0.10, 1.0),
        clock_error=Micros(-51_000),
        checked=DockCheck(Micros(48_000), Micros(22_000)),
        track="gpx",
    ),
    CameraSpec(
        7,
        "Lehtonen",
        "Ofc. E. Lehtonen",
        "1988",
        "Reveal",
        "D5",
        ((0.0, 5.2, -34.0), (0.5, 5.4, -15.5), (1.0, 4.9, -12.6)),
        1280,
        720,
        _25,
        _TB_25,
        span=(0.0, 0.93),
        clock_error=Micros(204_000),
        checked=DockCheck(Micros(-190_000), Micros(60_000)),
        gain=1.2,
    ),
    CameraSpec(
        8,
        "Koskinen",
        "Ofc. R. Koskinen",
        "2260",
        "Handset",
        "X6",
        ((0.0, -5.4, 36.0), (0.5, -5.6, 15.5), (1.0, -5.0, 12.4)),
        1280,
        720,
        None,
        _TB_ANY,
        field_of_view=72.0,
        span=(0.18, 0.95),
        clock_error=Micros(-33_000),
        checked=DockCheck(Micros(20_000), Micros(250_000)),
        sample_rate=44_100,
    ),
    CameraSpec(
        9,
        "Aalto",
        "Ofc. H. Aalto",
        "2307",
        "AXIS",
        "W110",
        ((0.0, 42.0, -1.0), (0.5, 17.5, -0.6), (1.0, 14.5, -0.4)),
        1920,
        1080,
        _30,
        _TB_30,
        faststart=True,
        span=(0.25, 1.0),
        clock_error=Micros(9_000),
        checked=DockCheck(Micros(-11_000), Micros(20_000)),
    ),
)


def walk_of(spec: CameraSpec, length: Micros, seed: int) -> Walk:
    """Where the officer goes; a little different with each seed."""
    aside = np.random.default_rng([seed, 11, spec.number]).uniform(-0.5, 0.5, 2).tolist()
    return Walk([(share * length / 1_000_000, x + aside[0], y + aside[1] * 0.5) for share, x, y in spec.way])


def pose_at(walk: Walk, t: float, spec: CameraSpec) -> Pose:
    """Where a chest camera is and looks: at what happens, swaying with each step."""
    step, number = walk.at(t), spec.number
    gait = math.tau * step.gone / 0.74
    swing = min(1.0, step.speed / 1.3)
    yaw = math.atan2(spec.aim[1] - step.y, spec.aim[0] - step.x)
    yaw += math.radians(2.2 * math.sin(0.31 * t + number) + 0.7 * math.sin(1.7 * t + 2 * number))
    yaw += math.radians(0.8) * swing * math.sin(gait / 2)
    pitch = math.radians(1.2 + 0.5 * math.sin(0.43 * t + number) + 0.35 * swing * math.sin(gait))
    roll = math.radians(0.8 * math.sin(0.23 * t + 3 * number) + 0.5 * swing * math.sin(gait / 2 + 1))
    return Pose(step.x, step.y, _CHEST + 0.02 * swing * math.sin(gait), yaw, pitch, roll)
