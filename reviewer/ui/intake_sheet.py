"""The side sheet of the intake: one recording to be, what a person may correct of it, and what was found."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from reviewer.domain.roster import Roster
from reviewer.intake.base import NoteKind
from reviewer.services.intake_plan import Details, IntakePlan, PlannedRecording
from reviewer.ui import intake_words as words
from reviewer.ui.actions import KeyTable
from reviewer.ui.buttons import Button, Look
from reviewer.ui.fields import check, line, mark_invalid
from reviewer.ui.fonts import Type, font
from reviewer.ui.queue_parts import clear
from reviewer.ui.queue_words import mega
from reviewer.ui.theme import Tone
from reviewer.ui.times import Zone
from reviewer.ui.widgets import KeyCap, Tag, label, strong, surface

SHEET = 364


def _combo(name: str, *, typed: bool) -> QComboBox:
    made = QComboBox()
    made.setEditable(typed)
    made.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
    made.setFont(font(Type.BODY))
    made.setFixedHeight(32)
    made.setAccessibleName(name)
    inside = made.lineEdit()
    if inside is not None:
        inside.setAccessibleName(name)
        inside.setPlaceholderText("choose, or type")
        inside.setFont(font(Type.BODY))
    made.setMinimumWidth(40)
    made.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    return made


class _Field(QWidget):
    """A field under its name, with how sure its value is and the key that comes here."""

    def __init__(self, name: str, field: QWidget, keys: KeyTable, command: str = "") -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(label(name, Type.LABEL, "text2"))
        self.sure = Tag()
        head.addWidget(self.sure)
        head.addStretch()
        if command:
            cap = KeyCap(keys.shown(command))
            keys.follow(cap, lambda which: cap.show_key(keys.shown(command)) if which == command else None)
            head.addWidget(cap)
        column.addLayout(head)
        column.addWidget(field)

    def say(self, how: words.Sure | None) -> None:
        self.sure.setVisible(how is not None)
        if how is not None:
            self.sure.say(how.word, how.tone, how.icon)


class RecordingSheet(QWidget):
    """`edited(key, changes)`: members of `Details` to change; `left_out(key, bool)`; `for_all(key)`: give this one's
    officer, incidents and event to all."""

    edited = Signal(str, object)
    left_out = Signal(str, bool)
    for_all = Signal(str)

    def __init__(self, keys: KeyTable, zone: Callable[[], Zone]) -> None:
        super().__init__()
        self._zone = zone
        self._row: words.Row | None = None
        self._roster: Roster | None = None
        self._open = True
        self.setFixedWidth(SHEET)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setProperty("surface", "1")
        self.setProperty("border", "left")
        self.setProperty("pane", True)
        self.setAccessibleName("Recording")
        outer = QVBoxLayout(self)
        outer.setContentsMargins(1, 0, 0, 0)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        holder = surface(1)
        column = QVBoxLayout(holder)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        self._add_head(column)
        self._add_fields(column, keys)
        self._add_found(column)
        column.addStretch()
        self._area.setWidget(holder)
        outer.addWidget(self._area)
        self._connect()

    def _add_head(self, column: QVBoxLayout) -> None:
        head = QHBoxLayout()
        self._title = label("", Type.PANEL)
        self._title.setMinimumWidth(40)
        self._state = Tag()
        head.addWidget(self._title, 1)
        head.addWidget(self._state)
        column.addLayout(head)
        self._why = label("", Type.BODY, "text2", wrap=True)
        column.addWidget(self._why)

    def _add_fields(self, column: QVBoxLayout, keys: KeyTable) -> None:
        self.officer = _combo("Officer", typed=True)
        self.incidents = line("none: left open")
        self.incidents.setAccessibleName("Incident numbers")
        self.event_type = line("not said")
        self.event_type.setAccessibleName("Kind of event")
        self.clock = _combo("Clock", typed=False)
        self._officer = _Field("Officer", self.officer, keys, "intake.officer")
        self._incidents = _Field("Incident numbers", self.incidents, keys, "intake.incidents")
        self._event = _Field("Kind of event", self.event_type, keys, "intake.event")
        self._clock = _Field("Began (local time), by which clock", self.clock, keys)
        self._clock_why = label("", Type.DETAIL, "text2", wrap=True)
        self.restricted = check("Restricted: two people open it")
        self.reason = line("Why it is restricted")
        self.reason.setAccessibleName("Why it is restricted")
        self.leave = check("Leave it out")
        self.all = keys.wear(Button("Same for all", icon="stack-2", look=Look.DEFAULT, height=28), "intake.all")
        self.all.setToolTip("Give this officer, these incidents and this kind of event to every new recording")
        for widget in (self._officer, self._incidents, self._event):
            column.addWidget(widget)
        column.addWidget(self.all, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self._clock)
        column.addWidget(self._clock_why)
        for box, command in ((self.restricted, "intake.restrict"), (self.leave, "intake.leave")):
            row = QHBoxLayout()
            row.addWidget(box)
            row.addStretch()
            row.addWidget(KeyCap(keys.shown(command)))
            column.addLayout(row)
            if box is self.restricted:
                column.addWidget(self.reason)

    def _add_found(self, column: QVBoxLayout) -> None:
        column.addWidget(strong("What was found, guessed, missing"))
        self._notes = QVBoxLayout()
        self._notes.setSpacing(8)
        column.addLayout(self._notes)
        column.addWidget(strong("Files"))
        self._files = QVBoxLayout()
        self._files.setSpacing(6)
        column.addLayout(self._files)

    def _connect(self) -> None:
        self.officer.activated.connect(lambda _at: self._officer_given())
        inside = self.officer.lineEdit()
        if inside is not None:
            inside.editingFinished.connect(self._officer_given)
        self.incidents.editingFinished.connect(self._incidents_given)
        self.event_type.editingFinished.connect(self._event_given)
        self.clock.activated.connect(self._clock_chosen)
        self.restricted.toggled.connect(self._restrict)
        self.reason.editingFinished.connect(self._reason_given)
        self.leave.toggled.connect(self._leave)
        self.all.clicked.connect(self.give_all)

    # -- what a person gives

    @property
    def key(self) -> str:
        """The recording that is shown; "" if there is none."""
        return self._row.recording.key if self._row is not None else ""

    def flush(self) -> None:
        """What stands in the fields counts, whether or not they were left."""
        if self._row is not None and self._open:
            for given in (self._officer_given, self._incidents_given, self._event_given, self._reason_given):
                given()

    def focus(self, field: QWidget) -> None:
        """Go to a field, and see it."""
        if self._row is not None and field.isEnabled():
            self._area.ensureWidgetVisible(field)
            field.setFocus(Qt.FocusReason.ShortcutFocusReason)
            inside = field.lineEdit() if isinstance(field, QComboBox) else field
            if isinstance(inside, QLineEdit):
                inside.selectAll()

    def give_all(self) -> None:
        """This officer, these incidents and this event for every new recording of the plan."""
        if self._row is not None and self._open:
            self.flush()
            self.for_all.emit(self.key)

    def _give(self, **changes: object) -> None:
        if self._row is None or not self._open:
            return
        now = self._row.recording.details
        if any(getattr(now, name) != value for name, value in changes.items()):
            self.edited.emit(self.key, changes)

    def _officer_given(self) -> None:
        text = self.officer.currentText()
        if self._row is not None and text != _officer_text(self._row.recording.details):
            self._give(**words.named(text, self._roster))

    def _incidents_given(self) -> None:
        self._give(incidents=words.incidents(self.incidents.text()))

    def _event_given(self) -> None:
        self._give(event_type=" ".join(self.event_type.text().split()))

    def _reason_given(self) -> None:
        if self.restricted.isChecked():
            self._give(restricted=" ".join(self.reason.text().split()))

    def _restrict(self, on: bool) -> None:
        self.reason.setVisible(on)
        self._give(restricted=" ".join(self.reason.text().split()) if on else None)
        if on and self._row is not None and not self.reason.text():
            self.focus(self.reason)

    def _clock_chosen(self, at: int) -> None:
        if self._row is not None and 0 <= at < len(self._row.recording.clocks):
            self._give(clock=self._row.recording.clocks[at])

    def _leave(self, out: bool) -> None:
        if self._row is not None and self._open and self._row.recording.wanted == out:
            self.left_out.emit(self.key, not out)

    # -- what is shown

    def show_roster(self, roster: Roster) -> None:
        """People to choose from; anybody else is typed."""
        self._roster = roster
        self.officer.clear()
        self.officer.addItems([f"{u.name} {u.badge}" for u in sorted(roster.users, key=lambda u: u.name)])
        self.officer.setCurrentText("")

    def show_row(self, row: words.Row | None, plan: IntakePlan | None, *, editable: bool) -> None:
        """Show a recording, or nothing."""
        same = row is not None and row.recording.key == self.key
        self._row, self._open = None, False  # nothing that is filled in below is a person's word
        self.setVisible(row is not None)
        if row is None or plan is None:
            return
        recording = row.recording
        self._title.setText(recording.name)
        self._title.setToolTip(recording.key)
        said = words.state(row)
        self._state.say(said.words, said.tone, said.icon)
        sentence = words.why(row, plan)
        self._why.setText(sentence)
        self._why.setVisible(bool(sentence))
        self._fill(recording)
        if not same:
            self._list(recording)
        able = editable and recording.known is None and recording.duplicate_of is None and not row.became
        for field in (self.officer, self.incidents, self.event_type, self.clock, self.restricted, self.reason):
            field.setEnabled(able and recording.wanted)
        self.leave.setEnabled(able)
        self.all.set_enabled(able and recording.wanted, "It cannot be changed any more.")
        self._row, self._open = row, able

    def _fill(self, recording: PlannedRecording) -> None:
        details = recording.details
        self.officer.setCurrentText(_officer_text(details))
        self.incidents.setText(", ".join(details.incidents))
        self.event_type.setText(details.event_type)
        self.clock.clear()
        self.clock.addItems([words.choice_words(c, self._zone()) for c in recording.clocks])
        at = recording.clocks.index(details.clock) if details.clock in recording.clocks else -1
        self.clock.setCurrentIndex(at)
        self._clock_why.setText(details.clock.why)
        self.restricted.setChecked(details.restricted is not None)
        self.reason.setVisible(details.restricted is not None)
        self.reason.setText(details.restricted or "")
        mark_invalid(self.reason, details.restricted == "")
        self.leave.setChecked(not recording.wanted)
        self._officer.say(words.sure(recording, "officer"))
        self._clock.say(words.sure(recording, "clock"))
        self._incidents.say(words.sure(recording, "incidents") if details.incidents else None)
        self._event.say(words.sure(recording, "event") if details.event_type else None)

    def _list(self, recording: PlannedRecording) -> None:
        clear(self._notes)
        for note in recording.notes:
            self._notes.addWidget(_note(note.kind, note.text))
        clear(self._files)
        for name, detail in _files(recording):
            self._files.addWidget(_file(name, detail))


def _officer_text(details: Details) -> str:
    return words.officer(details) if details.officer or details.badge else ""


_TAGS = {
    NoteKind.FOUND: words.Sure.FOUND,
    NoteKind.GUESSED: words.Sure.GUESSED,
    NoteKind.MISSING: words.Sure.MISSING,
}


def _note(kind: NoteKind, text: str) -> QWidget:
    how = _TAGS[kind]
    made = QWidget()
    row = QHBoxLayout(made)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(8)
    tag = Tag(how.word, how.tone if how is not words.Sure.FOUND else Tone.PLAIN, how.icon)
    row.addWidget(tag, 0, Qt.AlignmentFlag.AlignTop)
    row.addWidget(label(text, Type.DETAIL, "text2", wrap=True), 1)
    return made


def _files(recording: PlannedRecording) -> Sequence[tuple[str, str]]:
    """Every file with what it is."""
    found = []
    for number, part in enumerate(recording.parts, 1):
        more = words.gap(part.gap)
        found.append((part.file.path.name, f"part {number}, {mega(part.file.size)} {more}".strip()))
    for track in recording.tracks:
        name = track.file.path.name if track.file is not None else "inside the footage"
        shared = ", shared: only what lies around it" if track.shared else ""
        found.append((name, f"{track.format} track, {track.fixes:,} positions{shared}"))
    return [*found, *((s.file.path.name, f"still, {mega(s.file.size)}") for s in recording.stills)]


def _file(name: str, detail: str) -> QWidget:
    made = QWidget()
    column = QVBoxLayout(made)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    column.addWidget(label(name, Type.BODY, wrap=True))
    column.addWidget(label(detail, Type.DETAIL, "text2", wrap=True))
    return made
