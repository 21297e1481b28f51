"""What a tamper suite needs: logs that the app's own code published, copies of them to spoil, and who is asked then."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import closing, redirect_stderr, redirect_stdout
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import metamorphic_log  # type: ignore[import-untyped]
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from reviewer.audit.errors import AuditError
from reviewer.audit.log import SqliteLog
from reviewer.audit.merkle import consistency_proof, inclusion_proof, leaf_hash, reader_of
from reviewer.audit.note import Checkpoint, Signer, Verifier, split_note
from reviewer.audit.tiles import Tile, unpack_entries
from reviewer.audit.witness import Cosigner
from reviewer.cli import main
from reviewer.domain.codec import encode
from reviewer.domain.events import BookmarkWithdrawn, CaseSynced, LogName
from reviewer.domain.roster import Roster, Witness
from reviewer.services.bodies import seal_body_key
from reviewer.services.journal import Journal, origin_of
from reviewer.services.logcheck import log_keys
from reviewer.services.publish import OwnLog, Publisher
from reviewer.stores.folder import FolderStore
from tests.audit.logs import Files, entry, new_log
from tests.services.agency import NAME, Agency, keys

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "resources" / "verifier"))
import verify_log  # type: ignore[import-not-found]

OUTSIDE = Path(sys.prefix) / "outside"
PROGRAM = Path(__file__).with_name("outside_program.py")
ORIGINS = {log: origin_of(NAME, "ws-1", "salo", log) for log in LogName}
WORK, ACCESS = ORIGINS[LogName.WORK], ORIGINS[LogName.ACCESS]
KEY = keys("salo").signing
STRANGER = Ed25519PrivateKey.from_private_bytes(b"\x0a" * 32)
WITNESSES = tuple(
    Cosigner(name, Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32))
    for n, name in enumerate(("watch.example", "ws-2"), 50)
)
AT = 1_781_380_900
SIZES = (200, 520, 600)
WITNESSED = 520


@dataclass(frozen=True)
class World:
    """A store as its real writers left it, and what an auditor has of it from before."""

    folder: Path
    roster: Roster
    root: str
    origin: str
    older: bytes

    @property
    def log(self) -> Path:
        return self.folder / "logs" / self.origin

    def read(self, path: str) -> bytes:
        return (self.log / path).read_bytes()

    def write(self, path: str, data: bytes) -> None:
        """Files of a copy are links to those of the original: they are replaced, never written into."""
        target = self.log / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.unlink(missing_ok=True)
        target.write_bytes(data)

    def flip(self, path: str, at: int = -1) -> None:
        data = bytearray(self.read(path))
        data[at] ^= 1
        self.write(path, bytes(data))

    def entries(self) -> list[bytes]:
        size = Checkpoint.from_text(split_note(self.read("checkpoint"))[0]).size
        found: list[bytes] = []
        for index in range(-(-size // 256)):
            found += unpack_entries(self.read(Tile(0, index, min(256, size - index * 256)).entries_path))
        return found

    def witness(self, name: str, origin: str | None = None) -> Path:
        return self.folder / "witness" / name / (origin or self.origin)

    def copy(self, to: Path) -> World:
        shutil.copytree(self.folder, to, copy_function=os.link)
        return replace(self, folder=to)

    def resign(self, entries: Sequence[bytes], sizes: Sequence[int] = (), key: Ed25519PrivateKey = KEY) -> None:
        """What whoever holds the log's key can do: all files made anew from these entries."""
        for path in ("tile", "checkpoints"):
            shutil.rmtree(self.log / path)
        for path, data in rebuilt(self.origin, entries, (*sizes, len(entries)), key).items():
            self.write(path, data)

    def sign(self, size: int, root: bytes, key: Ed25519PrivateKey = KEY, origin: str | None = None) -> None:
        """A checkpoint of whatever size and root, signed by the real key."""
        name = origin or self.origin
        text = Checkpoint(name, size, root).to_text().encode()
        note = text + b"\n" + Signer(name, key).sign(text).line().encode()
        self.write("checkpoint", note)
        self.write(f"checkpoints/{size}", note)


def rebuilt(origin: str, entries: Sequence[bytes], sizes: Sequence[int], key: Ed25519PrivateKey) -> Files:
    conn, _ = new_log()
    log, files = SqliteLog.open(conn, origin, Signer(origin, key)), Files()
    for size in sorted(set(sizes)):
        new = entries[log.size : size]
        conn.execute("BEGIN")
        log.append(new, [b"sealed"] * len(new))
        conn.execute("COMMIT")
        files.publish(log)
    conn.close()
    return files


def small_world(folder: Path) -> World:
    """Two logs of a person, recorded by the journal and published by the publisher three times; two witnesses saw both
    the first two times."""
    agency = Agency(folder)
    roster = replace(
        agency.trust().roster(),
        version=2,
        quorum=2,
        witnesses=tuple(Witness(w.verifier.name, w.vkey) for w in WITNESSES),
    )
    agency.put_roster(roster)
    with closing(Journal(folder / "records.sqlite", ORIGINS, KEY)) as journal:
        own = [OwnLog(origin, KEY, roster.custody_keys) for origin in ORIGINS.values()]
        publisher, done = Publisher(journal.path, own, agency.store, now=lambda: agency.now), 0
        for n, size in enumerate(SIZES):
            for future in [journal.record(BookmarkWithdrawn("c1", f"b{each}")) for each in range(done, size)]:
                future.result()
            journal.record(CaseSynced("c1", 1, n)).result()
            assert publisher.publish().trouble is None
            done = size
            if size <= WITNESSED:
                cosign(agency.store.root, AT + n)
    older = (agency.store.root / "logs" / WORK / "checkpoints" / str(WITNESSED)).read_bytes()
    return World(agency.store.root, roster, agency.root, WORK, older)


def big_world(folder: Path) -> World:
    """A log of 66,000 entries: three levels of tiles. Written by `audit` itself, without bodies."""
    agency = Agency(folder)
    files = rebuilt(WORK, [entry(n) for n in range(66_000)], (66_000,), KEY)
    roster = agency.trust().roster()
    world = World(agency.store.root, roster, agency.root, WORK, files["checkpoint"])
    for path, data in files.items():
        world.write(path, data)
    world.write("bodykey.json", seal_body_key(KEY, WORK, roster.custody_keys))
    return world


def cosign(store: Path, at: int) -> None:
    for origin in ORIGINS.values():
        note = (store / "logs" / origin / "checkpoint").read_bytes()
        for witness in WITNESSES:
            path = store / "witness" / witness.verifier.name / origin
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(witness.cosign(note, Verifier(origin, KEY.public_key().public_bytes_raw()), at))


# -- who is asked ------------------------------------------------------------------------------------------------------


def ask(run: Callable[[list[str]], int], words: Sequence[object]) -> tuple[int, str]:
    """Exit status and what was said."""
    out = io.StringIO()
    with redirect_stdout(out), redirect_stderr(out):
        status = run([str(word) for word in words])
    return status, out.getvalue()


def ask_reviewer(world: World, older: Path) -> tuple[int, str]:
    return ask(main, ["log", "verify", "--root", world.root, "--store", world.folder, "--older", older, "--json"])


def ask_single_file(world: World, keys_file: Path, older: Path) -> tuple[int, str]:
    return ask(verify_log.main, [keys_file, world.folder, "--older", older])


def keys_file(world: World, path: Path) -> Path:
    path.write_text(json.dumps(encode(log_keys(FolderStore(world.folder), world.roster))))
    return path


def ask_aics(worlds: Sequence[World]) -> list[str]:
    """What aics-tlog says of each world's log: "" is whole. It has a process of its own."""
    if not (OUTSIDE / "aics_tlog").is_dir():
        pytest.fail(f"aics-tlog is not in {OUTSIDE}: nobody outside judged these logs. Run “installer/setup test”.")
    jobs = []
    for world in worlds:
        notes = {w.name: world.witness(w.name) for w in world.roster.witnesses}
        jobs.append(
            {
                "folder": str(world.log),
                "vkey": Signer(world.origin, KEY).vkey,
                "witnesses": [[w.name, w.vkey] for w in world.roster.witnesses],
                "quorum": world.roster.quorum,
                "notes": {name: path.read_text() for name, path in notes.items() if path.is_file()},
                "older": [world.older.decode()],
                "proofs": [0, 5, 255, 256, 511, 599],
            }
        )
    env = {**os.environ, "PYTHONPATH": str(OUTSIDE), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, str(PROGRAM)]
    done = subprocess.run(command, input=json.dumps(jobs), env=env, capture_output=True, text=True, check=True)
    found: list[str] = json.loads(done.stdout)
    return found


def ask_metamorphic(world: World) -> str:
    """The same of metamorphic-log, which has no door for tiles and cosignatures: our proofs from the published entries,
    its verdict."""
    vkeys = [Signer(world.origin, KEY).vkey]
    try:
        note = world.read("checkpoint").decode()
        size = metamorphic_log.checkpoint_verify(note, vkeys).size
        if size > 100_000:
            return "nobody waits for that"
        hashes = [leaf_hash(each) for each in world.entries()]
        node = reader_of(hashes)
        old = metamorphic_log.checkpoint_verify(world.older.decode(), vkeys).size
        if old > size:
            return "rollback"
        proof = consistency_proof(old, size, node)
        metamorphic_log.checkpoint_verify_consistency(world.older.decode(), note, vkeys, proof)
        for index in range(0, size, max(1, size // 6)):  # each proof has every other entry in it
            path = inclusion_proof(index, size, node)
            metamorphic_log.checkpoint_verify_inclusion(note, vkeys, index, hashes[index], path)
    except (metamorphic_log.VerifyError, AuditError, OSError, ValueError, IndexError) as wrong:
        return f"{type(wrong).__name__}: {wrong}"
    return ""


def record(name: str, rows: list[dict[str, Any]]) -> None:
    """The table for people: JSON on stdout, and in a file where REVIEWER_TAMPER_TABLE names a folder."""
    text = json.dumps(rows, ensure_ascii=False, indent=1)
    sys.stdout.write(f"{name}: {text}\n")
    folder = os.environ.get("REVIEWER_TAMPER_TABLE")
    if folder:
        (Path(folder) / f"{name}.json").write_text(text)
