"""A deck whose cameras wait until they may start."""

from __future__ import annotations

import threading
import time
from contextlib import closing
from dataclasses import replace

import pytest

from reviewer.media.camera import Source
from reviewer.media.camera_process import CameraProcess
from reviewer.media.deck import Deck
from tests.media.footage import WAIT, camera, clip, part


def test_a_deck_that_is_held_starts_nothing_until_it_may() -> None:
    with closing(Deck([camera(part(clip()))], held=True)) as deck:
        view = next(iter(deck._views.values()))
        assert view.process._process is None
        deck.begin()
        assert deck.wait_settled(WAIT)
        assert view.process._process is not None


def test_a_deck_that_was_never_begun_closes_and_leaves_nothing() -> None:
    deck = Deck([camera(part(clip()))], held=True)
    process = next(iter(deck._views.values())).process
    deck.set_cameras([])
    deck.close()
    deck.begin()
    assert process._process is None
    assert not process._thread.is_alive()


def test_cameras_begin_one_after_another_the_one_that_is_named_first(monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[str] = []
    known: list[int] = []
    start = CameraProcess._start

    def noted(process: CameraProcess) -> bool:
        begun.append(process.camera.key)
        known.append(sum(view.process.times.indexes[0] is not None for view in views))
        return start(process)

    monkeypatch.setattr(CameraProcess, "_start", noted)
    cameras = [camera(part(clip()), key=key) for key in ("one", "two", "three")]
    with closing(Deck(cameras, held=True)) as deck:
        views = tuple(deck._views.values())
        deck.begin("two")
        assert deck.wait_settled(WAIT)
    assert begun == ["two", "one", "three"]
    assert known == [0, 1, 2], "each once the one before it knows its frames"


def test_a_camera_that_takes_its_time_does_not_keep_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    come = threading.Event()
    plain = part(clip())

    def slow() -> Source:
        assert come.wait(WAIT)
        return plain.source()

    with closing(Deck([camera(replace(plain, source=slow), key="slow"), camera(plain, key="quick")])) as deck:
        slow_one, quick = (view.process for view in deck._views.values())
        until = time.monotonic() + WAIT
        while quick.times.indexes[0] is None and time.monotonic() < until:
            deck._changed.acquire()
            deck._changed.wait(0.05)
            deck._changed.release()
        assert quick.times.indexes[0] is not None
        assert slow_one.times.indexes[0] is None
        come.set()
        assert deck.wait_settled(WAIT)
