"""What witnesses have seen of the logs: read from the store, believed by the keys that the roster names.

A witness cosigns how far a log has grown (`witness/<witness>/<origin>`, services/witness writes it). The roster says
who is a witness, how many of them must have seen an entry (the quorum), and how old one may become that they have not
seen: until then whoever holds this machine and the log's key could write it anew, and nothing would tell.

A workstation's own word does not count for logs that were written at it (`Roster.witnesses_of`).
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass

from reviewer.audit.errors import AuditError
from reviewer.audit.note import Verifier, verify_note
from reviewer.audit.published import head_of
from reviewer.audit.witness import CosignatureVerifier, cosigned_at
from reviewer.domain.errors import NotInStore
from reviewer.domain.roster import Roster, Witness
from reviewer.domain.timebase import SECOND, Utc
from reviewer.services.documents import Problem
from reviewer.services.logkeys import key_of
from reviewer.services.trust import Trust


@dataclass(frozen=True, slots=True)
class Cosigned:
    """A witness saw the log's first `size` entries, under `root` (32 bytes), at `at` by its own clock. `note` is what
    it signed: the log’s checkpoint with the log's line and its own."""

    name: str
    size: int
    at: Utc
    root: bytes = b""
    note: bytes = b""


@dataclass(frozen=True, slots=True)
class Standing:
    """What witnesses have seen of one log. `seen` is each one's newest word that can be believed, the newest first;
    `of` how many count for this log at all. `quorum` of them must agree: `size` entries are witnessed by so many, and
    `at` is the newest time at which so many had seen it (None: never). `problems` are cosignatures that cannot be
    believed, as sentences."""

    origin: str
    seen: tuple[Cosigned, ...] = ()
    quorum: int = 1
    size: int = 0
    at: Utc | None = None
    of: int = 0
    problems: tuple[str, ...] = ()

    @property
    def named(self) -> bool:
        """Whether the roster names a witness for this log at all."""
        return self.of > 0

    def times(self, index: int) -> int:
        """How many witnesses have seen this entry."""
        return sum(each.size > index for each in self.seen)


def standing(trust: Trust, origin: str) -> Standing:
    """How far a log is witnessed, from the store and public keys alone. Whether the published entries are the ones that
    were seen is for `log verify`, whether the local ones are for `compare_seen`. Raises StoreUnreachable."""
    roster = trust.roster()
    notes = []
    for witness in roster.witnesses_of(origin):
        with contextlib.suppress(NotInStore):
            notes.append((witness, trust.store.get(witness_path(witness.name, origin))))
    return judged(roster, origin, notes)


def judged(roster: Roster, origin: str, notes: Sequence[tuple[Witness, bytes]]) -> Standing:
    """The standing that these notes give, each as the witness's file holds it."""
    counting = roster.witnesses_of(origin)
    key = key_of(origin, roster)
    if isinstance(key, Problem):
        return Standing(origin, of=len(counting), problems=(str(key),))
    seen, problems = [], []
    for witness, note in notes:
        try:
            seen.append(believed(Verifier.from_vkey(key), witness, note))
        except AuditError as wrong:
            problems.append(f"What {witness.name} says of {origin} cannot be believed: {wrong}")
    quorum = max(1, roster.quorum)
    sizes = sorted((each.size for each in seen), reverse=True)
    times = sorted((each.at for each in seen), reverse=True)
    held = len(seen) >= quorum
    return Standing(
        origin,
        tuple(sorted(seen, key=lambda each: (-each.at, each.name))),
        quorum,
        sizes[quorum - 1] if held else 0,
        times[quorum - 1] if held else None,
        len(counting),
        tuple(problems),
    )


def believed(log: Verifier, witness: Witness, note: bytes) -> Cosigned:
    """What a witness's file says. Raises BadNote unless the log's key and the witness's both signed it."""
    head = head_of(note, log)
    key = CosignatureVerifier.from_vkey(witness.vkey)
    _, signatures = verify_note(note, [key])
    newest = max(cosigned_at(each) for each in signatures)
    return Cosigned(witness.name, head.size, Utc(newest * SECOND), head.root, note)


def witness_path(witness: str, origin: str) -> str:
    """Where a witness's newest word about a log lies in the store."""
    return f"witness/{witness}/{origin}"
