"""The queue: what is assigned to me, how much of it is on this machine, and what to do next.

Pure values for the screen: made from verified documents and the workspace alone, so it can be shown at once and again
when the store has answered.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from reviewer.domain.assignment import AssignedRecording, Assignment, Purpose
from reviewer.domain.errors import AccessRefused, Cancelled
from reviewer.domain.recording import Device, Kind, Manifest
from reviewer.domain.roster import Roster
from reviewer.domain.statutory import NO_BRIEF, Brief
from reviewer.domain.timebase import TimeRange, Utc, merge
from reviewer.records.queries import Queries
from reviewer.services.clock import Clock, utc_now
from reviewer.services.collecting import making_many
from reviewer.services.grants import Opener
from reviewer.services.letters import for_purpose
from reviewer.services.sync import ObjectState, ObjectStatus, states
from reviewer.services.trust import Contact, Found, Listed, Problem, Trust
from reviewer.services.workspace import Workspace


class Integrity(StrEnum):
    """Rule 10: integrity is a word."""

    VERIFIED = "verified"  # every byte here was compared with its signed manifest
    NOT_YET = "checked"  # some are not here, so not compared
    CORRUPT = "corrupt"  # something here was not what was signed
    SHUT = "not open"  # assigned, and still closed: withdrawn from training, or without a second signature


class NextStep(StrEnum):
    REVIEW = "Review"
    FETCH = "Fetch"
    FETCH_AGAIN = "Fetch again"
    EXPIRED = "Ask to extend"
    EMPTY = "Wait for footage"


@dataclass(frozen=True, slots=True)
class QueueRecording:
    """One camera of a case. `number` is its officer number, key and colour (1 …), in the order of the assignment: what
    is added later does not renumber what was there.

    `range` is when it rolled, first to last; `window` the stretch that matters; `stills` how many stills lie beside it.
    `objects_here` of `objects` and `bytes_here` of `bytes` count its footage, tracks and stills. `watched` is 0 to 1,
    None where nobody can say.
    """

    recording_id: str
    number: int
    officer: str
    device: Device
    kind: Kind
    range: TimeRange
    window: TimeRange | None
    stills: int
    objects: int
    objects_here: int
    bytes: int
    bytes_here: int
    integrity: Integrity
    quarantined: tuple[str, ...]  # labels: "Ofc. J. Heikkinen 1688, part 2"
    watched: float | None
    restricted: str | None

    @property
    def here(self) -> bool:
        return self.objects_here == self.objects


@dataclass(frozen=True, slots=True)
class NotAssigned:
    """A recording of the same incident that this person may not open: only that it exists, and when."""

    recording_id: str
    officer: str
    range: TimeRange


@dataclass(frozen=True, slots=True)
class QueueCase:
    """One row of the queue. `role` is this person's on the case; `issued_by` as shown: "S. Aro"."""

    case_id: str
    title: str
    purpose: Purpose
    reason: str
    role: str
    issued_by: str
    issued_at: Utc
    expires: Utc | None
    recordings: tuple[QueueRecording, ...]
    not_assigned: tuple[NotAssigned, ...]
    problems: tuple[Problem, ...]
    resume: Utc | None
    next_step: NextStep
    n: int = 0  # of the assignment
    brief: Brief = NO_BRIEF

    @property
    def here(self) -> int:
        """How many of its recordings are wholly on this machine."""
        return sum(r.here for r in self.recordings)

    @property
    def bytes(self) -> int:
        return sum(r.bytes for r in self.recordings)

    @property
    def bytes_here(self) -> int:
        return sum(r.bytes_here for r in self.recordings)

    @property
    def range(self) -> TimeRange | None:
        """From the first frame to the last of any camera."""
        ranges = [r.range for r in self.recordings]
        return TimeRange(min(r.start for r in ranges), max(r.end for r in ranges)) if ranges else None

    @property
    def watched(self) -> float | None:
        """The share of all footage that was watched, weighed by length; None where nobody can say."""
        known = [(r.watched, r.range.duration) for r in self.recordings if r.watched is not None]
        total = sum(length for _, length in known)
        return sum(share * length for share, length in known) / total if total else None

    @property
    def integrity(self) -> Integrity:
        words = {r.integrity for r in self.recordings}
        for worst in (Integrity.CORRUPT, Integrity.SHUT):
            if worst in words:
                return worst
        return Integrity.NOT_YET if Integrity.NOT_YET in words or not words else Integrity.VERIFIED

    @property
    def integrity_words(self) -> str:
        """As the queue says it: "1 of 9 corrupt", "3 of 5 checked", "4 of 4 verified"."""
        kind = self.integrity
        counted = kind if kind in (Integrity.CORRUPT, Integrity.SHUT) else Integrity.VERIFIED
        return f"{sum(r.integrity is counted for r in self.recordings)} of {len(self.recordings)} {kind.value}"


@dataclass(frozen=True, slots=True)
class Queue:
    """`problems` are documents that were refused, `notices` what is wrong with the roster, `contact` the store's.
    `kept`: this is what was verified then (`queue_kept`), and it is being verified again; None: now."""

    cases: tuple[QueueCase, ...]
    problems: tuple[Problem, ...]
    notices: tuple[Problem, ...]
    contact: Contact
    kept: Utc | None = None
    assignments: tuple[Assignment, ...] = ()  # that it was read from, unopened


Resume = Callable[[str], Utc | None]
Watched = Callable[[str, Manifest], float | None]
Reading = Callable[[int, int], None]
"""Told how many signed documents of how many were read and verified."""
_BATCH = 128  # documents between two words of how far it is
_COUNTS = 2_000  # thousandths: what ran faster than this was not watched


def watched_by(queries: Queries, user_id: str) -> Watched:
    """How much of a recording this person has seen at 2× or slower, of what the camera recorded: 0 to 1."""

    def share(case_id: str, manifest: Manifest) -> float | None:
        shown = queries.watched(case_id, manifest.recording_id, user_id)
        seen = merge(w.shown for w in shown if w.seen and abs(w.rate_milli) <= _COUNTS)
        total = sum(r.duration for r in manifest.rolling)
        both = (rolled.overlap(each) for rolled in manifest.rolling for each in seen)
        return sum(r.duration for r in both if r is not None) / total if total else None

    return share


def read_queue(
    trust: Trust,
    workspace: Workspace,
    user_id: str,
    *,
    grants: Opener | None = None,
    resume: Resume = lambda _case: None,
    watched: Watched = lambda _case, _manifest: None,
    reading: Reading = lambda _done, _all: None,
    cancel: threading.Event | None = None,
    now: Clock = utc_now,
) -> Queue:
    """The cases this person is on, `in_order`; their complaints are read by `queue_clocks`.

    `grants` shows what is sealed in their documents; without it, or where it has no key, ids are shown. `resume` gives
    the instant where the person stopped, by case id; `watched` the share seen (0 to 1): `watched_by`. `reading` is told
    how far it is. Raises Cancelled.
    """
    with making_many():
        return _read(trust, workspace, user_id, grants, resume, watched, reading, cancel, now)


def _read(
    trust: Trust,
    workspace: Workspace,
    user_id: str,
    grants: Opener | None,
    resume: Resume,
    watched: Watched,
    reading: Reading,
    cancel: threading.Event | None,
    now: Clock,
) -> Queue:
    assignments = trust.assignments(user_id)
    known = _Known.read(trust, reading, cancel) if assignments.good else _Known({}, Found((), ()))
    cases: list[QueueCase] = []
    for assignment in assignments.good:
        shown = assignment if grants is None else grants.assignment(assignment)
        maker = _CaseMaker(trust, workspace, shown, known, watched, grants)
        cases.append(maker.make(user_id, resume(assignment.case_id), now()))
    cases.sort(key=in_order)
    problems = assignments.problems + known.found.problems
    return Queue(tuple(cases), problems, trust.notices, trust.contact, None, assignments.good)


def in_order(case: QueueCase) -> tuple[int, int, int, str]:
    """The order of the queue: the next statutory clock first, then the nearest end, then the oldest."""
    clock = case.brief.next
    if clock is not None:
        return 0, clock[1], case.issued_at, case.case_id
    return 1 if case.expires else 2, case.expires or 0, case.issued_at, case.case_id


@dataclass(frozen=True, slots=True)
class _Known:
    """Every recording of the store: where its documents lie, and the newest verified manifest of each. The store is
    asked for its list once, however many cases there are."""

    listed: Listed
    found: Found[Manifest]
    by_incident: Mapping[str, Sequence[Manifest]] = field(default_factory=dict)

    @classmethod
    def read(cls, trust: Trust, reading: Reading, cancel: threading.Event | None) -> _Known:
        listed = trust.documents("recordings")
        ids = [folder.removeprefix("recordings/") for folder in listed]
        good: list[Manifest] = []
        problems: list[Problem] = []
        for done in range(0, len(ids), _BATCH):
            if cancel is not None and cancel.is_set():
                raise Cancelled("Reading the queue")
            reading(done, len(ids))
            part = trust.manifests(ids[done : done + _BATCH], listed)
            good += part.good
            problems += part.problems
        by_incident: dict[str, list[Manifest]] = {}
        for manifest in good:
            for number in manifest.incidents:
                by_incident.setdefault(number, []).append(manifest)
        return cls(listed, Found(tuple(good), tuple(problems)), by_incident)

    def beside(self, incidents: Iterable[str]) -> list[Manifest]:
        """Those with one of these incident numbers, each once."""
        found = {m.recording_id: m for number in sorted(set(incidents)) for m in self.by_incident.get(number, ())}
        return [found[id_] for id_ in sorted(found)]


def case_manifests(
    trust: Trust, assignment: Assignment, grants: Opener | None = None, listed: Listed | None = None
) -> Found[Manifest]:
    """The verified manifests of a case, stills among them, in the order of the assignment; with their details where
    `grants` opens them, and for training without names. `listed` as `Trust.manifests` has it."""
    found = trust.manifests((r.recording_id for r in assignment.recordings), listed)
    opened = found.good if grants is None else grants.manifests(assignment, found.good)
    return replace(found, good=for_purpose(assignment.purpose, opened))


def beside_the_case(
    assignment: Assignment, mine: Iterable[Manifest], everything: Iterable[Manifest]
) -> tuple[Manifest, ...]:
    """Recordings that carry an incident number of the case and are not part of it: they exist, and only their times may
    be shown. Stills taken beside them are left out; none for training, which has no incident numbers."""
    assigned = {r.recording_id for r in assignment.recordings}
    incidents = {number for m in mine for number in m.incidents}
    others = (m for m in everything if m.recording_id not in assigned and incidents.intersection(m.incidents))
    return tuple(m for m in others if m.still_of is None)


class _CaseMaker:
    """One case's row, out of its documents and what lies on this machine."""

    def __init__(
        self,
        trust: Trust,
        workspace: Workspace,
        assignment: Assignment,
        known: _Known,
        watched: Watched,
        grants: Opener | None,
    ) -> None:
        self._trust, self._roster = trust, trust.roster()
        self._workspace, self._assignment = workspace, assignment
        self._known = known
        self._watched = watched
        self._found = case_manifests(trust, assignment, grants, known.listed)
        self._shut: Mapping[str, AccessRefused] = {}
        self._stills: dict[str, list[Manifest]] = {}
        for manifest in self._found.good:
            if manifest.still_of is not None:
                self._stills.setdefault(manifest.still_of, []).append(manifest)

    def make(self, user_id: str, resume: Utc | None, now: Utc) -> QueueCase:
        assignment = self._assignment
        member = assignment.member(user_id)
        self._shut = self._trust.refusals(assignment, self._found.good, user_id)
        recordings = self._recordings()
        expired = assignment.expires is not None and assignment.expires <= now
        return QueueCase(
            case_id=assignment.case_id,
            title=assignment.title,
            purpose=assignment.purpose,
            reason=assignment.reason,
            role=member.role.value if member else "",
            issued_by=_name(self._roster, assignment.issued_by),
            issued_at=assignment.issued_at,
            expires=assignment.expires,
            recordings=recordings,
            not_assigned=self._not_assigned(),
            problems=(*self._found.problems, *self._why_shut()),
            resume=resume,
            next_step=NextStep.EXPIRED if expired else _next_step(recordings),
            n=assignment.n,
        )

    def _why_shut(self) -> Iterator[Problem]:
        """What is assigned and still does not open: it waits for a second signature, or was not released."""
        for recording, why in self._shut.items():
            yield Problem(recording, why.message, why.next_step)

    def _recordings(self) -> tuple[QueueRecording, ...]:
        windows = {r.recording_id: r for r in self._assignment.recordings}
        cameras = (m for m in self._found.good if not _beside(m, windows))
        return tuple(self._recording(i, m, windows[m.recording_id]) for i, m in enumerate(cameras, start=1))

    def _recording(self, number: int, manifest: Manifest, assigned: AssignedRecording) -> QueueRecording:
        stills = self._stills.get(manifest.recording_id, ())
        objects = states(self._workspace, [manifest, *stills])
        return QueueRecording(
            recording_id=manifest.recording_id,
            number=number,
            officer=manifest.officer,
            device=manifest.device,
            kind=manifest.kind,
            range=manifest.range,
            window=assigned.window,
            stills=len(stills),
            objects=len(objects),
            objects_here=sum(o.state is ObjectState.PRESENT for o in objects),
            bytes=sum(o.item.sealed_size for o in objects),
            bytes_here=sum(o.here for o in objects),
            integrity=_integrity(objects, shut=manifest.recording_id in self._shut),
            quarantined=tuple(o.item.label for o in objects if o.state is ObjectState.QUARANTINED),
            watched=self._watched(self._assignment.case_id, manifest),
            restricted=manifest.restricted,
        )

    def _not_assigned(self) -> tuple[NotAssigned, ...]:
        same = self._known.beside(number for m in self._found.good for number in m.incidents)
        others = beside_the_case(self._assignment, self._found.good, same)
        return tuple(NotAssigned(m.recording_id, m.officer, m.range) for m in others)


def _beside(manifest: Manifest, assigned: dict[str, AssignedRecording]) -> bool:
    """A still that was taken beside a recording of the same case is counted there."""
    return manifest.still_of is not None and manifest.still_of in assigned


def _integrity(objects: Iterable[ObjectStatus], *, shut: bool) -> Integrity:
    found = {o.state for o in objects}
    if ObjectState.QUARANTINED in found:
        return Integrity.CORRUPT
    if shut:
        return Integrity.SHUT
    return Integrity.VERIFIED if found <= {ObjectState.PRESENT} else Integrity.NOT_YET


def _next_step(recordings: Sequence[QueueRecording]) -> NextStep:
    if not recordings:
        return NextStep.EMPTY
    if any(r.integrity is Integrity.CORRUPT for r in recordings):
        return NextStep.FETCH_AGAIN
    return NextStep.REVIEW if all(r.here for r in recordings) else NextStep.FETCH


def _name(roster: Roster, user_id: str) -> str:
    user = next((u for u in roster.users if u.id == user_id), None)
    return user.name if user is not None else user_id
