"""What one request hides, set on another request of the case as well; one step of undo."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from reviewer.domain.request import Answer, Request
from reviewer.domain.wording import count
from reviewer.services.disclosure import HIDES
from reviewer.services.redaction import Copying, all_of, copying
from reviewer.ui.disclosure_copying import CopyingForm, Offer

if TYPE_CHECKING:
    from reviewer.app.case_disclosure import DisclosureRoom


class CopyingRoom(QObject):
    """Of the room of copies, on the GUI thread."""

    def __init__(self, room: DisclosureRoom) -> None:
        super().__init__(room)
        self._room = room
        self._found: tuple[Copying, ...] = ()
        self.form = CopyingForm(room.case.desk.keys)
        self.destroyed.connect(self.form.deleteLater)  # it is nobody's child while it is not shown
        self.form.asked.connect(self._copy)
        self.form.chosen.connect(self._offer)
        self.form.left.connect(lambda: room.screen.page.show_side(None))
        room.screen.page.side.copy.clicked.connect(self.show)
        room.read.connect(self._refresh)

    def commands(self) -> dict[str, Callable[[], object]]:
        """What its keys do, by command."""
        return {"disclose.copy": self.show}

    @property
    def shown(self) -> bool:
        return self._room.screen.page.beside is self.form

    def _others(self) -> list[Request]:
        """Requests that are open and hide others, the newest last."""
        room = self._room
        mine = room.request.id if room.request is not None else ""
        every = room.requests.all()
        return [each for each in every if each.id != mine and each.kind in HIDES and each.answer is Answer.OPEN]

    def show(self) -> None:
        """The form beside the picture, or the list again."""
        room, page = self._room, self._room.screen.page
        if not room.screen.on_request or room.request is None:
            return
        if self.shown:
            page.show_side(None)
            return
        self.form.begin(room.request, self._others(), room.read_only)
        self._offer()
        page.show_side(self.form)
        self.form.to.setFocus()

    def _refresh(self) -> None:
        if self.shown:
            self._offer()

    def _offer(self) -> None:
        """The picked one, what this recording hides, all of the request."""
        room, form = self._room, self.form
        to = next((each for each in self._others() if each.id == form.to.value), None)
        if to is None or room.request is None:
            self._found = ()
            form.show_offers(())
            return
        mine, there = room.redactions.redaction(room.request.id), room.redactions.redaction(to.id)
        recordings = to.recordings or tuple(camera.key for camera in room.cameras)
        every = all_of(mine)
        number = next((c.number for c in room.recordings if c.key == room.recording), 0)
        chosen = [
            ("All of the request", every),
            (f"Camera {number}", tuple(each for each in every if each.recording == room.recording)),
        ]
        row = room.hiding.row
        if row is not None and not row.is_open:
            chosen.append((f"{row.name} alone", tuple(each for each in every if each.id == row.id)))
        self._found = tuple(copying(some, there, recordings) for _, some in chosen)
        form.show_offers(
            [
                Offer(f"{words}: {count(len(found.things), 'thing')}", len(found.things), _note(found))
                for (words, _), found in zip(chosen, self._found, strict=True)
            ]
        )

    def _copy(self, to: str, at: int) -> None:
        room, found = self._room, self._found[at]
        number = next((each.number for each in self._others() if each.id == to), "")

        def done(ids: tuple[str, ...]) -> None:
            room.screen.page.show_side(None)
            room.screen.page.stage.setFocus()
            room.refresh()
            room.say(f"{count(len(ids), 'thing')} copied to {number}. Z takes all of it back.")

        room.watch(lambda: room.redactions.copy(found.things, to), done, self.form.say)


def _note(found: Copying) -> str:
    """What is left out, and why."""
    said = []
    if found.there:
        said.append(f"{count(found.there, 'thing')} left out: the same is there already.")
    if found.elsewhere:
        said.append(f"{count(found.elsewhere, 'thing')} left out: that request does not have the recording.")
    return " ".join(said)
