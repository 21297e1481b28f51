"""The part of the tests that runs inside aics-tlog's own process: what somebody would write who has a folder, keys, and
PyPI's `aics_tlog`. It imports nothing of ours; `python outside_program.py < jobs.json` prints a verdict for each job.

A job: {"folder", "vkey", "witnesses": [[name, vkey]], "quorum", "notes": {name: cosigned note}, "older": [note],
"proofs": [index]}. The verdict is "" or what is wrong.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from aics_tlog import (
    FileSystemTileReader,
    VerifiedTileReader,
    audit_tiles,
    consistency_proof_from_tiles,
    inclusion_proof_from_tiles,
    parse_note,
    parse_vkey,
    verify_checkpoint,
    verify_consistency,
    verify_leaf_inclusion,
)


def verdict(job: dict) -> str:
    folder, key = Path(job["folder"]), parse_vkey(job["vkey"])
    head = checked((folder / "checkpoint").read_bytes(), key)
    reader = FileSystemTileReader(folder)
    audit_tiles(reader, head.size, head.root)
    whole = VerifiedTileReader(reader, head.size, head.root)
    history(folder, reader, whole, head, key)
    for note in job["older"]:
        extends(whole, checked(note.encode(), key), head)
    for index in (index for index in job["proofs"] if index < head.size):
        proof = inclusion_proof_from_tiles(whole, index, head.size)
        if not verify_leaf_inclusion(whole.entry(index), index, head.size, proof, head.root):
            return f"entry {index} is not included"
    known = [(job["notes"][name], vkey) for name, vkey in job["witnesses"] if name in job["notes"]]
    for note, vkey in known:
        extends(whole, checked(note.encode(), key, [parse_vkey(vkey)]), head)
    return "" if len(known) >= job["quorum"] else f"{len(known)} witnesses"


def history(folder: Path, reader: object, whole: object, head: object, key: object) -> None:
    """Every checkpoint that was ever published, with the partial tiles that belonged to its size."""
    for each in (folder / "checkpoints").iterdir():
        old = checked(each.read_bytes(), key)
        if old.size != int(each.name):
            raise ValueError(f"checkpoints/{each.name} is of {old.size}")
        if old.size:
            extends(whole, old, head)
            audit_tiles(reader, old.size, old.root)


def checked(note: bytes, key: object, witnesses: list | None = None) -> object:
    found = verify_checkpoint(parse_note(note), key, witnesses, 1 if witnesses else 0, expected_origin=key.name)
    if not found.ok:
        raise ValueError(found.error)
    return found


def extends(whole: object, old: object, head: object) -> None:
    if old.size > head.size:
        raise ValueError(f"rollback: {old.size} to {head.size}")
    proof = consistency_proof_from_tiles(whole, old.size, head.size)
    if not verify_consistency(old.size, head.size, old.root, head.root, proof):
        raise ValueError(f"fork at {old.size}")


def judged(job: dict) -> str:
    try:
        return verdict(job)
    except (ValueError, OSError, RuntimeError, AssertionError) as wrong:
        return f"{type(wrong).__name__}: {wrong}"


if __name__ == "__main__":
    sys.stdout.write(json.dumps([judged(job) for job in json.load(sys.stdin)]))
