"""The published logs: `reviewer log …`."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from reviewer.commands.base import Commands, Said, promise, trust_of, workspace_of
from reviewer.domain.codec import encode
from reviewer.services import logcheck
from reviewer.services.trust import Trust
from reviewer.services.workspace import Workspace
from reviewer.stores.base import locate


def add(table: Commands) -> None:
    """The words of these commands."""
    for words, run, help_ in (
        ("log verify", log_verify, "whether the published logs are whole"),
        ("log keys", log_keys, "the public keys of the published logs"),
    ):
        log = table.add(words, run, help_)
        log.add_argument("--store")
        log.add_argument("--root", help="the agency’s root vkey; then no workspace is needed")


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
    with _public(args) as trust:
        report = logcheck.verify_store(trust.store, trust.roster())
    lines = [
        f"{each.origin}: {each.entries} of {each.size} entries " + ("verified" if each.ok else "verified; not whole:")
        for each in report.logs
    ]
    bad = [f"{each.origin}: {problem}" for each in report.logs for problem in each.problems]
    bad += [str(p) for p in report.problems]
    whole = "The logs are whole." if report.ok else "The logs are not whole."
    return Said([*lines, whole, promise(trust.store)], encode(report), report.ok, bad)


def log_keys(args: argparse.Namespace) -> Said:
    """`reviewer log keys`: what an outside verifier needs."""
    with _public(args) as trust:
        keys = logcheck.log_keys(trust.store, trust.roster())
    return Said([*(k.vkey for k in keys.logs), *(w.vkey for w in keys.witnesses)], encode(keys))
