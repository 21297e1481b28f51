"""The report of a check: signed by a custodian, verified from public keys alone, and in words for a person.

The signed form is a DSSE envelope around the RFC 8785 JSON of `CheckReport` (`application/vnd.reviewer.store-check+
json`), which other programs read (securesystemslib). The readable form is plain text.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import Any

import rfc8785

from reviewer.audit.note import raw_public
from reviewer.domain.codec import decode, encode
from reviewer.domain.errors import AccessRefused, MalformedDocument, NotTrusted
from reviewer.domain.event import Event
from reviewer.domain.roster import Role, Roster, User
from reviewer.domain.store_acts import StoreChecked
from reviewer.domain.storecheck import CheckReport, Finding, LockGroup, Severity
from reviewer.domain.timebase import SECOND, format_rfc3339
from reviewer.sealing import envelope
from reviewer.sealing.keyring import PrivateKeys
from reviewer.services.disk import disk_error, write_atomically
from reviewer.services.storecheck_words import day, size
from reviewer.services.workspace import Workspace

KIND = "store-check"
Record = Callable[[Event], Future[Any]]
"""The journal's `record`."""

_HEADS = {Severity.BROKEN: "Broken", Severity.WARNING: "Warnings", Severity.NOTE: "Notes"}


def sign_report(report: CheckReport, roster: Roster, keys: PrivateKeys) -> bytes:
    """The report as its custodian answers for it. Raises AccessRefused for anybody else."""
    user = next((u for u in roster.users if u.id == keys.user), None)
    if user is None or not _is_custodian(user) or raw_public(user.signing_key) != keys.public.signing:
        raise AccessRefused("Only a custodian of the roster signs what a check found.", "Ask a custodian to sign it.")
    return envelope.sign(KIND, encode(replace(report, signed_by=user.id)), user.id, keys.signing)


def answer_for(report: CheckReport, roster: Roster, keys: PrivateKeys, record: Record) -> bytes:
    """The signed report, once it stands in the log of the custodian who signs it. Raises AccessRefused,
    LogUnwritable."""
    signed = sign_report(report, roster, keys)
    digest = hashlib.sha256(rfc8785.dumps(encode(report))).hexdigest()
    figures = report.figures
    done = StoreChecked(digest, report.deep, figures.objects, figures.bytes, figures.broken, figures.warnings)
    record(done).result()
    return signed


def verify_report(data: bytes, roster: Roster) -> CheckReport:
    """The report in a signed file. Raises NotTrusted if no custodian of the roster signed it, MalformedDocument."""
    keys = {u.id: raw_public(u.signing_key) for u in roster.users if _is_custodian(u)}
    payload, signer = envelope.open_envelope(data, KIND, lambda who: [keys[who]] if who in keys else [])
    report = decode(CheckReport, payload)
    if report.signed_by != signer:
        raise NotTrusted(f"The report names {report.signed_by} and is signed by {signer}.", "Ask the custodian.")
    if report.agency != roster.agency:
        raise NotTrusted(f"The report is about the store of {report.agency}.", "Verify it with that agency’s key.")
    return report


def _is_custodian(user: User) -> bool:
    return Role.CUSTODIAN in user.roles


def read_report_file(path: Path) -> bytes:
    """A report's file. Raises ReviewerError."""
    try:
        return path.read_bytes()
    except OSError as wrong:
        raise disk_error(path, wrong) from wrong


# -- kept on this machine --------------------------------------------------------------------------------------------


def keep_report(workspace: Workspace, report: CheckReport) -> None:
    """Remember the newest finished check of each kind."""
    write_atomically(_kept(workspace, report.deep), json.dumps(encode(report), ensure_ascii=False).encode())


def kept_report(workspace: Workspace, *, deep: bool) -> CheckReport | None:
    """The newest finished check that this machine remembers, unsigned; None if there is none that can be read."""
    try:
        return decode(CheckReport, json.loads(_kept(workspace, deep).read_bytes()))
    except (OSError, ValueError, MalformedDocument):
        return None


def newest_report(workspace: Workspace) -> CheckReport | None:
    """The newest finished check of either kind."""
    kept = (kept_report(workspace, deep=deep) for deep in (False, True))
    return max((r for r in kept if r is not None), key=lambda report: report.ended_at, default=None)


def _kept(workspace: Workspace, deep: bool) -> Path:
    return workspace.home / "checks" / f"last-{'deep' if deep else 'quick'}.json"


# -- in words --------------------------------------------------------------------------------------------------------


def summary(report: CheckReport) -> list[str]:
    """The report in sentences, for paper: what was looked at, what was found, one line a finding."""
    lines = [verdict(report), *looked_at(report), *locks_in_words(report)]
    for severity, head in _HEADS.items():
        found = [f for f in report.findings if f.severity is severity]
        if found:
            lines += ["", f"{head}:", *(line(f) for f in found)]
    if report.left_out:
        lines.append(f"{report.left_out:,} more findings were counted and are not listed.")
    return lines


def verdict(report: CheckReport) -> str:
    """One sentence: how the evidence is."""
    where, figures = f"in the store of {report.agency}", report.figures
    if figures.broken:
        return f"{_counted(figures.broken, 'thing')} {where} {_are(figures.broken)} broken."
    if figures.warnings:
        look = "needs a look" if figures.warnings == 1 else "need a look"
        return f"Nothing is broken {where}; {_counted(figures.warnings, 'warning')} {look}."
    return f"Nothing is broken {where}."


def looked_at(report: CheckReport) -> Iterator[str]:
    """What was counted, when, and how fast."""
    figures = report.figures
    yield f"Store: {report.store} ({report.integrity})."
    yield (
        f"{_counted(figures.manifests, 'manifest')} of {_counted(figures.recordings, 'recording')}, "
        f"{_counted(figures.rosters, 'roster')}, {_counted(figures.assignments, 'assignment')} and "
        f"{_counted(figures.releases, 'release')} are signed by those who may."
    )
    yield (
        f"{figures.whole:,} of {figures.objects:,} objects that they name are whole in the store "
        f"({figures.whole_bytes:,} of {figures.bytes:,} bytes)."
    )
    if report.deep:
        hashed = f"Every byte of {figures.hashed:,} of them was read and has the SHA-256 that was signed"
        yield f"{hashed} ({figures.hashed_bytes:,} bytes)."
    else:
        yield "Sizes were compared; no byte of footage was read. A deep check reads them."
    yield f"{_counted(figures.logs, 'log')} with {figures.log_entries:,} verified entries were read."
    yield f"Begun {format_rfc3339(report.started_at)}, ended {format_rfc3339(report.ended_at)}; {pace(report)}."


def pace(report: CheckReport) -> str:
    """How long it worked, and how fast it read."""
    seconds = report.worked // SECOND
    hours, rest = divmod(seconds, 3600)
    took = f"{hours} h {rest // 60} min" if hours else f"{rest // 60} min {rest % 60} s" if rest >= 60 else f"{rest} s"
    runs = "" if report.runs == 1 else f" in {report.runs} runs"
    return f"{took} of work{runs}" + (f", {size(report.rate)} a second" if report.rate else "")


def locks_in_words(report: CheckReport) -> Iterator[str]:
    """How what was looked at is protected, as the store said."""
    yield from (lock_words(each) for each in report.locks if report.write_once or each.until or each.hold)


def lock_words(group: LockGroup) -> str:
    """One way in which the store keeps things."""
    what = f"{_counted(group.objects, 'object')} ({size(group.bytes)})"
    if group.until is None:
        return f"{what}: {'legal hold' if group.hold else 'not locked'}."
    held = ", with legal hold" if group.hold else ""
    return f"{what}: locked until {day(group.until)}{f' ({group.mode})' if group.mode else ''}{held}."


def line(finding: Finding) -> str:
    """One finding on one line."""
    return f"{finding.path}: {finding}" if finding.path else str(finding)


def _counted(count: int, noun: str) -> str:
    return f"1 {noun}" if count == 1 else f"{count:,} {noun}s"


def _are(count: int) -> str:
    return "is" if count == 1 else "are"
