"""Small copies carry the play where originals come too late, say that they do, and give way to the original at rest."""

from __future__ import annotations

import io
from dataclasses import replace
from functools import cache, partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.domain.tile import Fidelity, TileState
from reviewer.domain.timebase import Utc
from reviewer.media.camera import DeckPart, ProxyChunk
from reviewer.media.ladder import Ladder, Rung
from reviewer.media.proxy import ProxyMaker
from reviewer.media.reader import PartReader
from reviewer.media.shelf import ORIGINAL, PROXY
from tests.media.footage import START, Hands, camera, clip, part
from tests.media.test_deck import FRAME, a_deck, let_go, shown, until
from tests.media.test_decoder import Rig

LONG = clip(tuple(range(240)), gop=60)


@cache
def chunks(data: bytes) -> tuple[ProxyChunk, ...]:
    reader = PartReader(io.BytesIO(data))
    runs = ProxyMaker(reader).make(0, len(reader.index))
    reader.close()
    return tuple(ProxyChunk(r.first, r.count, partial(io.BytesIO, r.data)) for r in runs if r.data)


def copied(data: bytes = LONG) -> DeckPart:
    return replace(part(data), proxies=partial(chunks, data))


def test_a_seek_shows_the_small_copy_first_and_then_the_original() -> None:
    rig = Rig(camera(copied()))
    rig.decoder.give_copies(0, chunks(LONG))
    rig.work()
    rig.hands.move(2_000_000)
    rig.clock.change(at=Utc(START + 170 * FRAME))
    seen = []
    for _ in range(400):
        rig.hands.move(1_000)
        rig.clock.monotonic()
        rig.decoder.step()
        row = rig.viewer.find(0, 170)
        if row is not None and row.level not in seen:
            seen.append(row.level)
    assert seen == [PROXY, ORIGINAL]
    rig.close()


def test_while_a_hand_drags_only_small_copies_are_made() -> None:
    rig = Rig(camera(copied()))
    rig.decoder.give_copies(0, chunks(LONG))
    rig.work()
    rig.hands.move(2_000_000)
    for n in range(20):
        rig.hands.move(33_000)
        rig.clock.change(at=Utc(START + (60 + 7 * n) * FRAME))
        rig.work()
        row = rig.viewer.find(0, 60 + 7 * n)
        assert row is not None and row.level == PROXY
    rig.hands.move(300_000)
    rig.work()
    row = rig.viewer.find(0, 60 + 7 * 19)
    assert row is not None and row.level == ORIGINAL
    rig.close()


@pytest.mark.parametrize("rate", [4.0, 8.0, 16.0, -4.0])
def test_at_many_times_the_speed_and_backwards_a_tile_says_proxy_and_is_never_far(rate: float) -> None:
    hands = Hands()
    with a_deck(camera(copied()), hands=hands) as deck:
        deck.seek(Utc(START + (FRAME if rate > 0 else 9_000_000)))
        hands.move(300_000)
        shown(deck)
        deck.play(rate)
        let_go(deck)
        said = set()
        for _ in range(60):
            hands.move(16_667)
            deck._poke()
            until(deck, lambda: deck.pictures(deck.tick())["one"].late <= 16 * FRAME)
            picture = deck.pictures(deck.tick())["one"]
            assert picture.image is not None
            said.add(picture.fidelity)
        assert Fidelity.PROXY in said
        deck.pause()
        hands.move(300_000)
        picture = shown(deck)
        assert (picture.fidelity, picture.late, picture.state) == (Fidelity.ORIGINAL, 0, TileState.PLAYING)


@pytest.mark.parametrize("rate", [-1000, -4000, -6000, -8000, -12_000, -16_000])
def test_backwards_it_comes_to_rest_between_two_frames_at_every_speed(rate: int) -> None:
    rig = Rig(camera(copied()))
    rig.decoder.give_copies(0, chunks(LONG))
    rig.work()
    rig.clock.change(at=Utc(START + 200 * FRAME), rate=rate, playing=True, direction=-1)
    for _ in range(8):
        rig.hands.move(16_667)
        steps = 0
        while rig.decoder.step() == 0:
            steps += 1
            assert steps < 200  # else it makes the same frames over and over
    rig.close()


@pytest.mark.parametrize(("rate", "at", "ahead"), [(1, 117, range(117, 123)), (6, 118, range(119, 128)),
                                                   (-1, 120, range(112, 121)), (-6, 121, range(108, 119))])  # fmt: skip
def test_copies_are_made_ahead_over_the_edge_of_a_chunk(rate: int, at: int, ahead: range) -> None:
    rig = Rig(camera(copied()))
    reader = PartReader(io.BytesIO(LONG))
    runs = [run for first, count in ((0, 119), (119, 121)) for run in ProxyMaker(reader).make(first, count)]
    reader.close()
    rig.decoder.give_copies(0, tuple(ProxyChunk(r.first, r.count, partial(io.BytesIO, r.data)) for r in runs))
    rig.work()
    rig.shelf.head["share"] = 1  # of a thousand: originals are not tried
    rig.hands.move(2_000_000)
    rig.clock.change(at=Utc(START + at * FRAME), rate=rate * 1000, playing=True, held=True)
    rig.work()
    there = [f for f in ahead if rig.viewer.find(0, f) is not None]
    stride = max(1, round(abs(rate) * 25 / 60))
    assert len(there) >= len(ahead) // (2 * stride) and (stride > 1 or there == list(ahead))
    rig.close()


def test_played_slowly_as_many_copies_are_made_as_the_clock_waits_for() -> None:
    rig = Rig(camera(copied()))
    rig.decoder.give_copies(0, chunks(LONG))
    rig.work()
    rig.decoder._chooser.ladder.work = 1.0  # s: originals are not tried
    rig.hands.move(2_000_000)
    for at in (100, 103, 106, 111):  # what is left of the last run is fewer than it takes
        rig.clock.change(at=Utc(START + at * FRAME), rate=250, playing=True, held=True)
        rig.work()
        assert rig.viewer.has(0, range(at, at + 6))
    rig.close()


def test_copies_that_come_while_it_is_open_are_taken() -> None:
    with a_deck(camera(part(LONG)), hands=Hands()) as deck:
        shown(deck)
        deck.set_proxies("one", 0, chunks(LONG))
        said = []
        for frame in range(60, 230, 7):  # the clock is dragged: originals wait where there are copies
            wanted = Utc(START + frame * FRAME)
            deck.seek(wanted)
            until(deck, lambda at=wanted: deck.tick() == at and deck.pictures(at)["one"].late == 0)
            said.append(deck.pictures(deck.tick())["one"].fidelity)
        assert said[-1] is Fidelity.PROXY


def test_copies_that_are_damaged_cost_nothing_but_themselves() -> None:
    bad = tuple(ProxyChunk(c.first, c.count, partial(io.BytesIO, b"no video" * 99)) for c in chunks(LONG))
    hands = Hands()
    with a_deck(camera(replace(copied(), proxies=partial(tuple, bad))), hands=hands) as deck:
        for frame in (200, 3, 120):
            deck.seek(Utc(START + frame * FRAME))
            hands.move(300_000)
            picture = shown(deck)
            assert (picture.at, picture.fidelity) == (START + frame * FRAME, Fidelity.ORIGINAL)


def test_too_slow_for_originals_is_left_alone_for_a_while_and_tried_again() -> None:
    ladder = Ladder()
    for _ in range(60):
        ladder.measured(0.05, 0.001, 1)
    assert ladder.tries(10.0, 30)  # a real try, although it looks hopeless by a half
    assert not ladder.tries(11.5, 30)
    assert not ladder.tries(13.0, 30)
    assert ladder.tries(20.0, 30)


def test_originals_that_take_more_than_the_camera_s_share_are_not_tried() -> None:
    ladder = Ladder(share=0.2)
    for _ in range(60):
        ladder.measured(0.004, 0.004, 1)
    assert ladder.tries(0.0, 30)
    assert not ladder.tries(0.0, 60)


@given(st.integers(0, 10_000_000))
def test_without_copies_the_rung_only_falls_with_lateness(late: int) -> None:
    ladder = Ladder()
    assert ladder.without_copies(late) >= ladder.without_copies(late // 2) >= Rung.ORIGINALS
    assert ladder.without_copies(0) is Rung.ORIGINALS
    assert ladder.without_copies(10_000_000) is Rung.KEYS
