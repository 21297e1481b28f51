"""What lies over the wall is seen by the program too."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QDialog, QWidget
from pytestqt.qtbot import QtBot

from reviewer.domain.events import Crop, Visible
from reviewer.domain.lens import Lens
from reviewer.ui.review.exposure import Exposure
from reviewer.ui.review.framing import framing, seen_of
from reviewer.ui.review.video_wall import VideoWall
from tests.ui.review import samples


def _wall(qtbot: QtBot) -> tuple[QWidget, VideoWall]:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(900, 600)
    wall = VideoWall(samples.ZONE, window)
    wall.setGeometry(0, 0, 800, 500)
    wall.set_cameras(samples.cameras(4))
    with qtbot.waitExposed(window):
        window.show()
    return window, wall


def _said(exposure: Exposure, wall: VideoWall) -> dict[str, Visible]:
    exposure.refresh(thoroughly=True)
    return {c.key: exposure.of(tile) for c in wall.on_page if (tile := wall.tile(c.key)) is not None}


def test_nothing_over_it_then_a_sheet_over_one_tile_then_minimised(qtbot: QtBot) -> None:
    window, wall = _wall(qtbot)
    exposure = Exposure(wall)
    assert set(_said(exposure, wall).values()) == {Visible.YES}
    tile = wall.tile(wall.on_page[0].key)
    assert tile is not None
    sheet = QWidget(window)
    sheet.setGeometry(tile.x(), tile.y(), tile.width(), tile.height() // 2)
    assert set(_said(exposure, wall).values()) == {Visible.YES}, "it is hidden"
    sheet.show()
    found = _said(exposure, wall)
    assert found.pop(tile.key) is Visible.COVERED
    assert set(found.values()) == {Visible.YES}
    sheet.resize(tile.width(), 8)
    assert _said(exposure, wall)[tile.key] is Visible.YES, "a sliver hides nothing"
    sheet.lower()
    window.setWindowState(Qt.WindowState.WindowMinimized)
    assert set(_said(exposure, wall).values()) == {Visible.MINIMISED}


def test_a_dialog_is_known_at_the_very_next_tick(qtbot: QtBot) -> None:
    window, wall = _wall(qtbot)
    exposure = Exposure(wall)
    assert set(_said(exposure, wall).values()) == {Visible.YES}
    dialog = QDialog(window)
    dialog.setModal(True)
    dialog.show()
    dialog.setGeometry(window.geometry())
    exposure.refresh(thoroughly=False)
    tile = wall.tile(wall.on_page[0].key)
    assert tile is not None
    assert exposure.of(tile) is Visible.COVERED
    dialog.close()


def test_the_part_in_view_is_said_outwards() -> None:
    room = QRect(0, 0, 640, 360)
    whole = seen_of(framing((640, 360), room, 1.0, Lens()), 1.0)
    assert (whole.width, whole.height, whole.crop) == (640, 360, None)
    part = seen_of(framing((640, 360), room, 1.0, Lens(zoom=2000, x=250_000, y=500_000)), 1.0)
    assert part.crop is not None
    assert part.crop == Crop(0, 240, 500, 520)
