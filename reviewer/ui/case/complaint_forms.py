"""Beside the complaint: one person, or one allegation, as a form. Ctrl S writes it as one entry."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from reviewer.domain.case import Allegation, CasePerson, PersonRole
from reviewer.domain.errors import ReviewerError
from reviewer.ui.actions import KeyTable
from reviewer.ui.buttons import Button, Look
from reviewer.ui.case import complaint_words as words
from reviewer.ui.case.complaint_words import CaseShown
from reviewer.ui.case.entries import Entry, Paragraph, chooser, entry
from reviewer.ui.custodian_search import Choice
from reviewer.ui.fields import labelled
from reviewer.ui.fonts import Type
from reviewer.ui.times import Zone
from reviewer.ui.widgets import ErrorNote, label

NEW = ""


class ThingForm(QWidget):
    """A form of one thing. `written(id, fields, seen)`: fields as an entry has them, id "" for a new one;
    `withdrawn(id)`; `back()`: nothing is written."""

    written = Signal(str, object, object)
    withdrawn = Signal(str)
    back = Signal()

    def __init__(self, keys: KeyTable, zone: Callable[[], Zone], noun: str) -> None:
        super().__init__()
        self._zone, self._noun = zone, noun
        self.id = NEW
        self.case = CaseShown()
        self._seen: dict[str, str] = {}
        self.entries: tuple[Entry, ...] = ()
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(17, 16, 16, 16)
        self.column.setSpacing(10)
        self.heading = label("", Type.PANEL, wrap=True)
        self.column.addWidget(self.heading)
        self.error = ErrorNote()
        self.write = keys.wear(Button("Write it", icon="signature", look=Look.PRIMARY), "complaint.save")
        self.take_off = keys.wear(Button("Take off the case", icon="x", look=Look.QUIET), "complaint.withdraw")
        self.give_up = keys.wear(Button("Back", look=Look.QUIET), "complaint.back")
        self.give_up.setToolTip("Nothing is written")
        self.write.clicked.connect(self.submit)
        self.take_off.clicked.connect(self.withdraw)
        self.give_up.clicked.connect(self.back)

    def finish_layout(self) -> None:
        """Below the fields: what went wrong, and the buttons."""
        self.column.addWidget(self.error)
        row = QHBoxLayout()
        row.addWidget(self.write)
        row.addStretch()
        row.addWidget(self.give_up)
        self.column.addLayout(row)
        self.column.addWidget(self.take_off, 0, Qt.AlignmentFlag.AlignLeft)
        self.column.addStretch()

    def begin(self, id_: str, heading: str, shown: Mapping[str, str], seen: Mapping[str, str], first: QWidget) -> None:
        """Show a thing as it stands (`shown` in words, `seen` as the entries have it), or an empty one."""
        self.id, self._seen = id_, dict(seen)
        self.heading.setText(heading)
        self.error.clear()
        for each in self.entries:
            each.reset(shown.get(each.name, ""))
            each.set_read_only(bool(self.case.why_read_only))
        self.write.set_enabled(not self.case.why_read_only, self.case.why_read_only)
        self.take_off.setVisible(id_ != NEW and not self.case.why_read_only)
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def changed(self) -> bool:
        """Whether something was typed that is not written."""
        return any(each.changed for each in self.entries) and self.write.isEnabled()

    def fields(self) -> dict[str, str]:
        """What is to be written beside the typed entries."""
        return {}

    def submit(self) -> None:
        """Write it, if what was typed is understood."""
        if not self.write.isEnabled():
            return
        typed = {each.name: each.typed for each in self.entries if each.changed or self.id == NEW}
        good, bad = words.understood(typed, self._zone())
        for each in self.entries:
            each.mark(invalid=each.name in bad)
        if bad:
            self.error.say(next(iter(bad.values())))
            return
        lacks = self.lacks()
        if lacks:
            self.error.say(ReviewerError(lacks, "Nothing was written."))
            return
        chosen = {name: value for name, value in self.fields().items() if value != self._seen.get(name, "")}
        fields = {name: value for name, value in {**good, **chosen}.items() if value or self.id != NEW}
        self.written.emit(self.id, fields, {name: self._seen.get(name, "") for name in fields})

    def lacks(self) -> str:
        """What is missing, as a sentence."""
        return ""

    def withdraw(self) -> None:
        """Take it off the case, if it is on it."""
        if self.id != NEW and self.take_off.isVisible():
            self.withdrawn.emit(self.id)

    def refuse(self, error: ReviewerError) -> None:
        """It was not written. What was typed stays."""
        self.error.say(error)

    def typed(self, name: str) -> str:
        return next((each.typed.strip() for each in self.entries if each.name == name), "")


class PersonForm(ThingForm):
    """Complainant, witness or officer. Officers are offered from the roster and from the cameras of the case."""

    def __init__(self, keys: KeyTable, zone: Callable[[], Zone]) -> None:
        super().__init__(keys, zone, "person")
        self.role = Choice(words.ROLES)
        self.name = chooser(())
        self.entries = (
            Entry("name", self.name),
            entry("badge"),
            entry("contact", "How to reach them"),
            Entry("note", Paragraph(4)),
        )
        self.column.addWidget(labelled("Who they are to it", self.role))
        for each, said in zip(self.entries, ("Name, or a letter", "Badge", "Contact", "Note"), strict=True):
            self.column.addWidget(labelled(said, each.widget))
        self.role.currentIndexChanged.connect(lambda _at: self._offer())
        self.name.activated.connect(lambda at: self._picked(at))
        self.finish_layout()

    def show_person(self, person: CasePerson | None, case: CaseShown, raw: Mapping[str, str]) -> None:
        """One who is named, or an empty form. `raw`: the fields as the entries have them."""
        self.case = case
        self.role.setEnabled(not case.why_read_only)
        first = PersonRole.WITNESS if any(p.role is PersonRole.COMPLAINANT for p in case.people) else None
        role = person.role if person is not None else first
        self.role.choose((role or PersonRole.COMPLAINANT).value)
        self._offer()
        shown = words.person_fields(person)
        heading = person.name or "A person" if person is not None else "Add a person"
        self.begin(person.id if person is not None else NEW, heading, shown, raw, self.role)

    @property
    def _officers(self) -> Sequence[words.Officer]:
        role = self.role.value
        return self.case.officers if role and PersonRole(role).is_officer else ()

    def _offer(self) -> None:
        typed = self.name.currentText()
        self.name.blockSignals(True)
        self.name.clear()
        self.name.addItems([f"{o.name} {o.badge}".strip() for o in self._officers])
        self.name.setCurrentIndex(-1)
        self.name.setEditText(typed)
        self.name.blockSignals(False)

    def _picked(self, at: int) -> None:
        """An officer's badge comes with the name."""
        officers = self._officers
        if 0 <= at < len(officers):
            self.entries[0].put(officers[at].name)
            self.name.setEditText(officers[at].name)
            self.entries[1].put(officers[at].badge)

    def fields(self) -> dict[str, str]:
        named = self.typed("name")
        found = next((o for o in self._officers if o.user and o.name == named), None)
        user = found.user if found is not None else ""
        if named == self._seen.get("name", "") and self.id != NEW:
            user = self._seen.get("user", "")
        return {"role": str(self.role.value or ""), "user": user}

    def lacks(self) -> str:
        return "" if self.typed("name") else "A person needs a name, or a letter."


class AllegationForm(ThingForm):
    """What is alleged: title, policy, officer, window of time, place, text."""

    def __init__(self, keys: KeyTable, zone: Callable[[], Zone]) -> None:
        super().__init__(keys, zone, "allegation")
        self.policy = chooser(())
        self.officer = Choice([("Nobody named", "")])
        self.entries = (
            entry("title", "Excessive force"),
            Entry("policy", self.policy),
            entry("start", "13 Jun 2026 22:42"),
            entry("end", "13 Jun 2026 22:43"),
            entry("place", "Street, corner, building"),
            Entry("text", Paragraph(6)),
        )
        title, policy, start, end, place, text = (each.widget for each in self.entries)
        self.column.addWidget(labelled("Title", title))
        self.column.addWidget(labelled("Policy", policy))
        self.column.addWidget(labelled("Officer", self.officer))
        when = QHBoxLayout()
        when.setSpacing(8)
        when.addWidget(labelled("From", start))
        when.addWidget(labelled("To", end))
        self.column.addLayout(when)
        self.column.addWidget(labelled("Place", place))
        self.column.addWidget(labelled("What is alleged", text))
        self.finish_layout()

    def show_allegation(self, allegation: Allegation | None, case: CaseShown, raw: Mapping[str, str]) -> None:
        """One that stands, or an empty form. `raw`: the fields as the entries have them."""
        self.case = case
        self._offer(self.policy, [p.words for p in case.tables.policies] if case.tables is not None else [])
        officers = [p for p in case.people if p.role is not None and p.role.is_officer]
        self.officer.show_choices([("Nobody named", ""), *((f"{p.name} {p.badge}".strip(), p.id) for p in officers)])
        self.officer.choose(allegation.officer if allegation is not None else "")
        self.officer.setEnabled(not case.why_read_only)
        shown = words.allegation_fields(allegation, case, self._zone())
        heading = f"Allegation {allegation.name}" if allegation is not None else "Add an allegation"
        id_ = allegation.id if allegation is not None else NEW
        self.begin(id_, heading, shown, raw, self.entries[0].widget)

    def _offer(self, box: QComboBox, choices: Sequence[str]) -> None:
        box.clear()
        box.addItems(list(choices))
        box.setCurrentIndex(-1)

    def fields(self) -> dict[str, str]:
        found = {"officer": str(self.officer.value or "")}
        policy = self.typed("policy")
        if self.case.tables is not None and (policy or self.id != NEW):
            found["policy"] = words.policy_id(policy, self.case.tables)
        return found

    def lacks(self) -> str:
        return "" if self.typed("title") else "An allegation needs a title."
