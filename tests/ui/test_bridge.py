"""Everything that comes from another thread arrives on the GUI thread, by type, or not at all."""

from __future__ import annotations

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import pytest
from PySide6.QtCore import QObject
from pytestqt.exceptions import capture_exceptions
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from reviewer.domain.errors import LogUnwritable, ReviewerError, WrongPassphrase
from reviewer.domain.events import Event, Locked, LogName, Unlocked
from reviewer.ui.bridge import Bridge


@dataclass(frozen=True)
class Recorded:
    event: Event
    origin: str = LogName.ACCESS


def elsewhere(call: object) -> None:
    thread = threading.Thread(target=call)  # type: ignore[arg-type]
    thread.start()
    thread.join()


def test_a_future_calls_back_on_the_gui_thread(qtbot: QtBot, bridge: Bridge) -> None:
    seen: list[tuple[int, int]] = []
    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(lambda: 42)
        bridge.watch(future, lambda value: seen.append((value, threading.get_ident())))
    assert not seen
    qtbot.waitUntil(lambda: bool(seen))
    assert seen == [(42, threading.get_ident())]


def test_an_error_a_person_can_act_on_goes_to_failed(qtbot: QtBot, bridge: Bridge) -> None:
    seen: list[ReviewerError] = []
    future: Future[int] = Future()
    bridge.watch(future, lambda _value: None, seen.append)
    elsewhere(lambda: future.set_exception(WrongPassphrase("No.", "Again.")))
    qtbot.waitUntil(lambda: bool(seen))
    assert str(seen[0]) == "No. Again."


def test_a_bug_is_not_swallowed(qtbot: QtBot, bridge: Bridge) -> None:
    future: Future[int] = Future()
    bridge.watch(future, lambda _value: None, lambda _error: pytest.fail("a bug is no message"))
    with capture_exceptions() as raised:
        elsewhere(lambda: future.set_exception(ZeroDivisionError("bug")))
        qtbot.waitUntil(lambda: bool(raised))
    assert raised[0][0] is ZeroDivisionError


def test_nothing_comes_of_a_cancelled_future(qtbot: QtBot, bridge: Bridge) -> None:
    future: Future[int] = Future()
    bridge.watch(future, lambda _v: pytest.fail("done"), lambda _e: pytest.fail("failed"))
    future.cancel()
    qtbot.wait(10)


def test_a_callback_dies_with_its_owner(qtbot: QtBot, bridge: Bridge) -> None:
    owner = QObject()
    future: Future[int] = Future()
    bridge.watch(future, lambda _v: pytest.fail("its widget is gone"), owner=owner)
    bridge.on(Locked, lambda _r: pytest.fail("its widget is gone"), owner)
    elsewhere(lambda: future.set_result(1))
    bridge.listener(Recorded(Locked("k.salo", "asked")))
    delete(owner)
    qtbot.wait(10)


def test_events_are_announced_by_type(qtbot: QtBot, bridge: Bridge) -> None:
    locked: list[Recorded] = []
    everything: list[object] = []
    stopped: list[LogUnwritable] = []
    bridge.on(Locked, locked.append)
    bridge.on(Event, everything.append)
    bridge.on(LogUnwritable, stopped.append)
    elsewhere(lambda: bridge.listener(Recorded(Locked("k.salo", "idle"))))
    elsewhere(lambda: bridge.listener(Recorded(Unlocked("k.salo"))))
    elsewhere(lambda: bridge.listener(LogUnwritable("The log disk is full.", "Free 2 GB.")))
    qtbot.waitUntil(lambda: bool(stopped))
    assert [r.event for r in locked] == [Locked("k.salo", "idle")]
    assert len(everything) == 2


def test_what_is_forgotten_is_not_called_though_it_lives(qtbot: QtBot, bridge: Bridge) -> None:
    owner, heard = QObject(), []
    bridge.on(int, heard.append, owner)
    bridge.on(int, heard.append)
    bridge.forget(owner)
    bridge.listener(7)
    qtbot.waitUntil(lambda: bool(heard))
    assert heard == [7]


def test_progress_is_shown_ten_times_a_second_at_most_and_the_last_always(qtbot: QtBot, bridge: Bridge) -> None:
    seen: list[int] = []
    tell = bridge.progress(seen.append)

    def work() -> None:
        for value in range(1001):
            tell(value)

    elsewhere(work)
    qtbot.waitUntil(lambda: bool(seen) and seen[-1] == 1000)
    assert len(seen) <= 3


def test_after_close_nothing_arrives(qtbot: QtBot, bridge: Bridge) -> None:
    bridge.post(lambda: pytest.fail("closed"))
    bridge.close()
    bridge.post(lambda: pytest.fail("closed"))
    elsewhere(lambda: bridge.listener(Recorded(Unlocked("k.salo"))))
    qtbot.wait(10)


def test_what_was_asked_for_is_not_answered_to_whoever_ended_meanwhile_nor_to_its_children(
    qtbot: QtBot, bridge: Bridge
) -> None:
    room, other, told = QObject(), QObject(), list[str]()
    child = QObject(QObject(room))
    futures = {name: Future[int]() for name in ("room", "child", "other")}
    for name, owner in (("room", room), ("child", child), ("other", other)):
        bridge.watch(futures[name], lambda _value, name=name: told.append(name), owner=owner)  # type: ignore[misc]
    for name in ("room", "child", "other"):
        elsewhere(lambda name=name: futures[name].set_result(1))
    bridge.forget(room)
    qtbot.waitUntil(lambda: bool(told))
    assert told == ["other"]


def test_who_is_ended_by_an_announcement_does_not_hear_the_same_one(qtbot: QtBot, bridge: Bridge) -> None:
    room, told = QObject(), list[str]()

    def end(_recorded: object) -> None:
        told.append("first")
        bridge.forget(room)

    bridge.on(Locked, end)
    bridge.on(Locked, lambda _recorded: told.append("second"), room)
    elsewhere(lambda: bridge.listener(Recorded(Locked("k.salo", "idle"))))
    qtbot.waitUntil(lambda: bool(told))
    assert told == ["first"]
