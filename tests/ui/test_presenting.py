"""What who presents has before them: the way in, notes, the question with its answers, and keys."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from reviewer.domain.errors import ReviewerError
from reviewer.domain.timebase import SECOND, Micros
from reviewer.services.presenting import Presentation, script_of
from reviewer.ui.actions import KeyTable
from reviewer.ui.preferences import PreferenceStore
from reviewer.ui.presenting import PresentingView, minutes
from reviewer.ui.screening import Display
from tests.services.test_presenting import CLIPS, PLAN

HERE, THERE = Display("DP-1", "DP-1, 1920 × 1080, where this window is"), Display("DP-2", "DP-2, 1280 × 720")


@pytest.fixture
def show() -> Presentation:
    return Presentation(script_of(PLAN, CLIPS))


@pytest.fixture
def view(qtbot: QtBot, show: Presentation) -> Iterator[PresentingView]:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(1366, 768)
    window.show()
    made = PresentingView(KeyTable(PreferenceStore(None)), "Distance", show, (THERE, HERE), window)
    made.begin()
    qtbot.waitUntil(made.isActiveWindow)
    yield made
    made.close()


def _begins(view: PresentingView, qtbot: QtBot) -> None:
    view.found("libVLC 3.0.24")
    with qtbot.waitSignal(view.started) as begun:
        qtbot.keyClick(view._start, Qt.Key.Key_Return)
    assert begun.args == ["DP-2", True]


def test_nothing_starts_before_the_file_and_the_player_are_there(view: PresentingView, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(view.started):
        view._start.click()
        qtbot.keyClick(view, Qt.Key.Key_Space)
    view.refuse(ReviewerError("The log does not name this file.", "Render it again."))
    assert "Render it again." in view.error.words
    view.found("libVLC 3.0.24")
    with qtbot.assertNotEmitted(view.started):
        view._start.click()


def test_it_lies_over_the_whole_window_and_offers_the_other_display_first(view: PresentingView, qtbot: QtBot) -> None:
    parent = view.parentWidget()
    assert parent is not None and view.size() == parent.size()
    _begins(view, qtbot)


def test_what_is_shown_is_followed(view: PresentingView, show: Presentation, qtbot: QtBot) -> None:
    _begins(view, qtbot)
    show.told(Micros(6 * SECOND), playing=True)
    view.follow()
    assert (view.number.text(), view.title.text(), view.notes.text()) == ("2 of 4", "One", "Wait.")
    assert view.place.text() == "0:01 of 0:10  ·  0:06 of 0:35"
    assert view.when.text() == "Question in 0:09"
    assert view.state.words == "plays"
    assert [b.isVisible() for b in view.answers].count(True) == 3
    assert not view.answers[0].isEnabled()
    view.tell_time("14:03:07", 65 * SECOND)
    assert (view.clock.text(), view.elapsed.text()) == ("14:03:07", "1:05 since the beginning")
    show.told(Micros(16 * SECOND), playing=True)
    view.follow()
    assert view.state.words == "asks" and view.answers[0].isEnabled()
    assert "go on with Space" in view.when.text()
    view.follow("The session is locked.")
    assert view.state.words == "covered: The session is locked."


@pytest.mark.parametrize(
    ("key", "asked"),
    [
        (Qt.Key.Key_Space, ["toggle", 0]),
        (Qt.Key.Key_PageDown, ["next", 0]),
        (Qt.Key.Key_PageUp, ["previous", 0]),
        (Qt.Key.Key_Home, ["jump", 0]),
        (Qt.Key.Key_2, ["answer", 1]),
    ],
)
def test_keys(view: PresentingView, qtbot: QtBot, key: Qt.Key, asked: list[object]) -> None:
    _begins(view, qtbot)
    with qtbot.waitSignal(view.asked) as said:
        qtbot.keyClick(view, key)
    assert said.args == asked


def test_esc_ends_it(view: PresentingView, qtbot: QtBot) -> None:
    _begins(view, qtbot)
    with qtbot.waitSignal(view.left):
        qtbot.keyClick(view, Qt.Key.Key_Escape)


def test_one_display_is_said(qtbot: QtBot, show: Presentation) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    made = PresentingView(KeyTable(PreferenceStore(None)), "Distance", show, (HERE,), window)
    said = [getattr(w, "text", str)() for w in made.findChildren(QWidget) if callable(getattr(w, "text", None))]
    assert any("no other display" in words for words in said)
    made.close()


def test_minutes() -> None:
    assert [minutes(s * SECOND) for s in (-1, 0, 59, 178, 3_661)] == ["0:00", "0:00", "0:59", "2:58", "1:01:01"]
