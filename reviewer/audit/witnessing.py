"""A witness: it keeps the newest tree that it saw of each log, and cosigns a newer one only if that tree is its
beginning.

Its promise is that it never cosigns two trees of one log of which neither is the beginning of the other. So what it
will have seen is durable before the cosignature exists: after a crash in between the same tree is cosigned again, which
says nothing new. A smaller tree is refused (ROLLBACK), so is one that says something else (FORK); `Refused` carries
both signed checkpoints, which is the evidence.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from reviewer.audit.errors import AuditError, BadNote, BadProof
from reviewer.audit.merkle import verify_consistency
from reviewer.audit.note import Checkpoint, Verifier, verify_note
from reviewer.audit.published import head_of
from reviewer.audit.witness import Cosigner

ROLLBACK, FORK = "ROLLBACK", "FORK"
Prove = Callable[[int], Sequence[bytes]]
"""The consistency proof from a smaller size to the tree that is asked about. What it raises goes through."""


class Refused(AuditError):
    """A log broke its promise. `kind` is ROLLBACK or FORK, `seen` what it shows now, `kept` what was seen before, with
    this witness's line if it was cosigned then. Both are signed by the log."""

    def __init__(self, kind: str, said: str, seen: bytes, kept: bytes) -> None:
        super().__init__(f"{kind}: {said}")
        self.kind = kind
        self.seen = seen
        self.kept = kept


class StateDamaged(AuditError):
    """What the witness kept about a log cannot be read: it does not know what it has seen, so it signs nothing."""


class ClockWentBack(AuditError):
    """The witness's clock is behind its own last cosignature: what it says about time would be wrong."""


class States(Protocol):
    """Where a witness keeps what it has seen, by origin."""

    def load(self, origin: str) -> bytes | None:
        """What was saved last; None if nothing ever was."""
        ...

    def save(self, origin: str, data: bytes) -> None:
        """Keep it. It is durable when this returns; whatever it raises, nothing is cosigned."""
        ...


@dataclass(frozen=True, slots=True)
class Kept:
    """The newest tree that a witness saw of a log: the log's signed checkpoint, and when it was cosigned (POSIX s)."""

    note: bytes
    at: int

    def to_bytes(self) -> bytes:
        return json.dumps({"v": 1, "at": self.at, "note": self.note.decode()}, ensure_ascii=False).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> Kept:
        """Raises `StateDamaged`."""
        try:
            found = json.loads(data)
            note, at = found["note"], found["at"]
        except (ValueError, RecursionError, LookupError, TypeError) as wrong:
            raise StateDamaged("What was kept about this log cannot be read.") from wrong
        if not isinstance(note, str) or not isinstance(at, int):
            raise StateDamaged("What was kept about this log cannot be read.")
        return cls(note.encode(), at)


class Witness:
    """One witness. One process and one thread at a time: two that share a state could break its promise."""

    def __init__(self, cosigner: Cosigner, states: States) -> None:
        self._cosigner = cosigner
        self._states = states

    @property
    def cosigner(self) -> Cosigner:
        return self._cosigner

    def kept(self, log: Verifier) -> Kept | None:
        """What this witness keeps of a log, None before it saw it. Raises `StateDamaged`."""
        data = self._states.load(log.name)
        if data is None:
            return None
        kept = Kept.from_bytes(data)
        _head(log, kept.note)
        return kept

    def cosign(self, log: Verifier, note: bytes, prove: Prove, at: int, known: Iterable[bytes] = ()) -> bytes:
        """Cosign a log's newest checkpoint at `at` (POSIX s); gives the note with this witness's line.

        `known` are checkpoints that were cosigned before by this witness (whose state may be lost, or older than they
        are) or by others: the log must begin with each of those trees, too. `prove` is asked once for each smaller one.
        Raises `BadNote` if the log did not sign it, `Refused`, `StateDamaged`, `ClockWentBack`, what `prove` raises and
        what the state's `save` raises; there is no cosignature then."""
        head = head_of(note, log)
        kept = self.kept(log)
        if kept is not None and at < kept.at:
            raise ClockWentBack(
                f"The witness’s clock stands {kept.at - at} s before its last cosignature of {log.name}."
            )
        if kept is not None:
            self._require(log, note, head, self._cosigned(log, kept), prove)
        for each in known:
            self._require(log, note, head, each, prove)
        self._states.save(log.name, Kept(note, at).to_bytes())
        return self._cosigner.cosign(note, log, at)

    def _cosigned(self, log: Verifier, kept: Kept) -> bytes:
        """What was kept as it was cosigned then: Ed25519 gives the same line again."""
        return self._cosigner.cosign(kept.note, log, kept.at)

    def _require(self, log: Verifier, note: bytes, head: Checkpoint, before: bytes, prove: Prove) -> None:
        old = _head(log, before)
        if head.size < old.size:
            said = f"{old.size} entries of {log.name} were seen, and only {head.size} are published now."
            raise Refused(ROLLBACK, said, note, before)
        said = f"the first {old.size} entries of {log.name} are not the {old.size} that were seen."
        if head.size == old.size:
            if head.root != old.root:
                raise Refused(FORK, said, note, before)
            return
        try:
            verify_consistency(old.size, head.size, prove(old.size), old.root, head.root)
        except BadProof as wrong:
            raise Refused(FORK, said, note, before) from wrong


def own_word(cosigner: Cosigner, log: Verifier, note: bytes) -> bytes | None:
    """A note, if this witness cosigned it and the log signed it; else None."""
    try:
        verify_note(note, [cosigner.verifier])
        head_of(note, log)
    except BadNote:
        return None
    return note


def _head(log: Verifier, note: bytes) -> Checkpoint:
    try:
        return head_of(note, log)
    except BadNote as wrong:
        raise StateDamaged(f"What was kept about {log.name} is not what it signed: {wrong}") from wrong
