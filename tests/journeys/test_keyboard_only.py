"""The main job without a mouse, from the door to the log and back."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox

from reviewer.domain.events import BookmarkAdded, FilmstripShown
from reviewer.domain.timebase import SECOND
from tests.journeys.conftest import SALO, Person

KEY = Qt.Key
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
ALT = Qt.KeyboardModifier.AltModifier


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
    assert "-2051-" in (person.screen.wall.focused or "")
    person.key(KEY.Key_3, SHIFT)
    assert person.playback.heard == (person.screen.wall.focused,)
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


def test_every_speed_both_ways_by_keys(reviewing: Person) -> None:
    """The ladder by Shift with J and L, the shuttle by J K L, frames by K held; each does what the clock then shows."""
    playback, speed = reviewing.playback, reviewing.screen.transport.speed.now
    for wanted in ("0.75×", "0.5×", "0.25×", "0.1×"):
        reviewing.key(KEY.Key_J, SHIFT)
        assert speed.text() == wanted
    for wanted in ("0.25×", "0.5×", "0.75×", "1×", "1.25×", "1.5×", "2×", "4×", "8×", "16×"):
        reviewing.key(KEY.Key_L, SHIFT)
        assert speed.text() == wanted
    reviewing.key(KEY.Key_K, SHIFT)
    reviewing.key(KEY.Key_T)
    reviewing.types("19:41:40 UTC")
    reviewing.key(KEY.Key_Return)
    reviewing.settles()
    for presses, rate in ((2, 2.0), (1, 4.0)):
        for _ in range(presses):
            reviewing.key(KEY.Key_L)
        assert playback.playing and playback.rate == rate
    here = playback.now()
    for _ in range(3):
        reviewing.key(KEY.Key_J)
    assert playback.rate == -1.0
    reviewing.sees(lambda: playback.now() < here)
    reviewing.key(KEY.Key_Space, SHIFT)
    assert playback.rate == 1.0
    reviewing.key(KEY.Key_K)
    reviewing.settles()
    stood = playback.now()
    window = reviewing.program.window
    QTest.keyPress(QApplication.focusWidget() or window, KEY.Key_K)
    reviewing.key(KEY.Key_L)
    reviewing.settles()
    assert stood < playback.now() < stood + SECOND // 10 and not playback.playing
    reviewing.key(KEY.Key_J)
    reviewing.settles()
    assert playback.now() <= stood
    QTest.keyRelease(QApplication.focusWidget() or window, KEY.Key_K)


def test_a_loop_goes_round_both_ways_by_keys(reviewing: Person) -> None:
    playback, controls = reviewing.playback, reviewing.screen.controls
    reviewing.key(KEY.Key_T)
    reviewing.types("19:41:38 UTC")
    reviewing.key(KEY.Key_Return)
    reviewing.settles()
    start = playback.now()
    reviewing.key(KEY.Key_I)
    reviewing.key(KEY.Key_O)
    assert controls.range is None
    reviewing.sees(lambda: "A range of less than two frames shows nothing." in reviewing.says())
    reviewing.key(KEY.Key_Period, SHIFT)
    reviewing.settles()
    reviewing.key(KEY.Key_O)
    loop = controls.range
    assert loop is not None and loop.start == start
    reviewing.key(KEY.Key_R)
    places: list[int] = []

    def comes_round(way: int) -> bool:
        places.append(playback.now())
        return any((b - a) * way < 0 for a, b in pairwise(places))

    for key, way in ((KEY.Key_L, 1), (KEY.Key_J, -1)):
        places.clear()
        reviewing.key(key)
        reviewing.sees(lambda way=way: comes_round(way))
        reviewing.key(KEY.Key_K)
        assert loop.start - SECOND // 10 <= min(places) and max(places) <= loop.end + SECOND // 10
    reviewing.key(KEY.Key_I, SHIFT)
    assert playback.now() == loop.start
    reviewing.key(KEY.Key_R, SHIFT)
    assert playback.loop is None and controls.range is None


def test_bookmarks_and_edges_are_jumped_between_and_a_mix_is_made(reviewing: Person) -> None:
    playback, marking = reviewing.playback, reviewing.screen.marking
    marks = []
    for clock in ("19:41:36", "19:41:39"):
        reviewing.key(KEY.Key_T)
        reviewing.types(f"{clock} UTC")
        reviewing.key(KEY.Key_Return)
        marks.append(playback.now())
        reviewing.key(KEY.Key_B)
        reviewing.sees(lambda: len(marking.bookmarks) == len(marks))
    reviewing.key(KEY.Key_Right, SHIFT)
    for at in reversed(marks):
        reviewing.key(KEY.Key_Up)
        assert playback.now() == at
    reviewing.key(KEY.Key_Down)
    assert playback.now() == marks[1]
    reviewing.key(KEY.Key_2)
    parts = [p.started_at for p in reviewing.room.cameras[1].manifest.parts]
    for key in (KEY.Key_Left, KEY.Key_Right):
        places = [playback.now()]
        for _ in range(2 * len(parts)):
            reviewing.key(key, ALT)
            places.append(playback.now())
    assert set(parts) <= set(places) and places == sorted(places)
    reviewing.key(KEY.Key_3, SHIFT)
    reviewing.key(KEY.Key_2, CTRL | SHIFT)
    assert len(playback.heard) == 2
    reviewing.key(KEY.Key_Up, CTRL)
    assert sorted(playback.levels.values()) == [1.0, 1.1]
    reviewing.key(KEY.Key_A, SHIFT)
    assert len(playback.heard) == 1
    reviewing.key(KEY.Key_M)
    assert playback.heard == ()


def test_the_filmstrip_by_its_key_is_in_the_log(reviewing: Person) -> None:
    film = reviewing.screen.timeline
    reviewing.key(KEY.Key_F, SHIFT)
    reviewing.sees(lambda: film._film is not None and film._film.wanted and film._film.pictures)
    reviewing.key(KEY.Key_3, CTRL)
    reviewing.sees(lambda: FilmstripShown.KIND in _rows(reviewing))
    reviewing.key(KEY.Key_2, CTRL)


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
