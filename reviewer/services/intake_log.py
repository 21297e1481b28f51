"""Taking in stands in the log: what is begun before anything of it is written, each recording once it is in the store,
and in the end what became of the rest."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import fields
from pathlib import Path

from reviewer.domain.errors import ReviewerError
from reviewer.domain.events import Event, FootageTakenIn, IntakeBegun, IntakeEnded
from reviewer.services.deposit import Listener
from reviewer.services.ingest import Done, Ingested, IngestReport, Known, Station, take_in
from reviewer.services.intake_plan import Details, IntakePlan, PlannedRecording
from reviewer.services.journal import Recorded
from reviewer.services.trust import Problem, Trust

Record = Callable[[Event], Future[Recorded]]
PERSON = "person"


def take_in_and_log(
    plan: IntakePlan,
    source: str,
    trust: Trust,
    station: Station,
    record: Record,
    *,
    by: str = PERSON,
    listener: Listener | None = None,
    cancel: threading.Event | None = None,
    done: Done = lambda _key, _what: None,
) -> IngestReport:
    """`ingest.take_in` of a plan, logged. `source` is what a person calls it, `by` as `IntakeBegun` has it.

    Raises LogUnwritable before anything is written if the log cannot be written, and what `take_in` raises; then that
    stands in the log too."""
    wanted = [r for r in plan.recordings if r.will_be_written]
    files = sum(len(r.files) for r in wanted)
    record(IntakeBegun(source, len(wanted), files, plan.bytes, by)).result()
    cancel = cancel if cancel is not None else threading.Event()
    entries: list[Future[Recorded]] = []

    def logged(key: str, what: Ingested | Known | Problem) -> None:
        if isinstance(what, Ingested):
            entries.append(record(_taken(what, plan.recording(key))))
        if any(e.done() and e.exception() is not None for e in entries):
            cancel.set()  # no entry, no effect: nothing more is taken in
        done(key, what)

    try:
        report = take_in(plan, trust, station, listener=listener, cancel=cancel, done=logged)
    except ReviewerError as wrong:
        record(_ended(plan, source, len(entries), None, str(wrong))).result()
        raise
    for entry in entries:
        entry.result()
    stopped = report.stopped.message if report.stopped is not None else ""
    record(_ended(plan, source, len(entries), report, stopped)).result()
    return report


def changed(recording: PlannedRecording) -> tuple[str, ...]:
    """Which of its details are not as they were found or guessed, by name."""
    pairs = ((f.name, getattr(recording.details, f.name), getattr(recording.proposed, f.name)) for f in fields(Details))
    return tuple(name for name, now, before in pairs if now != before)


def _taken(each: Ingested, planned: PlannedRecording) -> FootageTakenIn:
    manifest = each.manifest
    size = sum(p.size for p in manifest.parts)
    return FootageTakenIn(manifest.recording_id, manifest.n, len(manifest.parts), size, changed(planned))


def _ended(plan: IntakePlan, source: str, taken: int, report: IngestReport | None, stopped: str) -> IntakeEnded:
    refused = report.refused if report is not None else plan.refused
    return IntakeEnded(
        source=source,
        taken=taken,
        known=len(report.known) if report is not None else 0,
        left_out=tuple(r.name for r in plan.recordings if not r.wanted),
        refused=tuple(Path(p.path).name for p in refused),
        stopped=stopped,
    )
