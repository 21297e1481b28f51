"""People as simple flat figures, built from joints in space so that every camera sees the same gesture."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from reviewer.demo import canvas
from reviewer.demo.canvas import Image
from reviewer.demo.lens import NEAR, Lens
from reviewer.demo.scene import Bag, Person
from reviewer.demo.street import Colour

_SHADE: Colour = (46, 40, 38)
_VEST: Colour = (68, 200, 188)
_BAG: Colour = (60, 120, 214)
_STRIDE = 1.45  # metres a pair of steps covers


def paint_person(image: Image, lens: Lens, person: Person) -> None:
    """Draw one person; nothing if they are nearer than arm's length or behind the camera."""
    joints = _joints(person)
    seen = lens.view(joints)
    if seen[:, 2].min() < NEAR:
        return
    flat = lens.flatten(seen)
    size = lens.focal / float(seen[0, 2])
    if flat[:, 0].max() < -size or flat[:, 0].min() > lens.width + size:
        return
    _legs_and_shadow(image, flat, size, person)
    near_right = seen[_HAND_R, 2] < seen[_HAND_L, 2]
    arms = (_LEFT_ARM, _RIGHT_ARM) if near_right else (_RIGHT_ARM, _LEFT_ARM)
    canvas.limb(image, flat[arms[0]], canvas.mix(person.coat, (20, 16, 14), 0.18), 0.125 * size)
    _torso(image, flat, size, person)
    canvas.limb(image, flat[arms[1]], person.coat, 0.13 * size)
    for hand in (_HAND_L, _HAND_R):
        x, y = flat[hand].tolist()
        canvas.disc(image, x, y, 0.065 * size, person.head)
    x, y = flat[_HEAD].tolist()
    canvas.disc(image, x, y, 0.135 * size, person.head)


def paint_bag(image: Image, lens: Lens, bag: Bag) -> None:
    """The bag: a small bright box with a handle, upright in the hand, tipping over on the ground."""
    lean, half = bag.turn * math.pi * 0.9, 0.19
    place = lens.point(bag.x, bag.y, bag.z + 0.15)
    ground = lens.point(bag.x, bag.y, 0.0)
    if place is None or ground is None:
        return
    size = lens.focal / place[2]
    canvas.ellipse(image, ground[0], ground[1], 0.22 * size, 0.06 * size, _SHADE)
    box = np.array([[-half, -0.13], [half, -0.13], [half, 0.15], [-half, 0.15]])
    handle = np.array([[-0.09, -0.13], [-0.05, -0.24], [0.05, -0.24], [0.09, -0.13]])
    turn = np.array([[math.cos(lean), math.sin(lean)], [-math.sin(lean), math.cos(lean)]])
    middle = np.array(place[:2])
    canvas.line(image, handle @ turn * size + middle, (30, 60, 110), 0.035 * size)
    canvas.polygon(image, box @ turn * size + middle, _BAG)
    canvas.polygon(image, (box * np.array([1.0, 0.25])) @ turn * size + middle, (86, 158, 236))


_HIP, _NECK, _HEAD = 0, 1, 2
_HIP_L, _KNEE_L, _FOOT_L, _HIP_R, _KNEE_R, _FOOT_R = 3, 4, 5, 6, 7, 8
_SHOULDER_L, _ELBOW_L, _HAND_L, _SHOULDER_R, _ELBOW_R, _HAND_R = 9, 10, 11, 12, 13, 14
_GROUND = 15
_LEFT_ARM = [_SHOULDER_L, _ELBOW_L, _HAND_L]
_RIGHT_ARM = [_SHOULDER_R, _ELBOW_R, _HAND_R]
_LEFT_LEG = [_HIP_L, _KNEE_L, _FOOT_L]
_RIGHT_LEG = [_HIP_R, _KNEE_R, _FOOT_R]


def _joints(person: Person) -> NDArray[np.float64]:
    """The joints in space: ahead, to the left, up; then turned to where the person faces."""
    phase = math.tau * person.gone / _STRIDE
    step = 0.30 * person.swing * math.sin(phase)
    lift_l = 0.10 * person.swing * max(0.0, math.cos(phase))
    lift_r = 0.10 * person.swing * max(0.0, -math.cos(phase))
    swing = 0.24 * person.swing * math.sin(phase)
    angle = math.radians(163) * person.arm  # from hanging down, out to the side, to straight up
    out, rise = math.sin(angle), -math.cos(angle)
    elbow = (0.05 + 0.1 * person.arm, -0.25 - 0.27 * out, 1.40 + 0.27 * rise)
    hand = (0.08 + 0.1 * person.arm, -0.27 - 0.53 * out, 1.40 + 0.53 * rise)
    apart = 0.09 + 0.03 * (1 - person.swing)
    local = np.array(
        [
            (0, 0, 0.92),
            (0, 0, 1.46),
            (0.02, 0, 1.68),
            (0, 0.09, 0.88),
            (0.5 * step + 0.05, apart, 0.48 + lift_l),
            (step, apart, 0.05 + lift_l),
            (0, -0.09, 0.88),
            (-0.5 * step + 0.05, -apart, 0.48 + lift_r),
            (-step, -apart, 0.05 + lift_r),
            (0, 0.21, 1.40),
            (-0.5 * swing, 0.27, 1.14),
            (-swing + 0.06, 0.30, 0.90),
            (0, -0.21, 1.40),
            (elbow[0] + 0.5 * swing, elbow[1], elbow[2]),
            (hand[0] + swing, hand[1], hand[2]),
            (0, 0, 0),
        ]
    )
    if person.holds:
        local[_HAND_L] = (0.04, 0.50, 1.24)
        local[_ELBOW_L] = (-0.04, 0.38, 1.18)
    cos, sin = math.cos(person.facing), math.sin(person.facing)
    turned: NDArray[np.float64] = local @ np.array([[cos, sin, 0], [-sin, cos, 0], [0, 0, 1]])
    turned += np.array([person.x, person.y, 0.0])
    return turned


def _legs_and_shadow(image: Image, flat: NDArray[np.float64], size: float, person: Person) -> None:
    x, y = flat[_GROUND].tolist()
    canvas.ellipse(image, x, y, 0.38 * size, 0.075 * size, _SHADE)
    for leg in (_LEFT_LEG, _RIGHT_LEG):
        canvas.limb(image, flat[leg], person.trousers, 0.155 * size)


def _torso(image: Image, flat: NDArray[np.float64], size: float, person: Person) -> None:
    """Shoulders as far apart as they look from here, never thinner than a chest is deep."""
    across = abs(float(flat[_SHOULDER_L, 0] - flat[_SHOULDER_R, 0]))
    half = max(0.15 * size, across / 2 + 0.04 * size)
    hip, neck = flat[_HIP], flat[_NECK]
    down = hip - neck

    def level(share: float, width: float) -> list[list[float]]:
        x, y = (neck + down * share).tolist()
        return [[x - width, y], [x + width, y]]

    outline = [
        *level(-0.02, half * 0.72),
        *level(0.1, half)[1:],
        *level(1.08, half * 0.84)[::-1],
        *level(0.1, half)[:1],
    ]
    canvas.polygon(image, np.array(outline), person.coat)
    if person.officer:
        for top, low in ((0.34, 0.50), (0.70, 0.84)):
            band = [*level(top, half * 0.97), *level(low, half * 0.93)[::-1]]
            canvas.polygon(image, np.array(band), _VEST)
