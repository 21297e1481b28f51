"""People, their keys, and machines: `reviewer key …`, `setup`, `roster …`."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from reviewer import config
from reviewer.commands.base import (
    Commands,
    Said,
    pair,
    passphrase,
    promise,
    station_log,
    takes_root,
    takes_secret,
    workspace_of,
)
from reviewer.sealing import keyring
from reviewer.services import founding
from reviewer.stores.base import locate


def add(table: Commands) -> None:
    """The words of these commands."""
    key = table.add("key new", key_new, "make a person’s keys")
    key.add_argument("id")
    key.add_argument("--out", type=Path, help="default: this workspace")
    takes_secret(key)
    up = table.add("setup", setup, "set this machine up for an agency")
    for name in ("--root", "--store", "--station"):
        up.add_argument(name, required=True)
    more = table.add("roster add", roster_add, "sign the next roster with more people or workstations")
    more.add_argument("--people", type=Path, help="JSON: [{id, name, badge, roles, key}]")
    more.add_argument("--station", type=pair("="), action="append", metavar="ID=PUBLIC")
    takes_root(more)


def key_new(args: argparse.Namespace) -> Said:
    """`reviewer key new`: a person's keys in a file; their public halves are said."""
    out = args.out or workspace_of(args).key_file(args.id)
    keys = founding.new_key_file(out, args.id, passphrase(args.passphrase_file, args.id))
    public = founding.public_entry(keys)
    return Said([f"The keys of {args.id} are in {out}.", "Give the custodian this:", json.dumps(public)], public)


def setup(args: argparse.Namespace) -> Said:
    """`reviewer setup`: which agency this machine trusts, and where the store is."""
    public = founding.set_up_station(workspace_of(args), root=args.root, station=args.station, store=args.store)
    store = locate(workspace_of(args).store_location())
    reached = store.reachable()
    said = promise(store) if reached else "The store is not reached now; whether it is write-once is not known."
    witness = founding.witness_vkey(workspace_of(args))
    lines = [
        f"This machine is {args.station}. Give the custodian its public key:",
        public,
        "It can witness other machines’ logs with this one (“reviewer witness add”):",
        witness,
    ]
    data = {"station": args.station, "public": public, "witness": witness, "home": str(config.home())}
    return Said([said, *lines], {**data, "integrity": store.integrity})


def roster_add(args: argparse.Namespace) -> Said:
    """`reviewer roster add`: the next roster version."""
    root = keyring.unlock(args.root_key, passphrase(args.passphrase_file, "the agency’s root key"))
    with station_log(args) as (trust, record):
        roster = founding.add(trust, root, people=args.people, stations=args.station or [], record=record)
    return Said(
        [f"Roster {roster.version} names {len(roster.users)} people and {len(roster.workstations)} workstations."],
        {"version": roster.version},
    )
