"""What one tile shows, where the table of pictures that another process writes is not what it was a moment ago."""

from __future__ import annotations

import random
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from typing import Any

import numpy as np
import pytest

from reviewer.domain.tile import TileState
from reviewer.domain.timebase import Utc
from reviewer.media.apart import context
from reviewer.media.deck import Deck
from reviewer.media.shelf import Busy, Shelf, Viewer
from tests.media.footage import WAIT, camera, clip, part


@pytest.mark.parametrize("strange", [{"frame": 9_999}, {"part": 7}, {"frame": -3}])
def test_a_row_that_is_another_one_by_now_is_no_picture(
    monkeypatch: pytest.MonkeyPatch, strange: dict[str, int]
) -> None:
    with closing(Deck([camera(part(clip()))])) as deck:
        assert deck.wait_settled(WAIT)
        deck.pictures(deck.now())
        view = next(iter(deck._views.values()))
        row = view.process.viewer.find(0, 0)
        assert row is not None
        monkeypatch.setattr(view.process.viewer, "find", lambda *_: None)
        monkeypatch.setattr(view.process.viewer, "newest", lambda *_: row._replace(**strange))
        view._shown = None
        (picture,) = deck.pictures(deck.now()).values()
        assert picture.state is TileState.OPENING


def test_a_frame_that_is_put_up_between_two_looks_is_not_late(monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(Deck([camera(part(clip()))])) as deck:
        assert deck.wait_settled(WAIT)
        viewer = next(iter(deck._views.values())).process.viewer
        looks = iter([None])  # the first look comes a moment too soon
        find = viewer.find
        monkeypatch.setattr(viewer, "find", lambda *where, **how: next(looks, find(*where, **how)))
        (first,) = deck.pictures(deck.now()).values()
        (then,) = deck.pictures(deck.now()).values()
        assert first.state is then.state is TileState.PLAYING
        assert first.late == then.late == 0
        assert first is then


_SIZES = ((640, 360), (320, 180), (64, 36), (480, 270))


@pytest.mark.parametrize("seed", range(4))
def test_whatever_was_in_the_way_the_right_frame_stands_in_the_end(monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    """The table is held too long, or a picture is gone before it is developed, while sizes and places change."""
    chance = random.Random(seed)  # noqa: S311 - no secret, the same faults each time
    with closing(Deck([camera(part(clip()))])) as deck:
        assert deck.wait_settled(WAIT)
        (key,) = deck.cameras
        view = deck._views[key]
        often = [0.0]
        for name in ("find", "develop"):
            monkeypatch.setattr(
                view.process.viewer, name, _in_the_way(getattr(view.process.viewer, name), often, chance)
            )
        for _ in range(25):
            often[0] = chance.choice((0.1, 0.3, 0.5))
            for _ in range(chance.randint(1, 12)):
                match chance.randint(0, 2):
                    case 0:
                        deck.set_tile_size(key, *chance.choice((*_SIZES, (0, 0))))
                    case 1:
                        deck.seek(Utc(deck.range.start + chance.randint(0, deck.range.duration)))
                for _ in range(chance.randint(0, 3)):
                    deck.tick()
                    deck.pictures(deck.here)
            often[0] = 0.0
            deck.set_tile_size(key, *chance.choice(_SIZES))
            assert deck.wait_settled(WAIT)
            deck.pictures(deck.now())
            (picture,) = deck.pictures(deck.now()).values()
            if picture.state is not TileState.ENDED:
                assert (picture.state, picture.late) == (TileState.PLAYING, 0)
                assert picture.at <= deck.now() < picture.until


def _in_the_way(ask: Callable[..., Any], often: list[float], chance: random.Random) -> Callable[..., Any]:
    def asked(*what: object, **how: object) -> object:
        if chance.random() < often[0]:
            raise Busy
        return None if ask.__name__ == "develop" and chance.random() < often[0] else ask(*what, **how)

    return asked


def test_asking_what_is_there_never_waits_and_bears_with_whoever_writes() -> None:
    """The clock asks it at every tick while it waits: not for a table that is held, nor of keys that change in it."""
    shelf = Shelf(context().Lock())
    shelf.keys[:] = (1 << 32) + np.arange(len(shelf.keys))  # part 0, all frames
    viewer, over, turn = Viewer(shelf), threading.Event(), sys.getswitchinterval()

    def write() -> None:  # as the decoder does: a place is nobody's, then another frame's
        while not over.is_set():
            shelf.keys[100] = 0
            shelf.keys[100] = (1 << 32) + 100

    writer = threading.Thread(target=write)
    try:
        sys.setswitchinterval(1e-6)
        with shelf.held():
            writer.start()
            assert all(viewer.has(0, range(50)) for _ in range(10_000))
    finally:
        over.set()
        writer.join()
        sys.setswitchinterval(turn)
        shelf.close()
