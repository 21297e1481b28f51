"""The main job without a mouse, from the door to the log and back."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QCheckBox

from reviewer.domain.events import BookmarkAdded
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
    person.types("19:41:38 UTC")
    person.key(KEY.Key_Return)
    person.settles()
    assert person.playback.now() % (60 * SECOND) == 38 * SECOND
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
    person.sees(lambda: BookmarkAdded.KIND in _rows(person))
    person.key(KEY.Key_1, CTRL)
    assert person.program.window.current == "queue"
    person.key(KEY.Key_F1)
    assert person.program.window.sheet.isVisible()
    person.key(KEY.Key_Escape)
    assert not person.program.window.sheet.isVisible()


def test_after_a_field_the_keys_are_for_the_pictures_again(reviewing: Person) -> None:
    """A time typed, a note written or given up: the next Space plays, whatever had the focus."""
    controls, playback = reviewing.screen.controls, reviewing.playback
    controls.seek(playback.range.start)

    def space_plays() -> None:
        before = playback.now()
        reviewing.key(KEY.Key_Space)
        reviewing.sees(lambda: playback.now() > before)
        reviewing.key(KEY.Key_Space)
        reviewing.sees(lambda: not playback.playing)

    space_plays()
    reviewing.key(KEY.Key_T)
    reviewing.types("19:41:36 UTC")
    reviewing.key(KEY.Key_Return)
    space_plays()
    reviewing.key(KEY.Key_T)
    reviewing.key(KEY.Key_Escape)
    space_plays()
    reviewing.key(KEY.Key_N)
    reviewing.types("j k l are letters here")
    assert not playback.playing
    reviewing.key(KEY.Key_Escape)
    space_plays()
    reviewing.key(KEY.Key_F1)
    reviewing.key(KEY.Key_Escape)
    space_plays()


def test_a_range_is_marked_stepped_through_and_found_again(reviewing: Person) -> None:
    playback, marking = reviewing.playback, reviewing.screen.marking
    reviewing.key(KEY.Key_T)
    reviewing.types("19:41:36 UTC")
    reviewing.key(KEY.Key_Return)
    start = playback.now()
    reviewing.key(KEY.Key_I)
    reviewing.key(KEY.Key_Right)
    for _ in range(3):
        reviewing.settles()
        reviewing.key(KEY.Key_Period)
    reviewing.settles()
    end = playback.now()
    assert start + SECOND < end < start + 2 * SECOND
    reviewing.key(KEY.Key_O)
    reviewing.key(KEY.Key_N)
    reviewing.types("Someone drops a bag")
    reviewing.key(KEY.Key_Return, CTRL)
    reviewing.sees(lambda: [b.text for b in marking.bookmarks] == ["Someone drops a bag"])
    assert (marking.bookmarks[0].at.start, marking.bookmarks[0].at.end) == (start, end)
    reviewing.key(KEY.Key_Escape)
    reviewing.key(KEY.Key_Right, SHIFT)
    reviewing.key(KEY.Key_Up)
    assert playback.now() == start
    reviewing.key(KEY.Key_Z)
    reviewing.sees(lambda: not marking.bookmarks)
    reviewing.key(KEY.Key_Z, SHIFT)
    reviewing.sees(lambda: marking.bookmarks)


def test_every_part_of_the_screen_is_reached_by_f6(reviewing: Person) -> None:
    """F6 comes to every pane and back to the first."""
    panes = []
    for _ in range(8):
        reviewing.key(KEY.Key_F6)
        focused = QApplication.focusWidget()
        assert focused is not None
        panes.append(focused)
        if panes.count(focused) == 2:
            break
    names = {pane.accessibleName() or type(pane).__name__ for pane in panes}
    assert len(names) >= 4, names
    assert panes[0] is panes[-1], "F6 comes round"


def _rows(person: Person) -> set[str]:
    """The kinds of entry that the log screen lists."""
    return {entry.meta.kind for entry in person.desk.log.entries}
