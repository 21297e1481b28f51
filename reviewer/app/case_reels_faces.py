"""De-identification of a reel: faces are looked for on a worker, and a person decides on each where it stands."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject

from reviewer.domain.drawing import ALL
from reviewer.domain.errors import Cancelled, ReviewerError
from reviewer.domain.redaction import TRAINING, Mask, Proposed, Region
from reviewer.domain.reel import Clip
from reviewer.domain.timebase import TimeRange, Utc
from reviewer.media.camera import Image, TilePicture
from reviewer.media.masking import turned
from reviewer.services.proposing import LIMITS, Proposals, propose
from reviewer.services.reel import Searched, stretches
from reviewer.services.reel_plan import Undecided, Why
from reviewer.ui import reels_words as words
from reviewer.ui.reels_faces import FacesShown
from reviewer.ui.reels_model import State
from reviewer.ui.stage import Veil
from reviewer.ui.theme import DARK, Tone

if TYPE_CHECKING:
    from reviewer.app.case_reels import ReelRoom

_LINE = 3  # px around a face that is to be decided on
_DECIDED = State("nothing to decide in this clip", Tone.OK, "circle-check")


@dataclass(frozen=True, slots=True)
class _Order:
    """A stretch in which faces are to be looked for, for a clip."""

    clip: str
    recording: str
    range: TimeRange


class ReelFaces(QObject):
    """Of one open training assignment, on the GUI thread."""

    def __init__(self, room: ReelRoom) -> None:
        super().__init__(room)
        self._room = room
        self._orders: deque[_Order] = deque()
        self._all = 0
        self._stop = threading.Event()
        self._shown: tuple[Mask, Utc] | None = None  # stated time
        self._said = ""
        panel = room.screen.faces
        panel.limits.setText(LIMITS)
        panel.search.connect(self.search)
        panel.stop.connect(self.stop)
        panel.decided.connect(lambda taken: self.decide(taken=taken))
        panel.plain.connect(self._plain_clip)
        panel.whole.connect(self._plain_reel)
        panel.done.connect(self.toggle)
        self._tell = room.desk.bridge.progress(self._further, self)

    @property
    def deciding(self) -> bool:
        return self._room.screen.deciding

    def toggle(self) -> None:
        """To deciding on faces, and back to the clip."""
        self._room.screen.show_faces(not self.deciding)
        self._room.player.stop()
        self._room.refresh()
        if self.deciding:
            self._go_on()

    def commands(self) -> dict[str, Callable[[], object]]:
        """What its keys do, but to come here and to decide."""
        return {
            "reel.search": self.search,
            "reel.search_stop": self.stop,
            "reel.plain": self.say_why,
            "reel.plain_clip": partial(self._take_reason, self._plain_clip),
            "reel.plain_reel": partial(self._take_reason, self._plain_reel),
        }

    def _take_reason(self, of: Callable[[str], None]) -> None:
        """As it is written there; only while it is in sight."""
        if self.deciding:
            of(self._room.screen.faces.reason.toPlainText())

    def say_why(self) -> None:
        """Bring the cursor to the reason why nothing is hidden."""
        if not self.deciding:
            self.toggle()
        self._room.screen.faces.write_reason()

    # Looking for them

    def search(self) -> None:
        """In every clip of the reel where nobody looked yet, one camera after the other."""
        room = self._room
        if self._orders:
            return
        if not self.deciding:
            self.toggle()
        known = {each.clip for each in room.waiting if each.why is Why.NOT_SEARCHED}
        self._orders = deque(
            _Order(clip.id, recording, part)
            for clip in room.clips
            if clip.id in known
            for recording, part in stretches(clip, room.stage.clocks)
        )
        self._all, self._stop = len(self._orders), threading.Event()
        self._next()

    def stop(self) -> None:
        """Nothing is looked for any more; what was found stays."""
        self._stop.set()
        self._orders.clear()
        self._room.screen.faces.show_progress(None)

    def _next(self) -> None:
        room = self._room
        if not self._orders:
            room.screen.faces.show_progress(None)
            room.refresh()
            if self.deciding:
                self._go_on()
            return
        order, stop = self._orders[0], self._stop
        camera, footage = room.room.wall.camera(order.recording), room.room.wall.footage
        if camera is None or footage is None:
            self._failed(ReviewerError("A recording of the clip is not here.", "Fetch the case."))
            return
        deck = footage.deck_camera(camera, signed=True)
        known = [mask for mask in room.redaction.masks if mask.recording == order.recording]
        room.screen.faces.show_progress(self._share(0.0), self._busy_words(order))
        work = partial(propose, deck, order.range, TRAINING, known, progress=self._tell, cancelled=stop.is_set)
        room.desk.bridge.watch(room.desk.pool.submit(work), partial(self._found, order), self._failed, self)

    def _busy_words(self, order: _Order) -> str:
        n = next((n for n, clip in enumerate(self._room.clips, 1) if clip.id == order.clip), 0)
        return f"Looking in clip {n}, {self._room.letters.get(order.recording, '')}:"

    def _share(self, of_this: float) -> float:
        return (self._all - len(self._orders) + of_this) / max(1, self._all)

    def _further(self, share: float) -> None:
        if self._orders:
            self._room.screen.faces.show_progress(self._share(share), self._busy_words(self._orders[0]))

    def _found(self, order: _Order, found: Proposals) -> None:
        room = self._room
        if self._stop.is_set() or not self._orders or self._orders[0] is not order:
            return
        self._said = found.said
        try:
            if found.masks:
                added = room.redactions.add(*found.masks)
                room.desk.bridge.watch(added, lambda _ids: self._looked(order), self._failed, self)
            else:
                self._looked(order)
        except ReviewerError as wrong:
            self._failed(wrong)

    def _looked(self, order: _Order) -> None:
        """What was proposed is in the log: now that it was looked for is, too."""
        room = self._room
        try:
            said = room.reels.say_searched(order.clip, [Searched(order.recording, order.range)])
        except ReviewerError as wrong:
            self._failed(wrong)
            return

        def noted(_clip: str) -> None:
            if self._orders and self._orders[0] is order:
                self._orders.popleft()
            self._next()

        room.desk.bridge.watch(said, noted, self._failed, self)

    def _failed(self, wrong: ReviewerError) -> None:
        self.stop()
        if not isinstance(wrong, Cancelled):
            self._room.screen.faces.error.say(wrong)

    # Deciding

    def _open(self) -> list[tuple[Clip, Mask, Utc]]:
        """What is to be decided in the reel, in its order: the clip, the mask, and the stated time to look at."""
        found: dict[tuple[str, Utc], tuple[Clip, Mask, Utc]] = {}
        for clip in self._room.clips:
            for recording, part in stretches(clip, self._room.stage.clocks):
                for mask in self._room.redaction.masks:
                    both = TimeRange(mask.start, mask.end).overlap(part) if mask.end > mask.start else None
                    if mask.recording != recording or both is None:
                        continue
                    if mask.proposed is Proposed.OPEN:
                        found.setdefault((mask.id, Utc(0)), (clip, mask, Utc((both.start + both.end) // 2)))
                    elif mask.counts:
                        unsure = [at for at in mask.unsure if at in part]
                        found |= {(mask.id, at): (clip, mask, at) for at in unsure}
        return list(found.values())

    def _go_on(self) -> None:
        """To the next one that waits, if there is any."""
        room, waiting = self._room, self._open()
        if not waiting:
            self._shown = None
            self.refresh()
            return
        clip, mask, at = waiting[0]
        self._shown = (mask, at)
        room.player.show_clip(clip.id, at=room.stage.wall_time(mask.recording, at))
        room.showing.show_chosen()
        room.veil()
        self.refresh()

    def decide(self, *, taken: bool) -> None:
        """On the one that is shown: it is a face and hidden from now on, or it is none."""
        room = self._room
        if not self.deciding or self._shown is None:
            return
        mask, at = self._shown
        self._shown = None
        try:
            if mask.proposed is Proposed.OPEN:
                done = room.redactions.decide([mask], taken=taken)
                room.desk.bridge.watch(done, lambda _ids: self._decided(), room.say, self)
            elif taken:
                looked = room.redactions.looked(mask, [at])
                room.desk.bridge.watch(looked, lambda _mask: self._decided(), room.say, self)
            else:
                gone = room.redactions.change(mask, replace(mask, proposed=Proposed.REFUSED))
                room.desk.bridge.watch(gone, lambda _mask: self._decided(), room.say, self)
        except ReviewerError as wrong:
            room.say(wrong)

    def _decided(self) -> None:
        self._room.refresh()
        self._go_on()

    def _plain_clip(self, why: str) -> None:
        self._room.editor.write("plain", why)

    def _plain_reel(self, why: str) -> None:
        self._room.editor.set_reel(lambda reel: replace(reel, plain=why.strip()))

    # What is shown

    def refresh(self) -> None:
        """The panel, as it stands."""
        if not self.deciding:
            return
        room, clip = self._room, self._room.chosen
        n = next((n for n, each in enumerate(room.clips, 1) if clip is not None and each.id == clip.id), 0)
        waits = next((each for each in room.waiting if clip is not None and each.clip == clip.id), None)
        title = words.clip_title(clip, n) if clip is not None else ""
        room.screen.faces.show_state(FacesShown(title, self._state(waits), self._where(), self._said))

    @staticmethod
    def _state(waits: Undecided | None) -> State:
        return _DECIDED if waits is None else words.undecided_state(waits)

    def _where(self) -> str:
        if self._shown is None:
            return ""
        mask, at = self._shown
        zone = self._room.desk.zone()
        when = zone.clock(self._room.stage.wall_time(mask.recording, at), 1)
        letter = self._room.letters.get(mask.recording, "")
        asks = "Is this a face?" if mask.proposed is Proposed.OPEN else "Does the mask hide the face here?"
        return f"{asks} {letter}, {when}. {len(self._open())} left."

    def over(self, veil: Veil | None) -> Veil | None:
        """The veil, with a line around what is to be decided on."""
        if not self.deciding or self._shown is None:
            return veil
        mask, _at = self._shown
        return partial(self._framed, veil, mask)

    def _framed(self, veil: Veil | None, mask: Mask, key: str, picture: TilePicture) -> TilePicture:
        shown = veil(key, picture) if veil is not None else picture
        region = mask.region(self._room.stage.stated(key, picture.at)) if key == mask.recording else None
        if region is None or shown.image is None:
            return shown
        return replace(shown, image=framed(shown.image, turned(region, picture.turn)))

    def close(self) -> None:
        self.stop()


def framed(image: Image, region: Region) -> Image:
    """A new picture (h×w×4 BGRA) with a line around a region's surrounding rectangle."""
    made = np.array(image)
    high, wide = made.shape[:2]
    across = [max(0, min(wide, spot.x * wide // ALL)) for spot in region.points]
    down = [max(0, min(high, spot.y * high // ALL)) for spot in region.points]
    left, right, top, bottom = min(across), max(across), min(down), max(down)
    color = DARK.color("warn")
    ink = np.array([color.blue(), color.green(), color.red(), 255], np.uint8)
    made[top : top + _LINE, left:right] = ink
    made[max(top, bottom - _LINE) : bottom, left:right] = ink
    made[top:bottom, left : left + _LINE] = ink
    made[top:bottom, max(left, right - _LINE) : right] = ink
    return made
