"""Verifying a published log from public keys alone: every entry, every hash, the signed root.

Each link is checked by itself (entry against leaf hash, tile against the tile below, root against checkpoint), so a
problem is named where it is and does not hide the rest. Together the links cover everything: if none is broken, the
signed root is the root of exactly these entries.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from reviewer.audit.errors import BadNote
from reviewer.audit.note import Checkpoint, NoteVerifier, Signature, Verifier, verify_note
from reviewer.audit.tiles import CHECKPOINT, Read, checkpoint_path
from reviewer.audit.whole import PublishedTree
from reviewer.audit.witness import CosignatureVerifier, cosigned_at

_Verified = tuple[Checkpoint, tuple[Signature, ...]]
_CHECKPOINT_PATH = re.compile(re.escape(checkpoint_path(0)[:-1]) + r"([0-9]{1,19})")


@dataclass(frozen=True, slots=True)
class Cosigned:
    """A witness saw the log's first `size` entries at `at` (POSIX seconds)."""

    witness: str
    size: int
    at: int


@dataclass(frozen=True, slots=True)
class Report:
    """What was found. `size` and `root` are the checkpoint's (0 and empty if it cannot be trusted), `entries` how many
    entries were read, are well-formed and agree with their hash. `cosigned` has each witness's newest statement;
    `witnessed` entries are vouched for by the quorum (by one if none is demanded). `remarks` are no problems."""

    origin: str
    size: int
    root: bytes
    entries: int
    problems: tuple[str, ...]
    cosigned: tuple[Cosigned, ...] = ()
    witnessed: int = 0
    remarks: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        return not self.problems


def verify_published(
    read: Read,
    origin: str,
    vkey: str,
    *,
    older: Iterable[bytes] = (),
    cosignatures: Iterable[bytes] = (),
    witnesses: Sequence[str] = (),
    quorum: int = 0,
    listed: Iterable[str] = (),
) -> Report:
    """Verify the log whose files `read` gives.

    `vkey` is the log's key, under the origin's name. `older` are checkpoints seen before, which the log must still
    begin with. `cosignatures` are checkpoints with witnesses' lines, `witnesses` the vkeys that count and `quorum`
    how many of them must have cosigned. `listed` are the paths of all files that lie there: without it, files that
    the current checkpoint no longer needs (older checkpoints, outgrown partial tiles) are not looked at; tiles beyond
    it, of a publication not finished, are so only where that lacks nothing but its last step.

    Where a listed `checkpoints/<n>` is of more entries than `checkpoint`, the workstation stopped before it moved
    `checkpoint`, or somebody put an older one back; nobody can tell which. If everything up to n is there and is what
    the log's key signed, nothing was taken away: all of it is verified and reported, and UNFINISHED is a remark. It is
    a problem, ROLLBACK, if anything of it is missing or different, or if somebody saw `checkpoint` further already: an
    older checkpoint that was kept, a cosignature. Never raises for what the files hold, whatever it is; raises
    `BadNote` if a vkey given is none, and lets through what `read` itself raises."""
    keys = [CosignatureVerifier.from_vkey(each) for each in witnesses]
    problems: list[str] = []
    claims = _Claims(origin, Verifier.from_vkey(vkey), keys, problems.append)
    note = read(CHECKPOINT)
    moved = claims.checkpoint(CHECKPOINT, note)
    if moved is None or note is None:
        return Report(origin, 0, b"", 0, tuple(problems))
    paths = sorted({checkpoint_path(moved.size), *listed})
    claims.gather(read, note, paths, older, cosignatures)
    head, remarks = claims.beyond(moved), list[str]()
    said: list[str] = []
    tree = _tree(read, head, paths, claims, said)
    if head != moved and (said or tree.root_at(head.size) != head.root):
        head, said = moved, []
        tree = _tree(read, head, paths, claims, said)
    elif head != moved:
        remarks.append(
            f"UNFINISHED: {checkpoint_path(head.size)} is signed and whole, and {CHECKPOINT} still says {moved.size}: "
            "the workstation has yet to publish again, or somebody put an older checkpoint back."
        )
    problems += said
    claims.compare(tree, head, moved)
    cosigned, witnessed = claims.witnessed(tree, quorum)
    return Report(origin, head.size, head.root, tree.entries, tuple(problems), cosigned, witnessed, tuple(remarks))


def _tree(read: Read, head: Checkpoint, paths: Sequence[str], claims: _Claims, said: list[str]) -> PublishedTree:
    """The files up to a checkpoint; what is wrong with them goes into `said`."""
    tree = PublishedTree(read, head.size, said.append)
    tree.take_outgrown(paths)
    tree.check([head.size, *(each.size for _, each in claims.heads)])
    return tree


class _Claims:
    """What was signed about the log, by its own key and by witnesses, to be held against the files."""

    def __init__(
        self, origin: str, key: Verifier, witnesses: Sequence[CosignatureVerifier], say: Callable[[str], None]
    ) -> None:
        self._origin = origin
        self._key = key
        self._witnesses = witnesses
        self._say = say
        self.heads: list[tuple[str, Checkpoint]] = []  # by the name that a problem gives them
        self._published: dict[str, Checkpoint] = {}  # by path
        self._seen: list[tuple[bytes, Checkpoint, Cosigned]] = []  # with the witness's public key

    def checkpoint(self, name: str, note: bytes | None) -> Checkpoint | None:
        """The log's own signed checkpoint, or None and a problem."""
        found = self._verified(name, note, [self._key])
        return found and found[0]

    def gather(
        self, read: Read, note: bytes, paths: Iterable[str], older: Iterable[bytes], cosignatures: Iterable[bytes]
    ) -> None:
        for path in paths:
            size = _CHECKPOINT_PATH.fullmatch(path)
            found = self._remember(path, read(path), [self._key]) if size else None
            if size and found and found[0].size != int(size[1]):
                self._say(f"{path} is the checkpoint of {found[0].size} entries.")
            elif found:
                self._published[path] = found[0]
        for n, each in enumerate(older, 1):
            self._remember(f"Older checkpoint {n}", each, [self._key])
        for n, each in enumerate(cosignatures, 1):
            self._cosignature(f"Cosignature {n}", each)
        if any(f"\n— {key.name} ".encode() in note for key in self._witnesses):
            self._cosignature(CHECKPOINT, note)

    def beyond(self, moved: Checkpoint) -> Checkpoint:
        """The newest checkpoint that is published, be `checkpoint` moved to it or not."""
        newest = max(self._published.values(), default=moved, key=lambda each: each.size)
        if newest.size <= moved.size:
            return moved
        self.heads.append((CHECKPOINT, moved))
        return newest

    def compare(self, tree: PublishedTree, head: Checkpoint, moved: Checkpoint) -> None:
        """The root of the files, up to `head`, with the roots that were signed; nobody but the log itself may have
        signed more than `checkpoint` was `moved` to."""
        whole = tree.root_at(head.size)
        if whole is None:
            self._say(f"{CHECKPOINT}: the root cannot be recomputed, because files are missing or damaged.")
        elif whole != head.root:
            self._say(f"{CHECKPOINT}: the root of the published hashes is not the root that was signed.")
        for name, each in self.heads:
            if each.size > (head if name in self._published else moved).size:
                self._say(f"ROLLBACK: {name} is of {each.size} entries, and {CHECKPOINT} of only {moved.size}.")
            elif whole == head.root and tree.root_at(each.size) != each.root:
                self._say(f"FORK: {name} signs {each.size} entries that are not the first {each.size} of this log.")

    def witnessed(self, tree: PublishedTree, quorum: int) -> tuple[tuple[Cosigned, ...], int]:
        """Each witness's newest statement that holds, and how many entries the quorum vouches for."""
        newest: dict[bytes, Cosigned] = {}
        for public, checkpoint, each in sorted(self._seen, key=lambda seen: (seen[2].size, seen[2].at)):
            if checkpoint.size <= tree.size and tree.root_at(checkpoint.size) == checkpoint.root:
                newest[public] = each
        sizes = sorted((each.size for each in newest.values()), reverse=True)
        if len(sizes) < quorum:
            self._say(f"{len(sizes)} of {len(self._witnesses)} known witnesses cosigned, and {quorum} are demanded.")
        needed = max(quorum, 1)
        return tuple(newest.values()), sizes[needed - 1] if len(sizes) >= needed else 0

    def _cosignature(self, name: str, note: bytes) -> None:
        found = self._remember(name, note, self._witnesses)
        if not found:
            return
        checkpoint, signatures = found
        keys = {(key.name, key.key_id): key for key in self._witnesses}
        for each in signatures:
            key = keys[each.name, each.key_id]
            self._seen.append((key.public, checkpoint, Cosigned(key.name, checkpoint.size, cosigned_at(each))))

    def _remember(self, name: str, note: bytes | None, keys: Sequence[NoteVerifier]) -> _Verified | None:
        found = self._verified(name, note, keys)
        if found:
            self.heads.append((name, found[0]))
        return found

    def _verified(self, name: str, note: bytes | None, keys: Sequence[NoteVerifier]) -> _Verified | None:
        if note is None:
            self._say(f"{name} is missing.")
            return None
        try:
            text, signatures = verify_note(note, keys)
            found = Checkpoint.from_text(text)
        except BadNote as wrong:
            self._say(f"{name} cannot be trusted. {wrong}")
            return None
        if found.origin != self._origin:
            self._say(f"{name} is of the log {found.origin}, not of {self._origin}.")
            return None
        return found, signatures
