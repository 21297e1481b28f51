"""Beside the complaint: where the case stands, who may move it on, and what is due."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from reviewer.domain.agency import Move
from reviewer.domain.case import CaseState
from reviewer.domain.errors import ReviewerError
from reviewer.domain.statutory import Due
from reviewer.ui.actions import KeyTable
from reviewer.ui.buttons import Button, Look
from reviewer.ui.case import complaint_words as words
from reviewer.ui.case.complaint_words import CaseShown
from reviewer.ui.custodian_search import Choice
from reviewer.ui.fields import labelled, line
from reviewer.ui.fonts import Type
from reviewer.ui.queue_parts import clear
from reviewer.ui.theme import Tone
from reviewer.ui.times import Zone
from reviewer.ui.widgets import ErrorNote, Tag, divider, label, strong


class StandingPanel(QWidget):
    """Signals: `move_asked(CaseState, reason)`; `told()`: the complainant was told today."""

    move_asked = Signal(object, str)
    told = Signal()

    def __init__(self, keys: KeyTable, zone: Callable[[], Zone], named: Callable[[str], str]) -> None:
        super().__init__()
        self._zone, self._named = zone, named
        self._ways: dict[CaseState, Move] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(17, 16, 16, 16)
        column.setSpacing(8)
        head = QHBoxLayout()
        head.addWidget(label("Where it stands", Type.PANEL))
        head.addStretch()
        self.state = Tag()
        head.addWidget(self.state)
        column.addLayout(head)
        self.since = label("", Type.BODY, "text2", wrap=True)
        column.addWidget(self.since)
        self.conflict = ErrorNote()
        column.addWidget(self.conflict)
        self._add_moving(column, keys)
        column.addSpacing(8)
        column.addWidget(divider())
        column.addSpacing(8)
        self._add_clocks(column, keys)
        column.addStretch()

    def _add_moving(self, column: QVBoxLayout, keys: KeyTable) -> None:
        self._moving = QWidget()
        inside = QVBoxLayout(self._moving)
        inside.setContentsMargins(0, 6, 0, 0)
        inside.setSpacing(8)
        self.to = Choice([])
        self.to.currentIndexChanged.connect(lambda _at: self._settle())
        inside.addWidget(labelled("Move it to", self.to))
        self.reason = line("Why")
        self.reason.returnPressed.connect(self.submit)
        self.reason.textChanged.connect(lambda _text: self._settle())
        inside.addWidget(labelled("Reason", self.reason))
        self.error = ErrorNote()
        inside.addWidget(self.error)
        self.button = keys.wear(Button("Move it", icon="chevron-right", look=Look.PRIMARY), "complaint.move")
        self.button.clicked.connect(self.submit)
        inside.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self._moving)
        self.who_may = label("", Type.BODY, "text2", wrap=True)
        column.addWidget(self.who_may)

    def _add_clocks(self, column: QVBoxLayout, keys: KeyTable) -> None:
        column.addWidget(label("What is due", Type.SECTION))
        self._clocks = QVBoxLayout()
        self._clocks.setSpacing(0)
        column.addLayout(self._clocks)
        self._rule = label("", Type.DETAIL, "text2", wrap=True)
        column.addWidget(self._rule)
        self.tell = keys.wear(Button("Complainant told now", icon="circle-check"), "complaint.told")
        self.tell.clicked.connect(self.told)
        column.addSpacing(4)
        column.addWidget(self.tell, 0, Qt.AlignmentFlag.AlignLeft)

    def show_case(self, case: CaseShown) -> None:
        """What stands now; what was typed as a reason stays."""
        zone = self._zone()
        state = case.standing.state
        self.state.say(state.value, words.state_tone(state))
        self.since.setText(words.since(case.standing, zone, self._named))
        self.conflict.say(words.conflict(case.standing, zone, self._named), Tone.WARN)
        self._ways = {way.end: way for way in case.ways}
        self.to.show_choices([(words.capital(way.end.value), way.end) for way in case.ways])
        self._moving.setVisible(bool(case.ways))
        self.who_may.setText(case.why_read_only or case.who_may)
        self.who_may.setVisible(bool(self.who_may.text()))
        self._show_clocks(case, zone)
        self.tell.set_enabled(not case.why_read_only, case.why_read_only)
        self._settle()

    def _show_clocks(self, case: CaseShown, zone: Zone) -> None:
        clear(self._clocks)
        for due in case.dues:
            self._clocks.addWidget(_clock(due, case, zone))
        sources = dict.fromkeys(due.clock.source for due in case.dues if due.runs and due.clock.source)
        said = " · ".join(sources)
        if case.complaint.paused:
            said = f"Paused: {case.complaint.paused}. No clock runs."
        elif not case.dues:
            said = "No clock runs until it is written when the complaint was received."
        self._rule.setText(said)
        self._rule.setVisible(bool(said))

    def _settle(self) -> None:
        way = self._ways.get(self.to.value) if isinstance(self.to.value, CaseState) else None
        needed = way is not None and way.reason
        self.reason.setPlaceholderText("Needed for this" if needed else "May be left empty")
        lacks = needed and not self.reason.text().strip()
        self.button.set_enabled(way is not None and not lacks, "Say why first.")
        self.error.clear()

    def submit(self) -> None:
        """Ask for the move, if nothing is missing; else bring the cursor to where something is."""
        if not self._moving.isVisible():
            return
        if self.button.isEnabled():
            self.move_asked.emit(self.to.value, self.reason.text())
        else:
            self.reason.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def moved(self) -> None:
        """It was recorded."""
        self.reason.clear()

    def refuse(self, error: ReviewerError) -> None:
        """It was not moved, and why."""
        self.error.say(error)


def _clock(due: Due, case: CaseShown, zone: Zone) -> QWidget:
    made = QWidget()
    column = QVBoxLayout(made)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    row = QHBoxLayout()
    row.setContentsMargins(0, 7, 0, 7)
    row.setSpacing(10)
    said = label(due.clock.words, Type.BODY, "text" if due.runs else "text2", wrap=True)
    said.setToolTip(due.clock.source)
    row.addWidget(said, 1)
    if due.runs:
        row.addWidget(strong(zone.date(due.at)))
        row.addWidget(Tag(words.left(due, case.now), words.tone_of(due, case.now), "clock"))
    else:
        row.addWidget(label(words.ended(due, zone), Type.BODY, "warn" if due.late else "text2"))
    column.addLayout(row)
    column.addWidget(divider())
    return made
