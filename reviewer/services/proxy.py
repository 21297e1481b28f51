"""Proxies in the background: small copies of the footage on this machine, so that scrubbing is exact and at once.

One thread has the queue: parts of the cases that this person may open and that are here, the open case's first, nearest
to where the person is. One process at a time decodes (`media/proxy_process`), the vault seals what it gives. It stops
on battery, while others keep the machine busy, while playing comes late, when the disk gets full or a person says so,
and goes on by itself at the next chunk that is missing, also after a restart.

Nobody sees anything of it, yet footage is decrypted: before the first byte `ProxiesBegun` is durable in the access log,
once a session and part. The signed assignment is what allows it; no reason is asked for, so the entry has none unless
the person stated one for that case (ARCHITECTURE.md, Decisions).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, replace
from enum import StrEnum

from reviewer.domain.errors import AccessRefused, IntegrityError, LogUnwritable, ReviewerError, UnreadableMedia
from reviewer.domain.events import ProxiesBegun, ProxiesMade
from reviewer.domain.timebase import SECOND, Micros, Utc
from reviewer.media.camera import ProxyChunk
from reviewer.media.proxy import ENCODER, Run
from reviewer.media.proxy_process import At, Done, Message, ProxyProcess, Ready
from reviewer.services.custody import Grants
from reviewer.services.disk import NoRoom
from reviewer.services.machine import Machine, little_room
from reviewer.services.proxy_files import Cover
from reviewer.services.proxy_queue import Progress, Span, Work, find_work, lengths, next_work
from reviewer.services.quarantine import Record
from reviewer.services.trust import Problem, Trust
from reviewer.services.vault import NotFetched, Vault
from reviewer.services.workspace import Workspace

KEEP_FREE = 5_000_000_000
"""Bytes that stay free on the disk: footage that is still to come goes first."""
_TELL_EVERY = 0.1  # seconds: progress at most ten a second
_LOOK_EVERY = 1.0  # seconds between two looks at what hinders
_TRY_AGAIN = 60.0
_LOOK_WHEN_DONE = 600.0
_LONGEST_HOLD = 60.0  # seconds that a process is kept waiting, with what it has begun, before it is ended
_MOST_FRAMES = 20_000_000  # of one part: two days at 120 a second
_ELSEWHERE = 60 * SECOND
_OFF = "off"
_NONE = Micros(0)


class ProxyState(StrEnum):
    OFF = "off"
    WORKING = "working"
    PAUSED = "paused"  # goes on by itself, or when the person says so
    STOPPED = "stopped"  # something is in the way that a person has to mend
    DONE = "done"


@dataclass(frozen=True, slots=True)
class ProxyStatus:
    """How far the proxies of everything on this machine are, in footage. `camera` is whose are being made ("Ofc. A.
    Niemi 2214, part 2"), `why` what keeps it from going on, `left_out` the parts of which none can be made."""

    state: ProxyState
    done: Micros = _NONE
    total: Micros = _NONE
    camera: str = ""
    why: str = ""
    left_out: tuple[Problem, ...] = ()

    @property
    def fraction(self) -> float:
        """0 to 1."""
        return self.done / self.total if self.total else 1.0


StatusListener = Callable[[ProxyStatus], None]
ChunkListener = Callable[[str, int, tuple[ProxyChunk, ...]], None]


class _Leave(Exception):
    """Something else is to be done first."""


class Proxies:
    """Listeners are called on its own thread and must not wait: `told(status)` at most ten times a second, `made(
    recording id, part, all chunks of that part)` after each chunk. `busy()` says that playing needs the machine."""

    def __init__(
        self,
        vault: Vault,
        trust: Trust,
        grants: Grants,
        workspace: Workspace,
        record: Record,
        user_id: str,
        *,
        told: StatusListener = lambda _status: None,
        made: ChunkListener = lambda _recording, _part, _chunks: None,
        busy: Callable[[], bool] = lambda: False,
        machine: Machine | None = None,
        keep_free: int = KEEP_FREE,
    ) -> None:
        self._vault, self._trust, self._grants, self._workspace = vault, trust, grants, workspace
        self._record, self._user = record, user_id
        self._told, self._made, self._busy = told, made, busy
        self._machine = machine or Machine()
        self._keep_free = keep_free
        self._wake, self._closing = threading.Event(), threading.Event()
        self._on, self._paused, self._stale = True, False, True
        self._place: tuple[str | None, Utc | None] = (None, None)
        self._works: list[Work] = []
        self._progress: dict[str, Progress] = {}
        self._left_out: dict[str, Problem] = {}
        self._begun: set[str] = set()
        self._ahead = _NONE  # of the chunk that is being made
        self._status = ProxyStatus(ProxyState.PAUSED)
        self._told_at = 0.0
        self._looked = (0.0, "")
        self._thread = threading.Thread(target=self._run, name="proxies", daemon=True)
        self._after = 0.0

    # -- what a person and the program say; from any thread ----------------------------------------------------------

    def start(self, after: float = 0.0) -> None:
        """Begin, so many seconds from now."""
        self._after = after
        self._thread.start()

    def stop(self) -> None:
        """Ask it to end. What is begun of a chunk is lost, everything else stays."""
        self._closing.set()
        self._wake.set()

    def close(self) -> None:
        """Stop, and wait for it. Calling it twice is no error."""
        self.stop()
        if self._thread.is_alive():
            self._thread.join()

    def look_again(self) -> None:
        """Footage has come, or gone, or other cases were assigned."""
        self._stale = True
        self._wake.set()

    def attend(self, case: str | None, at: Utc | None = None) -> None:
        """The case that is open now, and where the person is in it."""
        before, self._place = self._place, (case, at)
        if case != before[0] or (at is not None and before[1] is not None and abs(at - before[1]) > _ELSEWHERE):
            self._wake.set()

    def set_on(self, on: bool) -> None:
        """Whether proxies are made at all. Those that are there are used anyway."""
        self._on = on
        self._look_at_once()

    def set_paused(self, paused: bool) -> None:
        """A person's own pause, until they say otherwise."""
        self._paused = paused
        self._look_at_once()

    @property
    def paused(self) -> bool:
        return self._paused

    @property
    def status(self) -> ProxyStatus:
        return self._status

    def _look_at_once(self) -> None:
        self._looked = (0.0, "")
        self._wake.set()

    # -- the thread --------------------------------------------------------------------------------------------------

    def _run(self) -> None:
        self._closing.wait(self._after)
        if not self._closing.is_set():
            self._vault.sweep_proxies()
        while not self._closing.is_set():
            try:
                self._turn()
            except _Leave:
                continue
            except ReviewerError as wrong:  # of the store, the log or the disk: later it may be well again
                self._tell(ProxyState.STOPPED, why=wrong.message)
                self._rest(_TRY_AGAIN)

    def _turn(self) -> None:
        """One part, or a rest."""
        if self._stale:
            self._stale = False
            self._plan()
        work = next_work(self._open_works(), self._progress, *self._place)
        if work is None:
            self._tell(ProxyState.DONE if self._on else ProxyState.OFF)
            if not self._rest(_LOOK_WHEN_DONE):
                self._stale = True
        elif self._hindered():
            self._rest(_LOOK_EVERY)
        else:
            self._make(work)

    def _plan(self) -> None:
        self._works = find_work(self._trust, self._grants, self._workspace, self._user)
        here = {w.object for w in self._works}
        self._left_out = {o: p for o, p in self._left_out.items() if o in here}
        for work in self._works:
            known = self._progress.get(work.object, Progress())
            cover = self._vault.proxy_cover(work.manifest, work.part, work.case)
            self._progress[work.object] = replace(known, cover=cover)

    def _open_works(self) -> Iterator[Work]:
        return (w for w in self._works if w.object not in self._left_out)

    def _rest(self, seconds: float) -> bool:
        """False if nothing has happened in so many seconds."""
        woken = self._wake.wait(seconds)
        self._wake.clear()
        return woken

    # -- what is in the way ------------------------------------------------------------------------------------------

    def _hindered(self) -> bool:
        """Whether something is in the way; looked at once a second, and told."""
        now = time.monotonic()
        if now - self._looked[0] >= _LOOK_EVERY:
            self._looked = (now, self._why())
            if self._looked[1]:
                off = self._looked[1] is _OFF
                self._tell(ProxyState.OFF if off else ProxyState.PAUSED, why="" if off else self._looked[1])
        return bool(self._looked[1])

    def _why(self) -> str:
        if not self._on:
            return _OFF
        if self._paused:
            return "until you go on"
        if self._machine.on_battery():
            return "on battery"
        if self._machine.is_busy():
            return "other programs need the machine"
        if self._busy():
            return "playing comes first"
        return ""

    def _check_room(self) -> None:
        if self._machine.free(self._workspace.home) < self._keep_free:
            raise little_room(self._workspace.home, self._keep_free)

    # -- one part ----------------------------------------------------------------------------------------------------

    def _make(self, work: Work) -> None:
        """The part, as far as it is the next thing to do. What is wrong with its file costs its own proxies."""
        self._check_room()
        try:
            self._begin(work)
            self._make_part(work)
        except (_Leave, LogUnwritable, NoRoom):
            raise
        except NotFetched:  # it has gone meanwhile
            self._stale = True
        except (AccessRefused, IntegrityError, UnreadableMedia) as wrong:
            if isinstance(wrong, IntegrityError):
                self._vault.doubt(work.object)
            self._stale = True
            self._left_out[work.object] = Problem(work.label, wrong.message, wrong.next_step)

    def _begin(self, work: Work) -> None:
        """No entry, no effect: durable before anything is decrypted."""
        if work.object in self._begun:
            return
        part = (work.case, work.manifest.recording_id, work.number, work.object, ENCODER)
        self._write(ProxiesBegun(*part))
        self._begun.add(work.object)

    def _write(self, event: ProxiesBegun | ProxiesMade) -> None:
        entry = self._record(event)
        if isinstance(entry, Future):
            entry.result()

    def _make_part(self, work: Work) -> None:
        self._tell(ProxyState.WORKING, camera=work.label)
        source = self._vault.open(work.manifest, work.part, work.case).source
        process = ProxyProcess(source, work.label)
        try:
            frames = self._frames(process)
            self._progress[work.object] = replace(self._progress[work.object], frames=frames)
            while span := self._span(work):
                self._check_room()
                process.make(*span)
                self._keep(work, process, span)
        finally:
            self._ahead = _NONE
            process.close()
        self._finish(work, frames)

    def _span(self, work: Work) -> Span | None:
        """What of this part is next. Raises _Leave if another part comes first."""
        case, at = self._place
        best = next_work(self._open_works(), self._progress, case, at)
        nearest = self._progress[work.object].nearest(work.part, at if work.case == case else None)
        if nearest is not None and (self._stale or best is None or best.object != work.object):
            raise _Leave
        return None if nearest is None else nearest[1]

    def _frames(self, process: ProxyProcess) -> int:
        ready = next(m for m in self._messages(process) if isinstance(m, Ready))
        if not 0 < ready.frames <= _MOST_FRAMES:
            raise UnreadableMedia("This part has no frames to make proxies of.", "Its original is played.")
        return ready.frames

    def _keep(self, work: Work, process: ProxyProcess, span: Span) -> None:
        """Seal and keep each run of a span as it comes. They follow each other without a hole, or the process lies."""
        following, end = span[0], sum(span)
        for message in self._messages(process):
            if isinstance(message, Done):
                break
            if isinstance(message, At):
                ahead = min(max(message.frame - span[0], 0), span[1])
                self._ahead = _length(work, self._progress, ahead)
                self._tell(ProxyState.WORKING, camera=work.label)
            if isinstance(message, Run):
                if message.first != following or message.count < 1 or message.first + message.count > end:
                    raise UnreadableMedia(f"{work.label} gives frames out of order.", "Its original is played.")
                following += message.count
                self._vault.keep_proxy(work.manifest, work.part, work.case, message.first, message.count, message.data)
        if following != end:
            raise UnreadableMedia(f"{work.label} gives fewer frames than it has.", "Its original is played.")
        self._cover(work)
        self._ahead = _NONE
        chunks = self._vault.proxies(work.manifest, work.part, work.case)
        self._made(work.manifest.recording_id, work.number, chunks)
        self._tell(ProxyState.WORKING, camera=work.label)

    def _messages(self, process: ProxyProcess) -> Iterator[Message]:
        """What the process says, held while something is in the way. Raises _Leave when that lasts, or at the end."""
        while True:
            if self._closing.is_set():
                raise _Leave
            if self._hindered():
                self._hold(process)
            message = process.poll(_LOOK_EVERY / 4)
            if message is not None:
                yield message

    def _hold(self, process: ProxyProcess) -> None:
        process.hold()
        end = time.monotonic() + _LONGEST_HOLD
        while self._hindered():
            if self._closing.is_set() or not self._on or time.monotonic() > end:
                raise _Leave
            self._rest(_LOOK_EVERY)
        process.go()

    def _cover(self, work: Work) -> Cover:
        cover = self._vault.proxy_cover(work.manifest, work.part, work.case)
        self._progress[work.object] = replace(self._progress[work.object], cover=cover)
        return cover

    def _finish(self, work: Work, frames: int) -> None:
        """Every frame is done with: the end is marked, and the log says what there is."""
        part = (work.case, work.manifest.recording_id, work.number, work.object, ENCODER)
        cover = self._cover(work)
        self._write(ProxiesMade(*part, frames, cover.chunks, cover.left_out))
        self._vault.keep_proxy(work.manifest, work.part, work.case, frames, 0, b"")
        self._cover(work)

    # -- what is told ------------------------------------------------------------------------------------------------

    def _tell(self, state: ProxyState, *, camera: str = "", why: str = "") -> None:
        done, total = lengths([*self._open_works()], self._progress)
        status = ProxyStatus(
            state, Micros(min(total, done + self._ahead)), total, camera, why, tuple(self._left_out.values())
        )
        now = time.monotonic()
        same = (status.state, status.why, status.camera) == (self._status.state, self._status.why, self._status.camera)
        if status == self._status or (same and now - self._told_at < _TELL_EVERY):
            return
        self._status, self._told_at = status, now
        self._told(status)


def _length(work: Work, progress: dict[str, Progress], frames: int) -> Micros:
    """So many frames of a part as a length."""
    return Micros(work.part.duration * frames // progress[work.object].of(work.part))
