"""Faces that are nobody's, drawn for measuring a detector: a head as a lit surface with features, in many looks.

They are drawings. What a detector finds of them says how it does on such drawings, by size, turn, light and blur; on
people it does better or worse. No picture of a person is needed, kept or shipped for it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Picture = NDArray[np.uint8]

SIZE = 320  # pixels of the square that a head is drawn into
_REACH = 1.32  # head units from its middle to the square's edge
TOP, CHIN = 0.62, -0.98  # hairline and chin: between them lies what counts as the face's height
_MARKS = (
    *((-0.29, 0.08, 0.76), (0.29, 0.08, 0.76), (-0.42, 0.08, 0.66), (0.42, 0.08, 0.66)),
    *((0.0, -0.19, 1.05), (-0.2, -0.49, 0.76), (0.2, -0.49, 0.76), (0.0, -0.9, 0.5)),
)
_EDGE_ON = 0.15
_SKINS = ((224, 188, 164), (205, 160, 130), (178, 130, 98), (141, 98, 70), (105, 70, 50), (72, 47, 36))
_HAIRS = ((28, 22, 20), (70, 46, 30), (120, 84, 50), (176, 146, 96), (150, 150, 150), (40, 34, 40))


@dataclass(frozen=True, slots=True)
class Look:
    """One face: degrees of turn to its left and of nod, where light comes from (degrees from the front) and how much of
    it is everywhere, and what is worn. `skin` 0 (light) to 5 (dark)."""

    seed: int
    turn: float = 0.0
    nod: float = 0.0
    tilt: float = 0.0
    light: float = 30.0
    ambient: float = 0.4
    skin: int = 1
    hair: int = 0
    beard: bool = False
    glasses: bool = False
    covered: bool = False  # mouth and nose, by a cloth
    cap: bool = False


@cache
def drawn(look: Look) -> tuple[Picture, NDArray[np.uint8]]:
    """A head as SIZE×SIZE×3 (red first), and what of it is head (0 or 255)."""
    rng = np.random.default_rng(look.seed)
    lon, lat = np.meshgrid(np.radians(np.linspace(-140, 140, 620)), np.radians(np.linspace(-89, 89, 520)))
    x, y, z = np.sin(lon) * np.cos(lat), np.sin(lat), np.cos(lon) * np.cos(lat)
    x = 0.74 * x * (1 - 0.22 * np.clip(-y, 0, 1) ** 1.6)
    z = 0.88 * z
    front = np.where(z > -0.2, 1.0, 0.0)
    push = _relief(x, y) * front
    hairy = _hairy(x, y, z, rng, look)
    push = np.where(hairy, 0.05, push)
    x, y, z = x * (1 + push * 0.25), y, z + push
    colour = _colours(x, y, hairy, front, rng, look)
    points = np.stack([x, y, z], axis=-1)
    normal = np.cross(np.gradient(points, axis=1), np.gradient(points, axis=0))
    normal /= np.linalg.norm(normal, axis=-1, keepdims=True) + 1e-9
    turned = _turn(look)
    points, normal = points @ turned.T, normal @ turned.T
    normal *= np.where((normal * points).sum(axis=-1, keepdims=True) < 0, -1, 1)
    return _splat(points, colour * _lit(normal, look)[..., None])


def _lit(normal: Floats, look: Look) -> Floats:
    side, up = math.radians(look.light), math.radians(35)
    sun = np.array([math.sin(side) * math.cos(up), math.sin(up), math.cos(side) * math.cos(up)])
    diffuse = np.clip(normal @ sun, 0, None)
    sky = 0.5 + 0.5 * normal[..., 1]
    between = sun + np.array([0.0, 0.0, 1.0])
    shine = np.clip(normal @ (between / np.linalg.norm(between)), 0, None) ** 24
    lit: Floats = look.ambient * (0.6 + 0.4 * sky) + (1.1 - look.ambient) * diffuse + 0.12 * shine
    return lit


def _turn(look: Look) -> Floats:
    a, b, c = math.radians(look.turn), math.radians(look.nod), math.radians(look.tilt)
    about_y = np.array([[math.cos(a), 0, math.sin(a)], [0, 1, 0], [-math.sin(a), 0, math.cos(a)]])
    about_x = np.array([[1, 0, 0], [0, math.cos(b), -math.sin(b)], [0, math.sin(b), math.cos(b)]])
    about_z = np.array([[math.cos(c), -math.sin(c), 0], [math.sin(c), math.cos(c), 0], [0, 0, 1]])
    made: Floats = about_z @ about_x @ about_y
    return made


def _bump(x: Floats, y: Floats, at: tuple[float, float], wide: float, high: float) -> Floats:
    made: Floats = np.exp(-(((x - at[0]) / wide) ** 2) - ((y - at[1]) / high) ** 2)
    return made


def _relief(x: Floats, y: Floats) -> Floats:
    """How far the face stands out of the egg that a head is."""
    ridge = np.exp(-((x / 0.085) ** 2)) * np.clip((0.16 - y) / 0.36, 0, 1) * (y > -0.24)
    push = 0.19 * ridge + 0.05 * _bump(x, y, (0, -0.19), 0.11, 0.07)
    for side in (-1, 1):
        push = push - 0.075 * _bump(x, y, (side * 0.29, 0.08), 0.15, 0.10)
        push = push + 0.045 * _bump(x, y, (side * 0.29, 0.25), 0.18, 0.05)
        push = push + 0.035 * _bump(x, y, (side * 0.36, -0.18), 0.16, 0.14)
        push = push + 0.03 * _bump(x, y, (side * 0.29, 0.08), 0.09, 0.055)
    push = push + 0.045 * _bump(x, y, (0, -0.44), 0.17, 0.04) + 0.05 * _bump(x, y, (0, -0.54), 0.15, 0.045)
    push = push - 0.03 * _bump(x, y, (0, -0.64), 0.14, 0.04) + 0.07 * _bump(x, y, (0, -0.82), 0.16, 0.10)
    made: Floats = push
    return made


def _hairy(x: Floats, y: Floats, z: Floats, rng: np.random.Generator, look: Look) -> NDArray[np.bool_]:
    line = 0.62 + 0.05 * np.sin(7 * x + rng.uniform(0, 6)) - 0.5 * np.clip(np.abs(x) - 0.42, 0, 1)
    low = rng.choice([-0.05, -0.9])
    found: NDArray[np.bool_] = (y > line) | ((z < 0.24) & (y > low))
    if look.cap:
        found = found | (y > 0.42)
    return found


def _colours(
    x: Floats, y: Floats, hairy: NDArray[np.bool_], front: Floats, rng: np.random.Generator, look: Look
) -> Floats:
    skin, hair = (np.array(each, np.float64) for each in (_SKINS[look.skin], _HAIRS[look.hair]))
    grain = cv2.GaussianBlur(rng.normal(0, 1, x.shape), (0, 0), 6) * 40
    colour = skin + grain[..., None] + _bump(x, y, (0.36, -0.2), 0.16, 0.14)[..., None] * [14, -4, -6]
    colour = colour + _bump(x, y, (-0.36, -0.2), 0.16, 0.14)[..., None] * [14, -4, -6]
    if look.beard:
        at = (y < -0.28) & (np.abs(x) < 0.62) & ~((np.abs(x) < 0.2) & (np.abs(y + 0.49) < 0.09))
        colour = _over(colour, at & (front > 0), hair + 12, 0.75)
    lips = (x / 0.2) ** 2 + ((y + 0.49) / (0.075 - 0.02 * np.cos(x * 20))) ** 2 < 1
    colour = _over(colour, lips, skin * [0.86, 0.62, 0.62], 0.8)
    colour = _over(colour, (np.abs(x) < 0.19) & (np.abs(y + 0.485 - 0.25 * x * x) < 0.012), skin * 0.25, 0.9)
    for side in (-1, 1):
        colour = _eye(colour, x - side * 0.29, y - 0.08, skin, hair, rng)
        nostril = ((x - side * 0.06) / 0.035) ** 2 + ((y + 0.265) / 0.022) ** 2 < 1
        colour = _over(colour, nostril, skin * 0.25, 0.9)
        if look.glasses:
            ring = np.abs(np.hypot((x - side * 0.29) / 0.2, (y - 0.07) / 0.15) - 1) < 0.12
            colour = _over(
                colour, ring | ((np.abs(x) < 0.1) & (np.abs(y - 0.1) < 0.02)), np.array([20.0, 20, 24]), 0.95
            )
    if look.covered:
        colour = _over(colour, (y < -0.08 - 0.12 * np.abs(x)) & (front > 0), np.array([150.0, 178, 196]), 1.0)
    strands = cv2.GaussianBlur(rng.normal(0, 1, x.shape), (0, 0), sigmaX=1.2, sigmaY=9) * 60
    return np.where(hairy[..., None], hair * (1.6 if look.cap else 1.0) + strands[..., None] * (not look.cap), colour)


def _eye(colour: Floats, x: Floats, y: Floats, skin: Floats, hair: Floats, rng: np.random.Generator) -> Floats:
    open_ = np.abs(y) < 0.052 * np.sqrt(np.clip(1 - (x / 0.125) ** 2, 0, 1))
    colour = _over(colour, (x / 0.17) ** 2 + (y / 0.10) ** 2 < 1, skin * 0.78, 0.5)
    colour = _over(colour, open_, np.array([226.0, 222, 216]), 1.0)
    away = np.hypot(x, y)
    colour = _over(colour, open_ & (away < 0.056), np.array([70.0, 52, 36]), 1.0)
    colour = _over(colour, open_ & (away < 0.027), np.array([8.0, 8, 8]), 1.0)
    lid = np.abs(y - 0.055 * np.sqrt(np.clip(1 - (x / 0.135) ** 2, 0, 1))) < 0.014
    colour = _over(colour, lid & (np.abs(x) < 0.135), skin * 0.25, 0.9)
    brow = (np.abs(y - 0.165 + 0.9 * x * x) < 0.03) & (np.abs(x) < 0.17)
    return _over(colour, brow, hair * 0.9 + 8, 0.85)


def _over(colour: Floats, at: NDArray[np.bool_], paint: Floats, share: float) -> Floats:
    made: Floats = np.where(at[..., None], colour * (1 - share) + paint * share, colour)
    return made


def _splat(points: Floats, colour: Floats) -> tuple[Picture, NDArray[np.uint8]]:
    """The points seen from the front; the nearest wins."""
    flat, shade = points.reshape(-1, 3), np.clip(colour.reshape(-1, 3), 0, 255)
    column = np.round((flat[:, 0] / _REACH + 1) / 2 * (SIZE - 1)).astype(int)
    row = np.round((1 - flat[:, 1] / _REACH) / 2 * (SIZE - 1)).astype(int)
    order = np.argsort(flat[:, 2], kind="stable")
    picture, there = np.zeros((SIZE, SIZE, 3), np.uint8), np.zeros((SIZE, SIZE), np.uint8)
    picture[row[order], column[order]] = shade[order].astype(np.uint8)
    there[row, column] = 255
    whole = cv2.morphologyEx(there, cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
    holes = ((whole > 0) & (there == 0)).astype(np.uint8)
    filled = cv2.inpaint(picture, holes, 2, cv2.INPAINT_TELEA)
    return np.asarray(cv2.GaussianBlur(filled, (3, 3), 0.7), np.uint8), np.asarray(whole, np.uint8)


def street(width: int, height: int, seed: int) -> Picture:
    """Something to stand before: a wall, windows, noise; red first."""
    rng = np.random.default_rng(seed)
    base: Any = np.linspace(rng.uniform(60, 130), rng.uniform(40, 100), height)[:, None, None]
    picture = base + rng.normal(0, 14, 3) + cv2.resize(rng.normal(0, 12, (18, 32, 3)), (width, height))
    for _ in range(60):
        x, y = int(rng.integers(0, width)), int(rng.integers(0, height))
        w, h = int(rng.integers(20, 160)), int(rng.integers(20, 200))
        cv2.rectangle(picture, (x, y), (x + w, y + h), (rng.normal(90, 45, 3)).tolist(), -1)
    return np.asarray(np.clip(picture + rng.normal(0, 4, picture.shape), 0, 255), np.uint8)


def put(picture: Picture, look: Look, middle: tuple[float, float], height: float) -> Floats:
    """Draw a face whose hairline to chin is so many pixels high, with neck and shoulders, in place. What makes it
    somebody's, as it lies there (n×2 pixels): eyes and their outer corners, the nose's tip, the mouth's corners, the
    chin; those that are turned away from the camera are left out."""
    head, there = drawn(look)
    unit = height / (TOP - CHIN)  # pixels a head unit
    side = max(4, round(2 * _REACH * unit))
    small = cv2.resize(head, (side, side), interpolation=cv2.INTER_AREA).astype(np.float64)
    alpha = cv2.resize(there, (side, side), interpolation=cv2.INTER_AREA)[..., None] / 255.0
    x, y = middle
    _shoulders(picture, look, (x, y), unit)
    left, top = round(x - side / 2), round(y - side / 2)
    columns = slice(max(0, left), min(picture.shape[1], left + side))
    rows = slice(max(0, top), min(picture.shape[0], top + side))
    cut = np.s_[rows.start - top : rows.stop - top, columns.start - left : columns.stop - left]
    picture[rows, columns] = (picture[rows, columns] * (1 - alpha[cut]) + small[cut] * alpha[cut]).astype(np.uint8)
    turned = np.array(_MARKS) @ _turn(look).T
    seen = turned[turned[:, 2] > _EDGE_ON]
    made: Floats = np.stack([x + seen[:, 0] * unit, y - seen[:, 1] * unit], axis=-1)
    return made


def _shoulders(picture: Picture, look: Look, middle: tuple[float, float], unit: float) -> None:
    x, y = middle
    rng = np.random.default_rng(look.seed + 1)
    skin = tuple(float(v) * (look.ambient + 0.3) for v in _SKINS[look.skin])
    neck = np.array([[x - 0.36 * unit, y + 0.5 * unit], [x + 0.36 * unit, y + 0.5 * unit]])
    neck = np.vstack([neck, [[x + 0.42 * unit, y + 1.5 * unit], [x - 0.42 * unit, y + 1.5 * unit]]])
    cv2.fillPoly(picture, [neck.round().astype(np.int32)], skin, cv2.LINE_AA)
    coat = tuple(float(v) for v in rng.uniform(20, 120, 3))
    body = np.array([[-0.45, 1.2], [0.45, 1.2], [1.5, 1.65], [1.7, 3.2], [-1.7, 3.2], [-1.5, 1.65]]) * unit + [x, y]
    cv2.fillPoly(picture, [body.round().astype(np.int32)], coat, cv2.LINE_AA)
