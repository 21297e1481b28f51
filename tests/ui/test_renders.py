"""The list of files that are being made: what it says of each, and what its keys and buttons do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from reviewer.domain.render import Purpose, RenderPlan
from reviewer.services.rendering_job import RenderState, RenderStatus, new_job
from reviewer.ui.actions import KeyTable
from reviewer.ui.preferences import PreferenceStore
from reviewer.ui.reels_clip import WIDTH
from reviewer.ui.renders import RendersPanel, left_words, words_of
from tests.media.footage import START

PLAN = RenderPlan(Purpose.DISCLOSURE, recording="one")


def status(title: str = "A copy", state: RenderState = RenderState.WORKING, **more: object) -> RenderStatus:
    job = new_job("CASE", "r1", title, Path("/copies/copy.mp4"), PLAN, START).became(state)
    return RenderStatus(job, **more)  # type: ignore[arg-type]


@pytest.fixture
def panel(qtbot: QtBot, tmp_path: Path) -> RendersPanel:
    made = RendersPanel(KeyTable(PreferenceStore()), "disclose")
    qtbot.addWidget(made)
    made.resize(420, 400)
    return made


def test_nothing_is_no_panel(panel: RendersPanel) -> None:
    panel.show_jobs([])
    assert not panel.isVisibleTo(panel.parentWidget())


def test_each_state_has_its_words_and_its_buttons(panel: RendersPanel, qtbot: QtBot) -> None:
    shown = {
        RenderState.WAITING: {"Cancel"},
        RenderState.WORKING: {"Cancel"},
        RenderState.CHECKING: {"Cancel"},
        RenderState.STOPPED: {"Again", "Off the list"},
        RenderState.REFUSED: {"Again", "Off the list"},
        RenderState.CANCELLED: {"Again", "Off the list"},
        RenderState.DONE: {"Show in folder", "Off the list"},
    }
    panel.show()
    for state, wanted in shown.items():
        panel.show_jobs([status(state=state)])
        row = panel._rows[panel.picked]
        buttons = {b.text() for b in (row.cancel, row.retry, row.open, row.forget) if b.isVisibleTo(row)}
        assert buttons == wanted, state


def test_a_file_that_is_done_fits_into_the_column_beside_a_reels_picture(qtbot: QtBot) -> None:
    panel = RendersPanel(KeyTable(PreferenceStore()), "reel")
    qtbot.addWidget(panel)
    panel.show()
    for state in (RenderState.WORKING, RenderState.DONE, RenderState.STOPPED):
        panel.show_jobs([status(state=state)])
        assert panel.minimumSizeHint().width() <= WIDTH - 34, state


def test_words_say_how_far_how_long_and_what_is_wrong() -> None:
    assert words_of(status(share=0.634, left=130.0)) == "63 % · 2 min left"
    assert words_of(status(share=0.02)) == "2 %"
    assert left_words(3) == "5 s left" and left_words(42) == "40 s left" and left_words(7_500) == "2 h 5 min left"
    stopped = status(state=RenderState.STOPPED)
    stopped = replace(stopped, job=stopped.job.became(RenderState.STOPPED, ("There is no room left.",), "Make room."))
    assert words_of(stopped) == "There is no room left. Make room."
    done = status(state=RenderState.DONE)
    done = replace(done, job=replace(done.job, path="/copies/copy.mp4", warnings=("A face shows at 0:03.",)))
    assert words_of(done) == "/copies/copy.mp4 A face shows at 0:03."


def test_keys_act_on_the_picked_one(panel: RendersPanel, qtbot: QtBot) -> None:
    first, second = status("First"), status("Second", RenderState.STOPPED)
    panel.show_jobs([first, second])
    panel.show()
    qtbot.waitExposed(panel)
    panel.activateWindow()
    heard: list[tuple[str, str]] = []
    for name in ("cancel", "retry", "forget"):
        getattr(panel, f"{name}_asked").connect(lambda id_, name=name: heard.append((name, id_)))
    assert panel.picked == second.job.id
    panel.cancel()  # it is not being made: nothing to stop
    panel.retry()
    panel.pick_next()
    panel.retry()
    panel.cancel()
    panel.forget()  # it is being made
    panel.pick_next()
    panel.forget()
    assert heard == [("retry", second.job.id), ("cancel", first.job.id), ("forget", second.job.id)]


def test_a_click_picks_and_a_button_acts_on_its_own(panel: RendersPanel, qtbot: QtBot) -> None:
    first, second = status("First"), status("Second")
    panel.show_jobs([first, second])
    panel.show()
    heard: list[str] = []
    panel.cancel_asked.connect(heard.append)
    qtbot.mouseClick(panel._rows[first.job.id], Qt.MouseButton.LeftButton)
    assert panel.picked == first.job.id
    panel._rows[second.job.id].cancel.click()
    assert heard == [second.job.id] and panel.picked == second.job.id
    panel.show_jobs([first])
    assert panel.picked == first.job.id


def test_what_is_further_shows_in_its_row(panel: RendersPanel) -> None:
    first = status("First")
    panel.show_jobs([first])
    panel.show_job(replace(first, share=0.5))
    assert panel._rows[first.job.id]._strip.fraction == 0.5 and len(panel._rows) == 1


def test_it_opens_the_folder(panel: RendersPanel, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    show: Callable[[object], bool] = lambda url: opened.append(url.toLocalFile()) is None  # type: ignore[attr-defined] # noqa: E731
    monkeypatch.setattr("reviewer.ui.renders.QDesktopServices.openUrl", show)
    done = status(state=RenderState.DONE)
    panel.show_jobs([replace(done, job=replace(done.job, path="/copies/copy.mp4"))])
    panel.show_in_folder()
    assert opened == ["/copies"]
