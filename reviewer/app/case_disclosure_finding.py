"""What machines find for the room of copies: where a mask goes on, and faces. A person looks at what is unsure."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject

from reviewer.domain.errors import Cancelled, ReviewerError
from reviewer.domain.redaction import Mask, Proposed
from reviewer.domain.timebase import TimeRange, Utc
from reviewer.media.camera import DeckCamera
from reviewer.media.following import Followed
from reviewer.services.proposing import LIMITS, Proposals, follow_mask, propose
from reviewer.ui.times import count

if TYPE_CHECKING:
    from reviewer.app.case_disclosure import DisclosureRoom

_T = TypeVar("_T")
_NO_MASK = ReviewerError("No mask is picked.", "Draw one over who is to be followed, or pick it in the list.")
_NOTHING_UNSURE = "No unsure frame is left to look at."
_STAND_ON_IT = ReviewerError("This frame is not one of those to be looked at.", "Go to the next with Look now.")
_ONE = Utc(1)


class FindingRoom(QObject):
    """Of the room of copies, on the GUI thread. One thing at a time is looked for."""

    def __init__(self, room: DisclosureRoom) -> None:
        super().__init__(room)
        self._room = room
        self._stop: threading.Event | None = None
        room.screen.page.bar.cancel_asked.connect(self.cancel)

    def commands(self) -> dict[str, Callable[[], object]]:
        """What its keys do, by command."""
        return {
            "disclose.follow": partial(self.follow, 1),
            "disclose.follow_back": partial(self.follow, -1),
            "disclose.faces": self.faces,
            "disclose.cancel": self.cancel,
            "disclose.look": self.look,
            "disclose.looked": self.looked,
        }

    @property
    def busy(self) -> bool:
        return self._stop is not None

    def _camera(self) -> DeckCamera | None:
        """The recording on the stage in stated time."""
        wall = self._room.case.wall
        camera = wall.camera(self._room.recording)
        return wall.footage.deck_camera(camera, signed=True) if camera is not None and wall.footage else None

    def _run(self, words: str, job: Callable[..., _T], done: Callable[[_T], object]) -> None:
        """On a worker; its progress and a way to stop it stand under the picture. `done` in the request it began in."""
        room, bar, desk = self._room, self._room.screen.page.bar, self._room.case.desk
        if self._stop is not None:
            room.say(ReviewerError("Something is being looked for already.", "Wait for it, or stop it."))
            return
        stop = self._stop = threading.Event()

        def passing(share: float) -> None:
            if self._stop is stop:
                bar.work(words, share)

        show = desk.bridge.progress(passing, self)
        bar.work(words)
        future: Future[_T] = desk.pool.submit(job, progress=show, cancelled=stop.is_set)
        before = room.request

        def ended(act: Callable[[], object]) -> None:
            if self._stop is stop:
                self._stop = None
                bar.work("")
            if before is not None and room.request is not None and room.request.id == before.id:
                act()

        def failed(wrong: ReviewerError) -> None:
            ended(lambda: None if isinstance(wrong, Cancelled) else room.say(wrong))

        desk.bridge.watch(future, lambda found: ended(lambda: done(found)), failed, self)

    # Following

    def follow(self, way: int) -> None:
        """The picked mask, from the frame that stands there to its end, or back to the begin of what was asked for."""
        room, mask, at = self._room, self._room.hiding.mask, self._room.hiding.editor.now()
        camera = self._camera()
        if mask is None or at is None or camera is None or room.read_only:
            room.say(room.read_only or _NO_MASK)
            return
        room.playing.stop()
        room.hiding.editor.leave()
        begins = [s.start for s in room.stated_stretches() if at in s]
        until = mask.end if way > 0 else begins[0] if begins else mask.start
        if until == at:
            return
        job = partial(follow_mask, camera, mask, at, until)
        self._run(f"Following {mask.name}", job, lambda found: self._lay(mask.id, found))

    def _lay(self, id_: str, found: Followed) -> None:
        room = self._room
        mask = room.redactions.mask(id_)
        if mask is None:
            return

        def laid(after: Mask) -> None:
            unsure = f" {count(len(after.unsure), 'frame')} to look at." if after.unsure else ""
            lost = f" Lost {room.clock(found.over.end)}: {found.lost}" if found.lost else ""
            room.say(f"{after.name}: {count(found.frames_seen, 'frame')} followed.{unsure}{lost}")

        room.watch(lambda: room.redactions.lay(mask, found.frames, found.over), laid)

    # Faces

    def faces(self) -> None:
        """Proposals for what was asked for of the recording on the stage."""
        room, camera, stretches = self._room, self._camera(), self._room.stated_stretches()
        if camera is None or not stretches or room.request is None or room.read_only:
            room.say(room.read_only or ReviewerError("No recording stands here.", "Choose one in the details."))
            return
        over, of = TimeRange(stretches[0].start, stretches[-1].end), room.request.id
        known = room.redactions.masks(of, room.recording)
        self._run("Looking for faces", partial(propose, camera, over, of, known), self._proposed)

    def _proposed(self, found: Proposals) -> None:
        room = self._room
        said = f"{count(len(found.masks), 'face')} proposed. {found.said} {LIMITS}"
        if not found.masks:
            room.say(said)
            return

        def added(ids: tuple[str, ...]) -> None:
            room.refresh()
            room.pick(ids[0])
            room.hiding.go_to(ids[0])
            room.say(said)

        room.watch(lambda: room.redactions.add(*found.masks), added)

    # Unsure frames

    def look(self) -> None:
        """To the next frame that following was not sure of, of the picked mask first."""
        room = self._room
        masks = [m for m in room.redaction.masks if m.proposed in (Proposed.NO, Proposed.TAKEN) and m.unsure]
        if not masks:
            room.say(_NOTHING_UNSURE)
            return
        mask = min(masks, key=lambda m: (m.id != room.chosen, m.recording != room.recording, m.number))
        now = room.hiding.editor.now() if mask.id == room.chosen else None
        later = [at for at in mask.unsure if now is None or at > now]
        self.go(mask, (later or list(mask.unsure))[0])

    def go(self, mask: Mask, at: Utc) -> None:
        """Stand on this frame of a mask."""
        room = self._room
        room.playing.stop()
        room.show_recording(mask.recording)
        room.pick(mask.id)
        room.playing.seek(Utc(room.stage.wall_time(mask.recording, at) + _ONE))

    def looked(self) -> None:
        """The frame that stands there was looked at, and the mask is right on it; then the next one."""
        room, mask = self._room, self._room.hiding.mask
        frame = room.stage.view.wall.painted().get(room.recording)
        if mask is None or frame is None:
            room.say(_NO_MASK)
            return
        first, last = (room.stage.stated(room.recording, at) for at in (frame.at, frame.until))
        here = [at for at in mask.unsure if first - _ONE <= at < max(last, first + _ONE)]
        if not here:
            room.say(_STAND_ON_IT)
            return

        def next_one(_mask: Mask) -> None:
            room.refresh()
            self.look()

        room.watch(lambda: room.redactions.looked(mask, here), next_one)

    # Its end

    def cancel(self) -> None:
        """Stop looking; what was found so far is dropped."""
        if self._stop is not None:
            self._stop.set()
            self._room.screen.page.bar.work("")
            self._stop = None

    def close(self) -> None:
        self.cancel()
