"""What a room does in the next turn of the event loop, and does no more once it ended."""

from __future__ import annotations

from collections.abc import Generator

from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from reviewer.app.later import InSteps, Later
from reviewer.domain.errors import ReviewerError


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


def test_steps_leave_room_for_others_and_begin_anew_when_asked_meanwhile(qtbot: QtBot) -> None:
    owner, said = QObject(), list[str]()

    def work() -> Generator[None]:
        for step in "abc":
            said.append(step)
            yield

    steps = InSteps(owner, work, lambda wrong: said.append(str(wrong)))
    between = Later(owner, lambda: (said.append("-"), said.count("c") < 2 and between.ask()))
    steps.ask()
    steps.ask()
    between.ask()
    qtbot.waitUntil(lambda: "b" in said)
    steps.ask()
    qtbot.waitUntil(lambda: said.count("c") == 2)
    assert [each for each in said if each != "-"] == [*"abcabc"]
    assert all(said[said.index(step) + 1] == "-" for step in "ab")


def test_what_stops_a_step_is_said_and_it_can_be_asked_again(qtbot: QtBot) -> None:
    owner, said = QObject(), list[str]()

    def work() -> Generator[None]:
        yield
        raise ReviewerError("The disk is gone.", "Put it back.")

    steps = InSteps(owner, work, lambda wrong: said.append(str(wrong)))
    steps.ask()
    qtbot.waitUntil(lambda: len(said) == 1)
    steps.ask()
    qtbot.waitUntil(lambda: len(said) == 2)
    assert said[0].startswith("The disk is gone.")


def test_after_the_end_no_step_is_taken(qtbot: QtBot) -> None:
    owner, said, passed = QObject(), list[str](), list[int]()

    def work() -> Generator[None]:
        try:
            for step in "abcdef":
                said.append(step)
                yield
        finally:
            said.append("closed")

    steps = InSteps(owner, work, lambda wrong: said.append(str(wrong)))
    steps.ask()
    qtbot.waitUntil(lambda: "b" in said)
    steps.end()
    before = list(said)
    steps.ask()
    after = Later(owner, lambda: passed.append(1), 20)
    after.ask()
    qtbot.waitUntil(lambda: bool(passed))
    assert said == before and said[-1] == "closed"
