"""What was opened is let go when it ends: a case that is closed, the desk at log-off, the program with its window."""

from __future__ import annotations

import gc
import weakref
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from reviewer.app.root import Program
from tests.journeys.conftest import PATIENCE, Person


def test_a_case_a_desk_and_a_program_are_gone_when_they_end(qapp: QApplication, qtbot: QtBot, demo: Path) -> None:
    before = {id(widget) for widget in QApplication.topLevelWidgets()}
    person = Person(Program(demo / "home", demo=demo), demo, qtbot)
    try:
        window = person.program.window
        window.show()
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow, timeout=PATIENCE)
        person.logs_on()
        person.has_footage()
        person.opens_case()
        gone = {"screen": weakref.ref(person.screen), "room": weakref.ref(person.room)}
        person.desk.close_case()
        window.show_screen("queue")
        person.opens_case()  # the first one's screens are replaced
        _gone(qtbot, gone, "the case")
        gone = {"desk": weakref.ref(person.desk), "room": weakref.ref(person.room)}
        gone["program"] = weakref.ref(person.program)
    finally:
        person.leaves()
    del person, window
    _gone(qtbot, gone, "the program")
    left = [type(w).__name__ for w in QApplication.topLevelWidgets() if id(w) not in before]
    assert not left, f"windows of nobody: {left}"


def _gone(qtbot: QtBot, refs: dict[str, weakref.ref[object]], what: str) -> None:
    def collected() -> bool:
        gc.collect()
        return all(ref() is None for ref in refs.values())

    try:
        qtbot.waitUntil(collected, timeout=PATIENCE // 4)
    except qtbot.TimeoutError:
        held = [name for name, ref in refs.items() if ref() is not None]
        pytest.fail(f"{what} ended and is held: {held}")
