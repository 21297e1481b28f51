"""Something to draw that a house may hide."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reviewer.demo import street
from reviewer.demo.canvas import Image
from reviewer.demo.lens import Lens


@dataclass(frozen=True, slots=True)
class Thing:
    """`depth` is how far ahead it is (m), `points` (n×2) places of it on the ground plan, `paint` draws it."""

    depth: float
    points: NDArray[np.float64]
    paint: Callable[[Image, Lens], None]


def by_block(things: list[Thing], lens: Lens, order: list[int]) -> list[list[Thing]]:
    """The things to draw before each block of `order` (far to near), and last those in front of all of them; each list
    far to near. A thing that no part of can be seen is left out."""
    layers: list[list[Thing]] = [[] for _ in range(len(order) + 1)]
    if not things:
        return layers
    behind = street.hidden(lens.pose.x, lens.pose.y, np.vstack([thing.points for thing in things]))
    start = 0
    for thing in things:
        mine = behind[start : start + len(thing.points)]
        start += len(thing.points)
        if np.all(np.any(mine, axis=1)):
            continue
        blocks: NDArray[np.bool_] = np.any(mine, axis=0)
        layers[next((i for i, block in enumerate(order) if blocks[block]), len(order))].append(thing)
    for layer in layers:
        layer.sort(key=lambda thing: -thing.depth)
    return layers
