"""The intake's cards: the work that goes on, what came of it, what is not taken in and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from reviewer.services.deposit import IngestProgress
from reviewer.services.ingest import IngestReport
from reviewer.services.intake_plan import IntakePlan
from reviewer.ui import intake_words as words
from reviewer.ui.actions import KeyTable
from reviewer.ui.buttons import Button, Look
from reviewer.ui.fonts import Type
from reviewer.ui.icons import IconLabel
from reviewer.ui.table import Cell, Column, State, Table, Words
from reviewer.ui.theme import Tone
from reviewer.ui.widgets import Card, ProgressStrip, label, percent, set_tone, strong

_ICONS = {Tone.OK: "shield-check", Tone.WARN: "alert-triangle", Tone.STOP: "alert-octagon", Tone.PLAIN: "info-circle"}


class WorkCard(Card):
    """What goes on: which file, how far, how fast, and the button that stops it."""

    stop = Signal()

    def __init__(self, keys: KeyTable) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 14)
        column.setSpacing(8)
        head = QHBoxLayout()
        self._title = label("", Type.SECTION)
        self._pace = label("", Type.DETAIL, "text2")
        button = keys.wear(Button("Stop", icon="player-stop", look=Look.QUIET, height=28), "intake.stop")
        button.clicked.connect(self.stop)
        head.addWidget(self._title)
        head.addStretch()
        head.addWidget(self._pace)
        head.addSpacing(8)
        head.addWidget(button)
        column.addLayout(head)
        row = QHBoxLayout()
        self._strip = ProgressStrip("Intake", "info")
        self._percent = strong("")
        self._percent.setFixedWidth(52)
        self._percent.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self._strip, 1)
        row.addWidget(self._percent)
        column.addLayout(row)
        self._file = label("", Type.DETAIL, "text2", wrap=True)
        column.addWidget(self._file)
        self._promise = label("", Type.DETAIL, "text2", wrap=True)
        column.addWidget(self._promise)

    def begin(self, title: str, what: str) -> None:
        """A new piece of work: nothing is known of how far it is."""
        self._title.setText(title)
        self.setAccessibleName(title)
        self._file.setText(what)
        self._pace.setText("")
        self._percent.setText("")
        self._strip.set_fraction(0.0)
        looking = title == "Looking at"
        self._promise.setText(
            "Nothing is written yet."
            if looking
            else "Each file is read twice, and what the store holds is read back. What is finished stays if you stop."
        )

    def show_progress(self, now: IngestProgress, rate: float, *, counted: bool) -> None:
        """`counted`: of how much is known, so that it has a share and an end."""
        self._file.setText(now.file)
        self._strip.setVisible(counted)
        self._percent.setVisible(counted)
        if counted:
            fraction = now.done / now.total if now.total else 0.0
            self._strip.set_fraction(fraction)
            self._percent.setText(percent(fraction))
            self._pace.setText(words.pace(now, rate))


class ResultCard(Card):
    """What is in the store now, and under which retention, as the store itself says."""

    def __init__(self) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 14, 16, 14)
        row.setSpacing(12)
        self._icon = IconLabel("shield-check", 20, "ok")
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout()
        column.setSpacing(4)
        self._title = label("", Type.SECTION)
        self._sentence = label("", Type.BODY, "text2", wrap=True)
        self._kept = label("", Type.BODY, "text2", wrap=True)
        for each in (self._title, self._sentence, self._kept):
            column.addWidget(each)
        row.addLayout(column, 1)

    def show_report(self, report: IngestReport) -> None:
        title, sentence, tone = words.ended(report)
        self._icon.show_icon(_ICONS[tone], tone.value)
        self._title.setText(title)
        self._sentence.setText(sentence)
        self.setAccessibleName(f"{title}. {sentence}")
        self.show_kept("The store is asked how it keeps it …" if report.recordings else "", Tone.PLAIN)

    def show_kept(self, sentence: str, tone: Tone) -> None:
        self._kept.setText(sentence)
        self._kept.setVisible(bool(sentence))
        set_tone(self._kept, "text2" if tone is Tone.PLAIN else tone.value)


@dataclass(frozen=True, slots=True)
class _Not:
    name: str
    state: State
    sentence: str


class NotTaken(Card):
    """All that is not taken in, each with its sentence: refused, in the store already, twice here, no footage."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Not taken in")
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 10, 1, 5)
        column.setSpacing(4)
        self._title = label("", Type.SECTION)
        self._title.setContentsMargins(15, 0, 0, 0)
        column.addWidget(self._title)
        self.table: Table[_Not] = Table(
            (Column("File or recording", 190, 1), Column("State", 124), Column("Why, and what to do", 320, 4)),
            _cells,
            name="Not taken in",
            row=44,
        )
        self.table.setMinimumHeight(34 + 2 * 44 - 8)
        column.addWidget(self.table, 1)

    def show_plan(self, plan: IntakePlan | None, became: Mapping[str, Sequence[words.Became]]) -> None:
        """Nothing is to be seen while there is nothing to say."""
        found = list(_not_taken(plan, became)) if plan is not None else []
        self.setVisible(bool(found))
        if list(self.table.rows.rows) != found:
            self.table.rows.show_rows(found)
            self._title.setText(f"{len(found)} not taken in")
        self.setMaximumHeight(44 + self.table.content_height())


def _not_taken(plan: IntakePlan, became: Mapping[str, Sequence[words.Became]]) -> Sequence[_Not]:
    refused = State("refused", Tone.STOP, "file-x")
    found = [_Not(Path(p.path).name, refused, f"{p.message} {p.next_step}") for p in plan.refused]
    for row in words.rows(plan, became):
        said = words.state(row)
        if said.words in ("refused", "in the store", "a copy"):
            found.append(_Not(row.recording.name, said, words.why(row, plan)))
    aside = State("put aside", Tone.PLAIN, "minus")
    return [*found, *(_Not(a.path.name, aside, f"{a.why.capitalize()}: it stays where it is.") for a in plan.aside)]


def _cells(each: _Not) -> Sequence[Cell]:
    return Words(each.name), each.state, Words(each.sentence, wrap=True, tone="text2")
