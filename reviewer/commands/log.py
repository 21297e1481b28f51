"""The published logs: `reviewer log …`."""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from reviewer.commands.base import Commands, Said, promise, trust_of, workspace_of
from reviewer.domain.codec import encode
from reviewer.domain.errors import ReviewerError
from reviewer.domain.roster import Roster
from reviewer.domain.timebase import SECOND, Utc
from reviewer.services import logcheck
from reviewer.services.clock import utc_now
from reviewer.services.disk import disk_error
from reviewer.services.loglocal import LocalReport, verify_local
from reviewer.services.logseen import SeenCheckpoints
from reviewer.services.trust import Trust
from reviewer.services.workspace import Workspace
from reviewer.stores.base import locate


def add(table: Commands) -> None:
    """The words of these commands."""
    for words, run, help_ in (
        ("log verify", log_verify, "whether the published logs, or an export of them, are whole"),
        ("log keys", log_keys, "the public keys of the published logs"),
    ):
        log = table.add(words, run, help_)
        log.add_argument("--store")
        log.add_argument(
            "--root", help="the agency’s root vkey; then no workspace is needed, and nothing is kept there"
        )
        if run is log_verify:
            log.add_argument("--older", type=Path, action="append", default=[], help="a checkpoint seen before")
            log.add_argument("--bundle", type=Path, help="verify this export instead of the store’s logs")


@contextmanager
def _public(args: argparse.Namespace) -> Iterator[Trust]:
    """Trust from public keys alone: `--root` and `--store` need no workspace and leave none behind."""
    if args.root is None:
        yield trust_of(args)
        return
    with tempfile.TemporaryDirectory() as empty:
        yield Trust(locate(args.store or workspace_of(args).store_location()), args.root, Workspace(Path(empty)))


def log_verify(args: argparse.Namespace) -> Said:
    """`reviewer log verify`: are the published logs whole, from public keys alone?"""
    older = [_read(path) for path in args.older]
    local: tuple[LocalReport, ...] = ()
    with _public(args) as trust:
        roster = trust.roster()
        if args.bundle is not None:
            if older:
                raise ReviewerError("An export has proofs only for itself.", "Give --older with the store’s logs.")
            report = logcheck.verify_bundle(_parsed(args.bundle), roster)
        else:
            kept = SeenCheckpoints(trust.workspace.home)
            report = logcheck.verify_store(trust.store, roster, older=[*older, *kept.notes().values()])
            if args.root is None:
                kept.keep(report)
                local = verify_local(trust.workspace, roster, trust.store)
    lines = [line for each in report.logs for line in (*_lines(each, roster), *(f"  {r}" for r in each.remarks))]
    bad = [f"{each.origin}: {problem}" for each in report.logs for problem in each.problems]
    bad += [str(p) for p in report.problems]
    lines += [f"On this machine: {each.origin}: {each.size} entries, {each.published} published" for each in local]
    bad += [f"On this machine: {each.origin}: {problem}" for each in local for problem in each.problems]
    ok = report.ok and all(each.ok for each in local)
    whole = "The logs are whole." if ok else "The logs are not whole."
    said = encode(report) | {"ok": ok, "local": [encode(each) for each in local]}
    return Said([*lines, whole, promise(trust.store)], said, ok, bad)


def _lines(log: logcheck.LogReport, roster: Roster) -> list[str]:
    """One log in words: what was verified, what witnesses saw of it, how long ago."""
    first = f"{log.origin}: {log.entries} of {log.size} entries verified" + ("" if log.ok else "; not whole:")
    of = len(roster.witnesses_of(log.origin))
    if not of:
        return [first, "  The roster names no witness for it: whoever holds its key could have rewritten all of it."]
    if not log.cosigned:
        return [first, f"  None of its {of} witnesses has cosigned it: whoever holds its key could have rewritten it."]
    newest = log.cosigned[0]
    by = f"{len(log.cosigned)} of {of} witnesses"
    age = f"the newest cosignature is {_age(newest.at)} old ({newest.name})"
    words = f"  Witnessed: {log.witnessed} entries, by {by}; {age}."
    left = log.size - log.witnessed
    more = [f"  The newest {left} rest on the log's own key alone until they are witnessed."] if left else []
    return [first, words, *more]


def _age(at: Utc) -> str:
    minutes = max(0, (utc_now() - at) // (60 * SECOND))
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    return f"{days} days {hours} h" if days else f"{hours} h {minutes} min" if hours else f"{minutes} min"


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as wrong:
        raise disk_error(path, wrong) from wrong


def _parsed(path: Path) -> object:
    try:
        return json.loads(_read(path))
    except (ValueError, RecursionError):
        raise ReviewerError(f"{path} is not an export: it is not JSON.", "Name the bundle.json of an export.") from None


def log_keys(args: argparse.Namespace) -> Said:
    """`reviewer log keys`: what an outside verifier needs."""
    with _public(args) as trust:
        keys = logcheck.log_keys(trust.store, trust.roster())
    return Said([*(k.vkey for k in keys.logs), *(w.vkey for w in keys.witnesses)], encode(keys))
