"""Saving a still from the screen: key and button, what is said where, and the whole way down to the file."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import Future, wait
from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from reviewer.app.case_stills import CaseStills
from reviewer.domain.errors import LogUnwritable, ReviewerError
from reviewer.domain.events import StillSaved, ViewClosed, ViewOpened
from reviewer.domain.tile import TileState
from reviewer.domain.timebase import TimeRange, Utc
from reviewer.records.queries import EntryFilter, Queries
from reviewer.services.annotation import Annotations
from reviewer.services.journal import Recorded
from reviewer.services.still import SavedStill, SavedStills
from reviewer.ui.actions import KeyTable
from reviewer.ui.bridge import Bridge
from reviewer.ui.preferences import PreferenceStore
from reviewer.ui.review.cameras import ReviewCamera
from reviewer.ui.review.map import ReviewMap
from reviewer.ui.review.screen import ReviewScreen, ReviewServices
from reviewer.ui.review.wall_layout import WallLayout
from tests.media.footage import WAIT
from tests.services.agency import CASE, NOW
from tests.services.still_room import Room, open_room
from tests.ui.review import samples
from tests.ui.review.fakes import FakeLog, FakeStills, Stage, make_stage

KEY = Qt.Key


class Saver(FakeStills):
    def done(self, path: Path) -> None:
        self.futures[-1].set_result(saved(path))


def saved(path: Path) -> SavedStill:
    recorded = Recorded(StillSaved(CASE, "rec-1", 0, 0, "ab" * 32), "origin", 0, samples.NOW)
    return SavedStill(path, recorded)


@pytest.fixture
def saver() -> Saver:
    return Saver()


@pytest.fixture
def stage(qtbot: QtBot, saver: Saver) -> Stage:
    made = make_stage(stills=saver)
    qtbot.addWidget(made.screen)
    made.screen.resize(1536, 930)
    made.screen.show()
    made.screen.activateWindow()
    qtbot.waitActive(made.screen)
    made.screen.open_at(samples.NOW)
    made.screen.setFocus()
    qtbot.waitUntil(made.screen.wall.tools.still.isEnabled)
    return made


def _says(stage: Stage) -> list[str]:
    said: list[str] = []
    stage.screen.status_changed.connect(lambda items, _right: said.append(" · ".join(i.words for i in items)))
    return said


def test_the_key_and_the_button_save_what_the_focused_tile_shows(qtbot: QtBot, stage: Stage, saver: Saver) -> None:
    QTest.keyClick(stage.screen, KEY.Key_S)
    ((key, picture),) = saver.asked
    assert key == "rec-1" and picture is stage.screen.wall.painted()["rec-1"]
    said = _says(stage)
    saver.done(Path.home() / "Pictures" / "Reviewer" / "one.png")
    qtbot.waitUntil(lambda: bool(said))
    assert said[-1] == f"Still saved: one.png in {Path('~', 'Pictures', 'Reviewer')}"
    stage.screen.wall.focus("rec-2")
    qtbot.mouseClick(stage.screen.wall.tools.still, Qt.MouseButton.LeftButton)
    assert saver.asked[-1][0] == "rec-2"


def test_the_button_wears_its_key_and_says_what_it_does(stage: Stage) -> None:
    button = stage.screen.wall.tools.still
    assert button.accessibleName() == "Still"
    assert button._key == "S" == stage.keys.shown("still.save")
    assert button.toolTip().startswith("Save the original frame")
    stage.keys.remap("still.save", ";")
    assert button._key == ";"


def test_where_no_picture_is_shown_it_says_why(qtbot: QtBot, stage: Stage, saver: Saver) -> None:
    stage.screen.wall.focus("rec-4")  # in a gap
    button = stage.screen.wall.tools.still
    qtbot.waitUntil(lambda: not button.isEnabled())
    assert button.toolTip() == button.accessibleDescription() == "Camera 4 shows no picture: No footage at this time."
    said = _says(stage)
    QTest.keyClick(stage.screen, KEY.Key_S)
    assert said[-1].startswith("Camera 4 shows no picture: No footage at this time. Go to a moment that it shows.")
    assert saver.asked == []
    stage.screen.wall.focus("rec-1")
    qtbot.waitUntil(button.isEnabled)
    assert button.accessibleDescription() == ""


def test_while_the_picture_is_covered_nothing_is_saved(qtbot: QtBot, stage: Stage, saver: Saver) -> None:
    stage.playback.stopped = "The log cannot be written."
    qtbot.waitUntil(lambda: not stage.screen.wall.tools.still.isEnabled())
    QTest.keyClick(stage.screen, KEY.Key_S)
    assert saver.asked == []


def test_it_works_in_every_layout(stage: Stage, saver: Saver) -> None:
    for layout in set(WallLayout) - {WallLayout.COMPARE}:
        stage.screen.wall.set_layout(layout)
        stage.screen.tick()
        QTest.keyClick(stage.screen, KEY.Key_S)
        saver.futures[-1].cancel()
        stage.screen.picture.stills._under_way = False
    assert len(saver.asked) == len(WallLayout) - 1


def test_one_at_a_time_and_a_refusal_is_said_in_place(qtbot: QtBot, stage: Stage, saver: Saver) -> None:
    said = _says(stage)
    QTest.keyClick(stage.screen, KEY.Key_S)
    QTest.keyClick(stage.screen, KEY.Key_S)
    assert len(saver.asked) == 1
    assert said[-1].startswith("The still before this one is being saved. Save again in a moment.")
    saver.futures[-1].set_exception(LogUnwritable("The log cannot be written.", "Make room on the disk."))
    qtbot.waitUntil(lambda: said[-1].startswith("The log cannot be written. Make room on the disk."))
    QTest.keyClick(stage.screen, KEY.Key_S)
    assert len(saver.asked) == 2


# -- every picture ---------------------------------------------------------------------------------------------------


def test_shift_s_saves_every_picture_and_says_how_many_where(qtbot: QtBot, stage: Stage, saver: Saver) -> None:
    said = _says(stage)
    QTest.keyClick(stage.screen, KEY.Key_S, Qt.KeyboardModifier.ShiftModifier)
    wanted, progress, _stop = saver.all[-1]
    assert dict(wanted) == dict(stage.screen.wall.painted()) and len(wanted) == 3  # camera 4 is in a gap
    button = stage.screen.wall.tools.stills
    assert button.accessibleName() == "Stop: 0 of 3"
    progress(2)
    qtbot.waitUntil(lambda: button.accessibleName() == "Stop: 2 of 3")
    folder = Path.home() / "Pictures" / "Reviewer"
    saver.rounds[-1].set_result(SavedStills(tuple(saved(folder / f"{n}.png") for n in range(3))))
    qtbot.waitUntil(lambda: bool(said))
    assert said[-1] == f"3 stills saved in {Path('~', 'Pictures', 'Reviewer')}."
    assert button.accessibleName() == "All"


def test_pressed_again_it_stops_and_says_what_was_not_tried(qtbot: QtBot, stage: Stage, saver: Saver) -> None:
    said = _says(stage)
    button = stage.screen.wall.tools.stills
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    stop = saver.all[-1][2]
    QTest.keyClick(stage.screen, KEY.Key_S)
    assert said[-1].startswith("The still before this one is being saved.") and not saver.asked
    assert not stop.is_set()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert stop.is_set() and len(saver.all) == 1
    camera = stage.screen.wall.cameras[1]
    wrong = ReviewerError("It is gone.", "Fetch it.")
    saver.rounds[-1].set_result(SavedStills((saved(Path("/x/1.png")),), ((camera.manifest, wrong),), 1))
    qtbot.waitUntil(lambda: "not tried" in said[-1])
    assert said[-1] == f"1 still saved in {Path('/x')}. Not saved: {camera.manifest.officer}. Stopped; 1 not tried."


def test_a_log_that_cannot_be_written_is_said_even_if_some_were_saved(qtbot: QtBot, stage: Stage, saver: Saver) -> None:
    said = _says(stage)
    QTest.keyClick(stage.screen, KEY.Key_S, Qt.KeyboardModifier.ShiftModifier)
    wrong = LogUnwritable("The log cannot be written.", "Make room.")
    manifest = stage.screen.wall.cameras[1].manifest
    saver.rounds[-1].set_result(SavedStills((), ((manifest, wrong),), 1))
    qtbot.waitUntil(lambda: bool(said) and "No still saved." in said[-1])
    assert "The log cannot be written. Make room." in said[-1]
    stage.playback.stopped = "The log cannot be written."
    qtbot.waitUntil(lambda: not stage.screen.wall.tools.stills.isEnabled())
    QTest.keyClick(stage.screen, KEY.Key_S, Qt.KeyboardModifier.ShiftModifier)
    assert len(saver.all) == 1


# -- the whole way ---------------------------------------------------------------------------------------------------


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    with open_room(tmp_path, time.monotonic_ns) as made:
        yield made


@pytest.fixture
def screen(qtbot: QtBot, room: Room, bridge: Bridge, keys: KeyTable, preferences: PreferenceStore) -> ReviewScreen:
    log = FakeLog()
    services = ReviewServices(
        room.playback,
        Annotations(log.record, log, CASE),  # type: ignore[arg-type]
        room.viewing.retry,
        lambda _key: (),
        str,
        CaseStills(room.stills, lambda _key: room.manifest, lambda: room.folder),
        lambda _key, _range, _count, _height: Future(),
    )
    made = ReviewScreen(
        services,
        keys=keys,
        zone=samples.ZONE,
        bridge=bridge,
        preferences=preferences,
        map_view=ReviewMap(None, bridge),
    )
    qtbot.addWidget(made)
    made.setObjectName("window")
    made.resize(1300, 700)
    made.set_cameras([ReviewCamera(1, room.manifest)])
    made.show()
    made.activateWindow()
    qtbot.waitActive(made)
    made.open_at(Utc(NOW + 1_210_000))
    made.setFocus()
    qtbot.waitUntil(made.wall.tools.still.isEnabled, timeout=round(WAIT * 1000))
    qtbot.waitUntil(lambda: _stands_right(made), timeout=round(WAIT * 1000))
    return made


def _stands_right(screen: ReviewScreen) -> bool:
    """Whether the frame that the clock asks for is painted, not one on the way to it."""
    painted = screen.wall.painted().get("cam-a")
    return painted is not None and painted.state is not TileState.LATE


def test_a_key_press_becomes_a_file_with_its_provenance(qtbot: QtBot, screen: ReviewScreen, room: Room) -> None:
    shown = screen.wall.painted()["cam-a"]
    with qtbot.waitSignal(screen.picture.stills.saved, timeout=round(WAIT * 1000)) as saved:
        QTest.keyClick(screen, KEY.Key_S)
    (name,) = room.files()
    assert saved.args is not None and name in saved.args[0]
    image = QImage(str(room.folder / name))
    assert (image.width(), image.height()) == (320, 180)
    assert image.text("Recording") == "cam-a"
    assert image.text("Pts") == str(shown.pts)
    assert image.text("UTC") == "2026-06-13T20:00:01.200000Z"
    assert [entry[:3] for entry in room.entries()] == [("cam-a", 0, shown.pts)]


def test_every_picture_on_the_wall_becomes_a_file(qtbot: QtBot, screen: ReviewScreen, room: Room) -> None:
    shown = screen.wall.painted()["cam-a"]
    with qtbot.waitSignal(screen.picture.stills.saved, timeout=round(WAIT * 1000)) as said:
        QTest.keyClick(screen, KEY.Key_S, Qt.KeyboardModifier.ShiftModifier)
    assert said.args is not None and said.args[0].startswith("1 still saved in ")
    assert len(room.files()) == 1 and [entry[:3] for entry in room.entries()] == [("cam-a", 0, shown.pts)]


def test_an_instant_is_held_shown_and_said_in_the_log_like_everything_else(
    qtbot: QtBot, screen: ReviewScreen, room: Room
) -> None:
    long = round(WAIT * 1000)
    shown = screen.wall.painted()["cam-a"]
    QTest.keyClick(screen, KEY.Key_C)
    qtbot.waitUntil(lambda: screen.wall.painted_held() is not None, timeout=long)
    qtbot.waitUntil(lambda: screen.wall.painted_held().picture.image.shape == (180, 320, 4), timeout=long)  # type: ignore[union-attr]
    screen.controls.seek(Utc(NOW + 2_000_000))
    qtbot.waitUntil(
        lambda: (now := screen.wall.painted().get("cam-a", shown)).at > shown.at and not now.late, timeout=long
    )
    held = screen.wall.painted_held()
    assert held is not None and (held.picture.at, held.picture.pts) == (shown.at, shown.pts)
    QTest.keyClick(screen, KEY.Key_S, Qt.KeyboardModifier.ShiftModifier)  # both are on the screen: both are saved
    qtbot.waitUntil(lambda: len(room.entries()) == 2, timeout=long)
    assert {entry[2] for entry in room.entries()} == {shown.pts, screen.wall.painted()["cam-a"].pts}
    screen.lock()
    assert screen.wall.painted_held() is None
    screen.unlock()
    qtbot.waitUntil(lambda: screen.wall.painted_held() is not None, timeout=long)
    QTest.keyClick(screen, KEY.Key_Escape)
    qtbot.waitUntil(lambda: screen.wall.layout_now is WallLayout.FOCUS, timeout=long)
    screen.close_review()
    wait(room.viewing.close(), WAIT)
    with closing(Queries(room.journal.path)) as queries:
        events = [row.event for row in queries.entries(EntryFilter(), limit=1000)]
    frame = TimeRange(shown.at, shown.until)
    opened = {e.span for e in events if isinstance(e, ViewOpened) and e.planned == frame}
    closed = [c for e in events if isinstance(e, ViewClosed) and e.span in opened for c in e.cameras]
    assert len(opened) >= 2 and {c.shown for c in closed} == {frame}
    assert room.viewing.painted_outside == 0
