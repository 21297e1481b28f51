"""Taking in stands in the log: what is begun before anything of it is written, each recording once it is in the store,
and in the end what became of the rest. One intake at a time on a machine: two could begin the same recording."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager
from dataclasses import fields
from pathlib import Path

from reviewer.domain.errors import Cancelled, ReviewerError
from reviewer.domain.events import Event, FootageTakenIn, IntakeBegun, IntakeEnded
from reviewer.services.deposit import IngestProgress, Listener
from reviewer.services.disk import InUse, held
from reviewer.services.ingest import Done, Ingested, IngestReport, Known, Station, take_in
from reviewer.services.intake_plan import Details, IntakePlan, PlannedRecording
from reviewer.services.journal import Recorded
from reviewer.services.trust import Problem, Trust
from reviewer.services.workspace import Workspace

Record = Callable[[Event], Future[Recorded]]
PERSON = "person"
_LOOK = 0.5  # seconds between looks at whether the other intake has ended


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
    cancel = cancel if cancel is not None else threading.Event()
    wanted = [r for r in plan.recordings if r.will_be_written]
    files = sum(len(r.files) for r in wanted)
    with _one_at_a_time(trust.workspace, cancel, listener):
        record(IntakeBegun(source, len(wanted), files, plan.bytes, by)).result()
        return _logged(plan, source, trust, station, record, listener, cancel, done)


def _logged(
    plan: IntakePlan,
    source: str,
    trust: Trust,
    station: Station,
    record: Record,
    listener: Listener | None,
    cancel: threading.Event,
    done: Done,
) -> IngestReport:
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


@contextmanager
def _one_at_a_time(workspace: Workspace, cancel: threading.Event, listener: Listener | None) -> Iterator[None]:
    """Wait for another intake on this machine to end. Raises Cancelled."""
    busy = InUse("Footage is being taken in on this machine already.", "Wait for it, or stop it there first.")
    with ExitStack() as stack:
        while True:
            if cancel.is_set():
                raise Cancelled("Ingest")
            try:
                stack.enter_context(held(workspace.home / "intake.lock", busy))
                break
            except InUse as wrong:
                if listener is not None:
                    listener(IngestProgress(wrong.message, 0, 0))
            cancel.wait(_LOOK)
        yield


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
