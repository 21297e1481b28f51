"""Clips, originals and stills for a prosecutor or a court, beside the picture of a request."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from reviewer.domain.errors import Cancelled, ReviewerError
from reviewer.domain.making_acts import CopyMade
from reviewer.domain.render import RenderPlan
from reviewer.domain.wording import Local, count
from reviewer.services.clips import Clips, MadeFile, Order, PlannedClip
from reviewer.services.disclosure import HIDES
from reviewer.services.footage import CaseCamera
from reviewer.services.rendering_job import plan_sha256
from reviewer.ui.disclosure_clips import ClipRow, ClipsForm

if TYPE_CHECKING:
    from reviewer.app.case_disclosure import DisclosureRoom

_HIDDEN = ReviewerError(
    "What answers this request hides others; its recordings are not given as they are.",
    "Register what a prosecutor or a court asks for as a request of its own.",
)
_BUSY = "Something is being made; stop it, or wait."
_READING = "Where the recordings can be cut is being read."
_RENDERED = "None of these can be cut between their frames: render them."
_Planned = Sequence[tuple[CaseCamera, tuple[PlannedClip, ...] | ReviewerError]]


class ClipsRoom(QObject):
    """Of the room of copies, on the GUI thread. `lies`: where the files of this session are, by their SHA-256."""

    def __init__(self, room: DisclosureRoom) -> None:
        super().__init__(room)
        self._room, desk = room, room.case.desk
        self.form = ClipsForm(desk.keys)
        self.destroyed.connect(self.form.deleteLater)  # it is nobody's child while it is not shown
        self.lies: dict[str, Path] = {}
        self._words: dict[str, str] = {}
        self._planned: _Planned = ()
        self._stop: threading.Event | None = None
        self.form.asked.connect(lambda command: self.commands()[command]())
        self.form.left.connect(self.hide)
        room.screen.page.bar.cancel_asked.connect(self.cancel)
        room.read.connect(self._say)

    def commands(self) -> dict[str, Callable[[], object]]:
        """What its keys do, by command."""
        return {
            "disclose.clips": self.toggle,
            "clips.make": self.make,
            "clips.original": self.originals,
            "clips.still": self.still,
            "clips.tags": self.form.tags.toggle,
        }

    def words(self, copy: CopyMade) -> str:
        """What a file is, for the index and the letter; "" for one that was rendered."""
        return "" if copy.encoded else self._words.get(copy.sha256, "; ".join((copy.name, *copy.checks)))

    # The form

    @property
    def _shown(self) -> bool:
        return self._room.screen.page.beside is self.form

    def toggle(self) -> None:
        """The form beside the picture, or the list again."""
        room = self._room
        if self._shown:
            self.hide()
        elif room.request is not None and room.request.kind in HIDES:
            room.say(_HIDDEN)
        elif room.request is not None:
            self.form.begin(room.request)
            room.screen.page.show_side(self.form)
            self._plan()

    def hide(self) -> None:
        self._room.screen.page.show_side(None)

    def _plan(self) -> None:
        """Read, on a worker, where the recordings can be cut."""
        room, maker = self._room, self._maker()
        wanted = [(camera, plan) for camera, plan in self._plans() if maker is not None]
        self._planned = ()
        self.form.allow("clips.make", _READING)
        if maker is None:
            return

        def read() -> _Planned:
            return [(camera, _planned(maker, camera, plan)) for camera, plan in wanted]

        room.case.desk.bridge.watch(room.case.desk.pool.submit(read), self._was_read, self.form.say, self)

    def _was_read(self, planned: _Planned) -> None:
        self._planned = planned
        self._say(read=True)

    def _say(self, *, read: bool = False) -> None:
        if not self._shown or not (read or self._planned):
            return
        room, form = self._room, self.form
        form.show_rows(row for camera, found in self._planned for row in self._rows(camera, found))
        why = room.read_only or (_BUSY if self._stop is not None else "")
        form.allow("clips.make", why or ("" if self._to_cut() else _RENDERED))
        form.allow("clips.original", why)
        form.allow("clips.still", why)

    def _rows(self, camera: CaseCamera, found: tuple[PlannedClip, ...] | ReviewerError) -> list[ClipRow]:
        officer = f"{camera.number}  {camera.manifest.officer}"
        if isinstance(found, ReviewerError):
            return [ClipRow(officer, str(found), as_is=False)]
        plan = self._room.making.plans.get(camera.key)
        made = plan is not None and self._room.making.made.copy_of(camera.key, plan_sha256(plan)) is not None
        return [ClipRow(f"{officer} {_times(each, self._zone)}", each.words, not each.cut.why, made) for each in found]

    @property
    def _zone(self) -> Local:
        return self._room.case.desk.zone()

    # What can be made

    def _maker(self) -> Clips | None:
        room = self._room
        desk, footage = room.case.desk, room.case.wall.footage
        if footage is None:
            return None
        session = desk.session
        who = f"{session.user.name} {session.user.badge} ({session.user.id})"
        return Clips(footage, session.trust, session.journal.record, who)

    def _plans(self) -> list[tuple[CaseCamera, RenderPlan]]:
        """The request's recordings that recorded something of it."""
        wall = self._room.case.wall
        found = ((wall.camera(key), plan) for key, plan in self._room.making.plans.items())
        return [(camera, plan) for camera, plan in found if camera is not None]

    def _to_cut(self) -> list[tuple[tuple[PlannedClip, ...], RenderPlan]]:
        plans = self._room.making.plans
        return [
            (found, plans[camera.key])
            for camera, found in self._planned
            if not isinstance(found, ReviewerError) and all(not each.cut.why for each in found) and camera.key in plans
        ]

    def make(self) -> None:
        """The clips of every recording whose own frames can be taken."""
        wanted = self._to_cut()

        def job(
            maker: Clips, order: Order, progress: Callable[[float], None], stop: Callable[[], bool]
        ) -> list[MadeFile]:
            made: list[MadeFile] = []
            for n, (planned, plan) in enumerate(wanted):
                share = partial(_share, progress, n, len(wanted))
                made += maker.clips(order, planned, plan, share, stop)
            return made

        self._run("Making clips", job, "" if wanted else _RENDERED)

    def originals(self) -> None:
        """Every file of the request's recordings, whole."""
        cameras = [camera for camera, _ in self._plans()]

        def job(
            maker: Clips, order: Order, progress: Callable[[float], None], stop: Callable[[], bool]
        ) -> list[MadeFile]:
            made: list[MadeFile] = []
            for n, camera in enumerate(cameras):
                made += maker.originals(order, camera, partial(_share, progress, n, len(cameras)), stop)
            return made

        self._run("Copying originals", job, "" if cameras else "The request names no recording that is here.")

    def still(self) -> None:
        """The frame that stands on the stage."""
        room = self._room
        camera, now = room.case.wall.camera(room.recording), room.stage.now()
        at = room.stage.stated(room.recording, now) if now is not None and camera is not None else None

        def job(
            maker: Clips, order: Order, progress: Callable[[float], None], stop: Callable[[], bool]
        ) -> list[MadeFile]:
            return [maker.still(order, camera, at)] if camera is not None and at is not None else []

        self._run("Saving a still", job, "" if at is not None else "No picture is on the stage.")

    def _run(self, words: str, job: Callable[..., list[MadeFile]], why_not: str) -> None:
        """Make something on a worker. The log comes first; what is being made can be stopped."""
        room, maker, request = self._room, self._maker(), self._room.request
        desk, bar = room.case.desk, room.screen.page.bar
        why_not = room.read_only or (_BUSY if self._stop is not None else "") or why_not
        if request is None or maker is None:
            return
        if request.kind in HIDES:
            room.say(_HIDDEN)
            return
        if why_not:
            self._tell(why_not)
            return
        folder = room.making.where()
        if folder is None:
            return
        stop = self._stop = threading.Event()
        bar.work(words)

        def passing(share: float) -> None:
            bar.work(words, share)

        show = desk.bridge.progress(passing, self)
        order = Order(request.id, folder, request.number, self.form.tags.isChecked())
        future = desk.pool.submit(job, maker, order, show, stop.is_set)
        desk.bridge.watch(future, self._made, self._not_made, self)
        self._say()

    def _made(self, files: list[MadeFile]) -> None:
        self.lies |= {made.copy.sha256: made.path for made in files}
        self._words |= {made.copy.sha256: made.words for made in files}
        self._ended()
        where = f" in {files[0].path.parent}" if files else ""
        self._tell("", f"{count(len(files), 'file')} made{where}. Release them, then make the package.")
        self._room.refresh()

    def _not_made(self, wrong: ReviewerError) -> None:
        self._ended()
        self._tell("" if isinstance(wrong, Cancelled) else wrong)

    def _ended(self) -> None:
        self._stop = None
        self._room.screen.page.bar.work("")
        self._say()

    def _tell(self, wrong: ReviewerError | str, done: str = "") -> None:
        if self._shown:
            self.form.say(wrong, done)
        else:
            self._room.say(wrong or done)

    def cancel(self) -> None:
        if self._stop is not None:
            self._stop.set()

    def close(self) -> None:
        """The case ends: what is being made is stopped, and leaves nothing."""
        self.cancel()


def _planned(maker: Clips, camera: CaseCamera, plan: RenderPlan) -> tuple[PlannedClip, ...] | ReviewerError:
    try:
        return maker.plan(camera, plan.stretches)
    except ReviewerError as wrong:
        return wrong


def _times(planned: PlannedClip, zone: Local) -> str:
    return f"{zone.clock(planned.wanted.start)}–{zone.clock(planned.wanted.end)}"


def _share(progress: Callable[[float], None], n: int, of: int, share: float) -> None:
    progress((n + share) / of)
