"""Two seconds in which two drawn faces show, on a camera that may have lain on its side."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from functools import cache, partial

import numpy as np

from reviewer.domain.drawing import ALL
from reviewer.domain.timebase import SECOND, Micros, TimeModel, TimeRange, Utc
from reviewer.media.camera import DeckPart, Image
from reviewer.media.faces import Face
from reviewer.media.reader import PartReader
from tests.bench.faces_drawn import Floats, Look, put, street
from tests.bench.walking import encoded

START = Utc(1_781_379_737_000_000)
SIZE = (640, 368)
RATE = 25
COUNT = 50
ONE, TWO = Look(1, skin=1, hair=1), Look(3, turn=20, skin=4, hair=0)


def at(frame: int) -> Utc:
    return Utc(START + frame * SECOND // RATE)


@cache
def scenes() -> tuple[tuple[Image, tuple[Floats, ...]], ...]:
    """One face goes to the right, another one comes after a second; with what has to be hidden of each."""
    ground, made = street(*SIZE, 5), []
    for n in range(COUNT):
        picture = ground.copy()
        marks = [put(picture, ONE, (120 + 4 * n, 150), 70)]
        if n >= RATE:
            marks.append(put(picture, TWO, (520, 170), 80))
        made.append((np.ascontiguousarray(picture[..., ::-1]), tuple(marks)))
    return tuple(made)


@cache
def part(turn: int = 0) -> DeckPart:
    """`turn`: the camera lay on its side, and says by how many degrees clockwise to turn the picture."""
    pictures: Iterator[Image] = (np.ascontiguousarray(np.rot90(picture, turn // 90)) for picture, _ in scenes())
    data = encoded(pictures, SIZE if turn % 180 == 0 else SIZE[::-1], RATE)
    reader = PartReader(io.BytesIO(data))
    reader.close()
    model = TimeModel(START, Micros(0))
    index = replace(reader.index, rotation=turn)
    return DeckPart(partial(partial, io.BytesIO, data), model, TimeRange(START, at(COUNT)), index)


def holds(face: Face, marks: Floats, turn: int = 0) -> bool:
    """Whether the middle of the marks lies in the face's box."""
    a, b = face.points
    x, y = (marks / SIZE).mean(axis=0) * ALL
    for _ in range(turn // 90):
        x, y = y, ALL - x
    return bool(a.x < x < b.x and a.y < y < b.y)
