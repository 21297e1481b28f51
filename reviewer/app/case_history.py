"""An open case's history, read on the pool when somebody looks at it."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from reviewer.services.finding_reading import case_findings
from reviewer.services.history import History, history
from reviewer.services.logwords import Names
from reviewer.ui.case.history import HistoryPage
from reviewer.ui.times import Zone

if TYPE_CHECKING:
    from reviewer.app.case_file import CaseFileRoom

PAGE = "history"


class HistoryRoom(QObject):
    """Of one open case, on the GUI thread."""

    def __init__(self, room: CaseFileRoom) -> None:
        super().__init__(room)
        self._room, desk = room, room.desk
        self._reading = self._again = self._over = False
        room.undo.callback(self._end)
        self.page = HistoryPage(desk.keys, desk.zone, desk.user_name)
        room.screen.add_page(PAGE, "History", "history", self.page, title="Who did what")
        desk.keys.bind(room.screen, "history.person", self._choose)
        desk.keys.bind(self.page, "list.find", self.page.search.focus)
        room.screen.shown.connect(lambda page: self.refresh() if page == PAGE else None)
        room.changed.connect(lambda _kinds: self.refresh() if room.screen.current == PAGE else None)

    def _end(self) -> None:
        self._over = True

    def _choose(self) -> None:
        if self._room.screen.current != PAGE:
            self._room.screen.show_page(PAGE)
        self.page.choose_person()

    def refresh(self) -> None:
        """Read it anew; what is asked for meanwhile is read once after it."""
        if self._reading:
            self._again = True
            return
        self._reading, self._again = True, False
        desk, zone = self._room.desk, self._room.desk.zone()
        desk.bridge.watch(desk.pool.submit(self._read, zone), self._show, self._room.say, self)

    def _read(self, zone: Zone) -> History:
        desk, room = self._room.desk, self._room
        officers = {m.recording_id: m.officer for m in room.wall.manifests()}
        names = Names(desk.user_name, lambda key: officers.get(key, key))
        session, me = desk.session, desk.session.user.id
        with closing(session.queries()) as queries:
            found = case_findings(queries, room.case, room.complaint.rights, session.trust.roster())
            return history(
                queries,
                room.case,
                names,
                zone,
                tables=session.roster.agency_tables,
                hides=lambda each: found.hides(each.event, each.meta.actor, me),
            )

    def _show(self, found: History) -> None:
        self._reading = False
        if self._over:
            return
        self.page.show_history(found)
        if self._again:
            self.refresh()
