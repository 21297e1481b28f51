"""All requests of a case: number, requester, what was asked for, the clock, how it was answered."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from reviewer.domain.agency import Tables
from reviewer.domain.request import Answer, Request
from reviewer.domain.timebase import Utc
from reviewer.ui.actions import KeyTable
from reviewer.ui.buttons import Button, Look
from reviewer.ui.disclosure_words import COLUMNS, request_cells
from reviewer.ui.fonts import Type
from reviewer.ui.review.cameras import ReviewCamera
from reviewer.ui.table import Table, TableCard
from reviewer.ui.times import Zone, count
from reviewer.ui.widgets import EmptyState, ErrorNote, label, surface

EMPTY = "Somebody asked for a copy of footage of this case? Register the request; its clock runs from its receipt."


class Register(QWidget):
    """`opened(Request)`, `picked(Request or None)`, `new_asked()`."""

    opened = Signal(object)
    picked = Signal(object)
    new_asked = Signal()

    def __init__(self, keys: KeyTable, zone: Zone, tables: Tables, now: Callable[[], Utc]) -> None:
        super().__init__()
        self.setProperty("pane", True)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setProperty("surface", "0")
        self._cameras: tuple[ReviewCamera, ...] = ()
        self._clock = tables
        self.table: Table[Request] = Table(
            COLUMNS, request_cells(lambda: self._cameras, tables, zone, now), name="Requests for copies", row=58
        )
        self.table.picked.connect(self.picked)
        self.table.opened.connect(self.opened)
        self.error = ErrorNote()
        self.new = keys.wear(Button("Register a request", icon="plus", look=Look.PRIMARY), "disclose.new")
        self.new.clicked.connect(self.new_asked)
        self._said = label("", Type.BODY, "text2")
        self._empty = EmptyState(
            "file-export", "No request yet", EMPTY, button="Register a request", key=keys.shown("disclose.new")
        )
        self._empty.pressed.connect(self.new_asked)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 14, 20, 14)
        column.setSpacing(12)
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(label("Requests for copies", Type.TITLE))
        head.addWidget(self._said)
        head.addStretch()
        head.addWidget(self.new)
        column.addLayout(head)
        column.addWidget(self.error)
        self._stack = QStackedWidget()
        listing = surface(0)
        inside = QVBoxLayout(listing)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.addWidget(TableCard(self.table), 0, Qt.AlignmentFlag.AlignTop)
        inside.addStretch()
        self._stack.addWidget(listing)
        self._stack.addWidget(self._empty)
        column.addWidget(self._stack, 1)

    def show_requests(self, requests: Sequence[Request], cameras: tuple[ReviewCamera, ...], read_only: str) -> None:
        """All requests of the case; `read_only` says why this person may not write, "" if they may."""
        self._cameras = cameras
        self.table.rows.show_rows(tuple(requests))
        if self.table.current is None:  # Enter opens the first, also where it is the only one; nobody picked it yet
            self.table.blockSignals(True)
            self.table.pick(0)
            self.table.blockSignals(False)
        left = sum(each.answer is Answer.OPEN for each in requests)
        self._said.setText(f"{count(len(requests), 'request')}, {left} open" if requests else "")
        self._stack.setCurrentIndex(0 if requests else 1)
        for button in (self.new, self._empty.button):
            button.set_enabled(not read_only, read_only)

    @property
    def requests(self) -> Sequence[Request]:
        return self.table.rows.rows
