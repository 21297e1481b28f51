"""The recordings screen's search fields: who, when, which incident, where, and what may be done with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from reviewer.domain.place import Area
from reviewer.services.catalogue_search import Wanted
from reviewer.ui import custodian_words as words
from reviewer.ui.actions import KeyTable
from reviewer.ui.buttons import Button, Look
from reviewer.ui.fields import labelled, line, mark_invalid
from reviewer.ui.fonts import Type, font
from reviewer.ui.times import Zone
from reviewer.ui.widgets import ErrorNote

_REST_MS = 150  # between two letters nothing is asked yet


class Choice(QComboBox):
    """One of a few, each with its value. Values are kept here: Qt would make plain texts of them."""

    def __init__(self, choices: Sequence[tuple[str, object]]) -> None:
        super().__init__()
        self._values: list[object] = []
        self.setFont(font(Type.BODY))
        self.setFixedHeight(32)
        self.show_choices(choices)

    def show_choices(self, choices: Sequence[tuple[str, object]]) -> None:
        """Other choices; what was chosen stays chosen if it is among them. Tells nobody."""
        before = self.value
        self.blockSignals(True)
        self.clear()
        self._values = [value for _, value in choices]
        self.addItems([said for said, _ in choices])
        self.setCurrentIndex(self._values.index(before) if before in self._values else 0)
        self.blockSignals(False)

    @property
    def value(self) -> Any:  # noqa: ANN401 - whatever it was given
        at = self.currentIndex()
        return self._values[at] if 0 <= at < len(self._values) else None

    def choose(self, value: object) -> None:
        """Does nothing for what is no choice."""
        if value in self._values:
            self.setCurrentIndex(self._values.index(value))


_ANY_OR = {
    "assigned": (("Assigned or not", None), ("Assigned", True), ("Not assigned", False)),
    "restricted": (("Restricted or not", None), ("Restricted", True), ("Not restricted", False)),
    "released": (("For training or not", None), ("For training", True), ("Not for training", False)),
}


class SearchBar(QWidget):
    """`changed` carries a Wanted whenever another one is asked for; `map_asked` that a place be taken from the map."""

    changed = Signal(object)
    map_asked = Signal()

    def __init__(self, keys: KeyTable, zone: Callable[[], Zone]) -> None:
        super().__init__()
        self._zone = zone
        self._case, self._words = "", ""
        self._asked = Wanted()
        self._rest = QTimer(self, singleShot=True, interval=_REST_MS)
        self._rest.timeout.connect(self._ask)
        self.officer, self.incident = line("Name, badge"), line("Number")
        self.since, self.until = line("13 Jun 2026 22:40"), line("14 Jun 2026")
        self.place = line("60.1699, 24.9384, 200 m")
        self.kind = Choice([("Any kind", None), *((said, kind) for kind, said in words.KINDS.items())])
        self.happened = Choice([("Any event", "")])
        self.choices = {name: Choice(choices) for name, choices in _ANY_OR.items()}
        self.map = keys.wear(Button("Map", icon="map"), "recordings.map")
        self.clear = keys.wear(Button("Clear", look=Look.QUIET), "recordings.clear")
        self.error = ErrorNote()
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        typed = QHBoxLayout()
        typed.setSpacing(8)
        named = (("Officer", self.officer, 3), ("Incident", self.incident, 2), ("From", self.since, 3))
        for said, field, share in (*named, ("To", self.until, 3), ("Place", self.place, 4)):
            field.setMinimumWidth(84)
            typed.addWidget(labelled(said, field), share)
        foot = QVBoxLayout()
        foot.addStretch()
        foot.addWidget(self.map)
        typed.addLayout(foot)
        chosen = QHBoxLayout()
        chosen.setSpacing(8)
        named_boxes = [("Kind", self.kind), ("Event", self.happened)]
        named_boxes += [(name.capitalize(), box) for name, box in self.choices.items()]
        for said, box in named_boxes:
            box.setAccessibleName(said)
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.setMinimumContentsLength(9)
            chosen.addWidget(box, 1)
        chosen.addWidget(self.clear)
        column.addLayout(typed)
        column.addLayout(chosen)
        column.addWidget(self.error)

    def _connect(self) -> None:
        for field in self._lines:
            field.textChanged.connect(lambda _text: self._rest.start())
            field.returnPressed.connect(self._ask)
        for box in (self.kind, self.happened, *self.choices.values()):
            box.currentIndexChanged.connect(lambda _at: self._ask())
        self.map.clicked.connect(self.map_asked)
        self.clear.clicked.connect(self.reset)

    @property
    def _lines(self) -> tuple[QLineEdit, ...]:
        return self.officer, self.incident, self.since, self.until, self.place

    @property
    def resting(self) -> bool:
        """Whether somebody is typing: what is typed is not asked for yet."""
        return self._rest.isActive()

    @property
    def asked(self) -> Wanted:
        return self._asked

    def show_events(self, events: Sequence[str]) -> None:
        """The event types that occur."""
        self.happened.show_choices([("Any event", ""), *((e, e) for e in events)])

    def set_words(self, typed: str) -> None:
        """What was typed into the field that finds by any word."""
        self._words = typed
        self._rest.start()

    def set_place(self, area: Area) -> None:
        """A place that was taken from the map."""
        self.place.setText(words.area_words(area))
        self._ask()

    def show_case(self, case: str) -> None:
        """Only what is part of this case, and nothing else that was asked for."""
        self.reset(case)

    def reset(self, case: str = "") -> None:
        """Everything again, or all of one case."""
        self._case = case if isinstance(case, str) else ""
        for field in self._lines:
            field.clear()
        for box in (self.kind, self.happened, *self.choices.values()):
            box.setCurrentIndex(0)
        self._ask()

    def _ask(self) -> None:
        self._rest.stop()
        wanted = self._read()
        if wanted is not None and wanted != self._asked:
            self._asked = wanted
            self.changed.emit(wanted)

    def _read(self) -> Wanted | None:
        """What the fields ask for; None while one of them cannot be read, which is said."""
        zone = self._zone()
        read: dict[QLineEdit, object] = {}
        wrong: words.NotUnderstood | None = None
        for field, how in (
            (self.since, lambda typed: words.moment(typed, zone)),
            (self.until, lambda typed: words.moment(typed, zone, end=True)),
            (self.place, words.area),
        ):
            try:
                read[field] = how(field.text())
                mark_invalid(field, False)
            except words.NotUnderstood as not_understood:
                wrong = wrong or not_understood
                mark_invalid(field, True)
        self.error.say(wrong or "")
        if wrong is not None:
            return None
        return Wanted(
            words=self._words,
            officer=self.officer.text(),
            since=read[self.since],  # type: ignore[arg-type]
            until=read[self.until],  # type: ignore[arg-type]
            incident=self.incident.text(),
            area=read[self.place],  # type: ignore[arg-type]
            kind=self.kind.value,
            event_type=self.happened.value or "",
            case=self._case,
            **{name: box.value for name, box in self.choices.items()},
        )
