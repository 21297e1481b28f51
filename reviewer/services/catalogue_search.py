"""What the catalogue holds, and how it is looked through: values and one pure function, no disk, no keys."""

from __future__ import annotations

import base64
import struct
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields

from reviewer.domain.assignment import Purpose
from reviewer.domain.place import Area, Box, Place
from reviewer.domain.recording import Kind
from reviewer.domain.roster import Role
from reviewer.domain.timebase import TimeRange, Utc


@dataclass(frozen=True, slots=True)
class Entry:
    """One recording, as its newest verified manifest says.

    `officer` as shown where the details are open to this person, else the id that stands open in the manifest; then
    `opened` is False, and device, event type, the reason of a restriction and the place are not known. `box` is around
    its track, `path` the coarse path itself, packed (see `pack`). `bytes` is what lies sealed in the store.
    """

    recording_id: str
    n: int
    opened: bool
    officer: str
    device: str
    kind: Kind
    start: Utc
    end: Utc
    parts: int
    bytes: int
    incidents: tuple[str, ...] = ()
    event_type: str = ""
    restricted: bool = False
    why_restricted: str = ""
    still_of: str | None = None
    box: Box | None = None
    reach: int = 0
    path: str = ""

    @property
    def range(self) -> TimeRange:
        return TimeRange(self.start, self.end)

    @property
    def place(self) -> Place | None:
        return Place(unpack(self.path), self.reach) if self.path else None

    def meets(self, area: Area) -> bool:
        """Whether it may have been made there. A recording without a known place was made nowhere that can be asked."""
        place = self.place if self.box is not None and self.box.meets(area.box) else None
        return place is not None and place.meets(area)


@dataclass(frozen=True, slots=True)
class CaseMember:
    """`since`: when the assignment that first named this person on the case was issued."""

    user: str
    role: Role
    since: Utc


@dataclass(frozen=True, slots=True)
class FormerMember:
    """Somebody who was on the case: `until` is when the assignment was issued that no longer named them."""

    user: str
    role: Role
    since: Utc
    until: Utc


@dataclass(frozen=True, slots=True)
class CaseEntry:
    """One case, as its newest verified assignment says. `opened` False: title and reason are not open to this person.
    `windows` are the stretches that matter, for the recordings that have one."""

    case_id: str
    n: int
    opened: bool
    title: str
    purpose: Purpose
    reason: str
    members: tuple[CaseMember, ...]
    recordings: tuple[str, ...]
    issued_by: str
    issued_at: Utc
    expires: Utc | None = None
    windows: Mapping[str, TimeRange] = field(default_factory=dict)
    former: tuple[FormerMember, ...] = ()

    def member(self, user_id: str) -> CaseMember | None:
        return next((m for m in self.members if m.user == user_id), None)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to look for; what is None or empty does not matter. All that is given must be so.

    `officer` and `words`: each word occurs, whatever the case of its letters (`words` anywhere in what is known).
    `since`, `until`: it rolled at some instant of [since, until). `incident` occurs in one of its incident numbers.
    `event_type` is the whole type. `member`: assigned to this user; `case`: part of this case.
    """

    words: str = ""
    officer: str = ""
    since: Utc | None = None
    until: Utc | None = None
    incident: str = ""
    area: Area | None = None
    kind: Kind | None = None
    event_type: str = ""
    restricted: bool | None = None
    released: bool | None = None
    assigned: bool | None = None
    member: str = ""
    case: str = ""

    @property
    def given(self) -> tuple[str, ...]:
        """Which of them matter."""
        return tuple(f.name for f in fields(self) if getattr(self, f.name) not in (None, ""))


@dataclass(frozen=True, slots=True)
class Listing:
    """Everything the catalogue knows at one moment. `entries` newest first; `cases` by id; `cases_of` the cases each
    recording is part of, in order of their ids; `released` for training."""

    entries: tuple[Entry, ...] = ()
    cases: Mapping[str, CaseEntry] = field(default_factory=dict)
    cases_of: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    released: frozenset[str] = frozenset()

    @classmethod
    def of(cls, entries: Iterable[Entry], cases: Iterable[CaseEntry], released: Iterable[str]) -> Listing:
        by_id = {c.case_id: c for c in sorted(cases, key=lambda c: c.case_id)}
        cases_of: dict[str, tuple[str, ...]] = {}
        for case in by_id.values():
            for recording in case.recordings:
                cases_of[recording] = (*cases_of.get(recording, ()), case.case_id)
        newest = sorted(entries, key=lambda e: (-e.start, e.recording_id))
        return cls(tuple(newest), by_id, cases_of, frozenset(released))

    def find(self, wanted: Wanted) -> tuple[Entry, ...]:
        """What is wanted, newest first. A few ms for 10,000 recordings without an area."""
        found: Iterator[Entry] = iter(self.entries)
        if wanted.case or wanted.member:
            among = self._among(wanted)
            found = (e for e in found if e.recording_id in among)
        if wanted.assigned is not None:
            found = (e for e in found if (e.recording_id in self.cases_of) is wanted.assigned)
        if wanted.released is not None:
            found = (e for e in found if (e.recording_id in self.released) is wanted.released)
        return tuple(_by_place(_by_words(_by_facts(found, wanted), self.cases_of, wanted), wanted.area))

    def _among(self, wanted: Wanted) -> frozenset[str]:
        cases = (c for c in self.cases.values() if not wanted.case or c.case_id == wanted.case)
        mine = (c for c in cases if not wanted.member or c.member(wanted.member) is not None)
        return frozenset(r for c in mine for r in c.recordings)

    @property
    def event_types(self) -> tuple[str, ...]:
        """All that occur, in order."""
        return tuple(sorted({e.event_type for e in self.entries if e.event_type}))


def _by_facts(found: Iterator[Entry], wanted: Wanted) -> Iterator[Entry]:
    if wanted.since is not None:
        since = wanted.since
        found = (e for e in found if e.end > since or e.start >= since)
    if wanted.until is not None:
        until = wanted.until
        found = (e for e in found if e.start < until)
    if wanted.kind is not None:
        found = (e for e in found if e.kind is wanted.kind)
    if wanted.event_type:
        found = (e for e in found if e.event_type == wanted.event_type)
    if wanted.restricted is not None:
        found = (e for e in found if e.restricted is wanted.restricted)
    return found


def _by_words(found: Iterator[Entry], cases_of: Mapping[str, tuple[str, ...]], wanted: Wanted) -> Iterator[Entry]:
    for officer in wanted.officer.casefold().split():
        found = (e for e in found if _has(officer, (e.officer,)))
    if wanted.incident.strip():
        incident = wanted.incident.casefold().strip()
        found = (e for e in found if _has(incident, e.incidents))
    for word in wanted.words.casefold().split():
        found = (e for e in found if _has(word, _said(e, cases_of)))
    return found


def _by_place(found: Iterator[Entry], area: Area | None) -> Iterator[Entry]:
    return found if area is None else (e for e in found if e.meets(area))


def _has(word: str, said: Iterable[str]) -> bool:
    return any(word in each.casefold() for each in said)


def _said(e: Entry, cases_of: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    own = (e.officer, e.recording_id, e.device, e.event_type, e.why_restricted)
    return (*own, *e.incidents, *cases_of.get(e.recording_id, ()))


# -- packed paths ----------------------------------------------------------------------------------------------------


def pack(place: Place) -> str:
    """A path in a few bytes: little-endian 32-bit integers, base64."""
    return base64.b64encode(struct.pack(f"<{len(place.path)}i", *place.path)).decode()


def unpack(packed: str) -> tuple[int, ...]:
    """The path that `pack` packed. Raises ValueError."""
    data = base64.b64decode(packed, validate=True)
    if len(data) % 8:
        raise ValueError("a path is pairs of 32-bit integers")
    return struct.unpack(f"<{len(data) // 4}i", data)
