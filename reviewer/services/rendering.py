"""The queue of files that are made of footage: reels, copies for requesters. One at a time, in the background.

For each job: `RenderBegun` is durable before a frame is decoded; stretches of at most 20 s are made in processes apart
and kept sealed (`rendering_make`), so that a job whose program was killed goes on at the last whole one, once its case
is opened again; the file grows under a hidden name beside its place; it is read again and compared
(`copy_check.check_copy`); `CopyMade` is durable, and only then it gets its name. What the check refuses is thrown away
(`CopyRefused`) and never had a name.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path

from reviewer.domain.errors import Cancelled, ReviewerError
from reviewer.domain.events import Event
from reviewer.domain.making_acts import CopyMade, CopyRefused, MadeScene, RenderBegun
from reviewer.domain.render import Purpose, RenderPlan
from reviewer.media.camera import DeckCamera
from reviewer.services.clock import Clock, utc_now
from reviewer.services.copy_check import Checked, check_copy
from reviewer.services.growing import growing, sweep
from reviewer.services.quarantine import Record
from reviewer.services.rendering_job import JobShelf, RenderJob, RenderState, RenderStatus, new_job
from reviewer.services.rendering_make import FINISHED, Finished, Pace, finish, make, stands
from reviewer.services.workspace import Workspace

Cameras = Callable[[Sequence[str]], Mapping[str, DeckCamera]]
"""Recordings by id, each in stated time with all of its parts here (`Footage.deck_camera(signed=True)`). Raises a
ReviewerError for one that is not to be had. Called on the queue's thread."""
Check = Callable[..., Checked]
_MOST_SCENES = 400
"""In one entry, which has room for 65,535 bytes; a reel of more is presented by its plan only."""


class RenderQueue:
    """Of one session. `told(RenderStatus)` is called on its own thread, often, and must not wait. Methods may be called
    from any thread and return at once; what goes wrong with a job stands in its status. `check`: `check_copy`."""

    def __init__(
        self,
        workspace: Workspace,
        record: Record,
        *,
        told: Callable[[RenderStatus], None] = lambda _status: None,
        check: Check = check_copy,
        now: Clock = utc_now,
    ) -> None:
        self._workspace, self._record, self._told = workspace, record, told
        self._check, self._now = check, now
        self._lock = threading.Lock()
        self._wake, self._closing = threading.Event(), threading.Event()
        self._cases: dict[str, tuple[JobShelf, Cameras]] = {}
        self._jobs: dict[str, RenderStatus] = {}
        self._unwanted: set[str] = set()
        self._thread: threading.Thread | None = None

    # -- what a person and the program say ---------------------------------------------------------------------------

    def open_case(self, case: str, keys: Sequence[bytes], cameras: Cameras) -> None:
        """The case is open: what was begun of it goes on. `keys`: the case's, newest first
        (`session.grants.case_keys`)."""
        shelf = JobShelf(self._workspace, case, keys)
        with self._lock:
            new = case not in self._cases
            self._cases[case] = (shelf, cameras)
            if new:
                for job in shelf.jobs():
                    begun = job.state in (RenderState.WORKING, RenderState.CHECKING)
                    self._jobs.setdefault(
                        job.id, RenderStatus(replace(job, state=RenderState.WAITING) if begun else job)
                    )
        self._start()

    def add(
        self,
        case: str,
        of: str,
        title: str,
        path: Path,
        plan: RenderPlan,
        reasons: Mapping[str, str] | None = None,
    ) -> str:
        """Make `path` (MP4; a name that is taken gets a number) by this plan; returns the job's id. The case is open
        here (`open_case`). `of`: the reel or request; `reasons`: words of the agency's table by id, for cards."""
        job = new_job(case, of, title, path, plan, self._now(), reasons)
        with self._lock:
            self._jobs[job.id] = RenderStatus(job)
        self._told(self._jobs[job.id])
        self._start()
        return job.id

    def cancel(self, job: str) -> None:
        """End it; what is made of it is thrown away."""
        with self._lock:
            self._unwanted.add(job)
        self._wake.set()

    def retry(self, job: str) -> None:
        """Go on with what stopped; what was refused or cancelled begins anew."""
        with self._lock:
            status = self._jobs.get(job)
            if status is None or status.state in (RenderState.WORKING, RenderState.CHECKING, RenderState.DONE):
                return
            self._unwanted.discard(job)
            self._jobs[job] = RenderStatus(status.job.became(RenderState.WAITING))
        self._told(self._jobs[job])
        self._wake.set()

    def forget(self, job: str) -> None:
        """Take what is over, or stopped, off the list. The finished file stays where it is."""
        with self._lock:
            status = self._jobs.get(job)
            if status is None or not (status.state.over or status.state is RenderState.STOPPED):
                return
            del self._jobs[job]
            shelf = self._cases[status.job.case][0] if status.job.case in self._cases else None
        if shelf is not None:
            shelf.forget(job)

    def statuses(self, case: str, of: str | None = None) -> tuple[RenderStatus, ...]:
        """The jobs of a case, or of one reel or request of it, oldest first. None before its `open_case`."""
        with self._lock:
            found = [s for s in self._jobs.values() if s.job.case == case and of in (None, s.job.of)]
        return tuple(sorted(found, key=lambda status: (status.job.asked, status.job.id)))

    def stop(self) -> None:
        """Ask it to end; what is made of a job stays."""
        self._closing.set()
        self._wake.set()

    def close(self) -> None:
        """Stop, and wait for it. Calling it twice is no error."""
        self.stop()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join()

    # -- the thread --------------------------------------------------------------------------------------------------

    def _start(self) -> None:
        with self._lock:
            if self._thread is None and not self._closing.is_set():
                self._thread = threading.Thread(target=self._run, name="renders", daemon=True)
                self._thread.start()
        self._wake.set()

    def _run(self) -> None:
        while not self._closing.is_set():
            sweep(self._workspace)  # what a killed program left beside its place; also once its disk is there again
            status = self._next()
            if status is None:
                self._wake.wait()
                self._wake.clear()
                continue
            self._turn(status.job)

    def _next(self) -> RenderStatus | None:
        """What is to be done next: what is unwanted first, it is quick."""
        with self._lock:
            open_ = [s for s in self._jobs.values() if s.job.case in self._cases]
        gone = (s for s in open_ if s.job.id in self._unwanted and not s.state.over)
        waiting = (s for s in sorted(open_, key=lambda s: s.job.asked) if s.state is RenderState.WAITING)
        return next(gone, None) or next(waiting, None)

    def _turn(self, job: RenderJob) -> None:
        """One job, as far as it goes."""
        shelf, cameras = self._cases[job.case]
        try:
            self._make(job, shelf, cameras)
        except Cancelled:
            if job.id in self._unwanted:
                shelf.clear(job.id)
                self._say(self._now_of(job).became(RenderState.CANCELLED), shelf)
        except ReviewerError as wrong:
            self._say(self._now_of(job).became(RenderState.STOPPED, (wrong.message,), wrong.next_step), shelf)

    def _make(self, job: RenderJob, shelf: JobShelf, cameras: Cameras) -> None:
        self._stop_if_unwanted(job)
        if job.sha256 and stands(Path(job.path), job.sha256):  # it had its name before anybody could say so
            self._say(job.became(RenderState.DONE), shelf)
            shelf.clear(job.id)
            return
        job = job.became(RenderState.WORKING)
        shelf.keep(job)
        self._put(RenderStatus(job))
        if not job.begun:
            plan = (job.plan.purpose.value, job.of, job.plan_sha256, job.plan.recordings)
            self._durable(RenderBegun(job.case, job.id, *plan))
            job = replace(job, begun=True)
            self._say(job, shelf)
        decks = cameras(job.plan.recordings)
        pace = Pace(lambda share, left: self._put(RenderStatus(job, share, left)))
        with growing(self._workspace, Path(job.folder) / job.name) as part:
            make(job, shelf.folder(job.id), part, decks, lambda: self._ended(job), pace.tell)
            job = job.became(RenderState.CHECKING)
            self._say(job, shelf)
            pace = Pace(lambda share, left: self._put(RenderStatus(job, share, left)))
            checked = self._check(part, job.plan, decks, lambda: self._ended(job), pace.tell)
            self._settle(job, shelf, part, checked)

    def _settle(self, job: RenderJob, shelf: JobShelf, part: Path, checked: Checked) -> None:
        """What the check said is in the log before it has an effect."""
        self._stop_if_unwanted(job)
        purpose, plan = job.plan.purpose.value, job.plan_sha256
        if not checked.good:
            self._durable(CopyRefused(job.case, job.id, purpose, job.of, plan, checked.problems))
            shelf.clear(job.id)
            next_step = "The file was thrown away. Correct what is wrong, then render it again."
            self._say(job.became(RenderState.REFUSED, checked.problems, next_step), shelf)
            return

        job = replace(job, checks=checked.checks, warnings=checked.warnings)

        def made(done: Finished) -> None:
            file = (done.path.name, done.sha256, done.size)
            who = (job.case, job.id, purpose, job.of, plan, job.plan.recordings)
            self._durable(CopyMade(*who, *file, (*FINISHED, *checked.checks), scenes=_scenes(job.plan)))
            shelf.keep(replace(job, path=str(done.path), sha256=done.sha256, size=done.size))

        done = finish(part, Path(job.folder) / job.name, made)
        job = replace(job, path=str(done.path), sha256=done.sha256, size=done.size)
        self._say(job.became(RenderState.DONE), shelf)
        shelf.clear(job.id)

    def _durable(self, event: Event) -> None:
        entry = self._record(event)
        if isinstance(entry, Future):
            entry.result()

    def _ended(self, job: RenderJob) -> bool:
        return self._closing.is_set() or job.id in self._unwanted

    def _stop_if_unwanted(self, job: RenderJob) -> None:
        if self._ended(job):
            raise Cancelled(f"Making {job.name}")

    def _now_of(self, job: RenderJob) -> RenderJob:
        with self._lock:
            return self._jobs[job.id].job

    def _say(self, job: RenderJob, shelf: JobShelf) -> None:
        """It is so from now on, also on the disk. Where the disk takes no more, the old state there leads to the same
        again."""
        try:
            shelf.keep(job)
        except ReviewerError as wrong:
            if job.state not in (RenderState.STOPPED, RenderState.CANCELLED):
                raise
            job = job.became(job.state, job.problems or (wrong.message,), job.next_step or wrong.next_step)
        self._put(RenderStatus(job, 1.0 if job.state is RenderState.DONE else 0.0))

    def _put(self, status: RenderStatus) -> None:
        with self._lock:
            if status.job.id not in self._jobs:
                return
            self._jobs[status.job.id] = status
        self._told(status)


def _scenes(plan: RenderPlan) -> tuple[MadeScene, ...]:
    """Where a reel's clips are in its file."""
    if plan.purpose is not Purpose.REEL or len(plan.scenes) > _MOST_SCENES:
        return ()
    return tuple(MadeScene(scene.id, scene.lasts, scene.holds) for scene in plan.scenes)
