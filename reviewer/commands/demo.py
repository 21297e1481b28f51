"""The demo incident: `reviewer demo make`."""

from __future__ import annotations

import argparse
from pathlib import Path

from reviewer.commands.base import Commands, Said, note, promise
from reviewer.services.demo import CASE, PEOPLE, make_demo
from reviewer.stores.base import locate


def add(table: Commands) -> None:
    """The words of these commands."""
    demo = table.add("demo make", demo_make, "make the demo incident in a folder")
    demo.add_argument("dir", type=Path)
    demo.add_argument("--cameras", type=int, default=4)
    demo.add_argument("--seconds", type=int, default=90)
    demo.add_argument("--seed", type=int, default=1)


def demo_make(args: argparse.Namespace) -> Said:
    """`reviewer demo make`: the demo incident, or word that it is there."""

    def progress(share: float, text: str) -> None:
        note(f"{share:4.0%}  {text}")

    demo = make_demo(args.dir, cameras=args.cameras, seconds=args.seconds, seed=args.seed, progress=progress)
    note("")
    who = PEOPLE[0]
    made = "is ready" if demo.made else "was there already; nothing was changed"
    return Said(
        [
            f"The demo incident in {demo.folder} {made}.",
            promise(locate(str(demo.store))),
            f"Log on as {who.name} {who.badge} with “{who.passphrase}”; everybody is in people.json.",
            f"REVIEWER_HOME={demo.home} reviewer",
        ],
        {"dir": str(demo.folder), "home": str(demo.home), "store": str(demo.store), "made": demo.made, "case": CASE},
    )
