"""The store as a whole: `reviewer store …`."""

from __future__ import annotations

import argparse
from pathlib import Path

from reviewer.commands.base import Commands, Said, passphrase, promise, takes_custody, takes_root, workspace_of
from reviewer.services import custody, founding
from reviewer.stores.base import locate


def add(table: Commands) -> None:
    """The words of these commands."""
    init = table.add("store init", store_init, "found an agency: a new store and its first roster")
    init.add_argument("location")
    init.add_argument("--agency", required=True, help="a name that can stand in a log’s origin: helsinki.example")
    init.add_argument("--title", required=True, help="as shown")
    init.add_argument("--people", type=Path, help="JSON: [{id, name, badge, roles, key}]")
    init.add_argument("--station", default="ws-1", help="this machine’s id")
    takes_root(init)
    takes_custody(init)


def store_init(args: argparse.Namespace) -> Said:
    """`reviewer store init`: an agency, its store and its first roster."""
    root = founding.key_file(args.root_key, "root", passphrase(args.passphrase_file, "the agency’s root key"))
    held = founding.key_file(args.custody_key, "custody", passphrase(args.custody_passphrase_file, "the custody key"))
    roster = founding.found(
        workspace_of(args), args.location, args.agency, args.title, root, held, people=args.people, station=args.station
    )
    vkey = custody.root_vkey(args.agency, root.signing)
    store = locate(workspace_of(args).store_location())
    store.check()
    return Said(
        [
            f"The store in {args.location} belongs to {roster.title} now.",
            promise(store),
            "Workstations trust this key:",
            vkey,
        ],
        {"root": vkey, "store": args.location, "users": [u.id for u in roster.users], "version": roster.version},
    )
