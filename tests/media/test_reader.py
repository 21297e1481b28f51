"""Exact seeks: each frame asked for is, byte for byte, the one that a plain decode gives."""

from __future__ import annotations

import io
import itertools

import av
import numpy as np
import pytest

from reviewer.media.camera import Image
from reviewer.media.reader import PartReader
from reviewer.media.scale import Scaler
from tests.media.footage import clip, plain_decode, same
from tests.media.structures import STRUCTURES, decoded, movie, planes

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


@pytest.mark.parametrize("structure", STRUCTURES)
@pytest.mark.parametrize("container", ["mp4", "matroska", "mpegts"])
def test_leaving_out_frames_changes_no_sample_of_what_is_wanted(structure: str, container: str) -> None:
    data = movie(structure, container)
    whole = decoded(data)
    reader = PartReader(io.BytesIO(data))
    assert len(reader.index) == len(whole)
    for target in np.random.default_rng(7).permutation(len(whole))[::2].tolist():
        reader.seek(target, wanted_from=target)
        given = dict(_up_to(reader, min(target + 3, len(whole) - 1)))
        wanted = range(target, min(target + 4, len(whole)))
        assert all(np.array_equal(given[f], whole[f]) for f in wanted), target
        assert all(np.array_equal(picture, whole[f]) for f, picture in given.items())
    assert reader.lost == []
    reader.close()


def _up_to(reader: PartReader, frame: int) -> list[tuple[int, np.ndarray]]:
    given = []
    while reader.next <= frame:
        given += [(place, planes(picture)) for place, picture in reader.advance()]
    return given


@pytest.mark.parametrize("structure", ["b-frames", "b-pyramid", "hevc", "mpeg-4"])
def test_frames_that_no_other_needs_are_left_out_on_the_way(structure: str) -> None:
    reader = PartReader(io.BytesIO(movie(structure)))
    target = next(f for f in range(40, 60) if f - reader.index.key(f) > 8)
    reader.seek(target, wanted_from=target)
    assert not reader.gives(target - 1)
    assert reader.gives(target)
    given = [place for place, _ in _up_to(reader, target)]
    assert target in given
    assert len(given) < target - reader.index.key(target)
    assert reader.skipped(target - 1)
    assert not reader.skipped(target)
    assert reader.lost == []
    reader.seek(target)
    assert [place for place, _ in _up_to(reader, target)] == list(range(reader.index.key(target), reader.next))
    reader.close()


def test_where_layers_may_need_each_other_nothing_is_left_out() -> None:
    reader = PartReader(io.BytesIO(movie("hevc in layers")))
    reader.seek(20, wanted_from=20)
    assert [place for place, _ in _up_to(reader, 20)] == list(range(21))
    reader.close()


@pytest.mark.parametrize("wanted_from", [None, 30])
def test_a_picture_that_becomes_whole_bit_by_bit_is_reached_from_an_earlier_key(wanted_from: int | None) -> None:
    data = movie("bit by bit")
    whole = decoded(data)
    reader = PartReader(io.BytesIO(data))
    assert 0 < 30 - reader.index.key(30) < 12
    for _ in range(2):
        reader.seek(30, wanted_from)
        assert np.array_equal(dict(_up_to(reader, 30))[30], whole[30])
        assert reader.lost == []
    reader.close()


def test_frames_that_are_told_by_counting_are_all_decoded() -> None:
    reader = PartReader(io.BytesIO(movie("mpeg-4", "avi")))
    assert reader.index.counted
    for wanted_from in (None, 20):
        reader.seek(20, wanted_from)
        reader.skip("NONREF")
        places = [place for place, _ in _up_to(reader, 20)]
        assert places == list(range(reader.index.key(20), reader.next))
    reader.close()


def test_what_was_to_be_left_out_is_not_lost_but_what_was_wanted_is() -> None:
    data = bytearray(movie("b-frames"))
    sound = PartReader(io.BytesIO(bytes(data)))
    with av.open(io.BytesIO(bytes(data))) as file:
        hit = next(p for p in file.demux(video=0) if p.pts == int(sound.index.pts[31]))
        data[hit.pos + 5 : hit.pos + hit.size] = bytes(hit.size - 5)
    sound.close()
    reader = PartReader(io.BytesIO(bytes(data)), sound.index)
    reader.seek(40, wanted_from=40)
    _up_to(reader, 40)
    assert reader.lost == []
    reader.close()


def test_one_packet_at_a_time() -> None:
    reader = PartReader(io.BytesIO(movie("b-pyramid")))
    reader.seek(0)
    steps = 0
    while reader.next < len(reader.index):
        reader.advance()
        steps += 1
    assert steps <= len(reader.index) + 1
    reader.close()
