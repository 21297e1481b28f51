"""One open case's coverage for its review screen, counted on the pool."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import Executor, Future
from contextlib import closing

from reviewer.domain.assignment import Assignment
from reviewer.domain.recording import Manifest
from reviewer.domain.timebase import Utc
from reviewer.records.queries import Queries, Watched
from reviewer.services.coverage import CaseCoverage, case_coverage, relevant, who_watched
from reviewer.services.logwords import Names
from reviewer.ui.review.coverage import CoverageServices


def coverage_services(
    queries: Callable[[], Queries],
    pool: Executor,
    assignment: Assignment,
    manifests: Callable[[], Iterable[Manifest]],
    names: Names,
) -> CoverageServices:
    """`queries` opens the records for the thread that asks; `manifests` are the case's as they are known now."""

    def count() -> CaseCoverage:
        with closing(queries()) as opened:
            return case_coverage(opened, assignment.case_id, relevant(assignment, manifests()))

    def who(recordings: tuple[str, ...], at: Utc) -> tuple[Watched, ...]:
        with closing(queries()) as opened:
            return who_watched(opened, assignment.case_id, recordings, at)

    def asked_who(recordings: tuple[str, ...], at: Utc) -> Future[tuple[Watched, ...]]:
        return pool.submit(who, recordings, at)

    return CoverageServices(lambda: pool.submit(count), asked_who, names)
