"""The signed log (screen 05): four sentences on how whole it is, the entries, one entry's proof, export and review."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from reviewer.domain.errors import ReviewerError
from reviewer.domain.timebase import Utc
from reviewer.records.queries import EntryFilter, Facets, LogEntry
from reviewer.services.clock import Clock, utc_now
from reviewer.ui import log_following, witness_words
from reviewer.ui.actions import KeyTable
from reviewer.ui.bridge import Bridge
from reviewer.ui.buttons import Button
from reviewer.ui.fonts import Type
from reviewer.ui.log_export import ExportForm
from reviewer.ui.log_filters import FilterBar
from reviewer.ui.log_parts import Lead, Sentence, SentenceCard
from reviewer.ui.log_review import ReviewForm
from reviewer.ui.log_sheet import EntrySheet
from reviewer.ui.log_source import LogHealth as LogHealth
from reviewer.ui.log_source import LogPage as LogPage
from reviewer.ui.log_source import LogSource as LogSource
from reviewer.ui.log_words import PROOF, Names, ProofState, did, is_refusal, what
from reviewer.ui.table import Cell, Column, State, Table, TableCard, Words
from reviewer.ui.theme import Tone
from reviewer.ui.times import Zone, clock, count, date
from reviewer.ui.widgets import Card, EmptyState, ErrorNote, label, surface


class LogScreen(QWidget):
    """Call `refresh()` when entries were added; while hidden it waits until it is shown. `opened` carries the picked
    LogEntry. `below` is a place under the table for a panel about what is shown (who watched which second)."""

    opened = Signal(object)

    def __init__(
        self,
        source: LogSource,
        *,
        bridge: Bridge,
        keys: KeyTable,
        zone: Callable[[], Zone],
        names: Names,
        now: Clock = utc_now,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._source, self._bridge, self._keys, self._zone, self._names = source, bridge, keys, zone, names
        self._now = now
        self._entries: tuple[LogEntry, ...] = ()
        self._total, self._more, self._asked, self._waiting = 0, False, 0, False
        self._wanted: EntryFilter | None = None  # what the loaded entries were asked for with
        self._health = LogHealth(0, 0, 0)
        self._sizes: dict[str, int] = {}
        self._stale = True
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setProperty("surface", "0")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        self.sheet = EntrySheet(source, bridge, keys, zone, names)
        self.export = ExportForm(source, bridge, keys)
        self.review = ReviewForm(source, bridge, keys, zone, names)
        row.addWidget(self._main(), 1)
        for side in (self.sheet, self.export, self.review):
            side.hide()
            row.addWidget(side)
        self.export.back.connect(lambda: self._turn_to(self.sheet))
        self.review.back.connect(lambda: self._turn_to(self.sheet))
        self.review.picked.connect(self._find)
        self.setFocusProxy(self.table)
        self._bind()

    @property
    def entries(self) -> tuple[LogEntry, ...]:
        """What is loaded, newest first."""
        return self._entries

    def _bind(self) -> None:
        self.filters.bind(self)
        for command, call in (
            ("list.again", self.refresh),
            ("log.entry", lambda: self._turn_to(self.sheet)),
            ("log.again", lambda: self._of_entry(self.sheet.check_again)),
            ("log.check", self.check_everything),
            ("log.copy", lambda: self._of_entry(self.sheet.copy_proof)),
            ("log.export", self.open_export),
            ("log.review", self.open_review),
            ("log.sign", self._sign),
            ("log.stop", self.export.cancel),
        ):
            self._keys.bind(self, command, call)

    def _main(self) -> QWidget:
        area = surface(0)
        area.setProperty("pane", True)
        area.setProperty("ownFocus", True)
        area.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        column = QVBoxLayout(area)
        column.setContentsMargins(20, 14, 20, 16)
        column.setSpacing(10)
        column.addLayout(self._header())
        row = QWidget()
        row.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        cards = QHBoxLayout(row)
        cards.setContentsMargins(0, 0, 0, 0)
        cards.setSpacing(12)
        self._cards = tuple(SentenceCard() for _ in range(4))
        for card in self._cards:
            cards.addWidget(card, 1)
        column.addWidget(row)
        self.filters = FilterBar(self._keys, self._zone, self._names, picked=lambda: self.sheet.entry, now=self._now)
        self.kinds, self.search = self.filters.kinds, self.filters.search
        self.filters.changed.connect(lambda _wanted: self._ask(None))
        self.filters.done.connect(lambda: self.table.setFocus(Qt.FocusReason.OtherFocusReason))
        self.search.typed.connect(lambda _text: self._show())
        self.search.line.returnPressed.connect(lambda: self.table.setFocus(Qt.FocusReason.ShortcutFocusReason))
        column.addWidget(self.filters)
        self._error = ErrorNote()
        column.addWidget(self._error)
        self._lay_out_table(column)
        self._say_loading()
        return area

    def _lay_out_table(self, column: QVBoxLayout) -> None:
        self.table: Table[LogEntry] = Table(self._columns(), self._cells, name="Entries of the signed log", row=38)
        self.table.picked.connect(self._picked)
        self.table.verticalScrollBar().valueChanged.connect(self._scrolled)
        self._table_card = TableCard(self.table)
        self.empty = EmptyState("certificate", "", "")
        self._empty_card = Card()
        QVBoxLayout(self._empty_card).addWidget(self.empty)
        column.addWidget(self._table_card, 1)
        column.addWidget(self._empty_card)
        column.addStretch(0)
        self.below = QVBoxLayout()
        column.addLayout(self.below)

    def _header(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addWidget(label("Signed log", Type.TITLE))
        row.addWidget(Lead("who did what, when, and why"), 1)
        self._check = self._keys.wear(Button("Check everything", icon="shield-check"), "log.check")
        self._check.clicked.connect(self.check_everything)
        self._week = self._keys.wear(Button("This week", icon="history"), "log.review")
        self._week.clicked.connect(self.open_review)
        self._week.set_enabled(not self._source.no_review, self._source.no_review)
        self._export = self._keys.wear(Button("Export for court", icon="file-export"), "log.export")
        self._export.clicked.connect(self.open_export)
        for button in (self._check, self._week, self._export):
            row.addWidget(button)
        return row

    def _columns(self) -> Sequence[Column]:
        return (
            Column("Local", 148),
            Column("UTC", 104),
            Column("Who", 110),
            Column("Did", 140),
            Column("What exactly", 206, 1),
            Column("Reason", 86, spare=True),
            Column("Proof", 124),
            Column("No.", 58, right=True),
        )

    def _cells(self, entry: LogEntry) -> Sequence[Cell]:
        meta, zone = entry.meta, self._zone()
        state, words = self._state(entry)
        tone, icon = PROOF[state]
        return (
            Words(zone.clock(meta.at, 2), f"{zone.date(meta.at)} · {zone.offset(meta.at)}", strong=True),
            Words(clock(meta.at, 2), date(meta.at) if date(meta.at) != zone.date(meta.at) else "", tone="text2"),
            Words(self._names.user(meta.actor)),
            Words(did(meta.kind), strong=True, tone="warn" if is_refusal(meta.kind) else "text", wrap=True),
            Words(what(entry, self._names, zone, brief=True), tone="text2", wrap=True),
            Words(meta.reason or "", tone="text2"),
            State(words, tone, icon),
            Words(f"{meta.index:,}", tone="text2", right=True),
        )

    def _state(self, entry: LogEntry) -> tuple[ProofState, str]:
        """How an entry is vouched for, and in words."""
        meta = entry.meta
        standing = next((s for s in self._health.standings if s.origin == meta.origin), None)
        words = witness_words.proof_words(standing, meta.index)
        if words:
            return ProofState.WITNESSED, words
        state = ProofState.PUBLISHED if meta.index < self._sizes.get(meta.origin, 0) else ProofState.SIGNED
        return state, state.value

    # Reading

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._stale:
            self.refresh()

    def refresh(self) -> None:
        """Read the newest entries and the log's health again; while hidden, once it is shown."""
        if not self.isVisible():
            self._stale = True
            return
        self._stale = False
        self._ask(None)
        self._bridge.watch(self._source.health(False), self.show_health, self._failed, self)
        self._bridge.watch(self._source.facets(), self._show_facets, self._failed, self)

    def _show_facets(self, facets: Facets) -> None:
        self.filters.show_facets(facets)
        self.review.show_facets(facets)

    def _ask(self, after: tuple[Utc, str, int] | None) -> None:
        self._asked += 1
        self._waiting = True
        asked = self._asked
        wanted = self.filters.asked
        future = self._source.page(wanted, after)
        if after is None:
            self._bridge.watch(future, lambda page: self._first(page, asked, wanted), self._failed, self)
        else:
            self._bridge.watch(future, lambda page: self._got(page, asked, self._entries), self._failed, self)

    def _first(self, page: LogPage, asked: int, wanted: EntryFilter) -> None:
        """The newest page. Older ones that were scrolled to stay, where all that is new stands in this one."""
        last = page.entries[-1].place if page.entries else None
        older = tuple(e for e in self._entries if last is not None and e.place < last)
        new = len(page.entries) - (len(self._entries) - len(older))
        kept = wanted == self._wanted and bool(older) and page.total - self._total == new
        if asked == self._asked:
            self._wanted = wanted
        self._got(replace(page, entries=(*page.entries, *older), more=self._more) if kept else page, asked, ())

    def _got(self, page: LogPage, asked: int, before: tuple[LogEntry, ...]) -> None:
        if asked != self._asked:
            # Another question was asked meanwhile; its answer is the one to show.
            return
        self._waiting = False
        self._error.clear()
        self._entries = (*before, *page.entries)
        self._more, self._total = page.more, page.total
        self._show()

    def _failed(self, error: ReviewerError) -> None:
        self._waiting = False
        self._error.say(error)
        self._check.set_enabled(True)

    def _scrolled(self, value: int) -> None:
        bar = self.table.verticalScrollBar()
        near_the_end = value >= bar.maximum() - 4 * 38
        if self._more and self._entries and near_the_end and not self._waiting:
            self._ask(self._entries[-1].place)

    # Showing

    def _say_loading(self) -> None:
        self.empty.say("hourglass", "Reading the log", "It lies on this machine; it is read while you wait.", "info")
        self._table_card.hide()
        for card, title in zip(self._cards, ("Complete", "Witnessed", "Logs", "Not yet witnessed"), strict=True):
            card.say(Sentence("hourglass", Tone.PLAIN, title, "being read"))

    def _show(self) -> None:
        wanted = self.search.line.text().casefold().split()
        found = [e for e in self._entries if all(word in self._said(e) for word in wanted)] if wanted else self._entries
        picked = self.sheet.entry
        self.table.rows.show_rows(found)
        self._table_card.setVisible(bool(found))
        self._empty_card.setVisible(not found)
        self.filters.shown.setText(f"{self.filters.words}: {self._counted_words(len(found), bool(wanted))}")
        if not self._entries and self.filters.asked == EntryFilter():
            self.empty.say(
                "certificate", "No entries yet", "The first one is written before the first picture is shown."
            )
        elif not self._entries:
            said = f"Show all ({self._keys.shown('log.clear')}) shows the whole log again."
            self.empty.say("certificate", "No entry is like that", said)
        elif not found:
            self.empty.say("search", "No entry has these words", "Esc leaves the field; empty it to see all entries.")
        at = next((i for i, e in enumerate(found) if picked is not None and e.meta == picked.meta), 0)
        self.table.pick(at)
        if not found:
            self.sheet.show_entry(None, ProofState.SIGNED)
        self.export.show_filter(self.filters.asked, self.filters.words, self._total)
        self._turn_to(None)

    def _counted_words(self, found: int, filtered: bool) -> str:
        if filtered:
            return f"{found:,} of the newest {count(len(self._entries), 'entry', 'entries')}"
        if self._more:
            return f"newest {len(self._entries):,} of {self._total:,}; more as you scroll"
        return count(self._total, "entry", "entries")

    def _said(self, entry: LogEntry) -> str:
        said = (*(cell.spoken for cell in self._cells(entry)), what(entry, self._names, self._zone()))
        return " ".join(said).casefold()

    def _picked(self, entry: object) -> None:
        if isinstance(entry, LogEntry):
            self.sheet.show_entry(entry, *self._state(entry))
            self.opened.emit(entry)

    # The side

    def _turn_to(self, side: QWidget | None) -> None:
        """Show one side; None the one that was there, the entry's at first."""
        shown = side or next((s for s in (self.export, self.review) if not s.isHidden()), self.sheet)
        for each in (self.sheet, self.export, self.review):
            each.setVisible(each is shown and (each is not self.sheet or self.sheet.entry is not None))
        if side is self.sheet:
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def open_export(self) -> None:
        """What leaves is what the filter shows."""
        self._turn_to(self.export)
        self.export.show_filter(self.filters.asked, self.filters.words, self._total)
        self.export.sign.setFocus(Qt.FocusReason.OtherFocusReason)

    def open_review(self) -> None:
        """The week that is to be reviewed, for whoever may. Remarks that are not signed yet stay."""
        if not self._source.no_review:
            self._turn_to(self.review)
            self.review.open()

    def _sign(self) -> None:
        """Only what can be seen is signed."""
        for side in (self.review, self.export):
            if side.isVisible():
                side.submit()

    def _of_entry(self, act: Callable[[], None]) -> None:
        """What is said of the picked entry is said in its sheet."""
        if not self.sheet.isVisible():
            self._turn_to(self.sheet)
        act()

    def _find(self, wanted: object) -> None:
        """Pick an entry of the review in the list too, where it is loaded."""
        rows = self.table.rows.rows
        if isinstance(wanted, LogEntry):
            self.table.pick(next((at for at, each in enumerate(rows) if each.meta == wanted.meta), -1))

    # How whole it is

    def check_everything(self) -> None:
        """Recompute the whole tree, in the background."""
        self._check.set_enabled(False, "The log is being checked.")
        self._cards[0].say(Sentence("hourglass", Tone.PLAIN, "Being checked", "Every entry, from the first one up"))
        self._bridge.watch(self._source.health(True), self.show_health, self._failed, self)

    def show_health(self, health: LogHealth) -> None:
        """The four sentences, and each entry's state."""
        self._check.set_enabled(True)
        self._health, self._sizes = health, dict(health.published_sizes)
        self._week.set_words(f"This week · {health.due} due" if health.due else "This week")
        for card, sentence in zip(self._cards, sentences(health, self._zone(), self._now()), strict=True):
            card.say(sentence)
        self.table.viewport().update()
        if self.sheet.entry is not None:
            self.sheet.follow(*self._state(self.sheet.entry))


def sentences(health: LogHealth, zone: Zone, now: Utc) -> tuple[Sentence, Sentence, Sentence, Sentence]:
    """Complete; witnessed; whose logs; what is not yet published or witnessed."""
    entries = count(health.entries, "entry", "entries")
    if health.problems:
        complete = Sentence("shield-x", Tone.STOP, "Not whole", health.problems[0])
    elif health.checked_at is None:
        complete = Sentence("shield", Tone.PLAIN, "Not yet checked", f"{entries} on this machine")
    else:
        at = f"{zone.clock(health.checked_at)} local, {clock(health.checked_at)} UTC"
        complete = Sentence("shield-check", Tone.OK, "Complete", f"{entries}; none missing, none changed, {at}")
    watch = health.watch
    none = Sentence("users", Tone.PLAIN, "No witness", "Who has seen this log is not known yet")
    seen = none if watch is None else witness_words.witnessed(watch, now)
    folded = log_following.folded(health.logs, health.people, health.followed, health.reading, zone)
    return complete, seen, folded, _waiting(health, zone, now)


def _waiting(health: LogHealth, zone: Zone, now: Utc) -> Sentence:
    """What is not in the store yet comes first: no witness can see it."""
    if not health.entries:
        return Sentence("circle-check", Tone.PLAIN, "Nothing to publish", "Entries go to the store by themselves")
    waiting = max(0, health.entries - health.published)
    sent = "Not published yet; kept on this machine"
    if health.published_at is not None:
        sent = f"Last sent {zone.clock(health.published_at)} local, {clock(health.published_at)} UTC"
    if waiting:
        return Sentence("hourglass", Tone.WARN, f"{count(waiting, 'entry', 'entries')} not yet published", sent)
    if health.watch is not None and any(s.named for s in health.watch.standings):
        return witness_words.not_witnessed(health.watch, now)
    return Sentence("circle-check", Tone.OK, "All published", sent)
