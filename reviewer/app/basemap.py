"""The maps of this machine: what is drawn when a case opens, and the card of Settings where an agency adds its own."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from reviewer.domain.errors import Cancelled, ReviewerError
from reviewer.services.basemap import Added, AgencyMap, BaseMaps
from reviewer.services.workspace import Workspace
from reviewer.ui.basemap import BaseMapCard
from reviewer.ui.review.map_tiles import TileProcess

if TYPE_CHECKING:
    from reviewer.app.desk import Desk


def tiles_of(workspace: Workspace) -> TileProcess:
    """What draws this machine's maps; its process starts when it is first asked."""
    return TileProcess(BaseMaps(workspace.home).sources())


class BaseMapRoom(QObject):
    """Of the desk; on the GUI thread. `card` is for the settings."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._desk = desk
        self._maps = BaseMaps(desk.workspace.home)
        self._stop = threading.Event()
        self.card = BaseMapCard()
        self.card.wanted.connect(self._add)
        self.card.removed.connect(self._remove)
        self.card.stopped.connect(self._stop.set)
        self._show()

    def close(self) -> None:
        """A map that is being added is given up."""
        self._stop.set()

    def _show(self) -> None:
        self.card.show_maps(self._maps.kept()[::-1])
        if self._maps.problem is not None:
            self.card.say(self._maps.problem)

    def _add(self, path: Path, name: str) -> None:
        self._stop.clear()
        self.card.show_work(Added(0, 0))
        tell = self._desk.bridge.progress(self._heard, self)
        adding = self._desk.pool.submit(self._maps.add, path, name, progress=tell, cancelled=self._stop.is_set)
        self._desk.bridge.watch(adding, self._added, self._failed, self)

    def _heard(self, now: Added) -> None:
        if self.card.work.isVisibleTo(self.card):
            self.card.show_work(now)

    def _added(self, _made: AgencyMap) -> None:
        self.card.show_work(None)
        self._show()

    def _failed(self, wrong: ReviewerError) -> None:
        self.card.show_work(None)
        self.card.say("" if isinstance(wrong, Cancelled) else wrong)

    def _remove(self, name: str) -> None:
        self.card.say("")
        self._desk.bridge.watch(self._desk.pool.submit(self._maps.remove, name), self._gone, self._failed, self)

    def _gone(self, _gone: AgencyMap) -> None:
        self._show()
