"""The form that assigns recordings: to which case, for whom, why, until when, and which stretch of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from reviewer.domain.assignment import Purpose
from reviewer.domain.roster import Role, User
from reviewer.domain.timebase import TimeRange, Utc
from reviewer.services.catalogue_search import CaseEntry, Entry
from reviewer.services.custody import Order
from reviewer.ui import custodian_words as words
from reviewer.ui.actions import KeyTable
from reviewer.ui.buttons import IconButton
from reviewer.ui.custodian_forms import Form, note, reason_lacks
from reviewer.ui.custodian_search import Choice
from reviewer.ui.custodian_source import Picture
from reviewer.ui.fields import labelled, line
from reviewer.ui.fonts import Type
from reviewer.ui.queue_parts import clear
from reviewer.ui.theme import Tone
from reviewer.ui.times import Zone, count
from reviewer.ui.widgets import ErrorNote, label

_SUGGESTED = 4
_CASE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,127}")


class People(QWidget):
    """Who is to be on the case. Typing a name or badge and Enter adds somebody; whoever is on it already stays."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._able: dict[str, User] = {}
        self._roles: dict[str, Choice | Role] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        self.typed = line("Name or badge, then Enter")
        column.addWidget(labelled("Add a person", self.typed))
        self._meant_words = label("", Type.DETAIL, "text2", wrap=True)
        self._meant_words.hide()
        column.addWidget(self._meant_words)
        self.error = ErrorNote()
        column.addWidget(self.error)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(4)
        column.addLayout(self._rows)
        self.typed.returnPressed.connect(self.add_typed)
        self.typed.textChanged.connect(lambda _text: self._suggest())

    @property
    def members(self) -> dict[str, Role]:
        """Everybody on the case, with their role."""
        return {u: each.value if isinstance(each, Choice) else each for u, each in self._roles.items()}

    def begin(self, able: Sequence[User], staying: Mapping[str, Role], people: Mapping[str, User]) -> None:
        """From whom to choose, and who is on the case and stays."""
        chosen = {u: c.value for u, c in self._roles.items() if isinstance(c, Choice) and u not in staying}
        self._able = {u.id: u for u in able}
        self._roles = {}
        clear(self._rows)
        self.typed.clear()
        self.error.clear()
        for user, role in staying.items():
            self._row(user, words.name_of(user, people), role)
        for user, role in chosen.items():
            if user in self._able:
                self.add(self._able[user], role)
        self.changed.emit()

    def forget(self) -> None:
        """Nobody."""
        self._roles = {}

    def add_typed(self) -> None:
        """Add whom the words name, if they name one person."""
        if not self.typed.text().strip():
            return
        found = self._meant()
        if len(found) == 1:
            self.typed.clear()
            self.add(self._able[found[0]])
            return
        if found:
            several = ", ".join(words.name_of(u, self._able) for u in found[:4])
            self.error.say(f"{count(len(found), 'person', 'people')} have these words: {several}. Type the badge.")
        else:
            self.error.say(f"The roster has nobody “{self.typed.text()}”. Check the name or the badge.")

    def _meant(self) -> list[str]:
        """Ids of whom the words that are typed may name."""
        wanted = self.typed.text().casefold().split()
        named = {u.id: words.name_of(u.id, self._able).casefold() for u in self._able.values()}
        return [u for u, name in named.items() if all(w in f"{name} {u}" for w in wanted)]

    def _suggest(self) -> None:
        """Who is meant so far, while somebody types."""
        self.error.clear()
        found = [words.name_of(u, self._able) for u in self._meant()] if self.typed.text().strip() else []
        more = f" and {len(found) - _SUGGESTED} more" if len(found) > _SUGGESTED else ""
        self._meant_words.setText(f"{', '.join(found[:_SUGGESTED])}{more}")
        self._meant_words.setVisible(bool(found))

    def add(self, user: User, role: Role | None = None) -> None:
        """Put somebody on the list, if they are not on it."""
        self.error.clear()
        if user.id in self._roles:
            return
        self._row(user.id, words.name_of(user.id, self._able), None)
        choice = self._roles[user.id]
        if role is not None and isinstance(choice, Choice):
            choice.choose(role)
        self.changed.emit()

    def _row(self, user: str, name: str, role: Role | None) -> None:
        made = QWidget()
        row = QHBoxLayout(made)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(label(name), 1)
        if role is not None:
            row.addWidget(label(f"{words.ROLES[role]}, on it", Type.DETAIL, "text2"))
            self._roles[user] = role
        else:
            roles = [r for r in self._able[user].roles if r is not Role.AUDITOR]
            choice = Choice([(words.ROLES[r], r) for r in roles])
            choice.setAccessibleName(f"Role of {name}")
            choice.currentIndexChanged.connect(lambda _at: self.changed.emit())
            self._roles[user] = choice
            row.addWidget(choice)
            off = IconButton(f"Not {name}", "x")
            off.clicked.connect(lambda: self._remove(user, made))
            row.addWidget(off)
        self._rows.addWidget(made)

    def _remove(self, user: str, row: QWidget) -> None:
        self._roles.pop(user, None)
        row.hide()
        row.deleteLater()
        self.changed.emit()


class AssignForm(Form):
    """`signed` carries an Order: the case as it was, with these recordings and people added."""

    def __init__(self, keys: KeyTable, zone: Callable[[], Zone]) -> None:
        super().__init__(keys, "Sign and assign")
        self._zone = zone
        self._picture: Picture | None = None
        self._chosen: tuple[Entry, ...] = ()
        self._case: CaseEntry | None = None
        self.case, self.title = line("CR-2026-0142"), line("Place and day")
        self.people = People()
        self.purpose = Choice([(said, purpose) for purpose, said in words.PURPOSES.items()])
        self.reason = note("Why these people may see it")
        self.until, self.start, self.end = line("no end"), line("all of it"), line("all of it")
        self._second = ErrorNote()
        self._lay_out()
        self.finish_layout()
        self.watch(self.title, self.purpose, self.reason, self.until, self.start, self.end)
        self.people.changed.connect(self.settle)
        self.case.textChanged.connect(lambda _text: self._case_typed())

    def _lay_out(self) -> None:
        column = self.column
        column.addWidget(labelled("Case, new or existing", self.case))
        self._known = label("", Type.DETAIL, "text2", wrap=True)
        column.addWidget(self._known)
        column.addWidget(labelled("Title", self.title))
        column.addWidget(self.people)
        column.addWidget(labelled("Purpose", self.purpose))
        column.addWidget(labelled("Reason", self.reason))
        column.addWidget(labelled("Until, if it ends", self.until))
        row = QHBoxLayout()
        row.setSpacing(8)
        for said, field in (("Only from", self.start), ("Only to", self.end)):
            row.addWidget(labelled(said, field), 1)
        column.addLayout(row)
        column.addWidget(self._second)

    def begin(self, picture: Picture, chosen: Sequence[Entry]) -> None:
        """Assign these."""
        self._picture, self._chosen = picture, tuple(chosen)
        self.heading.setText(f"Assign {count(len(chosen), 'recording')}")
        self.said.setText("You sign a document. Taking it back later is one more document, beside this one.")
        self._second.say(words.restricted_words(chosen), Tone.WARN)
        for field in (self.title, self.until, self.start, self.end):
            field.clear()
        self.reason.clear()
        self.people.forget()
        self.case.clear()
        self._case = None
        self.people.begin(picture.able(), {}, picture.people)
        self._case_typed()
        self.taken()
        self.case.setFocus(Qt.FocusReason.OtherFocusReason)

    def look_again(self, picture: Picture) -> None:
        """The same with newer knowledge: a case's title may be open now."""
        self._picture = picture
        self._case_typed()

    def _case_typed(self) -> None:
        """An existing case goes on with what it has; a new one begins with nothing."""
        if self._picture is None:
            return
        typed = self.case.text().strip()
        cases = self._picture.overview.listing.cases
        before, self._case = self._case, next((c for i, c in cases.items() if i.casefold() == typed.casefold()), None)
        case = self._case
        self._known.setText(_known(case) if case is not None else _new(typed, cases) if typed else "")
        self._known.setVisible(bool(typed))
        if before != case:
            staying = {m.user: m.role for m in case.members} if case is not None else {}
            self.people.begin(self._picture.able(), staying, self._picture.people)
        if case is not None and before != case:
            self.title.setText(case.title if case.opened else "")
            self.purpose.choose(case.purpose)
            self.reason.setPlainText(case.reason)
            self.until.setText(self._last_day())
        self.settle()

    def lacks(self) -> str:
        """What is still missing, as a sentence; "" for nothing."""
        case = self._case
        if not _is_id(self.case.text().strip()):
            return "Name the case: letters, digits, and . _ - in it."
        if case is not None and not case.opened and not self.title.text().strip():
            return "The case’s title and reason are sealed. Open the custody key to keep them, or write them anew."
        if not self.title.text().strip():
            return "Give the case a title, as the queue shows it."
        if not self.people.members:
            return "Add somebody."
        return reason_lacks(self.reason) or self._lacks_times() or self._lacks_training()

    def _lacks_times(self) -> str:
        try:
            self._until()
            self._window()
        except words.NotUnderstood as wrong:
            return str(wrong)
        return ""

    def _lacks_training(self) -> str:
        pupils = [u for u, role in self.people.members.items() if role is Role.TRAINING]
        training = self.purpose.value is Purpose.TRAINING
        if pupils and not training:
            return "A training officer sees what is for training only: choose that purpose, or leave them out."
        released = self._picture.overview.listing.released if self._picture is not None else frozenset()
        missing = sum(e.recording_id not in released for e in self._chosen)
        if training and missing:
            return f"{count(missing, 'recording')} of these not released for training. Release them first."
        return ""

    def _until(self) -> Utc | None:
        return words.moment(self.until.text(), self._zone(), end=True)

    def _last_day(self) -> str:
        """As the field says it when nobody has typed there."""
        case = self._case
        return words.last_day(case.expires, self._zone()) if case is not None and case.expires is not None else ""

    def _window(self) -> TimeRange | None:
        return words.window(self.start.text(), self.end.text(), self._zone())

    def made(self) -> Order:
        """The case as it was, with what was picked and who was added."""
        case, window = self._case, self._window()
        kept = {r: case.windows.get(r) for r in case.recordings} if case is not None else {}
        expires = self._until()
        if case is not None and case.expires is not None and self.until.text() == self._last_day():
            expires = case.expires  # not typed anew: to the microsecond what it was
        return Order(
            case_id=case.case_id if case is not None else self.case.text().strip(),
            title=self.title.text().strip(),
            members=self.people.members,
            recordings={**kept, **_windows(self._chosen, window, kept)},
            purpose=self.purpose.value,
            reason=self.reason.toPlainText().strip(),
            expires=expires,
        )


def _windows(
    chosen: Iterable[Entry], window: TimeRange | None, kept: Mapping[str, TimeRange | None]
) -> dict[str, TimeRange | None]:
    """The stretch that was typed; without one, what the case had."""
    return {e.recording_id: window if window is not None else kept.get(e.recording_id) for e in chosen}


def _known(case: CaseEntry) -> str:
    people, recordings = count(len(case.members), "person", "people"), count(len(case.recordings), "recording")
    return f"Exists, with {people} and {recordings}, which stay."


def _new(typed: str, cases: Iterable[str]) -> str:
    """That it is a new one, and which there are that begin like it."""
    near = [c for c in cases if c.casefold().startswith(typed.casefold())]
    return f"A new case. There are {', '.join(near[:_SUGGESTED])}." if near else "A new case."


def _is_id(typed: str) -> bool:
    return _CASE.fullmatch(typed) is not None
