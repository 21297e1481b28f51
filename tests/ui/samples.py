"""Values that the screens are shown with: one case of eight cameras, one log, people who do not exist."""

from __future__ import annotations

from concurrent.futures import Future
from pathlib import Path
from typing import TypeVar

from reviewer.domain import events as ev
from reviewer.domain.assignment import Purpose
from reviewer.domain.recording import Device, Kind
from reviewer.domain.statutory import NO_BRIEF, Brief
from reviewer.domain.timebase import Micros, TimeRange, Utc, parse_rfc3339
from reviewer.records.projections import EntryMeta
from reviewer.records.queries import EntryFilter, Facets, LogEntry
from reviewer.services.logproof import Bracket, EntryProof
from reviewer.services.logreview import LogReview, Week
from reviewer.services.quarantine import Item
from reviewer.services.queue import Integrity, NextStep, NotAssigned, Queue, QueueCase, QueueRecording
from reviewer.services.sync import ObjectState, ObjectStatus, Progress
from reviewer.services.trust import Contact
from reviewer.services.witnessing import Cosigned, Standing
from reviewer.ui.log import LogHealth, LogPage, LogSource
from reviewer.ui.log_words import Names
from reviewer.ui.times import Zone

T = TypeVar("T")
HELSINKI = Zone.named("Europe/Helsinki")
NOW = parse_rfc3339("2026-07-28T11:02:11Z")
OFFICERS = ("A. Niemi 2214", "L. Korhonen 1873", "M. Virtanen 2051", "S. Laine 1940")
ROLLING = TimeRange(parse_rfc3339("2026-06-13T19:38:00Z"), parse_rfc3339("2026-06-13T19:50:00Z"))
ORIGIN = "helsinki.example/IA-04/k.salo/access/1"


def zone() -> Zone:
    return HELSINKI


def now() -> Utc:
    return NOW


def done(value: T) -> Future[T]:
    future: Future[T] = Future()
    future.set_result(value)
    return future


def failed(error: Exception) -> Future[object]:
    future: Future[object] = Future()
    future.set_exception(error)
    return future


def recording(number: int, here: float = 1.0, watched: float | None = 1.0, corrupt: bool = False) -> QueueRecording:
    officer = f"Ofc. {OFFICERS[number - 1]}"
    state = Integrity.VERIFIED if here == 1 else Integrity.NOT_YET
    return QueueRecording(
        recording_id=f"r{number}",
        number=number,
        officer=officer,
        device=Device("AXIS", "W110"),
        kind=Kind.VIDEO,
        range=ROLLING,
        window=None,
        stills=0,
        objects=10,
        objects_here=int(10 * here),
        bytes=900_000_000,
        bytes_here=int(900_000_000 * here),
        integrity=Integrity.CORRUPT if corrupt else state,
        quarantined=(f"{officer}, part 2",) if corrupt else (),
        watched=watched,
        restricted=None,
    )


def case(
    case_id: str = "CR-2026-0142",
    recordings: tuple[QueueRecording, ...] = (recording(1), recording(2, watched=0.5)),
    step: NextStep = NextStep.REVIEW,
    resume: Utc | None = None,
    expires: Utc | None = None,
    not_assigned: tuple[NotAssigned, ...] = (),
    brief: Brief = NO_BRIEF,
) -> QueueCase:
    return QueueCase(
        case_id=case_id,
        title="Aleksanterinkatu × Mikonkatu, 13 Jun 2026",
        purpose=Purpose.COMPLAINT,
        reason="Force during an arrest",
        role="investigator",
        issued_by="S. Aro",
        issued_at=parse_rfc3339("2026-06-22T08:00:00Z"),
        expires=expires,
        recordings=recordings,
        not_assigned=not_assigned,
        problems=(),
        resume=resume,
        next_step=step,
        brief=brief,
    )


CORRUPT = case(
    "CR-2026-0139",
    (recording(1), recording(3, here=0.4, watched=0.0, corrupt=True)),
    NextStep.FETCH_AGAIN,
    not_assigned=(NotAssigned("r4", "Ofc. S. Laine 1940", ROLLING),),
)


def queue(*cases: QueueCase, contact: Contact | None = None) -> Queue:
    return Queue(cases, (), (), contact or Contact(NOW))


def progress(*, finished: bool = False, fraction: float = 0.63) -> Progress:
    item = Item("o3", 900_000_000, "r3", "Ofc. M. Virtanen 2051, part 2")
    status = ObjectStatus(item, ObjectState.PARTIAL, int(fraction * item.sealed_size))
    return Progress("CR-2026-0139", (status,), 18_400_000, finished)


def entry(index: int, event: ev.Event | None, *, kind: str = "", reason: str | None = "complaint") -> LogEntry:
    at = Utc(NOW - (5000 - index) * 1_000_000)
    name = kind or (event.KIND if event is not None else "view_closed")
    meta = EntryMeta(ORIGIN, index, at, Micros(0), "boot", index, name, "CR-2026-0142", None, reason, "ab" * 32)
    return LogEntry(meta, event)


SHOWN = TimeRange(parse_rfc3339("2026-06-13T19:42:02Z"), parse_rfc3339("2026-06-13T19:42:12Z"))
CAMERAS = tuple(ev.SpanCamera(f"r{n}", SHOWN, 862, 485, n == 1) for n in (1, 2))
ENTRIES = (
    entry(9, ev.ViewClosed("CR-2026-0142", "s", 1000, CAMERAS, "complaint")),
    entry(8, ev.BookmarkAdded("CR-2026-0142", "b", SHOWN, (), "force", "Arm taken behind the back")),
    entry(7, ev.ViewOpened("CR-2026-0142", "s", SHOWN, 1000, CAMERAS, "complaint")),
    entry(6, ev.ReasonStated("CR-2026-0142", "complaint", "A1 to A3")),
    entry(5, ev.AccessDenied("open a camera", "It is not assigned to you.", recording="r4")),
    entry(4, None),
)
NAMES = Names(
    user=lambda user: {"k.salo": "K. Salo 0417"}.get(user, user),
    recording=lambda recording: OFFICERS[int(recording[1:]) - 1],
)
STANDING = Standing(ORIGIN, (Cosigned("records-01", 6, NOW), Cosigned("ia-02", 6, NOW)), 2, 6, NOW, 2)
PROOF = EntryProof(
    "9e4107bc5d22" + "0" * 48 + "81fa",
    "c0a7e91344d8" + "0" * 48 + "2b6e",
    10,
    4,
    True,
    "",
    STANDING,
    Bracket(Utc(NOW - 300_000_000), NOW),
    5,
)
REVIEW = LogReview("helsinki.example", "k.salo", 1, "", Utc(NOW - 8 * 86_400_000_000), NOW, (), (), (), NOW)
WEEK = Week(REVIEW, ((ENTRIES[4], "refused"),))
HEALTH = LogHealth(10, 1, 1, NOW, (), ((ORIGIN, 8),), 8, NOW, (STANDING,))


def page(wanted: EntryFilter, entries: tuple[LogEntry, ...] = ENTRIES) -> LogPage:
    found = tuple(e for e in entries if not wanted.kinds or e.meta.kind in wanted.kinds)
    return LogPage(found, False, len(found))


def log_source(health: LogHealth = HEALTH, proof: EntryProof = PROOF) -> LogSource:
    return LogSource(
        page=lambda wanted, _after: done(page(wanted)),
        health=lambda _check: done(health),
        proof=lambda _entry: done(proof),
        bundle=lambda _entry: done('{"v": 1}'),
        facets=lambda: done(Facets(("k.salo", "s.aro"), ("CR-2026-0142",), ("r1", "r2"))),
        export=lambda _asked, _hear, _cancel: Future(),
        week=lambda _person: done(WEEK),
        sign=lambda review, _passphrase: done(review),
        place=Path("/nowhere/at/all"),
    )
