"""A case's report in words and tables: each part of it is a `Section` of what was read (`case_sources`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from reviewer.domain import gate as gates
from reviewer.domain.assignment import Assignment
from reviewer.domain.case import Allegation, Stance
from reviewer.domain.finding import Course, SignedDecision, SignedFinding
from reviewer.domain.log_report import LogHead
from reviewer.domain.report import Lane, Picture, Section, Timeline
from reviewer.domain.timebase import SECOND, TimeRange, Utc, format_rfc3339
from reviewer.domain.wording import Local, count
from reviewer.services.case_sources import CaseSources
from reviewer.services.logwords import Names
from reviewer.services.rolling_words import plus_minus

_STANCES = {
    Stance.FOR: "for",
    Stance.AGAINST: "against",
    Stance.UNDECIDED: "undecided",
    Stance.SILENT: "silent: looked at, nothing found",
}
_STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1_800, 3_600, 7_200, 21_600, 86_400)  # seconds between ticks
_TICKS = 9
_AROUND = 60 * SECOND  # of the timeline, before and after what matters
LIMITS = (
    "Camera light, range and hearing differ from a person’s; a camera sees what it points at.",
    "“Silent” says that the footage was watched and nothing was found in it. What was not watched is said apart.",
    "± is two standard deviations. Where two moments on different cameras lie closer than their joint ±, which came "
    "first cannot be decided.",
    "The times of entries are the workstations’ own clocks’; the witnesses’ times are theirs.",
    "Letters that the paper’s font does not have stand as their numbers there; the HTML page has them all.",
    "Stills here are made smaller for paper. The originals are found by recording, part and time.",
)


@dataclass(frozen=True, slots=True)
class Speaker:
    """How people, recordings and times are called."""

    names: Names
    zone: Local

    def when(self, at: Utc) -> str:
        """Both times: "13 Jun 2026 22:42:14.9 (19:42:14.9 UTC)"."""
        utc = format_rfc3339(at)
        return f"{self.zone.date(at)} {self.zone.clock(at, 1)} ({utc[11:21]} UTC)"

    def stretch(self, at: TimeRange | None) -> str:
        """ "" for none."""
        if at is None:
            return ""
        first = self.when(at.start)
        return first if at.end == at.start else f"{first} – {self.zone.clock(at.end, 1)}"


def facts(case: CaseSources, say: Speaker) -> tuple[tuple[str, str], ...]:
    """What stands on top."""
    complaint = case.complaint
    received = say.when(complaint.received) if complaint.received is not None else ""
    how = f" ({complaint.way})" if complaint.way else ""
    found = (
        ("Case", f"{case.case} {case.assignment.title}".strip()),
        ("Complaint", complaint.number),
        ("Received", received + how),
        ("Incident", " · ".join(filter(None, (complaint.incident, complaint.place, say.stretch(complaint.happened))))),
        ("State", case.standing.state.value),
        ("Recordings", count(sum(not c.is_still and c.assigned for c in case.cameras), "recording")),
    )
    return tuple((name, value) for name, value in found if value)


def complaint(case: CaseSources, say: Speaker) -> Iterable[Section]:
    """Complaint, people, allegations, what was due."""
    rows = [
        (p.name, p.role.value if p.role is not None else "", p.badge, " ".join(filter(None, (p.contact, p.note))))
        for p in case.people
    ]
    columns = (("Name", 4), ("Role", 3), ("Badge", 2), ("Said of them", 5))
    said = (case.complaint.summary,) if case.complaint.summary else ()
    yield Section("Complaint and people", said, columns, tuple(rows), "Nobody is named yet.")
    officers = {person.id: person.name for person in case.people}
    stated = [
        (
            a.name,
            a.title,
            case.policies.get(a.policy, a.policy),
            officers.get(a.officer, a.officer),
            say.stretch(a.window),
            a.text,
        )
        for a in case.allegations
    ]
    named = (("No.", 1), ("Allegation", 3), ("Policy", 2), ("Officer", 2), ("When", 4), ("In their words", 6))
    yield Section("Allegations", (), named, tuple(stated), "No allegation is written yet.")
    clocks = [
        (
            d.clock.words,
            say.when(d.at),
            ("ended " + say.when(d.ended)) if d.ended is not None else "runs",
            d.clock.source,
        )
        for d in case.due
    ]
    if clocks:
        columns = (("Clock", 4), ("Due", 4), ("State", 4), ("Rule", 4))
        yield Section("Statutory clocks", (), columns, tuple(clocks))


def timeline(case: CaseSources, say: Speaker, watched: Mapping[str, Sequence[TimeRange]]) -> Section:
    """Cameras over the stretch that matters: recorded (outline), watched (full), exhibits."""
    span = case.span or _recorded(case)
    if span is None:
        return Section("Timeline", empty="There is neither footage nor a time that is alleged.")
    span = TimeRange(Utc(span.start - _AROUND), Utc(span.end + _AROUND))
    lanes = []
    for camera in case.cameras:
        if camera.is_still or not camera.assigned:
            continue
        flags = tuple(
            (each.wall, each.exhibit.name)
            for places in case.shown.values()
            for each in places
            if each.mark.recording == camera.key and span.start <= each.wall <= span.end
        )
        seen = tuple(case.clocks.range_to_wall(camera.key, each) for each in watched.get(camera.key, ()))
        rolling = tuple(part for each in camera.aligned.rolling if (part := each.overlap(span)) is not None)
        bars = tuple(part for each in seen if (part := each.overlap(span)) is not None)
        label = f"{camera.number} {camera.manifest.officer}"[:26]
        lanes.append(Lane(label, bars, rolling, tuple(sorted(flags))))
    stretches = [f"{a.name} {say.stretch(a.window)}" for a in case.allegations if a.window is not None]
    caption = f"Local time, {say.zone.offset(span.start)}. Outline: recorded. Full: watched at 2× or slower."
    return Section("Timeline", tuple(stretches), drawing=Timeline(span, tuple(lanes), _ticks(span, say.zone), caption))


def _recorded(case: CaseSources) -> TimeRange | None:
    ranges = [c.aligned.range for c in case.cameras if c.assigned and not c.is_still]
    return TimeRange(min(r.start for r in ranges), max(r.end for r in ranges)) if ranges else None


def _ticks(span: TimeRange, zone: Local) -> tuple[tuple[Utc, str], ...]:
    step = next((s for s in _STEPS if span.duration / SECOND / s <= _TICKS), _STEPS[-1]) * SECOND
    first = -(-span.start // step) * step
    return tuple((Utc(at), zone.clock(Utc(at))) for at in range(first, span.end + 1, step))


def allegation(
    case: CaseSources,
    each: Allegation,
    say: Speaker,
    pictures: Mapping[str, tuple[Picture, ...]],
    course: Course | None,
    plain: Callable[[str], str],
) -> Iterable[Section]:
    """One allegation: what was watched, its exhibits with stills, its findings and the decision."""
    gate = case.gate.of(each.id)
    said = []
    if gate is not None:
        said = [f"Coverage ({gates.rule_words(gate.rule)}): {gates.sentence(gate)}"]
        said += [words] if (words := gates.slow_words(gate)) else []
        said += [f"Watched by {', '.join(say.names.user(user) for user in gate.people)}."] if gate.people else []
    exhibits = case.of(each.id)
    rows: list[tuple[str, ...]] = []
    shown: list[Picture] = []
    documents = {document.id: document.name for document in case.documents}
    for exhibit in exhibits:
        where = [say.names.recording(s.mark.recording) for s in case.shown.get(exhibit.id, ())]
        where += [f"{documents.get(exhibit.document, 'document')} {exhibit.where}".strip()] if exhibit.document else []
        at = case.at(exhibit)
        margin = plus_minus(max(s.sigma for s in case.shown[exhibit.id])) if case.shown.get(exhibit.id) else ""
        when = f"{say.stretch(at)} {margin}".strip()
        rows.append((exhibit.name, _STANCES[exhibit.stance], ", ".join(where), when, case.words(exhibit)))
        shown += pictures.get(exhibit.id, ())
    columns = (("No.", 1), ("Speaks", 2), ("Where", 4), ("When", 5), ("What is seen or heard", 7))
    heading = f"{each.name} {each.title}"
    yield Section(heading, tuple(said), columns, tuple(rows), "No exhibit was named.", tuple(shown))
    yield _course(course, say, plain)


def _course(course: Course | None, say: Speaker, plain: Callable[[str], str]) -> Section:
    if course is None or not course.findings:
        return Section("Finding", empty="No finding is signed.", level=2)
    rows: list[tuple[str, ...]] = []
    standing = {each.id for each in course.standing}
    for found in course.findings:
        rows.append(_finding(found, say, plain, stands=found.id in standing))
    for point in course.returns:
        answers = " · ".join(f"{say.names.user(a.written.user)}: {a.text}" for a in point.answers)
        who, when = say.names.user(point.written.user), say.when(point.written.at)
        rows.append((f"Returned by {who}", when, "", point.reasons, answers or "not answered"))
    for other in course.dissents:
        who, when = say.names.user(other.written.user), say.when(other.written.at)
        rows.append((f"Dissent of {who}", when, other.disposition, plain(other.reasons), ""))
    for decided in course.decisions:
        rows.append(_decision(decided, say, plain, stands=decided in course.decided))
    said = ("Decisions that did not know of each other stand side by side: a further one must name them.",)
    columns = (("Act", 4), ("When", 5), ("Disposition", 3), ("Reasons", 8), ("More", 5))
    return Section("Findings and decision", said * course.conflict, columns, tuple(rows), level=2)


def _finding(found: SignedFinding, say: Speaker, plain: Callable[[str], str], *, stands: bool) -> tuple[str, ...]:
    finding = found.finding
    more = [f"standard: {finding.standard_words}", f"cites {', '.join(c.name for c in finding.cited) or 'nothing'}"]
    more += ["nothing was found in what was watched"] * finding.nothing_found
    more += [f"closed with footage unwatched: {finding.unwatched_reason}"] * bool(finding.unwatched_reason)
    more += ["" if stands else "replaced by a later draft"]
    who = f"Draft {finding.draft}, signed by {say.names.user(finding.by)}"
    reasons = plain(finding.reasons)
    if reasons != finding.reasons_read:  # other clocks or words stand now: what was signed read so
        reasons = f"{finding.reasons_read} (as it read when it was signed)"
    return who, say.when(found.written.at), finding.disposition_words, reasons, " · ".join(filter(None, more))


def _decision(decided: SignedDecision, say: Speaker, plain: Callable[[str], str], *, stands: bool) -> tuple[str, ...]:
    decision = decided.decision
    more = f"standard: {decision.standard_words}" + ("" if stands else " · superseded")
    who = f"Decided by {say.names.user(decision.by)}"
    return who, say.when(decided.written.at), decision.disposition_words, plain(decision.reasons), more


def custody(case: CaseSources, history: Sequence[Assignment], say: Speaker) -> Iterable[Section]:
    """Where each file came from, who was given what, and the documents."""
    rows = []
    for camera in case.cameras:
        if not camera.assigned:
            continue
        manifest = camera.manifest
        device = " ".join(filter(None, (manifest.device.make, manifest.device.model, manifest.device.serial)))
        for n, part in enumerate(manifest.parts, start=1):
            taken = f"{say.when(manifest.ingest.time)} at {manifest.ingest.station}"
            what = f"{manifest.officer} · {device} · part {n} {part.name}".strip()
            rows.append((what, taken, say.when(part.started_at), f"{part.size:,}", part.sha256))
    columns = (("Recording", 6), ("Taken in", 5), ("Begins", 5), ("Bytes", 2), ("SHA-256 of the file", 7))
    yield Section("Chain of custody: footage", (), columns, tuple(rows), "No recording is assigned.")
    papers = [(d.name, d.what or d.kind, f"{d.size:,}", d.sha256) for d in case.documents]
    if papers:
        listed = (("Document", 6), ("Kind", 4), ("Bytes", 2), ("SHA-256", 7))
        yield Section("Chain of custody: documents", (), listed, tuple(papers))
    given = [
        (
            str(each.n),
            say.when(each.issued_at),
            say.names.user(each.issued_by),
            ", ".join(f"{say.names.user(m.user)} ({m.role.value})" for m in each.members) or "nobody",
            str(len(each.recordings)),
        )
        for each in sorted(history, key=lambda a: a.n)
    ]
    columns = (("No.", 1), ("Signed", 5), ("By", 3), ("People on the case", 7), ("Recordings", 2))
    yield Section("Who was given access", (), columns, tuple(given), "No assignment can be read.")


def moves(case: CaseSources, say: Speaker) -> Section:
    """The case's way through its states."""
    rows = tuple(
        (step.move.to, say.when(step.at), say.names.user(step.user), step.move.reason, step.why_not)
        for step in case.standing.steps
    )
    columns = (("To", 3), ("When", 5), ("By", 3), ("Reason", 6), ("Does not count, because", 5))
    return Section("States", (), columns, rows, "Nobody has moved the case yet.")


def proofs(heads: Sequence[LogHead], proven: Sequence[str], missing: Sequence[str]) -> Section:
    """The signed logs that the case stands in, as this machine knows them."""
    rows = tuple((h.origin, str(h.shown), f"{h.size:,}", h.root, " ".join(h.witnesses)) for h in heads)
    columns = (
        ("Log", 6),
        ("Of this case", 2),
        ("Entries", 2),
        ("Root of the tree (SHA-256, RFC 6962)", 7),
        ("Seen", 6),
    )
    how = (
        "Every statement above stands in one of these logs. “Export for court” on the log screen, or the proofs saved "
        "beside this report, show each entry under its head; verify_log.py checks them without this program.",
    )
    return Section("Log proofs", (*how, *proven, *missing), columns, rows, "No entry of the case is known here.")
