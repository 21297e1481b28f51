"""Typing along: pedals play and go back while the field has the keyboard, a line begins where its first letter was
typed, and nothing typed is lost before it is in the log."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from reviewer.domain.errors import ReviewerError
from reviewer.domain.timebase import SECOND, Micros, Utc
from reviewer.domain.transcript import Line
from reviewer.ui.action_table import COMMANDS, Where
from reviewer.ui.actions import KeyTable
from reviewer.ui.preferences import PreferenceStore
from reviewer.ui.review.transcript_panel import TranscriptPanel, TranscriptShown, Typed
from reviewer.ui.review.typing_along import Typing
from reviewer.ui.transcript_lines import LineShown

AT = Utc(1_781_380_934_900_000)


def shown(n: int, text: str, speaker: str = "Niemi") -> LineShown:
    start = Micros(n * 4 * SECOND)
    line = Line(f"k{n}", 0, start, Micros(start + 2 * SECOND), text, speaker)
    return LineShown("t1", line, f"22:42:{n:02d}.0", Utc(AT + start))


ROWS = [shown(1, "Step back."), shown(2, "Männer, zurück!", "Korhonen"), shown(3, "ارجع إلى الوراء", "الضابط")]


@pytest.fixture
def panel(qtbot: QtBot, keys: KeyTable) -> TranscriptPanel:
    made = TranscriptPanel(keys)
    qtbot.addWidget(made)
    made.resize(404, 700)
    made.show_transcripts([TranscriptShown("t1", "1  Niemi")], "t1")
    made.show_lines(ROWS)
    made.show()
    qtbot.waitExposed(made)
    return made


def test_a_line_is_handed_over_and_kept_until_it_is_written(panel: TranscriptPanel, qtbot: QtBot) -> None:
    with qtbot.waitSignal(panel.began_line):
        qtbot.keyClicks(panel.text, "Now.")
    panel.speaker.setText("Niemi")
    with qtbot.waitSignal(panel.typed) as typed:
        QTest.keyClick(panel.text, Qt.Key.Key_Return)
    assert typed.args == [Typed("Now.", "Niemi")]
    assert panel.text.text() == "Now."
    panel.say(ReviewerError("The log cannot be written.", "Try again."))
    assert panel.text.text() == "Now." and "cannot be written" in panel.error.words
    panel.taken()
    assert panel.text.text() == "" and panel.speaker.text() == "Niemi" and not panel.error.words


def test_an_empty_line_is_not_handed_over(panel: TranscriptPanel, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(panel.typed):
        QTest.keyClick(panel.text, Qt.Key.Key_Return)


def test_a_line_is_changed_and_its_time_stays(panel: TranscriptPanel, qtbot: QtBot) -> None:
    panel.lines.edit_asked.emit(ROWS[0])
    assert panel.text.text() == "Step back." and panel.begins.text() == "changes 22:42:01.0"
    panel.text.setText("Step back, please.")
    with qtbot.waitSignal(panel.typed) as typed:
        QTest.keyClick(panel.text, Qt.Key.Key_Return)
    assert typed.args == [Typed("Step back, please.", "Niemi", ROWS[0])]


def test_lines_are_found_and_reached_by_keys(panel: TranscriptPanel, qtbot: QtBot) -> None:
    panel.search.setText("manner")
    assert list(panel.lines.rows) == [ROWS[1]]
    panel.search.clear()
    panel.lines.setFocus()
    panel.lines.setCurrentIndex(panel.lines.model().index(1, 0))
    with qtbot.waitSignal(panel.went) as gone:
        QTest.keyClick(panel.lines, Qt.Key.Key_Return)
    assert gone.args == [ROWS[1]]
    with qtbot.waitSignal(panel.removed) as removed:
        QTest.keyClick(panel.lines, Qt.Key.Key_Delete)
    assert removed.args == [(ROWS[1],)]


def test_a_click_goes_there(panel: TranscriptPanel, qtbot: QtBot) -> None:
    with qtbot.waitSignal(panel.went) as gone:
        QTest.mouseClick(panel.lines.viewport(), Qt.MouseButton.LeftButton, pos=panel.lines.line_point(2))
    assert gone.args == [ROWS[2]]


def test_the_line_at_the_play_head_is_marked(panel: TranscriptPanel) -> None:
    panel.lines.show_at(Utc(AT + 9 * SECOND))
    assert panel.lines.current_line == ROWS[1]
    panel.lines.show_at(AT)
    assert panel.lines.current_line is None
    panel.grab()


def test_what_may_not_be_seen_is_not_read_either(panel: TranscriptPanel) -> None:
    panel.show_transcripts([TranscriptShown("t1", "1  Niemi", "The recording is restricted.")], "t1")
    panel.show_lines([], "The recording is restricted.")
    assert panel.empty.isVisible() and not panel.text.isVisible() and not panel.lines.isVisible()


def test_whoever_may_only_read_gets_no_field(panel: TranscriptPanel) -> None:
    panel.set_may_write(False)
    panel.show_lines(ROWS)
    assert panel.lines.isVisible() and not panel.text.isVisible()


class Player:
    """Controls as the pedals know them."""

    def __init__(self) -> None:
        self.at, self.playing, self.rate = AT, False, 0

    def seek_by(self, seconds: int) -> None:
        self.at = Utc(self.at + seconds * SECOND)

    def toggle(self) -> None:
        self.playing = not self.playing

    def stop(self) -> None:
        self.playing = False

    def speed(self, by: int) -> None:
        self.rate += by


@pytest.fixture
def player() -> Player:
    return Player()


@pytest.fixture
def typing(player: Player, keys: KeyTable) -> Typing:
    return Typing(player, lambda: player.at, lambda: player.playing, keys)  # type: ignore[arg-type]


def test_the_keys_of_typing_work_while_the_field_has_the_keyboard(
    panel: TranscriptPanel, typing: Typing, player: Player, keys: KeyTable, qtbot: QtBot
) -> None:
    for command, act in typing.commands().items():
        keys.bind(panel, command, act)
    panel.begin()
    qtbot.waitUntil(panel.text.hasFocus)
    qtbot.keyClicks(panel.text, "abc")
    for key, then in ((Qt.Key.Key_F7, -2), (Qt.Key.Key_F8, 0), (Qt.Key.Key_F4, -1)):
        QTest.keyClick(panel.text, key)
        assert player.at == AT + then * SECOND
    assert player.playing  # a second earlier than it stood
    QTest.keyClick(panel.text, Qt.Key.Key_F4)
    assert not player.playing and player.at == AT - SECOND
    QTest.keyClick(panel.text, Qt.Key.Key_F2)
    assert player.rate == -1
    assert panel.text.text() == "abc"


def test_a_pedal_plays_while_it_is_down(panel: TranscriptPanel, typing: Typing, player: Player) -> None:
    typing.hold()
    assert player.playing
    QTest.keyRelease(panel.text, Qt.Key.Key_A)
    assert player.playing
    QTest.keyRelease(panel.text, Qt.Key.Key_F10)
    assert not player.playing
    QTest.keyRelease(panel.text, Qt.Key.Key_F10)  # heard by nobody any more


def test_pedals_are_remapped_to_whatever_they_send(
    keys: KeyTable, preferences: PreferenceStore, typing: Typing, player: Player, panel: TranscriptPanel
) -> None:
    keys.remap("transcript.hold", "F12")
    typing.hold()
    QTest.keyRelease(panel.text, Qt.Key.Key_F12)
    assert not player.playing
    preferences.set(replace(preferences.now, keys={}))


def test_a_line_begins_before_its_first_letter_and_ends_where_it_is_entered(typing: Typing, player: Player) -> None:
    player.playing = True
    typing.begin()
    player.at = Utc(AT + 3 * SECOND)
    typing.begin()
    assert typing.stretch("x") == (AT - SECOND, AT + 3 * SECOND)
    typing.start_here()
    assert typing.stretch("x" * 30) == (AT + 3 * SECOND, AT + 5 * SECOND)  # as long as it takes to say
    typing.end()
    player.playing = False
    typing.begin()
    assert typing.stretch("x")[0] == player.at


def test_keys_of_the_transcript_are_its_own() -> None:
    taken: dict[tuple[Where, str], list[str]] = {}
    for command in COMMANDS:
        if command.key:
            taken.setdefault((command.where, command.key), []).append(command.id)
    mine = ("transcript.", "captions.", "story.")
    for (where, key), ids in taken.items():
        everywhere = [c.id for c in COMMANDS if c.where is Where.EVERYWHERE and c.key == key]
        if any(id_.startswith(mine) for id_ in ids):
            assert len(ids) == 1 and not everywhere, (where, key, ids, everywhere)
