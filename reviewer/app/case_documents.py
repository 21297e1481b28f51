"""An open case's documents: attached, listed, opened page by page, each page an entry before it is shown."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QBuffer, QIODevice, QObject
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog

from reviewer.app.case_papers import PaperDesk
from reviewer.app.later import Later
from reviewer.domain.case import CaseDocument
from reviewer.domain.case_acts import DocumentSet
from reviewer.domain.document_acts import DocumentViewEnded
from reviewer.domain.errors import Cancelled, ReviewerError, UnreadablePaper
from reviewer.domain.paper_place import paper_place
from reviewer.services.clock import utc_now
from reviewer.services.paper_views import Reader, readers
from reviewer.services.papers import Papers, Pasted, Taken
from reviewer.ui.case.paper_words import row_of, said_of_readers
from reviewer.ui.case.papers import DocumentsPage, files_of

if TYPE_CHECKING:
    from reviewer.app.case_file import CaseFileRoom

PAGE = "documents"
_LOOK_MS = 3_000  # while something waits for the store
Source = Path | Pasted
_T = TypeVar("_T")


class CaseDocuments(QObject):
    """Of one open case, on the GUI thread; it goes with the screen."""

    def __init__(self, room: CaseFileRoom) -> None:
        super().__init__(room)
        self._room, self._desk = room, room.desk
        self.papers = Papers(self._desk.workspace, self._desk.session)
        self.page = DocumentsPage(self._desk.keys, room.tables.papers)
        self.open_paper = PaperDesk(room, self.papers, self.page.viewer)
        self._waiting: list[Source] = []
        self._refused: Source | None = None
        self._stop = threading.Event()
        self._busy = False
        self._read: dict[str, tuple[Reader, ...]] = {}
        self._bringing: str | None = None
        self._tried: set[str] = set()  # objects that were asked of the store since colleagues' logs were read last
        self._closed = threading.Event()
        self._again = Later(self, self.refresh, _LOOK_MS)
        room.screen.add_page(PAGE, "Documents", "files", self.page, title="Documents")
        self._connect()
        self.refresh()

    def _connect(self) -> None:
        page, room = self.page, self._room
        page.attach.connect(self.choose)
        page.paste.connect(self.paste)
        page.dropped.connect(lambda files: self.attach(files))
        page.unopened.connect(self._attach_unopened)
        page.stop.connect(self._stop_all)
        page.export.connect(self.export)
        page.withdraw.connect(self.withdraw)
        page.written.connect(self._write)
        page.list.picked.connect(lambda _id: self._show_details())
        page.list.opened.connect(lambda id_: self.show(id_))
        self.open_paper.changed.connect(self.refresh)
        room.changed.connect(self._changed)
        room.screen.locked.connect(self.open_paper.close_paper)
        self._desk.bridge.on(DocumentViewEnded, lambda _recorded: self._read_again(), self)
        commands: dict[str, Callable[[], object]] = {
            "paper.attach": self.choose,
            "paper.paste": self.paste,
            "paper.unopened": self._attach_offered,
            "paper.stop": self._stop_all,
            "paper.export": self.export,
            "paper.withdraw": self.withdraw,
            "paper.next": lambda: page.viewer.turn(1),
            "paper.previous": lambda: page.viewer.turn(-1),
            "paper.closer": lambda: page.viewer.zoom(1),
            "paper.farther": lambda: page.viewer.zoom(-1),
            "paper.fit": page.viewer.fit,
            "paper.find_next": lambda: page.viewer.next_hit(1),
            "paper.find_previous": lambda: page.viewer.next_hit(-1),
            "list.find": page.viewer.to_search,
        }
        for command, act in commands.items():
            self._desk.keys.bind(page, command, act)

    # -- what there is -----------------------------------------------------------------------------------------------

    def _changed(self, kinds: frozenset[type]) -> None:
        if not kinds:
            self._tried.clear()
        if not kinds or DocumentSet in kinds:
            self._read = {} if not kinds else self._read
            self.refresh()

    def _read_again(self) -> None:
        self._read = {}
        self._show_details()

    def documents(self) -> tuple[CaseDocument, ...]:
        """Those that stand, in the order in which they were attached."""
        return self._room.file.documents()

    def document(self, id_: str) -> CaseDocument | None:
        return next((each for each in self.documents() if each.id == id_), None)

    def refresh(self) -> None:
        """Read the list anew."""
        room, desk = self._room, self._desk
        self.page.allow(str(room.file.refusal or ""))
        rows = []
        for thing in room.file.things(DocumentSet):
            document, first = CaseDocument.of(thing), thing.first
            by = f"{desk.user_name(first.user)}, {desk.zone().date(first.at)}" if first is not None else ""
            here, waits = self.papers.is_here(room.case, document), self.papers.waits(document)
            rows.append(row_of(document, by, here=here, waits=waits, open_=document.id == self.open_paper.id))
        if self.open_paper.id and self.open_paper.id not in {row.id for row in rows}:
            self.open_paper.close_paper()  # somebody took it off the case
        self.page.show_rows(tuple(rows))
        if rows and not self.page.list.chosen:
            self.page.list.choose(rows[0].id)
        if any(self.papers.waits(document) for document in room.file.documents()):
            self._again.ask()  # the store takes it behind, and tells nobody
        self._bring()
        room.screen.set_words(PAGE, f"Documents {len(rows)}" if rows else "Documents")
        self._show_details()

    def _bring(self) -> None:
        """What colleagues attached comes here, one after the other, so that the case can be read without its store."""
        if self._bringing is not None:
            return
        case = self._room.case
        missing = (d for d in self.documents() if d.object not in self._tried and not self.papers.is_here(case, d))
        document = next(missing, None)
        if document is None:
            return
        self._tried.add(document.object)
        self._bringing = document.id
        fetch = partial(self.papers.fetch, case, document, cancelled=self._closed.is_set)
        self._desk.bridge.watch(self._desk.pool.submit(fetch), self._brought, self._brought, self)

    def _brought(self, _how: object) -> None:
        """It is here, or it is not in the store yet: whoever opens it is told why."""
        self._bringing = None
        self.refresh()

    def _show_details(self) -> None:
        document = self.document(self.page.list.chosen)
        if document is None:
            self.page.show_details("", "", "", "", "")
            return
        if not self._read:
            self._read = readers(self._room.queries, self._room.case)
        read = said_of_readers(self._read.get(document.id, ()), document, self._desk.user_name)
        self.page.show_details(document.id, document.what, document.note, document.sha256, read)

    # -- attaching ---------------------------------------------------------------------------------------------------

    def choose(self) -> None:
        """Ask which files."""
        names, _ = QFileDialog.getOpenFileNames(self.page, "Attach documents", str(Path.home()))
        self.attach([Path(name) for name in names])

    def paste(self) -> None:
        """Attach what the clipboard has: files, a picture, or text."""
        data = QGuiApplication.clipboard().mimeData()
        at = f"{self._desk.zone().date(utc_now())} {self._desk.zone().clock(utc_now()).replace(':', '.')}"
        if files := files_of(data):
            self.attach(files)
        elif data.hasImage():
            image = QGuiApplication.clipboard().image()
            self._run(lambda: _png(image, f"Pasted {at}.png"), lambda pasted: self.attach([pasted]))
        elif data.hasText() and data.text().strip():
            self.attach([Pasted(f"Pasted {at}.txt", data.text().encode())])
        else:
            self.page.say(ReviewerError("The clipboard has nothing to attach.", "Copy a picture, a text or files."))

    def attach(self, sources: list[Source] | tuple[Source, ...], *, unopened: bool = False) -> None:
        """Attach these, one after the other."""
        self.page.say(None)
        self._waiting += sources
        self._stop.clear()
        if not self._busy:
            self._next(unopened=unopened)

    def _next(self, *, unopened: bool = False) -> None:
        if not self._waiting:
            self.page.work("")
            return
        source, desk = self._waiting.pop(0), self._desk
        name, more = source.name, f", {len(self._waiting)} more" if self._waiting else ""
        self.page.work(f"Attaching “{name}”{more}")
        words = f"Attaching “{name}”{more}"
        show: Callable[[tuple[int, int]], None] = desk.bridge.progress(partial(self._progress, words), self)
        self._busy, self._refused = True, source

        def take() -> Taken:
            return self.papers.take(
                self._room.case,
                source,
                unopened=unopened,
                progress=lambda done, all_: show((done, all_)),
                cancelled=self._stop.is_set,
            )

        desk.bridge.watch(desk.pool.submit(take), self._taken, self._not_taken, self)

    def _progress(self, words: str, how_far: tuple[int, int]) -> None:
        done, all_ = how_far
        if self._busy:
            self.page.work(words, done / max(1, all_))

    def _taken(self, taken: Taken) -> None:
        try:
            future = self.papers.attach(self._room.file, taken)
        except ReviewerError as wrong:
            self.papers.drop(taken)
            self._not_taken(wrong)
            return
        self._desk.bridge.watch(future, self._attached, self._not_taken, self)

    def _attached(self, id_: str) -> None:
        self._busy, self._refused = False, None
        self.refresh()
        self.page.list.choose(id_)
        if not self._waiting:
            self._desk.publish()  # colleagues need not wait for the minute
        self._next()

    def _not_taken(self, error: ReviewerError) -> None:
        self._busy = False
        left, self._waiting = self._waiting, []
        self.page.work("")
        if isinstance(error, Cancelled):
            return
        self.page.say(error, unopened=isinstance(error, UnreadablePaper) and "unopened" in error.next_step)
        if left:
            self._waiting = left
            self._next()

    def _attach_offered(self) -> None:
        """By its key: only where the page offers it."""
        if self.page.unopened_button.isVisible():
            self._attach_unopened()

    def _attach_unopened(self) -> None:
        if self._refused is not None:
            self.attach([self._refused], unopened=True)

    def _stop_all(self) -> None:
        self._waiting.clear()
        self._stop.set()

    # -- opening, and what is done with one --------------------------------------------------------------------------

    def show(self, id_: str, where: str = "") -> None:
        """Open a document, at a place of it ("p. 2", "line 14"): for exhibits and references."""
        document = self.document(id_)
        if document is None:
            self._room.say(
                ReviewerError("This document is not attached any more.", "The history says who took it off.")
            )
            return
        if self._room.screen.current != PAGE:
            self._room.screen.show_page(PAGE)
        self.page.list.choose(id_)
        self.open_paper.open(document, paper_place(where))

    def export(self) -> None:
        """Write the picked one's original where a person says; that it leaves is an entry first."""
        document = self.document(self.page.list.chosen)
        if document is None:
            return
        folder = Path.home() / Path(document.name).name
        name, _ = QFileDialog.getSaveFileName(self.page, "Export the original", str(folder))
        if name:
            target, case = Path(name), self._room.case
            self._run(
                lambda: self.papers.export(case, document, target),
                lambda path: self._room.screen.tell(f"“{path.name}” is written; the log has it."),
            )

    def withdraw(self) -> None:
        """Take the picked one off the case. It stays in the log and in the store; undo sets it back."""
        document = self.document(self.page.list.chosen)
        if document is None:
            return
        self._change(lambda: self._room.file.withdraw(DocumentSet, document.id))

    def _write(self, id_: str, fields: dict[str, str]) -> None:
        self._change(lambda: self._room.file.change(DocumentSet, id_, fields))

    def _change(self, act: Callable[[], Future[str]]) -> None:
        try:
            self._desk.bridge.watch(act(), lambda _id: self.refresh(), self.page.say, self)
        except ReviewerError as wrong:
            self.page.say(wrong)

    def _run(self, work: Callable[[], _T], done: Callable[[_T], None]) -> None:
        self.page.say(None)
        self._desk.bridge.watch(self._desk.pool.submit(work), done, self.page.say, self)

    def close(self) -> None:
        """The case ends: what is being attached stops, and what was shown is in the log."""
        self._stop_all()
        self._again.end()
        self._closed.set()
        self.open_paper.close_paper()
        self._desk.bridge.forget(self)


def _png(image: QImage, name: str) -> Pasted:
    """A picture as a file. Raises ReviewerError for one that is none. Takes its time."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    if image.isNull() or not image.save(buffer, "PNG"):  # type: ignore[call-overload]
        raise ReviewerError("The picture on the clipboard cannot be read.", "Save it as a file, and attach that.")
    return Pasted(name, io.BytesIO(bytes(buffer.data().data())).getvalue())
