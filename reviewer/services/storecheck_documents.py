"""Judging the signed documents of the store, from the root's public key up: rosters first, then all that they vouch
for. Read from the store itself, never from this machine's copies. `DocumentJudge.judge` is for worker threads."""

from __future__ import annotations

import contextlib
import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from reviewer.domain.assignment import Assignment
from reviewer.domain.errors import NotInStore, NotTrusted, ReviewerError
from reviewer.domain.recording import Manifest
from reviewer.domain.roster import Roster
from reviewer.domain.storecheck import Finding
from reviewer.domain.timebase import Utc
from reviewer.services import storecheck_words as words
from reviewer.services.signed import Signed, read_roster, read_signed
from reviewer.services.storecheck_objects import Keeping
from reviewer.services.storecheck_work import Document, Judged, Named, Wanted
from reviewer.services.workspace import Seen, Workspace
from reviewer.stores.base import ObjectStat, Store

KINDS = {
    "roster": "roster",
    "recordings": "manifest",
    "assignments": "assignment",
    "releases": "release",
    "pending": "pending",
}
"""Folders of numbered documents, and what lies in them. Rosters come first: they vouch for the rest."""

_NUMBERED = re.compile(
    r"(?P<folder>(?P<top>[a-z]+)(?:/[A-Za-z0-9][A-Za-z0-9._@-]{0,127})?)/(?P<n>[1-9][0-9]{0,8})\.json"
)
_OBJECT = re.compile(r"objects/(?P<aa>[0-9a-f]{2})/(?P<hash>[0-9a-f]{64})")
_LOG = re.compile(r"logs/(?:[^/]+/){5}.+")
_WITNESS = re.compile(r"witness/[^/]+/.+")
_PAPER = re.compile(r"papers/[A-Za-z0-9][A-Za-z0-9._@-]{0,127}/[0-9a-f]{64}")
_REVIEW = re.compile(r"reviews/[A-Za-z0-9][A-Za-z0-9._@-]{0,127}/[1-9][0-9]{0,8}\.json")
_CERTIFICATE = re.compile(r"(certificates|revocations)/[1-9][0-9]{0,8}\.json")


def kind_of(path: str) -> str:
    """What lies at a path of a store: "object", a kind of document, "log", "witness", "paper" (a sealed document of
    a case, which only its entry names), or "strange"."""
    found = _OBJECT.fullmatch(path)
    if found:
        return "object" if found["hash"].startswith(found["aa"]) else "strange"
    numbered = _NUMBERED.fullmatch(path)
    if numbered and numbered["top"] in KINDS and ("/" in numbered["folder"]) is (numbered["top"] != "roster"):
        return KINDS[numbered["top"]]
    if _LOG.fullmatch(path) or _REVIEW.fullmatch(path) or _CERTIFICATE.fullmatch(path):
        return "log"  # whoever reads one judges it
    if _PAPER.fullmatch(path):
        return "paper"
    return "witness" if _WITNESS.fullmatch(path) else "strange"


@dataclass(frozen=True, slots=True)
class Rosters:
    """All rosters of the store, judged. `newest` is what everything else is judged by: the newest that is the root's,
    in the store or among this machine's copies; `top` is the highest version that the store has."""

    newest: Roster
    top: int
    judged: tuple[tuple[Judged, Document], ...]
    findings: tuple[Finding, ...]


def judge_rosters(store: Store, root: str, workspace: Workspace, listed: Iterable[ObjectStat], now: Utc) -> Rosters:
    """Raises NotTrusted if there is none that the root signed."""
    keeping = Keeping(store, now)
    judged, good = [], dict[int, tuple[Roster, str]]()
    for there in listed:
        data = store.get(there.path)
        findings: tuple[Finding, ...] = ()
        n = _number(there.path)
        try:
            good[n] = (read_roster(there.path, data, root), hashlib.sha256(data).hexdigest())
        except (ReviewerError, ValueError) as wrong:
            findings = (_refused(there.path, wrong),)
        lock, kept = keeping.ask(there.path)
        whole = n in good
        verdict = Judged(there.path, "", there.size, whole, (*findings, *kept), lock=lock)
        judged.append((verdict, Document(there.path, "roster", "roster", n, whole)))
    copies = dict(_copies(workspace, root))
    if not good and not copies:
        raise NotTrusted(
            "No roster in this store is signed by the agency’s root key.", "Do not go on; tell who keeps it."
        )
    top = max(good, default=0)
    newest = good[top][0] if top >= max(copies, default=0) else copies[max(copies)]
    return Rosters(newest, top, tuple(judged), tuple(_about_rosters(good, workspace.seen(), now)))


def _about_rosters(good: dict[int, tuple[Roster, str]], seen: Seen, now: Utc) -> Iterator[Finding]:
    newest = max(good, default=0)
    if newest < seen.version:
        yield words.rolled_back(newest, seen.version)
    elif newest == seen.version and seen.version and good[newest][1] != seen.sha256:
        yield words.exchanged(newest)
    if newest and good[newest][0].expires <= now:
        yield words.expired(newest, good[newest][0].expires)


def _copies(workspace: Workspace, root: str) -> Iterator[tuple[int, Roster]]:
    for file in (workspace.documents / "roster").glob("*.json"):
        try:
            roster = read_roster(f"roster/{file.name}", file.read_bytes(), root)
        except (ReviewerError, ValueError, OSError):
            continue  # a copy that was damaged says nothing
        yield roster.version, roster


class DocumentJudge:
    """Judges manifests, assignments and releases by one roster."""

    def __init__(self, store: Store, roster: Roster, now: Utc) -> None:
        self._store = store
        self._roster = roster
        self._keeping = Keeping(store, now)
        self._mark = hashlib.sha256(repr(roster).encode()).hexdigest()[:16]

    def identity(self, wanted: Wanted) -> str:
        """What has to be the same for an earlier judgement to count: the document, and who vouches for it."""
        there = wanted.there
        return "" if there is None else f"{there.size} {there.version} {there.modified} {self._mark}"

    def judge(self, wanted: Wanted) -> tuple[Judged, Document | None]:
        """A listed document, as the store gives it. Raises StoreUnreachable."""
        path = wanted.path
        try:
            data = self._store.get(path)
            lock, kept = self._keeping.ask(path)
        except NotInStore:  # gone since it was listed
            return Judged(path, "", 0, False, (words.lost(path),)), None
        document, findings = self.read(path, data)
        verdict = Judged(path, self.identity(wanted), len(data), document.good, (*findings, *kept), lock=lock)
        return verdict, document

    def read(self, path: str, data: bytes) -> tuple[Document, tuple[Finding, ...]]:
        """What a document says, and what is wrong with it."""
        kind, folder, n = kind_of(path), path.rpartition("/")[0], _number(path)
        try:
            signed = read_signed(path, data, self._roster)
        except (ReviewerError, ValueError) as wrong:
            return Document(path, kind, folder, n, False), (_refused(path, wrong),)
        manifest = signed if isinstance(signed, Manifest) else None
        findings = () if manifest is None else tuple(self._about(path, manifest))
        named = () if manifest is None else objects_of(manifest)
        return Document(path, kind, folder, n, True, named, _mentioned(signed)), findings

    def _about(self, path: str, manifest: Manifest) -> Iterator[Finding]:
        wanted = [key.id for key in self._roster.custody_keys]
        sealed = {key.recipient for key in manifest.sealed_data_keys}
        absent = [key for key in wanted if key not in sealed]
        if absent and len(absent) == len(wanted):
            yield words.no_custody(path, manifest.recording_id)
        elif absent:
            yield words.custody_partly(path, manifest.recording_id, absent)


def objects_of(manifest: Manifest) -> tuple[Named, ...]:
    """Every object that a manifest names, each once."""
    what = [(f"Part {i}", p.object, p.sealed_size) for i, p in enumerate(manifest.parts, 1)]
    what += [(f"Track {i}", t.object, t.sealed_size) for i, t in enumerate(manifest.tracks, 1) if t.object]
    whole = [t.cut_from for t in manifest.tracks if t.cut_from is not None]
    what += [("Whole track", w.object, w.sealed_size) for w in whole]
    who = manifest.recording_id
    # An object may stand in one manifest twice: two parts with the same bytes are one object.
    unique = {name: Named(_object_path(name), size, who, f"{label} of {who}") for label, name, size in reversed(what)}
    return tuple(unique.values())


def _mentioned(signed: Signed) -> tuple[str, ...]:
    if isinstance(signed, Assignment):
        return tuple(each.recording_id for each in signed.recordings)
    recording = getattr(signed, "recording_id", None)
    return (recording,) if isinstance(recording, str) and not isinstance(signed, Manifest) else ()


def _object_path(name: str) -> str:
    return f"objects/{name[:2]}/{name}"


def _number(path: str) -> int:
    return int(path.rpartition("/")[2].removesuffix(".json"))


def _refused(path: str, wrong: ReviewerError | ValueError) -> Finding:
    if isinstance(wrong, ReviewerError):
        return words.not_believed(path, wrong.message, wrong.next_step)
    return words.not_believed(path, f"it cannot be read: {wrong}.", "Ask the custodian who put it there.")


def lost_documents(
    workspace: Workspace, judge: DocumentJudge, newest_roster: int, listed: Callable[[str], bool]
) -> Iterator[tuple[Document, Finding]]:
    """Documents of which this machine has a copy that is believed, and which the store does not list any more."""
    base = workspace.documents
    for file in sorted(base.rglob("*.json")):
        path = file.relative_to(base).as_posix()
        kind = kind_of(path)
        if kind not in KINDS.values() or listed(path):
            continue
        if kind == "roster":
            if _number(path) < newest_roster:  # a newer one is said as a rollback
                yield Document(path, "lost", "roster", _number(path), True), words.lost(path)
            continue
        with contextlib.suppress(OSError):
            document, _ = judge.read(path, file.read_bytes())
            if document.good:
                yield replace(document, kind="lost"), words.lost(path)
