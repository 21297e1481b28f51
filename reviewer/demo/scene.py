"""What happens in the street, by the instant: the same for every camera that looks.

Times are shares of the event's length, so a short demo has everything a long one has. Inside, `t` is seconds since the
event's start as a float: geometry, no clock. The clock is `Schedule`, in integer microseconds.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from reviewer.demo.street import Colour
from reviewer.demo.walk import Walk
from reviewer.domain.timebase import Micros, Utc

FALL_HEIGHT = 0.95  # metres the dropped bag falls
FALL = Micros(round(math.sqrt(2 * FALL_HEIGHT / 9.81) * 1_000_000))
SUBJECT = (-0.8, -0.2)  # where the person with the bag stands, metres
VAN_STOP = (4.3, 5.2)
_FLASH_PERIOD = 0.8
_SHARES = {"bell": 0.12, "horn": 0.28, "van_stops": 0.34, "door": 0.39, "arm_raised": 0.55, "bag_dropped": 0.66}
_VAN_COMES, _ARM_DOWN, _BELL_AGAIN = 0.10, 0.76, 0.86


@dataclass(frozen=True, slots=True)
class Schedule:
    """When things happen. `start` is the UTC of the event's start, `length` its length."""

    start: Utc
    length: Micros

    def instant(self, share: float) -> Utc:
        return Utc(self.start + round(share * self.length))

    def seconds(self, instant: Utc) -> float:
        return (instant - self.start) / 1_000_000

    @property
    def events(self) -> dict[str, Utc]:
        """Every event that can be seen or heard, and its UTC."""
        times = {name: self.instant(share) for name, share in _SHARES.items()}
        times["bag_lands"] = Utc(times["bag_dropped"] + FALL)
        times["bell_again"] = self.instant(_BELL_AGAIN)
        return dict(sorted(times.items(), key=lambda pair: pair[1]))

    def event(self, name: str) -> float:
        """Seconds since the event's start."""
        return self.seconds(self.events[name])


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in the street. `gone` is how far they have walked (it moves their legs), `swing` how much (0 to 1);
    `arm` is how far the right arm is raised (0 to 1), `holds` whether the left hand is held out with the bag."""

    x: float
    y: float
    facing: float
    gone: float
    swing: float
    coat: Colour
    trousers: Colour
    head: Colour
    officer: bool = False
    arm: float = 0.0
    holds: bool = False


@dataclass(frozen=True, slots=True)
class Van:
    """The patrol van: middle of its footprint, heading in radians; which of its two blue lights shine."""

    x: float
    y: float
    heading: float
    left_light: bool
    right_light: bool


@dataclass(frozen=True, slots=True)
class Bag:
    x: float
    y: float
    z: float
    turn: float


@dataclass(frozen=True, slots=True)
class Moment:
    """The street at one instant. `people` are in the order of `Scene.officers` and then everybody else."""

    people: tuple[Person, ...]
    van: Van
    trams: tuple[float, ...]  # x of each tram's middle
    bag: Bag


_NAVY: Colour = (58, 42, 33)
_DARK_HEAD: Colour = (48, 36, 30)
_LOOKS: tuple[tuple[Colour, Colour, Colour], ...] = (
    ((84, 95, 109), (70, 78, 90), (88, 104, 122)),
    ((104, 88, 76), (84, 72, 62), (88, 104, 122)),
    ((92, 80, 112), (62, 58, 66), (96, 116, 140)),
    ((96, 112, 92), (66, 62, 58), (88, 104, 122)),
    ((120, 112, 104), (80, 66, 60), (70, 84, 104)),
)
# Passers-by: shares of the event's length and where they are then.
_PASSERS: tuple[tuple[tuple[float, float, float], ...], ...] = (
    ((0.0, -46.0, 9.0), (0.62, -9.0, 8.8), (1.0, -8.5, 8.6)),
    ((0.0, 52.0, -7.2), (0.55, 13.0, -7.0), (1.0, 9.5, -6.6)),
    ((0.0, -20.0, -7.4), (1.0, -70.0, -7.2)),
    ((0.0, 6.3, 44.0), (0.5, 5.9, 14.5), (1.0, 5.9, 13.8)),
    ((0.05, -6.3, -30.0), (0.6, -6.2, -12.0), (1.0, -6.4, -11.4)),
    ((0.0, 18.0, 9.3), (1.0, 66.0, 9.1)),
    ((0.1, 30.0, 9.6), (0.5, 13.8, 9.4), (1.0, 13.4, 9.2)),
    ((0.0, -14.0, -7.8), (0.3, -13.0, -7.4), (1.0, -12.4, -7.6)),
    ((0.0, 16.0, -6.9), (0.42, 4.6, -6.0), (1.0, 4.4, -5.8)),
    ((0.0, -30.0, 8.6), (0.5, -6.2, 5.6), (1.0, -6.4, 5.2)),
    ((0.0, 7.0, -46.0), (0.9, 6.6, -14.0), (1.0, 6.6, -13.0)),
)


class Scene:
    """Everything that moves. `officers` are the walks of the people who wear the cameras."""

    def __init__(self, schedule: Schedule, officers: list[Walk], seed: int) -> None:
        self.schedule = schedule
        self.officers = officers
        self._length = schedule.length / 1_000_000
        self._rng = np.random.default_rng([seed, 3])
        self._passers = [self._walk(way, self._rng.uniform(-0.4, 0.4)) for way in _PASSERS]
        self._looks = [_LOOKS[int(i)] for i in self._rng.integers(len(_LOOKS), size=len(_PASSERS))]
        self._subject = self._walk(((0.0, -6.0, 9.4), (0.26, *SUBJECT), (1.0, *SUBJECT)), 0.0)

    def _walk(self, way: tuple[tuple[float, float, float], ...], aside: float) -> Walk:
        return Walk([(share * self._length, x + aside, y) for share, x, y in way])

    @cached_property
    def _events(self) -> dict[str, float]:
        return {name: self.schedule.seconds(at) for name, at in self.schedule.events.items()}

    def at(self, t: float) -> Moment:
        """The street `t` seconds after the event's start."""
        officers = [self._officer(walk, t) for walk in self.officers]
        passers = [self._passer(walk, look, t) for walk, look in zip(self._passers, self._looks, strict=True)]
        subject = self._the_subject(t)
        return Moment((*officers, *passers, subject), self.van(t), self.trams(t), self._bag(t, subject))

    def van(self, t: float) -> Van:
        """The van comes from the east, brakes evenly and stops at its event's instant."""
        comes, stops = _VAN_COMES * self._length, self._events["van_stops"]
        left = max(0.0, min(1.0, (stops - t) / (stops - comes)))
        x = VAN_STOP[0] + 118.0 * (0.45 * left + 0.55 * left * left)
        phase = t % _FLASH_PERIOD
        # Two short flashes left, two right, as a light bar does.
        left_light = phase < 0.1 or 0.18 <= phase < 0.28
        right_light = 0.4 <= phase < 0.5 or 0.58 <= phase < 0.68
        return Van(x, VAN_STOP[1] - 0.4 * left, math.pi, left_light, right_light)

    def trams(self, t: float) -> tuple[float, ...]:
        """One tram waits east of the crossing (it rolls up first), one west of it."""
        share = t / self._length
        east = 44.0 + 46.0 * max(0.0, 1 - share / 0.2) ** 2
        west = -52.0 - 8.0 * max(0.0, (share - 0.8) / 0.2) ** 2
        return east, west

    def _officer(self, walk: Walk, t: float) -> Person:
        step = walk.at(t)
        facing = math.atan2(SUBJECT[1] - step.y, SUBJECT[0] - step.x)
        return Person(step.x, step.y, facing, step.gone, min(1.0, step.speed), _NAVY, _NAVY, _DARK_HEAD, officer=True)

    def _passer(self, walk: Walk, look: tuple[Colour, Colour, Colour], t: float) -> Person:
        step = walk.at(t)
        stands = step.speed < 0.12
        facing = math.atan2(SUBJECT[1] - step.y, SUBJECT[0] - step.x) if stands else step.direction
        return Person(step.x, step.y, facing, step.gone, min(1.0, step.speed), *look)

    def _the_subject(self, t: float) -> Person:
        step = self._subject.at(t)
        up = _ease((t - self._events["arm_raised"]) / 0.45)
        down = _ease((t - _ARM_DOWN * self._length) / 0.7)
        facing = step.direction if step.speed > 0.12 else math.radians(215)
        dark_red, jeans, skin = (68, 82, 152), (92, 74, 62), (112, 138, 168)
        holds = t < self._events["bag_dropped"] + 0.8  # the arm stays out a moment after the hand opens
        arm = max(0.0, up - down)
        return Person(step.x, step.y, facing, step.gone, min(1.0, step.speed), dark_red, jeans, skin, False, arm, holds)

    def _bag(self, t: float, subject: Person) -> Bag:
        """In the left hand, then falling, then a small bounce, then lying."""
        aside = subject.facing + math.pi / 2
        x, y = subject.x + 0.5 * math.cos(aside), subject.y + 0.5 * math.sin(aside)
        fallen = t - self._events["bag_dropped"]
        if fallen < 0:
            return Bag(x, y, FALL_HEIGHT, 0.0)
        if fallen < FALL / 1_000_000:
            return Bag(x, y, FALL_HEIGHT - 4.905 * fallen * fallen, 0.0)
        since = fallen - FALL / 1_000_000
        height = max(0.0, 1.5 * since - 4.905 * since * since) if since < 0.31 else 0.0
        slid = min(0.35, since * 1.1)
        return Bag(x + slid * math.cos(aside), y + slid * math.sin(aside), height, min(0.5, since * 1.6))


def _ease(u: float) -> float:
    u = max(0.0, min(1.0, u))
    return u * u * (3 - 2 * u)
