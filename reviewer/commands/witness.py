"""Witnesses of the published logs: `reviewer witness …`. A job beside the store needs the store, the agency's root key
and its own folder; the agency's root key says who is one.
"""

from __future__ import annotations

import argparse
import sys
import threading
from pathlib import Path

from reviewer.commands.base import (
    Commands,
    Said,
    passphrase,
    promise,
    station_log,
    takes_root,
    trust_of,
    workspace_of,
)
from reviewer.domain.codec import encode
from reviewer.domain.errors import ReviewerError
from reviewer.domain.roster import Roster
from reviewer.domain.timebase import Micros, format_rfc3339
from reviewer.sealing import keyring
from reviewer.sealing.keyring import PrivateKeys
from reviewer.services import logcheck, witness_policy
from reviewer.services.trust import Trust
from reviewer.services.witness import Round, WitnessFolder, WitnessJob
from reviewer.services.witness_policy import HOUR
from reviewer.services.witnessing import Standing, standing
from reviewer.services.workspace import Workspace
from reviewer.stores.base import locate

_LEAST = 5  # seconds between two looks


def add(table: Commands) -> None:
    """The words of these commands."""
    key = table.add("witness new-key", new_key, "make a witness’s key; it signs nothing but cosignatures")
    key.add_argument("name", nargs="?", help="default: this workstation’s id")
    key.add_argument(
        "--again", action="store_true", help="a new key in the place of the old one; what was seen is kept"
    )
    _folder(key)
    run = table.add("witness run", witness_run, "cosign the logs that the store has, as long as each is what it was")
    _public(run)
    run.add_argument("--once", action="store_true", help="look once and end; exit status 1 if a log was refused")
    run.add_argument("--every", type=int, default=60, metavar="SECONDS")
    _folder(run)
    state = table.add("witness state", witness_state, "how far each log is witnessed")
    _public(state)
    known = table.add("witness list", witness_list, "who witnesses, how many must, and when the app warns and stops")
    _public(known)
    new = table.add("witness add", witness_add, "name a witness, or give one a new key")
    new.add_argument("vkey", help="as “reviewer witness new-key” printed it")
    new.add_argument(
        "--station", default="", metavar="ID", help="where it runs: for logs of that one it does not count"
    )
    new.add_argument("--quorum", type=int, help="how many must have seen an entry")
    takes_root(new)
    gone = table.add("witness remove", witness_remove, "take a witness off the roster")
    gone.add_argument("name")
    takes_root(gone)
    policy = table.add("witness policy", witness_policy_, "change the quorum, and when the app warns and stops")
    policy.add_argument("--quorum", type=int)
    policy.add_argument("--warn-hours", type=int, metavar="N", help="0: never")
    policy.add_argument("--stop-hours", type=int, metavar="N", help="0: never")
    takes_root(policy)


def _folder(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--folder", type=Path, help="the witness’s own; default: “witness” in this workspace")


def _public(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--store", help="default: this workspace’s")
    parser.add_argument("--root", help="the agency’s root vkey; then no workspace is needed")


def _folder_of(args: argparse.Namespace) -> WitnessFolder:
    return WitnessFolder(args.folder or workspace_of(args).witness)


def _trust_of(args: argparse.Namespace) -> Trust:
    """With `--root` nothing of a workspace is asked: what a job verified lies in its own folder."""
    if args.root is None:
        return trust_of(args)
    if args.store is None:
        raise ReviewerError("With --root the store has to be named.", "Say where it is with --store.")
    own = getattr(args, "folder", None) or workspace_of(args).witness
    return Trust(locate(args.store), args.root, Workspace(own / "trusted"))


# -- the witness's own -----------------------------------------------------------------------------------------------


def new_key(args: argparse.Namespace) -> Said:
    """`reviewer witness new-key`: a key that signs nothing else."""
    name = args.name or workspace_of(args).setup().station
    folder = _folder_of(args)
    vkey = folder.make_key(name, again=args.again)
    return Said(
        [f"The witness {name} has its key in {folder.folder}.", "Give the custodian this:", vkey],
        {"name": name, "vkey": vkey, "folder": str(folder.folder)},
    )


def witness_run(args: argparse.Namespace) -> Said:
    """`reviewer witness run`: look at every log, again and again; with `--once`, once."""
    trust = _trust_of(args)
    job = WitnessJob(_folder_of(args), trust)
    trust.refresh()
    if args.once:
        return _round(job, job.run(), trust)
    pause = threading.Event()
    while not pause.is_set():
        try:
            _tell(*news(job.run()))
            trust.refresh()
        except ReviewerError as wrong:  # a store that is away comes back; a disk that is full is emptied
            _tell(str(wrong))
        pause.wait(max(_LEAST, args.every))
    return Said([], {})


def _tell(*lines: str) -> None:
    """At once, for whoever keeps the service's journal."""
    sys.stdout.writelines(f"{line}\n" for line in lines)
    sys.stdout.flush()


def news(found: Round) -> list[str]:
    """One look, for a service's journal: what changed, and what is wrong."""
    at = format_rfc3339(found.at)
    news = [f"{at} cosigned {origin}" for origin in found.cosigned]
    return [*news, *(f"{at} {r.why} Kept in {r.path}." for r in found.refused if r.new), *map(str, found.troubles)]


def _round(job: WitnessJob, found: Round, trust: Trust) -> Said:
    lines = [f"{job.name} looked at {found.logs} logs and cosigned {len(found.cosigned)}.", promise(trust.store)]
    if not job.named:
        lines.append("The roster does not name this witness with this key: nobody counts it. Ask the custodian.")
    refused = [f"{r.why} Both checkpoints are kept in {r.path}." for r in found.refused]
    refused += [str(trouble) for trouble in found.troubles]
    return Said(lines, {"named": job.named, **encode(found)}, ok=not found.refused, refused=refused)


# -- for everybody ---------------------------------------------------------------------------------------------------


def witness_state(args: argparse.Namespace) -> Said:
    """`reviewer witness state`: from public keys alone, how far each published log is witnessed."""
    trust = _trust_of(args)
    trust.refresh()
    found = [standing(trust, log.origin) for log in logcheck.log_keys(trust.store, trust.roster()).logs]
    lines = [_standing(each) for each in found] or ["No log is published in this store."]
    data = [
        {
            "origin": each.origin,
            "size": each.size,
            "quorum": each.quorum,
            "of": each.of,
            "at": format_rfc3339(each.at) if each.at is not None else None,
            "seen": [{"name": c.name, "size": c.size, "at": format_rfc3339(c.at)} for c in each.seen],
        }
        for each in found
    ]
    return Said(lines, {"logs": data}, refused=[problem for each in found for problem in each.problems])


def _standing(each: Standing) -> str:
    if not each.of:
        return f"{each.origin}: the roster names no witness that counts for it"
    if each.at is None:
        return f"{each.origin}: {len(each.seen)} of {each.of} witnesses have seen it, {each.quorum} must"
    return f"{each.origin}: {each.size} entries seen by {each.quorum} of {each.of}, {format_rfc3339(each.at)[:19]}Z"


def witness_list(args: argparse.Namespace) -> Said:
    """`reviewer witness list`: what the newest roster says about witnesses."""
    return _said(_trust_of(args).refresh())


# -- the root's ------------------------------------------------------------------------------------------------------


def _root_of(args: argparse.Namespace) -> PrivateKeys:
    return keyring.unlock(args.root_key, passphrase(args.passphrase_file, "the agency’s root key"))


def witness_add(args: argparse.Namespace) -> Said:
    """`reviewer witness add`: the next roster names one witness more."""
    root = _root_of(args)
    with station_log(args) as (trust, record):
        roster = witness_policy.add_witness(
            trust, root.signing, args.vkey, station=args.station, quorum=args.quorum, record=record
        )
    return _said(roster)


def witness_remove(args: argparse.Namespace) -> Said:
    """`reviewer witness remove`: what this witness says counts no more."""
    root = _root_of(args)
    with station_log(args) as (trust, record):
        roster = witness_policy.remove_witness(trust, root.signing, args.name, record=record)
    return _said(roster)


def witness_policy_(args: argparse.Namespace) -> Said:
    """`reviewer witness policy`: the quorum, and the hours."""
    root = _root_of(args)
    with station_log(args) as (trust, record):
        roster = witness_policy.change_policy(
            trust,
            root.signing,
            quorum=args.quorum,
            warn_hours=args.warn_hours,
            stop_hours=args.stop_hours,
            record=record,
        )
    return _said(roster)


def _said(roster: Roster) -> Said:
    lines = [
        f"{w.name}" + (f"  on {w.station}: does not count for the logs of {w.station}" if w.station else "")
        for w in roster.witnesses
    ]
    if roster.quorum:
        lines.append(f"{roster.quorum} of {len(roster.witnesses)} must have seen an entry.")
        warn, stop = _hours(roster.warn_after), _hours(roster.stop_after)
        lines.append(f"Without them the app warns {warn}, and stops opening views {stop}.")
    else:
        lines.append("No witness is demanded: entries could be written anew by a machine’s administrator.")
    data = {
        "version": roster.version,
        "quorum": roster.quorum,
        "warn_hours": roster.warn_after // HOUR,
        "stop_hours": roster.stop_after // HOUR,
        "witnesses": [{"name": w.name, "vkey": w.vkey, "station": w.station} for w in roster.witnesses],
    }
    return Said(lines, data)


def _hours(after: Micros) -> str:
    return f"after {after // HOUR} h" if after else "never"
