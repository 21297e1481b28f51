"""The log screen's sentences on top, and the side sheet with one entry's proof."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from reviewer.domain.errors import ReviewerError
from reviewer.records.queries import LogEntry
from reviewer.ui.bridge import Bridge
from reviewer.ui.buttons import Button
from reviewer.ui.fonts import Type
from reviewer.ui.icons import IconLabel
from reviewer.ui.log_words import PROOF, Names, ProofState, details
from reviewer.ui.queue_parts import clear
from reviewer.ui.theme import Tone
from reviewer.ui.times import Zone, count
from reviewer.ui.widgets import Card, ErrorNote, Tag, divider, label, set_tone, strong, surface

SHEET = 328


@dataclass(frozen=True, slots=True)
class Proof:
    """One entry's inclusion in its log: hashes in hex, `size` the signed head's, `hashes` how many lead from leaf to
    root; `holds` whether they do and the head's signature is good. `said` names what is wrong if not."""

    leaf: str
    root: str
    size: int
    hashes: int
    holds: bool
    said: str = ""


@dataclass(frozen=True, slots=True)
class Sentence:
    icon: str
    tone: Tone
    title: str
    words: str


class SentenceCard(Card):
    """One of the four things that are true of the log."""

    def __init__(self) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 12, 12, 12)
        row.setSpacing(10)
        self._icon = IconLabel("hourglass", 20, "text2")
        row.addWidget(self._icon)
        column = QVBoxLayout()
        column.setSpacing(1)
        self._title = label("", Type.SECTION, wrap=True)
        self._words = label("", Type.DETAIL, "text2", wrap=True)
        column.addWidget(self._title)
        column.addWidget(self._words)
        column.addStretch()
        row.addLayout(column, 1)
        self.setMinimumHeight(78)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)

    def say(self, sentence: Sentence) -> None:
        self._icon.show_icon(sentence.icon, "text2" if sentence.tone is Tone.PLAIN else sentence.tone.value)
        self._title.setText(sentence.title)
        self._words.setText(sentence.words)
        self.setAccessibleName(f"{sentence.title}. {sentence.words}")


def grouped(digest: str) -> str:
    """A hash as people compare it: "9e41 07bc 5d22 … 81fa"."""
    if len(digest) <= 20:
        return digest
    return f"{digest[:4]} {digest[4:8]} {digest[8:12]} … {digest[-4:]}"


class EntrySheet(QWidget):
    """One entry: its proof in words, hashes below. Checking again happens in the background, its result in place."""

    def __init__(
        self,
        prove: Callable[[LogEntry], Future[Proof]],
        bridge: Bridge,
        zone: Callable[[], Zone],
        names: Names,
    ) -> None:
        super().__init__()
        self._prove, self._bridge, self._zone, self._names = prove, bridge, zone, names
        self.entry: LogEntry | None = None
        self.setFixedWidth(SHEET)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setProperty("surface", "1")
        self.setProperty("border", "left")
        self.setProperty("pane", True)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(1, 0, 0, 0)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        holder = surface(1)
        area.setWidget(holder)
        outer.addWidget(area)
        self._lay_out(QVBoxLayout(holder))

    def _lay_out(self, column: QVBoxLayout) -> None:
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(0)
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
        self._again = Button("Check again", icon="shield-check")
        self._again.clicked.connect(self.check_again)
        column.addWidget(self._again, 0, Qt.AlignmentFlag.AlignLeft)
        column.addSpacing(12)
        limits = "Shows that nobody changed the log after its head was signed. It cannot show what happened before."
        column.addWidget(label(limits, Type.DETAIL, "text2", wrap=True))
        column.addStretch()

    def _proof_box(self) -> Card:
        box = Card()
        column = QVBoxLayout(box)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(0)
        self._hashes = tuple(label("", Type.HASH, "text2") for _ in range(3))
        for each in self._hashes:
            each.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            column.addWidget(each)
        return box

    def show_entry(self, entry: LogEntry | None, state: ProofState) -> None:
        """Show an entry and check its proof; None hides the sheet."""
        if entry is not None and self.entry is not None and entry.meta == self.entry.meta:
            self.say_state(state)
            return
        self.entry = entry
        self.setVisible(entry is not None)
        if entry is None:
            return
        self._title.setText(f"Entry {entry.meta.index:,}")
        self.say_state(state)
        clear(self._rows)
        for name, value in details(entry, self._names, self._zone()):
            self._rows.addWidget(_row(name, value))
        self.check_again()

    def say_state(self, state: ProofState) -> None:
        tone, icon = PROOF[state]
        self._tag.say(state.value, tone, icon)

    def check_again(self) -> None:
        """Make the proof anew and verify it, in the background."""
        entry = self.entry
        if entry is None:
            return
        self._error.clear()
        self._again.set_enabled(False, "The proof is being checked.")
        self._verdict.setText("Being checked …")
        set_tone(self._verdict, "text2")
        for each in self._hashes:
            each.setText("")
        future = self._prove(entry)
        self._bridge.watch(future, lambda proof: self._proved(entry, proof), lambda e: self._failed(entry, e), self)

    def _proved(self, entry: LogEntry, proof: Proof) -> None:
        if self.entry is not entry:
            return
        self._again.set_enabled(True)
        self._hashes[0].setText(f"leaf {grouped(proof.leaf)}")
        self._hashes[1].setText(f"root {grouped(proof.root)}")
        self._hashes[2].setText(f"size {proof.size:,} · {count(proof.hashes, 'hash', 'hashes')}")
        self._hashes[0].setToolTip(proof.leaf)
        self._hashes[1].setToolTip(proof.root)
        if proof.holds:
            self._verdict.setText("The entry stands under the signed head, unchanged.")
            set_tone(self._verdict, "ok")
            return
        self._verdict.setText(proof.said or "The entry does not stand under the signed head. Tell the custodian.")
        set_tone(self._verdict, "stop")
        self.say_state(ProofState.WRONG)

    def _failed(self, entry: LogEntry, error: ReviewerError) -> None:
        if self.entry is entry:
            self._again.set_enabled(True)
            self._verdict.setText("")
            self._error.say(error)


def _row(name: str, value: str) -> QWidget:
    made = QWidget()
    column = QVBoxLayout(made)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    row = QHBoxLayout()
    row.setContentsMargins(0, 6, 0, 6)
    row.setSpacing(8)
    left = label(name, Type.DETAIL, "text2")
    left.setFixedWidth(76)
    row.addWidget(left, 0, Qt.AlignmentFlag.AlignTop)
    row.addWidget(label(value, Type.BODY, wrap=True), 1)
    column.addLayout(row)
    column.addWidget(divider())
    return made
