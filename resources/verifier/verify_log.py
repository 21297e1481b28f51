#!/usr/bin/env python3
"""Checks Reviewer's signed logs with nothing of Reviewer: this file, Python 3.9 or later, the package `cryptography`.

    python verify_log.py keys.json STORE_FOLDER [--older CHECKPOINT_FILE] [--origin ORIGIN]
    python verify_log.py bundle.json [--keys keys.json] [--older CHECKPOINT_FILE]

The first form checks whole published logs in a folder (the evidence store, or a copy of its `logs/` and `witness/`),
the second an export: some entries with their proofs. The last line says PASS or FAIL; exit status 0 PASS, 1 FAIL, 2
nothing could be checked. Get keys.json (`reviewer log keys --json`) by a way of its own, not with what you check:
{"logs": [{"origin", "vkey", "dir"}], "witnesses": [{"name", "vkey"}], "quorum": how many witnesses must have cosigned}.
Keep the checkpoints that you have seen and give them to --older next time.
* Signed note (C2SP signed-note): text, an empty line, lines `— <key name> base64(4 bytes key id ‖ signature)`. A key is
  `<name>+<key id, hex>+base64(type ‖ Ed25519 public key)`; key id = first 4 bytes of SHA-256(name ‖ newline ‖ type ‖
  key). Type 1 is a log's and signs the text, type 4 a witness's.
* Checkpoint (C2SP tlog-checkpoint): a note of three lines: origin, number of entries, base64 root hash. An origin is
  `<agency>/<workstation>/<user>/<access|work>/<epoch>`: one writer, one log.
* Cosignature (C2SP tlog-cosignature): 8 bytes POSIX seconds ‖ signature of "cosignature/v1", newline, "time <seconds>",
  newline, text. A witness cosigns no shorter and no other log than it saw before. Its file is
  `witness/<witness>/<origin>`. It does not count for logs of its own workstation: those with its name (or its `station`
  in keys.json) as the second part of their origin.
* Tree (RFC 6962, 2.1): leaf = SHA-256(0x00 ‖ entry), node = SHA-256(0x01 ‖ left ‖ right).
* UNFINISHED: a publication ends by moving `checkpoint` to its `checkpoints/<size>`. Where that was not done, or undone,
  all that the newest one signs is checked, so nothing can be missing: no failure, unless somebody saw it further.
* Files of a log (C2SP tlog-tiles): `checkpoint`; `checkpoints/<size>`, all that were published; `tile/<L>/<N>`, 256
  hashes of the tree's level 8·L; `tile/entries/<N>`, the 256 entries under tile/0/<N>, each after its length in 2
  bytes, big-endian. The last one of a level is partial, `<N>.p/<how many>`; outgrown partial ones may lie there still.
  N is written in groups of three digits: 1234067 = `x001/x234/067`.
* Entry: RFC 8785 JSON of texts and integers, at most 65,535 bytes: v, at (UTC, µs), mono (µs since boot), boot,
  lamport, kind, where there is one case, recording, reason; body = hex SHA-256(32 bytes salt ‖ payload). The payload
  says who did what. It lies sealed in `bodies/<first two>/<body>`, with its name as associated data: whoever has its
  key opens it; here only that it is there is seen. A court may have had it removed, so a missing one is no failure.
* Bundle: see `Shown`; proofs are lists of base64 hashes, from the leaf up. `salt` and `payload` are what `body` hides.
No program can see here: entries rewritten before a witness saw them (look at how old the newest cosignature is),
witnesses who conspire, whether what an entry says is true.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
import time
from base64 import b64decode, b64encode
from collections import namedtuple
from hashlib import sha256
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

WIDTH = 256  # hashes or entries in a full tile
MAX_ENTRY, MAX_NOTE, MAX_JSON = 65_535, 1 << 16, 1 << 27  # bytes that are read
MANY = 100  # sentences about a log, files that may be missing, signatures, hashes in a proof: nobody waits for 2^60
LOG, WITNESS = 1, 4  # types of key
VKEY = re.compile(r"([^+\s]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)")
TEXT = rb'"(?:[^\x00-\x1f"\\]|\\["\\bfnrt]|\\u00(?:0[0-7bef]|1[0-9a-f]))*"'  # as RFC 8785 writes it
MEMBER = rb'"[a-z0-9_]+":(?:0|[1-9][0-9]{0,15}|%b)' % TEXT
ENTRY = re.compile(rb"\{%b(?:,%b)*\}" % (MEMBER, MEMBER))
NUMBERS = {"v", "at", "mono", "lamport"}
MEMBERS = {*NUMBERS, "boot", "kind", "body", "case", "recording", "reason"}


class Wrong(Exception):
    """What does not hold, as a sentence."""


Head = namedtuple("Head", "origin size root")
Key = namedtuple("Key", "name id public kind")


def shown(text: object) -> str:  # what came out of a file, harmless on a terminal
    return "".join(c if c.isprintable() else "?" for c in str(text)[:300])


def unbase64(text: object, size: int | None = None) -> bytes:
    try:
        raw = b64decode(text if isinstance(text, str) else "-", validate=True)
    except ValueError:
        raise Wrong("Something is not base64.") from None
    if b64encode(raw).decode() != text or size not in (None, len(raw)):
        raise Wrong("Something is not canonical base64 of the right length.")
    return raw


def key_from(vkey: object, kind: int) -> Key:
    match = VKEY.fullmatch(vkey) if isinstance(vkey, str) else None
    raw = unbase64(match[3], 33) if match else b"?"
    known = sha256(match[1].encode() + b"\n" + raw).digest()[:4] if match else b""
    if match is None or raw[0] != kind or known.hex() != match[2]:
        raise Wrong(f"{shown(vkey)} is not a verifier key of type {kind}.")
    return Key(match[1], known, raw[1:], kind)


def signed_by(note: bytes, key: Key) -> tuple[Head, int]:
    """The checkpoint in a note that `key` signed, and when (0 if `key` is a log's, which gives no time)."""
    text, gap, tail = note.decode("utf-8", "replace").rpartition("\n\n")
    *signatures, end = tail.split("\n")
    lines = text.split("\n")
    if not gap or end or not 0 < len(signatures) <= MANY or re.search("[\x00-\x09\x0b-\x1f]", text):
        raise Wrong("It is not a signed note.")
    if len(lines) < 3 or not all(lines) or not re.fullmatch("0|[1-9][0-9]{0,18}", lines[1]):
        raise Wrong("It is not a checkpoint: origin, size, root hash.")
    times = []
    for line in signatures:
        name, _, rest = line[2:].partition(" ")
        raw = unbase64(rest)
        if line[:2] != "— " or not name or len(raw) < 5:
            raise Wrong("A signature line is malformed.")
        if (name, raw[:4]) != (key.name, key.id):
            continue
        times.append(int.from_bytes(raw[4:12], "big") if key.kind == WITNESS else 0)
        head = f"cosignature/v1\ntime {times[-1]}\n" if key.kind == WITNESS else ""
        try:
            public = Ed25519PublicKey.from_public_bytes(key.public)
            public.verify(raw[12 if head else 4 :], f"{head}{text}\n".encode())
        except (InvalidSignature, ValueError):
            raise Wrong(f"The signature of {shown(key.name)} is wrong.") from None
    if not times:
        raise Wrong(f"{shown(key.name)} did not sign it with the key {key.id.hex()}.")
    return Head(lines[0], int(lines[1]), unbase64(lines[2], 32)), max(times)


def node_of(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


class Tree:
    """Grows leaf by leaf. `levels[L]` are the hashes that the tiles of level L >= 1 must hold."""

    def __init__(self) -> None:
        self.size = 0
        self.peaks: list[bytes] = []  # the roots of its full subtrees, the largest first
        self.levels: dict[int, list[bytes]] = {}

    def add(self, leaf: bytes) -> None:
        at, height = self.size, 0
        while at & 1:
            leaf, at, height = node_of(self.peaks.pop(), leaf), at >> 1, height + 1
            if height % 8 == 0:
                self.levels.setdefault(height // 8, []).append(leaf)
        self.peaks.append(leaf)
        self.size += 1

    def root(self) -> bytes:
        root = self.peaks[-1] if self.peaks else sha256(b"").digest()
        for peak in self.peaks[-2::-1]:
            root = node_of(peak, root)
        return root


def root_above(index: int, size: int, leaf: bytes, path: list[bytes]) -> bytes:
    """RFC 6962, 2.1.1: the root that an audit path leads to. What is used of `path` is taken off its end."""
    if size == 1:
        return leaf
    side, left = path.pop(), 1 << ((size - 1).bit_length() - 1)
    if index < left:
        return node_of(root_above(index, left, leaf, path), side)
    return node_of(side, root_above(index - left, size - left, leaf, path))


def both_roots(old: int, new: int, path: list[bytes], known: bytes | None) -> tuple[bytes, bytes]:
    """RFC 6962, 2.1.2: the old and the new root that a consistency proof leads to. `known` is the old root, as long as
    the subtree begins where the log does. What is used of `path` is taken off its end."""
    if old == new:
        same = path.pop() if known is None else known
        return same, same
    side, left = path.pop(), 1 << ((new - 1).bit_length() - 1)
    if old <= left:
        first, second = both_roots(old, left, path, known)
        return first, node_of(second, side)
    first, second = both_roots(old - left, new - left, path, None)
    return node_of(side, first), node_of(side, second)


def require_extends(old: Head, new: Head, path: list[bytes]) -> None:
    if old.size > new.size:
        raise Wrong(f"ROLLBACK: it is of {old.size} entries, the log has only {new.size}.")
    try:
        roots = both_roots(old.size, new.size, path, old.root) if old.size else (sha256(b"").digest(), new.root)
    except IndexError:
        roots = (b"", b"")
    if path or roots != (old.root, new.root) or old.origin != new.origin:
        raise Wrong("FORK, or no proof against it: the log was not shown to begin with what this signs.")


def entry_facts(data: bytes) -> tuple[int, int, str]:
    """(at, lamport, body) of an entry. Raises Wrong unless these are its canonical bytes."""
    text = data.decode("utf-8", "replace")
    flat = len(data) <= MAX_ENTRY and text.encode() == data and ENTRY.fullmatch(data)
    pairs = json.loads(text, object_pairs_hook=list) if flat else []
    value = dict(pairs)
    if not pairs or [name for name, _ in pairs] != sorted(value):
        raise Wrong("it is not JSON of texts and integers in the canonical form of RFC 8785.")
    right = all(type(value.get(name, "")) is (int if name in NUMBERS else str) for name in MEMBERS)
    small = all(type(each) is str or each < 2**53 for each in value.values())
    right = right and small and value["v"] and value.get("boot") and value.get("kind")
    known = right and (value["v"] > 1 or value.keys() <= MEMBERS)
    if not known or not re.fullmatch("[0-9a-f]{64}", value.get("body", "")):
        raise Wrong("a member of it is missing, is unknown, or is not what it should be.")
    return value["at"], value["lamport"], value["body"]


class Log:
    """What is found out about one log: `problems` make it FAIL, `remarks` do not, `facts` are told anyway."""

    def __init__(self, key: Key, keys: object) -> None:
        self.key, self.quorum = key, member(keys, "quorum", int)
        known = [(each, key_from(member(each, "vkey", str), WITNESS)) for each in member(keys, "witnesses", list)]
        own = key.name.split("/")[1:2]
        self.witnesses = [witness for each, witness in known if [each.get("station") or witness.name] != own]
        self.saw: dict[bytes, tuple[int, int]] = {}  # by a witness's public key: how many entries, at which second
        self.problems, self.remarks, self.facts = [], [], []
        self.last = (0, -1)  # at, lamport of the entry before

    def witnessed(self) -> int:
        """How many entries the quorum vouches for."""
        sizes = sorted((size for size, _ in self.saw.values()), reverse=True)
        of = f"{len(sizes)} of the {len(self.witnesses)} witnesses that count for this log"
        if len(sizes) < self.quorum:
            self.problems.append(f"{of} cosigned it, and {self.quorum} are demanded.")
        size = sizes[max(self.quorum, 1) - 1] if len(sizes) >= max(self.quorum, 1) else 0
        self.facts.append(f"{of} cosigned it")
        if sizes:
            newest = max(at for _, at in self.saw.values())
            stamp = time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(min(newest, 2**37)))
            self.facts.append(f"the newest cosignature is of {stamp}, {(time.time() - newest) / 3600:.1f} hours ago")
        self.facts.append(f"{size} entries are vouched for; others rest on the log's own key alone")
        return size

    def print(self) -> int:
        out = [shown(self.key.name), *self.facts, *(f"remark: {each}" for each in self.remarks[:MANY])]
        sys.stdout.write("\n  ".join([*out, *(f"FAIL: {each}" for each in self.problems[:MANY])]) + "\n")
        return len(self.problems)


def files_under(folder: str) -> dict[str, str]:
    """Every regular file below. No link is followed and nothing else is opened: so there is an end to it."""
    walked = (os.path.join(at, name) for at, _, names in os.walk(folder) for name in names)
    regular = (path for path in walked if os.path.isfile(path) and not os.path.islink(path))
    return {os.path.relpath(path, folder).replace(os.sep, "/"): path for path in regular}


def read_file(path: str, limit: int) -> bytes:
    with open(path, "rb") as file:
        data = file.read(limit + 1)
    if len(data) > limit:
        raise Wrong(f"It is larger than {limit} bytes.")
    return data


def tile_path(level: object, index: int, width: int) -> str:
    *groups, last = f"{index:,}".split(",")
    digits = "/".join(f"x{group:0>3}" for group in groups)
    return f"tile/{level}/{digits}{'/' if groups else ''}{last:0>3}" + (f".p/{width}" if width < WIDTH else "")


class Published(Log):
    """A log's folder, read once from its first entry to its last."""

    def check(self, folder: str, notes: list[tuple[str, bytes, Key]]) -> None:  # noqa: C901 (what was signed, one thing after another)
        self.files, self.bodies, self.heads = files_under(folder), 0, []  # heads: (name, head, by which key, when)
        self.tree, self.roots = Tree(), {0: Tree().root()}  # the roots at the sizes that somebody signed
        if (head := self.take("checkpoint", self.read("checkpoint", MAX_NOTE), self.key)) is None:
            return
        kept = {each for each in self.files if each.startswith("checkpoints/")}
        for path in sorted({f"checkpoints/{head.size}", *kept}):
            if (other := self.take(path, self.read(path, MAX_NOTE), self.key)) and path != f"checkpoints/{other.size}":
                self.problems.append(f"{shown(path)} is the checkpoint of {other.size} entries.")
        newest = max((each for _, each, _, _ in self.heads), key=lambda each: each.size)
        if newest.size > head.size:  # what follows tells whether all of it is there
            said = f"UNFINISHED: checkpoints/{newest.size} is signed, and checkpoint still says {head.size}: "
            self.remarks.append(said + "the workstation has yet to publish again, or somebody put an older one back.")
        for note in notes:
            self.take(*note)
        self.build(newest.size)
        if self.tree.root() != newest.root:
            self.problems.append(f"The root of the {newest.size} published entries is not the root that was signed.")
        for name, other, key, at in self.heads if self.tree.root() == newest.root else ():
            if other.size > head.size and name not in kept:  # somebody saw it further than it says now
                self.problems.append(f"ROLLBACK: {shown(name)} is of {other.size} entries, checkpoint of {head.size}.")
            elif self.roots[other.size] != other.root:
                self.problems.append(f"FORK: {shown(name)} signs other entries than the first {other.size} here.")
            elif key.kind == WITNESS:
                self.saw[key.public] = max(self.saw.get(key.public, (0, 0)), (other.size, at))
        self.facts.append(f"{newest.size} entries under the root {b64encode(self.tree.root()).decode()}")
        self.facts.append(f"{self.bodies} bodies lie there, {newest.size - self.bodies} do not")
        self.witnessed()

    def read(self, path: str, limit: int) -> bytes | None:
        try:
            if path not in self.files:
                raise Wrong("It is missing.")
            return read_file(self.files[path], limit)
        except Wrong as wrong:
            self.problems.append(f"{shown(path)}: {wrong}")
            return None

    def take(self, name: str, note: bytes | None, key: Key) -> Head | None:
        try:
            head, at = signed_by(note or b"", key)
            if head.origin != self.key.name:
                raise Wrong(f"It is of the log {shown(head.origin)}.")
        except Wrong as wrong:
            self.problems.append(f"{shown(name)} cannot be trusted. {wrong}")
            return None
        self.heads.append((name, head, key, at))
        return head

    def build(self, size: int) -> None:
        """The tree, from every bundle; every tile against it. Raises Wrong if it cannot be built."""
        bundles = -(-size // WIDTH)
        there = sum(path.startswith("tile/entries/") for path in self.files)
        if bundles > there + MANY:
            raise Wrong(f"{size} entries need {bundles} files in tile/entries, and {there} are there.")
        wanted = {head.size for _, head, _, _ in self.heads}
        for index in range(bundles):
            leaves = self.leaves(index, min(WIDTH, size - index * WIDTH))
            if leaves is None:
                raise Wrong(f"From entry {index * WIDTH} on nothing can be checked without it.")
            for leaf in leaves:
                self.tree.add(leaf)
                if self.tree.size in wanted:
                    self.roots[self.tree.size] = self.tree.root()
        for level, hashes in self.tree.levels.items():
            for index in range(-(-len(hashes) // WIDTH)):
                self.compare(level, index, hashes[index * WIDTH : (index + 1) * WIDTH])

    def leaves(self, index: int, width: int) -> list[bytes] | None:
        """The leaf hashes of one bundle, checked on the way."""
        path = tile_path("entries", index, width)
        entries = self.bundle(path, width)
        if entries is None:
            return None
        leaves = [sha256(b"\x00" + entry).digest() for entry in entries]
        self.compare(0, index, leaves)
        for narrow in self.outgrown("entries", index, width):
            old = self.bundle(tile_path("entries", index, narrow), narrow)
            for n in [n for n, entry in enumerate(old or ()) if entry != entries[n]]:
                self.problems.append(f"{tile_path('entries', index, narrow)}: entry {index * WIDTH + n} is another.")
        for n, entry in enumerate(entries, index * WIDTH):
            try:
                at, lamport, body = entry_facts(entry)
            except Wrong as wrong:
                self.problems.append(f"{path}: entry {n}: {wrong}")
                continue
            if at < self.last[0] or lamport <= self.last[1]:  # worth a question; but a clock may be set
                self.remarks.append(f"entry {n}: its time or its lamport is not after that of the entry before.")
            self.last = (at, lamport)
            self.bodies += f"bodies/{body[:2]}/{body}" in self.files
        return leaves

    def bundle(self, path: str, width: int) -> list[bytes] | None:
        data = self.read(path, width * (MAX_ENTRY + 2)) or b""
        entries, at = [], 0
        while at < len(data):
            stop = at + 2 + int.from_bytes(data[at : at + 2], "big")
            entries.append(data[at + 2 : stop])
            at = stop
        if at == len(data) and len(entries) == width:
            return entries
        self.problems.append(f"{path} does not hold {width} whole entries.")
        return None

    def outgrown(self, level: object, index: int, width: int) -> list[int]:
        full = tile_path(level, index, WIDTH)
        return [narrow for narrow in range(1, width) if f"{full}.p/{narrow}" in self.files]

    def compare(self, level: int, index: int, hashes: list[bytes]) -> None:
        """A tile, and the partial ones that it outgrew, with what the entries come to."""
        for width in [*self.outgrown(level, index, len(hashes)), len(hashes)]:
            path = tile_path(level, index, width)
            tile = self.read(path, WIDTH * 32)
            if tile is not None and tile != b"".join(hashes[:width]):
                n = next((n for n in range(width) if tile[n * 32 : n * 32 + 32] != hashes[n]), width)
                first = (index * WIDTH + n) << 8 * level
                self.problems.append(f"{path}: hash {n} is not that of entries {first} to {first + 256**level - 1}.")


def member(value: object, name: str, kind: type) -> Any:
    """A member of a JSON object, of the type that it must have."""
    found = value.get(name) if isinstance(value, dict) else None
    if type(found) is not kind or (kind is int and not 0 <= found < 2**63):
        raise Wrong(f"{name} is missing, or is not what it should be.")
    return found


def text_in(value: object, name: str) -> bytes:
    return member(value, name, str).encode("utf-8", "replace")  # what UTF-8 cannot write becomes what nobody signed


def hashes(value: object) -> list[bytes]:
    return [unbase64(each, 32) for each in member(value, "proof", list)[:MANY]]


class Shown(Log):
    """One log of {"v": 1, "quorum", "witnesses": [{"name", "vkey"}], "logs": [{"origin", "vkey", "checkpoint",
    "cosigned": [note], "older": [note], "consistency": [{"size", "proof"}], "entries": [{"index", "entry", "proof",
    "salt": hex or null, "payload": text or null}]}]}."""

    def check(self, log: object, notes: list[tuple[str, bytes, Key]]) -> None:
        head = signed_by(text_in(log, "checkpoint"), self.key)[0]
        proofs = {member(each, "size", int): hashes(each) for each in member(log, "consistency", list)}
        for name, key in [("older", self.key), *(("cosigned", witness) for witness in self.witnesses)]:
            found = [str(note).encode("utf-8", "replace") for note in member(log, name, list)]
            notes += [(f"{name} {n}", note, key) for n, note in enumerate(found)]
        for name, note, key in notes:
            if key.kind == WITNESS and f"\n— {key.name} ".encode() not in note:
                continue
            try:
                other, at = signed_by(note, key)
                require_extends(other, head, [*proofs.get(other.size, [])])
                if key.kind == WITNESS:
                    self.saw[key.public] = max(self.saw.get(key.public, (0, 0)), (other.size, at))
            except Wrong as wrong:
                self.problems.append(f"{shown(name)} does not hold. {wrong}")
        size = self.witnessed()
        seen = [self.entry(each, head) for each in member(log, "entries", list)]
        if len({*seen}) < len(seen) or head.origin != self.key.name:
            self.problems.append("An entry is here twice, or the checkpoint is of another log.")
        later = sum(index >= size for index in seen)
        self.facts.append(f"{len(seen)} of its {head.size} entries are here")
        if self.quorum and later:
            self.problems.append(f"No quorum of witnesses vouches for {later} of the entries here.")

    def entry(self, value: Any, head: Head) -> int:
        index, data, path = member(value, "index", int), text_in(value, "entry"), hashes(value)
        try:
            leaf = sha256(b"\x00" + data).digest()
            if (root_above(index, head.size, leaf, path) if index < head.size else b"") != head.root or path:
                raise Wrong("its proof does not lead to the signed root.")
            body = entry_facts(data)[2]
            if value.get("salt") is not None or value.get("payload") is not None:
                salt = bytes.fromhex(member(value, "salt", str))
                if len(salt) != 32 or sha256(salt + text_in(value, "payload")).hexdigest() != body:
                    raise Wrong("what is shown as its body is not what it commits to.")
        except (Wrong, ValueError, IndexError) as wrong:
            self.problems.append(f"entry {index}: {wrong}")
        return index


def check(args: argparse.Namespace) -> int:  # how many problems there are
    first = json.loads(read_file(args.what, MAX_JSON))
    older = [(path, read_file(path, MAX_NOTE)) for path in args.older]
    keys = json.loads(read_file(args.keys, MAX_JSON)) if args.keys else first
    vkeys = {member(each, "origin", str): each for each in member(keys, "logs", list)}
    listed = [each for each in member(first, "logs", list) if args.origin in (None, member(each, "origin", str))]
    origins = [each["origin"] for each in listed]
    strange = [path for path, note in older if note.split(b"\n")[0].decode("utf-8", "replace") not in origins]
    if strange or not listed or len({*origins}) < len(origins) or (not args.store and member(first, "v", int) != 1):
        raise Wrong(f"This is of no log or of one twice, of another version, or not of these logs: {strange}")
    failed = 0
    for each in listed:
        origin = each["origin"]
        key = key_from(member(vkeys.get(origin), "vkey", str), LOG)
        notes = [(f"--older {name}", note, key) for name, note in older if note.startswith(origin.encode() + b"\n")]
        log = Published(key, keys) if args.store else Shown(key, keys)
        try:
            if key.name != origin:
                raise Wrong("Its key is of another log.")
            if isinstance(log, Shown):
                log.check(each, notes)
                continue
            for witness in log.witnesses:
                path = os.path.join(args.store, "witness", witness.name, origin)
                if os.path.isfile(path):
                    notes.append((f"witness/{witness.name}", read_file(path, MAX_NOTE), witness))
            log.check(os.path.join(args.store, member(each, "dir", str)), notes)
        except Wrong as wrong:
            log.problems.append(str(wrong))
        except OSError as wrong:
            log.problems.append(f"{shown(wrong.filename)} cannot be read: {wrong.strerror}.")
        finally:
            failed += log.print()
    return failed


def main(argv: list[str] | None = None) -> int:
    words = argparse.ArgumentParser(description="Checks Reviewer's signed logs; the head of this file says how.")
    words.add_argument("what", help="keys.json, before a folder; or bundle.json")
    words.add_argument("store", nargs="?", help="a folder with logs/ and witness/")
    words.add_argument("--keys", help="the trusted keys.json, for a bundle; without it the keys in it are used")
    words.add_argument("--older", action="append", default=[], help="a checkpoint seen before; may be repeated")
    words.add_argument("--origin", help="this log only")
    args = words.parse_args(argv)
    try:
        failed = check(args)
    except (Wrong, OSError, ValueError, RecursionError, MemoryError) as wrong:
        sys.stdout.write(f"Nothing could be checked: {shown(wrong)}\n")
        return 2
    own = "" if args.store or args.keys else "The keys are those that the bundle itself brings: compare them.\n"
    sys.stdout.write(own + (f"FAIL: {failed} problems\n" if failed else "PASS\n"))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
