"""The three lists of the recordings screen, one at a time: recordings, cases, what waits for a second signature."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from typing import Any, ClassVar, TypeVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from reviewer.services.catalogue import Overview
from reviewer.services.catalogue_search import CaseEntry, Entry, Listing
from reviewer.ui import custodian_words as words
from reviewer.ui.custodian_source import Picture, Waiting
from reviewer.ui.queue_parts import Notice, clear
from reviewer.ui.table import Table, TableCard
from reviewer.ui.theme import Tone
from reviewer.ui.times import Zone
from reviewer.ui.widgets import Card, EmptyState

_T = TypeVar("_T")


class View(StrEnum):
    RECORDINGS = "Recordings"
    CASES = "Cases"
    WAITING = "To sign second"


class Lists(QWidget):
    """`picked` when other rows are picked; `opened` carries the view whose row was opened."""

    picked = Signal()
    opened = Signal(object)

    def __init__(self, zone: Callable[[], Zone]) -> None:
        super().__init__()
        self._zone = zone
        self._picture: Picture | None = None
        self.view = View.RECORDINGS
        self.recordings: Table[Entry] = Table(words.RECORDINGS, self._cells, name="Recordings", several=True)
        self.cases: Table[CaseEntry] = Table(words.CASES, self._case_cells, name="Cases", row=44)
        self.waiting: Table[Waiting] = Table(words.WAITING, self._waiting_cells, name="To sign second", row=44)
        tables = (self.recordings, self.cases, self.waiting)
        self._tables: dict[View, Table[Any]] = dict(zip(View, tables, strict=True))
        self._cards = {view: TableCard(table) for view, table in self._tables.items()}
        self.empty = EmptyState("folder", "", "")
        self._empty_card = Card()
        QVBoxLayout(self._empty_card).addWidget(self.empty)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for view, card in self._cards.items():
            column.addWidget(card, 1)
            self._tables[view].picked.connect(lambda _row: self.picked.emit())
            self._tables[view].opened.connect(lambda _row, which=view: self.opened.emit(which))
        column.addWidget(self._empty_card)
        column.addStretch(0)
        self.settle()

    def _cells(self, entry: Entry) -> words.Cells:
        listing = self._picture.overview.listing if self._picture is not None else Listing()
        return words.cells(entry, listing, self._zone())

    def _case_cells(self, case: CaseEntry) -> words.Cells:
        return words.case_cells(case, self._picture.people if self._picture else {}, self._zone())

    def _waiting_cells(self, waiting: Waiting) -> words.Cells:
        return words.waiting_cells(waiting.pending, waiting.order, self._picture, self._zone())

    @property
    def table(self) -> Table[Any]:
        """The list that is shown."""
        return self._tables[self.view]

    def show_view(self, view: View) -> None:
        self.view = view
        self.settle()

    def show_picture(self, picture: Picture) -> None:
        """Newer knowledge; what waits is listed, the others when it is known which of them are wanted."""
        self._picture = picture
        self._fill(self.waiting, picture.waiting, lambda w: f"{w.pending.case_id}/{w.pending.n}")
        for table in self._tables.values():
            table.viewport().update()

    def show_recordings(self, found: Sequence[Entry]) -> None:
        self._fill(self.recordings, found, lambda e: e.recording_id)

    def show_cases(self, wanted: str) -> None:
        """The cases with these words, the newest first."""
        if self._picture is None:
            return
        people, cases = self._picture.people, self._picture.overview.listing.cases.values()
        found = [c for c in cases if words.case_matches(c, people, wanted)]
        self._fill(self.cases, sorted(found, key=lambda c: (-c.issued_at, c.case_id)), lambda c: c.case_id)

    def _fill(self, table: Table[_T], rows: Sequence[_T], key: Callable[[_T], str]) -> None:
        """Other rows. The same ones in the same order keep what is picked; else what alone was picked is looked for."""
        keys = [key(row) for row in rows]
        same = keys == [key(row) for row in table.rows.rows]
        chosen = table.chosen
        table.rows.show_rows(rows)
        if not (same and chosen):
            alone = key(chosen[0]) if len(chosen) == 1 else ""
            table.pick(keys.index(alone) if alone in keys else 0)
        self.settle()

    def settle(self) -> None:
        """The table that is shown, or why it is empty."""
        rows = len(self.table.rows.rows)
        for view, card in self._cards.items():
            card.setVisible(view is self.view and rows > 0)
        self._empty_card.setVisible(not rows)
        if not rows:
            known = self._picture is not None and bool(self._picture.overview.listing.entries)
            self.empty.say(*words.nothing(self.view.value, self._picture is None, known))

    def focus(self) -> None:
        self.table.setFocus(Qt.FocusReason.ShortcutFocusReason)


class Notices(QWidget):
    """What was done, what could not be, what was refused in the store: above the list, where the eye is."""

    _ICONS: ClassVar = {Tone.OK: "circle-check", Tone.STOP: "alert-octagon"}

    def __init__(self) -> None:
        super().__init__()
        self._said: dict[str, tuple[str, Tone]] = {}
        self._overview: Overview | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        self.hide()

    def say(self, title: str, sentence: str, tone: Tone) -> None:
        """It stands until `unsay`, or until something else is done."""
        self._said[title] = (sentence, tone)
        self._show()

    def unsay(self, title: str) -> None:
        if self._said.pop(title, None) is not None:
            self._show()

    def clear(self) -> None:
        self._said = {}
        self._show()

    def show_overview(self, overview: Overview) -> None:
        """What is wrong with the documents and the store now."""
        self._overview = overview
        self._show()

    def _show(self) -> None:
        clear(self._column)
        for title, (sentence, tone) in self._said.items():
            icon = self._ICONS.get(tone, "alert-triangle")
            self._column.addWidget(Notice(icon, tone, title, sentence, loud=tone is Tone.STOP))
        for notice in self._of_store(self._overview) if self._overview is not None else ():
            self._column.addWidget(notice)
        self.setVisible(self._column.count() > 0)

    @staticmethod
    def _of_store(overview: Overview) -> Iterator[Notice]:
        refused = [*overview.notices, *overview.problems]
        if refused:
            more = f" And {len(refused) - 1} more." if len(refused) > 1 else ""
            sentence = f"{refused[0].next_step} ({refused[0].path}){more}"
            yield Notice("alert-triangle", Tone.WARN, refused[0].message, sentence)
        if overview.asked and overview.contact.trouble is not None:
            title = "Listed from this machine: the store is not reached"
            yield Notice("plug-connected-x", Tone.WARN, title, overview.contact.words)
