"""The allegation board of an open case: its page, what is dragged into it and taken off it, and the ways from it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import Future
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal

from reviewer.app.later import Later
from reviewer.domain.annotation import Bookmark
from reviewer.domain.case import Exhibit, Stance
from reviewer.domain.case_acts import AllegationSet, DocumentSet, ExhibitSet
from reviewer.domain.errors import ReviewerError
from reviewer.domain.events import BookmarkAdded, BookmarkChanged, BookmarkRestored, BookmarkWithdrawn, Event
from reviewer.services.board import (
    DOCUMENTS,
    Board,
    BoardCamera,
    Card,
    Column,
    Stuff,
    case_board,
    mark_places,
    refusal,
)
from reviewer.ui.case.board import MARK
from reviewer.ui.case.board_page import BoardPage
from reviewer.ui.case.board_tray import MARKS, NOTE, PAPERS, Asked, TrayItem

if TYPE_CHECKING:
    from reviewer.app.case_file import CaseFileRoom

PAGE = "board"
_MATTERS = (
    *(AllegationSet, ExhibitSet, DocumentSet),
    *(BookmarkAdded, BookmarkChanged, BookmarkRestored, BookmarkWithdrawn),
)


class CaseBoard(QObject):
    """On the GUI thread; it goes with the case. `document_asked(id, where)`: show this place on paper."""

    document_asked = Signal(str, str)

    def __init__(self, room: CaseFileRoom) -> None:
        super().__init__(room)
        self._room = room
        desk = room.desk
        self.page = BoardPage(desk.zone(), desk.keys, desk.user_name, self._whose)
        self.view = self.page.view
        self._marks: dict[str, Bookmark] = {}
        self._standing: tuple[str, str, str] | None = None  # where the keys go once the entry came back
        self._stale = True
        self._soon = Later(self, self.refresh)
        room.screen.add_page(PAGE, "Board", "layout-grid", self.page, title="Allegation board")
        self._connect()

    def _connect(self) -> None:
        room, page = self._room, self.page
        room.changed.connect(self._hear)
        room.gate.changed.connect(lambda _gate: self.soon())
        room.review.marking.changed.connect(lambda _marks: self.soon())
        room.screen.shown.connect(self._looked_at)
        room.wall.retimed.connect(self.soon)
        page.view.went.connect(self._aim)
        page.view.dropped.connect(self._dropped)
        page.tray_opened.connect(self._fill_tray)
        page.tray.asked.connect(self._add)
        page.tray.source.chosen.connect(lambda _which: self._aim())
        page.stance_asked.connect(self.set_stance)
        page.withdraw_asked.connect(self.withdraw)
        page.play_asked.connect(self.play)
        page.go_asked.connect(self.go)
        page.gate.watch_asked.connect(lambda key: room.rows.watch_camera(key) if key else self.watch_row())
        commands: dict[str, Callable[[], object]] = {
            "board.exhibit": lambda: page.open_tray(page.tray.isHidden()),
            "board.play": self.play,
            "board.left": self.watch_row,
            "board.left_camera": self._watch_column,
            "board.withdraw": self.withdraw,
            "board.up": partial(self._shift, -1),
            "board.down": partial(self._shift, 1),
            **page.stances(),
        }
        for command, act in commands.items():
            room.desk.keys.bind(page, command, act)

    def close(self) -> None:
        """The case ends."""
        self._soon.end()
        self._room.desk.bridge.forget(self)

    # What it shows

    def _hear(self, kinds: frozenset[type[Event]]) -> None:
        if not kinds or kinds & set(_MATTERS):
            self.soon()

    def _looked_at(self, page: str) -> None:
        if page == PAGE:
            self.soon()
            self.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def soon(self) -> None:
        """Something of it changed: shown anew in the next turn of the event loop, or when the page is looked at."""
        self._stale = True
        self._soon.ask()

    def refresh(self) -> None:
        """Read everything anew."""
        if not self._stale or not self.page.isVisible():
            return
        self._stale = False
        room, file = self._room, self._room.file
        self._marks = {mark.id: mark for mark in room.review.marking.bookmarks}
        exhibits, cameras = file.exhibits(), self._cameras()
        board = case_board(file.allegations(), exhibits, cameras, self._stuff(exhibits), room.gate.known)
        self.page.show_board(board)
        self.page.gate.show_gate(room.gate.known, {c.manifest.recording_id: c for c in cameras}, room.wall.clocks)
        refused = file.refusal
        self.page.show_reads_only(refused.message if refused is not None else "")
        self._fill_tray()
        if self._standing is not None and self.view.stand(*self._standing) and self._is_there(board):
            self._standing = None
        self._aim()

    def _is_there(self, board: Board) -> bool:
        wanted = self._standing[2] if self._standing is not None else ""
        return any(card.exhibit.id == wanted for row in board.rows for card in row.exhibits)

    def _whose(self, exhibit: str) -> str:
        """Who put it there, and who changed it since."""
        thing = self._room.file.thing(ExhibitSet, exhibit)
        first, last = (thing.first, thing.last) if thing is not None else (None, None)
        if first is None or last is None:
            return ""
        users = {user.id: user.name for user in self._room.desk.session.roster.users}
        changed = f", changed by {users.get(last.user, last.user)}" if last.user != first.user else ""
        return f"{users.get(first.user, first.user)}{changed}"

    def _cameras(self) -> tuple[BoardCamera, ...]:
        return tuple(BoardCamera(c.number, c.manifest, c.assigned) for c in self._room.review.wall.every)

    def _stuff(self, exhibits: Iterable[Exhibit]) -> Stuff:
        room = self._room
        documents = {each.id: each for each in room.file.documents()}
        gone: set[str] = set()
        if any(each.mark and each.mark not in self._marks for each in exhibits):
            gone |= {each.id for each in room.queries.bookmarks(room.case, withdrawn=True)}
        if any(each.document and each.document not in documents for each in exhibits):
            gone |= {each.id for each in room.file.things(DocumentSet, withdrawn=True)}
        return Stuff(self._marks, documents, gone, room.gate.opened)

    def _fill_tray(self) -> None:
        """What can be put on the board; thousands of marks are laid out only while somebody looks."""
        if self.page.tray.isHidden():
            return
        zone, used = self._room.desk.zone(), _used(self.view.board)
        assigned = {c.manifest.recording_id: c for c in self._cameras() if c.assigned}
        manifests = {key: c.manifest for key, c in assigned.items()}
        marks = []
        for mark in self._marks.values():
            on = {each.recording for each in mark.marks}
            places = mark_places(mark, manifests)
            at = min((each.start for each in places.values()), default=mark.at.start)
            numbers = tuple(c.number for key, c in assigned.items() if key in on)
            words = mark.text or self._room.tables.kind(mark.kind).words
            marks.append((at, TrayItem(mark.id, zone.clock(at, 1), words, numbers, used.get(mark.id, ""))))
        papers = [TrayItem(d.id, d.name, d.what, used=used.get(d.id, "")) for d in self._room.file.documents()]
        self.page.tray.set_items([item for _, item in sorted(marks, key=lambda pair: pair[0])], papers)

    def _aim(self) -> None:
        """What the tray would do with the cell that the keys stand on."""
        row, column = self.view.row, self.view.column
        if row is None or column is None:
            self.page.tray.aim("", "", "There is no allegation yet.")
            return
        paper = column.key == DOCUMENTS
        kind = PAPERS if paper else MARKS
        where = "Documents" if paper else f"camera {column.number}"
        self.page.tray.aim(f"{row.allegation.name} · {where}", kind)

    # What is put on it

    def _dropped(self, data: str, id_: str, allegation: str, column: str) -> None:
        if data == MARK:
            tray = self.page.tray
            self._put(Asked(MARKS, id_, Stance(str(tray.stance.value)), "", ""), allegation, column, strictly=True)
        else:
            self._move(id_, allegation, column)

    def _add(self, asked: Asked) -> None:
        row, column = self.view.row, self.view.column
        if row is not None and column is not None:
            self._put(asked, row.allegation.id, column.key)

    def _put(self, asked: Asked, allegation: str, key: str, *, strictly: bool = False) -> None:
        column = next((c for c in self.view.board.columns if c.key == key), None)
        if column is None:
            return
        fields = {"allegation": allegation, "stance": asked.stance.value, "text": asked.words}
        if asked.kind == PAPERS:
            fields |= {"document": asked.id, "where": asked.where}
            key = DOCUMENTS
        elif asked.kind == NOTE:
            if not column.number:
                self._room.say(ReviewerError("Silent is said of a camera.", "Go to its column first."))
                return
            fields["recording"] = key
        else:
            mark = self._marks.get(asked.id)
            why = refusal(mark, column) if mark is not None else "That mark is not here any more."
            if mark is not None and why and not strictly:
                key, why = self._own_column(mark), ""
            if mark is None or why:
                self._room.say(ReviewerError(why, "Choose another cell."))
                return
            on = {each.recording for each in mark.marks}
            fields |= {"mark": mark.id, "recording": "" if len(on) == 1 else key}
        twin = self._twin(fields)
        if twin is not None:
            self.view.stand(allegation, key, twin.id)
            self._room.say(ReviewerError(f"That is {twin.name} of this allegation already.", "Choose what it says."))
            return
        self._write(lambda: self._room.file.add(ExhibitSet, fields), (allegation, key))

    def _own_column(self, mark: Bookmark) -> str:
        """A mark that is not on the camera under the keys goes where it is; one on all cameras to the first
        column."""
        on = {each.recording for each in mark.marks}
        columns = [c.key for c in self.view.board.columns if c.number]
        return next((key for key in columns if key in on or not on), columns[0] if columns else "")

    def _twin(self, fields: dict[str, str]) -> Exhibit | None:
        """The same thing, there already."""
        for each in self._room.file.exhibits():
            same_mark = each.mark and (each.mark, each.recording) == (fields.get("mark"), fields.get("recording"))
            same_place = each.document and (each.document, each.where) == (fields.get("document"), fields.get("where"))
            if each.allegation == fields["allegation"] and (same_mark or same_place):
                return each
        return None

    def set_stance(self, stance: Stance) -> None:
        """The picked exhibit says this now."""
        card = self.view.card
        if card is not None:
            self._change(card.exhibit, {"stance": stance.value})

    def withdraw(self) -> None:
        """The picked exhibit leaves the board. Its mark stays."""
        card, row = self.view.card, self.view.row
        if card is not None and row is not None:
            self._write(lambda: self._room.file.withdraw(ExhibitSet, card.exhibit.id), (row.allegation.id, ""))

    def _shift(self, by: int) -> None:
        """To the allegation above or below."""
        card, row, rows = self.view.card, self.view.row, self.view.board.rows
        at = rows.index(row) + by if row is not None else -1
        if card is not None and 0 <= at < len(rows):
            self._change(card.exhibit, {"allegation": rows[at].allegation.id}, rows[at].allegation.id)

    def _move(self, id_: str, allegation: str, key: str) -> None:
        """An exhibit was dragged to another cell."""
        exhibit = next((each for each in self._room.file.exhibits() if each.id == id_), None)
        column = next((c for c in self.view.board.columns if c.key == key), None)
        if exhibit is None or column is None:
            return
        fields, why = {"allegation": allegation}, self._cannot_stand(exhibit, column)
        if why:
            self._room.say(ReviewerError(why, "Choose another cell."))
            return
        mark = self._marks.get(exhibit.mark)
        if column.number and mark is not None and len({each.recording for each in mark.marks}) != 1:
            fields["recording"] = key
        self._change(exhibit, fields, allegation)

    def _cannot_stand(self, exhibit: Exhibit, column: Column) -> str:
        if exhibit.document:
            return "" if column.key == DOCUMENTS else "What is on paper stands under Documents."
        mark = self._marks.get(exhibit.mark)
        if mark is not None:
            return refusal(mark, column)
        return "" if exhibit.recording == column.key else "It belongs to another camera."

    def _change(self, exhibit: Exhibit, fields: dict[str, str], allegation: str = "") -> None:
        there = allegation or exhibit.allegation
        self._write(lambda: self._room.file.change(ExhibitSet, exhibit.id, fields), (there, ""), exhibit.id)

    def _write(self, act: Callable[[], Future[str]], where: tuple[str, str], id_: str = "") -> None:
        try:
            future = act()
        except ReviewerError as error:
            self._room.say(error)
            return
        if id_:
            self._standing = (*where, id_)
        self._room.desk.bridge.watch(future, lambda made: self._written(where, made), self._room.say, self)

    def _written(self, where: tuple[str, str], made: str) -> None:
        self._room.screen.tell("")
        self.page.tray.taken()
        self._standing = (*where, made)
        self.soon()

    # Going there, and playing

    def go(self, card: Card) -> None:
        """Show an exhibit where it is: in the review, or on paper."""
        if card.exhibit.document:
            self.document_asked.emit(card.exhibit.document, card.exhibit.where)
        elif card.at is not None and card.recording:
            self._room.go(card.at.start, card.recording)
            if card.exhibit.mark in self._marks:
                self._room.review.panel.select(card.exhibit.mark)
                self._room.review.timeline.select(card.exhibit.mark)

    def play(self) -> None:
        """The exhibits of the allegation, one after the other, in the review."""
        row = self.view.row
        if row is not None:
            self._room.rows.play(row)

    def watch_row(self) -> None:
        """Just what the allegation still requires; what any of them does where this one requires nothing more."""
        row = self.view.row
        self._room.rows.watch_left(row.gate if row is not None else None)

    def _watch_column(self) -> None:
        column = self.view.column
        if column is not None and column.number:
            self._room.rows.watch_camera(column.key)


def _used(board: Board) -> dict[str, str]:
    """By mark and document, which exhibits it is already."""
    found: dict[str, list[str]] = {}
    for row in board.rows:
        for card in row.exhibits:
            for id_ in (card.exhibit.mark, card.exhibit.document):
                if id_:
                    found.setdefault(id_, []).append(f"{card.exhibit.name} {row.allegation.name}")
    return {id_: ", ".join(names) for id_, names in found.items()}
