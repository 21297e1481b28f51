"""Export for court: entries with their proofs, a report on paper, tables, and the verifier, in a new folder or ZIP.

That entries leave is an entry before the first file is written, and what became of it another. The files are made
beside the place that was chosen and get their name when all of them are whole: nothing half-written is ever there.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import threading
import uuid
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from typing import Any

from reviewer import config
from reviewer.audit import bundle as audit
from reviewer.domain.errors import IntegrityError, ReviewerError
from reviewer.domain.event import Event
from reviewer.domain.log_acts import LogExported, LogExportEnded
from reviewer.domain.log_report import LogReport, LogRow
from reviewer.domain.timebase import Utc, format_rfc3339
from reviewer.domain.wording import Local, count
from reviewer.exports import log_pdf, log_tables
from reviewer.exports.parcel import MANIFEST, manifest_of, zip_of
from reviewer.records.queries import EntryFilter, LogEntry
from reviewer.services import logreport
from reviewer.services.clock import Clock, utc_now
from reviewer.services.disk import disk_error, make_folder, sync_folder, write_atomically
from reviewer.services.logproof import Proofs
from reviewer.services.logwords import Names
from reviewer.services.session import Session

VERIFIER = "verify_log.py"


class Part(StrEnum):
    """What an export has; at least the proofs or one of the tables."""

    PDF = "pdf"
    PROOFS = "proofs"
    CSV = "csv"
    JSON = "json"
    VERIFIER = "verifier"


FILES = {
    Part.PDF: "report.pdf",
    Part.PROOFS: "bundle.json",
    Part.CSV: "entries.csv",
    Part.JSON: "entries.json",
    Part.VERIFIER: VERIFIER,
}
ALL = frozenset(Part)


class ExportCancelled(ReviewerError):
    """Somebody stopped it. Nothing was left behind."""


@dataclass(frozen=True, slots=True)
class Asked:
    """`target` is a folder that is not there yet, or a file that ends in .zip. `notes`: internal notes too."""

    wanted: EntryFilter
    target: Path
    parts: frozenset[Part] = ALL
    notes: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """How far it is: `done` of `total` entries."""

    words: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Exported:
    """What lies at `path` now. `problems` is what the verifier will say of the proofs; () is PASS. `bundle` is the
    SHA-256 of the proofs, `manifest` that of the list of files."""

    path: Path
    entries: int
    files: int
    bytes: int
    bundle: str
    manifest: str
    problems: tuple[str, ...]


class LogExport:
    """One export. `run` takes as long as its entries need: on a thread of its own. `cancel` from any thread."""

    def __init__(
        self,
        session: Session,
        asked: Asked,
        *,
        names: Names,
        zone: Local,
        zone_name: str = "",
        progress: Callable[[Step], None] = lambda _step: None,
        stopped: threading.Event | None = None,
        now: Clock = utc_now,
    ) -> None:
        self._session, self._asked, self._names, self._zone = session, asked, names, zone
        self._zone_name, self._progress, self._now = zone_name, progress, now
        self._stopped = stopped or threading.Event()

    def cancel(self) -> None:
        self._stopped.set()

    def run(self) -> Exported:
        """Raises ExportCancelled, LogUnwritable (then nothing was written), and what the log, the store and the disk
        raise; whatever it is, no file is left and the log says so."""
        asked = self._refuse_early()
        made_at = self._now()
        until = made_at if asked.wanted.until is None else min(asked.wanted.until, made_at)
        wanted = replace(asked.wanted, until=until)
        entries = list(logreport.chosen(self._session, wanted))[::-1]
        if not entries:
            raise ReviewerError("No entry is chosen by this filter.", "Choose another filter.")
        bodies = sum(logreport.shows_body(each, notes=asked.notes) for each in entries)
        name = uuid.uuid4().hex
        begun = LogExported(
            name,
            logreport.in_words(wanted, self._names, self._zone),
            len(entries),
            bodies,
            tuple(sorted(asked.parts)),
            asked.notes,
            wanted.case,
            wanted.recording,
        )
        self._record(begun).result()
        try:
            done = self._make(entries, begun, made_at)
        except ReviewerError as wrong:
            self._record(LogExportEnded(name, "", "", 0, 0, wrong.message, wanted.case)).result()
            raise
        self._record(LogExportEnded(name, done.bundle, done.manifest, done.files, done.bytes, "", wanted.case)).result()
        return done

    def _record(self, event: Event) -> Future[Any]:
        return self._session.journal.record(event)

    def _refuse_early(self) -> Asked:
        asked = self._asked
        if not asked.parts - {Part.VERIFIER}:
            raise ReviewerError("Nothing is chosen to export.", "Choose the report, the proofs or a table.")
        if asked.target.exists() or asked.target.is_symlink():
            raise ReviewerError(f"There is something at {asked.target} already.", "Choose a new name.")
        make_folder(asked.target.parent)
        return asked

    def _make(self, entries: Sequence[LogEntry], begun: LogExported, made_at: Utc) -> Exported:
        with closing(Proofs(self._session)) as proofs:
            rows, bodies = self._rows(entries, proofs)
            wanted: dict[str, list[int]] = {}
            for row in rows:
                wanted.setdefault(row.origin, []).append(row.index)
            bundle = proofs.bundle(wanted, bodies, self._passing("proven", len(rows)))
            keys = keys_of(proofs, wanted)
            found = checked_bundle(bundle, keys)
            user = self._session.user
            made_by = f"{user.name} {user.badge}"
            made = logreport.report(
                f"Signed log: {count(len(rows), 'entry', 'entries')}",
                rows,
                proofs,
                made_at=made_at,
                made_by=made_by,
                zone_name=self._zone_name,
                facts=_facts(begun, made_at, made_by, self._zone, _verdict(rows, proofs, found)),
            )
        files = self._files(made, bundle, keys, found)
        return self._put(files, len(rows), made_at, found)

    def _rows(
        self, entries: Sequence[LogEntry], proofs: Proofs
    ) -> tuple[list[LogRow], dict[tuple[str, int], audit.Body]]:
        passing, notes = self._passing("read", len(entries)), self._asked.notes
        rows, bodies = [], {}
        for each in entries:
            passing()
            meta = each.meta
            data = proofs.log(meta.origin).entry(meta.index)
            body = proofs.body(meta.origin, meta.case, data) if logreport.shows_body(each, notes=notes) else None
            if body is not None:
                bodies[meta.origin, meta.index] = body
            state = logreport.vouched_words(meta.index, proofs.standing(meta.origin), proofs.published(meta.origin))
            rows.append(logreport.row_of(each, data, body, self._names, self._zone, state, notes=notes))
        return rows, bodies

    def _passing(self, words: str, total: int) -> Callable[[], None]:
        done = 0

        def passing() -> None:
            nonlocal done
            done += 1
            if self._stopped.is_set():
                raise ExportCancelled("The export was stopped; nothing of it was kept.", "Begin it again.")
            if done % 50 == 0 or done == total:
                self._progress(Step(words, done, total))

        return passing

    def _files(
        self, made: LogReport, bundle: dict[str, Any], keys: dict[str, Any], found: tuple[str, ...]
    ) -> dict[str, bytes]:
        parts, files = self._asked.parts, {}
        if Part.PROOFS in parts:
            data = json.dumps(bundle, ensure_ascii=False, indent=1).encode() + b"\n"
            files[FILES[Part.PROOFS]] = data
            files["keys.json"] = json.dumps(keys, ensure_ascii=False, indent=1).encode() + b"\n"
            made = replace(made, bundle=sha256(data).hexdigest())
        if Part.CSV in parts:
            files[FILES[Part.CSV]] = log_tables.to_csv(made)
        if Part.JSON in parts:
            files[FILES[Part.JSON]] = log_tables.to_json(made)
        if Part.PDF in parts:
            passing = self._passing("set on paper", len(made.rows))
            files[FILES[Part.PDF]] = log_pdf.to_pdf(made, config.resource("fonts"), passing)
        if Part.VERIFIER in parts:
            files[VERIFIER] = verifier_source()
        files["README.txt"] = readme(made, parts, found)
        files[MANIFEST] = manifest_of(files)
        return files

    def _put(self, files: Mapping[str, bytes], entries: int, made_at: Utc, found: tuple[str, ...]) -> Exported:
        self._passing("written", entries)()
        target = self._asked.target
        if target.suffix.lower() == ".zip":
            data = zip_of(files, target.stem, made_at)
            _new_file(target, data)
            size = len(data)
        else:
            _new_folder(target, files)
            size = sum(map(len, files.values()))
        bundle = files.get(FILES[Part.PROOFS])
        return Exported(
            target,
            entries,
            len(files),
            size,
            "" if bundle is None else sha256(bundle).hexdigest(),
            sha256(files[MANIFEST]).hexdigest(),
            found,
        )


def verifier_source() -> bytes:
    """The stand-alone verifier, as it comes with the program. Raises ReviewerError if it is missing."""
    path = config.resource("verifier", VERIFIER)
    try:
        return path.read_bytes()
    except OSError as wrong:
        raise disk_error(path, wrong, "the verifier") from wrong


def keys_of(proofs: Proofs, origins: Mapping[str, object]) -> dict[str, Any]:
    """What `reviewer log keys --json` says, of these logs: from the verified roster, not from the bundle."""
    logs = [
        {"origin": origin, "vkey": proofs.vkey(origin), "dir": f"logs/{origin}", "cosigned": bool(proofs.notes(origin))}
        for origin in sorted(origins)
    ]
    witnesses = [{"name": w.name, "vkey": w.vkey, "station": w.station} for w in proofs.roster.witnesses]
    return {"logs": logs, "witnesses": witnesses, "quorum": proofs.roster.quorum}


def checked_bundle(bundle: dict[str, Any], keys: dict[str, Any]) -> tuple[str, ...]:
    """What is wrong with the bundle before it leaves. Raises IntegrityError for more than a missing witness."""
    trusted = {each["origin"]: each["vkey"] for each in keys["logs"]}
    witnesses = [each["vkey"] for each in keys["witnesses"]]
    without = audit.check(bundle, keys=trusted, witnesses=witnesses, quorum=0)
    wrong = [*without.problems, *(p for log in without.logs for p in log.problems)]
    if wrong:
        raise IntegrityError(f"The proofs do not hold: {wrong[0]}", "Do not go on; tell the custodian.")
    demanded = audit.check(bundle, keys=trusted, witnesses=witnesses, quorum=keys["quorum"])
    return tuple(f"{log.origin}: {p}" for log in demanded.logs for p in log.problems)


def _facts(begun: LogExported, made_at: Utc, made_by: str, zone: Local, verdict: str) -> list[tuple[str, str]]:
    made = f"{zone.date(made_at)} {zone.clock(made_at)} {zone.offset(made_at)}, {format_rfc3339(made_at)}"
    notes = "shown" if begun.notes else "left out; their bodies stay sealed"
    return [
        ("Entries", f"{begun.entries:,}, oldest first, as the filter chose them"),
        ("Filter", begun.filter),
        ("Exported", f"{made}, by {made_by}"),
        ("Internal notes", notes),
        ("In the log as", f"export {begun.export}"),
        ("Verifier says", verdict),
    ]


def _verdict(rows: Sequence[LogRow], proofs: Proofs, found: tuple[str, ...]) -> str:
    """What the verifier will say, and how many of the entries that rests on witnesses for."""
    if found:
        return f"FAIL: {' '.join(found)}"
    seen = sum(row.index < proofs.standing(row.origin).size for row in rows)
    return f"PASS; witnesses vouch for {seen:,} of {count(len(rows), 'entry', 'entries')}"


def readme(made: LogReport, parts: frozenset[Part], found: tuple[str, ...]) -> bytes:
    """What lies here, how to check it without us, and what that shows."""
    said = {
        Part.PDF: "report.pdf      the entries on paper, with both times, numbers and hashes (PDF/A-2u)",
        Part.PROOFS: "bundle.json     the same entries with their proofs\nkeys.json       the public keys of logs and "
        "witnesses, as the agency’s roster has them",
        Part.CSV: "entries.csv     a table (RFC 4180, UTF-8). An apostrophe before = + - @ keeps a spreadsheet from\n"
        "                taking a text for a formula; it is not part of the entry.",
        Part.JSON: "entries.json    the same as JSON",
        Part.VERIFIER: "verify_log.py   checks the proofs; plain Python, to be read before it is run",
    }
    lines = [made.title, f"{made.agency}. Exported {format_rfc3339(made.made_at)} by {made.made_by}.", ""]
    lines += [f"{name}: {value}" for name, value in made.facts]
    lines += ["", "Files", "-----", *(said[part] for part in Part if part in parts)]
    lines += [f"{MANIFEST} the SHA-256 of every file: sha256sum -c {MANIFEST}"]
    if {Part.PROOFS, Part.VERIFIER} <= parts:
        lines += ["", "To check the proofs (Python 3.9 or later, pip install cryptography):", ""]
        lines += ["    python3 verify_log.py bundle.json --keys keys.json", ""]
        lines += ["It prints PASS or FAIL and why. " + ("It will say FAIL: " + " ".join(found) if found else "")]
    for heading, sentences in (("What this proves", made.proven), ("What it does not prove", made.not_proven)):
        lines += ["", heading, "-" * len(heading), *(f"- {sentence}" for sentence in sentences)]
    return "\n".join(lines).encode() + b"\n"


def _new_file(target: Path, data: bytes) -> None:
    """The whole file under a name that nobody has. Raises ReviewerError."""
    beside = target.with_name(f".{target.name}.{uuid.uuid4().hex[:8]}")
    write_atomically(beside, data, 0o644)
    try:
        os.link(beside, target)
    except FileExistsError as wrong:
        raise ReviewerError(f"There is something at {target} already.", "Choose a new name.") from wrong
    except OSError:  # a file system without hard links
        with suppress(FileNotFoundError):
            beside.rename(target)
    finally:
        beside.unlink(missing_ok=True)
    sync_folder(target.parent)


def _new_folder(target: Path, files: Mapping[str, bytes]) -> None:
    """The whole folder or none: made beside its name, and renamed when everything in it is durable."""
    beside = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}."))
    try:
        for name, data in files.items():
            write_atomically(beside / name, data, 0o644)
        beside.chmod(0o755)
        sync_folder(beside)
        if target.exists():
            raise ReviewerError(f"There is something at {target} already.", "Choose a new name.")
        beside.rename(target)
        sync_folder(target.parent)
    except OSError as wrong:
        raise disk_error(target, wrong) from wrong
    finally:
        shutil.rmtree(beside, ignore_errors=True)
