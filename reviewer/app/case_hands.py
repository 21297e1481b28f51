"""What a person does with an open case, each thing a controller of its own: clocks, order, places, tracks, its papers.

They are made in steps, so that the window answers between them, and end in the reverse order.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import ExitStack
from typing import TYPE_CHECKING

from reviewer.app.case_clocks import CaseClocks
from reviewer.app.case_copies import copies_room
from reviewer.app.case_disclosure import DisclosureRoom
from reviewer.app.case_file import CaseFileRoom
from reviewer.app.case_order import CaseOrder
from reviewer.app.case_places import CasePlaces
from reviewer.app.case_reels import ReelRoom
from reviewer.app.case_rolling import CaseRolling
from reviewer.app.case_tracks import CaseTracksRoom
from reviewer.app.case_wall import CaseWall
from reviewer.domain.assignment import Assignment
from reviewer.records.queries import Queries
from reviewer.ui.review.screen import ReviewScreen

if TYPE_CHECKING:
    from reviewer.app.desk import Desk


class CaseHands:
    """Of one open case, on the GUI thread. `making` is run to its end before anything else is asked."""

    rolling: CaseRolling
    clocks: CaseClocks
    order: CaseOrder
    places: CasePlaces
    tracks: CaseTracksRoom
    file: CaseFileRoom
    copies: ReelRoom | DisclosureRoom

    def __init__(
        self,
        desk: Desk,
        assignment: Assignment,
        wall: CaseWall,
        screen: ReviewScreen,
        queries: Queries,
        purpose: str,
    ) -> None:
        """`purpose`: the reason that was stated for the case."""
        self._desk, self._assignment, self._wall, self._screen, self._queries = desk, assignment, wall, screen, queries
        self._purpose = purpose
        self._undo = ExitStack()
        self._made = False
        self.making = self._make()

    def _make(self) -> Generator[None]:
        desk, case, wall, screen, queries = (
            *(self._desk, self._assignment.case_id, self._wall, self._screen),
            self._queries,
        )
        self.rolling = CaseRolling(desk, case, wall, screen)
        yield
        self.clocks = CaseClocks(desk, case, wall, screen, queries)
        self._undo.callback(self.clocks.close)
        yield from self.clocks.making
        self.order = CaseOrder(desk, case, wall, screen, queries)
        self._undo.callback(self.order.close)
        yield
        self.places = CasePlaces(desk, case, wall, screen)
        self.tracks = CaseTracksRoom(desk, case, wall, screen)
        yield
        self.file = CaseFileRoom(desk, self._assignment, wall, screen, queries)
        self._undo.callback(self.file.close)
        yield from self.file.making
        self.copies = copies_room(self.file, self._purpose)
        self._undo.callback(self.copies.close)
        yield
        screen.notes.set_tables(self.file.tables)
        self._undo.callback(screen.notes.forget_tables)
        self._made = True
        yield

    @property
    def is_made(self) -> bool:
        """Whether all of them are there."""
        return self._made

    def colleagues_did(self) -> None:
        """Other people's logs were read on: their marks, the clocks that they accepted, what they wrote."""
        if self._made:
            self.clocks.colleagues_did()
            self.order.ordering.refresh()
            self.tracks.colleagues_did()
            self.file.colleagues_did()

    def lock(self) -> None:
        """Nothing of the case stays on the screen of a locked session."""
        if self._made:
            for each in (self.rolling, self.clocks, self.tracks, self.places, self.file, self.copies):
                each.lock()

    def unlock(self) -> None:
        if self._made:
            self.copies.unlock()

    def close(self) -> None:
        """The case ends. What was never made ends too."""
        self.making.close()
        self._undo.close()
