"""Where the log screen's panel “Who watched which second” gets its answers: from the pool.

It opens no case: what was recorded and which window matters stand in the open parts of signed documents, and views are
those that this person may see in any case."""

from __future__ import annotations

from concurrent.futures import Executor, Future
from contextlib import closing

from reviewer.domain.timebase import Utc
from reviewer.records.queries import Watched
from reviewer.services.coverage import CaseCoverage, Relevant, case_coverage, relevant, who_watched
from reviewer.services.queue import case_manifests
from reviewer.services.session import Session
from reviewer.ui.watched import WatchedSource


def watched_source(session: Session, pool: Executor) -> WatchedSource:
    """Of one session."""

    def matters(case: str, recording: str | None) -> Relevant:
        assignment = session.trust.assignment(case)
        found = case_manifests(session.trust, assignment)
        return relevant(assignment, found.good, recordings=None if recording is None else (recording,))

    def count(case: str, recording: str | None) -> CaseCoverage:
        with closing(session.queries()) as queries:
            return case_coverage(queries, case, matters(case, recording))

    def who(case: str, recording: str | None, at: Utc) -> tuple[Watched, ...]:
        with closing(session.queries()) as queries:
            return who_watched(queries, case, dict.fromkeys(matters(case, recording), at))

    def ask(case: str, recording: str | None) -> Future[CaseCoverage]:
        return pool.submit(count, case, recording)

    def ask_who(case: str, recording: str | None, at: Utc) -> Future[tuple[Watched, ...]]:
        return pool.submit(who, case, recording, at)

    return WatchedSource(ask, ask_who)
