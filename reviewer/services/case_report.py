"""The report of a case: everything that was written, seen, found and decided, with the proofs of it, as one file.

PDF, HTML and Word have all of it; JSON and CSV the tables; CASE/UCO (`.jsonld`) the case for other investigation
software. It reads what the logs that are known here make of the case, and leaves as an entry.
"""

from __future__ import annotations

import math
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from pathlib import Path

from reviewer import __version__
from reviewer.domain import reference
from reviewer.domain.assignment import Assignment
from reviewer.domain.errors import Cancelled, ReviewerError
from reviewer.domain.finding import Course
from reviewer.domain.log_report import LogHead
from reviewer.domain.report import MapSketch, Report, Section, Way
from reviewer.domain.report_acts import ReportExported
from reviewer.domain.timebase import TimeRange, Utc, merge
from reviewer.domain.track import Track
from reviewer.exports.caseuco import Act, CaseGraph, to_jsonld
from reviewer.records.queries import EntryFilter, Queries
from reviewer.services import case_report_words as words
from reviewer.services import logreport
from reviewer.services.case import CaseFile
from reviewer.services.case_report_words import Speaker
from reviewer.services.case_sources import CaseSources, read_case
from reviewer.services.case_state import rights_of
from reviewer.services.case_stills import Taken, stills
from reviewer.services.clock import Clock, utc_now
from reviewer.services.disk import write_new
from reviewer.services.finding_reading import case_findings
from reviewer.services.footage import CaseCamera, Footage
from reviewer.services.logexport import ALL, Asked, LogExport
from reviewer.services.logproof import Proofs
from reviewer.services.references import Footing, References
from reviewer.services.reporting import FORMS
from reviewer.services.session import Session

GRAPH = "jsonld"
SUBJECT = "Case report"
_FAST = 2_000  # thousandths: what ran faster was not watched
_NOTHING = Taken({}, (), ())
_ON_A_WAY = 240  # points of a way on the map
_EARTH = 6_371_000.0


@dataclass(frozen=True, slots=True)
class Step:
    """How far it is: "Stills", 12 of 60."""

    words: str
    done: int = 0
    total: int = 0


@dataclass(frozen=True, slots=True)
class OpenCase:
    """The case as this person has it open."""

    session: Session
    assignment: Assignment
    footage: Footage
    cameras: tuple[CaseCamera, ...]
    say: Speaker


class CaseReports:
    """Makes reports of one open case; `save` off the GUI's thread. `cancel` from any thread."""

    def __init__(
        self, case: OpenCase, *, progress: Callable[[Step], None] = lambda _step: None, now: Clock = utc_now
    ) -> None:
        self._open, self._progress, self._now = case, progress, now
        self._stopped = threading.Event()
        self._case = case.assignment.case_id

    def cancel(self) -> None:
        self._stopped.set()

    def save(self, path: Path, *, pictures: bool = True, proofs: bool = False) -> Path:
        """Write it as the name's suffix says; with `proofs`, an export of the case's entries in a folder beside it. A
        name that is taken gets a number. Returns where it is. Raises Cancelled (nothing is left then), ReviewerError
        for a suffix that is no form, LogUnwritable, and what log, store and disk raise."""
        form = path.suffix.lower().removeprefix(".")
        if form != GRAPH and form not in FORMS:
            known = ", ".join(f".{each}" for each in (*FORMS, GRAPH))
            raise ReviewerError(f"A case is not written as “{path.suffix}”.", f"End the name with one of {known}.")
        with closing(self._open.session.queries()) as queries:
            case = self._read(queries)
            if form == GRAPH:
                taken, data = _NOTHING, to_jsonld(self._graph(case, queries))
            else:
                taken = self._pictures(case) if pictures and form in ("pdf", "html", "docx") else _NOTHING
                report = self._report(case, queries, taken)
                self._tell(Step("Writing it down"))
                data = FORMS[form](report)
        self._tell(Step("Into the log"))
        record = self._open.session.journal.record
        entries = [record(entry) for entry in taken.entries]
        entries.append(record(ReportExported(self._case, SUBJECT, form, sha256(data).hexdigest(), len(data))))
        for entry in entries:
            entry.result()
        written = write_new(path, data)
        if proofs:
            self._prove(written)
        return written

    def report(self, *, pictures: bool = True) -> Report:
        """The same without writing or logging anything: for whoever looks at it here. Raises Cancelled."""
        with closing(self._open.session.queries()) as queries:
            case = self._read(queries)
            return self._report(case, queries, self._pictures(case) if pictures else _NOTHING)

    # -- parts ---------------------------------------------------------------------------------------------------------

    def _read(self, queries: Queries) -> CaseSources:
        self._tell(Step("Reading the case"))
        session, assignment = self._open.session, self._open.assignment
        file = CaseFile(session.journal.record, queries, self._case)
        return read_case(queries, file, assignment, self._open.cameras, rights_of(session.trust, self._case))

    def _pictures(self, case: CaseSources) -> Taken:
        def step(done: int, total: int) -> None:
            self._progress(Step("Stills", done, total))

        taken = stills(case, self._open.footage, step, self._stopped.is_set)
        self._tell(Step("Stills"))
        return taken

    def _report(self, case: CaseSources, queries: Queries, taken: Taken) -> Report:
        session, say = self._open.session, self._open.say
        courses = self._courses(queries)
        plain = partial(reference.plain, resolve=self._references(case, queries))
        sections = [*words.complaint(case, say), words.timeline(case, say, self._watched(queries))]
        sections.append(self._map(case))
        for each in case.allegations:
            sections += words.allegation(case, each, say, taken.pictures, courses.get(each.id), plain)
        sections += words.custody(case, session.trust.history(self._case).good, say)
        sections += [words.moves(case, say), self._proofs()]
        by = f"{session.user.name} {session.user.badge}"
        made_at, agency = self._now(), session.roster.title
        limits = (*words.LIMITS, *taken.missing)
        title = f"Case {self._case}"
        return Report(title, SUBJECT, agency, made_at, by, words.facts(case, say), tuple(sections), limits)

    def _references(self, case: CaseSources, queries: Queries) -> References:
        footing = Footing({c.key: c.manifest for c in case.cameras}, case.clocks, self._open.say.zone)
        return References(CaseFile(self._open.session.journal.record, queries, self._case), queries, footing)

    def _courses(self, queries: Queries) -> Mapping[str, Course]:
        session, trust = self._open.session, self._open.session.trust
        found = case_findings(queries, self._case, rights_of(trust, self._case), trust.roster())
        return found.courses_for(session.user.id)  # not what its maker is still to judge blind

    def _watched(self, queries: Queries) -> Mapping[str, Sequence[TimeRange]]:
        """What anybody watched at 2× or slower, stated time, by recording."""
        found: dict[str, list[TimeRange]] = {}
        for _user, recording, rate, stretches in queries.paced(self._case):
            if 0 < abs(rate) <= _FAST:
                found.setdefault(recording, []).extend(TimeRange(Utc(a), Utc(b)) for a, b in stretches)
        return {key: tuple(merge(each)) for key, each in found.items()}

    def _map(self, case: CaseSources) -> Section:
        span = case.span
        ways: list[tuple[str, Track]] = []
        for camera in case.cameras:
            if camera.assigned and not camera.is_still and not camera.shut:
                track, _why = self._open.footage.track(camera)
                if track is not None and track.fixes:
                    ways.append((f"{camera.number}", track))
        if not ways:
            return Section("Map", empty="No camera of the case has a GPS track.")
        return Section("Map", (_WAYS,), drawing=_sketch(case, ways, span))

    def _proofs(self) -> Section:
        """The logs that know of this case. What the store does not answer is said, not left out."""
        self._tell(Step("Proofs"))
        session = self._open.session
        found: Counter[str] = Counter()
        for entry in logreport.chosen(session, EntryFilter(case=self._case)):
            found[entry.meta.origin] += 1
        heads, missing = [], []
        with closing(Proofs(session)) as proofs:
            for origin, shown in sorted(found.items()):
                try:
                    heads.append(logreport.head_of(proofs, origin, shown))
                except ReviewerError as wrong:
                    missing.append(f"{origin}: {wrong.message}")
                    heads.append(LogHead(origin, shown, 0, "", ()))
        return words.proofs(heads, (), missing)

    def _prove(self, beside: Path) -> None:
        """The proofs of every entry of the case, in a folder of its own."""
        asked = Asked(EntryFilter(case=self._case), _free(beside.with_name(f"{beside.stem} proofs")), ALL)
        say = self._open.say
        LogExport(
            self._open.session,
            asked,
            names=say.names,
            zone=say.zone,
            progress=lambda step: self._progress(Step("Proofs", step.done, step.total)),
            stopped=self._stopped,
            now=self._now,
        ).run()

    def _graph(self, case: CaseSources, queries: Queries) -> CaseGraph:
        session = self._open.session
        footage = {key: tuple(dict.fromkeys(s.mark.recording for s in places)) for key, places in case.shown.items()}
        return CaseGraph(
            case=self._case,
            title=case.assignment.title,
            agency=session.roster.agency,
            state=case.standing.state.value,
            made_at=self._now(),
            made_by=f"{session.user.name} {session.user.badge}",
            version=__version__,
            people=case.people,
            allegations=case.allegations,
            recordings=tuple(c.manifest for c in case.cameras if c.assigned),
            documents=case.documents,
            exhibits=case.exhibits,
            footage_of=footage,
            acts=tuple(self._acts(case, self._courses(queries))),
        )

    def _acts(self, case: CaseSources, courses: Mapping[str, Course]) -> Iterable[Act]:
        user = self._open.say.names.user
        for camera in case.cameras:
            if camera.assigned:
                manifest = camera.manifest
                own, taken = manifest.recording_id, manifest.ingest
                yield Act(f"ingest {own}", "Taken in", taken.station, taken.time, (own,))
        for step in case.standing.taken:
            said = step.move.reason
            yield Act(step.move.id, f"Moved to {step.move.to}", user(step.user), step.at, (), said)
        for allegation, course in courses.items():
            for found in course.findings:
                said, by = found.finding.disposition_words, user(found.finding.by)
                yield Act(found.id, "Finding signed", by, found.written.at, (allegation,), said)
            for decided in course.decisions:
                said, by = decided.decision.disposition_words, user(decided.decision.by)
                yield Act(decided.id, "Decided", by, decided.written.at, (allegation,), said)

    def _tell(self, step: Step) -> None:
        if self._stopped.is_set():
            raise Cancelled("The report")
        self._progress(step)


_WAYS = "Where each camera’s GPS was, numbered as the cameras are; exhibits stand where the camera was. North is up."


def _sketch(case: CaseSources, ways: Sequence[tuple[str, Track]], span: TimeRange | None) -> MapSketch:
    fixes = [fix for _, track in ways for fix in track.fixes]
    lat, lon = (sum(getattr(fix, name) for fix in fixes) / len(fixes) for name in ("lat", "lon"))

    def metres(at_lat: float, at_lon: float) -> tuple[int, int]:
        east = math.radians(at_lon - lon) * _EARTH * math.cos(math.radians(lat))
        return round(east), round(math.radians(at_lat - lat) * _EARTH)

    drawn = []
    for label, track in ways:
        inside = [f for f in track.fixes if span is None or span.start - _AROUND <= f.at <= span.end + _AROUND]
        thinned = inside[:: max(1, len(inside) // _ON_A_WAY)]
        if thinned:
            drawn.append(Way(label, tuple(metres(f.lat, f.lon) for f in thinned)))
    spots = []
    by_number = dict(ways)
    for places in case.shown.values():
        for each in places[:1]:
            camera = case.camera(each.mark.recording)
            own = by_number.get(f"{camera.number}") if camera is not None else None
            fix = own.last_fix(each.wall) if own is not None else None
            if fix is not None:
                spots.append((*metres(fix.lat, fix.lon), each.exhibit.name))
    return MapSketch(tuple(drawn), tuple(spots), "GPS as the cameras recorded it; no base map.")


_AROUND = 300 * 1_000_000


def _free(folder: Path) -> Path:
    """A name that nothing has: with a number, if it must be."""
    n, free = 1, folder
    while free.exists():
        n += 1
        free = folder.with_name(f"{folder.name} {n}")
    return free
