#!/usr/bin/env python3
"""Checks a package of copies that Reviewer made, with nothing of Reviewer: this file and Python 3.9 or later.

    python verify_disclosure.py FOLDER [--keys keys.json] [--witnessed]

FOLDER is the package (a bag: BagIt, RFC 8493), as it came. The last line says PASS or FAIL; exit status 0 PASS, 1 FAIL,
2 nothing could be checked. What is checked:
* Every file is listed with its SHA-256 in manifest-sha256.txt or tagmanifest-sha256.txt, is there, is what is listed,
  and nothing else is there.
* data/index.json names every file under data/copies, each with its SHA-256, and no other.
* data/proofs/bundle.json: entries of the agency's signed log, each proven to stand in it (RFC 6962, 2.1: audit path to
  the root that the log's key signed), each with what it says (SHA-256(32 bytes salt ‖ payload) stands in the entry).
  For every file given there must be an entry that it was made (`copy_made`: it was read again and compared with its
  plan), and one that it was released (`copy_released`). The agency's C2PA manifest is added after release; then the
  entry that says so has the file's SHA-256, and the release names the file as it was before (`checked_sha256`).
* package-made.json: the entry that this package was made, which has the SHA-256 of tagmanifest-sha256.txt. So nothing
  in it can be exchanged without the agency's log saying otherwise.
* Where the index says that a file has a C2PA manifest, that its box is there. What it says is for a C2PA reader.
Keys: {"logs": [{"origin", "vkey"}], "witnesses": [{"name", "vkey"}]}. The package brings its own in
data/proofs/keys.json; with these alone PASS means that the package agrees with itself. Get the agency's by a way of its
own (`reviewer log keys --json`), and give them to --keys. Entries that are minutes old were seen by no witness yet: it
is said how many were; with --witnessed all must be.
Signatures are Ed25519 (RFC 8032, 5.1.7); notes, checkpoints, cosignatures: C2SP signed-note, tlog-checkpoint,
tlog-cosignature, as verify_log.py explains, which checks whole logs.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
from base64 import b64decode
from hashlib import sha256, sha512
from typing import Any

TAGS, PAYLOAD, MADE = "tagmanifest-sha256.txt", "manifest-sha256.txt", "package-made.json"
DECLARED = {"BagIt-Version": "1.0", "Tag-File-Character-Encoding": "UTF-8"}
C2PA = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")
LOG, WITNESS = 1, 4  # types of key
MAX_JSON, MANY = 1 << 26, 1000
VKEY = re.compile(r"([^+\s]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)")
HEX = re.compile("[0-9a-f]{64}")


class Wrong(Exception):
    """What does not hold, as a sentence."""


def shown(text: object) -> str:  # what came out of a file, harmless on a terminal
    return "".join(c if c.isprintable() else "?" for c in str(text)[:300])


# Ed25519 (RFC 8032, 5.1), only verified: points in extended homogeneous coordinates

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)


def added(a: tuple, b: tuple) -> tuple:
    s, t = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    u, v = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = t - s, v - u, v + u, t + s
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(n: int, point: tuple) -> tuple:
    found = (0, 1, 1, 0)
    while n:
        if n & 1:
            found = added(found, point)
        point, n = added(point, point), n >> 1
    return found


def point_of(data: bytes) -> tuple:
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (1 << 255) - 1
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if y >= P or (x * x - square) % P or (x == 0 and sign):
        raise Wrong("A key or a signature is no point of the curve.")
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


BASE = point_of((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def holds(public: bytes, message: bytes, signature: bytes) -> bool:
    if len(signature) != 64:
        return False
    s = int.from_bytes(signature[32:], "little")
    if s >= ORDER:
        return False
    r, a = point_of(signature[:32]), point_of(public)
    k = int.from_bytes(sha512(signature[:32] + public + message).digest(), "little") % ORDER
    one, two = times(s, BASE), added(r, times(k, a))
    return (one[0] * two[2] - two[0] * one[2]) % P == 0 and (one[1] * two[2] - two[1] * one[2]) % P == 0


# The log


def member(value: object, name: str, kind: type) -> Any:
    found = value.get(name) if isinstance(value, dict) else None
    if type(found) is not kind:
        raise Wrong(f"{name} is missing, or is not what it should be.")
    return found


def unbase64(text: object, size: int) -> bytes:
    try:
        raw = b64decode(text if isinstance(text, str) else "-", validate=True)
    except ValueError:
        raise Wrong("Something is not base64.") from None
    if size and len(raw) != size:
        raise Wrong("Something is not base64 of the right length.")
    return raw


def key_from(vkey: object, kind: int) -> tuple[str, bytes, bytes]:
    """(name, key id, public key) of a verifier key."""
    match = VKEY.fullmatch(vkey) if isinstance(vkey, str) else None
    raw = unbase64(match[3], 33) if match else b"?"
    known = sha256(match[1].encode() + b"\n" + raw).digest()[:4] if match else b""
    if match is None or raw[0] != kind or known.hex() != match[2]:
        raise Wrong(f"{shown(vkey)} is not a verifier key of type {kind}.")
    return match[1], known, raw[1:]


def head_of(note: str, key: tuple[str, bytes, bytes], witness: bool = False) -> tuple[str, int, bytes]:
    """(origin, size, root) of a checkpoint that this key signed."""
    text, gap, tail = note.rpartition("\n\n")
    lines, signed = text.split("\n"), False
    if not gap or len(lines) < 3 or not re.fullmatch("0|[1-9][0-9]{0,18}", lines[1]):
        raise Wrong("It is not a checkpoint.")
    for line in tail.split("\n")[:MANY]:
        name, _, rest = line[2:].partition(" ")
        raw = unbase64(rest, 0) if line[:2] == "— " else b""
        if name != key[0] or raw[:4] != key[1]:
            continue
        when = f"cosignature/v1\ntime {int.from_bytes(raw[4:12], 'big')}\n" if witness else ""
        if not holds(key[2], f"{when}{text}\n".encode(), raw[12 if witness else 4 :]):
            raise Wrong(f"The signature of {shown(key[0])} is wrong.")
        signed = True
    if not signed:
        raise Wrong(f"{shown(key[0])} did not sign it.")
    return lines[0], int(lines[1]), unbase64(lines[2], 32)


def node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def root_above(index: int, size: int, leaf: bytes, path: list) -> bytes:
    """RFC 6962, 2.1.1. What is used of `path` is taken off its end."""
    if size == 1:
        return leaf
    side, left = path.pop(), 1 << ((size - 1).bit_length() - 1)
    if index < left:
        return node(root_above(index, left, leaf, path), side)
    return node(side, root_above(index - left, size - left, leaf, path))


def both_roots(old: int, new: int, path: list, known: bytes | None) -> tuple[bytes, bytes]:
    """RFC 6962, 2.1.2: the roots at two sizes that a consistency proof leads to."""
    if old == new:
        same = path.pop() if known is None else known
        return same, same
    side, left = path.pop(), 1 << ((new - 1).bit_length() - 1)
    if old <= left:
        first, second = both_roots(old, left, path, known)
        return first, node(second, side)
    first, second = both_roots(old - left, new - left, path, None)
    return node(side, first), node(side, second)


class Entries:
    """Entries that hold, as (kind, payload, how many witnesses saw it)."""

    def __init__(self, keys: object) -> None:
        self.keys = {member(each, "origin", str): key_from(member(each, "vkey", str), LOG)
                     for each in member(keys, "logs", list)}  # fmt: skip
        known = [(each, key_from(member(each, "vkey", str), WITNESS)) for each in member(keys, "witnesses", list)]
        self.witnesses = [(key, each.get("station") or key[0]) for each, key in known]
        self.found: list[tuple[str, dict, int]] = []

    def read(self, bundle: object) -> None:
        for log in member(bundle, "logs", list)[:MANY]:
            origin = member(log, "origin", str)
            if origin not in self.keys:
                raise Wrong(f"No key is known for the log {shown(origin)}.")
            head = head_of(member(log, "checkpoint", str), self.keys[origin])
            if head[0] != origin:
                raise Wrong(f"The checkpoint is of another log, {shown(head[0])}.")
            seen = self.seen(log, head)
            for each in member(log, "entries", list)[:MANY]:
                self.entry(each, head, seen)

    def seen(self, log: object, head: tuple[str, int, bytes]) -> list[int]:
        """How many entries each witness saw, of those whose word counts for this log."""
        proofs = {member(each, "size", int): member(each, "proof", list) for each in member(log, "consistency", list)}
        found = {}
        for note in member(log, "cosigned", list)[:MANY]:
            for key, station in self.witnesses:
                if f"\n— {key[0]} " not in str(note) or head[0].split("/")[1:2] == [station]:
                    continue  # whoever keeps that workstation could have both keys
                origin, size, root = head_of(str(note), key, witness=True)
                path = [unbase64(each, 32) for each in proofs.get(size, [])]
                try:
                    roots = both_roots(size, head[1], path, root)
                except (IndexError, RecursionError):
                    roots = (b"", b"")
                if origin != head[0] or path or roots != (root, head[2]) or not 0 < size <= head[1]:
                    raise Wrong(f"FORK: {shown(key[0])} saw another log under this name.")
                found[key[0]] = max(found.get(key[0], 0), size)
        return list(found.values())

    def entry(self, each: object, head: tuple[str, int, bytes], seen: list[int]) -> None:
        index, text = member(each, "index", int), member(each, "entry", str)
        path = [unbase64(one, 32) for one in member(each, "proof", list)[:128]]
        leaf = sha256(b"\x00" + text.encode()).digest()
        try:
            root = root_above(index, head[1], leaf, path) if 0 <= index < head[1] else b""
        except IndexError:
            root = b""
        if path or root != head[2]:
            raise Wrong(f"Entry {index} is not in the log that was signed.")
        entry = parsed(text.encode(), f"Entry {index}")
        salt, payload = member(each, "salt", str), member(each, "payload", str)
        if sha256(bytes.fromhex(salt) + payload.encode()).hexdigest() != entry.get("body"):
            raise Wrong(f"Entry {index} does not say what is shown of it.")
        saw = sum(size > index for size in seen)
        self.found.append((member(entry, "kind", str), parsed(payload.encode(), f"Entry {index}"), saw))

    def of(self, kind: str, **wanted: str) -> list[dict]:
        return [p for k, p, _ in self.found if k == kind and all(p.get(n) == v for n, v in wanted.items())]


def parsed(data: bytes, what: str) -> Any:
    try:
        return json.loads(data.decode())
    except (ValueError, RecursionError):
        raise Wrong(f"{what} is no JSON.") from None


# The bag


class Bag:
    def __init__(self, folder: str) -> None:
        self.folder, self.problems, self.remarks = folder, [], []
        self.sums: dict[str, str] = {}
        walked = (os.path.join(at, name) for at, below, names in os.walk(folder) for name in [*names, *below])
        walked = (path for path in walked if os.path.islink(path) or not os.path.isdir(path))
        self.files = {os.path.relpath(path, folder).replace(os.sep, "/"): path for path in walked}

    def small(self, name: str) -> bytes:
        path = self.files.get(name)
        if path is None or os.path.islink(path) or not os.path.isfile(path):
            raise Wrong(f"{name} is missing.")
        with open(path, "rb") as file:
            data = file.read(MAX_JSON + 1)
        if len(data) > MAX_JSON:
            raise Wrong(f"{name} is too large.")
        return data

    def check(self) -> None:
        """Every file against its list, every list against the files."""
        said = dict(line.split(": ", 1) for line in self.small("bagit.txt").decode("utf-8", "replace").splitlines()
                    if ": " in line)  # fmt: skip
        if said != DECLARED:
            self.problems.append("bagit.txt does not declare a bag of BagIt 1.0 in UTF-8.")
        for name, inside in ((TAGS, False), (PAYLOAD, True)):
            listed = {}
            for line in self.small(name).decode("utf-8", "replace").splitlines():
                digest, path = [*line.split(None, 1), "", ""][:2]
                if not HEX.fullmatch(digest) or path.startswith("data/") is not inside or path in listed:
                    raise Wrong(f"{name} has a line that is none: {shown(line)}")
                listed[path] = digest
            self.compare(listed)
        for path in sorted(self.files.keys() - self.sums.keys() - {TAGS, MADE}):
            self.problems.append(f"{shown(path)} is in the folder and on no list: it was added.")

    def compare(self, listed: dict[str, str]) -> None:
        for path, digest in sorted(listed.items()):
            self.sums[path] = digest
            if path not in self.files or os.path.islink(self.files[path]) or not os.path.isfile(self.files[path]):
                self.problems.append(f"{shown(path)} is listed and not there.")
            elif hashed(self.files[path]) != digest:
                self.problems.append(f"{shown(path)} is not the file that was listed: its SHA-256 is another.")


def hashed(path: str) -> str:
    found = sha256()
    with open(path, "rb") as file:
        for piece in iter(lambda: file.read(1 << 20), b""):
            found.update(piece)
    return found.hexdigest()


def has_c2pa(path: str) -> bool:
    """A `uuid` box of C2PA's at the top of an MP4 (ISO/IEC 14496-12, 4.2)."""
    size = os.path.getsize(path)
    with open(path, "rb") as file:
        at = 0
        while at + 8 <= size:
            file.seek(at)
            head = file.read(32)
            long = head[:4] == b"\x00\x00\x00\x01"
            step = int.from_bytes(head[8:16] if long else head[:4], "big")
            if head[4:8] == b"uuid" and (head[16:32] if long else head[8:24]) == C2PA:
                return True
            if step < 8:
                return False
            at += step
    return False


def check_copies(bag: Bag, entries: Entries, index: object) -> list[str]:
    """Every file given against index and log. Gives their SHA-256s."""
    given = {}
    for copy in member(index, "copies", list)[:MANY]:
        name, digest, checked = (member(copy, each, str) for each in ("file", "sha256", "checked_sha256"))
        given[f"data/{name}"] = digest
        if bag.sums.get(f"data/{name}") != digest:
            bag.problems.append(f"{shown(name)} is another file than the index says.")
            continue
        if not entries.of("copy_made", sha256=digest) or not entries.of("copy_made", sha256=checked):
            bag.problems.append(f"{shown(name)}: no entry of the log says that it was made and checked.")
        if not entries.of("copy_released", sha256=checked):
            bag.problems.append(f"{shown(name)}: no entry of the log says that it was released.")
        if copy.get("certified") and not has_c2pa(bag.files.get(f"data/{name}", os.devnull)):
            bag.problems.append(f"{shown(name)} should have a C2PA manifest and has none.")
    for path in sorted(path for path in bag.sums if path.startswith("data/copies/") and path not in given):
        bag.problems.append(f"{shown(path)} is in the package and not in its index.")
    return list(given.values())


def verify(folder: str, keys: object = None, witnessed: bool = False) -> tuple[list[str], list[str]]:
    """(problems, remarks). `keys` as the parsed keys.json; None takes the package's own."""
    bag = Bag(folder)
    try:
        bag.check()
        if keys is None:
            keys = parsed(bag.small("data/proofs/keys.json"), "keys.json")
            bag.remarks.append(
                "The keys are those of the package itself: ask the agency for keys.json, and give --keys."
            )
        index = parsed(bag.small("data/index.json"), "index.json")
        entries = Entries(keys)
        entries.read(parsed(bag.small("data/proofs/bundle.json"), "bundle.json"))
        given = check_copies(bag, entries, index)
        entries.read(parsed(bag.small(MADE), MADE))
        made = entries.of("package_made", manifest=sha256(bag.small(TAGS)).hexdigest())
        if not any(sorted(each.get("files", [])) == sorted(given) for each in made):
            bag.problems.append(f"{MADE}: the log says nothing of a package with these files.")
        if len({payload.get("of") for _, payload, _ in entries.found}) > 1:
            bag.problems.append("The entries are of more than one request.")
        seen = sum(saw > 0 for _, _, saw in entries.found)
        said = f"Witnesses saw {seen} of the {len(entries.found)} entries; others rest on the log's own key alone."
        (bag.problems if witnessed and seen < len(entries.found) else bag.remarks).append(said)
        bag.remarks.append(f"{len(given)} files are given, {len(bag.sums)} files are listed.")
    except (Wrong, ValueError, RecursionError, OSError, AttributeError) as wrong:
        bag.problems.append(str(wrong) if isinstance(wrong, Wrong) else f"It cannot be read: {shown(wrong)}")
    return bag.problems, bag.remarks


def main() -> int:
    asked = argparse.ArgumentParser(description="Checks a package of copies.")
    asked.add_argument("folder")
    asked.add_argument("--keys", help="the agency's keys.json, by a way of its own")
    asked.add_argument("--witnessed", action="store_true", help="every entry must have been seen by a witness")
    args = asked.parse_args()
    try:
        if not os.path.isfile(os.path.join(args.folder, "bagit.txt")):
            raise Wrong(f"{shown(args.folder)} is no package: it has no bagit.txt.")
        keys = None
        if args.keys:
            with open(args.keys, "rb") as file:
                keys = parsed(file.read(MAX_JSON), "keys.json")
    except (Wrong, OSError) as wrong:
        sys.stdout.write(f"{shown(wrong)}\nnothing could be checked\n")
        return 2
    problems, remarks = verify(args.folder, keys, args.witnessed)
    lines = [*(f"  {each}" for each in remarks), *(f"  FAIL: {each}" for each in problems[:MANY])]
    sys.stdout.write("\n".join([*lines, "FAIL" if problems else "PASS"]) + "\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
