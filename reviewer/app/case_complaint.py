"""An open case's complaint: read, shown and written; where the case stands, who may do what, and what is due."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QScrollArea, QStackedWidget, QWidget

from reviewer.domain.case import Allegation, CasePerson, CaseState
from reviewer.domain.case_acts import AllegationSet, CaseMoved, ComplaintSet, PersonSet, ThingSet
from reviewer.domain.case_state import may_words
from reviewer.domain.errors import ReviewerError
from reviewer.domain.roles import Role
from reviewer.domain.statutory import next_due
from reviewer.domain.timebase import format_rfc3339
from reviewer.services.case_state import CaseMoves, Rights, rights_by, rights_of
from reviewer.services.clock import utc_now
from reviewer.services.statutory import due_on
from reviewer.ui.action_table import CASE_PAGES
from reviewer.ui.case import complaint_words as words
from reviewer.ui.case.complaint import ComplaintPage
from reviewer.ui.case.complaint_forms import NEW, AllegationForm, PersonForm, ThingForm
from reviewer.ui.case.complaint_words import CaseShown, Officer
from reviewer.ui.case.standing import StandingPanel
from reviewer.ui.theme import Tone

if TYPE_CHECKING:
    from reviewer.app.case_file import CaseFileRoom

PAGE = "people"
_MATTERS = frozenset({ComplaintSet, PersonSet, AllegationSet, CaseMoved})


class ComplaintRoom(QObject):
    """Of one open case, on the GUI thread. `rights`: who may do what on it, by roster and assignment."""

    def __init__(self, room: CaseFileRoom) -> None:
        super().__init__(room)
        self._room, desk = room, room.desk
        self.rights: Rights = rights_by(desk.session.roster, room.assignment)
        me = desk.session.user.id
        self.moves = CaseMoves(desk.session.journal.record, room.queries, room.case, me, lambda: self.rights)
        self._me = me
        self._over = False
        room.undo.callback(self._end)

    def _end(self) -> None:
        """The case is closed: what is still on its way finds nothing to read."""
        self._over = True

    def make(self) -> None:
        """Its page on the case's screen, and the keys."""
        room, desk = self._room, self._room.desk
        self.page = ComplaintPage(desk.keys, desk.zone)
        self.standing = StandingPanel(desk.keys, desk.zone, desk.user_name)
        self.person = PersonForm(desk.keys, desk.zone)
        self.allegation = AllegationForm(desk.keys, desk.zone)
        self._side = QStackedWidget()
        for each in (self.standing, self.person, self.allegation):
            self._side.addWidget(_scrolling(each))
        room.screen.add_page(PAGE, "Complaint", "user", self.page, title="Complaint", side=self._side)
        self._connect()
        self._bind()
        self.refresh()
        desk.bridge.watch(desk.pool.submit(rights_of, desk.session.trust, room.case), self._known, self._unread, self)

    def _connect(self) -> None:
        room = self._room
        self.page.written.connect(self._write_complaint)
        self.page.edit.connect(self._edit)
        self.page.add.connect(self.add)
        self.standing.move_asked.connect(self._move)
        self.standing.told.connect(self.told)
        kinds: tuple[tuple[ThingForm, type[ThingSet]], ...] = (
            (self.person, PersonSet),
            (self.allegation, AllegationSet),
        )
        for form, kind in kinds:
            form.written.connect(partial(self._write, form, kind))
            form.withdrawn.connect(partial(self._withdraw, form, kind))
            form.back.connect(self._back)
        room.changed.connect(self._hear)
        room.screen.shown.connect(lambda page: self.refresh() if page == PAGE else None)

    def _bind(self) -> None:
        """Keys hold on every page of the case; what they do shows on this one."""
        keys, screen = self._room.desk.keys, self._room.screen
        acts: dict[str, Callable[[], object]] = {
            "complaint.person": lambda: self.add("person"),
            "complaint.allegation": lambda: self.add("allegation"),
            "complaint.told": self.told,
            "complaint.move": self._ask_move,
            "complaint.save": self._submit,
            "complaint.withdraw": self._take_off,
            "complaint.back": lambda: self._back() if self.form is not None else None,
        }
        for command, act in acts.items():
            keys.bind(screen, command, act)
        for page in CASE_PAGES:
            keys.bind(screen, f"case.page_{page}", partial(self._go, page))

    def _go(self, page: str) -> None:
        if self._room.screen.has_page(page):
            self._room.screen.show_page(page)

    # -- showing -----------------------------------------------------------------------------------------------------

    def _known(self, rights: Rights) -> None:
        self.rights = rights
        self.refresh()

    def _unread(self, error: ReviewerError) -> None:
        """The store does not say more now: the assignment that opened the case still counts."""

    def _hear(self, kinds: frozenset[type]) -> None:
        if not kinds or kinds & _MATTERS:
            self.refresh()

    def refresh(self) -> None:
        """Read it all anew, and show it."""
        if self._over:
            return
        case = self.read()
        self.page.show_case(case, self._raw(ComplaintSet, ""))
        self.standing.show_case(case)
        self._say_in_head(case)

    def read(self) -> CaseShown:
        """Everything that stands of the complaint now."""
        room, rights = self._room, self.rights
        standing = self.moves.standing()
        refusal = rights.refusal(self._me)
        return CaseShown(
            room.file.complaint(),
            room.file.people(),
            room.file.allegations(),
            standing,
            due_on(room.queries, room.case, rights, standing),
            self.moves.ways(),
            self._who_may(standing.state),
            f"{refusal.message} {refusal.next_step}" if refusal is not None else "",
            rights.tables,
            self._officers(),
            utc_now(),
        )

    def _who_may(self, state: CaseState) -> str:
        """Who takes it further, for somebody who may not take every way."""
        mine = self.rights.now.get(self._me, frozenset())
        shut = [way for way in self.rights.tables.moves if way.start is state and not mine & set(way.roles)]
        if not shut:
            return ""
        ends = " or ".join(way.end.value for way in shut)
        names = self.rights.who_may(frozenset(role for way in shut for role in way.roles))
        who = f"{may_words(shut[0])} ({', '.join(names)})" if names else may_words(shut[0])
        return f"To {ends}: {who}."

    def _officers(self) -> tuple[Officer, ...]:
        """Of the cameras on the case first, then of the roster."""
        cameras = {c.manifest.officer: Officer(*_named(c.manifest.officer)) for c in self._room.wall.cameras}
        users = self._room.desk.session.roster.users
        listed = (Officer(u.name, u.badge, u.id) for u in users if u.left is None and Role.AUDITOR not in u.roles)
        return (*cameras.values(), *listed)

    def _say_in_head(self, case: CaseShown) -> None:
        due = next_due(case.dues)
        said = f"{words.left(due, case.now)}: {due.clock.words}" if due is not None else ""
        tone = words.tone_of(due, case.now) if due is not None else Tone.PLAIN
        if case.complaint.paused:
            said = "Paused"
        self._room.screen.say_standing(case.standing.state.value, words.state_tone(case.standing.state), said, tone)

    # -- writing -----------------------------------------------------------------------------------------------------

    def _write_complaint(self, fields: Mapping[str, str], seen: Mapping[str, str]) -> None:
        named = ", ".join(self.page.said(name) for name in fields)

        def done(_id: str) -> None:
            self.page.accepted(fields)
            self._room.screen.tell(f"{named}: written.")

        self._do(
            lambda: self._room.file.change(ComplaintSet, "", fields, seen),
            done,
            lambda error: self.page.refuse(fields, error),
        )

    def _write(
        self, form: ThingForm, kind: type[ThingSet], id_: str, fields: Mapping[str, str], seen: Mapping[str, str]
    ) -> None:
        def act() -> Future[str]:
            file = self._room.file
            return file.add(kind, fields) if id_ == NEW else file.change(kind, id_, fields, seen)

        self._do(act, lambda _id: self._written(form), form.refuse)

    def _written(self, form: ThingForm) -> None:
        self._room.screen.tell(f"{form.heading.text()}: written.")
        self._back()

    def _withdraw(self, form: ThingForm, kind: type[ThingSet], id_: str) -> None:
        def done(_id: str) -> None:
            self._back()
            key = self._room.desk.keys.shown("case.undo")
            self._room.screen.tell(f"Taken off the case. {key} sets it back.")

        self._do(lambda: self._room.file.withdraw(kind, id_), done, form.refuse)

    def _move(self, to: CaseState, reason: str) -> None:
        def done(state: CaseState) -> None:
            self.standing.moved()
            self._room.screen.tell(f"The case is in {state.value}.")

        self._do(lambda: self.moves.move(to, reason), done, self.standing.refuse)

    def told(self) -> None:
        """The complainant was told how it stands: the clock begins anew."""
        fields = {"updated": format_rfc3339(utc_now())}
        self._do(
            lambda: self._room.file.change(ComplaintSet, "", fields),
            lambda _id: self._room.screen.tell("Written: the complainant was told."),
            self._room.say,
        )

    def _do(
        self, act: Callable[[], Future[Any]], done: Callable[[Any], None], failed: Callable[[ReviewerError], None]
    ) -> None:
        try:
            future = act()
        except ReviewerError as wrong:
            failed(wrong)
            return
        self._room.desk.bridge.watch(future, done, failed, self)

    # -- what stands beside the page ---------------------------------------------------------------------------------

    def add(self, kind: str) -> None:
        """An empty form beside the page."""
        if self.rights.refusal(self._me) is not None:
            self._room.say(self.rights.refusal(self._me) or ReviewerError("", ""))
            return
        if self._room.screen.current != PAGE:
            self._room.screen.show_page(PAGE)
        self._show_form(None, kind)

    def _edit(self, thing: object) -> None:
        if isinstance(thing, CasePerson | Allegation):
            self._show_form(thing, "person" if isinstance(thing, CasePerson) else "allegation")

    def _show_form(self, thing: CasePerson | Allegation | None, kind: str) -> None:
        if self.form is not None and self.form.changed:
            key = self._room.desk.keys.shown("complaint.save")
            self.form.refuse(ReviewerError("What you typed here is not written.", f"Write it ({key}), or go back."))
            return
        case = self.read()
        if kind == "person":
            person = thing if isinstance(thing, CasePerson) else None
            self._beside(self.person)
            self.person.show_person(person, case, self._raw(PersonSet, person.id if person is not None else NEW))
        else:
            allegation = thing if isinstance(thing, Allegation) else None
            raw = self._raw(AllegationSet, allegation.id if allegation is not None else NEW)
            self._beside(self.allegation)
            self.allegation.show_allegation(allegation, case, raw)

    def _raw(self, kind: type[ThingSet], id_: str) -> dict[str, str]:
        """A thing's fields as the entries have them."""
        thing = self._room.file.thing(kind, id_) if id_ != NEW or kind is ComplaintSet else None
        return {} if thing is None else {name: field.value for name, field in thing.fields.items()}

    def _beside(self, form: QWidget) -> None:
        index = (self.standing, self.person, self.allegation).index(form)
        self._side.setCurrentIndex(index)

    @property
    def form(self) -> ThingForm | None:
        """The form that stands beside the page; None while that says where the case stands."""
        return {1: self.person, 2: self.allegation}.get(self._side.currentIndex())

    def _back(self) -> None:
        self._beside(self.standing)
        self.page.setFocus()

    def _submit(self) -> None:
        if self.form is not None and self._room.screen.current == PAGE:
            self.form.submit()

    def _take_off(self) -> None:
        if self.form is not None and self._room.screen.current == PAGE:
            self.form.withdraw()

    def _ask_move(self) -> None:
        if self._room.screen.current != PAGE:
            self._room.screen.show_page(PAGE)
        if self.form is not None:
            self._back()
            self.standing.to.setFocus()
        else:
            self.standing.submit()


def _named(officer: str) -> tuple[str, str]:
    """Name and badge of a camera's officer: "Ofc. A. Niemi 2214"."""
    name, _, last = officer.rpartition(" ")
    return (name, last) if name and last.isdigit() else (officer, "")


def _scrolling(widget: QWidget) -> QScrollArea:
    widget.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    widget.setProperty("surface", "1")
    area = QScrollArea()
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidgetResizable(True)
    area.setFrameShape(QScrollArea.Shape.NoFrame)
    area.setWidget(widget)
    return area
