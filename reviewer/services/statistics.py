"""A year in numbers, out of the cases that somebody sees: complaints, allegations and how they ended, footage, views,
requests. For the agency itself, and for the public without small counts (`domain/statistics`)."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from reviewer.domain.agency import Tables
from reviewer.domain.assignment import Assignment, Purpose
from reviewer.domain.case import Allegation, Complaint
from reviewer.domain.case_acts import AllegationSet, ComplaintSet
from reviewer.domain.errors import Cancelled
from reviewer.domain.events import FileViewClosed, ViewClosed
from reviewer.domain.finding import Course
from reviewer.domain.log_acts import LogExported
from reviewer.domain.report import Report, Section
from reviewer.domain.report_acts import ReportExported, StatisticsExported
from reviewer.domain.statistics import Counts, Told, public, whole
from reviewer.domain.statutory import DAY
from reviewer.domain.timebase import TimeRange, Utc, parse_rfc3339, to_datetime
from reviewer.domain.wording import LocalZone, utc_of
from reviewer.records.queries import EntryFilter, Queries
from reviewer.services.case_state import rights_by
from reviewer.services.disk import write_new
from reviewer.services.finding_reading import case_findings
from reviewer.services.reporting import Record, made
from reviewer.services.trust import Trust

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_OPEN, _OTHER = "not decided", "not said"
_LENGTHS = ((30, "under 30 days"), (90, "30 to 89"), (180, "90 to 179"), (366, "180 to 365"))
_LONGEST = "more than a year"
Reading = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Year:
    """`cases` were read for it, `elsewhere` more are in the store that this person is not on."""

    year: int
    tables: tuple[Counts, ...]
    cases: int
    elsewhere: int

    def told(self, *, for_public: bool) -> tuple[Told, ...]:
        """Every table in words."""
        return tuple((public if for_public else whole)(table) for table in self.tables)


@dataclass
class _Found:
    """What is counted while cases are read."""

    months: Counter[tuple[str, str]] = field(default_factory=Counter)
    ends: Counter[tuple[str, str]] = field(default_factory=Counter)
    lengths: Counter[str] = field(default_factory=Counter)
    recordings: set[str] = field(default_factory=set)
    requests: int = 0


def year_of(
    trust: Trust,
    queries: Queries,
    user: str,
    year: int,
    zone: LocalZone,
    *,
    reading: Reading = lambda _done, _all: None,
    cancel: threading.Event | None = None,
) -> Year:
    """The tables of a calendar year by this zone's clock, of the cases that this user (id) is on. A complaint counts in
    the year in which it was received, and its allegations with it. Takes its time; on the thread of `queries`. Raises
    Cancelled."""
    roster = trust.roster()
    everything = trust.assignments().good
    mine = [each for each in everything if each.member(user)]
    span = _span(year, zone)
    found = _Found()
    for n, assignment in enumerate(mine):
        if cancel is not None and cancel.is_set():
            raise Cancelled("Counting")
        reading(n, len(mine))
        _count(found, queries, trust, assignment, span, zone)
    tables = (
        _by_month(found, roster.agency_tables),
        _by_end(found, roster.agency_tables),
        _by_length(found),
        _doings(found, queries, trust, mine, span),
    )
    return Year(year, tables, len(mine), len(everything) - len(mine))


def years(queries: Queries, cases: Iterable[str], now: Utc, zone: LocalZone) -> tuple[int, ...]:
    """The years that there is something of, newest first; this one is always among them."""
    received = (Complaint.of(t).received for case in cases for t in queries.things(case, ComplaintSet, ""))
    found = {_year(at, zone) for at in received if at is not None}
    return tuple(sorted(found | {_year(now, zone)}, reverse=True))


def to_report(told: Year, imprint: tuple[str, str, Utc], *, for_public: bool) -> Report:
    """For paper and tables. `imprint`: agency, who made it, when."""
    agency, made_by, made_at = imprint
    sections = tuple(
        Section(
            table.title,
            (table.about,) if table.about else (),
            tuple((title, 3 if n == 0 else 1) for n, title in enumerate(table.head)),
            table.rows,
            "Nothing was counted.",
        )
        for table in told.told(for_public=for_public)
    )
    limits = [f"Counted are {told.cases} cases; {told.elsewhere} more are in the store, and not seen by who made this."]
    if for_public:
        limits.append("Counts from 1 to 4 are given as “<5”, and no total that has one of them (“·”).")
    what = "for the public" if for_public else "for the agency"
    facts = (("Year", str(told.year)), ("Made", what))
    title = f"{agency}: complaints in {told.year}"
    return Report(title, "Yearly statistics", agency, made_at, made_by, facts, sections, tuple(limits))


def save(told: Year, report: Report, path: Path, record: Record, *, for_public: bool) -> Path:
    """Write the report as its name's suffix says. That it leaves is durable in the access log first; a name that is
    taken gets a number. Raises ReviewerError for a suffix that is no form, LogUnwritable, and what the disk says."""
    form, data = made(report, path)
    version = "public" if for_public else "agency"
    record(StatisticsExported(told.year, version, form, sha256(data).hexdigest(), len(data))).result()
    return write_new(path, data)


# -- counting ----------------------------------------------------------------------------------------------------------


def _count(
    found: _Found, queries: Queries, trust: Trust, assignment: Assignment, span: TimeRange, zone: LocalZone
) -> None:
    found.recordings |= {each.recording_id for each in assignment.recordings}
    found.requests += assignment.purpose is Purpose.DISCLOSURE and assignment.issued_at in span
    case = assignment.case_id
    complaint = Complaint.of(next(iter(queries.things(case, ComplaintSet, "")), None))
    if complaint.received is None or complaint.received not in span:
        return
    found.months[_month(complaint.received, zone), complaint.way or _OTHER] += 1
    roster = trust.roster()
    rights = rights_by(roster, assignment, trust.history(case).good if assignment.n > 1 else ())
    courses = case_findings(queries, case, rights, roster).courses
    for thing in queries.things(case, AllegationSet):
        if thing.stands:
            allegation = Allegation.of(thing)
            end, decided = _end(courses.get(allegation.id))
            found.ends[allegation.policy or _OTHER, end] += 1
            if decided is not None:
                found.lengths[_length((decided - complaint.received) // DAY)] += 1


def _end(course: Course | None) -> tuple[str, Utc | None]:
    """The disposition (id) that was decided, and when."""
    decision = course.decision if course is not None else None
    return (_OPEN, None) if decision is None else (decision.decision.disposition, decision.written.at)


def _length(days: int) -> str:
    return next((name for least, name in _LENGTHS if days < least), _LONGEST)


def _by_month(found: _Found, tables: Tables) -> Counts:
    ways = _named({way: way for way in tables.ways}, (way for _, way in found.months))
    cells = tuple(tuple(found.months[month, way] for way in ways) for month in _MONTHS)
    return Counts(
        "Complaints received", tuple(map(_upper, ways.values())), _MONTHS, cells, "By month and how they came."
    )


def _by_end(found: _Found, tables: Tables) -> Counts:
    policies = _named({each.id: each.words for each in tables.policies}, (policy for policy, _ in found.ends))
    ends = {each.id: each.words for each in tables.dispositions} | {_OPEN: _upper(_OPEN)}
    ends = _named(ends, (end for _, end in found.ends))
    cells = tuple(tuple(found.ends[policy, end] for end in ends) for policy in policies)
    about = "By policy and how they were decided; one complaint may have several."
    return Counts("Allegations", tuple(ends.values()), tuple(map(_upper, policies.values())), cells, about)


def _by_length(found: _Found) -> Counts:
    names = (*(name for _, name in _LENGTHS), _LONGEST)
    cells = tuple((found.lengths[name],) for name in names)
    return Counts("From receipt to decision", ("Allegations",), names, cells)


def _doings(found: _Found, queries: Queries, trust: Trust, mine: Sequence[Assignment], span: TimeRange) -> Counts:
    def entries(*kinds: str) -> int:
        return queries.count(EntryFilter(kinds=kinds, since=span.start, until=span.end))

    recordings = [m for m in trust.manifests(sorted(found.recordings)).good if m.ingest.time in span]
    rows = (
        ("Recordings taken in", len(recordings)),
        ("Views of footage", entries(ViewClosed.KIND, FileViewClosed.KIND)),
        ("Reports and exports", entries(ReportExported.KIND, LogExported.KIND)),
        ("Cases assigned", sum(each.issued_at in span for each in mine)),
        ("Requests for a copy (FOI)", found.requests),
    )
    names, cells = tuple(name for name, _ in rows), tuple((number,) for _, number in rows)
    return Counts("Footage and requests", ("Number",), names, cells, adds=False)


def _named(known: Mapping[str, str], met: Iterable[str]) -> dict[str, str]:
    """Words by id: the table's own, then what an older table had."""
    return {**known, **{each: each for each in met if each not in known}}


def _upper(words: str) -> str:
    return words[:1].upper() + words[1:].replace("_", " ")


def _span(year: int, zone: LocalZone) -> TimeRange:
    """From the first of January to the next by this zone's clock."""
    first, after = (parse_rfc3339(f"{each:04}-01-01T00:00:00Z") for each in (year, year + 1))
    return TimeRange(*(utc_of(to_datetime(at).replace(tzinfo=None), zone) for at in (first, after)))


def _year(at: Utc, zone: LocalZone) -> int:
    return int(zone.date(at).split()[-1])


def _month(at: Utc, zone: LocalZone) -> str:
    return zone.date(at).split()[1]
