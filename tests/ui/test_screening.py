"""The way to the second player, its window, and who stands between them: nothing is shown before its permit."""

from __future__ import annotations

import io
from collections.abc import Iterator
from functools import partial
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import cast

import pytest
from PySide6.QtCore import QEvent, QRect, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent
from pytestqt.qtbot import QtBot

from reviewer.domain.errors import IntegrityError, ReviewerError
from reviewer.domain.timebase import SECOND, Micros
from reviewer.media.vlc import Player, PlayerState
from reviewer.services.screening_wire import (
    Cover,
    End,
    Ended,
    Film,
    Permit,
    Refused,
    Show,
    Standing,
    Wish,
    hear,
)
from reviewer.ui.screening import Display, ScreeningChoice, ScreeningDialog
from reviewer.ui.screening_process import Operator
from reviewer.ui.screening_window import STRIP, ScreeningWindow

DISPLAYS = (Display("HDMI-1", "HDMI-1, 1920 × 1080"), Display("DP-1", "DP-1, where this window is"))
LENGTH = Micros(20 * SECOND)


# -- the dialog ------------------------------------------------------------------------------------------------------


@pytest.fixture
def dialog(qtbot: QtBot) -> ScreeningDialog:
    made = ScreeningDialog("Ofc. A. Niemi 2214", DISPLAYS, here="22:41:34")
    qtbot.addWidget(made)
    made.open()
    qtbot.waitUntil(made.isActiveWindow)
    return made


def test_nothing_is_chosen_before_the_player_is_found(qtbot: QtBot, dialog: ScreeningDialog) -> None:
    with qtbot.assertNotEmitted(dialog.chosen):
        qtbot.keyClick(dialog, Qt.Key.Key_Return)
    dialog.found("libVLC 3.0.24")
    assert dialog.says == "libVLC 3.0.24"
    with qtbot.waitSignal(dialog.chosen) as chosen:
        qtbot.keyClick(dialog, Qt.Key.Key_Return)
    assert chosen.args == [ScreeningChoice("HDMI-1", True, True, True)]
    with qtbot.assertNotEmitted(dialog.chosen):
        qtbot.keyClick(dialog, Qt.Key.Key_Return)  # once is enough
    assert dialog.isVisible()  # until it is verified
    dialog.found("libVLC 3.0.24")
    assert dialog.says == "The footage is being verified."


def test_what_is_missing_stands_there_with_the_next_step(qtbot: QtBot, dialog: ScreeningDialog) -> None:
    dialog.refuse(ReviewerError("The second player, libVLC, is not on this machine.", "Install VLC 3."))
    assert dialog.says == "The second player, libVLC, is not on this machine. Install VLC 3."
    with qtbot.assertNotEmitted(dialog.chosen):
        qtbot.keyClick(dialog, Qt.Key.Key_Return)
    with qtbot.waitSignal(dialog.back):
        qtbot.keyClick(dialog, Qt.Key.Key_Escape)


# -- the window ------------------------------------------------------------------------------------------------------


@pytest.fixture
def window(qtbot: QtBot) -> ScreeningWindow:
    made = ScreeningWindow()
    qtbot.addWidget(made)
    made.resize(1366, 768)
    made.show()
    return made


def test_nothing_of_ours_lies_on_the_picture(window: ScreeningWindow) -> None:
    window.uncover()
    window.say(Micros(3_200_000), LENGTH, 1000, 2000, True, 600_000)
    picture = window._picture.geometry()
    assert (picture.width(), picture.height()) == (1366, 768 - STRIP)
    assert not picture.intersects(window._strip.geometry())
    assert window.at.text() == "0:03.2 of 0:20"
    window.name("A. Niemi", "libVLC 3.0.24")
    assert window.limits.text() == "Second player: libVLC 3.0.24. Not aligned, one recording"
    assert window._doubt.text() == "± 0.60 s"


def test_the_strip_hides_while_it_plays_and_comes_with_the_mouse(qtbot: QtBot, window: ScreeningWindow) -> None:
    window.uncover()
    window.say(Micros(0), LENGTH, 1000, 1000, True, 300_000)
    window._hiding.setInterval(1)
    window._hiding.start()
    qtbot.waitUntil(window._strip.isHidden)
    before = window._picture.geometry()
    with qtbot.waitSignal(window.touched):
        qtbot.mouseMove(window, window.rect().center())
    assert not window._strip.isHidden()
    assert window._picture.geometry() == before
    window.say(Micros(0), LENGTH, 0, 1000, True, 300_000)
    window._hiding.timeout.emit()
    assert not window._strip.isHidden(), "standing still, it stays"


@pytest.mark.parametrize(
    ("key", "shift", "asked"),
    [
        (Qt.Key.Key_Space, False, ["toggle", 0]),
        (Qt.Key.Key_Left, False, ["seek", -5]),
        (Qt.Key.Key_Right, True, ["seek", 30]),
        (Qt.Key.Key_M, False, ["mute", 0]),
        (Qt.Key.Key_Escape, False, ["end", 0]),
    ],
)
def test_keys(qtbot: QtBot, window: ScreeningWindow, key: Qt.Key, shift: bool, asked: list[object]) -> None:
    held = Qt.KeyboardModifier.ShiftModifier if shift else Qt.KeyboardModifier.NoModifier
    with qtbot.waitSignal(window.asked) as signal:
        qtbot.keyClick(window, key, held)
    assert signal.args == asked


def test_closing_the_window_ends_it_in_order(qtbot: QtBot, window: ScreeningWindow) -> None:
    with qtbot.waitSignal(window.asked) as signal:
        window.close()
    assert signal.args == ["end", 0]
    assert window.isVisible()


class _Screen:
    """Another display, to the right."""

    def __init__(self, name: str, geometry: QRect) -> None:
        self._name, self._geometry = name, geometry

    def name(self) -> str:
        return self._name

    def geometry(self) -> QRect:
        return self._geometry


def test_it_opens_on_the_display_that_was_chosen(window: ScreeningWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    right = _Screen("HDMI-1", QRect(1920, 0, 1280, 720))
    monkeypatch.setattr(QGuiApplication, "screens", staticmethod(lambda: [QGuiApplication.primaryScreen(), right]))
    window.open_on("HDMI-1", full=False)
    assert right.geometry().contains(window.geometry().center())
    window.open_on("gone", full=True)
    assert window.geometry().center() == QGuiApplication.primaryScreen().geometry().center()
    assert window.isFullScreen()
    window.keyPressEvent(_f())
    assert not window.isFullScreen()


def _f() -> QKeyEvent:
    return QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_F, Qt.KeyboardModifier.NoModifier)


# -- between the pipe, the window and libVLC -------------------------------------------------------------------------


class Deck:
    """Stands for libVLC: the test moves it. `shows` is whether a picture would be on the display."""

    version = "libVLC 3.0.24"

    def __init__(self) -> None:
        self.state, self.at = PlayerState.EMPTY, Micros(0)
        self.length: Micros | None = LENGTH
        self.has_picture, self.lacks_output = True, False
        self.problem: BaseException | None = None
        self.loaded: list[Micros] = []
        self.heard, self.rate = True, 1000

    def load(self, _source: object, at: Micros) -> None:
        self.state, self.at = PlayerState.EMPTY, at
        self.loaded.append(at)

    def play(self) -> None:
        self.state = PlayerState.PLAYING

    def pause(self) -> None:
        self.state = PlayerState.PAUSED

    def seek(self, at: Micros) -> None:
        self.at = at

    def set_rate(self, milli: int) -> None:
        self.rate = milli

    def set_sound(self, *, on: bool, volume: int = 100) -> None:
        self.heard = on and volume > 0


class Stage:
    """The process, with the program's end of the pipe in the test's hand."""

    def __init__(self, window: ScreeningWindow) -> None:
        self.program, end = Pipe()
        self.end: Connection = end
        self.window, self.deck, self.left = window, Deck(), False
        self.operator = Operator(end, window, cast(Player, self.deck), leave=self._leave)
        self.operator._timer.stop()  # the test beats

    def _leave(self) -> None:
        self.left = True

    def beat(self, *sent: object) -> list[object]:
        """Say this, let it work twice, hear what it said."""
        for each in sent:
            self.program.send(each)
        self.operator._beat()
        self.operator._beat()
        heard = []
        while (said := hear(self.program)) is not None:
            heard.append(said)
        return heard

    def wish(self, *sent: object) -> Wish:
        return next(each for each in reversed(self.beat(*sent)) if isinstance(each, Wish))

    def standing(self) -> Standing:
        return next(each for each in reversed(self.beat()) if isinstance(each, Standing))


FILMS = tuple(Film(partial(io.BytesIO, b""), f"A. Niemi · part {n} of 2") for n in (1, 2))
SHOW = Show(FILMS, 0, Micros(0), True, "", True)


@pytest.fixture
def stage(qtbot: QtBot, window: ScreeningWindow) -> Iterator[Stage]:
    made = Stage(window)
    yield made
    made.program.close()
    made.end.close()


def test_nothing_is_shown_before_its_permit(stage: Stage) -> None:
    wish = stage.wish(SHOW)
    assert (wish.film, wish.at, wish.rate_milli, wish.audible) == (0, 0, 1000, True)
    assert wish.width > 0
    assert stage.deck.loaded == []
    assert "Waiting for the log" in stage.window.says
    assert (stage.standing().width, stage.standing().serial) == (0, 0)
    stage.beat(Permit(wish.serial + 1, Micros(SECOND)))  # of something else
    assert stage.deck.loaded == []
    stage.beat(Permit(wish.serial, Micros(7 * SECOND)))
    assert (stage.deck.loaded, stage.deck.state, stage.window.says) == ([0], PlayerState.PLAYING, "")
    assert stage.standing().serial == wish.serial


def _playing(stage: Stage) -> Wish:
    wish = stage.wish(SHOW)
    stage.beat(Permit(wish.serial, Micros(7 * SECOND)))
    return wish


def test_it_stops_short_of_what_is_permitted_and_goes_on(stage: Stage) -> None:
    wish = _playing(stage)
    stage.deck.at = Micros(6_400_000)
    stage.beat()
    assert stage.deck.state is PlayerState.PLAYING
    stage.deck.at = Micros(6_600_000)
    stage.beat()
    assert stage.deck.state is PlayerState.PAUSED
    assert stage.standing().rate_milli == 1000, "it waits, nobody stopped it"
    stage.beat(Permit(wish.serial, Micros(15 * SECOND)))
    assert stage.deck.state is PlayerState.PLAYING


def test_at_twice_the_pace_it_stops_twice_as_early(stage: Stage) -> None:
    _playing(stage)
    for _ in range(3):
        stage.window.asked.emit("rate", 1)
    wish = stage.wish()
    assert wish.rate_milli == 2000
    stage.beat(Permit(wish.serial, Micros(7 * SECOND)))
    stage.deck.at = Micros(6_200_000)
    stage.beat()
    assert (stage.deck.rate, stage.deck.state) == (2000, PlayerState.PAUSED)


def test_a_key_is_a_wish_and_the_picture_stands_until_it_is_granted(stage: Stage) -> None:
    _playing(stage)
    stage.deck.at = Micros(2 * SECOND)
    stage.window.asked.emit("seek", 5)
    assert stage.deck.state is PlayerState.PAUSED
    wish = stage.wish()
    assert wish.at == 7 * SECOND
    assert stage.deck.at == 2 * SECOND
    stage.window.asked.emit("seek", 5)  # once more, before the answer
    later = stage.wish()
    assert later.at == 12 * SECOND
    stage.beat(Permit(wish.serial, Micros(9 * SECOND)))
    assert stage.deck.at == 2 * SECOND
    stage.beat(Permit(later.serial, Micros(19 * SECOND)))
    assert (stage.deck.at, stage.deck.state) == (12 * SECOND, PlayerState.PLAYING)


def test_silence_is_at_once_and_sound_is_a_wish(stage: Stage) -> None:
    _playing(stage)
    stage.window.asked.emit("mute", 0)
    assert not stage.deck.heard
    quiet = stage.wish()
    assert not quiet.audible
    stage.beat(Permit(quiet.serial, Micros(7 * SECOND)))
    stage.window.asked.emit("mute", 0)
    assert not stage.deck.heard
    stage.beat(Permit(stage.wish().serial, Micros(7 * SECOND)))
    assert stage.deck.heard


def test_covered_is_covered_in_the_same_beat_and_space_asks_again(stage: Stage) -> None:
    _playing(stage)
    stage.deck.at = Micros(3 * SECOND)
    said = stage.beat(Cover("The session is locked."))
    assert stage.window.says == "Picture covered The session is locked."
    assert stage.deck.state is PlayerState.PAUSED
    assert isinstance(said[0], Standing) and (said[0].width, said[0].serial) == (0, 0)
    stage.beat(Cover(""))
    assert "Space goes on" in stage.window.says
    stage.window.asked.emit("toggle", 0)
    wish = stage.wish()
    assert (wish.at, wish.rate_milli) == (3 * SECOND, 1000)
    stage.beat(Permit(wish.serial, Micros(9 * SECOND)))
    assert (stage.window.says, stage.deck.state) == ("", PlayerState.PLAYING)


def test_one_part_after_the_other_and_then_the_end(stage: Stage) -> None:
    _playing(stage)
    stage.deck.state, stage.deck.at = PlayerState.ENDED, LENGTH
    wish = stage.wish()
    assert (wish.film, wish.at) == (1, 0)
    assert "The next part" in stage.window.says
    stage.beat(Permit(wish.serial, Micros(7 * SECOND)))
    stage.deck.state = PlayerState.ENDED
    stage.beat()
    assert "The end" in stage.window.says
    assert (stage.standing().width, stage.standing().serial) == (0, wish.serial)


def test_what_cannot_be_played_says_so(stage: Stage) -> None:
    _playing(stage)
    stage.deck.problem, stage.deck.state = IntegrityError("Part 1 is not whole.", "Fetch again."), PlayerState.FAILED
    assert Refused("Part 1 is not whole.", "Fetch again.") in stage.beat()
    assert "Part 1 is not whole" in stage.window.says


def test_a_file_that_ends_without_a_picture_is_no_film(stage: Stage) -> None:
    stage.deck.has_picture, stage.deck.length = False, None
    _playing(stage)
    stage.deck.state = PlayerState.ENDED
    refused = [each for each in stage.beat() if isinstance(each, Refused)]
    assert refused and "cannot play this file either" in refused[0].message


def test_libvlc_without_its_drawing_plug_ins_says_what_to_install(stage: Stage) -> None:
    stage.deck.has_picture, stage.deck.lacks_output = False, True
    _playing(stage)
    said = [each for _ in range(70) for each in stage.beat()]
    refused = [each for each in said if isinstance(each, Refused)]
    assert refused and "nothing here that shows pictures" in refused[0].message


def test_esc_says_what_was_shown_and_goes(stage: Stage) -> None:
    _playing(stage)
    stage.window.asked.emit("end", 0)
    said = []
    while (each := hear(stage.program)) is not None:
        said.append(each)
    assert isinstance(said[-1], Ended) and stage.left
    assert not stage.window.isVisible()


def test_asked_to_end_it_ends_and_so_it_does_when_the_program_is_gone(stage: Stage) -> None:
    _playing(stage)
    assert Ended() in stage.beat(End())
    stage.left = False
    stage.program.close()
    stage.operator._beat()
    assert stage.left
