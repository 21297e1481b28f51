"""The documents' page: what it asks for, what it shows, and that nothing of a page stays when it is covered."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QColor, QDropEvent
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from reviewer.domain.case import CaseDocument
from reviewer.domain.errors import ReviewerError, UnreadablePaper
from reviewer.domain.timebase import Micros, Utc
from reviewer.papers.sheet import Hit, PagePicture, PageText, Sheets, TextLine
from reviewer.services.paper_views import Reader
from reviewer.ui import theme
from reviewer.ui.actions import KeyTable
from reviewer.ui.case.paper_list import PaperRow
from reviewer.ui.case.paper_sheet import image_of
from reviewer.ui.case.paper_viewer import PaperViewer
from reviewer.ui.case.paper_words import row_of, said_of_readers
from reviewer.ui.case.papers import DocumentsPage

A4 = (595.0, 842.0)
ROWS = (
    PaperRow("d1", "file-text", "Report.pdf", "PDF · 12 pages", "K. Salo 0417, 13 Jun"),
    PaperRow("d2", "photo", "Photo.png", "Picture", "K. Salo 0417, 13 Jun", "Waits for the store"),
)
DOCUMENT = CaseDocument("d1", "Report.pdf", "pdf", "0" * 64, "1" * 64, 3_400_000, "", 12, "statement")


@pytest.fixture
def page(qtbot: QtBot, keys: KeyTable) -> DocumentsPage:
    made = DocumentsPage(keys, ("statement", "dispatch record"))
    theme.apply_theme(made, theme.ThemeName.LIGHT)
    qtbot.addWidget(made)
    made.resize(1300, 700)
    made.show()
    qtbot.waitExposed(made)
    return made


@pytest.fixture
def viewer(page: DocumentsPage) -> PaperViewer:
    return page.viewer


@pytest.fixture
def wanted(viewer: PaperViewer) -> list[tuple[int, int]]:
    asked: list[tuple[int, int]] = []
    viewer.wanted.connect(lambda number, width: asked.append((number, width)))
    return asked


def grey(shade: int) -> PagePicture:
    return PagePicture(1, np.full((400, 300, 4), shade, dtype=np.uint8))


def colours(viewer: PaperViewer) -> set[str]:
    """Of the middle of the page's area, as it stands on the screen."""
    seen = viewer.area.grab().toImage()
    return {QColor(seen.pixel(seen.width() // 2, y)).name() for y in range(60, seen.height() - 60, 7)}


def test_a_page_is_asked_for_as_wide_as_there_is_room_and_shown_when_it_comes(
    viewer: PaperViewer, wanted: list[tuple[int, int]]
) -> None:
    viewer.open_paper(Sheets((A4,) * 300))
    (number, width) = wanted[-1]
    assert (number, viewer.shown) == (1, 0), "nothing is shown before it was given"
    assert 500 < width / viewer.devicePixelRatioF() < viewer.width()
    viewer.show_picture(1, image_of(grey(90)))
    assert viewer.shown == 1
    assert "#5a5a5a" in colours(viewer)


def test_only_the_page_that_is_wanted_now_is_shown(viewer: PaperViewer, wanted: list[tuple[int, int]]) -> None:
    viewer.open_paper(Sheets((A4,) * 300))
    viewer.turn(1)
    viewer.turn(1)
    viewer.show_picture(2, image_of(grey(90)))
    assert viewer.shown == 0
    viewer.show_picture(3, image_of(grey(120)))
    assert viewer.shown == 3
    assert [number for number, _ in wanted] == [1, 2, 3]


def test_a_number_goes_there_and_nonsense_stays(viewer: PaperViewer, wanted: list[tuple[int, int]]) -> None:
    viewer.open_paper(Sheets((A4,) * 300))
    for typed, page in (("150", 150), ("9999", 300), ("two", 300), ("0", 1)):
        viewer.number.setFocus()
        viewer.number.setText(typed)
        QTest.keyClick(viewer.number, Qt.Key.Key_Return)
        assert viewer.page == page
        assert viewer.number.text() == str(page)
    assert not viewer.before.isEnabled()
    assert viewer.before.toolTip() == "This is the first page."


def test_zooming_asks_for_finer_pictures_and_fits_again(viewer: PaperViewer, wanted: list[tuple[int, int]]) -> None:
    viewer.open_paper(Sheets((A4,)))
    fitted = wanted[-1][1]
    viewer.zoom(1)
    assert wanted[-1][1] > fitted
    for _ in range(30):
        viewer.zoom(-1)
    assert viewer.percent.text() == "25 %"
    viewer.fit()
    assert wanted[-1][1] == fitted
    assert viewer.percent.text() == "Fit"


def test_covered_nothing_of_the_page_stays_on_the_screen(viewer: PaperViewer) -> None:
    viewer.open_paper(Sheets((A4,)))
    viewer.show_picture(1, image_of(grey(90)))
    viewer.cover()
    assert viewer.shown == 0
    assert "#5a5a5a" not in colours(viewer)
    viewer.open_paper(Sheets(((0.0, 0.0),)))
    viewer.show_text(PageText(1, (TextLine(1, "He fell."),)))
    assert "fell" in viewer.text.toPlainText()
    viewer.cover()
    assert viewer.text.toPlainText() == ""


def test_hidden_and_seen_again_are_told(viewer: PaperViewer, page: DocumentsPage, qtbot: QtBot) -> None:
    with qtbot.waitSignal(viewer.hidden):
        page.hide()
    with qtbot.waitSignal(viewer.again):
        page.show()


def test_what_is_found_is_counted_gone_through_and_outlined(
    viewer: PaperViewer, wanted: list[tuple[int, int]], qtbot: QtBot
) -> None:
    viewer.open_paper(Sheets((A4,) * 30))
    viewer.show_picture(1, image_of(PagePicture(1, np.full((400, 300, 4), 255, dtype=np.uint8))))
    assert colours(viewer) == {"#ffffff"}
    viewer.to_search()
    QTest.keyClicks(viewer.search.line, "fell")
    with qtbot.waitSignal(viewer.sought) as asked:
        QTest.keyClick(viewer.search.line, Qt.Key.Key_Return)
    assert asked.args == ["fell"]
    viewer.add_hits("other words", (Hit(9),), 30)
    viewer.add_hits("fell", (Hit(1, ((0.1, 0.1, 0.9, 0.9),)),), 12)
    assert viewer._count.text() == "1 of 1 found · p. 12 of 30"
    assert colours(viewer) - {"#ffffff"}, "it is outlined and tinted"
    viewer.add_hits("fell", (Hit(20, ((0.1, 0.1, 0.2, 0.2),)),), 30)
    assert viewer._count.text() == "1 of 2 found"
    QTest.keyClick(viewer.search.line, Qt.Key.Key_Return)
    assert (viewer._count.text(), wanted[-1][0]) == ("2 of 2 found", 20)
    viewer.next_hit(1)
    assert wanted[-1][0] == 1, "around the end"


def test_words_that_are_nowhere_are_not_found(viewer: PaperViewer) -> None:
    viewer.open_paper(Sheets((A4,) * 3))
    viewer.search.line.setText("nowhere")
    viewer._enter()
    viewer.add_hits("nowhere", (), 3)
    assert viewer._count.text() == "Not found"


def test_a_text_shows_the_lines_that_were_found_and_asked_for(viewer: PaperViewer) -> None:
    viewer.open_paper(Sheets(((0.0, 0.0),) * 2), 2, line=101)
    lines = (TextLine(99, "a"), TextLine(0, "b goes on"), TextLine(100, "c"), TextLine(101, "הוא נפל"))
    viewer.show_text(PageText(2, lines))
    assert viewer.text.textCursor().block().text() == "הוא נפל"
    assert viewer.text.isReadOnly()
    viewer.search.line.setText("goes")
    viewer._enter()
    viewer.add_hits("goes", (Hit(2, line=2, at=2, length=4),), 2)
    (mark,) = viewer.text.extraSelections()
    assert mark.cursor.selectedText() == "goes"  # type: ignore[attr-defined]


def test_a_refusal_stands_where_the_page_would(viewer: PaperViewer, qtbot: QtBot) -> None:
    viewer.open_paper(Sheets((A4,)))
    viewer.refuse(ReviewerError("The store does not answer.", "Work goes on."), again=True)
    assert viewer.empty.isVisible()
    with qtbot.waitSignal(viewer.asked_again):
        viewer.empty.button.click()


def test_enter_or_a_click_opens_and_the_arrows_only_pick(page: DocumentsPage) -> None:
    page.show_rows(ROWS)
    picked: list[str] = []
    opened: list[str] = []
    page.list.picked.connect(picked.append)
    page.list.opened.connect(opened.append)
    page.list.choose("d1")
    page.list.setFocus()
    QTest.keyClick(page.list, Qt.Key.Key_Down)
    assert (picked[-1], opened) == ("d2", [])
    QTest.keyClick(page.list, Qt.Key.Key_Return)
    assert opened == ["d2"]
    place = page.list.visualRect(page.list.model().index(0, 0)).center()
    QTest.mouseClick(page.list.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)
    assert opened == ["d2", "d1"]
    page.show_rows(tuple(reversed(ROWS)))
    assert page.list.chosen == "d1", "the picked one stays picked"


def drop(page: DocumentsPage, data: QMimeData) -> bool:
    action, button = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    event = QDropEvent(QPointF(QPoint(50, 50)), action, data, button, Qt.KeyboardModifier.NoModifier)
    page.dropEvent(event)
    return event.isAccepted()


def test_files_that_are_dropped_are_attached_and_addresses_are_not(page: DocumentsPage, tmp_path: Path) -> None:
    dropped: list[tuple[Path, ...]] = []
    page.dropped.connect(dropped.append)
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / "Report.pdf")), QUrl("https://store.invalid/Report.pdf")])
    drop(page, data)
    assert dropped == [(tmp_path / "Report.pdf",)]
    words = QMimeData()
    words.setText("not a file")
    drop(page, words)
    assert len(dropped) == 1


def test_what_is_said_of_a_document_is_written_once_and_only_what_changed(page: DocumentsPage) -> None:
    page.show_rows(ROWS)
    page.show_details("d1", "statement", "", "a" * 64, "Read by nobody yet.")
    written: list[tuple[str, dict[str, str]]] = []
    page.written.connect(lambda id_, fields: written.append((id_, fields)))
    page.note.setFocus()
    QTest.keyClicks(page.note, "from the hospital")
    QTest.keyClick(page.note, Qt.Key.Key_Return)
    page.what.setFocus()
    assert written == [("d1", {"note": "from the hospital"})]


def test_a_colleagues_word_does_not_overwrite_what_is_being_typed(page: DocumentsPage) -> None:
    page.show_rows(ROWS)
    page.show_details("d1", "", "", "a" * 64, "")
    page.activateWindow()
    page.note.setFocus()
    QTest.keyClicks(page.note, "half a sent")
    page.show_details("d1", "dispatch record", "a colleague's", "a" * 64, "")
    assert page.note.text() == "half a sent"
    assert page.what.currentText() == "dispatch record"


def test_whoever_reads_only_is_not_asked_to_attach_what_is_missing(page: DocumentsPage) -> None:
    page.show_rows(())
    assert "Drop files here, or attach them." in page.viewer.empty.accessibleDescription()
    page.allow("You are custodian on this case and read it only.")
    page.show_rows(())
    said = page.viewer.empty.accessibleDescription()
    assert "Drop files" not in said and "attach them" not in said
    assert said.endswith("You are custodian on this case and read it only.")


def test_whoever_reads_only_is_told_why(page: DocumentsPage) -> None:
    page.allow("You are custodian on this case and read it only. Ask K. Salo to write it.")
    assert not page.attach_button.isEnabled()
    assert "Ask K. Salo" in page.attach_button.toolTip()
    assert not page.acceptDrops()
    assert page.export_button.isEnabled()


def test_a_refusal_can_be_kept_unopened(page: DocumentsPage, qtbot: QtBot) -> None:
    page.say(UnreadablePaper("“A.pdf” is damaged.", "Ask for it again, or attach it unopened."), unopened=True)
    assert "damaged" in page.error.words
    with qtbot.waitSignal(page.unopened):
        page.unopened_button.click()
    page.say(None)
    assert not page.error.isVisible()


def test_progress_shows_and_can_be_stopped(page: DocumentsPage, qtbot: QtBot) -> None:
    page.work("Attaching “Scan.pdf”", 0.4)
    assert page._strip.fraction == pytest.approx(0.4)
    assert page._working.isVisible()
    page.work("")
    assert not page._working.isVisible()


def test_rows_say_where_a_document_is() -> None:
    here = row_of(DOCUMENT, "K. Salo", here=True, waits=False, open_=False)
    assert (here.about, here.state) == ("Statement · PDF · 12 pages · 3.4 MB", "")
    assert row_of(DOCUMENT, "", here=True, waits=True, open_=False).state == "Waits for the store"
    assert row_of(DOCUMENT, "", here=False, waits=False, open_=False).state == "Not on this machine yet"


@pytest.mark.parametrize(
    ("pages", "said"),
    [
        ({2}, "Read by K. Salo: p. 2 of 12."),
        ({1, 2, 3}, "Read by K. Salo: 3 of 12 pages."),
        (set(range(1, 13)), "Read by K. Salo: all 12 pages."),
        ({1, 99}, "Read by K. Salo: p. 1 of 12."),
    ],
)
def test_who_read_how_much_is_said(pages: set[int], said: str) -> None:
    reader = Reader("salo", frozenset(pages), Micros(1), Utc(0))
    assert said_of_readers((reader,), DOCUMENT, lambda _id: "K. Salo") == said
    assert said_of_readers((), DOCUMENT, str) == "Read by nobody yet."
