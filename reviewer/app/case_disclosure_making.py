"""From what is planned to what is given: the list before release, rendering, the release, the package."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QStandardPaths
from PySide6.QtWidgets import QFileDialog

from reviewer.domain.errors import ReviewerError
from reviewer.domain.redaction import Redaction
from reviewer.domain.render import RenderPlan
from reviewer.domain.wording import count
from reviewer.services.disclosure import BURNED_IN, HIDES, LOOKED, mark, plan_of, planned
from reviewer.services.disclosure_package import (
    Enclosed,
    PackageAsked,
    PackageCancelled,
    PackageDone,
    Seal,
    Step,
    make_package,
)
from reviewer.services.release import (
    Making,
    Point,
    PointId,
    Releaser,
    confirmed,
    making,
    open_points,
    points,
    release,
)
from reviewer.services.rendering_job import RenderState
from reviewer.ui.disclosure_pack import PackageForm

if TYPE_CHECKING:
    from reviewer.app.case_disclosure import DisclosureRoom

_BUSY = (RenderState.WAITING, RenderState.WORKING, RenderState.CHECKING)
_NOT_YOU = "Only the second person of the request can say this; you are not."
_UNJUDGED = "What is planned is being worked out."
_YOU_ARE = "You look as the second person; somebody else releases."


class MakingRoom(QObject):
    """Of the room of copies, on the GUI thread. `folder` is where copies are made, None until somebody chose it."""

    def __init__(self, room: DisclosureRoom) -> None:
        super().__init__(room)
        self._room = room
        self.folder: Path | None = None
        self.plans: dict[str, RenderPlan] = {}
        self.made, self.points = Making(), tuple[Point, ...]()
        self.judged = True
        self._wish: Callable[[], None] | None = None
        self.package = PackageForm(room.case.desk.keys)
        self.destroyed.connect(self.package.deleteLater)  # it is nobody's child while it is not shown
        self._stop: threading.Event | None = None
        self.package.asked.connect(self.pack)
        self.package.left.connect(self.hide_form)
        room.screen.page.side.release.asked.connect(self.step)
        room.screen.page.bar.cancel_asked.connect(self.cancel)
        room.renders.changed.connect(lambda _status: self._say())
        room.read.connect(self.refresh)

    def commands(self) -> dict[str, Callable[[], object]]:
        """What its keys do, by command."""
        return {
            "disclose.second": self.looked,
            "disclose.burned_in": self.burned_in,
            "disclose.render": self.render,
            "disclose.release": self.release,
            "disclose.package": self.show_package,
        }

    # The list

    def refresh(self) -> None:
        """What is planned, what was made of it, what is left. Naming a plan takes as long as it has keyframes, so that
        is done on a worker; nothing is released meanwhile."""
        room, plans = self._room, self._plan()
        if room.request is None:
            self.plans, self.made, self.points = {}, Making(), ()
        elif plans == self.plans:
            self._judge()
        else:
            self.plans, self.judged, self._wish = plans, False, None
            self._say()
            named = room.case.desk.pool.submit(lambda: [planned(plan) for plan in plans.values()])
            room.case.desk.bridge.watch(named, lambda _names: self._named(plans), room.say, self)

    def _named(self, plans: dict[str, RenderPlan]) -> None:
        if plans is self.plans:
            self.judged = True
            self._judge()
            wish, self._wish = self._wish, None
            if wish is not None:  # a key that was pressed meanwhile is not lost
                wish()

    def _judge(self) -> None:
        """The list, by plans that are named."""
        room, request = self._room, self._room.request
        if request is None or not self.judged:
            return
        self.made = making(room.case.queries, room.case.case, request.id)
        said = confirmed(room.requests, request.id)
        names = {user: room.case.desk.user_name(user) for user in {request.second} - {""}}
        self.points = points(request, room.redaction, self.plans, self.made, said, names)
        self._say()

    def _plan(self) -> dict[str, RenderPlan]:
        """By recording, for those of the request that recorded something of it."""
        room, found = self._room, dict[str, RenderPlan]()
        counts = Redaction(
            tuple(m for m in room.redaction.masks if m.counts), room.redaction.sounds, room.redaction.withheld
        )
        zone = room.case.tables.time_zone
        for camera in room.recordings:
            known = room.case.wall.camera(camera.key)
            if room.request is None or known is None:
                continue
            try:
                found[camera.key] = plan_of(room.request, known.manifest, counts, room.stage.clocks, zone)
            except ReviewerError:
                continue  # it recorded nothing of what was asked for: the page says so where it would stand
        return found

    @property
    def released(self) -> bool:
        """Whether every copy, as it is planned now, was released."""
        if not self.judged:
            return False
        made = all(self.made.is_made(key, planned(plan)) for key, plan in self.plans.items())
        return bool(self.plans) and made and all(each.released is not None for each in self.made.given(self.plans))

    def _say(self) -> None:
        room, request = self._room, self._room.request
        if request is None:
            return
        blocked: dict[PointId, str] = {}
        if room.read_only:
            blocked = dict.fromkeys(PointId, room.read_only)
        elif request.second and request.second != room.me:
            blocked[PointId.SECOND] = _NOT_YOU
        if any(status.state in _BUSY for status in room.renders.jobs(request.id)):
            blocked[PointId.MADE] = "It is being made; see the list of files."
        page, left = room.screen.page, open_points(self.points)
        page.side.release.show_points(self.points, blocked)
        words = f"Release: {count(left, 'check')} left" if left else "Release"
        first = next((point.words for point in self.points if not point.done), "" if self.judged else _UNJUDGED)
        mine = _YOU_ARE if request.second == room.me and request.kind in HIDES else ""
        page.show_release(words, room.read_only or first or mine, packed=self.released)

    def step(self, point: PointId) -> None:
        """The button of a point."""
        room = self._room
        match point:
            case PointId.PROPOSALS:
                opened = next((row for row in room.rows if row.is_open), None)
                if opened is not None:
                    room.pick(opened.id)
                    room.hiding.go_to(opened.id)
            case PointId.UNSURE:
                room.finding.look()
            case PointId.SECOND:
                self.looked()
            case PointId.BURNED_IN:
                self.burned_in()
            case PointId.MADE:
                self.render()
            case _:
                pass

    def looked(self) -> None:
        """The second person says that they looked at everything as it is planned now; or names one."""
        room, request = self._room, self._room.request
        if request is None:
            return
        if not request.second:
            room.register.name_second()
        elif request.second != room.me:
            room.say(ReviewerError(_NOT_YOU, f"Ask {room.case.desk.user_name(request.second)} to look."))
        elif not self.judged:
            self._wish = self.looked
        else:
            room.watch(lambda: room.requests.say(request.id, LOOKED, mark(self.plans)))

    def burned_in(self) -> None:
        """A person says that names and numbers in the picture are covered; again takes it back."""
        room, request = self._room, self._room.request
        if request is not None:
            said = room.requests.said(request.id, BURNED_IN)
            room.watch(lambda: room.requests.say(request.id, BURNED_IN, "" if said is not None else "yes"))

    # Rendering and release

    def render(self) -> None:
        """Every copy that is not made yet as it is planned now."""
        room, request = self._room, self._room.request
        if request is None or room.read_only:
            room.say(room.read_only)
            return
        if not self.judged:
            self._wish = self.render
            return
        asked = {planned(s.job.plan) for s in room.renders.jobs(request.id) if s.state in _BUSY}
        left = {
            key: plan
            for key, plan in self.plans.items()
            if self.made.copy_of(key, planned(plan)) is None and planned(plan) not in asked
        }
        folder = self.where() if left else None
        if folder is None:
            return
        reasons = {each.id: each.words for each in room.case.tables.hiding}
        numbers = {camera.key: camera.number for camera in room.recordings}
        try:
            for key, plan in left.items():
                name = f"{safe(request.number)}-camera-{numbers[key]}.mp4"
                title = f"{request.number}, camera {numbers[key]}"
                room.renders.add(request.id, title, folder / name, plan, reasons)
        except ReviewerError as wrong:
            room.say(wrong)
            return
        room.say("")
        self._say()

    def where(self) -> Path | None:
        """The folder that files of this case are made in, asked for once; None while nobody chooses one."""
        self.folder = self.folder or self._choose()
        return self.folder

    def _choose(self) -> Path | None:
        start = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        found = QFileDialog.getExistingDirectory(self._room.screen, "Where the copies are made", start)
        return Path(found) if found else None

    def release(self) -> None:
        """Say that the copies may be given, once the list is done."""
        room, request = self._room, self._room.request
        if request is None or self.released:
            return
        if room.read_only:
            room.say(room.read_only)
            return
        if not self.judged:  # what is left is asked once it is known
            self._wish = self.release
            return
        who = Releaser(room.me, room.case.case, room.case.desk.session.journal.record)
        room.watch(
            lambda: release(who, request, self.points, self.plans, self.made),
            lambda copies: room.say(f"{count(len(copies), 'copy', 'copies')} released. Make the package next."),
        )

    # The package

    def show_package(self) -> None:
        """The form beside the picture; shown already, it is written."""
        room, page = self._room, self._room.screen.page
        if room.request is None:
            return
        if page.beside is self.package:
            self.package.submit()
        elif not self.released:
            room.say(ReviewerError("Nothing was released yet.", "Release the copies first."))
        else:
            home = self.folder or Path(
                QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
            )
            self.package.begin(room.request, home / safe(room.request.number))
            page.show_side(self.package)
            self.package.target.setFocus()

    def hide_form(self) -> None:
        self.package.forget()
        self._room.screen.page.show_side(None)

    def _copies(self) -> tuple[Enclosed, ...]:
        """The released copies where they lie. Raises ReviewerError for one that is not where it was made."""
        room, found = self._room, []
        request = room.request
        lies = {s.job.sha256: s.path for s in room.renders.jobs(request.id if request is not None else "")}
        plans = {planned(plan): plan for plan in self.plans.values()}
        for copy in self.made.given(self.plans):
            own = room.clips.lies.get(copy.copy.sha256) or lies.get(copy.copy.sha256)
            path = own or (self.folder / copy.copy.name if self.folder is not None else None)
            if path is None or not path.is_file():
                raise ReviewerError(f"{copy.copy.name} is not where it was made.", "Put it back, or render it again.")
            plan = plans.get(copy.copy.plan) if copy.copy.encoded else None
            found.append(Enclosed(path, plan, room.clips.words(copy.copy)))
        return tuple(found)

    def pack(self, target: Path, seal: Seal, certified: bool) -> None:
        """Make it on a worker: every copy is checked again, which takes as long as checking did."""
        room, request, desk = self._room, self._room.request, self._room.case.desk
        footage = room.case.wall.footage
        if request is None or footage is None or self._stop is not None:
            return
        try:
            copies = self._copies()
        except ReviewerError as wrong:
            self.package.say(wrong)
            return
        counts = room.redactions.redaction(request.id)
        asked = PackageAsked(room.case.case, request, copies, target, seal, certified, counts)
        cameras = {c.key: footage.deck_camera(c, signed=True) for c in room.case.wall.cameras if c.key in self.plans}
        stop = self._stop = threading.Event()
        bar = room.screen.page.bar
        bar.work("Making the package")

        def passing(step: Step) -> None:
            bar.work(f"Making the package: {step.words}", step.done / max(1, step.total))

        show = desk.bridge.progress(passing, self)
        job = partial(make_package, desk.session, asked, cameras, zone=desk.zone())
        future = desk.pool.submit(job, progress=show, cancelled=stop.is_set)
        desk.bridge.watch(future, self._packed, self._not_packed, self)

    def _packed(self, done: PackageDone) -> None:
        room, self._stop = self._room, None
        room.screen.page.bar.work("")
        self.hide_form()
        room.refresh()
        room.say(" ".join((f"The package is made: {done.path}.", *done.said)))

    def _not_packed(self, wrong: ReviewerError) -> None:
        self._stop = None
        self._room.screen.page.bar.work("")
        if not isinstance(wrong, PackageCancelled):
            self.package.say(wrong)

    def cancel(self) -> None:
        if self._stop is not None:
            self._stop.set()

    def close(self) -> None:
        self.cancel()
        self.package.forget()


def safe(number: str) -> str:
    """A request's number as part of a file's name."""
    return "".join(c if c.isalnum() or c in "-_" else "-" for c in number).strip("-") or "copy"
