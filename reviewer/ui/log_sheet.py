"""The side sheet of one entry: what, who, where, when and why in words, below it the proof with its hashes."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from reviewer.domain.errors import ReviewerError
from reviewer.records.queries import LogEntry
from reviewer.services.logproof import Bracket, EntryProof
from reviewer.ui.actions import KeyTable
from reviewer.ui.bridge import Bridge
from reviewer.ui.buttons import Button, Look
from reviewer.ui.fonts import Type
from reviewer.ui.log_source import LogSource
from reviewer.ui.log_words import PROOF, Names, ProofState, details
from reviewer.ui.queue_parts import clear
from reviewer.ui.theme import Tone
from reviewer.ui.times import Zone, clock, count, date
from reviewer.ui.widgets import Card, ErrorNote, Tag, divider, label, set_tone, strong, surface
from reviewer.ui.witness_words import proof_lines

SHEET = 336
LIMITS = (
    "Shows that nobody changed the log after a witness saw it. It cannot show what happened before a witness saw it."
)
_COPIED = "Proof copied: JSON that verify_log.py checks"


def side(widget: QWidget, width: int = SHEET) -> QVBoxLayout:
    """Make a side panel of a widget, with what is laid out in it scrolling."""
    widget.setFixedWidth(width)
    widget.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    widget.setProperty("surface", "1")
    widget.setProperty("border", "left")
    widget.setProperty("pane", True)
    outer = QVBoxLayout(widget)
    outer.setContentsMargins(1, 0, 0, 0)
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    holder = surface(1)
    area.setWidget(holder)
    outer.addWidget(area)
    column = QVBoxLayout(holder)
    column.setContentsMargins(16, 16, 16, 16)
    column.setSpacing(0)
    return column


def grouped(digest: str) -> str:
    """A hash as people compare it: "9e41 07bc 5d22 … 81fa"."""
    if len(digest) <= 20:
        return digest
    return f"{digest[:4]} {digest[4:8]} {digest[8:12]} … {digest[-4:]}"


def between(bracket: Bracket) -> str:
    """Between which cosignatures an entry was written, in UTC."""
    after, before = (None if at is None else f"{clock(at)} UTC, {date(at)}" for at in (bracket.after, bracket.before))
    if before is None:
        return "No witness has seen it yet"
    return f"{after} and {before}" if after is not None else f"Before {before}; none seen before that"


class EntrySheet(QWidget):
    """One entry: its proof in words, hashes below. Checking again happens in the background, its result in place."""

    def __init__(
        self, source: LogSource, bridge: Bridge, keys: KeyTable, zone: Callable[[], Zone], names: Names
    ) -> None:
        super().__init__()
        self._source, self._bridge, self._keys, self._zone, self._names = source, bridge, keys, zone, names
        self.entry: LogEntry | None = None
        self._wrong = False
        self._lay_out(side(self))

    def _lay_out(self, column: QVBoxLayout) -> None:
        head = QHBoxLayout()
        self._title = label("", Type.PANEL)
        self._tag = Tag()
        head.addWidget(self._title, 1)
        head.addWidget(self._tag)
        column.addLayout(head)
        column.addSpacing(8)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(0)
        column.addLayout(self._rows)
        self._bracket = label("", Type.BODY, wrap=True)
        column.addWidget(_row("Between witnesses", self._bracket))
        column.addSpacing(18)
        column.addWidget(strong("Proof"))
        column.addSpacing(6)
        column.addWidget(self._proof_box())
        column.addSpacing(8)
        self._verdict = label("", Type.BODY, "text2", wrap=True)
        column.addWidget(self._verdict)
        self._error = ErrorNote()
        column.addWidget(self._error)
        column.addSpacing(8)
        buttons = QHBoxLayout()
        self._again = self._keys.wear(Button("Check again", icon="shield-check"), "log.again")
        self._again.clicked.connect(self.check_again)
        self._copy = Button("Copy proof", look=Look.QUIET)
        self._copy.setToolTip(f"{self._copy.accessibleName()} ({self._keys.shown('log.copy')})")
        self._copy.clicked.connect(self.copy_proof)
        buttons.addWidget(self._again)
        buttons.addWidget(self._copy)
        buttons.addStretch()
        column.addLayout(buttons)
        column.addSpacing(12)
        column.addWidget(label(LIMITS, Type.DETAIL, "text2", wrap=True))
        column.addStretch()

    def _proof_box(self) -> Card:
        box = Card()
        column = QVBoxLayout(box)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(0)
        self._hashes = label("", Type.HASH, "text2", wrap=True)
        self._hashes.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column.addWidget(self._hashes)
        return box

    def show_entry(self, entry: LogEntry | None, state: ProofState, words: str = "") -> None:
        """Show an entry and check its proof; None empties the sheet. `words` say the state more exactly."""
        if entry is not None and self.entry is not None and entry.meta == self.entry.meta:
            self.follow(state, words)
            return
        self.entry, self._wrong = entry, False
        if entry is None:
            return
        self._title.setText(f"Entry {entry.meta.index:,}")
        self.say_state(state, words)
        clear(self._rows)
        for name, value in details(entry, self._names, self._zone()):
            self._rows.addWidget(_row(name, label(value, Type.BODY, wrap=True)))
        self.check_again()

    def say_state(self, state: ProofState, words: str = "") -> None:
        tone, icon = PROOF[state]
        self._tag.say(words or state.value, tone, icon)

    def follow(self, state: ProofState, words: str = "") -> None:
        """The entry is vouched for otherwise than before: its proof says so too. One that does not hold stays so."""
        if self._wrong or self._tag.words == (words or state.value):
            return
        self.say_state(state, words)
        if self._again.isEnabled():
            self.check_again()

    def check_again(self) -> None:
        """Make the proof anew and verify it, in the background."""
        entry = self.entry
        if entry is None:
            return
        self._error.clear()
        self._again.set_enabled(False, "The proof is being checked.")
        self._verdict.setText("Being checked …")
        set_tone(self._verdict, "text2")
        self._hashes.setText("…")
        self._bracket.setText("…")
        future = self._source.proof(entry)
        self._bridge.watch(future, lambda proof: self._proved(entry, proof), lambda e: self._failed(entry, e), self)

    def copy_proof(self) -> None:
        """The entry with its proof as JSON, into the clipboard; bodies as far as an export shows them."""
        entry = self.entry
        if entry is not None:
            self._bridge.watch(self._source.bundle(entry), self._copied, lambda e: self._failed(entry, e), self)

    def _copied(self, text: str) -> None:
        QGuiApplication.clipboard().setText(text)
        self._verdict.setText(_COPIED)
        set_tone(self._verdict, "text2")

    def _proved(self, entry: LogEntry, proof: EntryProof) -> None:
        if self.entry is not entry:
            return
        self._again.set_enabled(True)
        self._wrong = not proof.holds
        lines = [f"leaf {grouped(proof.leaf)}", f"root {grouped(proof.root)}"]
        lines.append(f"size {proof.size:,} · {count(proof.hashes, 'hash', 'hashes')}")
        lines += proof_lines(proof.standing, entry.meta.index)
        self._hashes.setText("\n".join(lines))
        self._hashes.setToolTip(f"{proof.leaf}\n{proof.root}")
        self._bracket.setText(between(proof.bracket))
        if not proof.holds:
            self._verdict.setText(proof.said or "The entry does not stand under the signed head. Tell the custodian.")
            set_tone(self._verdict, "stop")
            self.say_state(ProofState.WRONG)
            return
        self._verdict.setText("The entry stands under the signed head, unchanged.")
        set_tone(self._verdict, "ok")

    def _failed(self, entry: LogEntry, error: ReviewerError) -> None:
        if self.entry is entry:
            self._again.set_enabled(True)
            self._verdict.setText("")
            self._hashes.setText("")
            self._bracket.setText("")
            self._error.say(error, Tone.STOP)


def _row(name: str, value: QWidget) -> QWidget:
    made = QWidget()
    column = QVBoxLayout(made)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    row = QHBoxLayout()
    row.setContentsMargins(0, 6, 0, 6)
    row.setSpacing(8)
    left = label(name, Type.DETAIL, "text2", wrap=True)
    left.setFixedWidth(76)
    row.addWidget(left, 0, Qt.AlignmentFlag.AlignTop)
    row.addWidget(value, 1, Qt.AlignmentFlag.AlignTop)
    column.addLayout(row)
    column.addWidget(divider())
    return made
