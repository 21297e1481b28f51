"""Beside the picture: the list of what is hidden, the picked one's reason and kind, the list before release."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from reviewer.domain.agency import Tables
from reviewer.domain.errors import ReviewerError
from reviewer.domain.redaction import Mask, SoundEdit, SoundWay
from reviewer.ui.actions import KeyTable
from reviewer.ui.buttons import Button, IconButton, Look
from reviewer.ui.custodian_search import Choice
from reviewer.ui.disclosure_list import ROW, HiddenList
from reviewer.ui.disclosure_model import STYLES, TARGETS, HiddenRow
from reviewer.ui.disclosure_release import ReleaseList
from reviewer.ui.fields import labelled, line
from reviewer.ui.fonts import Type
from reviewer.ui.theme import Tone
from reviewer.ui.times import Zone, count
from reviewer.ui.widgets import EmptyState, ErrorNote, label, surface

_WAYS = {SoundWay.MUTE: "Mute", SoundWay.TONE: "Tone", SoundWay.VOICE: "Voice changed"}
NOTHING = "Nothing is hidden in this recording yet."


class Picked(QWidget):
    """What the picked thing is: reason, target or way, style, words. `chosen(field, value)` for each that a person
    changes: "reason", "target", "style", "way", "words"; `decided(bool)`: a proposal is taken, or refused;
    `withdraw_asked()`."""

    chosen = Signal(str, object)
    decided = Signal(bool)
    withdraw_asked = Signal()

    def __init__(self, keys: KeyTable, tables: Tables) -> None:
        super().__init__()
        self._row: HiddenRow | None = None
        reasons = [(each.words, each.id) for each in tables.hiding]
        self.reason = Choice([("Choose the reason …", ""), *reasons])
        for n, each in enumerate(tables.hiding, start=1):
            self.reason.setItemData(n, each.source, Qt.ItemDataRole.ToolTipRole)
        self.target = Choice([(words, target) for target, words in TARGETS.items()])
        self.style_ = Choice([(words, style) for style, words in STYLES.items()])
        self.way = Choice([(words, way) for way, words in _WAYS.items()])
        self.words: QLineEdit = line("in a few words, for the agency alone")
        self.take = keys.wear(Button("Take", icon="check", look=Look.PRIMARY, height=28), "disclose.take")
        self.refuse = keys.wear(Button("Refuse", icon="x", height=28), "disclose.refuse")
        self.off = keys.wear(Button("Take off", icon="eraser", look=Look.QUIET, height=28), "disclose.withdraw")
        self._compose()
        for field, choice in (
            ("reason", self.reason),
            ("target", self.target),
            ("style", self.style_),
            ("way", self.way),
        ):
            choice.activated.connect(lambda _at, name=field, of=choice: self.chosen.emit(name, of.value))
        self.words.editingFinished.connect(self._worded)
        self.take.clicked.connect(lambda: self.decided.emit(True))
        self.refuse.clicked.connect(lambda: self.decided.emit(False))
        self.off.clicked.connect(self.withdraw_asked)
        self.show_row(None, "")

    def _compose(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 10, 16, 4)
        column.setSpacing(8)
        self._reason_box = labelled("Reason (agency table)", self.reason)
        column.addWidget(self._reason_box)
        self._kinds = QWidget()
        row = QHBoxLayout(self._kinds)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        self._target_box, self._style_box = labelled("What it hides", self.target), labelled("How", self.style_)
        self._way_box = labelled("How", self.way)
        for box in (self._target_box, self._style_box, self._way_box):
            row.addWidget(box, 1)
        column.addWidget(self._kinds)
        column.addWidget(labelled("Words", self.words))
        buttons = QHBoxLayout()
        buttons.addWidget(self.take)
        buttons.addWidget(self.refuse)
        buttons.addStretch()
        buttons.addWidget(self.off)
        column.addLayout(buttons)

    def show_row(self, row: HiddenRow | None, read_only: str) -> None:
        """The picked one; None hides all of it."""
        before, self._row = self._row, row
        self.setVisible(row is not None)
        if row is None:
            return
        thing = row.thing
        mask, sound = isinstance(thing, Mask), isinstance(thing, SoundEdit)
        for box, there in ((self._target_box, mask), (self._style_box, mask), (self._way_box, sound)):
            box.setVisible(there)
        self._kinds.setVisible(mask or sound)
        self.reason.choose(thing.reason)
        self.reason.setAccessibleName(f"Reason for {row.name} (agency table)")
        if isinstance(thing, Mask):
            self.target.choose(thing.target)
            self.style_.choose(thing.style)
        elif isinstance(thing, SoundEdit):
            self.way.choose(thing.way)
        if before is None or before.id != row.id or not self.words.hasFocus():
            self.words.setText(thing.words)
        for each in (self.reason, self.target, self.style_, self.way, self.words):
            each.setEnabled(not read_only)
            each.setToolTip(read_only)
        self.take.setVisible(row.is_open)
        self.refuse.setVisible(row.is_open)
        self.off.set_enabled(not read_only, read_only)

    def _worded(self) -> None:
        if self._row is not None and self.words.text().strip() != self._row.thing.words:
            self.chosen.emit("words", self.words.text().strip())


class DisclosureSide(QWidget):
    """Its parts are `list`, `picked`, `release`; `copy` asks to put what is hidden on another request, too."""

    def __init__(self, keys: KeyTable, zone: Zone, tables: Tables) -> None:
        super().__init__()
        self.setProperty("pane", True)
        self.list = HiddenList(zone)
        self.picked = Picked(keys, tables)
        self.release = ReleaseList(keys)
        self.error = ErrorNote()
        self.empty = EmptyState("eraser", "Nothing hidden", NOTHING, button="Box mask", key=keys.shown("disclose.box"))
        self._note = label("", Type.DETAIL, "text2")
        self.copy = IconButton("Copy what is hidden to another request", "copy")
        self.copy.setToolTip(f"Copy what is hidden to another request ({keys.shown('disclose.copy')})")
        self._rows: tuple[HiddenRow, ...] = ()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        head = surface(1, "bottom")
        head.setFixedHeight(48)
        row = QHBoxLayout(head)
        row.setContentsMargins(16, 0, 16, 0)
        row.addWidget(label("Masks", Type.SECTION))
        row.addStretch()
        row.addWidget(self._note)
        row.addWidget(self.copy)
        column.addWidget(head)
        column.addWidget(self.list, 1)
        column.addWidget(self.empty, 1)
        below = surface(1)
        inside = QVBoxLayout(below)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(0)
        holder = QWidget()
        errors = QHBoxLayout(holder)
        errors.setContentsMargins(16, 6, 16, 0)
        errors.addWidget(self.error)
        inside.addWidget(holder)
        inside.addWidget(self.picked)
        inside.addWidget(self.release)
        self._below = QScrollArea()
        self._below.setFrameShape(QFrame.Shape.NoFrame)
        self._below.setWidgetResizable(True)
        self._below.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._below.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._below.setWidget(below)
        column.addWidget(self._below, 2)

    def show_rows(self, rows: tuple[HiddenRow, ...], chosen: str, read_only: str) -> None:
        """What is hidden, and which of it is picked."""
        self._rows = rows
        self.list.show_rows(rows, chosen)
        self.list.setVisible(bool(rows))
        self.copy.setVisible(any(not row.is_open for row in rows))
        self.list.setMaximumHeight(len(rows) * ROW + 2)
        self.empty.setVisible(not rows)
        self.empty.button.set_enabled(not read_only, read_only)
        left = sum(not row.reason for row in rows if not row.is_open)
        every = "Every mask has a reason" if rows else ""
        self._note.setText(f"{count(left, 'reason')} missing" if left else every)
        self.picked.show_row(next((row for row in rows if row.id == chosen), None), read_only)

    def say(self, error: ReviewerError | str) -> None:
        """What went wrong, or what a person should know; "" for nothing."""
        self.error.say(error, Tone.STOP if isinstance(error, ReviewerError) else Tone.INFO)
