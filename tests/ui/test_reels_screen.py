"""The reels' screen put together: its parts stand where design 06 has them, at both sizes, full or empty."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from reviewer.ui.actions import KeyTable
from reviewer.ui.preferences import PreferenceStore
from reviewer.ui.reels import ReelScreen
from reviewer.ui.stage import StageView
from reviewer.ui.theme import ThemeName, apply_theme
from tests.ui.review.samples import ZONE


@pytest.mark.parametrize("size", [(1366, 768), (1920, 1080)])
def test_what_was_released_the_stage_the_clip_and_the_strip_lie_beside_each_other(
    qtbot: QtBot, tmp_path: Path, size: tuple[int, int]
) -> None:
    screen = ReelScreen(KeyTable(PreferenceStore(tmp_path / "preferences.json")), (StageView(ZONE), StageView(ZONE)))
    qtbot.addWidget(screen)
    screen.show_empty(False)
    apply_theme(screen, ThemeName.DARK)
    screen.resize(size[0] - 64, size[1] - 70)  # what the rail and the bars leave
    screen.show()
    qtbot.waitExposed(screen)
    left, stage, right, strip = (
        each.mapTo(screen, each.rect().center()) for each in (screen.library, screen.stage, screen.clip, screen.strip)
    )
    assert left.x() < stage.x() < right.x()
    assert strip.y() > stage.y()
    assert all(screen.rect().contains(place) for place in (left, stage, right, strip))


def test_what_is_rendered_is_brought_into_view_where_the_clip_fills_its_column(qtbot: QtBot, tmp_path: Path) -> None:
    screen = ReelScreen(KeyTable(PreferenceStore(tmp_path / "preferences.json")), (StageView(ZONE), StageView(ZONE)))
    qtbot.addWidget(screen)
    screen.show_empty(False)
    screen.resize(1302, 698)
    screen.show()
    qtbot.waitExposed(screen)
    made = QLabel("renders 0 %")
    made.setFixedHeight(100)
    screen.clip.under.addWidget(made)
    screen.clip.show_under()
    qtbot.waitUntil(lambda: made.visibleRegion().boundingRect().height() == 100)
