"""The screen by other clocks: what is in view goes with the footage, whatever is on the footage stays on it."""

from __future__ import annotations

from dataclasses import replace

from pytestqt.qtbot import QtBot

from reviewer.domain.alignment import Correction, aligned
from reviewer.domain.timebase import SECOND, Micros, TimeRange, Utc
from reviewer.ui.review.retiming import retime
from tests.ui.review.samples import NOW
from tests.ui.review.test_screen import make_stage, opened

LATER = Micros(37 * SECOND)


def test_the_stretch_in_view_and_the_lanes_go_with_the_footage(qtbot: QtBot) -> None:
    stage = opened(qtbot, make_stage())
    screen = stage.screen
    before = {c.key: c for c in screen.timeline._scene.cameras}
    screen.timeline.show_window(TimeRange(Utc(NOW - 20 * SECOND), Utc(NOW + 20 * SECOND)))
    window = screen.timeline.axis.window
    moved = [
        replace(c, manifest=aligned(c.manifest, Correction(c.key, LATER, Micros(9_000), c.range.start)))
        for c in before.values()
    ]
    retime(screen, moved, lambda at: TimeRange(Utc(at.start + LATER), Utc(at.end + LATER)))
    assert screen.timeline.axis.window == TimeRange(Utc(window.start + LATER), Utc(window.end + LATER))
    for camera in screen.timeline._scene.cameras:
        assert camera.range.start - before[camera.key].range.start == LATER
        assert camera.manifest.clock.uncertainty == 9_000
