"""Who witnesses the logs: the roster says it, the root key signs it. How many must have seen an entry, and how old one
may become that they have not seen, stands there too (`domain.roster.WitnessPolicy`).
"""

from __future__ import annotations

import re
from dataclasses import replace

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from reviewer.audit.errors import BadNote
from reviewer.audit.witness import CosignatureVerifier
from reviewer.domain.errors import MalformedDocument, ReviewerError
from reviewer.domain.roster import Roster, Witness, WitnessPolicy
from reviewer.domain.timebase import SECOND, Micros
from reviewer.services.drafting import Record
from reviewer.services.roster import amend_roster
from reviewer.services.trust import Trust

HOUR = 3600 * SECOND
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,127}")


def add_witness(
    trust: Trust,
    root: Ed25519PrivateKey,
    vkey: str,
    *,
    station: str = "",
    quorum: int | None = None,
    record: Record | None = None,
) -> Roster:
    """Name a witness, or give one that is named a new key. `station` is the workstation that it runs on, if it does.
    `quorum` None leaves it, or makes it one as soon as the logs of every workstation can have that. Raises
    ReviewerError for a key that is none, a station that the roster does not name, a quorum that some log could never
    have."""
    roster = trust.refresh()
    try:
        name = CosignatureVerifier.from_vkey(vkey).name
    except BadNote as wrong:
        raise MalformedDocument(f"That is no witness’s key: {wrong}", "Copy it as it was printed.") from wrong
    if not _NAME.fullmatch(name):
        raise MalformedDocument(
            f"“{name}” cannot be a witness’s name.", "Make its key with “reviewer witness new-key”."
        )
    station = station or (name if roster.workstation(name) else "")
    if station and roster.workstation(station) is None:
        raise ReviewerError(f"The roster names no workstation {station}.", "“reviewer roster add” puts it there.")
    others = tuple(w for w in roster.witnesses if w.name != name)
    witnesses = (*others, Witness(name, vkey, station))
    new = replace(roster.policy, witnesses=witnesses)
    if quorum is not None:
        new = replace(new, quorum=quorum)
    elif not new.quorum and not _out_of_reach(roster, replace(new, quorum=1)):
        new = replace(new, quorum=1)
    where = f" on {station}" if station else ""
    what = f"{name}{where} witnesses; {_words(new)}"
    return _signed(trust, root, roster, new, what, record)


def remove_witness(trust: Trust, root: Ed25519PrivateKey, name: str, *, record: Record | None = None) -> Roster:
    """Take a witness off the roster: what it said counts no more. Without any witness, none is demanded."""
    roster = trust.refresh()
    witnesses = tuple(w for w in roster.witnesses if w.name != name)
    if len(witnesses) == len(roster.witnesses):
        raise ReviewerError(f"The roster names no witness {name}.", "“reviewer witness list” names them all.")
    new = replace(roster.policy, witnesses=witnesses, quorum=roster.quorum if witnesses else 0)
    return _signed(trust, root, roster, new, f"{name} witnesses no more; {_words(new)}", record)


def change_policy(
    trust: Trust,
    root: Ed25519PrivateKey,
    *,
    quorum: int | None = None,
    warn_hours: int | None = None,
    stop_hours: int | None = None,
    record: Record | None = None,
) -> Roster:
    """Change how many must have seen an entry, and after how many hours without them the app warns and stops (0: it
    never does). None leaves a thing as it is."""
    roster = trust.refresh()
    new = replace(
        roster.policy,
        quorum=roster.quorum if quorum is None else quorum,
        warn_after=roster.warn_after if warn_hours is None else Micros(warn_hours * HOUR),
        stop_after=roster.stop_after if stop_hours is None else Micros(stop_hours * HOUR),
    )
    return _signed(trust, root, roster, new, _words(new), record)


def _signed(
    trust: Trust, root: Ed25519PrivateKey, roster: Roster, new: WitnessPolicy, what: str, record: Record | None
) -> Roster:
    _check(roster, new)
    return amend_roster(trust, root, policy=new, what=what, record=record)


def _check(roster: Roster, new: WitnessPolicy) -> None:
    if min(new.quorum, new.warn_after, new.stop_after) < 0:
        raise ReviewerError("A quorum and hours are 0 or more.", "0 hours means never.")
    if new.stop_after and new.warn_after > new.stop_after:
        raise ReviewerError("The app would stop before it warns.", "Choose fewer hours for the warning.")
    if new.quorum and not new.witnesses:
        raise ReviewerError("Nobody could be that quorum: the roster names no witness.", "Name a witness first.")
    station = _out_of_reach(roster, new)
    if station is not None:
        raise ReviewerError(
            f"The logs of {station} could never have that quorum of {new.quorum}.",
            "Name more witnesses, or choose a smaller quorum: a workstation’s own witness does not count for it.",
        )


def _out_of_reach(roster: Roster, new: WitnessPolicy) -> str | None:
    """A workstation for whose logs too few of the witnesses count; None if there is none."""
    for station in roster.workstations:
        if new.quorum > sum(w.counts_for(f"{roster.agency}/{station.id}") for w in new.witnesses):
            return station.id
    return None


def _words(policy: WitnessPolicy) -> str:
    def hours(after: Micros) -> str:
        return f"after {after // HOUR} h" if after else "never"

    return (
        f"{policy.quorum} of {len(policy.witnesses)} must have seen an entry; "
        f"warned {hours(policy.warn_after)}, stopped {hours(policy.stop_after)}."
    )
