"""The main job without a mouse, from the door to the log and back."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox

from reviewer.domain.timebase import SECOND
from tests.journeys.conftest import SALO, Person

KEY = Qt.Key
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def _tab_to(person: Person, kind: type) -> None:
    for _ in range(12):
        if isinstance(QApplication.focusWidget(), kind):
            return
        person.key(KEY.Key_Tab)
    raise AssertionError(f"Tab does not reach a {kind.__name__}")


def test_the_whole_job_by_keys(person: Person) -> None:
    door = person.field("Passphrase for your signing key")
    person.sees(lambda: QApplication.focusWidget() is door)
    person.types(SALO.passphrase)
    _tab_to(person, QCheckBox)
    person.key(KEY.Key_Space)
    person.key(KEY.Key_Tab)
    person.key(KEY.Key_Return)
    person.sees(lambda: person.program.desk is not None)
    person.has_footage()

    person.key(KEY.Key_Return)
    person.sees(lambda: person.desk.room is not None and person.desk.room.dialog is not None)
    person.key(KEY.Key_Return)
    person.sees(lambda: person.room.screen is not None)
    person.settles()

    start = person.playback.now()
    person.key(KEY.Key_Space)
    person.sees(lambda: person.playback.now() > start + SECOND)
    person.key(KEY.Key_K)
    assert not person.playback.playing
    person.key(KEY.Key_Right, SHIFT)
    person.key(KEY.Key_Left)
    person.settles()
    person.key(KEY.Key_3)
    assert "m-virtanen" in (person.screen.wall.focused or "")
    person.key(KEY.Key_3, SHIFT)
    assert person.playback.heard == person.screen.wall.focused
    person.key(KEY.Key_T)
    QTest.keyClicks(QApplication.focusWidget(), "19:41:38 UTC")
    person.key(KEY.Key_Return)
    person.settles()
    assert person.playback.now() % (60 * SECOND) == 38 * SECOND
    person.screen.setFocus()
    person.key(KEY.Key_B)
    person.sees(lambda: len(person.screen.marking.bookmarks) == 1)

    person.key(KEY.Key_L, CTRL)
    assert person.program.window.is_locked
    person.sees(lambda: QApplication.focusWidget() is not None)
    person.types(SALO.passphrase)
    person.key(KEY.Key_Return)
    person.sees(lambda: not person.program.window.is_locked)
    person.settles()

    person.key(KEY.Key_3, CTRL)
    assert person.program.window.current == "log"
    person.sees(lambda: "Bookmark added" in _rows(person))
    person.key(KEY.Key_1, CTRL)
    assert person.program.window.current == "queue"
    person.key(KEY.Key_F1)
    assert person.program.window.sheet.isVisible()
    person.key(KEY.Key_Escape)
    assert not person.program.window.sheet.isVisible()


def _rows(person: Person) -> str:
    """What the table of the log says."""
    return " ".join(e.meta.kind for e in person.desk.log.entries).replace("bookmark_added", "Bookmark added")
