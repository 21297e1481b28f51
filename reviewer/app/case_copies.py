"""What an open case has beside review and papers: reels where it was assigned for training, else copies to be given."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer.app.case_disclosure import DisclosureRoom
from reviewer.app.case_reels import ReelRoom
from reviewer.domain.assignment import Purpose

if TYPE_CHECKING:
    from reviewer.app.case_file import CaseFileRoom

_NO_PAPERS = "What was released for training has no papers: names and case notes never reach it."


def copies_room(room: CaseFileRoom, purpose: str) -> ReelRoom | DisclosureRoom:
    """The room that this assignment's purpose gives; `purpose` is the reason that was stated for the case."""
    if room.assignment.purpose is not Purpose.TRAINING:
        return DisclosureRoom(room, purpose)
    room.desk.window.set_door("case", False, _NO_PAPERS)
    return ReelRoom(room, purpose)
