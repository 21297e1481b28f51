"""Questions to the tables, frozen answers. One `Queries` a thread, over a read-only connection.

With `others` (the second file, `records/union.py`) every question is asked of one's own logs and of those that are
followed; a statement that names `main.` is asked of one's own alone.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from reviewer.domain import codec, events
from reviewer.domain.annotation import Bookmark, Mark
from reviewer.domain.case_acts import ThingSet
from reviewer.domain.coverage import Manner, manner_of
from reviewer.domain.errors import MalformedDocument
from reviewer.domain.event import Written
from reviewer.domain.thing import Edit, Thing
from reviewer.domain.timebase import TimeRange, Utc, merge
from reviewer.records import acts, clock_facts, facts, marks, union, viewed
from reviewer.records.clock_facts import ClockFacts
from reviewer.records.database import open_reader
from reviewer.records.projections import EntryMeta

_E = TypeVar("_E", bound=events.Event)

COUNTED_TRY = "wrong passphrase"
"""`LogOnRefused.why` of a try that counts."""
_PAGE = 200


@dataclass(frozen=True, slots=True)
class Watched:
    """A stretch of one recording that was really painted. `width` and `height` are the picture's in device pixels (0
    when it was only heard), `rate_milli` 1000 for 1x, negative backwards, 0 standing still. `visible` is False while
    something lay over it or the window was minimised; `source` "original" or "proxy", "" where the entry does not say;
    `crop` what of the picture was in view, None for all of it. `heard`: sound came; `audible`: it was chosen."""

    recording: str
    shown: TimeRange
    rate_milli: int
    width: int
    height: int
    audible: bool
    user: str
    at: Utc
    purpose: str
    heard: bool = False
    visible: bool = True
    source: str = ""
    crop: events.Crop | None = None

    @property
    def seen(self) -> bool:
        """Whether anybody can have seen a picture of it."""
        return self.visible and self.width > 0

    @property
    def manner(self) -> Manner | None:
        """How it counts; None if nobody can have perceived it."""
        visible = events.Visible.YES if self.visible else events.Visible.COVERED
        source = events.Source(self.source)
        size = (self.width, self.height)
        return manner_of(self.rate_milli, size, heard=self.heard, visible=visible, source=source, crop=self.crop)


@dataclass(frozen=True, slots=True)
class CutSpan:
    """A span that was opened and never closed: a crash, or it is open now. All of it may have been shown; `cameras` are
    those it announced, empty where its body cannot be read. `live`: it is of the session that runs here now, or of the
    last one if none does, and may be closed yet."""

    span: str
    planned: TimeRange
    user: str
    opened_at: Utc
    cameras: tuple[events.SpanCamera, ...] = ()
    live: bool = False


@dataclass(frozen=True, slots=True)
class EntryFilter:
    """Which entries the log screen shows. None and () mean "any". `since` <= at < `until`."""

    case: str | None = None
    recording: str | None = None
    user: str | None = None
    kinds: tuple[str, ...] = ()
    since: Utc | None = None
    until: Utc | None = None


@dataclass(frozen=True, slots=True)
class Facets:
    """Whose entries there are (ids), of which cases, about which recordings: what a filter can choose from."""

    users: tuple[str, ...] = ()
    cases: tuple[str, ...] = ()
    recordings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One entry as the log screen shows it. `event` is None where the body is sealed to others."""

    meta: EntryMeta
    event: events.Event | None

    @property
    def place(self) -> tuple[Utc, str, int]:
        """Where to go on: `entries(..., after=place)`."""
        return self.meta.at, self.meta.origin, self.meta.index


@dataclass(frozen=True, slots=True)
class LogOnTries:
    """`refused` wrong tries that count now. `locked` until somebody releases it, whatever the clock says since."""

    refused: int
    locked: bool


class Queries:
    """Reads one person's (or the station's) records. Raises ReviewerError when they cannot be opened.

    `others`: what this person follows of everybody else's logs, read with them; a file that is not there, or cannot be
    read, leaves their own (`followed` says so)."""

    def __init__(self, path: Path, others: Path | None = None) -> None:
        self._conn = open_reader(path)
        self.followed = False
        if others is not None and others.exists():
            with contextlib.suppress(sqlite3.Error):
                union.attach(self._conn, others)
                self.followed = True

    def close(self) -> None:
        self._conn.close()

    def bookmarks(self, case: str, *, withdrawn: bool = False) -> tuple[Bookmark, ...]:
        """The case's bookmarks in order of time; the withdrawn ones instead if asked."""
        return tuple(self.each_bookmark(case, withdrawn=withdrawn))

    def each_bookmark(self, case: str, *, withdrawn: bool = False) -> Iterator[Bookmark]:
        """The same one by one, as they stood when the first was taken."""
        rows = self._conn.execute(
            f"{_BOOKMARK} WHERE b.case_id=? AND coalesce(w.value,'')=? ORDER BY b.starts, b.ends, b.id",
            (case, "yes" if withdrawn else ""),
        )
        return map(_bookmark, rows)

    def bookmark(self, case: str, bookmark: str) -> Bookmark | None:
        """One bookmark as it stands, withdrawn or not."""
        row = self._conn.execute(f"{_BOOKMARK} WHERE b.case_id=? AND b.id=?", (case, bookmark)).fetchone()
        return None if row is None else _bookmark(row)

    def mark_edits(self, case: str, mark: str) -> tuple[Edit, ...]:
        """Who set a bookmark and who changed what of it since, in the order in which changes count."""
        return tuple(marks.edits_of(self._conn, case, mark))

    def alignment(self, case: str) -> ClockFacts:
        """What stands of the case's clocks: the alignment that was accepted, cues, known offsets."""
        return clock_facts.read(self._conn, case)

    def facts(self, case: str, subject: str, kind: type[_E]) -> tuple[tuple[_E, facts.Said], ...]:
        """What stands of what people said of a case, of one subject of `records/facts`, in the order it was said."""
        return tuple(facts.of_case(self._conn, case, subject, kind))

    def things(self, case: str, kind: type[ThingSet], id_: str | None = None) -> tuple[Thing, ...]:
        """The things of a kind on a case, in the order in which they were begun, withdrawn ones too; of one id only if
        named."""
        return tuple(facts.things_of(self._conn, case, kind, id_))

    def edits(self, case: str, kind: type[ThingSet], id_: str | None = None) -> tuple[Edit, ...]:
        """Who changed what of them, in the order in which changes count."""
        return tuple(facts.edits_of(self._conn, case, kind, id_))

    def acts(self, case: str, kinds: Iterable[type[events.Event]]) -> tuple[tuple[events.Event, Written], ...]:
        """Every entry of these kinds on a case, each by itself, in the order that counts for everybody."""
        return tuple(acts.of_case(self._conn, case, kinds))

    def watched(self, case: str, recording: str, user: str | None = None) -> tuple[Watched, ...]:
        """What was shown of a recording, in order of footage; of one user only if named."""
        rows = self._conn.execute(
            f"SELECT {_WATCHED} FROM watched"  # noqa: S608 - only fixed words
            " WHERE case_id=? AND recording=? ORDER BY starts, ends, origin, idx, n",
            (case, recording),
        )
        found = (_watched(row) for row in rows)
        return tuple(each for each in found if user is None or each.user == user)

    def any_watched(self, case: str, *, fastest_milli: int | None = None) -> tuple[TimeRange, ...]:
        """When any camera of the case was shown, merged; with `fastest_milli`, only at that rate or slower."""
        limit = fastest_milli if fastest_milli is not None else 1 << 31
        rows = self._conn.execute(
            "SELECT starts, ends FROM watched WHERE case_id=? AND abs(rate_milli)<=? AND width>0"
            " AND visible NOT IN ('covered', 'minimised')",
            (case, limit),
        )
        return merge(TimeRange(Utc(start), Utc(end)) for start, end in rows)

    def cut_spans(self, case: str) -> tuple[CutSpan, ...]:
        """Spans without a closing entry, oldest first."""
        live: dict[str, int] = dict(
            self._conn.execute(
                "SELECT origin, max(idx) FROM main.log_ons WHERE kind=? GROUP BY origin", (events.LoggedOn.KIND,)
            )
        )
        rows = self._conn.execute(
            "SELECT s.span, s.starts, s.ends, e.actor, e.at, e.payload, s.origin, s.opened FROM spans s"
            " JOIN entries e ON e.origin=s.origin AND e.idx=s.opened"
            " WHERE s.case_id=? AND s.closed IS NULL ORDER BY e.at, s.span",
            (case,),
        )
        return tuple(
            CutSpan(span, TimeRange(Utc(a), Utc(b)), who, Utc(at), _cameras(payload), opened > live.get(origin, opened))
            for span, a, b, who, at, payload, origin, opened in rows
        )

    def shown(self, case: str) -> Iterator[tuple[str, str, Manner, list[tuple[int, int]]]]:
        """(user, recording, manner, stretches in µs of UTC) of all that anybody was shown of a case's footage, the
        filmstrip's pictures and what a crash cut off among it: for counting, in no order."""
        yield from viewed.shown(self._conn, case)
        for cut in self.cut_spans(case):
            for camera in () if cut.live else cut.cameras:
                yield cut.user, camera.recording, Manner.MAYBE, [(camera.shown.start, camera.shown.end)]

    def paced(self, case: str, *, heard: bool = False) -> Iterator[tuple[str, str, int, list[tuple[int, int]]]]:
        """(user, recording, rate_milli, stretches) of what was seen well (and `heard`), forwards, at any speed."""
        return viewed.paced(self._conn, case, heard=heard)

    def shown_at(self, case: str, recording: str, at: Utc) -> tuple[Watched, ...]:
        """The views of a recording that have this instant, newest first, those under something else among them."""
        rows = self._conn.execute(
            f"SELECT {_WATCHED} FROM watched"  # noqa: S608 - only fixed words
            " WHERE case_id=? AND recording=? AND starts<=? AND ends>? ORDER BY at DESC, origin, idx DESC, n",
            (case, recording, at, at),
        )
        return tuple(_watched(row) for row in rows)

    def last_shown(self, case: str, user: str | None = None) -> Utc | None:
        """The instant, inside its last frame, at which the newest view of the case on this machine stopped; None if
        there was none."""
        row = self._conn.execute(
            "SELECT CASE WHEN w.rate_milli<0 THEN min(w.starts) ELSE max(w.ends) - 1 END FROM main.watched w"
            " JOIN main.entries e ON e.origin=w.origin AND e.idx=w.idx WHERE w.case_id=? AND (? IS NULL OR e.actor=?)"
            " GROUP BY w.origin, w.idx ORDER BY e.lamport DESC, w.origin DESC, w.idx DESC LIMIT 1",
            (case, user, user),
        ).fetchone()
        return None if row is None else Utc(row[0])

    def entries(
        self, wanted: EntryFilter, *, after: tuple[Utc, str, int] | None = None, limit: int = _PAGE
    ) -> tuple[LogEntry, ...]:
        """Entries, newest first, at most `limit`; the next page is the one `after` the last entry's `place`."""
        where, values = _conditions(wanted)
        if after is not None:
            where.append("(at, origin, idx) < (?, ?, ?)")
            values.extend(after)
        rows = self._conn.execute(
            f"SELECT {_META} FROM entries{_where(where)} ORDER BY at DESC, origin DESC, idx DESC LIMIT ?",  # noqa: S608 - only fixed words
            (*values, limit),
        )
        return tuple(_entry(row) for row in rows)

    def count(self, wanted: EntryFilter) -> int:
        """How many entries there are in all that `entries` would show."""
        where, values = _conditions(wanted)
        (count,) = self._conn.execute(f"SELECT count(*) FROM entries{_where(where)}", values).fetchone()  # noqa: S608 - only fixed words
        return int(count)

    def facets(self) -> Facets:
        """Whose entries there are, of which cases, about which recordings."""
        asked = ("actor FROM entries", "case_id FROM entries", "recording FROM touched")
        found = (self._conn.execute(f"SELECT DISTINCT {each} ORDER BY 1") for each in asked)
        return Facets(*(tuple(value for (value,) in rows if value is not None) for rows in found))

    def sizes(self) -> dict[str, int]:
        """How many entries of each log (origin) are folded here."""
        return dict(self._conn.execute("SELECT origin, count(*) FROM entries GROUP BY origin"))

    def log_on_tries(self, named: str, since: Utc) -> LogOnTries:
        """Wrong passphrases for this name since that time and since the last release, in the station's own log."""
        (released,) = self._conn.execute(
            "SELECT coalesce(max(idx), -1) FROM main.log_ons WHERE named=? AND kind=?",
            (named, events.LogOnReleased.KIND),
        ).fetchone()
        refused, locked = self._conn.execute(
            "SELECT coalesce(sum(at>=? AND why=?), 0), coalesce(max(tries_left<=0), 0) FROM main.log_ons"
            " WHERE named=? AND kind=? AND idx>?",
            (since, COUNTED_TRY, named, events.LogOnRefused.KIND, released),
        ).fetchone()
        return LogOnTries(int(refused), bool(locked))

    def last_log_on(self, named: str) -> Utc | None:
        """When this person last opened their key here."""
        (at,) = self._conn.execute(
            "SELECT max(at) FROM main.log_ons WHERE named=? AND kind IN (?,?)",
            (named, events.LoggedOn.KIND, events.Unlocked.KIND),
        ).fetchone()
        return None if at is None else Utc(at)

    def last_synced(self, case: str) -> Utc | None:
        """When its footage was last complete on this machine."""
        (at,) = self._conn.execute("SELECT max(at) FROM main.syncs WHERE case_id=?", (case,)).fetchone()
        return None if at is None else Utc(at)


_WATCHED = (
    "recording, starts, ends, rate_milli, width, height, audible, origin, at, purpose, heard, visible, source, crop"
)
_UNSEEN = (events.Visible.COVERED.value, events.Visible.MINIMISED.value)
_META = "origin, idx, at, mono, boot, lamport, kind, case_id, recording, reason, body, payload"
_BOOKMARK = """SELECT b.id, b.case_id, b.starts, b.ends, b.marks, k.value, t.value, b.author, b.at, b.origin, b.idx,
    (k.origin, k.idx)<>(b.origin, b.idx) OR (t.origin, t.idx)<>(b.origin, b.idx), coalesce(w.value,'')=''
    FROM bookmarks b JOIN bookmark_fields k ON k.case_id=b.case_id AND k.id=b.id AND k.field='kind'
    JOIN bookmark_fields t ON t.case_id=b.case_id AND t.id=b.id AND t.field='text'
    LEFT JOIN bookmark_fields w ON w.case_id=b.case_id AND w.id=b.id AND w.field='withdrawn'"""


def _bookmark(row: tuple[str, str, int, int, str, str, str, str, int, str, int, int, int]) -> Bookmark:
    id_, case, start, end, on_json, kind, text, author, at, origin, index, changed, stands = row
    place = TimeRange(Utc(start), Utc(end))
    return Bookmark(
        id_, case, place, _marks(on_json), kind, text, author, Utc(at), origin, index, bool(changed), bool(stands)
    )


@lru_cache(16_384)
def _marks(on_json: str) -> tuple[Mark, ...]:
    """As `projections` wrote them, of an event that was checked when it was decoded: thousands are read at once."""
    return tuple(Mark(**each) for each in json.loads(on_json))


def _watched(row: tuple[Any, ...]) -> Watched:
    recording, start, end, rate, width, height, audible, origin, at, purpose, heard, visible, source, crop = row
    shown, seen = TimeRange(Utc(start), Utc(end)), visible not in _UNSEEN
    return Watched(
        *(recording, shown, rate, width, height, bool(audible), viewed.user_of(origin), Utc(at), purpose),
        *(bool(heard), seen, source, viewed.crop_of(crop)),
    )


def _cameras(payload: str | None) -> tuple[events.SpanCamera, ...]:
    event = event_of(events.ViewOpened.KIND, payload)
    return event.cameras if isinstance(event, events.ViewOpened) else ()


def _entry(row: tuple[Any, ...]) -> LogEntry:
    meta = EntryMeta(*row)
    return LogEntry(meta, event_of(meta.kind, meta.payload))


def event_of(kind: str, payload: str | None) -> events.Event | None:
    """The event that a payload describes; None if it is sealed, or of a kind or shape that this version does not
    know (a later one will)."""
    cls = events.EVENTS.get(kind)
    if cls is None or payload is None:
        return None
    try:
        return codec.decode(cls, _value(payload))
    except (MalformedDocument, ValueError):
        return None


_raw_decode = json.JSONDecoder().raw_decode


def _value(payload: str) -> object:
    """What `json.loads` gives, in half the time for a text without spaces around it."""
    try:
        value, end = _raw_decode(payload)
    except ValueError:
        end = -1
    return value if end == len(payload) else json.loads(payload)


def _conditions(wanted: EntryFilter) -> tuple[list[str], list[object]]:
    given: Iterable[tuple[str, object]] = (
        ("case_id=?", wanted.case),
        ("actor=?", wanted.user),
        ("at>=?", wanted.since),
        ("at<?", wanted.until),
        ("(origin, idx) IN (SELECT origin, idx FROM touched WHERE recording=?)", wanted.recording),
    )
    where = [text for text, value in given if value is not None]
    values = [value for _, value in given if value is not None]
    if wanted.kinds:
        where.append(f"kind IN ({','.join('?' * len(wanted.kinds))})")
        values.extend(wanted.kinds)
    return where, values


def _where(conditions: list[str]) -> str:
    return f" WHERE {' AND '.join(conditions)}" if conditions else ""
