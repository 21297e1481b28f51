"""Whether the store is whole, and what keeps it: `reviewer store check | info | retain | hold`."""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from reviewer.commands.base import Commands, Said, logged_on, note, takes_secret, takes_user, trust_of, workspace_of
from reviewer.domain.codec import encode
from reviewer.domain.errors import AccessRefused, ReviewerError
from reviewer.domain.roster import Role
from reviewer.domain.storecheck import CheckReport, Severity
from reviewer.domain.timebase import Utc, format_rfc3339, parse_rfc3339
from reviewer.services import keeping
from reviewer.services.disk import check_room, write_new
from reviewer.services.session import Session
from reviewer.services.storecheck import CheckProgress, StoreCheck, unfinished
from reviewer.services.storecheck_report import (
    answer_for,
    kept_report,
    line,
    lock_words,
    newest_report,
    read_report_file,
    summary,
    verdict,
    verify_report,
)
from reviewer.services.storecheck_words import size
from reviewer.services.trust import Trust
from reviewer.services.workspace import Workspace
from reviewer.stores.base import Store, locate


def add(table: Commands) -> None:
    """The words of these commands."""
    check = table.add("store check", store_check, "whether everything in the store is there, whole, and kept")
    check.add_argument("--deep", action="store_true", help="read every byte of footage; goes on where it stopped")
    check.add_argument("--anew", action="store_true", help="begin from nothing, whatever was checked before")
    check.add_argument("--last", action="store_true", help="do not check: the report of the last check that ended")
    check.add_argument("--report", type=Path, metavar="FILE", help="write what was found: JSON, or text for “.txt”")
    check.add_argument("--sign", action="store_true", help="a custodian answers for the report: needs --user")
    check.add_argument("--verify-report", type=Path, metavar="FILE", help="check a signed report, and nothing else")
    check.add_argument("--user", help="the custodian who signs")
    takes_secret(check)
    _place(check)
    _place(table.add("store info", store_info, "where the store is, what it promises, and how things are kept there"))
    until = table.add("store retain", store_retain, "keep something in the store from being removed until a day")
    _what(until)
    until.add_argument("--until", type=_day, required=True, metavar="DATE", help="2036-01-01, or an RFC 3339 time")
    takes_user(until, "the custodian")
    hold = table.add("store hold", store_hold, "set or lift the legal hold of something in the store")
    _what(hold)
    hold.add_argument("state", choices=["on", "off"])
    takes_user(hold, "the custodian")


def _place(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--store")
    parser.add_argument("--root", help="the agency’s root vkey; then no workspace is needed")


def _what(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("path", nargs="?", metavar="PATH", help="one object, as the store names it")
    parser.add_argument("--recording", metavar="ID", help="a recording: its documents and all its objects")
    parser.add_argument("--store")


def _day(text: str) -> Utc:
    try:
        return parse_rfc3339(text if "T" in text else f"{text}T00:00:00Z")
    except ValueError:
        raise argparse.ArgumentTypeError(f"“{text}” is no day like 2036-01-01") from None


@contextmanager
def _public(args: argparse.Namespace) -> Iterator[tuple[Store, str, Workspace]]:
    """Store, root key, and where to work: with `--root` a folder that is gone afterwards."""
    here = workspace_of(args)
    store = locate(args.store or here.store_location())
    if args.root is None:
        yield store, here.setup().root, here
        return
    with tempfile.TemporaryDirectory() as empty:
        yield store, args.root, Workspace(Path(empty))


# -- checking --------------------------------------------------------------------------------------------------------


def store_check(args: argparse.Namespace) -> Said:
    """`reviewer store check`: everything in the store, or a report of an earlier check."""
    if args.verify_report is not None:
        return _verify(args)
    if args.sign:
        _may_sign(args)
    if args.report is not None:
        check_room(args.report.absolute(), 0)  # said now, not after days
    with _public(args) as (store, root, home):
        report = _last(home, args.deep) if args.last else _checked(store, root, home, args)
    signed = None
    if args.sign:  # only now: a check takes days, and nobody stays logged on for it
        with logged_on(args) as session:
            signed = answer_for(report, session.roster, session.keys, session.journal.record)
    broken = [line(f) for f in report.findings if f.severity is Severity.BROKEN]
    return Said([*summary(report), *_written(args.report, report, signed)], encode(report), report.ok, broken)


def _may_sign(args: argparse.Namespace) -> None:
    if args.user is None or args.root is not None:
        raise ReviewerError(
            "Somebody of this machine’s agency signs a report.", "Name them with --user, without --root."
        )
    user = trust_of(args).roster().user(args.user)
    if user is None or Role.CUSTODIAN not in user.roles:
        raise AccessRefused("Only a custodian signs what a check found.", "Ask a custodian, or leave --sign out.")


def _last(home: Workspace, deep: bool) -> CheckReport:
    report = kept_report(home, deep=deep)
    if report is None:
        raise ReviewerError("No such check has ended on this machine.", "Run it without --last.")
    return report


def _station(home: Workspace) -> str:
    return home.setup().station if home.setup_file.exists() else ""


def _checked(store: Store, root: str, home: Workspace, args: argparse.Namespace) -> CheckReport:
    check = StoreCheck(store, root, home, deep=args.deep, station=_station(home))
    left = None if args.anew else unfinished(check.workspace, deep=check.deep)
    if left is not None:
        note(f"Going on with the check of {format_rfc3339(left.started_at)[:10]}.\n")

    def progress(now: CheckProgress) -> None:
        share = now.bytes / now.total_bytes if now.total_bytes else now.done / now.total if now.total else 0
        rate = f"  {size(now.rate)}/s" if now.rate and now.total_bytes else ""
        found = f"  {now.broken} broken, {now.warnings} warnings" if now.broken or now.warnings else ""
        note(f"{now.stage.value}  {share:4.0%}{rate}{found}")

    try:
        return check.run(progress, anew=args.anew)
    finally:
        note("")


def _written(path: Path | None, report: CheckReport, signed: bytes | None) -> list[str]:
    """Write the report; an existing file is never replaced."""
    if path is None:
        return []
    if path.suffix == ".txt":
        data = "\n".join(summary(report)).encode() + b"\n"
    else:
        data = signed if signed is not None else json.dumps(encode(report), ensure_ascii=False, indent=2).encode()
    target = write_new(path.absolute(), data)
    return [
        f"The report is in {target}" + (f", signed by {_signer(signed)}." if signed and path.suffix != ".txt" else ".")
    ]


def _signer(signed: bytes) -> str:
    return str(json.loads(signed)["signatures"][0]["keyid"])


def _verify(args: argparse.Namespace) -> Said:
    data = read_report_file(args.verify_report)
    with _public(args) as (store, root, home):
        report = verify_report(data, Trust(store, root, home).roster())
    who = f"Signed by {report.signed_by}, who is a custodian in the roster; not changed since."
    return Said([who, *summary(report)], encode(report))


# -- what keeps it ---------------------------------------------------------------------------------------------------


def store_info(args: argparse.Namespace) -> Said:
    """`reviewer store info`: what the store promises, and what the last check read of its locks."""
    with _public(args) as (store, root, home):
        store.check()
        roster = Trust(store, root, home).roster()
        last = newest_report(home)
    lines = [f"{store.description}.", f"It belongs to {roster.title} ({roster.agency}), roster {roster.version}."]
    data: dict[str, Any] = {
        "store": store.location,
        "integrity": store.integrity,
        "write_once": store.write_once,
        "agency": roster.agency,
        "roster": roster.version,
        "last_check": None if last is None else encode(last),
    }
    if last is None:
        return Said([*lines, "It was not checked on this machine yet: “reviewer store check”."], data)
    kind = "Deep check" if last.deep else "Check"
    lines += [f"{kind} ended {format_rfc3339(last.ended_at)}: {verdict(last)}", *map(lock_words, last.locks)]
    return Said(lines, data)


def store_retain(args: argparse.Namespace) -> Said:
    """`reviewer store retain`: nobody can remove it before that day, this agency included."""
    with logged_on(args) as session:
        kept = _kept(args, session.trust)
        count = keeping.retain(session.trust.store, kept, args.until, session.user, session.journal.record)
        return _kept_said(session, kept, f"{count} in the store are kept until {format_rfc3339(args.until)[:10]}.")


def store_hold(args: argparse.Namespace) -> Said:
    """`reviewer store hold`: kept whatever its retention is, until the hold is lifted."""
    with logged_on(args) as session:
        kept = _kept(args, session.trust)
        on = args.state == "on"
        count = keeping.hold(session.trust.store, kept, on, session.user, session.journal.record)
        return _kept_said(session, kept, f"The legal hold of {count} in the store is {'set' if on else 'lifted'}.")


def _kept(args: argparse.Namespace, trust: Trust) -> keeping.Kept:
    if (args.path is None) is (args.recording is None):
        raise ReviewerError("Name one thing that is to be kept.", "A path in the store, or --recording.")
    return keeping.all_of(trust, args.recording) if args.recording else keeping.one_path(trust.store, args.path)


def _kept_said(session: Session, kept: keeping.Kept, sentence: str) -> Said:
    """What the store reads back, after what was done."""
    back = keeping.protections(session.trust.store, kept)
    objects = [
        {"path": path, "until": None if p.until is None else format_rfc3339(p.until), "hold": p.hold, "mode": p.mode}
        for path, p in back.items()
    ]
    return Said([sentence], {"recording": kept.recording, "objects": objects})
