"""How a request ends: given, given in part, refused with reasons of the agency's table, withdrawn."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from reviewer.domain.request import Answer
from reviewer.services.clock import utc_now
from reviewer.ui.disclosure_answer import AnswerForm

if TYPE_CHECKING:
    from reviewer.app.case_disclosure import DisclosureRoom


class AnswerRoom(QObject):
    """Of the room of copies, on the GUI thread."""

    def __init__(self, room: DisclosureRoom) -> None:
        super().__init__(room)
        self._room = room
        self.form = AnswerForm(room.case.desk.keys, room.case.tables)
        self.destroyed.connect(self.form.deleteLater)  # it is nobody's child while it is not shown
        self.form.answered.connect(self._answer)
        self.form.left.connect(lambda: room.screen.page.show_side(None))

    def commands(self) -> dict[str, Callable[[], object]]:
        """What its keys do, by command."""
        return {"disclose.answer": self.show}

    @property
    def shown(self) -> bool:
        return self._room.screen.on_request and self._room.screen.page.beside is self.form

    def show(self) -> None:
        """The form beside the picture, or the list again."""
        room, page = self._room, self._room.screen.page
        if not room.screen.on_request or room.request is None:
            return
        if self.shown:
            page.show_side(None)
            return
        self.form.begin(room.request, room.read_only)
        page.show_side(self.form)
        self.form.answer.setFocus()

    def _answer(self, answer: Answer, refusals: tuple[str, ...]) -> None:
        room = self._room
        request = room.request
        if request is None:
            return
        now = utc_now()

        def done(_id: str) -> None:
            room.screen.page.show_side(None)
            room.refresh()

        room.watch(lambda: room.requests.answer(request.id, answer, now, refusals), done, self.form.error.say)
