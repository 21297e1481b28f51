"""What a room does in the next turn of the event loop, and does no more once it ended."""

from __future__ import annotations

from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from reviewer.app.later import Later


def test_it_is_done_once_however_often_it_is_asked(qtbot: QtBot) -> None:
    owner, done = QObject(), list[int]()
    later = Later(owner, lambda: done.append(1))
    later.ask()
    later.ask()
    later.ask_once()
    assert later.waits and done == []
    qtbot.waitUntil(lambda: done == [1])
    later.ask()
    qtbot.waitUntil(lambda: done == [1, 1])


def test_what_is_asked_once_is_not_put_off_by_asking_again(qtbot: QtBot) -> None:
    owner, done = QObject(), list[int]()
    later = Later(owner, lambda: done.append(1), 60)
    asking = Later(owner, lambda: (later.ask_once(), asking.ask()), 5)
    asking.ask()
    qtbot.waitUntil(lambda: bool(done))
    asking.end()


def test_nothing_is_done_after_the_end_whoever_still_asks(qtbot: QtBot) -> None:
    owner, done, passed = QObject(), list[int](), list[int]()
    later, after = Later(owner, lambda: done.append(1)), Later(owner, lambda: passed.append(1), 20)
    later.ask()
    later.end()
    later.ask()  # as a signal does that was on its way
    later.ask_once()
    after.ask()
    qtbot.waitUntil(lambda: bool(passed))
    assert done == [] and not later.waits
