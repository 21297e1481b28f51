"""An agency whose store lies on a real engine, the way to it that can fail, and what must hold whatever fails.

Three things are asked after every fault: nothing unverified was shown, nothing is lost, and a person was told in one
sentence what to do next. `Site` asks them; the faults themselves are in `on_the_way`, `in_the_store` and
`on_this_machine`.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, cast

from reviewer.domain.errors import IntegrityError, ReviewerError
from reviewer.domain.events import Event
from reviewer.domain.recording import Manifest
from reviewer.services.grants import Grants
from reviewer.services.sync import PATIENCE, ObjectState, Progress, Sync, SyncReport, states
from reviewer.services.trust import Trust
from reviewer.services.vault import NotFetched, Vault
from reviewer.services.workspace import Workspace
from reviewer.stores.base import Store, locate
from reviewer.stores.folder import FolderStore
from tests.services.agency import CASE, NOW, Agency, keys
from tests.stores.engines.client import Engine
from tests.stores.engines.fault_proxy import FaultProxy

ROOT = Path(__file__).parents[2]
LARGE = 7_000_000  # bytes of a part that comes in several pieces
PATIENT = 120.0
_DOCUMENT = 1_000_000  # bytes: nothing longer is put as one
_OURS = re.compile(r"[A-Z“/{0-9a-f][^\n]{8,240}[.?!”]")
_LEAKS = ("Traceback", "Error(", "Exception", "<class", "object at 0x", "botocore", "obstore", "reqwest")


@cache
def plaintext() -> tuple[bytes, ...]:
    """What the parts hold: one that comes in one piece, one of several, a tiny one."""
    return os.urandom(300_000), os.urandom(LARGE), b"short"


_BUCKETS: dict[int, str] = {}  # by port: every site has a folder of its own in one bucket


@dataclass
class BucketAgency(Agency):
    """An agency whose store is where a location says."""

    location: str = ""

    def place(self) -> FolderStore:
        return cast(FolderStore, locate(self.location)) if self.location else super().place()


class Site:
    """One recording of three parts in the store, assigned; an empty workstation; a way that can be made to fail."""

    patience: Sequence[float] = PATIENCE

    def __init__(self, folder: Path, engine: Engine | None, parts: tuple[bytes, ...] | None = None) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.engine = folder, engine
        self.bucket, self.prefix, location = "", f"f-{uuid.uuid4().hex[:10]}", ""
        self.proxy = FaultProxy(engine.http if engine else 9)
        if engine:
            if engine.https not in _BUCKETS:
                _BUCKETS[engine.https] = engine.bucket()
            self.bucket = _BUCKETS[engine.https]
            self.keys = engine.keys_file(folder)
            location = self.locations(endpoint="")
        self.agency = BucketAgency(folder / "agency", location=location)
        self.manifest: Manifest = self.agency.recording("r1", *(parts or plaintext()))
        self.agency.assign("r1")
        self.workspace = self.agency.workspace
        self.events: list[Event] = []
        self.unverified: list[str] = []
        self.waits: list[tuple[float, ReviewerError]] = []  # why nothing came, and when that was said (monotonic)
        self._seen: set[str] = set()

    def __enter__(self) -> Site:
        self.proxy.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self.proxy.__exit__()

    # -- ways ------------------------------------------------------------------------------------------------------

    def locations(self, *, endpoint: str, keys: Path | None = None, **more: str) -> str:
        """The store's location by another endpoint ("": the engine's own, over https) or with other credentials."""
        assert self.engine is not None
        return self.engine.location(f"{self.bucket}/{self.prefix}", keys or self.keys, endpoint=endpoint, **more)

    @property
    def on_the_way(self) -> str:
        """The location through the proxy."""
        return self.locations(endpoint=self.proxy.endpoint) if self.engine else self.agency.store.location

    def way(self) -> Store:
        """The store through the proxy, by a client that knows nothing yet but what the bucket promises."""
        store = locate(self.on_the_way)
        store.check()
        return store

    def direct(self) -> Store:
        """The store itself."""
        return locate(self.agency.store.location)

    # -- work ------------------------------------------------------------------------------------------------------

    def fetch(
        self,
        store: Store | None = None,
        *,
        during: Callable[[], object] | None = None,
        **more: Any,  # noqa: ANN401
    ) -> SyncReport:
        """Bring the case down. `during` is called once, when the first bytes of a large part are here."""
        called: list[bool] = []

        def listen(progress: Progress) -> None:
            self._watch(progress)
            begun = any(o.state is ObjectState.PARTIAL and o.here > 1_000_000 for o in progress.objects)
            if during is not None and begun and not called:
                called.append(True)
                during()

        more.setdefault("patience", self.patience)
        if during is not None:
            more.setdefault("connections", 1)  # or all of it would have been asked for by then
        sync = Sync(self.workspace, store or self.way(), self.events.append, **more)
        report = sync.fetch(CASE, [self.manifest], listen)
        assert during is None or called, "the fault did not come while an object was on its way"
        return report

    def read(self, store: Store | None = None) -> list[str]:
        """Read the case's documents on a new machine. What is believed must be as signed; returns what is said."""
        home = Workspace(self.folder / f"new-{uuid.uuid4().hex[:8]}")
        try:
            trust = Trust(store or self.way(), self.agency.root, home, now=lambda: NOW)
            trust.refresh()
            found = trust.manifests()
        except ReviewerError as why:
            return [self.sentence(why)]
        assert all(m == self.manifest for m in found.good), "a manifest that was not signed so was believed"
        return [self.words(p.message, p.next_step) for p in found.problems]

    def child(self, environment: dict[str, str] | None = None, **order: object) -> subprocess.Popen[str]:
        """A process of its own that brings the case down (`fetching_child`)."""
        given = {"home": str(self.workspace.home), "location": self.on_the_way, "root": self.agency.root, **order}
        command = [sys.executable, "-m", "tests.faults.fetching_child", json.dumps(given)]
        spoken = os.environ | (environment or {})
        return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, env=spoken)

    def heard(self, child: subprocess.Popen[str]) -> dict[str, Any]:
        """What such a process said at its end."""
        out, _ = child.communicate(timeout=PATIENT)
        assert child.returncode == 0, f"the process ended with {child.returncode}"
        words: dict[str, Any] = json.loads(out)
        for message, next_step in words["said"]:
            self.words(message, next_step)
        return words

    # -- what must hold --------------------------------------------------------------------------------------------

    def told(self, report: SyncReport) -> str:
        """What a person is told of a transfer that did not end well: clear sentences. There must be one."""
        found = [self.sentence(report.stopped)] if report.stopped else []
        found += [self.words(p.message, p.next_step) for p in report.problems]
        assert found, "it did not end well, and nobody is told"
        return " ".join(found)

    def sentence(self, why: ReviewerError) -> str:
        """An error as a person reads it."""
        return self.words(why.message, why.next_step)

    def words(self, message: str, next_step: str) -> str:
        """Hold what is said against what a person can use: a sentence, the next step, nothing of a machine's talk, and
        no credential."""
        said = f"{message} {next_step}"
        assert _OURS.fullmatch(message), f"no sentence: {message!r}"
        assert _OURS.fullmatch(next_step), f"no next step after {message!r}: {next_step!r}"
        assert not any(word in said for word in _LEAKS), f"a machine’s words: {said!r}"
        if self.engine:
            assert self.engine.secret not in said, "a credential is said"
            assert self.engine.access not in said, "a credential is said"
        return said

    def nothing_unverified(self) -> None:
        """What is said to be here has the hash that was signed, and what opens is what was sealed."""
        assert not self.unverified, f"said to be here, and not what was signed: {self.unverified}"
        for status in states(self.workspace, [self.manifest]):
            if status.state is ObjectState.PRESENT:
                assert self._hash(status.item.object) == status.item.object, f"{status.item.label} is not as signed"
        trust = self.agency.trust()
        vault = Vault(self.workspace, trust, Grants(trust, keys("salo"), now=lambda: NOW), self.events.append)
        for part in self.manifest.parts:
            try:
                with vault.open(self.manifest, part, CASE).open() as plain:
                    shown = plain.read()
            except (NotFetched, IntegrityError) as why:
                self.sentence(why)
                continue
            assert shown == self.agency.plain[part.object], "something else than what was sealed opens"

    def nothing_lost(self, store: Store | None = None) -> None:
        """Once the fault is over everything comes, and all that was put is there."""
        self.proxy.set()
        report = self.fetch(store)
        assert report.complete, f"not all came afterwards: {report.stopped} {report.problems}"
        self.nothing_unverified()
        assert not list(self.workspace.cache.rglob("*.part")), "something half lies there"
        direct = self.direct()
        for part in self.manifest.parts:
            assert direct.size(f"objects/{part.object[:2]}/{part.object}") == part.sealed_size

    def puts(self, *, size: int = 200_000, **faults: Any) -> None:  # noqa: ANN401
        """Put a document and an object while that goes wrong. What is acknowledged is there, byte for byte; what is
        not is said, and goes in afterwards."""
        store, direct = self.way(), self.direct()
        data, name = os.urandom(size), uuid.uuid4().hex
        digest = sha256(data).hexdigest()
        places = (f"recordings/{name}/1.json", f"objects/{digest[:2]}/{digest}")
        writes: tuple[Callable[[], object], ...] = (
            lambda: store.put_if_absent(places[0], data),
            lambda: store.put_made(lambda _file: places[1], data),
        )
        for place, write in list(zip(places, writes, strict=True))[size > _DOCUMENT :]:
            self.proxy.set(**{"verbs": ("PUT", "POST")} | faults)
            for last in (False, True):
                try:
                    write()
                    break
                except ReviewerError as why:
                    self.sentence(why)
                    self.proxy.set()
                    if direct.exists(place):
                        break
                    assert not last, f"{place} cannot be put afterwards: {why}"
            self.proxy.set()
            assert direct.get(place) == data, f"{place} is not what was put"

    def _watch(self, progress: Progress) -> None:
        if progress.trouble is not None:
            self.waits.append((time.monotonic(), progress.trouble))
        for status in progress.objects:
            name = status.item.object
            if status.state is ObjectState.PRESENT and name not in self._seen:
                self._seen.add(name)
                if self._hash(name) != name:
                    self.unverified.append(status.item.label)

    def _hash(self, name: str) -> str:
        return sha256(self.workspace.cached(name).read_bytes()).hexdigest()

    def key(self, part: int) -> str:
        """The key of a part's object in the bucket."""
        name = self.manifest.parts[part].object
        return f"{self.prefix}/objects/{name[:2]}/{name}"

    def forget(self) -> None:
        """As if nothing had come yet."""
        for file in (p for p in self.workspace.cache.rglob("*") if p.is_file()):
            file.unlink()
        self._seen.clear()


@contextmanager
def until(happened: Callable[[], bool], patience: float = PATIENT) -> Iterator[None]:
    """Wait, then go on."""
    pause = threading.Event()
    for _ in range(int(patience / 0.005)):
        if happened():
            break
        pause.wait(0.005)
    else:
        raise AssertionError("what was waited for did not happen")
    yield
