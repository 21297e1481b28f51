"""Checking the evidence store: every signed document, every object, what keeps it, the logs, and what belongs to none.

Nothing is changed or removed, whatever is found. Work is spread over threads, with a bounded number of things under
way; what was judged lies in a working file (`storecheck_work`), so a check of days can be stopped, killed, and gone on
with. One check of a kind at a time on a machine.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import reviewer
from reviewer.domain.errors import NotInStore
from reviewer.domain.roster import Roster
from reviewer.domain.storecheck import CheckReport, Finding
from reviewer.domain.timebase import Micros, Utc
from reviewer.services import logcheck
from reviewer.services import storecheck_words as words
from reviewer.services.clock import Clock, utc_now
from reviewer.services.disk import InUse, held
from reviewer.services.storecheck_crew import CheckProgress, Crew, Listener, Meter, Stage
from reviewer.services.storecheck_documents import (
    KINDS,
    DocumentJudge,
    Rosters,
    judge_rosters,
    kind_of,
    lost_documents,
)
from reviewer.services.storecheck_objects import Objects
from reviewer.services.storecheck_report import keep_report
from reviewer.services.storecheck_work import Work
from reviewer.services.workspace import Workspace
from reviewer.stores.base import ObjectStat, Store

__all__ = ["CheckProgress", "Stage", "StoreCheck", "Unfinished", "unfinished"]

WORKERS = 8
MOST_FINDINGS = 10_000
"""So many findings are listed in a report; all are counted."""

_LOGS = "logs"


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A check that was stopped and can be gone on with: `judged` of `awaited` objects."""

    started_at: Utc
    judged: int
    awaited: int


def unfinished(workspace: Workspace, *, deep: bool) -> Unfinished | None:
    """What a check of this kind left when it was stopped; None if there is nothing to go on with."""
    path = _work_file(workspace, deep)
    if not path.exists():
        return None
    work = Work(path)
    try:
        started = work.recall("started")
        return None if started is None else Unfinished(Utc(started), work.judged(), work.recall("awaited") or 0)
    finally:
        work.close()


class StoreCheck:
    """A check of one store, from the root's public key. `quick` compares sizes, `deep` reads every byte of footage."""

    def __init__(
        self,
        store: Store,
        root: str,
        workspace: Workspace,
        *,
        deep: bool = False,
        station: str = "",
        workers: int = WORKERS,
        now: Clock = utc_now,
    ) -> None:
        self.store, self.root, self.workspace = store, root, workspace
        self.deep, self.station, self.workers, self.now = deep, station, workers, now

    def run(
        self, listener: Listener | None = None, cancel: threading.Event | None = None, *, anew: bool = False
    ) -> CheckReport:
        """Check to the end; goes on where an earlier one stopped, unless `anew`. The report is kept in the workspace.

        `listener` is called from this thread and must not block. Raises Cancelled within a megabyte of reading, InUse,
        StoreUnreachable and NotTrusted; what was judged until then is kept.
        """
        busy = InUse("The store is being checked on this machine already.", "Wait for it, or stop it there first.")
        with held(_work_file(self.workspace, self.deep).with_suffix(".lock"), busy):
            run = _Run(self, listener or _nobody, cancel or threading.Event(), anew=anew)
            report = run.go()
            keep_report(self.workspace, report)
            run.work.discard()
            return report


def _nobody(_: CheckProgress) -> None:
    return None


def _work_file(workspace: Workspace, deep: bool) -> Path:
    return workspace.home / "checks" / f"{'deep' if deep else 'quick'}.sqlite"


class _Run:
    """One run, from the listing to the report."""

    def __init__(self, check: StoreCheck, listener: Listener, cancel: threading.Event, *, anew: bool) -> None:
        self._check, self._store = check, check.store
        self._now = check.now()
        self.work = Work(_work_file(check.workspace, check.deep))
        self._begin(anew)
        self._meter = Meter(self.work, listener, cancel)

    def _begin(self, anew: bool) -> None:
        asked = [self._store.location, self._check.root, self._check.deep]
        if anew or self.work.recall("asked") != asked:
            self.work.forget()
            self.work.keep("asked", asked)
            self.work.keep("started", self._now)
        self.work.keep("runs", (self.work.recall("runs") or 0) + 1)

    def go(self) -> CheckReport:
        """All stages in turn. Whatever ends them early, what was judged is kept."""
        try:
            self._store.check()
            listed = self._list()
            rosters, crew = self._rosters()
            judge = DocumentJudge(self._store, rosters.newest, self._now)
            self._documents(judge, crew)
            self._what_follows(judge, rosters)
            self._objects(crew)
            logs = self._logs(rosters.newest)
            left = self._leftovers()
            self.work.say(words.removed(each.path, each.modified) for each in self._store.removals())
            if not self._store.write_once:
                self.work.say([words.not_write_once(self._store)])
            return self._report(rosters.newest, listed, logs, left)
        except BaseException:
            self._meter.keep_time()
            self.work.close()
            raise

    # -- the stages --------------------------------------------------------------------------------------------------

    def _list(self) -> tuple[int, int]:
        """One listing of everything. Objects come before the manifests that name them, so what is put meanwhile is
        never missed by both."""
        self.work.forget_listing()
        self._meter.begin(Stage.LISTING)
        strange: list[Finding] = []
        counted = [0, 0]

        def known() -> Iterator[tuple[str, ObjectStat]]:
            for each in self._store.survey(""):
                counted[0] += 1
                counted[1] += each.size
                self._meter.step()
                kind = kind_of(each.path)
                if kind == "strange":
                    strange.append(words.strange(each.path))
                elif kind not in ("log", "witness", "paper"):
                    yield kind, each

        self.work.list_all(known())
        self.work.forget_documents()
        self.work.say(strange)
        return counted[0], counted[1]

    def _rosters(self) -> tuple[Rosters, Crew]:
        """The rosters, judged; and the crew for the rest, which holds on to the newest of them."""
        listed = [w.there for w in self.work.documents("roster") if w.there is not None]
        if not listed:
            raise NotInStore(
                f"The store at {self._store.location} holds no roster.", "See whether it is the right one, and mounted."
            )
        anchor = max(listed, key=lambda each: (len(each.path), each.path)).path
        found = judge_rosters(self._store, self._check.root, self._check.workspace, listed, self._now)
        with self.work.together():
            for verdict, document in found.judged:
                self.work.judge(verdict, document)
        self.work.say(found.findings)
        return found, Crew(self._store, self.work, self._meter, anchor, self._check.workers)

    def _documents(self, judge: DocumentJudge, crew: Crew) -> None:
        kinds = [kind for kind in KINDS.values() if kind != "roster"]
        self._meter.begin(Stage.DOCUMENTS, sum(self.work.count(kind) for kind in kinds))
        for kind in kinds:
            crew.judge_all(self.work.documents(kind), judge.identity, judge.judge)

    def _what_follows(self, judge: DocumentJudge, rosters: Rosters) -> None:
        """What only all documents together say."""
        lost = list(lost_documents(self._check.workspace, judge, rosters.top, self.work.holds))
        with self.work.together():
            for document, _ in lost:
                self.work.take(document)
        self.work.say(finding for _, finding in lost)
        self.work.forget_vanished()
        self.work.say(words.gap(folder, first, last) for folder, first, last in self.work.gaps())
        self.work.say(words.no_recording(path, recording) for path, recording in self.work.unknown_recordings())

    def _objects(self, crew: Crew) -> None:
        total, size = self.work.awaited(self._check.deep)
        self.work.keep("awaited", total)
        self._meter.begin(Stage.OBJECTS, total, size)
        meter = self._meter
        objects = Objects(self._store, self._now, deep=self._check.deep, read=meter.read, ended=meter.ended)
        crew.judge_all(self.work.objects(), objects.identity, lambda wanted: (objects.judge(wanted), None))

    def _logs(self, roster: Roster) -> tuple[int, int]:
        self._meter.begin(Stage.LOGS)
        report = logcheck.verify_store(self._store, roster)
        found = [words.log(each.origin, problem) for each in report.logs for problem in each.problems]
        found += [words.log_place(p.path, p.message, p.next_step, empty=p.path == _LOGS) for p in report.problems]
        found += [words.bodies(each.origin, each.bodies_missing) for each in report.logs if each.bodies_missing]
        self.work.say(found)
        return len(report.logs), sum(each.entries for each in report.logs)

    def _leftovers(self) -> tuple[int, int]:
        found = list(self._store.leftovers())
        self.work.say(words.leftover(each, self._now) for each in found)
        return len(found), sum(each.size for each in found)

    def _report(
        self, roster: Roster, listed: tuple[int, int], logs: tuple[int, int], left: tuple[int, int]
    ) -> CheckReport:
        self._meter.keep_time()
        figures = replace(
            self.work.figures(),
            listed=listed[0],
            listed_bytes=listed[1],
            logs=logs[0],
            log_entries=logs[1],
            leftovers=left[0],
            leftover_bytes=left[1],
        )
        findings = self.work.findings(MOST_FINDINGS)
        return CheckReport(
            agency=roster.agency,
            store=self._store.location,
            integrity=self._store.integrity,
            write_once=self._store.write_once,
            deep=self._check.deep,
            roster=roster.version,
            started_at=Utc(self.work.recall("started")),
            ended_at=self._check.now(),
            worked=Micros(self.work.recall("worked")),
            read_bytes=self.work.read_bytes(),
            runs=self.work.recall("runs"),
            station=self._check.station,
            version=reviewer.__version__,
            figures=figures,
            locks=self.work.locks(),
            findings=findings,
            left_out=figures.broken + figures.warnings + figures.notes - len(findings),
        )
