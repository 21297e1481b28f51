"""The week that is to be reviewed, beside the log: how much happened, what stands out, remarks, and the signature."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from reviewer.domain.errors import ReviewerError
from reviewer.records.queries import Facets, LogEntry
from reviewer.services.logreview import LogReview, Week, remarked
from reviewer.ui.actions import KeyTable
from reviewer.ui.bridge import Bridge
from reviewer.ui.buttons import Button, Look
from reviewer.ui.custodian_search import Choice
from reviewer.ui.fields import PassphraseField, labelled, line, mark_invalid
from reviewer.ui.fonts import Type
from reviewer.ui.log_sheet import side
from reviewer.ui.log_source import LogSource
from reviewer.ui.log_words import Names, did
from reviewer.ui.table import Cell, Column, Table, Words
from reviewer.ui.theme import Tone
from reviewer.ui.times import Zone, count
from reviewer.ui.widgets import Card, ErrorNote, label, set_tone, strong

WIDTH = 420
_HIGHEST = 34 + 6 * 38 + 1  # px: six entries, the rest scrolls
_Standing = tuple[LogEntry, str]


class ReviewForm(QWidget):
    """`back` when somebody is done with it; `picked` carries an entry that stands out, to be shown in the log."""

    back = Signal()
    picked = Signal(object)

    def __init__(
        self, source: LogSource, bridge: Bridge, keys: KeyTable, zone: Callable[[], Zone], names: Names
    ) -> None:
        super().__init__()
        self._source, self._bridge, self._keys, self._zone, self._names = source, bridge, keys, zone, names
        self._week: Week | None = None
        self._remarks: dict[tuple[str, int], str] = {}
        self._current: LogEntry | None = None
        self._asked = 0
        self._busy = False
        self._lay_out(side(self, WIDTH))
        self._settle()

    def _lay_out(self, column: QVBoxLayout) -> None:
        column.addWidget(label("This week", Type.PANEL))
        column.addSpacing(6)
        self.person = Choice([("Everybody", "")])
        self.person.setAccessibleName("Whose entries")
        self.person.currentIndexChanged.connect(lambda _at: self.read())
        column.addWidget(self.person)
        column.addSpacing(8)
        self._span = label("", Type.BODY, "text2", wrap=True)
        self._due = label("", Type.BODY, "warn", wrap=True)
        self._counts = label("", Type.DETAIL, "text2", wrap=True)
        for each in (self._span, self._due, self._counts):
            column.addWidget(each)
            column.addSpacing(4)
        self._heading = strong("What stands out")
        column.addSpacing(8)
        column.addWidget(self._heading)
        column.addSpacing(6)
        columns = (Column("Local", 100), Column("Who", 98), Column("What", 170, 1))
        self.table: Table[_Standing] = Table(columns, self._cells, name="Entries that stand out", row=38)
        self.table.picked.connect(self._pick)
        card = Card()
        inside = QVBoxLayout(card)
        inside.setContentsMargins(1, 5, 1, 5)
        inside.addWidget(self.table)
        self._card = card
        column.addWidget(card)
        column.addSpacing(6)
        self.remark = line("A remark to the picked entry")
        self.remark.textEdited.connect(self._remarked)
        self._remark_row = labelled("Remark", self.remark)
        column.addWidget(self._remark_row)
        self._feet(column)

    def _feet(self, column: QVBoxLayout) -> None:
        column.addSpacing(8)
        self.passphrase = PassphraseField()
        self.passphrase.entered.connect(self.submit)
        self.passphrase.edited.connect(self._settle)
        column.addWidget(labelled("Your passphrase", self.passphrase))
        column.addSpacing(8)
        self.error = ErrorNote()
        self._said = label("", Type.BODY, "text2", wrap=True)
        column.addWidget(self._said)
        column.addWidget(self.error)
        column.addSpacing(8)
        row = QHBoxLayout()
        self.sign = self._keys.wear(Button("Sign review", icon="signature", look=Look.PRIMARY, height=32), "log.sign")
        self.sign.clicked.connect(self.submit)
        self.leave = self._keys.wear(Button("Back", look=Look.QUIET, height=32), "log.entry")
        self.leave.clicked.connect(self.back)
        row.addWidget(self.sign)
        row.addStretch()
        row.addWidget(self.leave)
        column.addLayout(row)
        column.addStretch(1)

    def show_facets(self, facets: Facets) -> None:
        people = sorted((self._names.user(user), user) for user in facets.users)
        self.person.show_choices([("Everybody", ""), *people])

    @property
    def review(self) -> LogReview | None:
        """What would be signed now, with its remarks."""
        if self._week is None:
            return None
        entries = {(e.meta.origin, e.meta.index): e for e, _ in self._week.stands_out}
        return remarked(self._week.review, [(entries[at], said) for at, said in self._remarks.items() if said.strip()])

    def open(self) -> None:
        """Give it the focus; what there is is read anew, unless remarks to it wait for the signature."""
        if not any(said.strip() for said in self._remarks.values()):
            self.read()
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        self._enter()

    def _enter(self) -> None:
        """What stands out first; where nothing does, there is only to sign."""
        if self._week is not None and self.hasFocus():
            first = self.table if self._week.stands_out else self.passphrase
            first.setFocus(Qt.FocusReason.OtherFocusReason)

    def read(self) -> None:
        """Look at what there is to review, from the last signed review to now."""
        self._asked += 1
        asked = self._asked
        self._week, self._remarks = None, {}
        self.error.clear()
        self._span.setText("The log is being read …")
        for each in (self._due, self._counts):
            each.setText("")
            each.hide()
        self._show(())
        future = self._source.week(str(self.person.value or ""))
        self._bridge.watch(future, lambda week: self._read(week, asked), self._failed, self)

    def _read(self, week: Week, asked: int) -> None:
        if asked != self._asked:
            return
        self._week = week
        zone, review = self._zone(), week.review
        spans = f"{zone.date(review.since)} {zone.clock(review.since)} to {zone.date(review.until)} "
        spans += f"{zone.clock(review.until)} {zone.offset(review.until)}"
        logs = count(len(review.logs), "log")
        self._span.setText(f"Review {review.n}: {count(review.entries, 'entry', 'entries')} in {logs}, {spans}")
        due = "1 week is" if week.weeks == 1 else f"{week.weeks} weeks are"
        self._due.setText(f"{due} due: nobody has signed for them yet.")
        self._due.setVisible(week.weeks > 0)
        self._counts.setText(" · ".join(f"{did(each.kind)} {each.entries:,}" for each in review.counts))
        self._counts.setVisible(bool(review.counts))
        self._show(week.stands_out)
        self._settle()
        self._enter()

    def _show(self, rows: Sequence[_Standing]) -> None:
        self._heading.setText(
            f"What stands out: {count(len(rows), 'entry', 'entries')}" if rows else "Nothing stands out"
        )
        self.table.rows.show_rows(rows)
        self.table.setFixedHeight(min(_HIGHEST, self.table.content_height()))
        self._card.setVisible(bool(rows))
        self._remark_row.setVisible(bool(rows))
        self._current = None
        self.table.pick(0)

    def _cells(self, row: _Standing) -> Sequence[Cell]:
        entry, why = row
        zone, meta = self._zone(), entry.meta
        marked = "✎ " if self._remarks.get((meta.origin, meta.index), "").strip() else ""
        return (
            Words(zone.clock(meta.at), zone.date(meta.at), strong=True),
            Words(self._names.user(meta.actor), tone="text2", wrap=True),
            Words(f"{marked}{did(meta.kind)}", why),
        )

    def _pick(self, row: object) -> None:
        if isinstance(row, tuple):
            self._current = row[0]
            meta = row[0].meta
            self.remark.setText(self._remarks.get((meta.origin, meta.index), ""))
            self.picked.emit(row[0])

    def _remarked(self, words: str) -> None:
        if self._current is not None:
            self._remarks[self._current.meta.origin, self._current.meta.index] = words
            self.table.viewport().update()

    def _settle(self) -> None:
        self.error.clear()
        mark_invalid(self.passphrase.line, False)
        lacks = self._source.no_review or ("" if self._week is not None else "The log is being read.")
        lacks = lacks or ("" if self.passphrase.text else "Type your passphrase.")
        self.sign.set_enabled(not lacks and not self._busy, lacks or "It is being signed.")

    def submit(self) -> None:
        """Sign what is shown, with its remarks."""
        review = self.review
        if review is None or not self.sign.isEnabled():
            return
        self._busy = True
        self._settle()
        future = self._source.sign(review, self.passphrase.text)
        self._bridge.watch(future, self._signed, self._failed, self)

    def _signed(self, review: LogReview) -> None:
        self._busy = False
        self.passphrase.forget()
        remarks = sum(bool(each.remark) for each in review.marked)
        self._said.setText(f"Review {review.n} is signed, with {count(remarks, 'remark')}.")
        set_tone(self._said, "ok")
        self.read()

    def _failed(self, error: ReviewerError) -> None:
        self._busy = False
        self.passphrase.forget()
        self._settle()
        self.error.say(error, Tone.STOP)
