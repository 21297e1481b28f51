"""The deck: one instant for all tiles, exact steps, and a word wherever there is no picture."""

from __future__ import annotations

import io
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import BinaryIO

import pytest

from reviewer.domain.errors import IntegrityError
from reviewer.domain.tile import TileState
from reviewer.domain.timebase import TimeRange, Utc
from reviewer.media.camera import Absence, DeckCamera, DeckPart, Source, TilePicture
from reviewer.media.deck import Deck
from reviewer.media.index import probe
from tests.media.footage import START, WAIT, Hands, camera, clip, part, pattern, plain_decode, same

TILE = (96, 54)
FRAME = 40_000  # µs at 25 frames a second


@contextmanager
def a_deck(*cameras: DeckCamera, hands: Hands | None = None, **limits: float) -> Iterator[Deck]:
    deck = Deck(monotonic=hands or Hands(), **limits)
    for each in cameras:
        deck.set_tile_size(each.key, *TILE)
    deck.set_cameras(cameras)
    try:
        yield deck
    finally:
        deck.close()


def shown(deck: Deck, key: str = "one") -> TilePicture:
    assert deck.wait_settled(WAIT)
    until(deck, lambda: deck.pictures(deck.tick())[key].state is not TileState.LATE)  # its table may just be held
    return deck.pictures(deck.tick())[key]


def until(deck: Deck, condition: Callable[[], bool]) -> None:
    """Wait for what the cameras' processes do."""
    end = time.monotonic() + WAIT
    with deck._changed:
        while not condition():
            assert time.monotonic() < end
            deck._changed.wait(0.002)


def let_go(deck: Deck) -> None:
    """Tick until the clock rolls."""
    until(deck, lambda: deck.tick() is not None and deck._clock.read().rolling)


@pytest.mark.parametrize("b_frames", [0, 2])
def test_a_seek_to_every_frame_shows_that_frame_and_no_other(b_frames: int) -> None:
    data = clip(b_frames=b_frames)
    whole = plain_decode(data, TILE)
    with a_deck(camera(part(data))) as deck:
        for i in (59, 0, 30, 29, 31, 5, 58, *range(0, 60, 7), *range(59, 0, -6)):
            deck.seek(Utc(START + i * FRAME + 17_000))
            picture = shown(deck)
            assert (picture.state, picture.at, picture.late) == (TileState.PLAYING, START + i * FRAME, 0)
            assert same(picture.image, whole[i])


def test_a_hand_that_drags_faster_than_cameras_follow_sees_whole_places_on_its_way_and_arrives() -> None:
    hands = Hands()
    cameras = [camera(part(clip(tuple(range(240)), gop=60)), key=str(n)) for n in range(3)]
    with a_deck(*cameras, hands=hands) as deck:
        assert deck.wait_settled(WAIT)
        painted: list[Utc] = []
        for n in range(100):
            hands.move(1_000)
            asked = Utc(START + (7 + 2 * n) * FRAME)
            deck.seek(asked)
            assert deck.now() == asked
            at = deck.tick()
            pictures = deck.pictures(at)
            if n:
                assert at == deck.here
                assert {p.at for p in pictures.values() if p.image is not None and not p.late} <= {at}
            if all(p.image is not None and not p.late for p in pictures.values()) and at not in painted:
                painted.append(at)
            with deck._changed:
                deck._changed.wait(0.002)
        assert painted == sorted(painted)
        assert len(painted) > 3
        assert shown(deck, "0").at == deck.now() == START + 205 * FRAME


def test_a_place_on_a_hand_s_way_has_arrived_once_all_cameras_have_it_and_until_it_is_painted() -> None:
    hands, come = Hands(), threading.Event()
    plain = part(clip(tuple(range(240)), gop=60))

    def slow() -> Source:
        assert come.wait(WAIT)
        return plain.source()

    with a_deck(camera(plain, key="quick"), camera(replace(plain, source=slow), key="slow"), hands=hands) as deck:
        assert (deck.follows, deck.arrived) == (False, None)
        first, then = Utc(START + 90 * FRAME), Utc(START + 130 * FRAME)
        for place in (first, then):
            hands.move(1_000)
            deck.seek(place)
        assert (deck.follows, deck.arrived) == (True, None)
        come.set()
        until(deck, lambda: deck.arrived is not None)
        assert all(view.process.viewer.find(0, 90) is not None for view in deck._views.values())
        assert deck.arrived == deck.tick() == first
        until(deck, lambda: deck.arrived == then)
        deck.hold(True)
        assert deck.arrived == first, "what waits for its entry is what would be painted next"
        deck.hold(False)
        assert deck.tick() == then
        assert (deck.follows, deck.arrived) == (False, None)


def test_who_drags_and_then_steps_or_plays_does_so_from_where_the_hand_is() -> None:
    for act in ("step", "play", "pause"):
        with a_deck(camera(part(clip(tuple(range(240)), gop=60)))) as deck:
            assert deck.wait_settled(WAIT)
            for n in (50, 90, 130):
                deck.seek(Utc(START + n * FRAME))
            if act == "step":
                assert deck.step("one", 1) == START + 131 * FRAME
            else:
                deck.play() if act == "play" else deck.pause()
            assert deck.now() == deck.here == START + (131 if act == "step" else 130) * FRAME


@pytest.mark.parametrize("b_frames", [0, 2])
def test_steps_from_every_position_land_on_the_frame_s_own_time(b_frames: int) -> None:
    data = clip(pattern([1, 1, 3, 1, 2] * 9), b_frames=b_frames, gop=10)
    whole = plain_decode(data, TILE)
    with a_deck(camera(part(data))) as deck:
        index = deck._views["one"].process.times.indexes
        assert deck.wait_settled(WAIT)
        times = [START + index[0].time(i) for i in range(len(whole))] if index[0] else []
        for i in [*range(1, len(whole)), *range(len(whole) - 2, -1, -1)]:
            by = 1 if i and deck.now() < times[i] else -1
            assert deck.step("one", by) == times[i]
            assert same(shown(deck).image, whole[i])
        assert deck.step("one", -1) == times[0]


def test_all_pictures_of_a_tick_are_of_one_instant() -> None:
    hands = Hands()
    steady, wavering = part(clip()), part(clip(pattern([1, 4, 2, 1, 1, 5] * 6), b_frames=2), Utc(START + 7_001))
    with a_deck(camera(steady, key="steady"), camera(wavering, key="wavering"), hands=hands) as deck:
        assert deck.wait_settled(WAIT)
        deck.play()
        let_go(deck)
        for _ in range(100):
            hands.move(16_667)
            at = deck.tick()
            deck._poke()
            assert deck.wait_settled(WAIT)
            for picture in deck.pictures(at).values():
                assert picture.state in (TileState.NOT_STARTED, TileState.ENDED) or picture.at <= at < picture.until


def test_a_tile_says_not_started_gap_and_ended() -> None:
    first, later = part(clip()), part(clip(b_frames=2), Utc(START + 5_000_000))
    other = part(clip(), Utc(START - 3_000_000), 20)
    cam = camera(first, later)
    with a_deck(cam, camera(other, key="other")) as deck:
        for at, state, until in (
            (-1_000_000, TileState.NOT_STARTED, START),
            (2_000_000, TileState.PLAYING, START + 2_040_000),
            (3_000_000, TileState.GAP, START + 5_000_000),
            (5_000_000, TileState.PLAYING, START + 5_040_000),
            (7_500_000, TileState.ENDED, None),
        ):
            deck.seek(Utc(START + at))
            picture = shown(deck)
            assert picture.state is state
            assert until is None or picture.until == until
            assert (picture.image is None) == (state is not TileState.PLAYING)


def test_steps_go_through_parts_and_gaps() -> None:
    cam = camera(part(clip()), part(clip(b_frames=2), Utc(START + 5_000_000)))
    with a_deck(cam) as deck:
        deck.seek(Utc(START + 5_010_000))
        assert shown(deck).part == 1
        deck.seek(Utc(START + 59 * FRAME))
        assert shown(deck).part == 0
        assert deck.step("one", 1) == START + 5_000_000
        assert shown(deck).part == 1
        assert deck.step("one", -1) == START + 59 * FRAME
        deck.seek(Utc(START + 3_000_000))  # in the gap
        assert deck.step("one", -1) == START + 59 * FRAME
        deck.seek(Utc(START + 3_000_000))
        assert deck.step("one", 1) == START + 5_000_000


@pytest.mark.parametrize(
    "state", [TileState.NOT_DOWNLOADED, TileState.CORRUPT, TileState.NO_PERMISSION, TileState.UNREADABLE]
)
def test_an_absent_part_says_why_and_the_other_camera_plays(state: TileState) -> None:
    missing = replace(part(clip()), absence=Absence(state, "Fetch it."))
    with a_deck(camera(missing), camera(part(clip()), key="other")) as deck:
        assert (shown(deck).state, shown(deck).note) == (state, "Fetch it.")
        assert shown(deck, "other").state is TileState.PLAYING


LARGE = clip(size=(640, 360), gop=6)


class Tampered(io.BytesIO):
    """A reader that finds, while reading, that bytes from some place on are not the sealed ones."""

    def __init__(self, data: bytes, start: float, stop: float) -> None:
        super().__init__(data)
        self.bad = range(int(start * len(data)), int(stop * len(data)))

    def read(self, size: int | None = -1, /) -> bytes:
        if self.tell() in self.bad:
            raise IntegrityError("Part 1 does not match its signed manifest.", "Fetch again.")
        return super().read(size)


def refused() -> BinaryIO:
    raise PermissionError(13, "no")


def gone() -> BinaryIO:
    raise FileNotFoundError(2, "no")


@pytest.mark.parametrize(
    ("opened", "state"),
    [
        (partial(io.BytesIO, b"a text\n" * 99), TileState.UNREADABLE),
        (partial(io.BytesIO, b""), TileState.UNREADABLE),
        (partial(io.BytesIO, clip()[:900]), TileState.UNREADABLE),
        (partial(Tampered, clip(), 0, 1), TileState.CORRUPT),
        (partial(Tampered, LARGE, 0.3, 0.7), TileState.CORRUPT),
        (refused, TileState.NO_PERMISSION),
        (gone, TileState.NOT_DOWNLOADED),
    ],
    ids=["text", "empty", "cut off", "tampered", "tampered later", "refused", "gone"],
)
def test_a_bad_file_costs_one_tile(opened: object, state: TileState) -> None:
    bad = replace(part(clip()), source=lambda: opened)  # type: ignore[arg-type]
    with a_deck(camera(bad, key="bad"), camera(part(clip()))) as deck:
        picture = shown(deck, "bad")
        assert (picture.state, picture.image) == (state, None)
        assert picture.note.endswith(".")
        assert shown(deck).state is TileState.PLAYING


def test_bytes_that_fail_while_playing_cost_one_tile() -> None:
    index = probe(io.BytesIO(LARGE)).frames
    doubts: list[int] = []
    bad = replace(part(LARGE), source=partial(partial, Tampered, LARGE, 0.5, 0.9), index=index)
    bad = replace(bad, doubted=partial(doubts.append, 1))
    with a_deck(camera(bad, key="bad"), camera(part(clip()))) as deck:
        assert shown(deck, "bad").state is TileState.PLAYING
        assert not doubts
        deck.seek(Utc(START + 50 * FRAME))
        assert shown(deck, "bad").state is TileState.CORRUPT
        assert shown(deck, "bad").note == "Part 1 does not match its signed manifest. Fetch again."
        assert shown(deck).state is TileState.PLAYING
    assert doubts == [1]


def test_a_file_that_breaks_off_shows_what_is_there_and_says_so() -> None:
    data = clip(container="matroska")
    with a_deck(camera(part(data[: len(data) // 2], seconds=2.4))) as deck:
        assert shown(deck).state is TileState.PLAYING
        deck.seek(Utc(START + 2_300_000))
        assert shown(deck).state is TileState.UNREADABLE
        assert "breaks off" in shown(deck).note


def test_damaged_frames_hold_the_last_whole_one_and_say_so() -> None:
    data = bytearray(clip(gop=12))
    whole = Deck([camera(part(bytes(data)))], monotonic=Hands())
    assert whole.wait_settled(WAIT)
    index = whole._views["one"].process.times.indexes[0]
    whole.close()
    middle = len(data) // 3
    data[middle : middle + 900] = bytes(900)
    with a_deck(
        camera(replace(part(clip(gop=12)), source=partial(partial, io.BytesIO, bytes(data)), index=index))
    ) as deck:
        for i in range(60):
            deck.seek(Utc(START + i * FRAME))
            assert shown(deck).image is not None
        lost = deck._views["one"].process.times.missing
        for _, frame in lost:
            deck.seek(Utc(START + frame * FRAME))
            assert "damaged" in shown(deck).note


def test_cameras_come_and_go_while_playing() -> None:
    hands = Hands()
    one, two = camera(part(clip())), camera(part(clip(b_frames=2)), key="two")
    with a_deck(one, hands=hands) as deck:
        assert deck.wait_settled(WAIT)
        deck.play()
        let_go(deck)
        before = deck._views["one"].process
        deck.set_tile_size("two", *TILE)
        deck.set_cameras([one, two])
        hands.move(16 * FRAME)
        deck._poke()
        hands.move(9 * FRAME)  # by now past the key that a camera this late jumps to
        deck._poke()
        assert shown(deck, "two").state is TileState.PLAYING
        assert deck.playing
        assert deck._views["one"].process is before
        deck.set_cameras([two])
        assert deck.cameras == ("two",)
        assert set(deck.pictures(deck.tick())) == {"two"}
        deck.set_cameras([])
        assert deck.pictures(deck.tick()) == {}


def test_a_new_tile_size_keeps_the_old_picture_until_the_new_one_is_there() -> None:
    hands = Hands()
    with a_deck(camera(part(clip(tuple(range(200))))), hands=hands) as deck:
        assert shown(deck).image is not None
        deck.play()
        let_go(deck)
        for n, size in enumerate([(160, 90), (64, 36), (120, 68)]):
            deck.set_tile_size("one", *size)
            for _ in range(60):
                hands.move(16_667)
                deck._poke()
                picture = deck.pictures(deck.tick())["one"]
                assert picture.image is not None, f"blank in size {n}"
                assert deck.wait_settled(WAIT)
        deck.pause()
        image = shown(deck).image
        assert image is not None
        assert image.shape[1] == 120 or image.shape[0] == 68
        assert image.flags.c_contiguous


def test_a_picture_keeps_its_shape_and_is_not_enlarged() -> None:
    with a_deck(camera(part(clip()))) as deck:
        for tile, shape in (((80, 80), (44, 80, 4)), ((1000, 1000), (90, 160, 4)), ((400, 18), (18, 32, 4))):
            deck.set_tile_size("one", *tile)
            image = shown(deck).image
            assert image is not None
            assert image.shape == shape


@pytest.mark.parametrize("rate", [0.25, 0.5, 1.0, 2.0, 4.0, -1.0, -2.0])
def test_the_clock_keeps_its_rate_and_stops_at_the_end(rate: float) -> None:
    hands = Hands()
    with a_deck(camera(part(clip())), hands=hands) as deck:
        middle = Utc(START + 1_200_000)
        deck.seek(middle)
        assert deck.wait_settled(WAIT)
        deck.play(rate)
        let_go(deck)
        hands.move(200_000)
        assert deck.now() == middle + round(200_000 * rate)
        hands.move(20_000_000)
        deck.tick()
        assert not deck.playing
        assert deck.now() == (deck.range.end - 1 if rate > 0 else deck.range.start)


def test_a_loop_turns() -> None:
    hands = Hands()
    with a_deck(camera(part(clip())), hands=hands) as deck:
        deck.set_loop(TimeRange(Utc(START + 400_000), Utc(START + 800_000)))
        deck.seek(Utc(START + 400_000))
        deck.play()
        let_go(deck)
        hands.move(500_000)
        deck.tick()
        assert deck.now() == START + 400_000
        assert deck.playing


@pytest.mark.parametrize("rate", [1.0, -1.0])
def test_a_loop_that_reaches_beyond_the_footage_turns_at_its_edge(rate: float) -> None:
    hands = Hands()
    with a_deck(camera(part(clip())), hands=hands) as deck:
        whole = deck.range
        deck.set_loop(TimeRange(Utc(whole.start - 1_000_000), Utc(whole.end + 1_000_000)))
        deck.seek(Utc(whole.start + 400_000))
        deck.play(rate)
        let_go(deck)
        hands.move(60_000_000)
        deck.tick()
        assert deck.playing
        assert deck.now() == (whole.start if rate > 0 else whole.end - 1)


def test_a_loop_of_another_time_is_none() -> None:
    hands = Hands()
    with a_deck(camera(part(clip())), hands=hands) as deck:
        deck.set_loop(TimeRange(Utc(deck.range.end + 1_000_000), Utc(deck.range.end + 2_000_000)))
        deck.play()
        let_go(deck)
        hands.move(60_000_000)
        deck.tick()
        assert not deck.playing


def test_the_clock_holds_while_pictures_may_not_be_shown() -> None:
    hands = Hands()
    with a_deck(camera(part(clip())), hands=hands) as deck:
        assert deck.wait_settled(WAIT)
        deck.play()
        let_go(deck)
        deck.hold(True)
        here = deck.now()
        hands.move(500_000)
        assert deck.tick() == here
        assert deck.playing
        deck.hold(False)
        hands.move(100_000)
        assert deck.now() == here + 100_000


def test_a_still_is_shown_for_its_time() -> None:
    taken = replace(part(clip((0,)), seconds=4), still=True)
    with a_deck(camera(taken)) as deck:
        deck.seek(Utc(START + 3_000_000))
        assert shown(deck).state is TileState.STILL
        assert shown(deck).image is not None


class Slow(io.BytesIO):
    """A disk that gives nothing until there is a byte in a pipe."""

    def __init__(self, data: bytes, pipe: Path) -> None:
        super().__init__(data)
        self.pipe = pipe

    def read(self, size: int | None = -1, /) -> bytes:
        if self.tell() == 0:
            with self.pipe.open("rb", buffering=0) as go:
                go.read(1)
        return super().read(size)


def test_a_slow_camera_says_that_it_opens_and_holds_up_nobody(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    slow: DeckPart = replace(part(clip()), source=partial(partial, Slow, clip(), pipe))
    with pipe.open("r+b", buffering=0) as go, a_deck(camera(slow, key="slow"), camera(part(clip()))) as deck:
        until(deck, lambda: deck.pictures(deck.tick())["one"].state is TileState.PLAYING)
        assert deck.pictures(deck.tick())["slow"].state is TileState.OPENING
        assert not deck.settled
        go.write(bytes(1000))
        assert shown(deck, "slow").state is TileState.PLAYING


def test_a_late_tile_says_how_late_it_is() -> None:
    with a_deck(camera(part(clip()))) as deck:
        assert shown(deck).late == 0
        process = deck._views["one"].process
        process.close()  # a machine that is too slow: nothing comes any more
        process.join()
        process.shelf.keys[:] = 0
        picture = deck.pictures(Utc(START + 10 * FRAME))["one"]
        assert (picture.state, picture.late, picture.at) == (TileState.LATE, 10 * FRAME, START)
        assert picture.image is not None


@pytest.mark.parametrize("rate", [4.0, -4.0])
def test_a_machine_too_slow_never_leaves_a_tile_blank_or_wrong_unsaid(rate: float) -> None:
    hands = Hands()
    with a_deck(camera(part(clip(tuple(range(400)), b_frames=2))), hands=hands) as deck:
        deck.seek(Utc(START + (0 if rate > 0 else 15_000_000)))
        assert deck.wait_settled(WAIT)
        deck.play(rate)
        let_go(deck)
        seen = set()
        for _ in range(30):
            hands.move(100_000)  # six ticks of a screen lost each time
            deck._poke()
            with deck._changed:
                deck._changed.wait(0.02)
            at = deck.tick()
            picture = deck.pictures(at)["one"]
            assert picture.image is not None
            assert (picture.late == 0) == (picture.at <= at < picture.until)
            assert (picture.state is TileState.LATE) == (picture.late > 0)
            seen.add(picture.at)
        hands.move(100_000)
        deck.pause()
        assert shown(deck).late == 0
        assert len(seen) > 1
