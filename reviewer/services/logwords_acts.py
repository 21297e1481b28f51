"""Acts of custody, and what was done with the store, in the log's words."""

from __future__ import annotations

from collections.abc import Callable

from reviewer.domain import (
    acts,
    log_acts,
    machine_acts,
    reason_acts,
    rebuild_acts,
    report_acts,
    store_acts,
    track_acts,
    witness_acts,
)
from reviewer.domain.event import Event
from reviewer.domain.timebase import SECOND, Utc, format_rfc3339
from reviewer.domain.wording import count

DID = {
    acts.Assigned.KIND: "Case assigned",
    acts.Countersigned.KIND: "Countersigned",
    acts.TakenOff.KIND: "Taken off a case",
    acts.HandedOver.KIND: "Handed over",
    acts.ReleasedForTraining.KIND: "Training release",
    acts.RosterSigned.KIND: "Roster signed",
    store_acts.StoreChecked.KIND: "Store checked",
    store_acts.KeepingAsked.KIND: "Keeping asked for",
    store_acts.KeepingChanged.KIND: "Keeping changed",
    witness_acts.WitnessRefused.KIND: "Log not witnessed",
    log_acts.LogExported.KIND: "Export begun",
    log_acts.LogExportEnded.KIND: "Export made",
    log_acts.LogReviewed.KIND: "Log reviewed",
    report_acts.ReportExported.KIND: "Report saved",
    report_acts.StatisticsExported.KIND: "Statistics saved",
    report_acts.CameraExpected.KIND: "Camera expected",
    report_acts.CameraNotExpected.KIND: "Not expected",
    track_acts.TrackAdded.KIND: "Track added",
    track_acts.TrackWithdrawn.KIND: "Track withdrawn",
    track_acts.TrackExported.KIND: "Tracks exported",
    reason_acts.RestrictedReasonStated.KIND: "Restricted: why",
    reason_acts.LogWasUnwritable.KIND: "Log had failed",
    machine_acts.ClockJumped.KIND: "Clock moved",
    machine_acts.EpochBegun.KIND: "New key",
    rebuild_acts.RecordsRebuilt.KIND: "Tables remade",
}

Named = Callable[[str], str]


def what_act(event: Event, user: Named, recording: Named) -> str:
    """What exactly was done, in one line; "" for what is no act of custody."""
    match event:
        case acts.Assigned():
            return _assigned(event, user)
        case acts.Countersigned():
            return f"As second, after {user(event.issued_by)}"
        case acts.TakenOff():
            return f"{user(event.user)} · {event.reason}"
        case acts.HandedOver():
            return f"From {user(event.user)} to {user(event.to)} · {event.reason}"
        case acts.ReleasedForTraining():
            released = "released for training" if event.released else "not for training any more"
            return " · ".join([recording(event.recording), released, *([event.reason] * bool(event.reason))])
        case acts.RosterSigned():
            return f"Version {event.version} · {event.what}"
        case store_acts.StoreChecked():
            how = "every byte read" if event.deep else "sizes compared"
            found = f"{event.broken} broken, {count(event.warnings, 'warning')}"
            return f"{count(event.objects, 'object')}, {how} · {found} · report {event.report[:12]}…"
        case store_acts.KeepingAsked() | store_acts.KeepingChanged():
            return _keeping(event, recording)
        case rebuild_acts.RecordsRebuilt():
            otherwise = f" · had differed: {', '.join(event.differed)}" if event.differed else ""
            return f"{count(event.entries, 'entry', 'entries')} folded again{otherwise}"
        case _:
            return _what_log(event, user) or _what_reason(event, recording)


def _what_reason(event: Event, recording: Named) -> str:
    match event:
        case reason_acts.RestrictedReasonStated():
            why = f" · “{event.note}”" if event.note else ""
            return f"{recording(event.recording)} · {event.reason}{why} · restricted: {event.restricted}"
        case reason_acts.LogWasUnwritable():
            lost = count(event.refused, "event")
            return f"Since {format_rfc3339(event.since)} · {event.why} {lost} turned away, none of them happened"
        case _:
            return _what_machine(event)


def _what_machine(event: Event) -> str:
    match event:
        case machine_acts.ClockJumped():
            way = "back" if event.size < 0 else "forward"
            least = "at least " if event.restarted else ""
            was, now = format_rfc3339(event.at_before), format_rfc3339(event.at_after)
            return f"{least}{abs(event.size) / SECOND:,.1f} s {way} · {was} was followed by {now}"
        case witness_acts.WitnessRefused():
            return f"{event.what} · {event.log} · {event.kept} entries seen before, {event.seen} published now"
        case machine_acts.EpochBegun():
            former = [
                f"{f.origin} up to {count(f.size, 'entry', 'entries')}, root {f.root[:12]}…" for f in event.former
            ]
            return f"Logs {event.epoch} begin · after {', '.join(former) or 'none that is known'}"
        case _:
            return ""


def _what_log(event: Event, user: Named) -> str:
    match event:
        case log_acts.LogExported() | log_acts.LogExportEnded():
            return _export(event)
        case log_acts.LogReviewed():
            whose = user(event.person) if event.person else "everybody"
            since, until = (format_rfc3339(at)[:16].replace("T", " ") for at in (event.since, event.until))
            spans = f"{since} to {until} UTC"
            said = f"{count(event.entries, 'entry', 'entries')}, {count(event.remarks, 'remark')}"
            return f"Review {event.n} of {whose} · {spans} · {said} · SHA-256 {event.document[:12]}…"
        case _:
            return _what_report(event)


def _what_report(event: Event) -> str:
    match event:
        case report_acts.StatisticsExported():
            return f"{event.year}, for the {event.version} · {event.form} · SHA-256 {event.sha256[:12]}…"
        case report_acts.ReportExported():
            size = f"{event.form.upper()}, {event.bytes / 1e3:,.0f} kB"
            return f"{event.subject} · {size} · SHA-256 {event.sha256[:12]}…"
        case report_acts.CameraExpected():
            return f"{event.officer} · {event.why}"
        case report_acts.CameraNotExpected():
            return f"Statement {event.id[:8]} withdrawn"
        case _:
            return _what_track(event)


def _what_track(event: Event) -> str:
    match event:
        case track_acts.TrackAdded():
            refused = sum(each.count for each in event.refused)
            said = [count(event.fixes, "position"), *([count(event.paths, "way")] * bool(event.paths))]
            said += [f"{refused} refused"] * bool(refused)
            zone = f" · times of {event.told.zone}" if event.told.zone else ""
            return f"{event.whose} · “{event.name}” · {', '.join(said)}{zone} · SHA-256 {event.sha256[:12]}…"
        case track_acts.TrackWithdrawn():
            return f"“{event.name}”" if event.name else f"Track {event.id[:8]}"
        case track_acts.TrackExported():
            size = f"{event.form.upper()}, {event.bytes / 1e3:,.0f} kB"
            return f"{', '.join(event.whose)} · {size} · SHA-256 {event.sha256[:12]}…"
        case _:
            return ""


def _export(event: log_acts.LogExported | log_acts.LogExportEnded) -> str:
    if isinstance(event, log_acts.LogExportEnded):
        if event.problem:
            return f"Not made: {event.problem}"
        digest = (event.bundle or event.manifest)[:12]
        return f"{count(event.files, 'file')}, {event.bytes / 1e6:,.1f} MB · SHA-256 {digest}…"
    notes = ", with internal notes" if event.notes else ""
    return f"{count(event.entries, 'entry', 'entries')}: {event.filter} · {', '.join(event.parts)}{notes}"


def _keeping(event: store_acts.KeepingAsked | store_acts.KeepingChanged, recording: Named) -> str:
    of = recording(event.recording) if event.recording is not None else event.path
    if isinstance(event, store_acts.KeepingAsked):
        return f"{of} · {event.how} · {count(event.objects, 'object')}"
    problem = f" · {event.problem}" if event.problem else ""
    return f"{of} · {event.how} · {event.done} of {count(event.objects, 'object')}{problem}"


def _assigned(event: acts.Assigned, user: Named) -> str:
    said = [f"{count(len(event.recordings), 'recording')} to {', '.join(event.members) or 'nobody'}"]
    said += [event.purpose, event.reason]
    if event.expires is not None:
        # The last day that it holds, as it was typed: it ends when the next one begins.
        said.append(f"until {format_rfc3339(Utc(event.expires - 1))[:10]}")
    if event.second:
        said.append(f"with {user(event.second)}")
    if event.waiting:
        said.append("waits for a second signature")
    return " · ".join(said)
