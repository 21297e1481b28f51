"""The signed log (screen 05): four sentences on how whole it is, the entries, and one entry's proof."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from reviewer.domain.errors import ReviewerError
from reviewer.domain.timebase import Utc
from reviewer.records.queries import EntryFilter, LogEntry
from reviewer.ui.actions import KeyTable
from reviewer.ui.bridge import Bridge
from reviewer.ui.buttons import Button, Segmented
from reviewer.ui.fields import SearchField
from reviewer.ui.fonts import Type
from reviewer.ui.log_parts import EntrySheet, Proof, Sentence, SentenceCard
from reviewer.ui.log_words import KINDS, PROOF, LogKind, Names, ProofState, did, is_refusal, what
from reviewer.ui.table import Cell, Column, State, Table, TableCard, Words
from reviewer.ui.theme import Tone
from reviewer.ui.times import Zone, clock, count, date
from reviewer.ui.widgets import Card, EmptyState, ErrorNote, label, surface


@dataclass(frozen=True, slots=True)
class LogHealth:
    """How whole the logs are. `problems` are what the last check found (empty: nothing missing, nothing changed);
    `checked_at` None: not checked yet. `published` of `entries` stand in the store, last at `published_at`;
    `published_sizes` says how far each log (by origin) is published. `logs` and `people`: how many stand here."""

    entries: int
    logs: int
    people: int
    checked_at: Utc | None = None
    problems: tuple[str, ...] = ()
    published_sizes: tuple[tuple[str, int], ...] = ()
    published: int = 0
    published_at: Utc | None = None


@dataclass(frozen=True, slots=True)
class LogPage:
    """`entries` newest first; `more`: there are older ones. `total` is how many the filter has in all."""

    entries: tuple[LogEntry, ...]
    more: bool
    total: int


@dataclass(frozen=True, slots=True)
class LogSource:
    """Where the screen gets its log from. All are called on the GUI thread and answer with Futures.

    `page(filter, after)`: `after` is the last entry's `place`, None for the newest. `health(check)`: with `check` the
    whole tree is recomputed first. `proof(entry)` makes and verifies one entry's inclusion proof.
    """

    page: Callable[[EntryFilter, tuple[Utc, str, int] | None], Future[LogPage]]
    health: Callable[[bool], Future[LogHealth]]
    proof: Callable[[LogEntry], Future[Proof]]


class LogScreen(QWidget):
    """Call `refresh()` when entries were added; while hidden it waits until it is shown. `opened` carries the picked
    LogEntry."""

    opened = Signal(object)

    def __init__(
        self,
        source: LogSource,
        *,
        bridge: Bridge,
        keys: KeyTable,
        zone: Callable[[], Zone],
        names: Names,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._source, self._bridge, self._keys, self._zone, self._names = source, bridge, keys, zone, names
        self._entries: tuple[LogEntry, ...] = ()
        self._total, self._more, self._asked, self._waiting = 0, False, 0, False
        self._published: dict[str, int] = {}
        self._stale = True
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setProperty("surface", "0")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self._main(), 1)
        self.sheet = EntrySheet(source.proof, bridge, zone, names)
        self.sheet.hide()
        row.addWidget(self.sheet)
        self.setFocusProxy(self.table)
        keys.bind(self, "list.find", self.search.focus)
        keys.bind(self, "list.again", self.refresh)

    @property
    def entries(self) -> tuple[LogEntry, ...]:
        """What is loaded, newest first."""
        return self._entries

    def _main(self) -> QWidget:
        area = surface(0)
        area.setProperty("pane", True)
        area.setProperty("ownFocus", True)
        area.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        column = QVBoxLayout(area)
        column.setContentsMargins(20, 14, 20, 16)
        column.setSpacing(12)
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
        column.addLayout(self._filters())
        self._error = ErrorNote()
        column.addWidget(self._error)
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
        self._say_loading()
        return area

    def _header(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addWidget(label("Signed log", Type.TITLE))
        row.addWidget(label("who did what, when, and why", Type.LEAD, "text2"))
        row.addStretch()
        self._check = Button("Check everything", icon="shield-check")
        self._check.clicked.connect(self.check_everything)
        row.addWidget(self._check)
        return row

    def _filters(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        self.kinds = Segmented([(kind, kind.value) for kind in LogKind], name="Which entries")
        self.kinds.chosen.connect(lambda _kind: self.refresh())
        row.addWidget(self.kinds)
        self._counted = label("", Type.DETAIL, "text2")
        row.addWidget(self._counted)
        row.addStretch()
        self.search = SearchField("Person, camera, word", self._keys.shown("list.find"))
        self.search.typed.connect(lambda _text: self._show())
        self.search.line.returnPressed.connect(lambda: self.table.setFocus(Qt.FocusReason.ShortcutFocusReason))
        row.addWidget(self.search)
        return row

    def _columns(self) -> Sequence[Column]:
        return (
            Column("Local", 148),
            Column("UTC", 104),
            Column("Who", 110),
            Column("Did", 156),
            Column("What exactly", 210, 1),
            Column("Reason", 86, spare=True),
            Column("Proof", 118),
            Column("No.", 58, right=True),
        )

    def _cells(self, entry: LogEntry) -> Sequence[Cell]:
        meta, zone = entry.meta, self._zone()
        state = self._state(entry)
        tone, icon = PROOF[state]
        return (
            Words(zone.clock(meta.at, 2), f"{zone.date(meta.at)} · {zone.offset(meta.at)}", strong=True),
            Words(clock(meta.at, 2), date(meta.at) if date(meta.at) != zone.date(meta.at) else "", tone="text2"),
            Words(self._names.user(meta.actor)),
            Words(did(meta.kind), strong=True, tone="warn" if is_refusal(meta.kind) else "text", wrap=True),
            Words(what(entry, self._names, zone), tone="text2", wrap=True),
            Words(meta.reason or "", tone="text2"),
            State(state.value, tone, icon),
            Words(f"{meta.index:,}", tone="text2", right=True),
        )

    def _state(self, entry: LogEntry) -> ProofState:
        published = self._published.get(entry.meta.origin, 0)
        return ProofState.PUBLISHED if entry.meta.index < published else ProofState.SIGNED

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
        self._entries = ()
        self._ask(None)
        self._bridge.watch(self._source.health(False), self.show_health, self._failed, self)

    def _ask(self, after: tuple[Utc, str, int] | None) -> None:
        self._asked += 1
        self._waiting = True
        asked = self._asked
        kind = self.kinds.value
        wanted = EntryFilter(kinds=KINDS[kind] if isinstance(kind, LogKind) else ())
        future = self._source.page(wanted, after)
        self._bridge.watch(future, lambda page: self._got(page, asked), self._failed, self)

    def _got(self, page: LogPage, asked: int) -> None:
        if asked != self._asked:
            # Another question was asked meanwhile; its answer is the one to show.
            return
        self._waiting = False
        self._error.clear()
        self._entries = (*self._entries, *page.entries)
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
        for card, title in zip(self._cards, ("Complete", "Checked", "Published", "Not yet published"), strict=True):
            card.say(Sentence("hourglass", Tone.PLAIN, title, "being read"))

    def _show(self) -> None:
        wanted = self.search.line.text().casefold().split()
        found = [e for e in self._entries if all(word in self._said(e) for word in wanted)] if wanted else self._entries
        picked = self.sheet.entry
        self.table.rows.show_rows(found)
        self._table_card.setVisible(bool(found))
        self._empty_card.setVisible(not found)
        self._counted.setText(self._counted_words(len(found), bool(wanted)))
        if not self._entries and self.kinds.value is LogKind.EVERYTHING:
            self.empty.say(
                "certificate", "No entries yet", "The first one is written before the first picture is shown."
            )
        elif not self._entries:
            self.empty.say("certificate", "No entries of this kind", "Choose Everything to see the whole log.")
        elif not found:
            self.empty.say("search", "No entry has these words", "Esc leaves the field; empty it to see all entries.")
        at = next((i for i, e in enumerate(found) if picked is not None and e.meta == picked.meta), 0)
        self.table.pick(at)
        if not found:
            self.sheet.show_entry(None, ProofState.SIGNED)

    def _counted_words(self, found: int, filtered: bool) -> str:
        if filtered:
            return f"{found:,} of the newest {count(len(self._entries), 'entry', 'entries')}"
        if self._more:
            return f"newest {len(self._entries):,} of {self._total:,}; more as you scroll"
        return count(self._total, "entry", "entries")

    def _said(self, entry: LogEntry) -> str:
        return " ".join(cell.spoken for cell in self._cells(entry)).casefold()

    def _picked(self, entry: object) -> None:
        if isinstance(entry, LogEntry):
            self.sheet.show_entry(entry, self._state(entry))
            self.opened.emit(entry)

    def check_everything(self) -> None:
        """Recompute the whole tree, in the background."""
        self._check.set_enabled(False, "The log is being checked.")
        self._cards[0].say(Sentence("hourglass", Tone.PLAIN, "Being checked", "Every entry, from the first one up"))
        self._bridge.watch(self._source.health(True), self.show_health, self._failed, self)

    def show_health(self, health: LogHealth) -> None:
        """The four sentences."""
        self._check.set_enabled(True)
        self._published = dict(health.published_sizes)
        for card, sentence in zip(self._cards, sentences(health, self._zone()), strict=True):
            card.say(sentence)
        self.table.viewport().update()
        if self.sheet.entry is not None:
            self.sheet.say_state(self._state(self.sheet.entry))


def sentences(health: LogHealth, zone: Zone) -> tuple[Sentence, Sentence, Sentence, Sentence]:
    """Complete; checked; whose logs; not yet published."""
    entries = count(health.entries, "entry", "entries")
    if health.problems:
        complete = Sentence("shield-x", Tone.STOP, "Not whole", health.problems[0])
    elif health.checked_at is None:
        complete = Sentence("shield", Tone.PLAIN, "Not yet checked", f"{entries} on this machine")
    else:
        complete = Sentence("shield-check", Tone.OK, "Complete", f"{entries}; none missing, none changed")
    checked = Sentence(
        "history", Tone.PLAIN, "Never checked here", "Check everything recomputes it from the first entry"
    )
    if health.checked_at is not None:
        at = f"{zone.date(health.checked_at)} {zone.clock(health.checked_at)} local, {clock(health.checked_at)} UTC"
        checked = Sentence("history", Tone.OK, "Checked", f"From the first entry up, {at}")
    whose = f"{count(health.logs, 'log')}, {count(health.people, 'person', 'people')}"
    folded = Sentence("link", Tone.OK, whose, "Each signed by its own key; all shown below")
    waiting = max(0, health.entries - health.published)
    published = "Not published yet; kept on this machine"
    if health.published_at is not None:
        published = f"Last sent {zone.clock(health.published_at)} local, {clock(health.published_at)} UTC"
    if not health.entries:
        rest = Sentence("circle-check", Tone.PLAIN, "Nothing to publish", "Entries go to the store by themselves")
    elif waiting:
        rest = Sentence("hourglass", Tone.WARN, f"{count(waiting, 'entry', 'entries')} not yet published", published)
    else:
        rest = Sentence("circle-check", Tone.OK, "All published", published)
    return complete, checked, folded, rest
