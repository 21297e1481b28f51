"""The register of a case's requests: what stands in it, and the form in which one is written."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from reviewer.domain.request import Request, RequestKind
from reviewer.domain.roles import DISCLOSERS
from reviewer.services.clock import utc_now

if TYPE_CHECKING:
    from reviewer.app.case_disclosure import DisclosureRoom


class RegisterRoom:
    """Of the room of copies, on the GUI thread."""

    def __init__(self, room: DisclosureRoom) -> None:
        self._room = room
        screen = room.screen
        screen.register.opened.connect(lambda request: room.open(request.id))
        screen.register.picked.connect(self._picked)
        screen.register.new_asked.connect(self.new)
        screen.form.written.connect(self._write)
        screen.form.withdrawn.connect(self._withdraw)
        screen.form.left.connect(self.back)

    def commands(self) -> dict[str, Callable[[], object]]:
        """What its keys do, by command."""
        return {
            "disclose.new": self.new,
            "disclose.details": self.details,
            "disclose.save": self.save,
            "disclose.take_off": self._take_off,
            "disclose.requests": self.back,
        }

    def refresh(self) -> None:
        room = self._room
        room.screen.register.show_requests(room.requests.all(), room.cameras, room.read_only)

    def people(self) -> dict[str, str]:
        """Who may look as the second person: everybody on the case who answers requests."""
        rights = self._room.case.complaint.rights
        named = self._room.case.desk.user_name
        return {user: named(user) for user, roles in rights.now.items() if roles & DISCLOSERS}

    def new(self) -> None:
        """An empty form, with the next number and today."""
        room = self._room
        if room.screen.on_request:
            room.leave()
        now = utc_now()
        number = room.requests.next_number(RequestKind.ACCESS, now)
        cameras = room.cameras
        first = tuple(c.key for c in cameras) if len(cameras) == 1 else ()
        self._begin(None, Request("", RequestKind.ACCESS, number, received=now, recordings=first))
        room.screen.show_register(form=True)
        room.screen.form.focus()

    def _begin(self, request: Request | None, shown: Request) -> None:
        form = self._room.screen.form
        form.show_people(self.people())
        form.show_cameras(self._room.cameras)
        form.begin(request, shown, self._room.read_only)

    def _picked(self, request: Request | None) -> None:
        """Beside the register stands the picked one's form, unless something is typed there."""
        screen = self._room.screen
        if request is not None and not screen.on_request and not (screen.form_shown and screen.form.changed):
            self._begin(request, request)
            screen.show_register(form=True)

    def details(self) -> None:
        """The form of the request in view, or the list again; in the register that of the picked one."""
        room, screen = self._room, self._room.screen
        if not screen.on_request:
            self._picked(screen.register.table.current)
            screen.form.focus()
        elif screen.page.beside is screen.form:
            screen.page.show_side(None)
        elif room.request is not None:
            self._begin(room.request, room.request)
            screen.show_details()
            screen.form.focus()

    def name_second(self) -> None:
        """Into the field where the second person is named."""
        if self._room.screen.page.beside is not self._room.screen.form:
            self.details()
        self._room.screen.form.second.setFocus()

    def save(self) -> None:
        if self._room.copying.shown:
            self._room.copying.form.submit()
        elif self._room.answering.shown:
            self._room.answering.form.submit()
        elif self._room.screen.form_shown:
            self._room.screen.form.submit()

    def back(self) -> None:
        """What is typed is not written; from the picture to all requests."""
        screen = self._room.screen
        if not screen.on_request:
            screen.show_register(form=False)
            screen.register.table.setFocus()
        elif screen.page.beside is not None:
            self._room.making.hide_form()  # and what was typed into the package's is forgotten
        else:
            self._room.leave()

    def _write(self, before: Request | None, after: Request) -> None:
        room, form = self._room, self._room.screen.form
        form.error.clear()
        ask = room.requests
        wanted = (lambda: ask.register(after)) if before is None else (lambda: ask.change(before.id, after, before))
        room.watch(wanted, self._written, form.say)

    def _written(self, id_: str) -> None:
        room = self._room
        if room.screen.on_request:
            room.screen.page.show_side(None)
            room.refresh()
        else:
            room.open(id_)

    def _take_off(self) -> None:
        if self._room.screen.form_shown:
            self._room.screen.form.take_off()

    def _withdraw(self, request: Request) -> None:
        room = self._room

        def gone(_id: str) -> None:
            room.screen.show_register(form=False)
            room.refresh()

        room.watch(lambda: room.requests.withdraw(request.id), gone, room.screen.form.say)
