"""Copies of an open case's footage for others: requests, what is hidden and why, the review pass, the release."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from reviewer.app.case_stage import Stage
from reviewer.domain.roles import DISCLOSERS
from reviewer.services.case import CaseFile
from reviewer.ui.disclosure import DisclosureScreen
from reviewer.ui.theme import ThemeName

if TYPE_CHECKING:
    from reviewer.app.case_file import CaseFileRoom

_SHUT = "Open a case from the queue first."


class DisclosureRoom(QObject):
    """Of one open case, on the GUI thread."""

    def __init__(self, room: CaseFileRoom, purpose: str) -> None:
        super().__init__(room)
        self._room, desk = room, room.desk
        me, record = desk.session.user.id, desk.session.journal.record
        self.file = CaseFile(record, room.queries, room.case, lambda: room.complaint.rights.refusal(me, DISCLOSERS))
        self.stage = Stage(room, purpose)
        self.screen = DisclosureScreen(desk.keys, self.stage.view)
        desk.window.add_screen(
            "disclose", self.screen, words="Disclose", icon="eraser", theme=ThemeName.DARK, picture=True, of_case=True
        )
        desk.window.set_door("disclose", True)
        self._go = desk.keys.bind(desk.window.shell, "go.copies", lambda: desk.window.show_screen("disclose"))

    def lock(self) -> None:
        self.stage.lock()

    def unlock(self) -> None:
        self.stage.unlock()

    def close(self) -> None:
        """The case ends; what was shown is in the log when this returns."""
        self._go.setParent(None)
        self.stage.close()
        self._room.desk.window.set_door("disclose", False, _SHUT)
