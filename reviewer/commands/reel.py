"""Training reels without a window: `reviewer reel`."""

from __future__ import annotations

import argparse
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reviewer.commands.base import Commands, Said, logged_on, note, takes_user
from reviewer.domain.assignment import Assignment, Purpose
from reviewer.domain.errors import ReviewerError
from reviewer.domain.redaction import TRAINING, Redaction
from reviewer.domain.reel import Clip, Reel
from reviewer.domain.render import RenderPlan
from reviewer.domain.roles import REEL_MAKERS
from reviewer.domain.timebase import SECOND, TimeRange
from reviewer.domain.wall_time import WallTime
from reviewer.domain.wording import count
from reviewer.media.camera import DeckCamera
from reviewer.services import otio
from reviewer.services.case import CaseFile
from reviewer.services.case_state import rights_of
from reviewer.services.footage import CaseCamera, Footage
from reviewer.services.redaction import Redactions
from reviewer.services.reel import Reels, Undecided, plan_of, undecided
from reviewer.services.rendering import RenderQueue
from reviewer.services.rendering_job import RenderState, RenderStatus
from reviewer.services.session import Session
from reviewer.services.vault import Vault


def add(table: Commands) -> None:
    """The words of these commands."""
    listed = table.add("reel list", reel_list, "the reels of a training assignment")
    shown = table.add(
        "reel show", reel_show, "a reel’s clips in order, and what has to be decided before it is rendered"
    )
    out = table.add("reel export", reel_export, "write a reel’s order as an OpenTimelineIO timeline (.otio)")
    taken = table.add("reel import", reel_import, "make a reel of an OpenTimelineIO timeline (.otio)")
    made = table.add("reel render", reel_render, "make a reel’s file (MP4), read it again and compare it")
    for each in (listed, shown, out, taken, made):
        each.add_argument("case", help="the training assignment")
    for each in (shown, out, made):
        each.add_argument("reel", help="its title or id")
    for each in (out, taken, made):
        each.add_argument("file", type=Path)
    for each in (listed, shown, out, taken, made):
        takes_user(each, "who you are")


@dataclass(frozen=True, slots=True)
class _Open:
    session: Session
    case: str
    cameras: Mapping[str, CaseCamera]  # of what is released
    footage: Footage
    clocks: WallTime
    reels: Reels

    @property
    def covers(self) -> Mapping[str, TimeRange]:
        return {key: camera.manifest.range for key, camera in self.cameras.items()}

    @property
    def officers(self) -> Mapping[str, str]:
        """Letters, as the window has them."""
        return {key: camera.manifest.officer for key, camera in self.cameras.items()}

    def decks(self, wanted: Sequence[str]) -> Mapping[str, DeckCamera]:
        return {each: self.footage.deck_camera(self.cameras[each], signed=True) for each in wanted}


@contextmanager
def _opened(args: argparse.Namespace) -> Iterator[_Open]:
    """The assignment, with what colleagues published. A refusal is an entry first."""
    with logged_on(args) as session:
        assignment = session.open_case(args.case)
        if assignment.purpose is not Purpose.TRAINING:
            raise ReviewerError(f"{args.case} is not for training.", "Name a training assignment.")
        session.following.run(every=True)
        rights, me = rights_of(session.trust, args.case), session.user.id
        footage = _footage(session, assignment)
        with closing(session.queries()) as queries:
            standing = queries.alignment(args.case).accepted
            footage.align(standing.alignment if standing is not None else None)
            file = CaseFile(session.journal.record, queries, args.case, lambda: rights.refusal(me, REEL_MAKERS))
            refused = session.trust.refusals(assignment, footage.manifests, me)
            free = (c for c in footage.cameras() if c.assigned and not c.shut and not c.is_still)
            cameras = {c.manifest.recording_id: c for c in free if c.manifest.recording_id not in refused}
            covers = {key: camera.manifest.range for key, camera in cameras.items()}
            reels = Reels(file, lambda: covers)
            yield _Open(session, args.case, cameras, footage, footage.clocks, reels)


def _footage(session: Session, assignment: Assignment) -> Footage:
    vault = Vault(session.trust.workspace, session.trust, session.grants, session.journal.record)
    return Footage(vault, session.trust, session.trust.workspace, assignment)


def _found(opened: _Open, named: str) -> Reel:
    """By id or title. Raises ReviewerError for none, and for a title that two have."""
    found = [each for each in opened.reels.reels() if named in (each.id, each.title)]
    if not found:
        raise ReviewerError(f"There is no reel “{named}” in {opened.case}.", "“reviewer reel list” has them.")
    if len(found) > 1:
        raise ReviewerError(f"{len(found)} reels are called “{named}”.", "Name one by its id.")
    return found[0]


def reel_list(args: argparse.Namespace) -> Said:
    """`reviewer reel list`: title, how many clips, how long."""
    with _opened(args) as opened:
        found = [(reel, opened.reels.clips(reel.id)) for reel in opened.reels.reels()]
    lines = [f"{reel.title}  {count(len(clips), 'clip')}, {_seconds(clips)}  {reel.id}" for reel, clips in found]
    data = [{"id": r.id, "title": r.title, "module": r.module, "clips": len(clips)} for r, clips in found]
    return Said(lines or ["No reels yet"], {"case": args.case, "reels": data})


def reel_show(args: argparse.Namespace) -> Said:
    """`reviewer reel show`: letters, no names; what is open stands beside each clip."""
    with _opened(args) as opened:
        reel = _found(opened, args.reel)
        clips = opened.reels.clips(reel.id)
        words = {each.clip: each.words for each in _open_points(opened, reel, clips)}
        named = opened.officers
    lines = [f"{reel.title}  {reel.module}".rstrip()]
    lines += [_line(n, clip, named, words.get(clip.id, "")) for n, clip in enumerate(clips, 1)]
    data = [_data(clip, named, words.get(clip.id, "")) for clip in clips]
    return Said(lines, {"case": args.case, "reel": reel.id, "title": reel.title, "clips": data})


def _open_points(opened: _Open, reel: Reel, clips: Sequence[Clip]) -> Sequence[Undecided]:
    hidden = Redactions(opened.reels.file)
    everything = Redaction(hidden.masks(TRAINING), hidden.sounds(TRAINING), hidden.withheld(TRAINING))
    return undecided(reel, clips, opened.clocks, everything, opened.reels.searched())


def _seconds(clips: Sequence[Clip]) -> str:
    return f"{sum(clip.lasts for clip in clips) / SECOND:.1f} s"


def _line(n: int, clip: Clip, named: Mapping[str, str], open_: str) -> str:
    who = ", ".join(named.get(each, "not released") for each in clip.recordings) or "card"
    asks = f"  asks “{clip.question}”" if clip.question else ""
    return f"{n}. {clip.title or 'Untitled'}  {who}  {clip.lasts / SECOND:.1f} s{asks}{f'  ({open_})' if open_ else ''}"


def _data(clip: Clip, named: Mapping[str, str], open_: str) -> dict[str, Any]:
    return {
        "id": clip.id,
        "kind": clip.kind.value,
        "title": clip.title,
        "shown": [named.get(each, "") for each in clip.recordings],
        "lasts": clip.lasts,
        "question": clip.question,
        "open": open_,
    }


def reel_export(args: argparse.Namespace) -> Said:
    """`reviewer reel export`: the order of a reel as OTIO JSON."""
    with _opened(args) as opened:
        sent = otio.timeline(opened.reels, _found(opened, args.reel).id, opened.clocks, opened.covers)
        path = otio.save(sent, args.case, args.file.absolute(), opened.session.journal.record)
    return Said([f"Written to {path}", otio.LIMITS], {"reel": sent.reel, "file": str(path)})


def reel_import(args: argparse.Namespace) -> Said:
    """`reviewer reel import`: a new reel; every clip is inside what is released, or left out and said."""
    with _opened(args) as opened:
        record = opened.session.journal.record
        taken, digest = otio.load(args.file.absolute(), opened.covers)
        came = otio.take_in(opened.reels, taken, args.file.name, digest, record).result()
    said = [f"“{came.title}” has {count(came.clips, 'clip')}", *came.left_out]
    return Said(said, {"reel": came.reel, "clips": came.clips, "left_out": list(came.left_out)})


def reel_render(args: argparse.Namespace) -> Said:
    """`reviewer reel render`: refused while something is undecided; waits until the file has its name."""
    with _opened(args) as opened:
        reel = _found(opened, args.reel)
        clips = opened.reels.clips(reel.id)
        numbers = {clip.id: n for n, clip in enumerate(clips, 1)}
        open_ = [f"clip {numbers[each.clip]}: {each.words}" for each in _open_points(opened, reel, clips)]
        if open_:
            raise ReviewerError(f"Not everything is decided: {'; '.join(open_)}.", "Decide it in the window first.")
        named = opened.officers
        hidden = Redactions(opened.reels.file).redaction(TRAINING)
        plan = plan_of(reel, clips, opened.clocks, hidden, named)
        done = _rendered(opened, reel, args.file.absolute(), plan)
    job = done.job
    if done.state is not RenderState.DONE:
        raise ReviewerError(". ".join(each.rstrip(".") for each in job.problems) + ".", job.next_step or "Try again.")
    lines = [f"Written to {job.path}", f"SHA-256 {job.sha256}", *job.checks, *job.warnings]
    return Said(lines, {"file": job.path, "sha256": job.sha256, "bytes": job.size, "plan": job.plan_sha256})


def _rendered(opened: _Open, reel: Reel, path: Path, plan: RenderPlan) -> RenderStatus:
    over = threading.Event()

    def told(status: RenderStatus) -> None:
        note(f"{status.state.value} {status.share:.0%}")
        if status.state.over or status.state is RenderState.STOPPED:
            over.set()

    session = opened.session
    queue = RenderQueue(session.trust.workspace, session.journal.record, told=told)
    try:
        queue.open_case(opened.case, session.grants.case_keys(opened.case), opened.decks)
        job = queue.add(opened.case, reel.id, reel.title, path, plan)
        while True:
            over.wait()
            over.clear()
            status = next(each for each in queue.statuses(opened.case) if each.job.id == job)
            if status.state.over or status.state is RenderState.STOPPED:
                return status
    finally:
        queue.close()
