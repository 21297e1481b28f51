"""What witnesses have seen of this session's own logs, and what follows from it: a warning, then no new views.

Entries that nobody saw could be written anew by whoever administers this machine. So what counts is the age of the
oldest entry that no quorum has seen: a log that stood still while somebody was away is not old, and a machine that
cannot reach its store has from its first entry on as long as the roster says. What witnesses said is kept in
`users/<id>/witnessed.json` for when the store is not reached; it is believed by its signatures, as what the store has.

A witness that saw more of a log than there is here, or something else, means what a published checkpoint would: the
disk was rolled back, or the log was forked.
"""

from __future__ import annotations

import contextlib
import json
import threading
from contextlib import closing
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from reviewer.audit.entry import Entry
from reviewer.audit.errors import AuditError
from reviewer.audit.log import SqliteLog
from reviewer.audit.note import Verifier
from reviewer.domain.errors import LogForked, NotInStore, ReviewerError, StoreUnreachable
from reviewer.domain.roster import Witness, WitnessPolicy
from reviewer.domain.timebase import SECOND, Micros, Utc
from reviewer.records.database import open_reader
from reviewer.services.clock import Clock, utc_now
from reviewer.services.disk import write_atomically
from reviewer.services.trust import Trust
from reviewer.services.witnessing import Standing, believed, judged, witness_path

_HOUR = 3600 * SECOND
_NEVER = Utc(0)
_Notes = dict[str, dict[str, bytes]]  # by origin and witness


class NotWitnessed(ReviewerError):
    """No witness has seen this machine's log for longer than the agency allows."""


class Level(StrEnum):
    """How the log stands with its witnesses."""

    UNDEMANDED = "undemanded"  # the roster names none that counts here, or demands none
    WELL = "well"
    WARNED = "warned"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Watch:
    """What witnesses have seen of the logs that are written here. `unseen` entries were seen by no quorum, the oldest
    of them recorded at `since`. `looked` is when this was found out, `reached` whether the store was asked then;
    `newest` the time of the newest entry: this machine's clock is not believed to be behind it."""

    standings: tuple[Standing, ...] = ()
    policy: WitnessPolicy = field(default_factory=WitnessPolicy)
    unseen: int = 0
    since: Utc | None = None
    looked: Utc = _NEVER
    reached: bool = False
    newest: Utc = _NEVER

    @property
    def at(self) -> Utc | None:
        """The newest time at which a quorum had seen a log."""
        return max((s.at for s in self.standings if s.at is not None), default=None)

    @property
    def demanded(self) -> bool:
        """Whether the roster demands witnesses for logs that are written here."""
        return self.policy.quorum > 0 and any(s.named for s in self.standings)

    @property
    def problems(self) -> tuple[str, ...]:
        """Cosignatures that cannot be believed."""
        return tuple(problem for s in self.standings for problem in s.problems)

    def standing(self, origin: str) -> Standing | None:
        """What was seen of one log."""
        return next((s for s in self.standings if s.origin == origin), None)

    def age(self, now: Utc) -> Micros:
        """For how long the oldest entry that no quorum has seen has been waiting."""
        if self.since is None:  # all is seen; what was recorded since then may not be
            return Micros(max(0, now - self.looked))
        return Micros(max(now, self.newest) - self.since)

    def level(self, now: Utc) -> Level:
        if not self.demanded:
            return Level.UNDEMANDED
        age = self.age(now)
        if self.policy.stop_after and age > self.policy.stop_after:
            return Level.STOPPED
        return Level.WARNED if self.policy.warn_after and age > self.policy.warn_after else Level.WELL

    def refusal(self, now: Utc) -> NotWitnessed | None:
        """Why no new view may be opened; None: it may."""
        if self.level(now) is not Level.STOPPED:
            return None
        return NotWitnessed(
            f"No witness has seen this log for {self.age(now) // _HOUR} h; {self.policy.stop_after // _HOUR} h is the "
            "limit.",
            "Connect to the store so that a witness can see the log, or ask the custodian.",
        )


class Witnessed:
    """One session's look at its witnesses. `look` takes as long as the store does; the rest answers at once."""

    def __init__(self, records: Path, verifiers: tuple[Verifier, ...], trust: Trust, *, now: Clock = utc_now) -> None:
        self._records = records
        self._verifiers = verifiers
        self._trust = trust
        self._now = now
        self._file = records.with_name("witnessed.json")
        self._lock = threading.Lock()
        self.watch = Watch()

    def refusal(self) -> NotWitnessed | None:
        """Why no new view may be opened now (`Viewing` asks at every tick)."""
        return self.watch.refusal(self._now())

    def look(self) -> Watch:
        """Ask what witnesses have seen. A store that does not answer is no error: what is kept counts then. Raises
        LogForked if one saw another log than the one here: stop, and tell."""
        with self._lock:
            kept = self._kept()
            asked, reached = self._asked()
            notes = {v.name: self._newest(v, kept.get(v.name, {}), asked.get(v.name, {})) for v in self._verifiers}
            if notes != kept:
                self._keep(notes)
            self.watch = self._judged(notes, reached)
            return self.watch

    def _asked(self) -> tuple[_Notes, bool]:
        found: _Notes = {}
        roster = self._trust.roster()
        try:
            for verifier in self._verifiers:
                for witness in roster.witnesses_of(verifier.name):
                    with contextlib.suppress(NotInStore):
                        note = self._trust.store.get(witness_path(witness.name, verifier.name))
                        found.setdefault(verifier.name, {})[witness.name] = note
        except StoreUnreachable:
            return found, False
        return found, True

    def _newest(self, log: Verifier, kept: dict[str, bytes], asked: dict[str, bytes]) -> dict[str, bytes]:
        """Of each witness the word that says most; one that cannot be believed only if there is no other."""
        newest: dict[str, bytes] = {}
        for witness in self._trust.roster().witnesses_of(log.name):
            words = [notes[witness.name] for notes in (kept, asked) if witness.name in notes]
            if words:
                newest[witness.name] = max(words, key=lambda note: _worth(log, witness, note))
        return newest

    def _judged(self, notes: _Notes, reached: bool) -> Watch:
        roster = self._trust.roster()
        names = {w.name: w for w in roster.witnesses}
        standings, unseen, since, newest = [], 0, [], Utc(0)
        with closing(open_reader(self._records)) as conn:
            for verifier in self._verifiers:
                if verifier.name not in SqliteLog.origins(conn):
                    continue
                words = [(names[name], note) for name, note in notes.get(verifier.name, {}).items()]
                found = judged(roster, verifier.name, words)
                log = SqliteLog.read(conn, verifier.name, verifier)
                _compare(log, found)
                standings.append(found)
                unseen += log.size - found.size
                if log.size > found.size:
                    since.append(Entry.from_bytes(log.entry(found.size)).at)
                if log.size:
                    newest = Utc(max(newest, Entry.from_bytes(log.entry(log.size - 1)).at))
        oldest = Utc(min(since)) if since else None
        return Watch(tuple(standings), roster.policy, unseen, oldest, self._now(), reached, newest)

    def _kept(self) -> _Notes:
        """What was kept; a file that cannot be read is none: nothing but the store's word is lost with it."""
        try:
            found = json.loads(self._file.read_bytes())["notes"]
            return {origin: {name: note.encode() for name, note in words.items()} for origin, words in found.items()}
        except (OSError, ValueError, LookupError, TypeError, AttributeError):
            return {}

    def _keep(self, notes: _Notes) -> None:
        text = {
            origin: {name: note.decode(errors="replace") for name, note in w.items()} for origin, w in notes.items()
        }
        with contextlib.suppress(ReviewerError):  # a full disk is said where it stops work; the store has it all
            write_atomically(self._file, json.dumps({"v": 1, "notes": text}, ensure_ascii=False).encode())


def _worth(log: Verifier, witness: Witness, note: bytes) -> tuple[int, int]:
    try:
        said = believed(log, witness, note)
    except AuditError:
        return -1, 0
    return said.size, said.at


def _compare(log: SqliteLog, standing: Standing) -> None:
    """Raises LogForked unless the log here is the one that every witness saw."""
    step = "Do not go on; tell the custodian. Nothing published was changed."
    for seen in standing.seen:
        if seen.size > log.size:
            raise LogForked(
                f"ROLLBACK: {seen.name} has seen {seen.size} entries of {log.origin}, {log.size} are here.", step
            )
        if log.root_at(seen.size) != seen.root:
            raise LogForked(
                f"FORK: the first {seen.size} entries of {log.origin} are not those that {seen.name} has seen.", step
            )
