"""The log in words: what an event says in the table's columns, in the side sheet and on paper.

A new kind of event gets a line in `_DID` here, and one in `what` where it has something to say."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from reviewer.domain import events as ev
from reviewer.domain import log_acts as acts
from reviewer.domain.acts import ReleasedForTraining
from reviewer.domain.reason_acts import RestrictedReasonStated
from reviewer.domain.report_acts import ReportExported, StatisticsExported
from reviewer.domain.timebase import TimeRange
from reviewer.domain.track_acts import TrackExported
from reviewer.domain.wording import Local, clock, count, in_file
from reviewer.records.queries import LogEntry
from reviewer.services import logwords_acts as log_acts
from reviewer.services import logwords_case, logwords_clocks, logwords_documents, logwords_finding, logwords_making


class LogKind(StrEnum):
    """The filter's choices; `KINDS` says which entries each has."""

    EVERYTHING = "Everything"
    VIEWS = "Views"
    WORK = "Work"
    REFUSALS = "Refusals"
    EXPORTS = "Exports"


KINDS: dict[LogKind, tuple[str, ...]] = {
    LogKind.EVERYTHING: (),
    LogKind.VIEWS: (
        *(ev.ReasonStated.KIND, RestrictedReasonStated.KIND, ev.ViewOpened.KIND, ev.ViewClosed.KIND),
        *(ev.FileViewOpened.KIND, ev.FileViewClosed.KIND, ev.FilmstripShown.KIND, ev.StillSaved.KIND),
        *logwords_documents.VIEWS,
    ),
    LogKind.WORK: tuple(kind for kind, event in ev.EVENTS.items() if event.LOG is ev.LogName.WORK),
    LogKind.REFUSALS: (ev.LogOnRefused.KIND, ev.AccessDenied.KIND, ev.ObjectQuarantined.KIND),
    LogKind.EXPORTS: (
        ev.StillSaved.KIND,
        acts.LogExported.KIND,
        acts.LogExportEnded.KIND,
        ReleasedForTraining.KIND,
        ReportExported.KIND,
        StatisticsExported.KIND,
        TrackExported.KIND,
        *logwords_documents.EXPORTS,
        *logwords_making.DID,
    ),
}

INTERNAL = frozenset(
    (
        *(ev.ReasonStated.KIND, RestrictedReasonStated.KIND),
        *logwords_documents.DID,  # people name documents, and whom they are from
        *(kind for kind, event in ev.EVENTS.items() if event.LOG is ev.LogName.WORK),
    )
)
"""Kinds whose bodies hold what people wrote for their own work: an export leaves them sealed unless it is asked."""

_DID = {
    ev.LoggedOn.KIND: "Logged on",
    ev.LogOnRefused.KIND: "Log-on refused",
    ev.LogOnReleased.KIND: "Log-on released",
    ev.LoggedOff.KIND: "Logged off",
    ev.Locked.KIND: "Locked",
    ev.Unlocked.KIND: "Unlocked",
    ev.AccessDenied.KIND: "Access refused",
    ev.ReasonStated.KIND: "Reason stated",
    ev.ViewOpened.KIND: "View started",
    ev.ViewClosed.KIND: "View ended",
    ev.FileViewOpened.KIND: "File view started",
    ev.FileViewClosed.KIND: "File view ended",
    ev.FilmstripShown.KIND: "Filmstrip shown",
    ev.ObjectQuarantined.KIND: "Put aside",
    ev.CaseSynced.KIND: "Case fetched",
    ev.CaseShredded.KIND: "Case shredded",
    **log_acts.DID,
    **logwords_clocks.DID,
    **logwords_case.DID,
    **logwords_finding.DID,
    **logwords_documents.DID,
    **logwords_making.DID,
    ev.IntakeBegun.KIND: "Intake begun",
    ev.FootageTakenIn.KIND: "Taken in",
    ev.IntakeEnded.KIND: "Intake ended",
    ev.StillSaved.KIND: "Still saved",
    ev.ProxiesBegun.KIND: "Proxies begun",
    ev.ProxiesMade.KIND: "Proxies made",
    ev.BookmarkAdded.KIND: "Bookmark added",
    ev.BookmarkChanged.KIND: "Bookmark changed",
    ev.BookmarkWithdrawn.KIND: "Bookmark withdrawn",
    ev.BookmarkRestored.KIND: "Bookmark restored",
}


def did(kind: str) -> str:
    """What was done, in two words; an unknown kind (a newer program's) is shown as it is called."""
    return _DID.get(kind, kind.replace("_", " ").capitalize())


def is_refusal(kind: str) -> bool:
    return kind in KINDS[LogKind.REFUSALS]


@dataclass(frozen=True, slots=True)
class Names:
    """How ids are said: a user's id → "K. Salo 0417", a recording's id → "A. Niemi 2214"."""

    user: Callable[[str], str]
    recording: Callable[[str], str]


def _rate(milli: int) -> str:
    if milli == 0:
        return "standing still"
    return f"{milli / 1000:g}×".replace("-", "−")


def _stretch(at: TimeRange, zone: Local) -> str:
    first = zone.clock(at.start, 1)
    return first if at.start == at.end else f"{first} – {zone.clock(at.end, 1)}"


def _cameras(cameras: Sequence[ev.SpanCamera], names: Names) -> str:
    return ", ".join(dict.fromkeys(names.recording(c.recording) for c in cameras)) or "no camera"


def _what_view(event: ev.ViewOpened | ev.ViewClosed, names: Names, zone: Local, brief: bool) -> str:
    cameras = event.cameras
    shown = [c.shown for c in cameras]
    at = event.planned if isinstance(event, ev.ViewOpened) else None
    if at is None and shown:
        at = TimeRange(min(s.start for s in shown), max(s.end for s in shown))
    if at is None:
        return "nothing was shown"
    heard = [names.recording(c.recording) for c in cameras if (c.audible if c.heard is None else c.heard)]
    sound = f"sound of {', '.join(dict.fromkeys(heard))}" if heard and not brief else "sound" if heard else "no sound"
    player = f" · second player ({event.player})" if event.player else ""
    several = len({c.recording for c in cameras})
    shown_of = f"{several} cameras" if brief and several > 1 else _cameras(cameras, names)
    rate = "still" if brief and not event.rate_milli else _rate(event.rate_milli)
    said = f"{shown_of} · {_stretch(at, zone)} · {rate} · {sound}{player}"
    unseen = sorted({c.visible.value for c in cameras if c.visible in (ev.Visible.COVERED, ev.Visible.MINIMISED)})
    if unseen and brief:
        return f"not all seen · {said}"
    return f"{said} · some of it {' or '.join(unseen)}: not seen" if unseen else said


def _what_file(event: ev.FileViewOpened | ev.FileViewClosed) -> str:
    shown = (event.planned,) if isinstance(event, ev.FileViewOpened) else event.shown
    said = ", ".join(f"{in_file(each.start)} – {in_file(each.end)}" for each in shown) or "nothing was shown"
    return f"“{event.name}” · {said} · {_rate(event.rate_milli)} · second player ({event.player})"


def _what_pictures(event: ev.FilmstripShown | ev.StillSaved, zone: Local) -> str:
    if isinstance(event, ev.StillSaved):
        return f"part {event.part + 1} · SHA-256 {event.sha256[:12]}…"
    return f"{_stretch(event.shown, zone)} · one each {event.step / 1e6:.1f} s, {event.height} pixels high"


def _what_session(event: ev.Event, names: Names) -> str:
    match event:
        case ev.LoggedOn():
            return f"Workstation {event.workstation} · {event.method}"
        case ev.LogOnRefused():
            return f"Named “{event.named}” · {event.why} · {count(event.tries_left, 'try', 'tries')} left"
        case ev.LogOnReleased():
            return f"{names.user(event.user)}, by {names.user(event.by)}"
        case ev.Locked():
            return "Nobody at the keys" if event.why == "idle" else "Asked to"
        case _:
            return log_acts.what_act(event, names.user, names.recording)


def _what_work(event: ev.Event, names: Names, zone: Local, brief: bool) -> str:
    match event:
        case ev.BookmarkAdded():
            on = ", ".join(dict.fromkeys(names.recording(m.recording) for m in event.marks)) or "all cameras"
            text = f" · “{event.text}”" if event.text else ""
            return f"{_kind(event.bookmark_kind)} · {_stretch(event.at, zone)} · {on}{text}"
        case ev.BookmarkChanged():
            return _what_changed(event)
        case ev.BookmarkWithdrawn() | ev.BookmarkRestored():
            return f"Bookmark {event.id[:8]}"
        case _:
            said = logwords_clocks.what_clock(event, names.recording) or logwords_case.what_case(event, brief=brief)
            said = said or logwords_finding.what_finding(event, names.user)
            return said or log_acts.what_act(event, names.user, names.recording)


def _what_changed(event: ev.BookmarkChanged) -> str:
    kind, was = _kind(event.bookmark_kind), _kind(event.base_kind)
    said = [f"{kind} instead of {was}" if kind != was else kind]
    if event.text != event.base_text:
        said.append(f"“{event.text}” instead of “{event.base_text}”")
    return " · ".join(said)


def _kind(id_: str) -> str:
    """A kind of mark; the agency's words for it stand in its table, not in the log."""
    return id_.replace("_", " ")


_Files = ev.ObjectQuarantined | ev.CaseSynced | ev.CaseShredded | ev.ProxiesBegun | ev.ProxiesMade


def _what_files(event: _Files, names: Names, zone: Local) -> str:
    """What became of the files on this machine."""
    if isinstance(event, ev.CaseShredded):
        how = f"taken off by {names.user(event.by)}" if event.by else event.why
        freed = f"{count(event.objects, 'object')}, {event.bytes / 1e6:,.0f} MB removed"
        return f"{how}, {zone.date(event.ended)} · keys and what was read destroyed · {freed}"
    if isinstance(event, ev.CaseSynced):
        return f"{count(event.objects, 'object')}, {event.bytes / 1e6:,.0f} MB"
    recording = names.recording(event.recording)
    if isinstance(event, ev.ObjectQuarantined):
        return f"{recording} · {event.object[:12]}… · {event.found[:64]}"
    if isinstance(event, ev.ProxiesBegun):
        return f"{recording} · part {event.part + 1} · decrypted for small sealed copies, seen by nobody"
    left_out = f" · {count(event.left_out, 'frame')} left out" if event.left_out else ""
    made = f"{count(event.frames, 'frame')} in {count(event.chunks, 'file')}"
    return f"{recording} · part {event.part + 1} · {made}{left_out}"


def _what_intake(event: ev.IntakeBegun | ev.FootageTakenIn | ev.IntakeEnded) -> str:
    if isinstance(event, ev.IntakeBegun):
        by = "" if event.by == "person" else f" · dock {event.by}"
        files = f"{count(event.files, 'file')}, {event.bytes / 1e6:,.0f} MB"
        return f"{event.source} · {count(event.recordings, 'recording')} in {files}{by}"
    if isinstance(event, ev.FootageTakenIn):
        changed = f" · changed: {', '.join(event.corrected)}" if event.corrected else ""
        return f"{event.recording} · {count(event.parts, 'part')}, {event.bytes / 1e6:,.0f} MB{changed}"
    said = [f"{event.taken} taken in", f"{event.known} in the store before"]
    said += [f"left out: {', '.join(event.left_out)}"] * bool(event.left_out)
    said += [f"refused: {', '.join(event.refused)}"] * bool(event.refused)
    return " · ".join([event.source, *said, *([event.stopped] * bool(event.stopped))])


def what(entry: LogEntry, names: Names, zone: Local, *, brief: bool = False) -> str:
    """What exactly was done, in one line; `brief` where there is no room for every camera's name."""
    event = entry.event
    match event:
        case None:
            return "Sealed to others; that it stands here is all that can be said"
        case ev.ViewOpened() | ev.ViewClosed():
            return _what_view(event, names, zone, brief)
        case ev.FileViewOpened() | ev.FileViewClosed():
            return _what_file(event)
        case ev.ReasonStated():
            return f"“{event.note}”" if event.note else event.reason
        case ev.AccessDenied():
            camera = f"{names.recording(event.recording)} · " if event.recording else ""
            return f"{camera}{event.what} · {event.why}"
        case ev.ObjectQuarantined() | ev.CaseSynced() | ev.CaseShredded() | ev.ProxiesBegun() | ev.ProxiesMade():
            return _what_files(event, names, zone)
        case ev.IntakeBegun() | ev.FootageTakenIn() | ev.IntakeEnded():
            return _what_intake(event)
        case ev.FilmstripShown() | ev.StillSaved():
            return f"{names.recording(event.recording)} · {_what_pictures(event, zone)}"
        case _ if event.LOG is ev.LogName.WORK:
            return _what_work(event, names, zone, brief)
        case _:
            said = logwords_making.what_making(event, names.recording) or logwords_documents.what_document(event)
            return said or _what_session(event, names)


def details(entry: LogEntry, names: Names, zone: Local) -> tuple[tuple[str, str], ...]:
    """The side sheet's rows: what is said, and what it is."""
    meta = entry.meta
    station = meta.origin.split("/")[1] if meta.origin.count("/") >= 4 else meta.origin
    rows = [
        ("What", did(meta.kind)),
        ("Who", names.user(meta.actor)),
        ("Where", f"Workstation {station}"),
        ("When", f"{zone.date(meta.at)} {zone.clock(meta.at, 2)} local"),
        ("", f"{clock(meta.at, 2)} UTC"),
        ("Case", meta.case or ""),
        ("Why", meta.reason or ""),
        ("Exactly", what(entry, names, zone)),
    ]
    filled = [(name, value) for name, value in rows if value]
    if isinstance(entry.event, ev.ViewOpened | ev.ViewClosed):
        filled.extend(_media(entry.event, names))
    if isinstance(entry.event, ev.FileViewOpened | ev.FileViewClosed):
        filled.append(("SHA-256", _in_groups(entry.event.file)))
    if isinstance(entry.event, ev.StillSaved):
        filled.append(("Frame", f"pts {entry.event.pts} of part {entry.event.part + 1}"))
        filled.append(("SHA-256", _in_groups(entry.event.sha256)))
    return tuple(filled)


def _in_groups(digest: str) -> str:
    """A hash that breaks into lines, whole: it is compared with the file's."""
    return " ".join(digest[at : at + 16] for at in range(0, len(digest), 16))


def _media(event: ev.ViewOpened | ev.ViewClosed, names: Names) -> list[tuple[str, str]]:
    said = "Media" if isinstance(event, ev.ViewClosed) else "Planned"
    return [
        (said, f"{names.recording(c.recording)}: {clock(c.shown.start, 1)} – {clock(c.shown.end, 1)} UTC{_how(c)}")
        for c in event.cameras
    ]


def _how(camera: ev.SpanCamera) -> str:
    """ " · 862 × 485 · small copy": how large, and what takes away from it."""
    said = [f"{camera.width} × {camera.height}" if camera.width else "only heard"]
    said += ["small copy"] * (camera.source is ev.Source.PROXY)
    if camera.crop is not None:
        said.append(f"{camera.crop.width / 10:g} × {camera.crop.height / 10:g} % of the picture")
    said += [camera.visible.value] * (camera.visible in (ev.Visible.COVERED, ev.Visible.MINIMISED))
    return "".join(f" · {each}" for each in said)
