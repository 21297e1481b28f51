"""The plan of an intake on screen: what would be taken in and what would not, then the work, then what came of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import Enum, auto

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from reviewer.domain.errors import ReviewerError
from reviewer.domain.roster import Roster
from reviewer.services.deposit import IngestProgress
from reviewer.services.ingest import IngestReport
from reviewer.services.intake_plan import IntakePlan, PlannedRecording
from reviewer.services.retained import Retained
from reviewer.ui import intake_words as words
from reviewer.ui.actions import KeyTable
from reviewer.ui.buttons import Button, Look
from reviewer.ui.intake_parts import NotTaken, ResultCard, WorkCard
from reviewer.ui.intake_sheet import RecordingSheet
from reviewer.ui.queue_parts import Notice
from reviewer.ui.table import Table, TableCard
from reviewer.ui.theme import Tone
from reviewer.ui.times import Zone, count
from reviewer.ui.widgets import Card, EmptyState, surface


class Stage(Enum):
    """Where the intake is."""

    EMPTY = auto()
    LOOKING = auto()
    PLANNED = auto()
    TAKING = auto()
    ENDED = auto()


class PlanPage(QWidget):
    """`take(plan)`, `stop()`, `choose_folder()`, `headline(words)` when what stands beside the title changes."""

    take = Signal(object)
    stop = Signal()
    choose_folder = Signal()
    headline = Signal(str)

    def __init__(self, keys: KeyTable, zone: Callable[[], Zone]) -> None:
        super().__init__()
        self._keys, self._zone = keys, zone
        self.stage = Stage.EMPTY
        self.plan: IntakePlan | None = None
        self._became: dict[str, list[words.Became]] = {}
        self._integrity = ""
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self._main(), 1)
        self.sheet = RecordingSheet(keys, zone)
        self.sheet.edited.connect(self._edited)
        self.sheet.left_out.connect(self._left_out)
        self.sheet.for_all.connect(self._give_all)
        row.addWidget(self.sheet)
        self._bind()
        self.setFocusProxy(self.table)
        self._show()

    def _main(self) -> QWidget:
        area = surface(0)
        area.setProperty("pane", True)
        area.setProperty("ownFocus", True)
        area.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        area.setAccessibleName("Plan")
        column = QVBoxLayout(area)
        column.setContentsMargins(24, 0, 24, 16)
        column.setSpacing(12)
        self.table: Table[words.Row] = Table(
            words.COLUMNS, lambda r: words.cells(r, self._zone()), name="Recordings to take in", row=52
        )
        self.table.picked.connect(lambda _row: self._show_sheet())
        self.table.opened.connect(lambda _row: self.sheet.focus(self.sheet.officer))
        self._table_card = TableCard(self.table)
        self.empty = EmptyState("folder", "", "", button="Choose a folder", key=self._keys.shown("intake.folder"))
        self.empty.pressed.connect(self.choose_folder)
        self._empty_card = Card(dashed=True)
        QVBoxLayout(self._empty_card).addWidget(self.empty)
        self.trouble = QVBoxLayout()
        self.work = WorkCard(self._keys)
        self.work.stop.connect(self.stop)
        self.result = ResultCard()
        self.not_taken = NotTaken()
        column.addWidget(self._empty_card)
        column.addWidget(self._table_card, 3)
        column.addWidget(self.not_taken, 1)
        column.addLayout(self.trouble)
        column.addWidget(self.work)
        column.addWidget(self.result)
        column.addLayout(self._buttons())
        column.addStretch(0)
        return area

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        self.take_button = self._keys.wear(Button("Take in", icon="database", look=Look.PRIMARY), "intake.take")
        self.take_button.clicked.connect(self.take_now)
        self.away = self._keys.wear(Button("Put the plan away", look=Look.QUIET), "intake.clear")
        self.away.clicked.connect(self.clear)
        row.addWidget(self.take_button)
        row.addWidget(self.away)
        row.addStretch()
        return row

    def _bind(self) -> None:
        sheet, bind = self.sheet, self._keys.bind
        bind(self, "intake.take", self.take_now)
        bind(self, "intake.stop", self._stop_now)
        bind(self, "intake.clear", self.clear)
        bind(self, "intake.officer", lambda: sheet.focus(sheet.officer))
        bind(self, "intake.incidents", lambda: sheet.focus(sheet.incidents))
        bind(self, "intake.event", lambda: sheet.focus(sheet.event_type))
        bind(self, "intake.restrict", sheet.restricted.click)
        bind(self, "intake.leave", sheet.leave.click)
        bind(self, "intake.all", sheet.give_all)

    # -- what a person does

    def take_now(self) -> None:
        """Take in the plan as it stands, what is typed in its fields included."""
        if self.stage not in (Stage.PLANNED, Stage.ENDED):
            return
        self.sheet.flush()
        if self.plan is not None and not self._cannot():
            self.take.emit(self.plan)

    def _stop_now(self) -> None:
        if self.stage in (Stage.LOOKING, Stage.TAKING):
            self.stop.emit()

    def clear(self) -> None:
        """Forget the plan; nothing on the card or in the store changes. Not while it is taken in."""
        if self.stage not in (Stage.LOOKING, Stage.TAKING):
            self.plan, self._became = None, {}
            self.stage = Stage.EMPTY
            self.say(None)
            self._show()

    def _edited(self, key: str, changes: object) -> None:
        if self.plan is not None and isinstance(changes, dict):
            self.plan = self.plan.edit(key, **changes)
            self._show()

    def _left_out(self, key: str, wanted: bool) -> None:
        if self.plan is not None:
            self.plan = self.plan.want(key, wanted)
            self._show()

    def _give_all(self, key: str) -> None:
        if self.plan is None:
            return
        given = self.plan.recording(key).details
        for each in self._left():
            self.plan = self.plan.edit(
                each.key,
                officer=given.officer,
                badge=given.badge,
                incidents=given.incidents,
                event_type=given.event_type,
            )
        self._show()

    # -- what is shown

    def show_store(self, integrity: str) -> None:
        """What the store promises, in its own words."""
        self._integrity = integrity

    def show_roster(self, roster: Roster) -> None:
        self.sheet.show_roster(roster)

    def show_looking(self, names: Sequence[str]) -> None:
        """These paths are looked at."""
        self.plan, self._became = None, {}
        self.stage = Stage.LOOKING
        self.say(None)
        self.work.begin("Looking at", ", ".join(names))
        self._show()

    def show_progress(self, now: IngestProgress, rate: float) -> None:
        """How far looking or taking in is."""
        self.work.show_progress(now, rate, counted=self.stage is Stage.TAKING and now.total > 0)

    def show_plan(self, plan: IntakePlan) -> None:
        """What was found; nothing is written yet."""
        self.plan = plan
        self.stage = Stage.PLANNED
        self._show(first=True)
        if plan.stopped is not None:
            self.say(plan.stopped)

    def show_taking(self) -> None:
        """The plan is being taken in; the fields rest."""
        self.stage = Stage.TAKING
        self.say(None)
        self.work.begin("Taking in", "")
        self._show()

    def show_became(self, key: str, what: words.Became) -> None:
        """What became of one recording, as soon as it is certain."""
        self._became.setdefault(key, []).append(what)
        self._show()

    def show_ended(self, report: IngestReport) -> None:
        """It has ended: all of it, or stopped; then the rest can go on from here."""
        self.stage = Stage.ENDED
        self.result.show_report(report)
        self._show()

    def show_kept(self, found: Sequence[Retained]) -> None:
        """Under which retention the store keeps it, read back."""
        self.result.show_kept(*words.keeping(found, self._integrity, self._zone()))

    def show_failed(self, error: ReviewerError) -> None:
        """Looking or taking in could not go on; what there is stays."""
        self.stage = Stage.EMPTY if self.plan is None else Stage.PLANNED
        self.say(error)
        self._show()

    def say(self, error: ReviewerError | None) -> None:
        """Why it did not go on, in place; None takes it away."""
        while (item := self.trouble.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        if error is not None:
            self.trouble.addWidget(Notice("alert-triangle", Tone.STOP, error.message, error.next_step, loud=True))

    def _left(self) -> list[PlannedRecording]:
        """What would be written now: not what has been."""
        plan = self.plan
        return [r for r in plan.recordings if r.will_be_written and r.key not in self._became] if plan else []

    def _cannot(self) -> str:
        why = words.cannot(self.plan)
        return why or ("" if self._left() else "All of it is in the store.")

    def _show(self, *, first: bool = False) -> None:
        plan = self.plan
        picked = 0 if first or self.table.current is None else self.table.currentIndex().row()
        self.table.rows.show_rows(words.rows(plan, self._became) if plan is not None else ())
        self.table.pick(max(0, picked))
        has = plan is not None and bool(plan.recordings)
        self._table_card.setVisible(has)
        self._empty_card.setVisible(not has and self.stage is not Stage.LOOKING)
        self.not_taken.show_plan(plan, self._became)
        self.work.setVisible(self.stage in (Stage.LOOKING, Stage.TAKING))
        self.result.setVisible(self.stage is Stage.ENDED)
        self._say_empty(plan)
        self._show_buttons(plan)
        self._show_sheet()
        self.headline.emit(words.headline(plan, self._became) if plan is not None else "")

    def _say_empty(self, plan: IntakePlan | None) -> None:
        if plan is None:
            self.empty.say(
                "folder",
                "Nothing is chosen",
                "Choose the folder that a camera, dock or phone wrote, or drop it here. Nothing is written before you "
                "have seen what it is, and the source is never changed.",
            )
        else:
            self.empty.say("file-x", "Nothing here can be taken in", "The sentences below say why.")

    def _show_buttons(self, plan: IntakePlan | None) -> None:
        shown = plan is not None and self.stage in (Stage.PLANNED, Stage.ENDED)
        left = self._left()
        self.away.setVisible(shown)
        self.take_button.setVisible(shown and (self.stage is Stage.PLANNED or bool(left)))
        if plan is not None and shown:
            going_on = self.stage is Stage.ENDED
            self.take_button.set_words(
                f"Go on with {count(len(left), 'recording')}" if going_on else words.take_words(plan, left)
            )
            why = self._cannot()
            self.take_button.set_enabled(not why, why)

    def _show_sheet(self) -> None:
        editable = self.stage in (Stage.PLANNED, Stage.ENDED)
        shown = self.table.current if self.plan is not None and self.plan.recordings else None
        self.sheet.show_row(shown, self.plan, editable=editable)
