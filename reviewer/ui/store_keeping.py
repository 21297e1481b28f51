"""The side sheet of the store: one finding, and how one recording is kept in the store, changed by a custodian."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from reviewer.domain.errors import ReviewerError
from reviewer.domain.storecheck import Finding
from reviewer.domain.timebase import Utc, parse_rfc3339
from reviewer.ui.actions import KeyTable
from reviewer.ui.bridge import Bridge
from reviewer.ui.buttons import Button
from reviewer.ui.fields import labelled, line, mark_invalid
from reviewer.ui.fonts import Type
from reviewer.ui.store_check_words import SEVERITY, day, place
from reviewer.ui.widgets import ErrorNote, Tag, label, strong, surface

SHEET = 340
_LONG = re.compile(r"[0-9a-f]{33,}")


@dataclass(frozen=True, slots=True)
class RecordingKept:
    """How a recording's things are kept now, as the store says: `objects` of them, the first of them free at `until`
    (None: at least one is not locked), `held` of them on legal hold."""

    recording: str
    objects: int
    until: Utc | None
    held: int


@dataclass(frozen=True, slots=True)
class Keeper:
    """What changes how a recording is kept; each answers with how it is kept then. `refusal` is why not, "" where it
    may be tried."""

    look: Callable[[str], Future[RecordingKept]]
    retain: Callable[[str, Utc], Future[RecordingKept]]
    hold: Callable[[str, bool], Future[RecordingKept]]
    refusal: str = ""


class StoreSheet(QWidget):
    """`changed`: something is kept otherwise now."""

    changed = Signal()

    def __init__(self, keeper: Keeper, bridge: Bridge, keys: KeyTable) -> None:
        super().__init__()
        self._keeper, self._bridge, self._keys = keeper, bridge, keys
        self._kept: RecordingKept | None = None
        self.setFixedWidth(SHEET)
        self.setProperty("pane", True)
        holder = surface(1, "left")
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(holder)
        column = QVBoxLayout(holder)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(8)
        self._finding_part(column)
        column.addSpacing(12)
        self._keeping_part(column)
        column.addStretch()
        self.show_finding(None)
        self.show_kept(None)

    def _finding_part(self, column: QVBoxLayout) -> None:
        head = QHBoxLayout()
        self._title = label("", Type.PANEL)
        self._tag = Tag()
        head.addWidget(self._title, 1)
        head.addWidget(self._tag)
        column.addLayout(head)
        self._message = label("", Type.BODY, wrap=True)
        self._next = label("", Type.BODY, "text2", wrap=True)
        self._where = label("", Type.HASH, "text2", wrap=True)
        for each in (self._message, self._next, self._where):
            column.addWidget(each)

    def _keeping_part(self, column: QVBoxLayout) -> None:
        column.addWidget(strong("How a recording is kept"))
        self.recording = line("20260613-niemi-…")
        self.recording.returnPressed.connect(self.look)
        column.addWidget(labelled("Recording", self.recording))
        self._state = label("", Type.BODY, "text2", wrap=True)
        column.addWidget(self._state)
        self.until = line("like 2036-01-01")
        self.until.returnPressed.connect(self.retain)
        column.addWidget(labelled("Keep until the day (UTC)", self.until))
        row = QHBoxLayout()
        row.setSpacing(8)
        self._retain = self._keys.wear(Button("Keep until"), "store.retain")
        self._retain.clicked.connect(self.retain)
        self._hold = self._keys.wear(Button("Set legal hold"), "store.hold")
        self._hold.clicked.connect(self.hold)
        row.addWidget(self._retain)
        row.addWidget(self._hold)
        row.addStretch()
        column.addLayout(row)
        self._error = ErrorNote()
        column.addWidget(self._error)
        words = "Nobody can shorten or lift a retention in compliance mode. Each change is an entry in the log."
        column.addWidget(label(words, Type.DETAIL, "text2", wrap=True))

    # A finding

    def show_finding(self, finding: Finding | None) -> None:
        """What was found, what to do, and where; its recording goes into the field."""
        for each in (self._tag, self._next, self._where):
            each.setVisible(finding is not None)
        if finding is None:
            self._title.setText("Nothing picked")
            self._message.setText("Pick a finding to see all of it.")
            return
        tone, icon = SEVERITY[finding.severity]
        self._title.setText("Finding")
        self._tag.say(finding.severity.value, tone, icon)
        self._message.setText(_breakable(finding.message))
        self._next.setText(finding.next_step)
        self._where.setText(_breakable(finding.path or place(finding)))
        if finding.recording is not None and not self.recording.hasFocus():
            self.recording.setText(finding.recording)
            self.show_kept(None)

    # Keeping

    def look(self) -> None:
        """Ask the store how the named recording is kept."""
        self._ask(self._keeper.look)

    def retain(self) -> None:
        """Keep it until the day in the field."""
        if self._keeper.refusal:
            return
        until = _day(self.until.text())
        mark_invalid(self.until, until is None)
        if until is None:
            self._error.say(ReviewerError("That is no day.", "Write it like 2036-01-01."))
            return
        self._ask(lambda recording: self._keeper.retain(recording, until))

    def hold(self) -> None:
        """Set the legal hold, or lift it where all of it is held."""
        if self._keeper.refusal:
            return
        kept = self._kept
        on = kept is None or kept.recording != self.recording.text().strip() or kept.held < kept.objects
        self._ask(lambda recording: self._keeper.hold(recording, on))

    def _ask(self, ask: Callable[[str], Future[RecordingKept]]) -> None:
        recording = self.recording.text().strip()
        if not recording:
            self._error.say(ReviewerError("No recording is named.", "Type its id, or pick a finding that has one."))
            return
        self._error.clear()
        self._state.setText("Asking the store …")
        self._bridge.watch(ask(recording), self._answered, self._failed, self)

    def _answered(self, kept: RecordingKept) -> None:
        self.show_kept(kept)
        self.changed.emit()

    def _failed(self, error: ReviewerError) -> None:
        self.show_kept(self._kept)
        self._error.say(error)

    def show_kept(self, kept: RecordingKept | None) -> None:
        """How it is kept, and what may be changed about it."""
        self._kept = kept
        self._state.setText(kept_words(kept))
        held = kept is not None and kept.held == kept.objects > 0
        self._hold.set_words("Lift legal hold" if held else "Set legal hold")
        for button in (self._retain, self._hold):
            button.set_enabled(not self._keeper.refusal, self._keeper.refusal)

    def show_keeper(self, keeper: Keeper) -> None:
        """Another store, or another answer about what may be changed there."""
        self._keeper = keeper
        self.show_kept(self._kept)
        if keeper.refusal and self._kept is None:
            self._state.setText(keeper.refusal)


def kept_words(kept: RecordingKept | None) -> str:
    """How a recording is kept, as the store says."""
    if kept is None:
        return "Enter asks the store how it is kept."
    what = f"{kept.objects} things of it are in the store: "
    lock = "not all are locked" if kept.until is None else f"locked until {day(kept.until)} at least"
    hold = {0: "no legal hold", kept.objects: "all on legal hold"}.get(kept.held, f"{kept.held} on legal hold")
    return f"{what}{lock}, {hold}."


def _day(text: str) -> Utc | None:
    try:
        return parse_rfc3339(f"{text.strip()}T00:00:00Z")
    except ValueError:
        return None


def _breakable(words: str) -> str:
    """The same words, where hashes may be broken into lines that fit (by spaces of no width)."""
    return _LONG.sub(lambda found: "\u200b".join(found[0][at : at + 16] for at in range(0, len(found[0]), 16)), words)
