"""Selective disclosure: some entries of some logs in one JSON document that proves itself, without the other entries.

    {"v": 1, "made_at": µs UTC, "quorum": n, "witnesses": [{"name", "vkey"}],
     "logs": [{"origin", "vkey", "checkpoint", "cosigned": [note], "older": [note],
               "consistency": [{"size", "proof": [base64]}],
               "entries": [{"index", "entry", "proof": [base64], "salt": hex or null, "payload": text or null}]}]}

`checkpoint` is the log's signed note; each entry's `proof` is its audit path (RFC 6962) to that root, `entry` its
canonical bytes as text. `cosigned` are notes as witnesses wrote them, `older` checkpoints seen before; `consistency`
proves for each of their sizes that the checkpoint's tree begins with it. `salt` and `payload` show what the entry's
`body` commits to; null leaves it closed. The keys inside are what the maker says: `check` takes the trusted ones.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from reviewer.audit.entry import body_commitment, commitment_of
from reviewer.audit.errors import AuditError, BadNote, BadProof, RolledBack
from reviewer.audit.merkle import HASH_SIZE, leaf_hash, verify_consistency, verify_inclusion
from reviewer.audit.note import Checkpoint, NoteVerifier, Verifier, split_note, strict_base64, verify_note, vkey
from reviewer.audit.published import head_of
from reviewer.audit.verify import Cosigned, Report
from reviewer.audit.witness import CosignatureVerifier, cosigned_at

Body = tuple[bytes, bytes]  # salt (32 bytes), payload
_MAX_PROOF = 128  # hashes: a tree of 2^63 entries needs fewer


class Provable(Protocol):
    """As much of a `LogReader` (`SqliteLog`, `PublishedLog`) as proofs need."""

    @property
    def origin(self) -> str: ...
    @property
    def verifier(self) -> Verifier: ...
    @property
    def checkpoint(self) -> bytes: ...
    def entry(self, index: int) -> bytes: ...
    def inclusion_proof(self, index: int, size: int) -> list[bytes]: ...
    def consistency_proof(self, old: int, new: int) -> list[bytes]: ...


def disclose(
    log: Provable,
    indexes: Iterable[int],
    bodies: Mapping[int, Body],
    *,
    cosigned: Iterable[bytes] = (),
    older: Iterable[bytes] = (),
) -> dict[str, Any]:
    """One member of a bundle's `logs`: these entries with their proofs, and with the salt and payload of those that
    `bodies` has. `cosigned` are the witness files as they lie in the store, `older` checkpoints seen before; notes of
    another log and notes that cannot be read are left out, as they would prove nothing.

    Raises `RolledBack` if one of them is of more entries than the log has, `LogMisused` for an index that is not there,
    `BadProof` for a body that is not what its entry commits to, and what reading the log raises."""
    head = head_of(log.checkpoint, log.verifier)
    notes = {"cosigned": _notes_of(cosigned, head.origin), "older": _notes_of(older, head.origin)}
    sizes = sorted({each.size for found in notes.values() for _, each in found} - {head.size})
    if sizes and sizes[-1] > head.size:
        raise RolledBack(f"ROLLBACK: a checkpoint of {sizes[-1]} entries of {log.origin} exists; here are {head.size}.")
    return {
        "origin": log.origin,
        "vkey": vkey(log.origin, log.verifier.public),
        "checkpoint": log.checkpoint.decode(),
        **{name: [note for note, _ in found] for name, found in notes.items()},
        "consistency": [{"size": n, "proof": _texts(log.consistency_proof(n, head.size))} for n in sizes],
        "entries": [_shown(log, head.size, index, bodies.get(index)) for index in sorted(set(indexes))],
    }


def bundle(
    logs: Sequence[Mapping[str, Any]], *, made_at: int, quorum: int, witnesses: Iterable[tuple[str, str]]
) -> dict[str, Any]:
    """The whole document, of what `disclose` made. `made_at` is UTC in µs, `witnesses` are (name, vkey)."""
    known = [{"name": name, "vkey": key} for name, key in witnesses]
    return {"v": 1, "made_at": made_at, "quorum": quorum, "witnesses": known, "logs": list(logs)}


@dataclass(frozen=True, slots=True)
class BundleReport:
    """What was found in a bundle. Each log's `entries` is how many of its entries hold, `witnessed` how many entries of
    the whole log its quorum vouches for; `problems` are those of no log in particular."""

    logs: tuple[Report, ...]
    problems: tuple[str, ...]

    @property
    def ok(self) -> bool:
        return not self.problems and all(log.ok for log in self.logs)


def check(
    document: object,
    *,
    keys: Mapping[str, str] | None = None,
    witnesses: Sequence[str] | None = None,
    quorum: int | None = None,
) -> BundleReport:
    """Check a parsed bundle: every signature, proof, cosignature and body commitment in it, and that the quorum vouches
    for every entry shown. `keys` gives the trusted vkey of each origin, `witnesses` the vkeys that count; None takes
    the bundle's own word for it, which proves only that the bundle agrees with itself. A witness with the name of the
    workstation in a log's origin does not count for that log. Never raises for what the document holds; raises
    `BadNote` if a vkey given is none."""
    try:
        whole = _object(document, "The bundle")
        if whole.get("v") != 1:
            raise BadProof(f"The bundle is of version {whole.get('v')!r}; version 1 is what is known here.")
        own = [_text(_object(each, "A witness"), "vkey") for each in _list(whole, "witnesses")]
        counted = [CosignatureVerifier.from_vkey(each) for each in (own if witnesses is None else witnesses)]
        demanded = _integer(whole, "quorum") if quorum is None else quorum
        logs = tuple(_check_log(each, keys, counted, demanded) for each in _list(whole, "logs"))
    except AuditError as wrong:
        if witnesses is not None:
            for each in witnesses:
                CosignatureVerifier.from_vkey(each)
        return BundleReport((), (str(wrong),))
    twice = len({each.origin for each in logs}) < len(logs)
    problems = ("The bundle holds the same log twice.",) if twice else ()
    return BundleReport(logs, problems if logs else ("The bundle holds no log.",))


def _check_log(
    value: object, keys: Mapping[str, str] | None, witnesses: Sequence[CosignatureVerifier], quorum: int
) -> Report:
    log = _object(value, "A log")
    origin = _text(log, "origin")
    problems: list[str] = []
    trusted = _text(log, "vkey") if keys is None else keys.get(origin)
    try:
        if trusted is None:
            raise BadNote(f"No trusted key is known for {origin}.")
        head = head_of(_text(log, "checkpoint").encode(errors="replace"), Verifier.from_vkey(trusted))
        if head.origin != origin:
            raise BadNote(f"It is of the log {head.origin}.")
    except AuditError as wrong:
        return Report(origin, 0, b"", 0, (f"The checkpoint cannot be trusted. {wrong}",))
    seen = _Seen(log, head, problems.append)
    witnesses = [each for each in witnesses if origin.split("/")[1:2] != [each.name]]
    for n, note in enumerate(_list(log, "older")):
        seen.note(f"Older checkpoint {n}", note, [Verifier.from_vkey(trusted)])
    for n, note in enumerate(_list(log, "cosigned")):
        seen.note(f"Cosignature {n}", note, witnesses)
    witnessed = _witnessed(seen.cosigned.values(), max(quorum, 1))
    entries, last = _check_entries(log, head, problems.append)
    if quorum and last >= witnessed:
        problems.append(
            f"{quorum} witnesses are demanded, and they vouch for {witnessed} entries: not for all of these."
        )
    return Report(origin, head.size, head.root, entries, tuple(problems), tuple(seen.cosigned.values()), witnessed)


class _Seen:
    """What else was signed about a log, held against its checkpoint by the bundle's consistency proofs."""

    def __init__(self, log: Mapping[str, Any], head: Checkpoint, say: Callable[[str], None]) -> None:
        self._head = head
        self._say = say
        self._proofs: dict[int, object] = {}
        for value in _list(log, "consistency"):
            each = _object(value, "A consistency proof")
            self._proofs[_integer(each, "size")] = each.get("proof")
        self.cosigned: dict[bytes, Cosigned] = {}  # by the witness's public key, the newest

    def note(self, name: str, note: object, keys: Sequence[NoteVerifier]) -> None:
        try:
            if not isinstance(note, str):
                raise BadNote("It is not a text.")
            text, signatures = verify_note(note.encode(), keys)
            found = Checkpoint.from_text(text)
            self._compare(found)
        except (AuditError, UnicodeEncodeError) as wrong:
            self._say(f"{name} does not hold. {wrong}")
            return
        known = {(key.name, key.key_id): key for key in keys if isinstance(key, CosignatureVerifier)}
        for each in signatures:
            key = known.get((each.name, each.key_id))
            if key is not None:
                new = Cosigned(key.name, found.size, cosigned_at(each))
                old = self.cosigned.get(key.public, new)
                self.cosigned[key.public] = max(old, new, key=lambda at: (at.size, at.at))

    def _compare(self, found: Checkpoint) -> None:
        head = self._head
        if found.origin != head.origin:
            raise BadProof(f"It is of the log {found.origin}.")
        if found.size > head.size:
            raise BadProof(f"ROLLBACK: it is of {found.size} entries, and the checkpoint of only {head.size}.")
        proof = _hashes(self._proofs.get(found.size, []))
        try:
            verify_consistency(found.size, head.size, proof, found.root, head.root)
        except BadProof as wrong:
            raise BadProof(f"FORK, or no proof against it: {wrong}") from wrong


def _check_entries(log: Mapping[str, Any], head: Checkpoint, say: Callable[[str], None]) -> tuple[int, int]:
    """How many entries hold, and the highest index shown (-1: none)."""
    good, last, seen = 0, -1, set()
    for value in _list(log, "entries"):
        each = _object(value, "An entry")
        index = _integer(each, "index")
        last = max(last, index)
        try:
            if index in seen:
                raise BadProof("It is there twice.")
            seen.add(index)
            data = _text(each, "entry").encode()
            verify_inclusion(index, head.size, leaf_hash(data), _hashes(each.get("proof")), head.root)
            _check_body(each, commitment_of(data))
        except (AuditError, UnicodeEncodeError) as wrong:
            say(f"Entry {index}: {wrong}")
        else:
            good += 1
    return good, last


def _check_body(entry: Mapping[str, Any], commitment: str) -> None:
    salt, payload = entry.get("salt"), entry.get("payload")
    if salt is None and payload is None:
        return
    try:
        raw = bytes.fromhex(_text(entry, "salt"))
    except ValueError as wrong:
        raise BadProof("The body's salt is not hex.") from wrong
    if body_commitment(raw, _text(entry, "payload").encode()) != commitment:
        raise BadProof("The body shown is not what the entry commits to.")


def _witnessed(cosigned: Iterable[Cosigned], quorum: int) -> int:
    sizes = sorted((each.size for each in cosigned), reverse=True)
    return sizes[quorum - 1] if len(sizes) >= quorum else 0


def _notes_of(notes: Iterable[bytes], origin: str) -> list[tuple[str, Checkpoint]]:
    found = []
    for note in notes:
        try:
            checkpoint = Checkpoint.from_text(split_note(note)[0])
        except BadNote:
            continue
        if checkpoint.origin == origin:
            found.append((note.decode(), checkpoint))
    return found


def _shown(log: Provable, size: int, index: int, body: Body | None) -> dict[str, Any]:
    data, proof = log.entry(index), log.inclusion_proof(index, size)
    shown: dict[str, Any] = {"salt": None, "payload": None}
    if body is not None:
        shown = {"salt": body[0].hex(), "payload": body[1].decode()}
    _check_body(shown, commitment_of(data))
    return {"index": index, "entry": data.decode(), "proof": _texts(proof), **shown}


def _texts(hashes: Iterable[bytes]) -> list[str]:
    return [b64encode(each).decode() for each in hashes]


def _hashes(value: object) -> list[bytes]:
    if not isinstance(value, list) or len(value) > _MAX_PROOF or not all(isinstance(each, str) for each in value):
        raise BadProof("A proof is not a list of hashes.")
    hashes = [strict_base64(each) for each in value]
    if any(len(each) != HASH_SIZE for each in hashes):
        raise BadProof("A proof holds something that is not a hash.")
    return hashes


def _object(value: object, name: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise BadProof(f"{name} is not a JSON object.")
    return value


def _list(value: Mapping[str, Any], name: str) -> list[Any]:
    found = value.get(name)
    if not isinstance(found, list):
        raise BadProof(f"The bundle's {name} is not a list.")
    return found


def _text(value: Mapping[str, Any], name: str) -> str:
    found = value.get(name)
    if not isinstance(found, str):
        raise BadProof(f"The bundle's {name} is not a text.")
    return found


def _integer(value: Mapping[str, Any], name: str) -> int:
    found = value.get(name)
    if type(found) is not int or not 0 <= found < 2**63:
        raise BadProof(f"The bundle's {name} is not a whole number.")
    return found
