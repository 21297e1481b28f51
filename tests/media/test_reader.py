"""Exact seeks: each frame asked for is, byte for byte, the one that a plain decode gives."""

from __future__ import annotations

import io
import itertools

import numpy as np
import pytest

from reviewer.media.camera import Image
from reviewer.media.reader import PartReader
from reviewer.media.scale import Scaler
from tests.media.footage import clip, plain_decode, same

TILE = (96, 54)


def sought(reader: PartReader, frame: int, scaler: Scaler) -> Image:
    reader.seek(frame)
    while reader.next <= frame:
        for place, picture in reader.advance():
            if place == frame:
                return scaler.picture(scaler.shrink(picture, TILE))
    raise AssertionError(f"frame {frame} never came")


@pytest.mark.parametrize("container", ["mp4", "mov", "matroska", "mpegts", "avi"])
@pytest.mark.parametrize("b_frames", [0, 2])
def test_every_frame_sought_is_the_frame_of_a_plain_decode(container: str, b_frames: int) -> None:
    data = clip(container=container, b_frames=b_frames)
    whole = plain_decode(data, TILE)
    reader, scaler = PartReader(io.BytesIO(data)), Scaler()
    order = np.random.default_rng(3).permutation(len(reader.index))
    assert all(same(sought(reader, int(i), scaler), whole[i]) for i in order)
    assert reader.lost == []
    reader.close()


@pytest.mark.parametrize("shift", [-7, 5])
def test_an_edit_list_moves_frames_and_loses_none(shift: int) -> None:
    data = clip(shift=shift, b_frames=2, gop=10)
    whole = plain_decode(data, TILE)
    reader, scaler = PartReader(io.BytesIO(data)), Scaler()
    assert len(whole) == len(reader.index)
    assert all(same(sought(reader, i, scaler), whole[i]) for i in (*range(len(whole)), 0, 20, 2))
    reader.close()


def test_going_on_decodes_nothing_twice() -> None:
    reader = PartReader(io.BytesIO(clip(b_frames=2)))
    reader.seek(30)
    places = [p for p, _ in itertools.chain.from_iterable(iter(lambda: reader.advance() or None, None))]
    while reader.next < len(reader.index):
        places += [p for p, _ in reader.advance()]
    assert places == list(range(24, 60))
    reader.close()


def test_damage_in_the_middle_is_told_and_passed() -> None:
    data = bytearray(clip(gop=12))
    with_index = PartReader(io.BytesIO(bytes(data)))
    at = len(data) // 3
    data[at : at + 600] = bytes(600)
    reader = PartReader(io.BytesIO(bytes(data)), with_index.index)
    reader.seek(0)
    given = []
    while reader.next < len(reader.index):
        given += [p for p, _ in reader.advance()]
    told = {f for lost in reader.lost for f in lost}
    assert set(given) | told == set(range(60))
    assert given[-1] == 59
    reader.close()
    with_index.close()
