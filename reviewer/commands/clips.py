"""Footage as it is, for a prosecutor or a court, and where a file came from: `reviewer disclosure clip | trace`."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from reviewer.commands.base import Commands, Said, instant, logged_on, note, takes_user
from reviewer.commands.disclosure import Opened, opened_case
from reviewer.domain.errors import AccessRefused, ReviewerError
from reviewer.domain.recording import Kind
from reviewer.domain.render import RenderPlan
from reviewer.domain.request import Request
from reviewer.domain.timebase import Utc, format_rfc3339
from reviewer.domain.wording import count
from reviewer.services.clips import Clips, MadeFile, Order, PlannedClip
from reviewer.services.disclosure import HIDES, plan_of
from reviewer.services.footage import CaseCamera
from reviewer.services.redaction import Redactions
from reviewer.services.release import Releaser, confirmed, making, points, release
from reviewer.services.tracing import Step, Traced, sha256_of, trace


def add(table: Commands) -> None:
    """The words of these commands."""
    clip = table.add("disclosure clip", disclosure_clip, "clips, originals and stills for a prosecutor, as recorded")
    clip.add_argument("case")
    clip.add_argument("number", help="the request’s: of a prosecution or a court")
    clip.add_argument("out", type=Path, help="the folder they are made in")
    clip.add_argument("--recording", action="append", help="its id; all of the request without it")
    what = clip.add_mutually_exclusive_group()
    what.add_argument("--original", action="store_true", help="whole files, with the manifests that were signed")
    what.add_argument("--still", type=instant, metavar="TIME", help="the frame in view then (RFC 3339, wall time)")
    what.add_argument("--plan", action="store_true", help="only say which frames would be kept")
    clip.add_argument("--with-tags", action="store_true", help="keep what the file says of camera, time and place")
    clip.add_argument("--release", action="store_true", help="and say that they may be given")
    clip.add_argument("--store")
    takes_user(clip, "who you are")
    back = table.add("disclosure trace", disclosure_trace, "from a file back to recordings, people and entries")
    back.add_argument("file", type=Path)
    back.add_argument("--store")
    takes_user(back, "who you are: entries that you may read are searched")


def disclosure_clip(args: argparse.Namespace) -> Said:
    """`reviewer disclosure clip`. Each thing that is made is an entry first."""
    with opened_case(args) as case:
        request = case.named(args.number)
        _check_may(case, request)
        cameras = _cameras(args, case, request)
        user = case.session.user
        who = f"{user.name} {user.badge} ({user.id})"
        clips = Clips(case.footage, case.session.trust, case.session.journal.record, who)
        order = Order(request.id, args.out, request.number, args.with_tags)
        lines: list[str] = []
        if args.plan:
            planned = [each for camera in cameras for each in _planned(clips, case, request, camera)]
            return Said([_line(each) for each in planned], {"clips": [_plan_data(each) for each in planned]})
        made: list[MadeFile] = []
        for camera in cameras:
            made += _make(args, clips, case, request, order, camera)
        note("")
        if args.release:
            lines += [_release(case, request)]
    data = [{"path": str(m.path), "sha256": m.copy.sha256, "words": m.words, "form": m.copy.purpose} for m in made]
    return Said([*(f"{m.path}: {m.words}" for m in made), *lines], {"request": request.id, "files": data})


def _check_may(case: Opened, request: Request) -> None:
    if case.file.refusal is not None:
        raise case.file.refusal
    if request.kind in HIDES:
        raise AccessRefused(
            f"What answers {request.number} hides others; recordings are not given as they are for it.",
            "Register what a prosecutor or a court asks for as a request of its own (--kind prosecution).",
        )


def _cameras(args: argparse.Namespace, case: Opened, request: Request) -> list[CaseCamera]:
    wanted = args.recording or request.recordings or tuple(case.cameras)
    unknown = [each for each in wanted if each not in case.cameras]
    if unknown:
        raise ReviewerError(f"{unknown[0]} is no recording of {args.case} that is yours.", "Look how it is written.")
    found = [case.cameras[each] for each in dict.fromkeys(wanted)]
    whole = args.original or args.still is not None
    return found if whole else [camera for camera in found if camera.manifest.kind is Kind.VIDEO]


def _plan(case: Opened, request: Request, camera: CaseCamera) -> RenderPlan:
    hides = Redactions(case.file).redaction(request.id)
    return plan_of(request, camera.manifest, hides, case.footage.clocks, case.tables.time_zone)


def _planned(clips: Clips, case: Opened, request: Request, camera: CaseCamera) -> tuple[PlannedClip, ...]:
    return clips.plan(camera, _plan(case, request, camera).stretches)


def _make(
    args: argparse.Namespace, clips: Clips, case: Opened, request: Request, order: Order, camera: CaseCamera
) -> Sequence[MadeFile]:
    def progress(share: float) -> None:
        note(f"{camera.manifest.officer}: {100 * share:.0f} %")

    if args.original:
        return clips.originals(order, camera, progress)
    if args.still is not None:
        return [clips.still(order, camera, case.footage.clocks.to_stated(camera.key, args.still))]
    plan = _plan(case, request, camera)
    return clips.clips(order, clips.plan(camera, plan.stretches), plan, progress)


def _release(case: Opened, request: Request) -> str:
    """What was made of the request may be given, once everything is."""
    redaction = Redactions(case.file).redaction(request.id)
    plans = {}
    for key in request.recordings or tuple(case.cameras):
        camera = case.cameras.get(key)
        if camera is not None and not camera.is_still:
            with suppress(ReviewerError):  # it recorded nothing of what was asked for
                plans[key] = _plan(case, request, camera)
    with closing(case.session.queries()) as queries:
        made = making(queries, case.file.case, request.id)
    found = points(request, redaction, plans, made, confirmed(case.requests, request.id), {})
    who = Releaser(case.session.user.id, case.file.case, case.session.journal.record)
    return f"{count(len(release(who, request, found, plans, made).result()), 'file')} released."


def disclosure_trace(args: argparse.Namespace) -> Said:
    """`reviewer disclosure trace`: nothing of the file but its SHA-256 is believed."""
    sha256 = sha256_of(args.file)
    with logged_on(args) as session:
        session.following.run(every=True)
        with closing(session.queries()) as queries:
            found = trace(session, queries, sha256)
        names = {user.id: f"{user.name} {user.badge}" for user in session.roster.users}
    if not found.known:
        words = "No entry that you may read names this file."
        step = "A file in which anything was changed is another file; ask the records custodian."
        return Said([f"{args.file.name}: SHA-256 {sha256}", f"{words} {step}"], _data(found, names), ok=False)
    lines = [f"{args.file.name}: SHA-256 {sha256}"]
    lines += [f"It is, byte for byte, a file of recording {found.original}."] * bool(found.original)
    lines += [f"Case {case}" for case in found.cases if case]
    lines += [f"Request {r.number}, {r.kind.value}, of {r.requester}" for r in found.requests]
    lines += [source.words for source in found.sources]
    lines += [_step(step, names) for step in found.steps]
    return Said(lines, _data(found, names))


def _step(step: Step, names: dict[str, str]) -> str:
    who = names.get(step.user, step.user)
    return f"{format_rfc3339(step.at)[:19]}Z  {who}  {step.words}  ({step.origin} {step.index})"


def _data(found: Traced, names: dict[str, str]) -> dict[str, Any]:
    return {
        "sha256": found.sha256,
        "known": found.known,
        "original": found.original,
        "cases": [case for case in found.cases if case],
        "requests": [{"id": r.id, "number": r.number, "requester": r.requester} for r in found.requests],
        "recordings": [
            {"id": s.id, "officer": s.manifest.officer if s.manifest is not None else ""} for s in found.sources
        ],
        "people": [{"id": each, "name": names.get(each, "")} for each in found.people],
        "entries": [
            {
                **{"at": format_rfc3339(s.at), "user": s.user, "kind": s.event.KIND, "words": s.words},
                **{"origin": s.origin, "index": s.index},
            }
            for s in found.steps
        ],
    }


def _line(planned: PlannedClip) -> str:
    where = f"camera {planned.camera.number}, part {planned.part + 1}"
    return f"{where}: {_at(planned.wanted.start)} to {_at(planned.wanted.end)}. {planned.words}"


def _at(at: Utc) -> str:
    return f"{format_rfc3339(at)[:22]}Z"


def _plan_data(planned: PlannedClip) -> dict[str, Any]:
    return {
        **{"recording": planned.camera.key, "part": planned.part, "as_is": not planned.cut.why},
        **{"start": format_rfc3339(planned.wanted.start), "end": format_rfc3339(planned.wanted.end)},
        **{"kept_before": planned.cut.before, "frames": planned.cut.frames, "words": planned.words},
        "begins": format_rfc3339(planned.begins),
    }
