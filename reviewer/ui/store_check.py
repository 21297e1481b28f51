"""The evidence store: what it promises, what keeps things in it, and checking it; a custodian signs what was found."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from reviewer.domain.errors import Cancelled, ReviewerError
from reviewer.domain.storecheck import CheckReport, Finding, Severity
from reviewer.services.storecheck import CheckProgress
from reviewer.ui.actions import KeyTable
from reviewer.ui.bridge import Bridge
from reviewer.ui.buttons import Button, Look, Segmented
from reviewer.ui.fonts import Type
from reviewer.ui.log_parts import Sentence, SentenceCard
from reviewer.ui.store_check_words import (
    SEVERITY,
    StoreFacts,
    found_words,
    fraction,
    place,
    progress_words,
    sentences,
)
from reviewer.ui.store_keeping import Keeper, StoreSheet
from reviewer.ui.table import Cell, Column, State, Table, TableCard, Words
from reviewer.ui.theme import Tone
from reviewer.ui.times import Zone, count
from reviewer.ui.widgets import Card, EmptyState, ErrorNote, ProgressStrip, label, surface

Hear = Callable[[CheckProgress], None]


@dataclass(frozen=True, slots=True)
class StoreSource:
    """What the screen asks, on the GUI thread; all answer with Futures. `check(deep, anew, hear, cancel)` calls `hear`
    from another thread. `sign` saves the signed report and says where; `no_sign` is why this person may not."""

    facts: Callable[[], Future[StoreFacts]]
    check: Callable[[bool, bool, Hear, threading.Event], Future[CheckReport]]
    sign: Callable[[CheckReport], Future[Path]]
    keeper: Callable[[], Keeper]
    no_sign: str = ""


class StoreScreen(QWidget):
    """`refresh` asks again what is known of the store; a check goes on whatever screen is shown."""

    def __init__(self, source: StoreSource, *, bridge: Bridge, keys: KeyTable, zone: Callable[[], Zone]) -> None:
        super().__init__()
        self._source, self._bridge, self._keys, self._zone = source, bridge, keys, zone
        self._facts: StoreFacts | None = None
        self._cancel: threading.Event | None = None
        self._deep = False
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setProperty("surface", "0")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        self.sheet = StoreSheet(source.keeper(), bridge, keys)
        row.addWidget(self._main(), 1)
        row.addWidget(self.sheet)
        self.setFocusProxy(self.table)
        self._bind()
        self._show()

    @property
    def running(self) -> bool:
        """Whether a check is under way here."""
        return self._cancel is not None

    def _bind(self) -> None:
        for command, callback in (
            ("store.check", lambda: self.start(deep=False)),
            ("store.deep", lambda: self.start(deep=True)),
            ("store.anew", lambda: self.start(deep=True, anew=True)),
            ("store.stop", self.stop),
            ("store.sign", self.sign),
            ("store.recording", lambda: self.sheet.recording.setFocus(Qt.FocusReason.ShortcutFocusReason)),
            ("store.retain", self.sheet.retain),
            ("store.hold", self.sheet.hold),
            ("list.again", self.refresh),
        ):
            self._keys.bind(self, command, callback)

    # Laying out

    def _main(self) -> QWidget:
        area = surface(0)
        area.setProperty("pane", True)
        area.setProperty("ownFocus", True)
        area.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        column = QVBoxLayout(area)
        column.setContentsMargins(20, 14, 20, 16)
        column.setSpacing(12)
        column.addLayout(self._header())
        column.addWidget(self._sentences())
        column.addWidget(self._progress())
        column.addLayout(self._filters())
        self._error = ErrorNote()
        column.addWidget(self._error)
        self.table: Table[Finding] = Table(self._columns(), self._cells, name="Findings in the store", row=46)
        self.table.picked.connect(self.sheet.show_finding)
        self._table_card = TableCard(self.table)
        column.addWidget(self._table_card, 1)
        self.empty = EmptyState("database", "", "")
        self._empty_card = Card()
        QVBoxLayout(self._empty_card).addWidget(self.empty)
        column.addWidget(self._empty_card)
        column.addStretch(0)
        return area

    def _header(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(label("Store", Type.TITLE))
        row.addWidget(label("whether the evidence is there, whole, and kept", Type.LEAD, "text2"))
        row.addStretch()
        wear = self._keys.wear
        self.quick = wear(Button("Check", icon="shield-check"), "store.check")
        self.quick.clicked.connect(lambda: self.start(deep=False))
        self.deep = wear(Button("Check every byte", icon="shield-check"), "store.deep")
        self.deep.clicked.connect(lambda: self.start(deep=True))
        self.sign_button = wear(Button("Sign and save", icon="certificate", look=Look.PRIMARY), "store.sign")
        self.sign_button.clicked.connect(self.sign)
        for button in (self.quick, self.deep, self.sign_button):
            row.addWidget(button)
        return row

    def _sentences(self) -> QWidget:
        holder = QWidget()
        holder.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        self._cards = tuple(SentenceCard() for _ in range(4))
        for card in self._cards:
            card.say(Sentence("hourglass", Tone.PLAIN, "Asking the store", "Its answer stands here when it comes"))
            row.addWidget(card, 1)
        return holder

    def _progress(self) -> QWidget:
        self._going = Card()
        row = QHBoxLayout(self._going)
        row.setContentsMargins(14, 8, 10, 8)
        row.setSpacing(12)
        self._words = label("", Type.BODY)
        self._strip = ProgressStrip("How far the check is")
        self._so_far = label("", Type.DETAIL, "text2")
        self.stop_button = self._keys.wear(Button("Stop", icon="player-pause"), "store.stop")
        self.stop_button.clicked.connect(self.stop)
        row.addWidget(self._words)
        row.addWidget(self._strip, 1)
        row.addWidget(self._so_far)
        row.addWidget(self.stop_button)
        self._going.hide()
        return self._going

    def _filters(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        choices: list[tuple[object, str]] = [(None, "Everything"), *((s, _PLURAL[s]) for s in Severity)]
        self.kinds = Segmented(choices, name="Which findings")
        self.kinds.chosen.connect(lambda _: self._show())
        row.addWidget(self.kinds)
        self._counted = label("", Type.DETAIL, "text2")
        row.addWidget(self._counted)
        row.addStretch()
        self._saved = label("", Type.DETAIL, "ok")
        row.addWidget(self._saved)
        return row

    def _columns(self) -> Sequence[Column]:
        return (Column("", 96), Column("What was found", 300, 3), Column("Next step", 200, 2), Column("Where", 190, 1))

    def _cells(self, finding: Finding) -> Sequence[Cell]:
        tone, icon = SEVERITY[finding.severity]
        return (
            State(finding.severity.value, tone, icon),
            Words(finding.message, strong=False, wrap=True),
            Words(finding.next_step, tone="text2", wrap=True),
            Words(place(finding), tone="text2"),
        )

    # What is known

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()

    def refresh(self) -> None:
        """Ask again what is known of the store."""
        if self.isVisible():
            self._bridge.watch(self._source.facts(), self.show_facts, self._failed, self)

    def show_facts(self, facts: StoreFacts) -> None:
        """The four sentences, and the findings of the last check."""
        self._facts = facts
        for card, sentence in zip(self._cards, sentences(facts, self._zone()), strict=True):
            card.say(sentence)
        self.sheet.show_keeper(self._source.keeper())
        self._show()

    @property
    def report(self) -> CheckReport | None:
        """The last check that ended."""
        return self._facts.last if self._facts is not None else None

    def _show(self) -> None:
        report = self.report
        wanted = self.kinds.value
        found = [f for f in report.findings if wanted is None or f.severity is wanted] if report is not None else []
        self.table.rows.show_rows(found)
        self._table_card.setVisible(bool(found))
        self._empty_card.setVisible(not found)
        self._counted.setText(_counted(report, len(found)))
        self.empty.say(*self._nothing(report))
        self.table.pick(0)
        if not found:
            self.sheet.show_finding(None)
        self._allow()

    def _nothing(self, report: CheckReport | None) -> tuple[str, str, str]:
        if report is None:
            check = self._keys.shown("store.check")
            return "database", "Not checked on this machine yet", f"{check} compares every object with its manifest."
        if report.findings:
            return "filter", "Nothing of this kind", "Choose Everything to see all findings."
        return "shield-check", "Nothing was found", "Every document is believed, every object is there and kept."

    def _allow(self) -> None:
        """What can be done now; what cannot says why."""
        busy = "A check is under way."
        facts = self._facts
        for button, words, left in (
            (self.quick, "Check", facts and facts.quick_left),
            (self.deep, "Check every byte", facts and facts.deep_left),
        ):
            button.set_words(f"Go on: {words.lower()}" if left else words)
            button.set_enabled(not self.running, busy if self.running else "")
        why = self._source.no_sign or ("" if self.report is not None else "Nothing was checked yet.")
        self.sign_button.set_enabled(not why, why)

    # Checking

    def start(self, *, deep: bool, anew: bool = False) -> None:
        """Check the store; goes on where an earlier check of that kind stopped."""
        if self.running:
            return
        self._error.clear()
        self._saved.setText("")
        self._deep = deep
        self._cancel = threading.Event()
        hear = self._bridge.progress(self._heard, self)
        self._words.setText("Asking the store")
        self._strip.set_fraction(0.0)
        self._so_far.setText("")
        self.stop_button.set_enabled(True)
        self._going.show()
        self._allow()
        self._bridge.watch(self._source.check(deep, anew, hear, self._cancel), self._ended, self._stopped, self)

    def stop(self) -> None:
        """Stop the check; what was judged is kept."""
        if self._cancel is not None:
            self._cancel.set()
            self.stop_button.set_enabled(False, "It is stopping.")

    def _heard(self, now: CheckProgress) -> None:
        if self.running:
            self._words.setText(progress_words(now, self._deep))
            self._strip.set_fraction(fraction(now))
            self._so_far.setText(found_words(now))

    def _ended(self, _report: CheckReport) -> None:
        self._cancel = None
        self._going.hide()
        self.kinds.choose(None)
        self._ask_facts()

    def _stopped(self, error: ReviewerError) -> None:
        self._cancel = None
        self._going.hide()
        if not isinstance(error, Cancelled):
            self._error.say(error)
        self._ask_facts()

    def _ask_facts(self) -> None:
        self._allow()
        self._bridge.watch(self._source.facts(), self.show_facts, self._failed, self)

    # Signing

    def sign(self) -> None:
        """Sign the last report and save it; where is said."""
        report = self.report
        if report is None or self._source.no_sign:
            return
        self.sign_button.set_enabled(False, "It is being signed.")
        self._bridge.watch(self._source.sign(report), self._signed, self._failed, self)

    def _signed(self, path: Path) -> None:
        self._saved.setText(f"Signed and saved: {path}")
        self._allow()

    def _failed(self, error: ReviewerError) -> None:
        self._error.say(error)
        self._allow()


_PLURAL = {Severity.BROKEN: "Broken", Severity.WARNING: "Warnings", Severity.NOTE: "Notes"}


def _counted(report: CheckReport | None, shown: int) -> str:
    if report is None:
        return ""
    figures = report.figures
    total = figures.broken + figures.warnings + figures.notes
    words = count(total, "finding") if shown == total else f"{shown:,} of {count(total, 'finding')}"
    return f"{words}; {report.left_out:,} are counted and not listed" if report.left_out else words
