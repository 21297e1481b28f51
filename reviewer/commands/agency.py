"""What the agency's root signs for all: `reviewer agency tables show | example NAME | check FILE | sign FILE`, and
`agency certificate`.

The table stands in the roster, which the root key signs; each change is an entry in this workstation's own log first.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from reviewer.commands.base import Commands, Said, instant, passphrase, station_log, takes_secret, trust_of
from reviewer.domain.agency import Tables
from reviewer.domain.certificate import AgencyCertificate, Revocation
from reviewer.domain.codec import encode
from reviewer.domain.errors import ReviewerError
from reviewer.domain.timebase import format_rfc3339
from reviewer.domain.wording import clock, date
from reviewer.sealing import keyring
from reviewer.services import agency_tables, certificate
from reviewer.services.clock import utc_now
from reviewer.services.revocation import revocations


def add(table: Commands) -> None:
    """The words of this command."""
    made = table.add("agency tables", tables, "the agency’s words, dispositions, clocks and who may move a case")
    made.add_argument("do", choices=["show", "example", "check", "sign"])
    made.add_argument("what", nargs="?", default="", help="an example’s name, or a file")
    made.add_argument("--root-key", type=Path, help="the agency root’s key file, to sign")
    made.add_argument("--store")
    takes_secret(made)
    own = table.add(
        "agency certificate", agency_certificate, "make the certificate that copies for others are signed with"
    )
    own.add_argument("--show", action="store_true", help="say what there is; nothing is made")
    own.add_argument("--store")
    own.add_argument("--root-key", type=Path, help="the agency root’s key file, to make or to revoke one")
    own.add_argument("--revoke", type=int, metavar="NUMBER", help="say that this one no longer holds")
    own.add_argument("--since", type=instant, help="from when it does not hold; now by default")
    own.add_argument("--reason", default="", help="why it does not hold; it stands in the log")
    takes_secret(own)


def tables(args: argparse.Namespace) -> Said:
    """`reviewer agency tables`."""
    if args.do == "show":
        return _said(trust_of(args).refresh().agency_tables, [])
    if not args.what:
        raise ReviewerError(f"“{args.do}” needs a name or a file.", f"Examples: {', '.join(agency_tables.EXAMPLES)}.")
    if args.do == "example":
        return _said(agency_tables.example(args.what), [])
    read = agency_tables.read_tables(Path(args.what))
    if args.do == "check":
        return Said([f"“{read.name}” can be signed.", *_counted(read)], {"tables": encode(read)})
    if args.root_key is None:
        raise ReviewerError("Signing needs the root’s key.", "Name its file with --root-key.")
    root = keyring.unlock(args.root_key, passphrase(args.passphrase_file, "the agency’s root key"))
    with station_log(args) as (trust, record):
        roster = agency_tables.sign_tables(trust, root.signing, read, record=record)
    signed = roster.agency_tables
    line = f"“{signed.name}” is version {signed.version}; it counts from the next log-on on."
    return Said([line, *_counted(signed)], {"version": signed.version, "roster": roster.version})


def agency_certificate(args: argparse.Namespace) -> Said:
    """`reviewer agency certificate`: the root makes it; whoever may release copies now holds its private half."""
    if args.show:
        trust = trust_of(args)
        return _certificate(certificate.newest_certificate(trust), [], revocations(trust))
    if args.root_key is None:
        doing = "Making" if args.revoke is None else "Ending"
        raise ReviewerError(f"{doing} a certificate needs the root’s key.", "Name its file with --root-key.")
    root = keyring.unlock(args.root_key, passphrase(args.passphrase_file, "the agency’s root key"))
    if args.revoke is not None:
        since = args.since if args.since is not None else utc_now()
        with station_log(args) as (trust, record):
            end = certificate.revoke_certificate(trust, root.signing, args.revoke, since, args.reason, record=record)
        renew = "Make a new one: until then copies go out without a C2PA manifest."
        return Said([_end(end), renew, "For other programs (CRL):", end.crl.rstrip()], _ends((end,)) | {"crl": end.crl})
    with station_log(args) as (trust, record):
        made = certificate.make_certificate(trust, root.signing, record=record)
    again = "Make a new one whenever somebody comes who may release copies: this one is sealed to those named."
    return _certificate(made, [again])


def _end(end: Revocation) -> str:
    return f"Certificate {end.certificate} no longer holds since {date(end.since)} {clock(end.since)} UTC: {end.reason}"


def _ends(ends: Sequence[Revocation]) -> dict[str, object]:
    """What was revoked, for programs."""
    return {"revoked": [{"n": e.certificate, "since": format_rfc3339(e.since), "reason": e.reason} for e in ends]}


def _certificate(shown: AgencyCertificate | None, lines: list[str], ends: Sequence[Revocation] = ()) -> Said:
    if shown is None:
        return Said(["The agency has no certificate; copies go out without a C2PA manifest."], {"n": None}, ok=False)
    people = [key.recipient for key in shown.keys]
    line = f"Certificate {shown.n}, until {date(shown.expires)}; {', '.join(people) or 'nobody'} can sign with it."
    give = "Readers of C2PA trust it once they have the authority:"
    return Said(
        [line, *map(_end, ends), *lines, give, shown.authority.rstrip()],
        {
            **{"n": shown.n, "people": people, "expires": format_rfc3339(shown.expires)},
            **{"authority": shown.authority},
            **_ends(ends),
        },
    )


def _said(shown: Tables, lines: list[str]) -> Said:
    return Said([*lines, agency_tables.to_json(shown).rstrip()], {"tables": encode(shown)})


def _counted(shown: Tables) -> list[str]:
    clocks = "; ".join(f"{each.words} ({each.source})" if each.source else each.words for each in shown.clocks)
    counts = f"{len(shown.kinds)} kinds of marks, {len(shown.dispositions)} dispositions, {len(shown.moves)} moves."
    return [counts, f"Clocks: {clocks or 'none'}."]
