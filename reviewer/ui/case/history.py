"""The page “History”: who did what on the case, newest first, and what was overwritten."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from reviewer.services.history import Done, History, of_person
from reviewer.ui.actions import KeyTable
from reviewer.ui.custodian_search import Choice
from reviewer.ui.fields import SearchField, check
from reviewer.ui.fonts import Type
from reviewer.ui.table import Cell, Column, State, Table, TableCard, Words
from reviewer.ui.theme import Tone
from reviewer.ui.times import Zone, count
from reviewer.ui.widgets import EmptyState, KeyCap, label

_COLUMNS = (
    Column("When, local", 156),
    Column("Who", 130),
    Column("What was done", 190, 1),
    Column("What exactly", 320, 4),
    Column("Overwrote", 240, 2),
)
_NONE = "history", "Nothing was written yet", "What anybody on the case writes stands here."
_NONE_SO = "search", "No entry is like that", "Choose everybody, other words, or not only what overwrote something."


class HistoryPage(QWidget):
    """Show it a `History`; it filters by itself."""

    def __init__(self, keys: KeyTable, zone: Callable[[], Zone], named: Callable[[str], str]) -> None:
        super().__init__()
        self._zone, self._named = zone, named
        self._known: History | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addLayout(self._head(keys))
        self.table: Table[Done] = Table(_COLUMNS, self._cells, name="History of the case", row=38)
        self._card = TableCard(self.table)
        column.addWidget(self._card, 1)
        self.empty = EmptyState(*_NONE)
        column.addWidget(self.empty)
        column.addStretch(0)
        self.setFocusProxy(self.table)
        self._show(())

    def _head(self, keys: KeyTable) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        self.person = Choice([("Everybody", "")])
        self.person.setAccessibleName("Whose entries")
        self.person.setMinimumWidth(180)
        self.person.currentIndexChanged.connect(lambda _at: self._filter())
        row.addWidget(self.person)
        cap = KeyCap(keys.shown("history.person"))
        keys.follow(cap, lambda _command: cap.show_key(keys.shown("history.person")))
        row.addWidget(cap)
        self.overwrites = check("Only what overwrote something")
        self.overwrites.toggled.connect(lambda _on: self._filter())
        row.addWidget(self.overwrites)
        self.said = label("", Type.DETAIL, "text2")
        row.addWidget(self.said, 1)
        self.search = SearchField("Words", keys.shown("list.find"))
        self.search.typed.connect(lambda _text: self._filter())
        row.addWidget(self.search)
        return row

    def _cells(self, each: Done) -> Sequence[Cell]:
        zone = self._zone()
        return (
            Words(zone.clock(each.at), f"{zone.date(each.at)} · {zone.offset(each.at)}"),
            Words(self._named(each.user)),
            Words(each.did, each.subject, strong=True),
            Words(each.what or "only its place in the log can be read", tone="text2", wrap=True),
            self._lost(each),
        )

    def _lost(self, each: Done) -> Cell:
        if not each.lost:
            return Words("")
        first = each.lost[0]
        whose = f"{self._named(first.user)}’s " if first.user else ""
        more = f" and {len(each.lost) - 1} more" if len(each.lost) > 1 else ""
        return State(f"{whose}{first.field} “{_short(first.value)}”{more}", Tone.WARN, "alert-triangle")

    def show_history(self, known: History) -> None:
        """A newer one; what was filtered stays filtered."""
        self._known = known
        self.person.show_choices([("Everybody", ""), *((self._named(who), who) for who in known.people)])
        self._filter()

    def choose_person(self) -> None:
        """Bring the keyboard to whose entries are shown."""
        self.person.setFocus()
        self.person.showPopup()

    def _filter(self) -> None:
        if self._known is None:
            return
        found = of_person(self._known.done, str(self.person.value or ""))
        if self.overwrites.isChecked():
            found = tuple(each for each in found if each.lost)
        wanted = self.search.line.text().casefold().split()
        if wanted:
            found = tuple(each for each in found if all(w in self._spoken(each) for w in wanted))
        self._show(found)
        newest = f"the newest {len(self._known.done):,} of " if self._known.count > len(self._known.done) else ""
        entries = count(self._known.count, "entry", "entries")
        self.said.setText(f"{len(found):,} shown, {newest}{entries}; the log has the proofs")

    def _spoken(self, each: Done) -> str:
        lost = " ".join(f"{self._named(lost.user)} {lost.field} {lost.value}" for lost in each.lost)
        return f"{self._named(each.user)} {each.did} {each.subject} {each.what} {lost}".casefold()

    def _show(self, rows: Sequence[Done]) -> None:
        self.table.rows.show_rows(rows)
        self._card.setVisible(bool(rows))
        self.empty.say(*(_NONE_SO if self._known is not None and self._known.done else _NONE))
        self.empty.setVisible(not rows)


def _short(text: str) -> str:
    words = " ".join(text.split()) or "nothing"
    return words if len(words) <= 40 else f"{words[:39]}…"
