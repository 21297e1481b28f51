"""Documents at the real window: read page by page, each page in the log first; what is refused is one sentence."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage

from reviewer.app.case_documents import CaseDocuments
from reviewer.domain.case import CaseDocument
from reviewer.domain.document_acts import DocumentExported, DocumentViewed, DocumentViewEnded
from reviewer.domain.event import Event
from reviewer.records.queries import EntryFilter
from reviewer.services.demo import CASE
from reviewer.services.paper_shelf import path_in_store
from tests.journeys.conftest import Person
from tests.papers.made import pdf

ALT = Qt.KeyboardModifier.AltModifier


@pytest.fixture
def documents(reviewing: Person) -> CaseDocuments:
    """The page of the case's documents, in view."""
    file = reviewing.room.hands.file if reviewing.room.hands is not None else None
    assert file is not None
    reviewing.desk.window.show_screen("case")
    file.screen.show_page("documents")
    found: CaseDocuments = file.documents
    reviewing.sees(found.page.isVisible)
    return found


def attach(person: Person, documents: CaseDocuments, *files: Path) -> None:
    documents.attach(list(files))
    person.sees(lambda: not documents._busy and not documents._waiting)


def added(documents: CaseDocuments) -> list[CaseDocument]:
    """What was attached here, beside the demo's own."""
    return list(documents.documents()[2:])


def views(person: Person) -> list[Event]:
    """What the log has of documents that were looked at, oldest first."""
    kinds = (DocumentViewed.KIND, DocumentViewEnded.KIND)
    queries = person.desk.session.queries()
    try:
        found = queries.entries(EntryFilter(case=CASE, kinds=kinds))
        return [entry.event for entry in reversed(found) if entry.event is not None]
    finally:
        queries.close()


def test_a_book_is_attached_read_searched_and_each_page_is_in_the_log_first(
    reviewing: Person, documents: CaseDocuments, tmp_path: Path
) -> None:
    book = tmp_path / "Policy handbook.pdf"
    book.write_bytes(pdf(300))
    attach(reviewing, documents, book)
    (mine,) = added(documents)
    assert (mine.pages, mine.kind) == (300, "pdf")
    reviewing.sees(lambda: "Policy handbook.pdf, PDF · 300 pages" in documents.page.list.rows[-1].spoken)

    viewer = documents.page.viewer
    shown: list[tuple[int, list[int]]] = []
    really = viewer.show_picture

    def watched(page: int, image: QImage) -> None:
        announced = [event.first for event in views(reviewing) if isinstance(event, DocumentViewed)]
        shown.append((page, announced))
        really(page, image)

    viewer.show_picture = watched  # type: ignore[method-assign]
    documents.page.list.setFocus()
    reviewing.key(Qt.Key.Key_Return)
    reviewing.sees(lambda: viewer.shown == 1)
    reviewing.key(Qt.Key.Key_PageDown, ALT)
    reviewing.sees(lambda: viewer.shown == 2)
    viewer.go(300)
    reviewing.sees(lambda: viewer.shown == 300)
    reviewing.key(Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    reviewing.types("page 27 of")
    reviewing.key(Qt.Key.Key_Return)
    reviewing.sees(lambda: viewer.shown == 27 and viewer._count.text() == "1 of 1 found")
    assert [page for page, _ in shown] == [1, 2, 300, 27]
    assert all(page in announced for page, announced in shown), "no page before its entry"
    reviewing.lives(400)  # what stands for less than 0.1 s was passed over

    reviewing.desk.window.show_screen("review")
    reviewing.sees(lambda: any(isinstance(event, DocumentViewEnded) for event in views(reviewing)))
    assert viewer.shown == 0, "out of sight it is not on the screen"
    (ended,) = [event for event in views(reviewing) if isinstance(event, DocumentViewEnded)]
    assert {each.page for each in ended.pages} >= {27}
    reviewing.desk.window.show_screen("case")
    reviewing.sees(lambda: viewer.shown == 27)
    assert len({e.span for e in views(reviewing) if isinstance(e, DocumentViewed)}) == 2, "seen again is another view"


def test_locked_nothing_of_it_stays_and_its_process_has_ended(
    reviewing: Person, documents: CaseDocuments, tmp_path: Path
) -> None:
    paper = tmp_path / "Statement.txt"
    paper.write_text("He stepped back and fell.\n" * 130)
    attach(reviewing, documents, paper)
    documents.show(added(documents)[0].id, "line 121")
    viewer = documents.page.viewer
    reviewing.sees(lambda: viewer.shown == 3)
    reader = documents.open_paper._now.reader if documents.open_paper._now is not None else None
    assert reader is not None
    reviewing.key(Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    reviewing.sees(lambda: documents.open_paper.id == "")
    assert "stepped" not in viewer.text.toPlainText()
    reviewing.sees(lambda: reader._process is None)


def test_what_cannot_be_taken_in_is_one_sentence_and_the_rest_goes_in(
    reviewing: Person, documents: CaseDocuments, tmp_path: Path
) -> None:
    (tmp_path / "1 Broken.pdf").write_bytes(b"%PDF-1.7\nnothing follows")
    with (tmp_path / "2 Export.zip").open("wb") as large:
        large.truncate(2_000_000_000)
    (tmp_path / "3 Statement.txt").write_text("הוא נפל לאחור")
    attach(reviewing, documents, tmp_path / "1 Broken.pdf")
    reviewing.sees(lambda: "“1 Broken.pdf” is damaged" in documents.page.error.words)
    reviewing.key(Qt.Key.Key_U, Qt.KeyboardModifier.AltModifier)
    reviewing.sees(lambda: [each.name for each in added(documents)] == ["1 Broken.pdf"])
    attach(reviewing, documents, tmp_path / "2 Export.zip", tmp_path / "3 Statement.txt")
    reviewing.sees(lambda: "2.0 GB; a document may have 200 MB" in documents.page.error.words)
    reviewing.sees(lambda: [each.name for each in added(documents)] == ["1 Broken.pdf", "3 Statement.txt"])


def test_a_pasted_picture_is_a_document_goes_to_the_store_and_is_taken_off_and_back(
    reviewing: Person, documents: CaseDocuments
) -> None:
    picture = QImage(640, 480, QImage.Format.Format_RGB32)
    picture.fill(QColor(200, 30, 60))
    QGuiApplication.clipboard().setImage(picture)
    documents.page.list.setFocus()
    reviewing.key(Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    reviewing.sees(lambda: len(added(documents)) == 1)
    (mine,) = added(documents)
    assert mine.name.startswith("Pasted ") and mine.name.endswith(".png")
    store = reviewing.desk.session.trust.store
    reviewing.sees(lambda: store.exists(path_in_store(CASE, mine.object)))
    reviewing.sees(lambda: documents.page.list.rows[-1].state in ("", "Waits for the store"))

    documents.show(mine.id)
    viewer = documents.page.viewer
    reviewing.sees(lambda: viewer.shown == 1)
    seen = viewer.area.grab().toImage()
    assert QColor(seen.pixel(seen.width() // 2, seen.height() // 3)) == QColor(200, 30, 60)

    documents.withdraw()
    reviewing.sees(lambda: not added(documents))
    reviewing.sees(lambda: viewer.shown == 0)
    reviewing.key(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    reviewing.sees(lambda: len(added(documents)) == 1)


def test_the_original_leaves_with_an_entry(
    reviewing: Person, documents: CaseDocuments, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paper = tmp_path / "Report.pdf"
    paper.write_bytes(pdf(2))
    attach(reviewing, documents, paper)
    target = tmp_path / "out.pdf"
    monkeypatch.setattr("reviewer.app.case_documents.QFileDialog.getSaveFileName", lambda *_given: (str(target), ""))
    reviewing.key(Qt.Key.Key_E, ALT)
    reviewing.sees(target.exists)
    assert target.read_bytes() == paper.read_bytes()
    queries = reviewing.desk.session.queries()
    (entry,) = queries.entries(EntryFilter(kinds=(DocumentExported.KIND,)))
    queries.close()
    assert isinstance(entry.event, DocumentExported) and entry.event.name == "Report.pdf"
