"""One open case's coverage for its review screen, counted on the pool."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import Executor, Future
from contextlib import closing

from reviewer.domain.assignment import Assignment
from reviewer.domain.recording import Manifest
from reviewer.domain.timebase import Utc
from reviewer.domain.wall_time import SIGNED, WallTime
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
    clocks: Callable[[], WallTime] = lambda: SIGNED,
) -> CoverageServices:
    """`queries` opens the records for the thread that asks; `manifests` are the case's as they were signed, as they are
    known now; `clocks` are the wall's."""

    def count() -> CaseCoverage:
        with closing(queries()) as opened:
            return case_coverage(opened, assignment.case_id, relevant(assignment, manifests()))

    def who(instants: dict[str, Utc]) -> tuple[Watched, ...]:
        with closing(queries()) as opened:
            return who_watched(opened, assignment.case_id, instants)

    def asked_who(recordings: tuple[str, ...], at: Utc) -> Future[tuple[Watched, ...]]:
        by = clocks()
        return pool.submit(who, {key: by.to_stated(key, at) for key in recordings})

    return CoverageServices(lambda: pool.submit(count), asked_who, names, clocks)
