"""What the headless doors do: one function a command, from parsed arguments to what is said. `cli` has the words."""

from __future__ import annotations

import argparse
import getpass
import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from reviewer import config
from reviewer.domain.codec import encode
from reviewer.domain.errors import ReviewerError
from reviewer.domain.timebase import format_rfc3339
from reviewer.sealing import keyring
from reviewer.services import custody, founding, logcheck
from reviewer.services.demo import CASE, PEOPLE, make_demo
from reviewer.services.deposit import IngestProgress
from reviewer.services.ingest import Ingested, Station, ingest, this_station
from reviewer.services.queue import Queue, QueueCase, case_manifests, read_queue, watched_by
from reviewer.services.session import Session, log_on, release
from reviewer.services.sync import Progress, Sync
from reviewer.services.trust import Trust
from reviewer.services.workspace import Workspace
from reviewer.stores.base import locate


@dataclass(frozen=True, slots=True)
class Said:
    """What a command has to say: sentences for a person, one object for a program, what was refused (for stderr).
    `ok` False is exit status 1."""

    lines: list[str]
    data: dict[str, Any]
    ok: bool = True
    refused: list[str] = field(default_factory=list)


# -- what a command works with ---------------------------------------------------------------------------------------


def _workspace(_: argparse.Namespace) -> Workspace:
    return Workspace(config.home())


def _trust(args: argparse.Namespace) -> Trust:
    workspace = _workspace(args)
    location = getattr(args, "store", None) or workspace.store_location()
    return Trust(locate(location), workspace.setup().root, workspace)


def _passphrase(file: str | None, whose: str) -> str:
    if file is None:
        return getpass.getpass(f"Passphrase of {whose}: ")
    try:
        text = sys.stdin.readline() if file == "-" else Path(file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as wrong:
        raise ReviewerError(f"The passphrase file {file} cannot be read.", "Check its path and your rights.") from wrong
    return text.split("\n", 1)[0].rstrip("\r")


@contextmanager
def _session(args: argparse.Namespace) -> Iterator[Session]:
    """One person's session; its log is published at the end."""
    session = log_on(_workspace(args), _trust(args), args.user, _passphrase(args.passphrase_file, args.user))
    try:
        yield session
    finally:
        session.log_off()
        session.publisher.publish()


def _note(text: str) -> None:
    """What goes on meanwhile, for a person who watches."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\033[K{text}")
        sys.stderr.flush()


# -- the commands ----------------------------------------------------------------------------------------------------


def demo_make(args: argparse.Namespace) -> Said:
    """`reviewer demo make`: the demo incident, or word that it is there."""

    def progress(share: float, text: str) -> None:
        _note(f"{share:4.0%}  {text}")

    demo = make_demo(args.dir, cameras=args.cameras, seconds=args.seconds, seed=args.seed, progress=progress)
    _note("")
    who = PEOPLE[0]
    made = "is ready" if demo.made else "was there already; nothing was changed"
    return Said(
        [
            f"The demo incident in {demo.folder} {made}.",
            f"Log on as {who.name} {who.badge} with “{who.passphrase}”; everybody is in people.json.",
            f"REVIEWER_HOME={demo.home} reviewer",
        ],
        {"dir": str(demo.folder), "home": str(demo.home), "store": str(demo.store), "made": demo.made, "case": CASE},
    )


def key_new(args: argparse.Namespace) -> Said:
    """`reviewer key new`: a person's keys in a file; their public halves are said."""
    out = args.out or _workspace(args).key_file(args.id)
    keys = founding.new_key_file(out, args.id, _passphrase(args.passphrase_file, args.id))
    public = founding.public_entry(keys)
    return Said([f"The keys of {args.id} are in {out}.", "Give the custodian this:", json.dumps(public)], public)


def setup(args: argparse.Namespace) -> Said:
    """`reviewer setup`: which agency this machine trusts, and where the store is."""
    public = founding.set_up_station(_workspace(args), root=args.root, station=args.station, store=args.store)
    return Said(
        [f"This machine is {args.station}. Give the custodian its public key:", public],
        {"station": args.station, "public": public, "home": str(config.home())},
    )


def store_init(args: argparse.Namespace) -> Said:
    """`reviewer store init`: an agency, its store and its first roster."""
    root = founding.key_file(args.root_key, "root", _passphrase(args.passphrase_file, "the agency’s root key"))
    held = founding.key_file(args.custody_key, "custody", _passphrase(args.custody_passphrase_file, "the custody key"))
    roster = founding.found(
        _workspace(args), args.location, args.agency, args.title, root, held, people=args.people, station=args.station
    )
    vkey = custody.root_vkey(args.agency, root.signing)
    return Said(
        [f"The store in {args.location} belongs to {roster.title} now.", "Workstations trust this key:", vkey],
        {"root": vkey, "store": args.location, "users": [u.id for u in roster.users], "version": roster.version},
    )


def roster_add(args: argparse.Namespace) -> Said:
    """`reviewer roster add`: the next roster version."""
    root = keyring.unlock(args.root_key, _passphrase(args.passphrase_file, "the agency’s root key"))
    roster = founding.add(_trust(args), root, people=args.people, stations=args.station or [])
    return Said(
        [f"Roster {roster.version} names {len(roster.users)} people and {len(roster.workstations)} workstations."],
        {"version": roster.version},
    )


def do_ingest(args: argparse.Namespace) -> Said:
    """`reviewer ingest`: from a camera's files to signed manifests; what was refused is said and fails the command."""
    station = this_station(_workspace(args))
    station = Station(args.station, station.key) if args.station else station

    def progress(now: IngestProgress) -> None:
        _note(f"{now.done / now.total if now.total else 0:4.0%}  {now.file}")

    report = ingest(args.paths, _trust(args), station, listener=progress)
    _note("")
    lines = [line for each in report.recordings for line in _ingested(each)]
    lines += [f"{k.sources[0].name} is in the store already, as {k.recording_id}." for k in report.known]
    data = {
        "recordings": [r.manifest.recording_id for r in report.recordings],
        "known": [k.recording_id for k in report.known],
        "refused": [encode(p) for p in report.refused],
        "notes": [encode(n) for r in report.recordings for n in r.notes],
    }
    refused = [f"{each.message} {each.next_step}" for each in report.refused]
    return Said(lines, data, ok=not refused, refused=refused)


def _ingested(made: Ingested) -> list[str]:
    manifest = made.manifest
    start = format_rfc3339(manifest.range.start)
    parts = "1 part" if len(manifest.parts) == 1 else f"{len(manifest.parts)} parts"
    head = f"{manifest.recording_id}: {manifest.officer}, {parts} from {start}"
    return [head, *(f"  {n.kind.value}: {n.text}" for n in made.notes)]


def do_assign(args: argparse.Namespace) -> Said:
    """`reviewer assign`: who may open what, for which purpose, signed by the one who is logged on."""
    held = keyring.unlock(args.custody_key, _passphrase(args.custody_passphrase_file, "the custody key"))
    with _session(args) as session:
        wanted = founding.recordings_for(session.trust, args.recording or [], args.incident or [])
        order = custody.Order(
            case_id=args.case,
            title=args.title,
            members=dict(args.member),
            recordings=dict.fromkeys(wanted),
            purpose=args.purpose,
            reason=args.reason,
            expires=args.expires,
        )
        made = custody.assign(session.trust, order, session.keys, held)
    names = ", ".join(m.user for m in made.members)
    return Said(
        [f"{made.case_id} ({len(made.recordings)} recordings) is assigned to {names}."],
        {"case": made.case_id, "n": made.n, "recordings": [r.recording_id for r in made.recordings]},
    )


def do_sync(args: argparse.Namespace) -> Said:
    """`reviewer sync`: what is assigned comes to this machine."""
    lines: list[str] = []
    refused: list[str] = []
    data: list[dict[str, Any]] = []

    def progress(now: Progress) -> None:
        _note(f"{now.case}  {now.here / now.total if now.total else 1:4.0%}  {now.rate / 1e6:.1f} MB/s")

    with _session(args) as session:
        cases = [args.case] if args.case else [a.case_id for a in session.trust.assignments(session.user.id).good]
        for case in cases:
            found = case_manifests(session.trust, session.open_case(case))
            report = Sync(_workspace(args), session.trust.store, session.journal.record).fetch(
                case, found.good, progress
            )
            here = sum(o.here for o in report.objects)
            lines.append(f"{case}: {report.fetched} fetched, {here} bytes here.")
            problems = [*found.problems, *report.problems]
            said = [f"{p.message} {p.next_step}" for p in problems] + [str(report.stopped)] * bool(report.stopped)
            refused += said
            whole = report.complete and not problems
            data.append({"case": case, "fetched": report.fetched, "bytes_here": here, "complete": whole, "said": said})
    _note("")
    return Said(lines or ["No cases are assigned to you."], {"cases": data}, all(c["complete"] for c in data), refused)


def do_queue(args: argparse.Namespace) -> Said:
    """`reviewer queue`: what is assigned, and how much of it is here."""
    with _session(args) as session, closing(session.queries()) as queries:
        who = session.user.id
        queue = read_queue(
            session.trust,
            _workspace(args),
            who,
            resume=lambda case: queries.last_shown(case, who),
            watched=watched_by(queries, who),
        )
    lines = [
        f"{c.case_id}  {c.title}  {c.here} of {len(c.recordings)} here  {c.integrity_words}  {c.next_step.value}"
        for c in queue.cases
    ]
    lines += [str(p) for p in (*queue.notices, *queue.problems)]
    return Said(lines or ["No cases are assigned to you."], _queue_data(queue))


def _queue_data(queue: Queue) -> dict[str, Any]:
    def case(each: QueueCase) -> dict[str, Any]:
        return {
            "case": each.case_id,
            "title": each.title,
            "purpose": each.purpose.value,
            "issued_by": each.issued_by,
            "recordings": [r.recording_id for r in each.recordings],
            "not_assigned": [n.recording_id for n in each.not_assigned],
            "here": each.here,
            "bytes": each.bytes,
            "bytes_here": each.bytes_here,
            "integrity": each.integrity_words,
            "watched": each.watched,
            "resume": None if each.resume is None else format_rfc3339(each.resume),
            "next_step": each.next_step.value,
        }

    problems = [encode(p) for p in (*queue.notices, *queue.problems)]
    return {"cases": [case(c) for c in queue.cases], "problems": problems}


def do_release(args: argparse.Namespace) -> Said:
    """`reviewer release`: lets somebody log on again after too many wrong passphrases."""
    by = _passphrase(args.passphrase_file, args.by)
    user = release(_workspace(args), _trust(args), args.named, args.by, by)
    return Said([f"{user.name} may log on again."], {"released": user.id})


@contextmanager
def _public(args: argparse.Namespace) -> Iterator[Trust]:
    """Trust from public keys alone: `--root` and `--store` need no workspace and leave none behind."""
    if args.root is None:
        yield _trust(args)
        return
    with tempfile.TemporaryDirectory() as empty:
        yield Trust(locate(args.store or _workspace(args).store_location()), args.root, Workspace(Path(empty)))


def log_verify(args: argparse.Namespace) -> Said:
    """`reviewer log verify`: are the published logs whole, from public keys alone?"""
    with _public(args) as trust:
        report = logcheck.verify_store(trust.store, trust.roster())
    lines = [
        f"{each.origin}: {each.entries} of {each.size} entries " + ("verified" if each.ok else "verified; not whole:")
        for each in report.logs
    ]
    bad = [f"{each.origin}: {problem}" for each in report.logs for problem in each.problems]
    bad += [str(p) for p in report.problems]
    whole = "The logs are whole." if report.ok else "The logs are not whole."
    return Said([*lines, whole], encode(report), report.ok, bad)


def log_keys(args: argparse.Namespace) -> Said:
    """`reviewer log keys`: what an outside verifier needs."""
    with _public(args) as trust:
        keys = logcheck.log_keys(trust.store, trust.roster())
    return Said([*(k.vkey for k in keys.logs), *(w.vkey for w in keys.witnesses)], encode(keys))
