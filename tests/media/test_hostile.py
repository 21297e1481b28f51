"""Footage that crashes its decoder, hangs it, or wants all memory: it costs its own tile, which says so."""

from __future__ import annotations

import io
import logging
import os
import signal
import threading
from dataclasses import replace
from functools import partial
from typing import BinaryIO

import numpy as np
import pytest

from reviewer.domain.tile import TileState
from reviewer.domain.timebase import Utc
from reviewer.media.camera import DeckPart
from reviewer.media.deck import Deck
from tests.media.footage import START, camera, clip, part
from tests.media.test_deck import FRAME, a_deck, let_go, shown, until

LONG = clip(size=(960, 540), gop=6)


class Deadly(io.BytesIO):
    """A file whose bytes, from some place on, do to the process that reads them what a broken decoder would."""

    def __init__(self, data: bytes, how: str, from_: float) -> None:
        super().__init__(data)
        self.how, self.bad = how, range(int(from_ * len(data)), int((from_ + 0.4) * len(data)))

    def read(self, size: int | None = -1, /) -> bytes:
        if self.tell() < self.bad.stop and self.tell() + (size or 0) > self.bad.start:
            self.strike()
        return super().read(size)

    def strike(self) -> None:
        match self.how:
            case "crash":
                os.kill(os.getpid(), signal.SIGSEGV)
            case "abort":
                os.abort()
            case "hang":
                threading.Event().wait()
            case "bomb":
                hoard = []
                while True:
                    hoard.append(np.ones(64 << 20, np.uint8))


def deadly(how: str, from_: float) -> DeckPart:
    return replace(part(LONG), source=partial(partial, Deadly, LONG, how, from_))


@pytest.mark.parametrize("how", ["crash", "abort", "hang", "bomb"])
def test_a_file_that_strikes_when_it_is_opened_costs_its_tile(how: str) -> None:
    with a_deck(camera(deadly(how, 0), key="bad"), camera(part(clip())), hangs_after=0.3, opens_within=0.3) as deck:
        until(deck, lambda: deck.pictures(deck.tick())["one"].state is TileState.PLAYING)
        picture = shown(deck, "bad")
        assert (picture.state, picture.image) == (TileState.STOPPED, None)
        assert picture.note.endswith(".")
        assert shown(deck).state is TileState.PLAYING


@pytest.mark.parametrize("how", ["crash", "hang"])
def test_a_file_that_strikes_while_it_plays_costs_that_part_and_the_camera_goes_on_with_the_next(how: str) -> None:
    index = None
    with a_deck(camera(part(LONG))) as whole:
        shown(whole)
        index = whole._views["one"].process.times.indexes[0]
    first = replace(deadly(how, 0.5), index=index)
    later = part(clip(), Utc(START + 3_000_000))
    with a_deck(camera(first, later, key="bad"), camera(part(clip())), hangs_after=0.3) as deck:
        assert shown(deck, "bad").state is TileState.PLAYING
        deck.seek(Utc(START + 40 * FRAME))
        assert shown(deck, "bad").state is TileState.STOPPED
        assert shown(deck).state is TileState.PLAYING
        deck.seek(Utc(START + 3_500_000))
        assert shown(deck, "bad").state is TileState.PLAYING
        deck.play()
        let_go(deck)


def unforeseen() -> BinaryIO:
    raise RuntimeError("nobody foresaw this")


def test_a_defect_of_ours_is_logged_with_what_and_where(caplog: pytest.LogCaptureFixture) -> None:
    with a_deck(camera(replace(part(LONG), source=lambda: unforeseen), key="bad"), camera(part(clip()))) as deck:
        assert shown(deck, "bad").state is TileState.STOPPED
        assert shown(deck).state is TileState.PLAYING
    said = [each.getMessage() for each in caplog.records if each.levelno >= logging.ERROR]
    assert said
    assert all("RuntimeError in test_hostile.py, line" in each and "nobody foresaw this" in each for each in said)
    caplog.clear()


def test_a_process_that_somebody_ends_is_started_anew() -> None:
    with a_deck(camera(part(clip()))) as deck:
        assert shown(deck).state is TileState.PLAYING
        first = deck._views["one"].process._process.pid
        os.kill(first, signal.SIGKILL)
        until(deck, lambda: deck._views["one"].process._process.pid != first)
        deck.seek(Utc(START + 40 * FRAME))
        assert shown(deck).at == START + 40 * FRAME


def test_what_a_taken_over_process_writes_does_not_harm_the_window() -> None:
    with a_deck(camera(part(clip()))) as deck:
        shown(deck)
        process = deck._views["one"].process
        rng = np.random.default_rng(3)
        for _ in range(50):
            table = process.shelf.table.view(np.uint8)
            table[:] = rng.integers(0, 256, table.shape, np.uint8)
            process.shelf.keys[:] = rng.integers(0, 1 << 34, process.shelf.keys.shape)
            process.shelf.keys[:8] = 1 << 32 | 5
            process.shelf.head["rung"] = int(rng.integers(-(1 << 31), 1 << 31))
            deck._views["one"]._shown = None
            deck.pictures(Utc(START + 5 * FRAME))


def test_all_processes_are_gone_when_the_deck_is_closed() -> None:
    deck = Deck([camera(part(clip())), camera(deadly("hang", 0), key="bad")], hangs_after=30)
    until(deck, lambda: all(v.process._process is not None for v in deck._views.values()))
    pids = [v.process._process.pid for v in deck._views.values()]
    deck.close()
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
