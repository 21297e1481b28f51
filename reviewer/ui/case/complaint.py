"""The page “Complaint”: what came in, what is alleged, who is in it. A field is written when the person leaves it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from reviewer.domain.case import Allegation, CasePerson
from reviewer.domain.errors import ReviewerError
from reviewer.ui.actions import KeyTable
from reviewer.ui.buttons import Button
from reviewer.ui.case import complaint_words as words
from reviewer.ui.case.complaint_words import CaseShown
from reviewer.ui.case.entries import Entry, Paragraph, chooser, entry, focus_field
from reviewer.ui.fields import labelled
from reviewer.ui.fonts import Type
from reviewer.ui.table import Table
from reviewer.ui.times import Zone
from reviewer.ui.widgets import Card, ErrorNote, divider, label

_FIELDS = (  # name, words, placeholder, row, column, columns of twelve
    ("number", "Number", "", 0, 0, 3),
    ("received", "Received", "14 Jun 2026 11:00", 0, 3, 3),
    ("way", "How it came", "", 0, 6, 3),
    ("incident", "Incident number", "", 0, 9, 3),
    ("place", "Place", "Street, corner, building", 1, 0, 6),
    ("start", "Happened from", "13 Jun 2026 22:40", 1, 6, 3),
    ("end", "To", "13 Jun 2026 22:45", 1, 9, 3),
    ("summary", "What is complained of", "", 2, 0, 12),
    ("paused", "Clocks paused because", "before the courts; empty: they run", 3, 0, 6),
    ("requested", "Request for information came", "", 3, 6, 3),
    ("answered", "It was answered", "", 3, 9, 3),
)
_NAMES = {name: said for name, said, *_ in _FIELDS}


class ComplaintPage(QScrollArea):
    """Signals: `written(fields, seen)`: fields of the complaint as an entry has them, and what their author saw in
    them; `edit(Allegation, CasePerson or None)`: open it beside; `add(kind)` "allegation" or "person"."""

    written = Signal(object, object)
    edit = Signal(object)
    add = Signal(str)

    def __init__(self, keys: KeyTable, zone: Callable[[], Zone]) -> None:
        super().__init__()
        self._zone = zone
        self.case = CaseShown()
        self._values: dict[str, str] = {}
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        holder = QWidget()
        holder.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        holder.setProperty("surface", "0")
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(12)
        self.error = ErrorNote()
        column.addWidget(self.error)
        self.entries = self._make_entries()
        column.addWidget(self._form())
        self.allegations: Table[Allegation] = Table(
            words.ALLEGATIONS, words.allegation_cells(lambda: self.case, zone), name="Allegations", row=58
        )
        self.people: Table[CasePerson] = Table(words.PEOPLE, words.person_cells, name="People", row=38)
        empty = "Nothing is alleged yet", "Nobody is named yet"
        buttons = ("complaint.allegation", "Add an allegation"), ("complaint.person", "Add a person")
        self._no_allegation, self._no_person = (label(said, Type.BODY, "text2") for said in empty)
        self.add_allegation, self.add_person = (
            keys.wear(Button(said, icon="plus", height=28), command) for command, said in buttons
        )
        column.addWidget(_listed("Allegations", self.add_allegation, self.allegations, self._no_allegation))
        column.addWidget(_listed("People", self.add_person, self.people, self._no_person))
        column.addStretch()
        self.setWidget(holder)
        self.setFocusProxy(self.allegations)
        self._connect()

    def _connect(self) -> None:
        self.add_allegation.clicked.connect(lambda: self.add.emit("allegation"))
        self.add_person.clicked.connect(lambda: self.add.emit("person"))
        for table in (self.allegations, self.people):
            table.opened.connect(self.edit)
            table.clicked.connect(lambda _index, table=table: self.edit.emit(table.current))

    def _make_entries(self) -> tuple[Entry, ...]:
        made = []
        for name, _said, placeholder, *_place in _FIELDS:
            if name == "way":
                made.append(Entry(name, chooser(())))
            elif name == "summary":
                made.append(Entry(name, Paragraph(3)))
            else:
                made.append(entry(name, placeholder))
            made[-1].left.connect(self._left)
        return tuple(made)

    def _form(self) -> Card:
        card = Card()
        card.setAccessibleName("The complaint")
        grid = QGridLayout(card)
        grid.setContentsMargins(16, 14, 16, 16)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(10)
        for each, (_name, said, _placeholder, row, column, wide) in zip(self.entries, _FIELDS, strict=True):
            grid.addWidget(labelled(said, each.widget), row, column, 1, wide)
        for column in range(12):
            grid.setColumnStretch(column, 1)
        self._times = label("", Type.DETAIL, "text2")
        grid.addWidget(self._times, 4, 0, 1, 12)
        return card

    # -- showing -----------------------------------------------------------------------------------------------------

    def show_case(self, case: CaseShown, values: Mapping[str, str]) -> None:
        """What stands now. `values`: the complaint's fields as the entries have them."""
        self.case = case
        for each in self.entries:
            if not each.changed:  # what is being typed replaces what its author saw
                self._values[each.name] = values.get(each.name, "")
        zone = self._zone()
        shown = words.complaint_fields(case.complaint, zone)
        if case.tables is not None:
            self._offer_ways(case.tables.ways)
        for each in self.entries:
            each.show(shown.get(each.name, ""))
            each.set_read_only(bool(case.why_read_only))
        self._times.setText(f"Times are local ({zone.offset(case.now)}); type UTC behind one that is not.")
        for button in (self.add_allegation, self.add_person):
            button.set_enabled(not case.why_read_only, case.why_read_only)
        _fill(self.allegations, case.allegations, self._no_allegation)
        _fill(self.people, case.people, self._no_person)

    def _offer_ways(self, ways: Sequence[str]) -> None:
        box = next(each for each in self.entries if each.name == "way").widget
        known = [box.itemText(n) for n in range(box.count())]  # type: ignore[attr-defined]
        if known != list(ways):
            text = box.currentText()  # type: ignore[attr-defined]
            box.clear()  # type: ignore[attr-defined]
            box.addItems(list(ways))  # type: ignore[attr-defined]
            box.setCurrentText(text)  # type: ignore[attr-defined]

    def go_to(self, name: str) -> None:
        """Bring the cursor into a field."""
        focus_field(self.entries, name)

    # -- writing -----------------------------------------------------------------------------------------------------

    def _left(self, _name: str) -> None:
        """Everything that was typed and not written yet goes out together."""
        changed = {each.name: each for each in self.entries if each.changed}
        good, bad = words.understood({name: each.typed for name, each in changed.items()}, self._zone())
        for name, each in changed.items():
            each.mark(invalid=name in bad)
        self.error.clear()
        if bad:
            name, wrong = next(iter(bad.items()))
            self.error.say(ReviewerError(f"{_NAMES[name]}: {wrong.message}", wrong.next_step))
        if good:
            self.written.emit(good, {name: self._values.get(name, "") for name in good})

    def accepted(self, fields: Mapping[str, str]) -> None:
        """These were recorded: what stands in the fields now is what stands in the case."""
        for each in self.entries:
            if each.name in fields:
                each.shown = each.typed
                each.mark(invalid=False)

    def refuse(self, fields: Mapping[str, str], error: ReviewerError) -> None:
        """It was not written. What was typed stays."""
        self.error.say(error)
        for each in self.entries:
            if each.name in fields:
                each.mark(invalid=True)

    def said(self, name: str) -> str:
        """A field in words."""
        return _NAMES.get(name, name)


def _listed(title: str, button: Button, table: Table[Allegation] | Table[CasePerson], empty: QWidget) -> Card:
    card = Card()
    card.setAccessibleName(title)
    column = QVBoxLayout(card)
    column.setContentsMargins(1, 10, 1, 6)
    column.setSpacing(6)
    head = QHBoxLayout()
    head.setContentsMargins(15, 0, 15, 0)
    head.addWidget(label(title, Type.SECTION))
    head.addStretch()
    head.addWidget(button)
    column.addLayout(head)
    column.addWidget(divider())
    column.addWidget(table)
    empty.setContentsMargins(15, 6, 15, 8)
    column.addWidget(empty)
    return card


def _fill(
    table: Table[Allegation] | Table[CasePerson],
    rows: Sequence[Allegation] | Sequence[CasePerson],
    empty: QWidget,
) -> None:
    table.rows.show_rows(rows)  # type: ignore[arg-type]
    table.setFixedHeight(table.content_height())
    table.setVisible(bool(rows))
    empty.setVisible(not rows)
