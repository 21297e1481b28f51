"""Copies for others: `reviewer disclosure list | register | package | verify | open`.

Who asks and what they get is written in the log of who is logged on, first. Copies are rendered and released in the
window; here they are packed, checked and opened.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reviewer.commands.base import (
    Commands,
    Said,
    instant,
    logged_on,
    note,
    passphrase,
    takes_user,
    trust_of,
    workspace_of,
    zone_named,
)
from reviewer.domain.agency import Tables
from reviewer.domain.certificate import Revocation
from reviewer.domain.errors import ReviewerError
from reviewer.domain.redaction import Redaction
from reviewer.domain.render import RenderPlan
from reviewer.domain.request import Request, RequestKind
from reviewer.domain.roles import DISCLOSERS
from reviewer.domain.timebase import Utc, format_rfc3339
from reviewer.domain.wording import count, date
from reviewer.exports.bag import digest
from reviewer.exports.log_tables import harmless
from reviewer.media.camera import DeckCamera
from reviewer.sealing import keyring
from reviewer.services.case import CaseFile
from reviewer.services.case_state import rights_of
from reviewer.services.certificate import newest_certificate
from reviewer.services.clock import utc_now
from reviewer.services.disclosure import Requests, due_of, left_words, plan_of
from reviewer.services.disclosure_package import Enclosed, PackageAsked, PackageDone, Seal, Step, make_package
from reviewer.services.disclosure_seal import open_package
from reviewer.services.disclosure_verify import Verdict, keys_by, verify_package
from reviewer.services.disk import disk_error, write_new
from reviewer.services.footage import CaseCamera, Footage
from reviewer.services.redaction import Redactions
from reviewer.services.release import making
from reviewer.services.rendering_job import plan_sha256
from reviewer.services.revocation import revocations
from reviewer.services.session import Session
from reviewer.services.vault import Vault

_COLUMNS = ("case", "number", "kind", "requester", "received", "due", "left", "answer", "answered", "refusals", "fee")


def add(table: Commands) -> None:
    """The words of these commands."""
    listed = table.add("disclosure list", disclosure_list, "the register of a case’s requests, and when each is due")
    listed.add_argument("--csv", type=Path, metavar="FILE", help="write the register as a table")
    new = table.add("disclosure register", disclosure_register, "write down a new request")
    new.add_argument("--number", default="", help="of the agency’s register; the next free one without it")
    new.add_argument("--kind", type=RequestKind, choices=list(RequestKind), default=RequestKind.ACCESS)
    new.add_argument("--requester", required=True)
    new.add_argument("--contact", default="")
    new.add_argument("--asked", default="", help="what for, in words")
    new.add_argument("--received", type=instant, help="RFC 3339; now without it")
    new.add_argument("--start", type=instant, help="RFC 3339: what was asked for begins here")
    new.add_argument("--end", type=instant, help="RFC 3339")
    new.add_argument("--recording", action="append", help="its id; all of the case without it")
    pack = table.add("disclosure package", disclosure_package, "pack released copies for who asked")
    pack.add_argument("case")
    pack.add_argument("number", help="the request’s")
    pack.add_argument("out", type=Path, help="a folder that is not there yet")
    pack.add_argument("--copy", type=Path, action="append", default=[], metavar="FILE", help="a released copy")
    pack.add_argument("--password-file", metavar="FILE", help="close it as a ZIP under this password (12 and more)")
    pack.add_argument("--to", default="", metavar="PUBLIC", help="seal it to a public key (“sealing” of “key new”)")
    pack.add_argument("--without-certificate", action="store_true", help="no C2PA manifest")
    pack.add_argument("--zone", default="", help="of local times: Europe/Helsinki")
    for each in (listed, new):
        each.add_argument("case")
    for each in (listed, new, pack):
        each.add_argument("--store")
        takes_user(each, "who you are")
    check = table.add("disclosure verify", disclosure_verify, "check a package: PASS or FAIL, and why")
    check.add_argument("folder", type=Path)
    check.add_argument("--keys", type=Path, metavar="FILE", help="the agency’s (log keys --json); else this machine’s")
    check.add_argument("--witnessed", action="store_true", help="every entry must have been seen by a witness")
    check.add_argument("--store")
    shut = table.add("disclosure open", disclosure_open, "open a package that is closed under a password or for a key")
    shut.add_argument("file", type=Path)
    shut.add_argument("out", type=Path, help="a folder that is not there yet")
    shut.add_argument("--password-file", metavar="FILE", help="first line; “-” is stdin; asked for without it")
    shut.add_argument("--key", type=Path, metavar="FILE", help="your key file (“key new”)")
    shut.add_argument("--passphrase-file", metavar="FILE", help="the key file’s")


@dataclass(frozen=True, slots=True)
class Opened:
    """A case, opened by somebody for its requests. `cameras`: those that are theirs to see, by recording."""

    session: Session
    file: CaseFile
    requests: Requests
    footage: Footage
    cameras: Mapping[str, CaseCamera]
    tables: Tables

    def named(self, number: str) -> Request:
        found = [r for r in self.requests.all() if number in (r.number, r.id)]
        if not found:
            raise ReviewerError(f"There is no request “{number}”.", "“reviewer disclosure list” has them.")
        return found[0]

    def plans(self, request: Request, redaction: Redaction) -> dict[str, RenderPlan]:
        """How each recording's copy is planned as things stand, by the plan's name in the log."""
        found = {}
        for each in request.recordings or tuple(self.cameras):
            camera = self.cameras.get(each)
            if camera is not None and not camera.is_still:
                with suppress(ReviewerError):  # nothing of what was asked for was recorded by it
                    plan = plan_of(request, camera.manifest, redaction, self.footage.clocks, self.tables.time_zone)
                    found[plan_sha256(plan)] = plan
        return found

    def decks(self, plans: Sequence[RenderPlan]) -> dict[str, DeckCamera]:
        wanted = {each for plan in plans for each in plan.recordings}
        return {each: self.footage.deck_camera(self.cameras[each], signed=True) for each in sorted(wanted)}


@contextmanager
def opened_case(args: argparse.Namespace) -> Iterator[Opened]:
    """The case, with what colleagues published. A refusal is an entry first."""
    with logged_on(args) as session:
        assignment = session.open_case(args.case)
        session.following.run(every=True)
        rights, me = rights_of(session.trust, args.case), session.user.id
        vault = Vault(session.trust.workspace, session.trust, session.grants, session.journal.record)
        footage = Footage(vault, session.trust, session.trust.workspace, assignment)
        with closing(session.queries()) as queries:
            standing = queries.alignment(args.case).accepted
            footage.align(standing.alignment if standing is not None else None)
            file = CaseFile(session.journal.record, queries, args.case, lambda: rights.refusal(me, DISCLOSERS))
            free = (c for c in footage.cameras() if c.assigned and not c.shut)
            cameras = {c.manifest.recording_id: c for c in free}
            tables = session.roster.agency_tables
            yield Opened(session, file, Requests(file), footage, cameras, tables)


def disclosure_list(args: argparse.Namespace) -> Said:
    """`reviewer disclosure list`: the register."""
    now = utc_now()
    with opened_case(args) as opened:
        rows = [_row(args.case, each, opened.tables, now) for each in opened.requests.all()]
    lines = [f"{r['number']}  {r['requester']}  {r['answer'] or 'open'}  {r['left']}".rstrip() for r in rows]
    if args.csv is not None:
        out = io.StringIO(newline="")
        writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
        writer.writerow(_COLUMNS)
        writer.writerows([harmless(row[name]) for name in _COLUMNS] for row in rows)
        lines.append(f"The register is in {write_new(args.csv, out.getvalue().encode())}.")
    return Said(lines or ["No requests"], {"case": args.case, "requests": rows})


def _row(case: str, request: Request, tables: Tables, now: Utc) -> dict[str, str]:
    due = due_of(tables, request)
    times = {"received": request.received, "due": due.at if due is not None else None, "answered": request.answered}
    return {
        **{name: format_rfc3339(at) if at is not None else "" for name, at in times.items()},
        **{"case": case, "number": request.number, "kind": request.kind.value, "requester": request.requester},
        **{"left": left_words(due, now), "answer": request.answer.value, "fee": request.fee},
        "refusals": "; ".join(tables.hiding_reason(each).words for each in request.refusals),
    }


def disclosure_register(args: argparse.Namespace) -> Said:
    """`reviewer disclosure register`."""
    now = utc_now()
    with opened_case(args) as opened:
        unknown = [each for each in args.recording or () if each not in opened.cameras]
        if unknown:
            raise ReviewerError(
                f"{unknown[0]} is no recording of {args.case} that is yours.", "Look how it is written."
            )
        number = args.number or opened.requests.next_number(args.kind, now)
        request = Request(
            id="",
            kind=args.kind,
            number=number,
            requester=args.requester,
            contact=args.contact,
            asked=args.asked,
            received=args.received or now,
            start=args.start,
            end=args.end,
            recordings=tuple(args.recording or opened.cameras),
        )
        id_ = opened.requests.register(request).result()
        due = due_of(opened.tables, request)
    by = f"; to be answered by {date(due.at)}" if due is not None else ""
    return Said([f"{number} is registered{by}."], {"case": args.case, "id": id_, "number": number})


def disclosure_package(args: argparse.Namespace) -> Said:
    """`reviewer disclosure package`."""
    password = passphrase(args.password_file, "the package") if args.password_file else ""
    if password and args.to:
        raise ReviewerError("A package is closed one way.", "Give a password, or a key.")
    with opened_case(args) as opened:
        request = opened.named(args.number)
        redaction = Redactions(opened.file).redaction(request.id)
        plans = opened.plans(request, redaction)
        copies = tuple(_enclosed(opened, request, path, plans) for path in args.copy)
        asked = PackageAsked(
            args.case,
            request,
            copies,
            args.out,
            Seal(password, args.to),
            not args.without_certificate,
            redaction,
        )
        decks = opened.decks([each.plan for each in copies if each.plan is not None])
        done = make_package(opened.session, asked, decks, zone=zone_named(args.zone), progress=_tell)
    note("")
    return _made(done)


def _enclosed(opened: Opened, request: Request, path: Path, plans: Mapping[str, RenderPlan]) -> Enclosed:
    """A file with the plan that it was made by. Raises ReviewerError where what it hides has changed since."""
    try:
        sha256 = digest(path)
    except OSError as wrong:
        raise disk_error(path, wrong) from wrong
    with closing(opened.session.queries()) as queries:
        known = making(queries, opened.file.case, request.id).copies
    made = next((each.copy for each in known if each.copy.sha256 == sha256), None)
    if made is None:
        raise ReviewerError(f"{path.name} is no copy that was made for this request.", "Render it, and release it.")
    if made.encoded and made.plan not in plans:
        raise ReviewerError(
            f"What {path.name} hides was changed after it was made.", "Render it again, and release it."
        )
    if not made.encoded:  # the recording's own frames or bytes: nothing was rendered by a plan
        return Enclosed(path, words="; ".join((made.name, *made.checks)))
    return Enclosed(path, plans.get(made.plan))


def _tell(step: Step) -> None:
    note(f"{step.words}: {100 * step.done // max(1, step.total)} %")


def _made(done: PackageDone) -> Said:
    files = count(len(done.copies), "file")
    lines = [f"{done.path}: {files}, {done.bytes / 1e6:,.1f} MB.", *done.said]
    copies = [{"name": c.name, "sha256": c.sha256, "made": c.made, "certified": c.certified} for c in done.copies]
    data = {"path": str(done.path), "manifest": done.manifest, "copies": copies, "said": list(done.said)}
    return Said([*lines, f"Its tag manifest has the SHA-256 {done.manifest}."], data)


def disclosure_verify(args: argparse.Namespace) -> Said:
    """`reviewer disclosure verify`: exit status 0 PASS, 1 FAIL."""
    if not (args.folder / "bagit.txt").is_file():
        raise ReviewerError(f"{args.folder} is no package.", "Open it first (“disclosure open”), or name its folder.")
    keys, authority, ended, remarks = _trusted(args)
    found: Verdict = verify_package(args.folder, keys, authority=authority, witnessed=args.witnessed, ended=ended)
    said = [*remarks, *found.remarks]
    lines = [*said, *(f"FAIL: {each}" for each in found.problems), "PASS" if found.ok else "FAIL"]
    return Said(lines, {"ok": found.ok, "problems": list(found.problems), "remarks": said}, ok=found.ok)


def _trusted(args: argparse.Namespace) -> tuple[dict[str, Any] | None, str, tuple[Revocation, ...], list[str]]:
    """(keys, the agency's authority, what it revoked, what to say of them): those given, or what this machine's roster
    and store say."""
    if args.keys is not None:
        try:
            return json.loads(args.keys.read_bytes()), "", (), []
        except (OSError, ValueError) as wrong:
            raise ReviewerError(f"{args.keys} cannot be read.", "Name the agency’s keys.json.") from wrong
    try:
        trust = trust_of(args)
        keys = keys_by(args.folder, trust.roster())
        found, ended = newest_certificate(trust), revocations(trust)
    except ReviewerError as wrong:
        return None, "", (), [f"The agency’s keys are not known here: {wrong.message}"]
    return keys, found.authority if found is not None else "", ended, ["The keys are those of this machine’s roster."]


def disclosure_open(args: argparse.Namespace) -> Said:
    """`reviewer disclosure open`."""
    if args.key is not None:
        keys = keyring.unlock(args.key, passphrase(args.passphrase_file, str(args.key)))
        out = open_package(workspace_of(args), args.file, args.out, keys=keys)
    else:
        password = passphrase(args.password_file, "the package")
        out = open_package(workspace_of(args), args.file, args.out, password=password)
    return Said([f"It is open at {out}.", "“reviewer disclosure verify” checks it."], {"path": str(out)})
