"""The page of transcripts: what is read of a file before it is taken in, lines of all cameras, found and changed."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from reviewer.captions import CaptionFile, read_captions
from reviewer.domain.errors import ReviewerError
from reviewer.domain.timebase import SECOND, Micros, Utc
from reviewer.domain.transcript import Line
from reviewer.services.transcript import Counting, Placed, guess, place
from reviewer.ui.actions import KeyTable
from reviewer.ui.case.transcript import ALL, TranscriptPage, TranscriptRow
from reviewer.ui.case.transcript_import import TranscriptImport, Wanted
from reviewer.ui.review.transcript_panel import Typed
from reviewer.ui.transcript_lines import LineShown
from tests.services.test_transcript import HELSINKI, recording

AT = Utc(1_781_380_934_900_000)


def shown(n: int, text: str, speaker: str = "Niemi", number: int = 1) -> LineShown:
    start = Micros(n * SECOND)
    line = Line(f"k{n}", 0, start, Micros(start + SECOND), text, speaker)
    return LineShown(f"t{number}", line, f"22:42:{n:02d}.0", Utc(AT + start), number)


ROWS = (
    TranscriptRow(ALL, 0, "All cameras", "3 lines in order of time"),
    TranscriptRow("t1", 1, "Niemi", "2 lines · from a.vtt", note="1 line was left out: 1 without words."),
    TranscriptRow("t2", 2, "Korhonen", "not shown", "The recording is restricted."),
)
LINES = (shown(1, "Step back."), shown(2, "Männer, zurück!", "Korhonen", 2), shown(3, "ارجع إلى الوراء", "الضابط"))


@pytest.fixture
def page(qtbot: QtBot, keys: KeyTable) -> TranscriptPage:
    made = TranscriptPage(keys)
    qtbot.addWidget(made)
    made.resize(1100, 600)
    made.show_transcripts(ROWS, ALL)
    made.show_lines(LINES)
    made.show()
    qtbot.waitExposed(made)
    return made


def test_without_a_transcript_it_says_how_to_get_one(page: TranscriptPage, qtbot: QtBot) -> None:
    page.show_transcripts((), ALL)
    assert page.empty.isVisible() and not page.lines.isVisible()
    with qtbot.waitSignal(page.command) as asked:
        page.empty.button.click()
    assert asked.args == ["transcript.file"]


def test_one_is_chosen_by_keys_and_says_what_is_missing_from_it(page: TranscriptPage, qtbot: QtBot) -> None:
    assert not page.export.isEnabled() and not page.take_off.isVisible()
    page.list.setFocus()
    with qtbot.waitSignal(page.chosen) as chosen:
        QTest.keyClick(page.list, Qt.Key.Key_Down)
    assert chosen.args == ["t1"] and page.current == "t1"
    assert page.export.isEnabled() and page.take_off.isVisible()
    assert page.note.text() == "1 line was left out: 1 without words."


def test_what_may_not_be_seen_is_not_read_either(page: TranscriptPage) -> None:
    page.list.setCurrentRow(2)
    assert not page.lines.isVisible() and not page.export.isEnabled()
    assert page._hidden.isVisible()


def test_the_search_goes_over_every_line_as_somebody_types(page: TranscriptPage, qtbot: QtBot) -> None:
    qtbot.keyClicks(page.search.line, "zuruck")
    qtbot.waitUntil(lambda: list(page.lines.rows) == [LINES[1]])
    assert page.found.text() == "1 of 3 lines"
    page.search.line.clear()
    qtbot.waitUntil(lambda: len(page.lines.rows) == 3)


def test_a_line_is_changed_in_place(page: TranscriptPage, qtbot: QtBot) -> None:
    page.lines.setFocus()
    page.lines.setCurrentIndex(page.lines.model().index(0, 0))
    QTest.keyClick(page.lines, Qt.Key.Key_E)
    assert page.text.text() == "Step back." and page.text.isVisible()
    page.text.setText("Step back, please.")
    with qtbot.waitSignal(page.typed) as typed:
        QTest.keyClick(page.text, Qt.Key.Key_Return)
    assert typed.args == [Typed("Step back, please.", "Niemi", LINES[0])]
    assert page.text.isVisible()  # until it is in the log
    page.end_change()
    assert not page.text.isVisible()


def test_whoever_may_only_read_changes_nothing(page: TranscriptPage) -> None:
    page.list.setCurrentRow(1)
    page.set_may_write(False, "You read this case.")
    page.lines.edit_asked.emit(LINES[0])
    assert not page.text.isVisible() and not page.take_off.isVisible() and not page.file.isEnabled()
    assert page.export.isEnabled()
    page.show_transcripts((), ALL)
    assert not page.empty.button.isVisible()
    assert "Take in" not in page.empty.accessibleDescription()
    assert page.empty.accessibleDescription().endswith("You read this case.")


def test_ten_thousand_lines_are_listed_at_once(page: TranscriptPage, qtbot: QtBot) -> None:
    many: Sequence[LineShown] = [shown(n, f"line {n}") for n in range(10_000)]
    page.show_lines(many)
    assert len(page.lines.rows) == 10_000
    page.lines.show_at(Utc(AT + 5_000 * SECOND))
    current = page.lines.current_line
    assert current is not None and current.line.text == "line 5000"
    page.grab()


@pytest.fixture
def form(qtbot: QtBot) -> TranscriptImport:
    manifest = recording(30)

    def placed(file: CaptionFile, _recording: str, counting: str) -> Placed:
        return place(file, manifest, counting, lambda _at: HELSINKI)

    made = TranscriptImport(placed, lambda file, _recording: guess(file, manifest, lambda _at: HELSINKI))
    qtbot.addWidget(made)
    made.resize(400, 500)
    made.show()
    return made


CAMERAS = [("rec-1", "1  Niemi"), ("rec-2", "2  Korhonen")]


def test_a_file_shows_how_it_would_lie_on_the_footage_before_anything_is_written(
    form: TranscriptImport, qtbot: QtBot
) -> None:
    file = read_captions("a.txt", b"22:42:05 One\n22:50:00 Late")
    form.show_file(file, "a.txt", CAMERAS, "rec-2")
    assert form.camera.currentData() == "rec-2" and form.name.text() == "a"
    assert form.counting.value == Counting.CLOCK
    assert form.first.text() == "First: “One”"
    assert form.left_out.words == "1 line was left out: 1 outside the recording."
    with qtbot.waitSignal(form.wanted) as wanted:
        form.add.click()
    asked = wanted.args[0]
    assert isinstance(asked, Wanted)
    assert (asked.recording, asked.name, asked.source, len(asked.placed.lines)) == ("rec-2", "a", "a.txt", 1)
    assert not form.add.isEnabled()
    form.say(ReviewerError("The log cannot be written.", "Try again."))
    assert form.add.isEnabled() and "cannot be written" in form.left_out.words


def test_a_file_that_fits_nowhere_cannot_be_added_and_says_why(form: TranscriptImport) -> None:
    form.show_file(read_captions("a.txt", b"9:00:00 late"), "a.txt", CAMERAS, "rec-1")
    assert not form.add.isEnabled()
    assert form.first.text() == "No line of it lies on this recording."


def test_without_a_camera_there_is_nothing_to_add_to(form: TranscriptImport) -> None:
    form.show_file(read_captions("a.txt", b"0:01 One"), "a.txt", [], "")
    form._show()
    assert not form.add.isEnabled()
