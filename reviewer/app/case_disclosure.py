"""Copies of an open case's footage for others: requests, what is hidden and why, the review pass, the release."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject, Signal

from reviewer.app.case_clips import ClipsRoom
from reviewer.app.case_disclosure_answer import AnswerRoom
from reviewer.app.case_disclosure_copying import CopyingRoom
from reviewer.app.case_disclosure_finding import FindingRoom
from reviewer.app.case_disclosure_hiding import HidingRoom
from reviewer.app.case_disclosure_making import MakingRoom
from reviewer.app.case_disclosure_playing import PlayingRoom
from reviewer.app.case_disclosure_register import RegisterRoom
from reviewer.app.case_stage import Stage
from reviewer.app.later import Later
from reviewer.app.renders import RenderRoom
from reviewer.domain.case_acts import MaskPathSet, MaskSet, RequestSet, SoundEditSet, WithheldSet
from reviewer.domain.errors import ReviewerError
from reviewer.domain.making_acts import MAKING_ACTS
from reviewer.domain.redaction import Redaction
from reviewer.domain.request import Request
from reviewer.domain.roles import DISCLOSERS
from reviewer.domain.timebase import TimeRange, Utc
from reviewer.services.case import CaseFile
from reviewer.services.clock import utc_now
from reviewer.services.disclosure import Requests, stretches_of
from reviewer.services.redaction import Redactions
from reviewer.ui.chrome import StatusItem
from reviewer.ui.disclosure import DisclosureScreen
from reviewer.ui.disclosure_model import HiddenRow, rows_of
from reviewer.ui.disclosure_words import asked_for, clock_of
from reviewer.ui.review.cameras import ReviewCamera
from reviewer.ui.theme import ThemeName
from reviewer.ui.times import count

if TYPE_CHECKING:
    from reviewer.app.case_file import CaseFileRoom

_SHUT = "Open a case from the queue first."
_KINDS = frozenset({RequestSet, MaskSet, MaskPathSet, SoundEditSet, WithheldSet})
_NONE = "The request names no recording of this case that is assigned to you. Choose them in its details."
_T = TypeVar("_T")


class DisclosureRoom(QObject):
    """Of one open case, on the GUI thread. `request` is in view, `recording` on the stage, `chosen` the picked one of
    `rows`; `redaction` has proposals too. `read`: all of these were read anew."""

    read = Signal()

    def __init__(self, room: CaseFileRoom, purpose: str) -> None:
        super().__init__(room)
        self.case, desk = room, room.desk
        self.me, record = desk.session.user.id, desk.session.journal.record
        self.file = CaseFile(record, room.queries, room.case, self._refusal)
        self.requests, self.redactions = Requests(self.file), Redactions(self.file)
        self.stage = Stage(room, purpose)
        self.renders = RenderRoom(room, "disclose")
        self.screen = DisclosureScreen(desk.keys, self.stage.view, desk.zone(), self.renders.panel, room.tables)
        self.request: Request | None = None
        self.recording, self.chosen = "", ""
        self.redaction = Redaction()
        self.rows: tuple[HiddenRow, ...] = ()
        self._soon = Later(self, self.refresh)
        self.register = RegisterRoom(self)
        self.playing = PlayingRoom(self)
        self.hiding = HidingRoom(self)
        self.finding = FindingRoom(self)
        self.making = MakingRoom(self)
        self.answering = AnswerRoom(self)
        self.clips = ClipsRoom(self)
        self.copying = CopyingRoom(self)
        self._connect()
        self.refresh()

    def _connect(self) -> None:
        desk, page = self.case.desk, self.screen.page
        desk.window.add_screen(
            "disclose", self.screen, words="Disclose", icon="eraser", theme=ThemeName.DARK, picture=True, of_case=True
        )
        desk.window.set_door("disclose", True)
        self._go = desk.keys.bind(desk.window.shell, "go.copies", lambda: desk.window.show_screen("disclose"))
        self.case.changed.connect(self._changed)
        self.case.wall.retimed.connect(self._soon.ask)
        for kind in MAKING_ACTS:
            desk.bridge.on(kind, lambda _recorded: self._soon.ask(), self)
        page.recording_chosen.connect(self.show_recording)
        self._commands: dict[str, Callable[[], object]] = {
            **self.register.commands(),
            **self.playing.commands(),
            **self.hiding.commands(),
            **self.finding.commands(),
            **self.making.commands(),
            **self.answering.commands(),
            **self.clips.commands(),
            **self.copying.commands(),
            "disclose.recording": self.next_recording,
        }
        for command, act in self._commands.items():
            desk.keys.bind(self.screen, command, act)
        page.command.connect(lambda command: self._commands[command]())

    def _refusal(self) -> ReviewerError | None:
        return self.case.complaint.rights.refusal(self.me, DISCLOSERS)

    @property
    def read_only(self) -> str:
        """Why nothing can be changed here; "" for whoever may."""
        return str(self.file.refusal or "")

    @property
    def cameras(self) -> tuple[ReviewCamera, ...]:
        """Those of the case that this person may see and that roll."""
        stills = {c.key for c in self.case.wall.cameras if c.is_still}
        return tuple(c for c in self.case.review.wall.every if c.assigned and c.key not in stills)

    # Reading anew

    def _changed(self, kinds: frozenset[type]) -> None:
        if not kinds or kinds & _KINDS:
            self._soon.ask()

    def refresh(self) -> None:
        """Everything that is shown, as the logs have it now."""
        self.register.refresh()
        if self.request is not None:
            self.request = self.requests.one(self.request.id)
            if self.request is None:  # taken off the register meanwhile
                self.leave()
        self._read_hidden()
        self._say()
        self.read.emit()

    def _read_hidden(self) -> None:
        request, of = self.request, self.request.id if self.request is not None else ""
        every = self.redactions
        self.redaction = Redaction(every.masks(of), every.sounds(of), every.withheld(of)) if request else Redaction()
        wanted = [c.key for c in self.recordings]
        if self.recording not in wanted:
            self.recording = wanted[0] if wanted else ""
            self.playing.stand()
        to_wall = self.stage.wall_time
        self.rows = rows_of(self.redaction, self.recording, self.case.tables, to_wall) if self.recording else ()
        if self.chosen not in {row.id for row in self.rows}:
            self.chosen = self.rows[0].id if self.rows else ""

    def _say(self) -> None:
        request, page, desk = self.request, self.screen.page, self.case.desk
        if request is None:
            desk.window.set_status("disclose", (), self.case.times)
            return
        zone = desk.zone()
        clock = clock_of(request, self.case.tables, utc_now())
        page.show_request(request.number, clock, asked_for(request, self.cameras, zone))
        page.show_recordings(self.recordings, self.recording, _NONE)
        page.side.show_rows(self.rows, self.chosen, self.read_only)
        page.lanes.show_stretches(self.stretches())
        page.lanes.show_rows(self.rows, self.chosen)
        masks = count(sum(not row.is_open for row in self.rows), "mask")
        reasons = count(len({row.reason for row in self.rows if row.reason}), "reason")
        desk.window.set_status("disclose", (StatusItem("eraser", f"{masks}, {reasons}"),), self.case.times)

    # What stands there

    @property
    def recordings(self) -> tuple[ReviewCamera, ...]:
        """The request's recordings that this person may see, in the order of their numbers."""
        wanted = self.request.recordings if self.request is not None else ()
        return tuple(camera for camera in self.cameras if camera.key in wanted)

    def stretches(self) -> tuple[TimeRange, ...]:
        """What was asked for of the recording on the stage, in wall time."""
        found, clocks = self.case.wall.camera(self.recording), self.stage.clocks
        if found is None or self.request is None:
            return ()
        stated = stretches_of(self.request, found.manifest, clocks)
        return tuple(clocks.range_to_wall(self.recording, each) for each in stated)

    def stated_stretches(self) -> tuple[TimeRange, ...]:
        """The same in stated time."""
        return tuple(self.stage.clocks.range_to_stated(self.recording, each) for each in self.stretches())

    def clock(self, stated: Utc) -> str:
        """A stated time of the recording on the stage, as the screen says it."""
        return self.case.desk.zone().clock(self.stage.wall_time(self.recording, stated), 2)

    def open(self, request: str) -> None:
        """Show one request with its picture. Does nothing for one that is not on the register."""
        found = self.requests.one(request)
        if found is None:
            return
        self.request, self.recording, self.chosen = found, "", ""
        self.screen.show_request()
        self.renders.show_of(request)
        self.refresh()
        self.stage.view.setFocus()

    def leave(self) -> None:
        """Back to all requests; nothing is on the stage any more."""
        self.finding.cancel()
        self.request, self.recording = None, ""
        self.playing.stand()
        self.screen.show_register(form=False)
        self.register.refresh()
        self.screen.register.table.setFocus()

    def show_recording(self, key: str) -> None:
        """Another recording of the request."""
        if key != self.recording and key in {c.key for c in self.recordings}:
            self.hiding.editor.leave()
            self.recording, self.chosen = key, ""
            self.playing.stand()
            self.refresh()

    def next_recording(self) -> None:
        keys = [camera.key for camera in self.recordings]
        if len(keys) > 1:
            self.show_recording(keys[(keys.index(self.recording) + 1) % len(keys)])

    def pick(self, id_: str) -> None:
        """Another one of the list."""
        self.chosen = id_
        self._say()
        self.read.emit()

    # Doing

    def watch(
        self,
        ask: Callable[[], Future[_T]],
        done: Callable[[_T], object] = lambda _done: None,
        failed: Callable[[ReviewerError], object] | None = None,
    ) -> None:
        """Ask for a change; what cannot be is said beside the picture, or to `failed`."""
        refused = failed if failed is not None else self.say
        try:
            future = ask()
        except ReviewerError as wrong:
            refused(wrong)
            return
        self.screen.page.side.say("")

        def ended(result: _T) -> None:
            done(result)

        def not_done(wrong: ReviewerError) -> None:
            refused(wrong)

        self.case.desk.bridge.watch(future, ended, not_done, self)

    def say(self, error: ReviewerError | str) -> None:
        """What went wrong, or what a person should know; "" for nothing."""
        self.screen.page.side.say(error)

    # Its end

    def lock(self) -> None:
        self.stage.lock()

    def unlock(self) -> None:
        self.stage.unlock()

    def close(self) -> None:
        """The case ends; what was shown is in the log when this returns."""
        self._soon.end()
        self.finding.close()
        self.making.close()
        self.clips.close()
        self.case.desk.bridge.forget(self)
        self._go.setParent(None)  # at once
        self._go.deleteLater()
        self.renders.close()
        self.stage.close()
        self.case.desk.window.set_door("disclose", False, _SHUT)
