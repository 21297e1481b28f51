"""`report_s`: a case's report as PDF, with so many stills of 1080p footage decoded for it, from asking until it lies
there. Beside it how long the other forms take without stills (`report_forms_s`), what the PDF weighs (`report_mb`), and
how long it takes from Stop until nothing is left (`report_stop_s`)."""

from __future__ import annotations

import tempfile
import threading
import time
from contextlib import closing
from pathlib import Path
from typing import Any

from reviewer.domain.annotation import Mark
from reviewer.domain.case_acts import AllegationSet, Change, ExhibitSet
from reviewer.domain.errors import Cancelled
from reviewer.domain.event import Event
from reviewer.domain.events import BookmarkAdded
from reviewer.domain.timebase import SECOND, Micros, TimeRange, Utc, format_rfc3339
from reviewer.domain.wording import LocalZone
from reviewer.services import demo as agency
from reviewer.services.case_report import CaseReports, OpenCase, Step
from reviewer.services.case_report_words import Speaker
from reviewer.services.footage import Footage
from reviewer.services.logwords import Names
from reviewer.services.session import Session, log_on
from reviewer.services.sync import Sync
from reviewer.services.trust import Trust
from reviewer.services.vault import Vault
from reviewer.services.workspace import Workspace
from reviewer.stores.base import locate
from tests.bench.clips import HD, HD_B, SHORT_LENGTH, START, make
from tests.bench.incident import CASE, Recording, incident

_CAMERAS = 4
_APART = 370_001  # µs from one camera's start to the next one's
_ALLEGATIONS = 5


def run(size: dict[str, Any], stills: int) -> dict[str, Any]:
    """One report, cold; then the others."""
    sources = [make(source, SHORT_LENGTH) for source in (HD, HD_B)]
    cameras = [Recording(f"cam{n}", [(sources[n % len(sources)], Utc(START + n * _APART))]) for n in range(_CAMERAS)]
    folder = incident("report-4", cameras)
    workspace = Workspace(folder / "home")
    trust = Trust(locate(workspace.store_location()), workspace.setup().root, workspace)
    passphrases = {person.id: person.passphrase for person in agency.PEOPLE}
    session = log_on(workspace, trust, "salo", passphrases["salo"])
    try:
        with tempfile.TemporaryDirectory(prefix="reviewer-report-") as out:
            return _measured(session, workspace, trust, stills, Path(out))
    finally:
        session.log_off()


def _measured(session: Session, workspace: Workspace, trust: Trust, stills: int, out: Path) -> dict[str, Any]:
    case = _opened(session, workspace, trust)
    _write(session, case, stills)
    began = time.perf_counter()
    made = CaseReports(case).save(out / "case.pdf")
    took = time.perf_counter() - began
    forms = {}
    for form in ("html", "docx", "jsonld"):
        began = time.perf_counter()
        CaseReports(case).save(out / f"case.{form}", pictures=False)
        forms[form] = round(time.perf_counter() - began, 3)
    return {
        "report_s": round(took, 2),
        "report_stills": stills,
        "report_mb": round(made.stat().st_size / 1e6, 1),
        "report_forms_s": forms,
        "report_stop_s": round(_stopped(case, out), 2),
    }


def _opened(session: Session, workspace: Workspace, trust: Trust) -> OpenCase:
    assignment = session.open_case(CASE)
    vault = Vault(workspace, trust, session.grants, session.journal.record)
    footage = Footage(vault, trust, workspace, assignment)
    with closing(Sync(workspace, trust.store, session.journal.record)) as sync:
        sync.fetch(CASE, [camera.manifest for camera in footage.cameras()])
    cameras = footage.cameras()
    officers = {camera.key: camera.manifest.officer for camera in cameras}
    say = Speaker(Names(str, lambda key: officers.get(key, key)), LocalZone.named("Europe/Helsinki"))
    return OpenCase(session, assignment, footage, cameras, say)


def _write(session: Session, case: OpenCase, stills: int) -> None:
    """Allegations and as many exhibits as stills are wanted, unless an earlier run wrote them."""
    events: list[Event] = []
    for n in range(_ALLEGATIONS):
        at = format_rfc3339(Utc(START + 2 * SECOND))
        fields = {"number": str(n + 1), "title": f"Allegation {n + 1}", "start": at, "end": at}
        events.append(AllegationSet(CASE, f"a{n}", tuple(Change(*each) for each in fields.items())))
    rolling = [camera for camera in case.cameras if not camera.is_still]
    for n in range(stills):
        camera = rolling[n % len(rolling)]
        part = camera.manifest.parts[0]
        stream = Micros(part.duration * (n + 1) // (stills + 2))
        at_time = camera.manifest.model(part).to_utc(stream)
        mark = Mark(camera.key, 0, stream, stream)
        events.append(BookmarkAdded(CASE, f"m{n}", TimeRange(at_time, at_time), (mark,), "force", f"Seen {n}"))
        what = {"number": str(n + 1), "allegation": f"a{n % _ALLEGATIONS}", "stance": "for", "mark": f"m{n}"}
        events.append(ExhibitSet(CASE, f"e{n}", tuple(Change(*each) for each in what.items())))
    for recorded in [session.journal.record(event) for event in events]:
        recorded.result()


def _stopped(case: OpenCase, out: Path) -> float:
    """Seconds from Stop, given while the stills are decoded, until it has ended without a file."""
    under_way = threading.Event()
    reports = CaseReports(case, progress=lambda step: under_way.set() if _decodes(step) else None)
    ended: list[BaseException] = []

    def save() -> None:
        try:
            reports.save(out / "never.pdf")
        except Cancelled as stopped:
            ended.append(stopped)

    thread = threading.Thread(target=save)
    thread.start()
    under_way.wait()
    began = time.perf_counter()
    reports.cancel()
    thread.join()
    if not ended or list(out.glob("never*")):
        raise RuntimeError("a report that was stopped left something")
    return time.perf_counter() - began


def _decodes(step: Step) -> bool:
    return step.words == "Stills" and step.done > 0
