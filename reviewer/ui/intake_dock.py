"""The dock on screen: which folders are watched, what lies in them, and how far each delivery is."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from reviewer.domain.errors import ReviewerError
from reviewer.services.dock_memory import Rules
from reviewer.services.dock_state import DeliveryState, DeliveryStatus, WatchStatus
from reviewer.ui.actions import KeyTable
from reviewer.ui.buttons import Button, Look
from reviewer.ui.fields import check, labelled, line
from reviewer.ui.fonts import Type
from reviewer.ui.queue_parts import Notice, clear
from reviewer.ui.queue_words import mega
from reviewer.ui.table import Bar, Cell, Column, State, Table, TableCard, Words
from reviewer.ui.theme import Tone
from reviewer.ui.times import count
from reviewer.ui.widgets import Card, EmptyState, label, percent, short_path, surface

_WATCHES = (Column("Watched folder", 300, 3), Column("State", 168), Column("In it now", 220, 2))
_DELIVERIES = (
    Column("Delivery", 190, 2),
    Column("State", 232),
    Column("Progress", 190, 1),
    Column("Taken in", 130),
    Column("What there is to say", 260, 3),
)
_STATES = {
    DeliveryState.GROWING: (Tone.INFO, "hourglass"),
    DeliveryState.LOOKING: (Tone.INFO, "search"),
    DeliveryState.TAKING: (Tone.INFO, "database"),
    DeliveryState.STOPPED: (Tone.PLAIN, "player-stop"),
    DeliveryState.WAITING: (Tone.WARN, "plug-connected-x"),
    DeliveryState.GONE: (Tone.STOP, "alert-triangle"),
    DeliveryState.PARTLY: (Tone.WARN, "alert-triangle"),
    DeliveryState.DONE: (Tone.OK, "shield-check"),
}


class DockPage(QWidget):
    """Signals: `add()` a folder; `toggled(folder, on)`; `removed(folder)`; `again(folder)`; `ruled(folder, Rules)`;
    `start()` when the dock could not begin and is to be tried again."""

    add = Signal()
    toggled = Signal(str, bool)
    removed = Signal(str)
    again = Signal(str)
    ruled = Signal(str, object)
    start = Signal()

    def __init__(self, keys: KeyTable) -> None:
        super().__init__()
        self._keys = keys
        self._shown: tuple[WatchStatus, ...] = ()
        self._problem: ReviewerError | None = None
        self._refused: ReviewerError | None = None
        self._noticed: list[tuple[str, str]] = []
        row = QVBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        area = surface(0)
        area.setProperty("pane", True)
        area.setProperty("ownFocus", True)
        area.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        area.setAccessibleName("Dock")
        row.addWidget(area)
        column = QVBoxLayout(area)
        column.setContentsMargins(24, 0, 24, 16)
        column.setSpacing(12)
        self._add_tables(column)
        column.addWidget(self._rules())
        self._notices = QVBoxLayout()
        self._notices.setSpacing(8)
        column.addLayout(self._notices)
        column.addLayout(self._buttons())
        column.addStretch(0)
        self._bind()
        self.setFocusProxy(self.watches)
        self.show_statuses(())

    def _add_tables(self, column: QVBoxLayout) -> None:
        self.watches: Table[WatchStatus] = Table(_WATCHES, _watch_cells, name="Watched folders", row=46)
        self.watches.picked.connect(lambda _watch: self._show_picked())
        self.deliveries: Table[DeliveryStatus] = Table(_DELIVERIES, _delivery_cells, name="Deliveries", row=46)
        self.deliveries.picked.connect(lambda _one: self._show_notices())
        self.empty = EmptyState("folder", "", "", button="Watch a folder", key=self._keys.shown("dock.add"))
        self.empty.pressed.connect(self._pressed)
        self._empty_card = Card(dashed=True)
        QVBoxLayout(self._empty_card).addWidget(self.empty)
        self._watches_card, self._deliveries_card = TableCard(self.watches), TableCard(self.deliveries)
        column.addWidget(self._empty_card)
        column.addWidget(self._watches_card, 1)
        column.addWidget(self._deliveries_card, 2)

    def _rules(self) -> QWidget:
        self._rules_card = Card()
        row = QHBoxLayout(self._rules_card)
        row.setContentsMargins(16, 10, 16, 12)
        row.setSpacing(16)
        words = QVBoxLayout()
        words.addWidget(label("Where no file says it", Type.SECTION))
        self.officer = check("the officer is whom the folder’s name names (badge, id or name in the roster)")
        words.addWidget(self.officer)
        row.addLayout(words, 1)
        self.event_type = line("not said")
        self.event_type.setFixedWidth(220)
        row.addWidget(labelled("Kind of event", self.event_type))
        self.officer.clicked.connect(lambda _on: self._rule())
        self.event_type.editingFinished.connect(self._rule)
        return self._rules_card

    def _buttons(self) -> QHBoxLayout:
        keys = self._keys
        self.add_button = keys.wear(Button("Watch a folder", icon="folder"), "dock.add")
        self.toggle_button = keys.wear(Button("Stop watching", icon="player-stop"), "dock.toggle")
        self.again_button = keys.wear(Button("Try again", icon="repeat"), "list.again")
        self.remove_button = keys.wear(Button("Watch it no longer", icon="trash", look=Look.QUIET), "dock.remove")
        row = QHBoxLayout()
        row.setSpacing(8)
        for button, pressed in (
            (self.add_button, self.add.emit),
            (self.toggle_button, self.toggle_now),
            (self.again_button, self.again_now),
            (self.remove_button, self.remove_now),
        ):
            button.clicked.connect(pressed)
            row.addWidget(button)
        row.addStretch()
        return row

    def _bind(self) -> None:
        self._keys.bind(self, "dock.add", self._pressed)
        self._keys.bind(self, "dock.toggle", self.toggle_now)
        self._keys.bind(self, "dock.remove", self.remove_now)
        self._keys.bind(self, "list.again", self.again_now)

    # -- what a person does

    def _pressed(self) -> None:
        (self.start if self._problem is not None else self.add).emit()

    def toggle_now(self) -> None:
        """Start or stop watching the picked folder."""
        if (picked := self.watches.current) is not None:
            self.toggled.emit(picked.watch.folder, not picked.watch.on)

    def remove_now(self) -> None:
        """Take the picked folder off the list; nothing in it or in the store changes."""
        if (picked := self.watches.current) is not None:
            self.removed.emit(picked.watch.folder)

    def again_now(self) -> None:
        """Try what was refused in the picked folder once more; or the dock itself, if it could not begin."""
        if self._problem is not None:
            self.start.emit()
        elif (picked := self.watches.current) is not None:
            self.again.emit(picked.watch.folder)

    def _rule(self) -> None:
        picked = self.watches.current
        rules = Rules(self.officer.isChecked(), " ".join(self.event_type.text().split()))
        if picked is not None and rules != picked.watch.rules:
            self.ruled.emit(picked.watch.folder, rules)

    # -- what is shown

    def show_problem(self, error: ReviewerError | None) -> None:
        """Why there is no dock now; None: there is one."""
        self._problem = error
        self.show_statuses(self._shown if error is None else ())

    def say(self, error: ReviewerError | None) -> None:
        """Why what was asked for cannot be; None takes it away."""
        self._refused = error
        self._show_notices()

    def show_statuses(self, statuses: Sequence[WatchStatus]) -> None:
        """The watched folders as they are now. What was picked stays picked."""
        picked = self.watches.current
        self._shown = tuple(statuses)
        self.watches.rows.show_rows(self._shown)
        folders = [s.watch.folder for s in self._shown]
        at = folders.index(picked.watch.folder) if picked is not None and picked.watch.folder in folders else 0
        self.watches.pick(at)
        has = bool(self._shown)
        self._watches_card.setVisible(has)
        self._rules_card.setVisible(has)
        self._empty_card.setVisible(not has)
        for button in (self.add_button, self.toggle_button, self.again_button, self.remove_button):
            button.setVisible(has)
        self._say_empty()
        self._show_picked()

    def _say_empty(self) -> None:
        if self._problem is not None:
            self.empty.say("alert-triangle", self._problem.message, self._problem.next_step, "stop")
            self.empty.button.set_words("Try again")
            return
        self.empty.button.set_words("Watch a folder")
        self.empty.say(
            "folder",
            "No folder is watched",
            "Whatever is put into a watched folder is taken in by itself once it stands still. It stays there: the "
            "source is never changed and never deleted.",
        )

    def _show_picked(self) -> None:
        picked = self.watches.current
        before = self.deliveries.current
        found = picked.deliveries if picked is not None else ()
        self.deliveries.rows.show_rows(found)
        names = [d.name for d in found]
        self.deliveries.pick(names.index(before.name) if before is not None and before.name in names else 0)
        self._deliveries_card.setVisible(bool(found))
        if picked is not None:
            on = picked.watch.on
            self.toggle_button.set_words("Stop watching" if on else "Start watching")
            self.toggle_button.set_icon("player-stop" if on else "player-play")
            self.officer.setChecked(picked.watch.rules.officer_from_folder)
            if not self.event_type.hasFocus():
                self.event_type.setText(picked.watch.rules.event_type)
        self._show_notices()

    def _show_notices(self) -> None:
        picked, one = self.watches.current, self.deliveries.current
        said = [(self._refused.message, self._refused.next_step)] if self._refused is not None else []
        said += [(picked.problem, "")] if picked is not None and picked.problem else []
        if one is not None and picked is not None and one.name in {d.name for d in picked.deliveries}:
            said += [(f"{Path(p.path).name}: {p.message}", p.next_step) for p in one.refused]
        if said == self._noticed:
            return
        self._noticed = said
        clear(self._notices)
        for title, sentence in said[:4]:
            self._notices.addWidget(Notice("alert-triangle", Tone.WARN, title, sentence))
        if len(said) > 4:
            self._notices.addWidget(label(f"and {len(said) - 4} more", Type.DETAIL, "text2"))


def _watch_cells(status: WatchStatus) -> Sequence[Cell]:
    rules = status.watch.rules
    by = "officer by the folder’s name" if rules.officer_from_folder else "officer left open"
    event = f", {rules.event_type}" if rules.event_type else ""
    here = [d for d in status.deliveries if d.here]
    now = count(len(here), "delivery", "deliveries") if here else "nothing"
    busy = [d.title for d in here if d.state in (DeliveryState.TAKING, DeliveryState.LOOKING)]
    return (
        Words(short_path(Path(status.watch.folder), 60), f"{by}{event}", strong=True),
        _watch_state(status),
        Words(now, f"{busy[0]} is being taken in" if busy else ""),
    )


def _watch_state(status: WatchStatus) -> State:
    if not status.watch.on:
        return State("stopped", Tone.PLAIN, "player-stop")
    if status.problem:
        return State("not connected", Tone.WARN, "plug-connected-x")
    return State("watched", Tone.OK, "eye")


def _delivery_cells(one: DeliveryStatus) -> Sequence[Cell]:
    tone, icon = _STATES[one.state]
    taken = count(len(one.taken), "recording") if one.taken else ""
    known = f"{one.known} there before" if one.known else ""
    return (
        Words(one.title, f"{count(one.files, 'file')}, {mega(one.bytes)}", strong=True),
        State(one.state.value, tone, icon),
        _progress(one),
        Words(taken or known or "nothing yet", known if taken else ""),
        Words(one.sentence, wrap=True, tone="text2"),
    )


def _progress(one: DeliveryStatus) -> Cell:
    if one.state is DeliveryState.TAKING:
        rate = f" · {one.rate / 3e6:.1f} MB/s" if one.rate > 0 else ""
        return Bar(one.fraction, f"{percent(one.fraction)}{rate}")
    if one.state in (DeliveryState.DONE, DeliveryState.PARTLY):
        return Bar(1.0, "100 %")
    return Words("not yet" if one.here else "", tone="text2")
