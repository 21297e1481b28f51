"""Where the log screen gets its answers: pages, how whole the logs are, proofs, exports, reviews. All from the worker
pool."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

from reviewer.audit.log import SqliteLog
from reviewer.audit.note import Verifier
from reviewer.domain.errors import ReviewerError
from reviewer.domain.timebase import SECOND, Utc
from reviewer.records.database import open_reader
from reviewer.records.queries import EntryFilter, Facets, LogEntry
from reviewer.services import logreport
from reviewer.services.clock import Clock, utc_now
from reviewer.services.door import STATION
from reviewer.services.finding_reading import hidden_from
from reviewer.services.logexport import Asked, Exported, LogExport, Step
from reviewer.services.logproof import EntryProof, Proofs
from reviewer.services.logreview import LogReview, Week, may_review, put_waiting, sign_review, this_week, weeks_due
from reviewer.services.publish import compare
from reviewer.services.session import Session
from reviewer.services.witnessing import Standing, standing
from reviewer.ui.log import LogHealth, LogPage, LogSource
from reviewer.ui.log_words import Names
from reviewer.ui.times import Zone

_PAGE = 200
_ELSEWHERE = "A log of somebody else is not what it was; it is named beside this"
_FRESH = 20 * SECOND  # what the store said of witnesses and of publishing is asked again after that


def log_source(
    session: Session,
    pool: ThreadPoolExecutor,
    *,
    names: Names,
    zone: Callable[[], Zone],
    zone_name: Callable[[], str] = lambda: "",
    now: Clock = utc_now,
) -> LogSource:
    """The log of one session, answered on the pool."""
    answers = _Answers(session, names, zone, zone_name, now)
    no_review = "" if may_review(session.user) else "Only a supervisor, custodian or auditor reviews the log."
    return LogSource(
        page=lambda wanted, after: pool.submit(answers.page, wanted, after),
        health=lambda check: pool.submit(answers.health, check),
        proof=lambda entry: pool.submit(answers.proof, entry),
        bundle=lambda entry: pool.submit(answers.bundle, entry),
        facets=lambda: pool.submit(answers.facets),
        export=lambda asked, hear, cancel: pool.submit(answers.export, asked, hear, cancel),
        week=lambda person: pool.submit(answers.week, person),
        sign=lambda review, passphrase: pool.submit(answers.sign, review, passphrase),
        place=Path.home(),
        no_review=no_review,
    )


class _Answers:
    """On a worker; several at once."""

    def __init__(
        self, session: Session, names: Names, zone: Callable[[], Zone], zone_name: Callable[[], str], now: Clock
    ) -> None:
        self._session, self._names, self._zone, self._zone_name = session, names, zone, zone_name
        self._now = now
        self._checked: tuple[Utc, tuple[str, ...]] | None = None
        self._lock = threading.Lock()
        self._weeks, self._asked_due = 0, Utc(0)
        self._known: tuple[Utc, tuple[str, ...], tuple[Standing, ...]] = (Utc(0), (), ())

    def page(self, wanted: EntryFilter, after: tuple[Utc, str, int] | None) -> LogPage:
        with closing(self._session.queries()) as queries:
            found = queries.entries(wanted, after=after, limit=_PAGE + 1)
            shown = hidden_from(queries, found[:_PAGE], self._session.trust, self._session.user.id)
            return LogPage(shown, len(found) > _PAGE, queries.count(wanted))

    def facets(self) -> Facets:
        with closing(self._session.queries()) as queries:
            return queries.facets()

    def health(self, check: bool) -> LogHealth:
        verifiers = self._session.journal.verifiers
        with closing(open_reader(self._session.room.records)) as conn:
            if check:
                problems = [p for v in verifiers for p in SqliteLog.read(conn, v.name, v).check()]
                self._checked = (self._now(), tuple(problems))
            own = {v.name: SqliteLog.read(conn, v.name, v).size for v in verifiers}
            published = {v.name: self._published(conn, v) for v in verifiers}
        with closing(self._session.queries()) as queries:
            sizes = {**queries.sizes(), **own}
        sizes = {origin: size for origin, size in sizes.items() if size}
        checked_at, problems_found = self._checked or (None, ())
        watch, followed = self._session.witnessed.watch, self._session.following.state
        return LogHealth(
            entries=sum(sizes.values()),
            logs=len(sizes),
            people=len({origin.split("/")[-3] for origin in sizes} - {STATION}),
            checked_at=checked_at,
            problems=(*problems_found, *[_ELSEWHERE] * bool(followed.problems)),
            published_sizes=tuple({**sizes, **dict(followed.sizes), **published}.items()),
            published=sum(sizes.values()) - sum(own.values()) + sum(published.values()),
            published_at=self._session.publisher.state.last_published,
            standings=_newer(self._standings(tuple(sizes)), watch.standings),
            watch=watch,
            folded_at=followed.at,
            due=self._due(),
            followed=followed,
            reading=self._session.following.reading,
        )

    def _due(self) -> int:
        """How many weeks are to be reviewed; what was known, while the store does not answer."""
        with self._lock:
            if self._now() - self._asked_due >= _FRESH:
                with contextlib.suppress(ReviewerError):
                    self._weeks, self._asked_due = weeks_due(self._session, now=self._now), self._now()
            return self._weeks

    def _published(self, conn: sqlite3.Connection, verifier: Verifier) -> int:
        """How many entries stand in the store; 0 while it does not answer: "not yet" is all that is known."""
        try:
            return compare(conn, verifier, self._session.trust.store)
        except ReviewerError:
            return 0

    def _standings(self, origins: tuple[str, ...]) -> tuple[Standing, ...]:
        """What witnesses have seen of each log; what was known, while the store does not answer."""
        with self._lock:
            at, known, found = self._known
            if known == origins and self._now() - at < _FRESH:
                return found
            try:
                found = tuple(standing(self._session.trust, origin) for origin in origins)
            except ReviewerError:
                mine = self._session.witnessed.watch.standings
                found = tuple({**{s.origin: s for s in found}, **{s.origin: s for s in mine}}.values())
            self._known = self._now(), origins, found
            return found

    def proof(self, entry: LogEntry) -> EntryProof:
        with closing(Proofs(self._session)) as proofs:
            return proofs.entry(entry.meta.origin, entry.meta.index)

    def bundle(self, entry: LogEntry) -> str:
        """One entry's proof as JSON, with its body as an export without internal notes shows it."""
        meta = entry.meta
        with closing(Proofs(self._session)) as proofs:
            body = None
            if logreport.shows_body(entry, notes=False):
                body = proofs.body(meta.origin, meta.case, proofs.log(meta.origin).entry(meta.index))
            bodies = {} if body is None else {(meta.origin, meta.index): body}
            made = proofs.bundle({meta.origin: [meta.index]}, bodies, lambda: None)
        return json.dumps(made, ensure_ascii=False, indent=1)

    def export(self, asked: Asked, hear: Callable[[Step], None], cancel: threading.Event) -> Exported:
        return LogExport(
            self._session,
            asked,
            names=self._names,
            zone=self._zone(),
            zone_name=self._zone_name(),
            progress=hear,
            stopped=cancel,
            now=self._now,
        ).run()

    def week(self, person: str) -> Week:
        put_waiting(self._session)
        return this_week(self._session, person, self._zone(), now=self._now)

    def sign(self, review: LogReview, passphrase: str) -> LogReview:
        signed = sign_review(self._session, review, passphrase, now=self._now)
        self._asked_due = Utc(0)
        return signed


def _newer(known: tuple[Standing, ...], mine: tuple[Standing, ...]) -> tuple[Standing, ...]:
    """The cards say what witnesses have just seen of one's own logs; so does each entry of them."""
    seen = {each.origin: each for each in known}
    for each in mine:
        if each.origin not in seen or each.size > seen[each.origin].size:
            seen[each.origin] = each
    return tuple(seen.values())
