"""Whether the published logs are whole: from the store and public keys alone, nothing of this machine.

The roster says which keys may sign which log: a person's or a workstation's key under the origin's name. Every entry,
tile and checkpoint is recomputed by `audit.verify`; bodies are sealed, so of them only what is there and what is not.
What was found whole is kept by `services/logseen`, so that a log that was rewritten, shortened or taken away since is
known even where no witness is.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from reviewer.audit import bundle as audit
from reviewer.audit.entry import commitment_of
from reviewer.audit.errors import AuditError
from reviewer.audit.note import Checkpoint, raw_public, split_note, verify_note
from reviewer.audit.tiles import CHECKPOINT, WIDTH, Read, body_path, checkpoint_path, parse_path, unpack_entries
from reviewer.audit.verify import Report, verify_published
from reviewer.audit.witness import CosignatureVerifier
from reviewer.domain.errors import NotInStore, ReviewerError
from reviewer.domain.roster import LogSize, Roster
from reviewer.domain.timebase import SECOND, Utc
from reviewer.services.bodies import BODY_KEY_FILE, check_body_key
from reviewer.services.logkeys import LOGS as _LOGS
from reviewer.services.logkeys import key_of
from reviewer.services.trust import Problem
from reviewer.stores.base import Store

_TELL = "Tell the custodian."


@dataclass(frozen=True, slots=True)
class Cosigned:
    """A witness saw the log's first `size` entries at `at`, by its own clock."""

    name: str
    size: int
    at: Utc


@dataclass(frozen=True, slots=True)
class LogReport:
    """One published log. `size` entries stand in its checkpoint; `entries` of them were read and are what it signed.
    `bodies` of their bodies are there, `bodies_missing` are not (removed, or not published). `witnessed` entries are
    vouched for by the quorum; `cosigned` has each witness's newest word, the newest first. `checkpoint` is the signed
    note, to be kept and compared with later; "" if it cannot be trusted. `remarks` are no problems."""

    origin: str
    size: int
    ok: bool
    problems: tuple[str, ...]
    entries: int = 0
    bodies: int = 0
    bodies_missing: int = 0
    witnessed: int = 0
    cosigned: tuple[Cosigned, ...] = ()
    checkpoint: str = ""
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StoreReport:
    """All logs of a store; `problems` are those of no log in particular. `ok` only if nothing at all is wrong."""

    logs: tuple[LogReport, ...]
    problems: tuple[Problem, ...]
    ok: bool


@dataclass(frozen=True, slots=True)
class LogKey:
    """What an outside verifier needs for one log: `dir` is its folder in the store, `cosigned` whether a witness of the
    roster has cosigned it."""

    origin: str
    vkey: str
    dir: str
    cosigned: bool


@dataclass(frozen=True, slots=True)
class WitnessKey:
    """A witness does not count for the logs of its own workstation: the one with its name, or where it has another
    name, `station`."""

    name: str
    vkey: str
    station: str | None = None


@dataclass(frozen=True, slots=True)
class LogKeys:
    logs: tuple[LogKey, ...]
    witnesses: tuple[WitnessKey, ...]
    quorum: int


def verify_store(store: Store, roster: Roster, *, older: Iterable[bytes] = ()) -> StoreReport:
    """Verify every log in the store. `older` are checkpoints seen before, of whichever log: each must still be the
    beginning of it. Raises StoreUnreachable; whatever the files hold is reported, not raised."""
    logs, problems = [], []
    seen: dict[str, list[bytes]] = {}
    for note in older:
        seen.setdefault(note.partition(b"\n")[0].decode(errors="replace"), []).append(note)
    published = _published(store)
    for origin, paths in published.items():
        key = key_of(origin, roster)
        if isinstance(key, Problem):
            problems.append(key)
        else:
            logs.append(_verify(store, roster, origin, key, paths, seen.get(origin, [])))
    problems += [
        Problem(f"{_LOGS}/{origin}", "A checkpoint of it was seen before, and it is not there now.", _TELL)
        for origin in sorted(seen.keys() - published.keys())
    ]
    if not logs and not problems:
        problems.append(Problem(_LOGS, "No log is published in this store.", "Log on once and publish."))
    return StoreReport(tuple(logs), tuple(problems), ok=not problems and all(log.ok for log in logs))


def verify_bundle(document: object, roster: Roster) -> StoreReport:
    """Verify an export (audit/bundle.py) by the roster's keys alone. Whatever it holds is reported, not raised."""
    whole = document if isinstance(document, dict) else {}
    logs, problems = whole.get("logs"), []
    reports = []
    for each in logs if isinstance(logs, list) and logs else [None]:
        origin = each.get("origin") if isinstance(each, dict) else None
        key = key_of(str(origin), roster)
        found = audit.check(
            {**whole, "logs": [] if each is None else [each]},
            keys={} if isinstance(key, Problem) else {str(origin): key},
            witnesses=[witness.vkey for witness in roster.witnesses_of(str(origin))],
            quorum=roster.quorum,
        )
        problems += [Problem("bundle", problem, _TELL) for problem in found.problems]
        reports += [_reported(log) for log in found.logs]
        limit = roster.limit(str(origin))
        if limit is not None and any(index >= limit.size for index in _shown(each)):
            said = f"REVOKED: {limit.size} entries of it count; its key was revoked before the others."
            problems.append(Problem(f"{_LOGS}/{origin}", said, _TELL))
    if len({log.origin for log in reports}) < len(reports):
        problems.append(Problem("bundle", "It holds the same log twice.", _TELL))
    return StoreReport(tuple(reports), tuple(problems), ok=not problems and all(log.ok for log in reports))


def _shown(log: object) -> list[int]:
    """The indexes of the entries that one log of an export shows, as far as they are any."""
    entries = log.get("entries") if isinstance(log, dict) else None
    found = [each.get("index") for each in entries if isinstance(each, dict)] if isinstance(entries, list) else []
    return [index for index in found if type(index) is int]


def log_keys(store: Store, roster: Roster) -> LogKeys:
    """The public keys of every published log, of the witnesses, and the quorum. Raises StoreUnreachable."""
    keys = ((origin, key_of(origin, roster)) for origin in _published(store))
    logs = [
        LogKey(origin, key, f"{_LOGS}/{origin}", _is_cosigned(store, roster, origin))
        for origin, key in keys
        if isinstance(key, str)
    ]
    witnesses = tuple(
        WitnessKey(w.name, w.vkey, w.station if w.station not in ("", w.name) else None) for w in roster.witnesses
    )
    return LogKeys(tuple(logs), witnesses, roster.quorum)


def _published(store: Store) -> dict[str, list[str]]:
    """The published logs, by origin: their files, relative to each log's folder. A folder without a checkpoint is one
    whose first publication has not ended, or whose checkpoint was taken away."""
    found: dict[str, list[str]] = {}
    for path in store.list(_LOGS):
        parts = path.split("/")
        if len(parts) > 6:
            found.setdefault("/".join(parts[1:6]), []).append("/".join(parts[6:]))
    return found


def _reported(found: Report) -> LogReport:
    cosigned = [Cosigned(each.witness, each.size, Utc(each.at * SECOND)) for each in found.cosigned]
    return LogReport(
        found.origin,
        found.size,
        ok=found.ok,
        problems=found.problems,
        entries=found.entries,
        witnessed=found.witnessed,
        cosigned=tuple(sorted(cosigned, key=lambda each: each.at, reverse=True)),
        remarks=found.remarks,
    )


def _verify(
    store: Store, roster: Roster, origin: str, key: str, paths: Sequence[str], older: Sequence[bytes]
) -> LogReport:
    def read(path: str) -> bytes | None:
        try:
            return store.get(f"{_LOGS}/{origin}/{path}")
        except NotInStore:
            return None

    found = verify_published(
        read,
        origin,
        key,
        cosignatures=_cosignatures(store, roster, origin),
        witnesses=[w.vkey for w in roster.witnesses_of(origin)],
        quorum=roster.quorum,
        listed=paths,
        older=older,
    )
    there = set(paths)
    wanted = set(_bodies(read, found, paths))
    beyond = _beyond(read, roster.limit(origin), found) if found.root else ()
    problems = (*found.problems, *beyond, *_body_key_problem(read, origin, raw_public(key)))
    return replace(
        _reported(found),
        ok=not problems,
        problems=problems,
        bodies=len(wanted & there),
        bodies_missing=len(wanted - there),
        checkpoint=((read(CHECKPOINT) if found.root else None) or b"").decode(),
    )


def _beyond(read: Read, limit: LogSize | None, found: Report) -> tuple[str, ...]:
    """What is not as the roster says of a log whose key was revoked: only its first entries count, and only these."""
    if limit is None:
        return ()
    if found.size < limit.size:
        return (f"ROLLBACK: the roster names {limit.size} entries of this log, and {found.size} are published.",)
    problems = []
    note = read(checkpoint_path(limit.size)) if limit.size else None
    if limit.size and (note is None or _root_in(note) != limit.root):
        problems.append(f"FORK: the first {limit.size} entries are not those that the roster names.")
    if found.size > limit.size:
        problems.append(
            f"REVOKED: {limit.size} entries count, and {found.size} are published: the others were signed with a key "
            "that is revoked."
        )
    return tuple(problems)


def _root_in(note: bytes) -> str:
    try:
        return Checkpoint.from_text(split_note(note)[0]).root.hex()
    except AuditError:
        return ""


def _bodies(read: Read, found: Report, paths: Iterable[str]) -> Iterator[str]:
    """The body paths that the entries commit to, as far as the bundles are there and can be read: a checkpoint may
    claim any number of them."""
    for path in paths:
        tile, bundle = parse_path(path) or (None, False)
        if tile is None or not bundle or tile.width != min(WIDTH, found.size - tile.start):
            continue
        with contextlib.suppress(AuditError):  # a problem that the report names already
            yield from (body_path(commitment_of(entry)) for entry in unpack_entries(read(path) or b""))


def _body_key_problem(read: Read, origin: str, public: bytes) -> tuple[str, ...]:
    data = read(BODY_KEY_FILE)
    if data is None:
        return (f"{BODY_KEY_FILE} is missing: custody cannot open the bodies that are of no case.",)
    try:
        check_body_key(data, origin, public)
    except ReviewerError as wrong:
        return (f"{BODY_KEY_FILE}: {wrong.message}",)
    return ()


def _is_cosigned(store: Store, roster: Roster, origin: str) -> bool:
    witnesses = [CosignatureVerifier.from_vkey(witness.vkey) for witness in roster.witnesses_of(origin)]
    for note in _cosignatures(store, roster, origin):
        with contextlib.suppress(AuditError):
            verify_note(note, witnesses)
            return True
    return False


def _cosignatures(store: Store, roster: Roster, origin: str) -> list[bytes]:
    """What the witnesses of the roster put beside the log."""
    found = []
    for witness in roster.witnesses_of(origin):
        with contextlib.suppress(NotInStore):
            found.append(store.get(f"witness/{witness.name}/{origin}"))
    return found
